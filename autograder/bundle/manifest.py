"""The manifest of a bundle, `bundle.json`: format, learner, date, files with their digests.

The checksum is the SHA-256 of the manifest without its checksum, as JSON with sorted keys. It
shows damage and thoughtless changes. It is no signature: whoever changes a file can compute it
anew.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from autograder.util.fingerprint import digest
from autograder.util.i18n import _
from autograder.util.text import one_line, shortened, visible

NAME = "bundle.json"
KIND = "recommender-course bundle"
FORMAT = 1
MAX_NAME = 80

RECORD = "opened.jsonl"
REPORTS = "report.json"
RECEIPTS = ("receipt.html", "receipt.txt")
WHOLE_COURSE = "course"
"""The name of the notebook that holds all exercises."""
MEMO = "memo"
"""The name of the memo's notebook."""


class NoBundle(Exception):
    """A file that is no bundle, or a bundle that cannot be used; the text says why."""


@dataclass(frozen=True)
class Manifest:
    """The content of `bundle.json`.

    Attributes:
        learner: The learner's name, without anything that a page or terminal could not show.
        created: The time in ISO format.
        version: The version of the kit.
        fingerprint: The fingerprint of the kit.
        files: The SHA-256 of each file by its name in the bundle; receipts are left out.
        opened: The functions whose answers were opened early, by address.
        opened_problems: Sentences on changes of their record, as the learner's kit noticed them.
        opened_hash: The hash of the record's last line.
        checksum: The checksum that the bundle states.
    """

    learner: str
    created: str
    version: str
    fingerprint: str
    files: Mapping[str, str]
    opened: tuple[str, ...] = ()
    opened_problems: tuple[str, ...] = ()
    opened_hash: str = ""
    checksum: str = field(default="", compare=False)

    def document(self) -> dict[str, Any]:
        """Return the manifest as plain data, with its checksum."""
        document = {
            "kind": KIND,
            "format": FORMAT,
            "learner": self.learner,
            "created": self.created,
            "kit": {"version": self.version, "fingerprint": self.fingerprint},
            "files": [{"name": name, "sha256": self.files[name]} for name in sorted(self.files)],
            "opened": {
                "functions": list(self.opened),
                "problems": list(self.opened_problems),
                "last_hash": self.opened_hash,
            },
        }
        return {**document, "checksum": checksum_of(document)}


def checksum_of(document: Mapping[str, Any]) -> str:
    """Return the checksum of a manifest, whatever checksum it states."""
    content = {key: value for key, value in document.items() if key != "checksum"}
    return digest(json.dumps(content, sort_keys=True).encode())


def safe_learner(name: str) -> str:
    """Return a learner's name in one line, without hidden characters or separators of paths."""
    text = visible(one_line(name)).translate({ord(c): "-" for c in '/\\:*?"<>|'})
    return shortened(text, MAX_NAME).strip(" .")


def read_manifest(text: str) -> tuple[Manifest, bool]:
    """Return the manifest behind a text, and whether its checksum is right.

    Raises:
        NoBundle: The text is no manifest that this version of the kit can read.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NoBundle(_("its {name} is no JSON").format(name=NAME)) from error
    if not isinstance(document, dict) or document.get("kind") != KIND:
        raise NoBundle(_("it is an archive of another kind"))
    if type(document.get("format")) is not int or document["format"] > FORMAT:
        text = _("it was made by a newer version of the kit")
        raise NoBundle(text)
    try:
        files = {str(file["name"]): str(file["sha256"]) for file in document["files"]}
        kit, opened = document["kit"], document["opened"]
        manifest = Manifest(
            safe_learner(_text(document["learner"])),
            _text(document["created"])[:40],
            _text(kit["version"])[:40],
            _text(kit["fingerprint"])[:80],
            files,
            tuple(_text(name)[:80] for name in opened["functions"]),
            tuple(_text(problem)[:200] for problem in opened["problems"]),
            _text(opened["last_hash"])[:80],
            _text(document["checksum"])[:80],
        )
        right = manifest.checksum == checksum_of(document)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise NoBundle(_("its {name} lacks a part").format(name=NAME)) from error
    return manifest, right


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a text is expected")
    return value

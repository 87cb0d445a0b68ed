"""Results on disk: whole or absent, and used again as long as they hold.

`DIR/<learner>/<exercise>.json` is the report. Beside it, `CACHE_FOLDER` holds a mark for each
report: a key of what decides the verdicts (the content, the kit, the rules), the report's digest,
and what the cells printed and drew. It also holds a learner's name that differs from the name of
their folder (see `slugs`).
"""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

from autograder.grading.results import Result, outputs_from_json, outputs_to_json
from autograder.grading.rules import Rules
from autograder.grading.slugs import slug
from autograder.reports.model import from_json
from autograder.util.atomic import write_atomic
from autograder.util.fingerprint import digest

COURSE_FOLDER = ".autograder"
CACHE_FOLDER = ".kept"
_LEARNER = "learner.txt"


class ResultCache:
    """The results in a folder.

    A result holds for one version of the kit and one set of rules. The seed of the checks does not
    count: a result with another seed is as good.
    """

    def __init__(self, folder: Path, version: str, rules: Rules):
        """Use a folder, which need not exist.

        Args:
            folder: Where the results lie.
            version: The version of the kit (see `kit_fingerprint`).
            rules: How submissions are judged.
        """
        self.folder = folder
        self.version = version
        self.rules = rules
        times, limits = asdict(rules.times), asdict(rules.limits)
        self._decisive = json.dumps([version, times, limits, sorted(rules.layers)])
        self._needed = rules.layers if rules.require_isolation else frozenset()

    def key(self, name: str, sha256: str) -> str:
        """Return the digest of all that decides the verdicts on a file.

        Args:
            name: The file's name.
            sha256: The digest of the file's bytes.
        """
        parts = (self._decisive, name, sha256)
        return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()

    def cached(self, learner: str, exercise: str, key: str) -> Result | None:
        """Return a stored result if it still holds.

        Args:
            learner: The learner's name.
            exercise: The exercise's full name.
            key: The key of the file as it is now.

        Returns:
            The result; None where there is none, where the file, the kit or the rules have changed,
            and where the rules require a layer of isolation that the result lacks.
        """
        try:
            mark = json.loads(self._mark_path(learner, exercise).read_text(encoding="utf-8"))
            text = self.report_path(learner, exercise).read_bytes()
            if (mark["key"], mark["report"]) != (key, digest(text)):
                return None
            report = from_json(json.loads(text))
            outputs = outputs_from_json(mark["outputs"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return Result(learner, report, outputs) if self._needed <= set(report.isolation) else None

    def store(self, result: Result, key: str = "") -> None:
        """Write a result, and last the mark that it is whole.

        A result that is not sound gets no mark, so that the next run tries again.

        Args:
            result: The result.
            key: The key of the file that was judged.

        Raises:
            NotWritten: The disk or the folder takes no file.
        """
        exercise = result.report.exercise
        self._store_name(result.learner)
        mark = self._mark_path(result.learner, exercise)
        mark.unlink(missing_ok=True)
        text = json.dumps(result.report.to_json(), indent=1, ensure_ascii=False) + "\n"
        path = self.report_path(result.learner, exercise)
        write_atomic(path, text)
        if not result.sound:
            return
        document = {
            "key": key,
            "report": digest(path.read_bytes()),
            "outputs": outputs_to_json(result.outputs),
        }
        write_atomic(mark, json.dumps(document))

    def report_path(self, learner: str, exercise: str) -> Path:
        """Return the path of a report."""
        return self.folder / slug(learner) / f"{exercise}.json"

    def _store_name(self, learner: str) -> None:
        path = self.folder / CACHE_FOLDER / slug(learner) / _LEARNER
        if slug(learner) != learner and not path.exists():
            write_atomic(path, learner)

    def _mark_path(self, learner: str, exercise: str) -> Path:
        return self.folder / CACHE_FOLDER / slug(learner) / f"{exercise}.json"


def learner_of(folder: Path) -> str:
    """Return the name of the learner whose reports lie in a folder."""
    path = folder.parent / CACHE_FOLDER / folder.name / _LEARNER
    return path.read_text(encoding="utf-8") if path.is_file() else folder.name

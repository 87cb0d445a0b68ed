"""Results on disk: whole or absent, and used again as long as they are true.

`DIR/<learner>/<exercise>.json` is the report. Beside it, `.kept/` holds what the report was made
from (the content, the kit, the rules, as one key), the report's digest, and what the cells printed
and drew; and the learner's name where their folder has another (see `names`).
"""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

from autograder.grading.results import Result, outputs_from_json, outputs_to_json
from autograder.grading.slugs import slug
from autograder.reports.model import from_json
from autograder.util.atomic import write_atomic
from autograder.util.fingerprint import digest

COURSE_FOLDER = ".autograder"
_LEARNER = "learner.txt"


class Store:
    """The results in a folder.

    version: of the kit, see `kit_fingerprint`; rules: how submissions are judged. The seed of the
    checks does not count: a result with another seed is as good.
    """

    def __init__(self, folder: Path, version: str, rules):
        self.folder = folder
        self.version = version
        self.rules = rules
        times, limits = asdict(rules.times), asdict(rules.limits)
        self._decisive = json.dumps([version, times, limits, sorted(rules.layers)])
        self._needed = rules.layers if rules.require_isolation else frozenset()

    def key(self, name: str, sha256: str) -> str:
        """Return what decides the verdicts on a file of this name and content."""
        parts = (self._decisive, name, sha256)
        return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()

    def cached(self, learner: str, exercise: str, key: str) -> Result | None:
        """The result of an earlier run that still holds; with all layers, if they are required."""
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
        """Write a result; the mark that it is whole is written last.

        One that could not be graded, or not without a fault of the kit, gets no mark: the next run
        tries again.
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
        return self.folder / slug(learner) / f"{exercise}.json"

    def _store_name(self, learner: str) -> None:
        path = self.folder / ".kept" / slug(learner) / _LEARNER
        if slug(learner) != learner and not path.exists():
            write_atomic(path, learner)

    def _mark_path(self, learner: str, exercise: str) -> Path:
        return self.folder / ".kept" / slug(learner) / f"{exercise}.json"


def learner_of(folder: Path) -> str:
    """The name of the learner whose reports lie in a folder."""
    path = folder.parent / ".kept" / folder.name / _LEARNER
    return path.read_text(encoding="utf-8") if path.is_file() else folder.name

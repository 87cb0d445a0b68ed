"""Results on disk: whole or absent, and used again as long as they hold.

`DIR/<learner>/<exercise>.json` is the report. Beside it, `CACHE_FOLDER` holds a mark for each
report: a key of what decides the verdicts (the content, the kit, the rules), the report's digest,
and what the cells printed and drew. It also holds a learner's name that differs from the name of
their folder (see `slugs`).
"""

import hashlib
import json
from dataclasses import asdict, replace
from pathlib import Path

from autograder import course
from autograder.grading.changes import Change, changes_between, merged
from autograder.grading.results import Result, outputs_from_json, outputs_to_json
from autograder.grading.rules import Rules
from autograder.grading.slugs import slug
from autograder.reports.model import Report, from_json, rescaled
from autograder.util.atomic import write_atomic
from autograder.util.fingerprint import digest

COURSE_FOLDER = ".autograder"
CACHE_FOLDER = ".kept"
TABLES = ("grades.csv", "files.csv", "people.csv", "changes.csv")
_LEARNER = "learner.txt"


class ResultCache:
    """The results in a folder.

    A result holds for one version of the kit and one set of rules. The seed of the checks does not
    count: a result with another seed is as good.

    Attributes:
        changes: What the results of this run changed in earlier reports.
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
        self.changes: list[Change] = []
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

    def cached(self, learner: str, exercise: str, key: str, sha256: str = "") -> Result | None:
        """Return a stored result if it still holds.

        Args:
            learner: The learner's name.
            exercise: The exercise's full name.
            key: The key of the file as it is now.
            sha256: The digest of the file's bytes.

        Returns:
            The result; None where there is none, where the file, the kit or the rules have changed,
            and where the rules require a layer of isolation that the result lacks.
        """
        stored = self._stored(learner, exercise)
        if stored is None or stored[1] != key:
            return None
        result, _key = stored
        return result if self._needed <= set(result.report.isolation) else None

    def store(self, result: Result, key: str = "") -> Result:
        """Write a result, and last the mark that it is whole.

        A result that is not sound gets no mark, so that the next run tries again. What differs from
        an earlier report is a change.

        Args:
            result: The result.
            key: The key of the file that was judged.

        Returns:
            The result as it is stored.

        Raises:
            NotWritten: The disk or the folder takes no file.
        """
        exercise = result.report.exercise
        before = self._report(result.learner, exercise)
        if before is not None:
            self.changes += changes_between(result.learner, before, result.report)
        self._store_name(result.learner)
        mark = self._mark_path(result.learner, exercise)
        mark.unlink(missing_ok=True)
        text = json.dumps(result.report.to_json(), indent=1, ensure_ascii=False) + "\n"
        path = self.report_path(result.learner, exercise)
        write_atomic(path, text)
        if not result.sound:
            return result
        document = {
            "key": key,
            "report": digest(path.read_bytes()),
            "outputs": outputs_to_json(result.outputs),
        }
        write_atomic(mark, json.dumps(document))
        return result

    def report_path(self, learner: str, exercise: str) -> Path:
        """Return the path of a report."""
        return self.folder / slug(learner) / f"{exercise}.json"

    def _stored(self, learner: str, exercise: str) -> tuple[Result, str] | None:
        """Return a whole stored result with its key, None where there is none."""
        try:
            mark = json.loads(self._mark_path(learner, exercise).read_text(encoding="utf-8"))
            text = self.report_path(learner, exercise).read_bytes()
            if mark["report"] != digest(text):
                return None
            outputs = outputs_from_json(mark["outputs"])
            return Result(learner, from_json(json.loads(text)), outputs), mark["key"]
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _report(self, learner: str, exercise: str) -> Report | None:
        """Return the report on disk, None where there is none that this version can read."""
        try:
            text = self.report_path(learner, exercise).read_text(encoding="utf-8")
            return from_json(json.loads(text))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def _store_name(self, learner: str) -> None:
        path = self.folder / CACHE_FOLDER / slug(learner) / _LEARNER
        if slug(learner) != learner and not path.exists():
            write_atomic(path, learner)

    def _mark_path(self, learner: str, exercise: str) -> Path:
        return self.folder / CACHE_FOLDER / slug(learner) / f"{exercise}.json"


class SomeFunctions(ResultCache):
    """A cache in which only some functions are judged anew.

    Other functions keep the verdicts of earlier reports, whichever version of the kit gave them.
    Files that no run has judged before, or that have changed since, are judged whole.
    """

    def __init__(self, folder: Path, version: str, rules: Rules, addresses: frozenset[str]):
        """Use a folder.

        Args:
            folder: Where the results lie.
            version: The version of the kit (see `kit_fingerprint`).
            rules: How submissions are judged.
            addresses: The functions to judge (see `course.address`).
        """
        super().__init__(folder, version, rules)
        self._functions: dict[str, frozenset[str]] = {}
        for address in addresses:
            step, function = course.located(address)
            self._functions[step.name] = self._functions.get(step.name, frozenset()) | {function}

    def cached(self, learner: str, exercise: str, key: str, sha256: str = "") -> Result | None:
        """Return the earlier result on another exercise; these functions are always judged.

        So a duplicate gets a verdict of this run, never one in which earlier verdicts stand.
        """
        if exercise in self._functions:
            return None
        earlier = self._earlier(learner, exercise, sha256)
        return earlier[0] if earlier else super().cached(learner, exercise, key, sha256)

    def store(self, result: Result, key: str = "") -> Result:
        """Store the earlier result with the new reports on the functions.

        The mark stays as old as the other functions' verdicts.
        """
        learner, report = result.learner, result.report
        earlier = self._earlier(learner, report.exercise, report.sha256)
        functions = self._functions.get(report.exercise)
        if earlier is None or functions is None or not result.sound:
            return super().store(result, key)
        before, old_key = earlier
        whole = merged(before, result, functions)
        return super().store(replace(whole, report=rescaled(whole.report)), old_key)

    def _earlier(self, learner: str, exercise: str, sha256: str) -> tuple[Result, str] | None:
        """Return an earlier result on the same file with the functions of today, and its key."""
        stored = self._stored(learner, exercise)
        if stored is None or stored[0].report.sha256 != sha256:
            return None
        report = stored[0].report
        names = {function.name for function in report.functions}
        same = names == course.step(exercise).points.keys()
        return stored if same and self._needed <= set(report.isolation) else None


def learner_of(folder: Path) -> str:
    """Return the name of the learner whose reports lie in a folder."""
    path = folder.parent / CACHE_FOLDER / folder.name / _LEARNER
    return path.read_text(encoding="utf-8") if path.is_file() else folder.name

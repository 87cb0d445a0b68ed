"""The report: all verdicts of one submission, and the JSON document behind every rendering."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path
from typing import Any

from autograder import course
from autograder.course.points import scaled
from autograder.util import i18n
from autograder.util.i18n import _, current, speaking
from autograder.util.languages import ENGLISH

SCHEMA = 2
OUTCOMES = ("passed", "failed", "todo", "error", "timeout")


@dataclass(frozen=True)
class Message:
    """A check's message to a learner, part by part; `wording` makes sentences of it.

    A part is empty where there is nothing to say. A message with `got` alone is one plain sentence.
    Texts that can be translated are `i18n.Translatable`; the others are data of the learner's.

    Attributes:
        called: The call, as a learner would type it.
        got: What came back, or what happened instead.
        must: What must hold.
        where: The place in the learner's code; in a fault of the kit, its traceback.
        causes: The likely causes, the likeliest first.
        hint: The address of the function that hints are about (see `course.address`).
    """

    called: str = ""
    got: str = ""
    must: str = ""
    where: str = ""
    causes: tuple[str, ...] = ()
    hint: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the message as plain data, each translatable text with its id and parameters."""
        parts = {name: i18n.to_json(getattr(self, name)) for name in _PARTS}
        return {**parts, "causes": [i18n.to_json(cause) for cause in self.causes]}

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> "Message":
        """Return the message behind `to_json`.

        Raises:
            KeyError: The document lacks a part.
            TypeError: A part is no text.
        """
        parts = {name: i18n.from_json(document[name]) for name in _PARTS}
        return cls(**parts, causes=tuple(map(i18n.from_json, document["causes"])))


_PARTS = ("called", "got", "must", "where", "hint")


@dataclass(frozen=True)
class CheckResult:
    """The verdict of one check. Only a passed check earns its points.

    Attributes:
        id: The check, as pytest names it.
        outcome: One of `OUTCOMES`.
        points: What it earned.
        max_points: What it can earn.
        message: What the learner reads; None for a check that passed by itself.
        misconception: The name of the mistake or cause that was recognised.
        seconds: How long it took.
        answered_by_course: The learner's functions in whose place the course's own answered when
            the check was repeated and passed; empty for every other check.
    """

    id: str
    outcome: str
    points: float
    max_points: float
    message: Message | None = None
    misconception: str | None = None
    seconds: float = 0.0
    answered_by_course: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the result as plain data."""
        message = self.message.to_json() if self.message else None
        return {
            **vars(self),
            "message": message,
            "answered_by_course": list(self.answered_by_course),
        }

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> "CheckResult":
        """Return the result behind `to_json`."""
        message = document["message"]
        parts = {
            "message": Message.from_json(message) if message else None,
            "answered_by_course": tuple(document.get("answered_by_course", ())),
        }
        return cls(**{**document, **parts})


@dataclass(frozen=True)
class FunctionReport:
    """The verdicts of all checks of one function.

    Attributes:
        name: The function.
        points: The points that it earned, between 0 and `max_points`.
        max_points: The points that it can earn.
        checks: The verdicts, in the order of the checks.
    """

    name: str
    points: float
    max_points: float
    checks: tuple[CheckResult, ...]

    @property
    def outcome(self) -> str:
        """The outcome of the function: that of all checks, else the gravest."""
        outcomes = {check.outcome for check in self.checks}
        if len(outcomes) == 1:
            return outcomes.pop()
        for outcome in ("error", "timeout", "failed"):
            if outcome in outcomes:
                return outcome
        return "failed"

    @property
    def problem(self) -> CheckResult | None:
        """The first check that did not pass."""
        return next((check for check in self.checks if check.outcome != "passed"), None)

    @property
    def remark(self) -> str:
        """The sentence on checks that passed with the course's own functions, "" without such."""
        messages = (check.message for check in self.checks if check.answered_by_course)
        return next((message.got for message in messages if message), "")


@dataclass(frozen=True)
class Report:
    """All verdicts of a submission.

    Attributes:
        exercise: The exercise's full name.
        submission: The path of the file, empty where a notebook checks itself.
        sha256: The digest of the file's bytes, empty where they could not be read.
        points: The points that it earned.
        max_points: The points that it can earn.
        isolation: The layers of isolation that protected the run; empty without a sandbox.
        functions: The verdicts on each function.
        notes: What was noticed while the file was chosen, read and run.
        schema: The version of the JSON document.
        language: The language of its texts, that of the submission.
    """

    exercise: str
    submission: str
    sha256: str
    points: float
    max_points: float
    isolation: tuple[str, ...]
    functions: tuple[FunctionReport, ...]
    notes: tuple[str, ...] = ()
    schema: int = SCHEMA
    language: str = ENGLISH

    @property
    def complete(self) -> bool:
        """Whether every function passes."""
        return all(function.outcome == "passed" for function in self.functions)

    @property
    def untouched(self) -> bool:
        """Whether every function is still a stub; in the bug hunt, whether no bug is found."""
        if course.step(self.exercise).hunt:
            return not self.standing[0]
        return all(function.outcome == "todo" for function in self.functions)

    @property
    def standing(self) -> tuple[float, float]:
        """Points earned and possible; without points, functions that pass and all functions."""
        if self.max_points:
            return self.points, self.max_points
        passed = [function for function in self.functions if function.outcome == "passed"]
        return float(len(passed)), float(len(self.functions))

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain data, ready for `json.dump`; docs/report.md describes it.

        A report in English does not name its language.
        """
        with speaking(self.language):
            document = self._document()
        if self.language == ENGLISH:
            del document["language"]
        return document

    def _document(self) -> dict[str, Any]:
        functions = [
            {**vars(function), "checks": [check.to_json() for check in function.checks]}
            for function in self.functions
        ]
        return {
            **vars(self),
            "schema": self.schema,
            "isolation": list(self.isolation),
            "functions": functions,
            "notes": [i18n.to_json(note) for note in self.notes],
        }


def from_json(document: dict[str, Any]) -> Report:
    """Return the report behind a JSON document.

    Raises:
        ValueError: The document has another schema.
        KeyError: The document lacks a field.
        TypeError: A field is of another type.
    """
    if document.get("schema") != SCHEMA:
        text = _("it has schema {schema}, and this version of the kit reads schema {ours}")
        raise ValueError(text.format(schema=document.get("schema"), ours=SCHEMA))
    functions = tuple(
        FunctionReport(**{**f, "checks": tuple(map(CheckResult.from_json, f["checks"]))})
        for f in document["functions"]
    )
    return Report(
        **{
            **document,
            "functions": functions,
            "isolation": tuple(document["isolation"]),
            "notes": tuple(map(i18n.from_json, document["notes"])),
        }
    )


def language_of(reports: Iterable[Report]) -> str:
    """Return the language that some reports have in common, else the current language."""
    found = {report.language for report in reports}
    return found.pop() if len(found) == 1 else current()


def of_function(name: str, max_points: float, checks: tuple[CheckResult, ...]) -> FunctionReport:
    """Return the report of a function; its points are its checks' sum, from 0 to the maximum."""
    earned = round(sum(check.points for check in checks), 2)
    return FunctionReport(name, min(max(earned, 0.0), float(max_points)), float(max_points), checks)


def with_function(report: Report, function: FunctionReport) -> Report:
    """Return the report with another function, whose points are added."""
    return replace(
        report,
        functions=(*report.functions, function),
        points=round(report.points + function.points, 2),
        max_points=report.max_points + function.max_points,
    )


def rescaled(report: Report) -> Report:
    """Return a report with the points of this process (see `course.points`).

    Each function earns the same fraction of its points, and so does each of its checks. A report
    that has these points already comes back as it is.
    """
    points = course.step(report.exercise).points
    if all(f.max_points == points.get(f.name, f.max_points) for f in report.functions):
        return report
    empty = replace(report, points=0.0, max_points=0.0, functions=())
    return reduce(with_function, (_at(f, points[f.name]) for f in report.functions), empty)


def _at(function: FunctionReport, points: float) -> FunctionReport:
    old = function.max_points
    if old == points:
        return function
    if not old:  # the step table gives nothing for it, so each check counts the same
        each = points / max(1, len(function.checks))
        checks = tuple(
            replace(c, points=each if c.outcome == "passed" else 0.0, max_points=each)
            for c in function.checks
        )
        return of_function(function.name, points, checks)
    share = points / old
    checks = tuple(
        replace(c, points=round(c.points * share, 4), max_points=round(c.max_points * share, 4))
        for c in function.checks
    )
    earned = scaled(function.points, old, points)
    return FunctionReport(function.name, earned, float(points), checks)


def owed(reports: list[Report]) -> list[Report]:
    """Return the reports on what a learner has to finish or has begun.

    Beside exercises of the core, an untouched exercise outside of the core is left out.
    """
    is_core = {report.exercise: course.step(report.exercise).core for report in reports}
    if not any(is_core.values()):
        return reports
    return [report for report in reports if is_core[report.exercise] or not report.untouched]


def total(reports: list[Report]) -> course.Total:
    """Return the sum of the reports of several exercises."""
    by_name = {report.exercise: report.points for report in reports}
    steps = [step for step in course.steps() if step.name in by_name]
    whole = course.total(steps, by_name)
    core = sum(r.max_points for r in reports if not course.step(r.exercise).bonus)
    return replace(whole, max_points=core)


def write_json(reports: list[Report], path: Path) -> None:
    """Write one report as its document, several as a list of documents."""
    documents = [report.to_json() for report in reports]
    document = documents[0] if len(documents) == 1 else documents
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

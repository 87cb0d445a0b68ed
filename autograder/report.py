"""The report: all verdicts of one submission, and the one JSON form behind every rendering."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from autograder import course

SCHEMA = 1
OUTCOMES = ("passed", "failed", "todo", "error", "timeout")


@dataclass(frozen=True)
class CheckResult:
    """The verdict of one check. Only a passed check earns its points."""

    id: str
    outcome: str
    points: float
    max_points: float
    message: str = ""
    misconception: str | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class FunctionReport:
    """The checks of one function."""

    name: str
    points: float
    max_points: float
    checks: tuple[CheckResult, ...]

    @property
    def outcome(self) -> str:
        """passed, todo (nothing but the stub), error, timeout or failed."""
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


@dataclass(frozen=True)
class Report:
    """All verdicts of a submission."""

    exercise: str
    submission: str
    sha256: str
    points: float
    max_points: float
    isolation: tuple[str, ...]
    functions: tuple[FunctionReport, ...]
    notes: tuple[str, ...] = ()
    schema: int = SCHEMA

    @property
    def complete(self) -> bool:
        return all(function.outcome == "passed" for function in self.functions)

    @property
    def untouched(self) -> bool:
        """Whether nothing was written, or in the bug hunt nothing mended."""
        if not self.max_points:
            return not self.standing[0]
        return all(function.outcome == "todo" for function in self.functions)

    @property
    def standing(self) -> tuple[float, float]:
        """The points and their maximum; where there are none, functions that pass and all."""
        if self.max_points:
            return self.points, self.max_points
        passed = [function for function in self.functions if function.outcome == "passed"]
        return float(len(passed)), float(len(self.functions))

    def to_json(self) -> dict:
        """The report as plain data, ready for `json.dump`."""
        return {"schema": self.schema, **{k: v for k, v in asdict(self).items() if k != "schema"}}


def from_json(document: dict) -> Report:
    """The report behind a JSON document; raises `ValueError` for another schema."""
    if document.get("schema") != SCHEMA:
        raise ValueError(f"a report of schema {document.get('schema')!r}, not {SCHEMA}")
    functions = tuple(
        FunctionReport(**{**f, "checks": tuple(CheckResult(**c) for c in f["checks"])})
        for f in document["functions"]
    )
    return Report(
        **{
            **document,
            "functions": functions,
            "isolation": tuple(document["isolation"]),
            "notes": tuple(document["notes"]),
        }
    )


def of_function(name: str, max_points: float, checks: tuple[CheckResult, ...]) -> FunctionReport:
    """The report of a function: its points are its checks' sum, between 0 and the maximum."""
    earned = round(sum(check.points for check in checks), 2)
    return FunctionReport(name, min(max(earned, 0.0), float(max_points)), float(max_points), checks)


def with_function(report: Report, function: FunctionReport) -> Report:
    """The report with one function more and its points added."""
    return replace(
        report,
        functions=(*report.functions, function),
        points=round(report.points + function.points, 2),
        max_points=report.max_points + function.max_points,
    )


def owed(reports: list[Report]) -> list[Report]:
    """The reports of what a learner has to finish, or has begun.

    Beside exercises of the core, one that is not of the core and untouched is nobody's duty.
    """
    is_core = {report.exercise: course.step(report.exercise).core for report in reports}
    if not any(is_core.values()):
        return reports
    return [report for report in reports if is_core[report.exercise] or not report.untouched]


def total(reports: list[Report]) -> course.Total:
    """What reports of several exercises add up to."""
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

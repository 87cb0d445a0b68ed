"""The result of one submission: its report, and what its cells printed and drew."""

import base64
import traceback
from dataclasses import dataclass
from typing import Any

from autograder import course
from autograder.reports.model import Report, from_json
from autograder.submissions.submission import Submission
from autograder.util.i18n import _

JUDGED, CACHED, DUPLICATE = "judged", "cached", "duplicate"
LAYER_MISSING = _("isolation layer {layer} is missing: {reason}")
NOT_ISOLATED = _("not isolated: the submission ran with all the rights of the grader")
_KIT_FAULT = _("cannot be graded because of a fault of the kit:\n{trace}")


@dataclass(frozen=True)
class CellOutput:
    """The output of one of the learner's cells; untrusted, so that no code decides by it.

    Attributes:
        cell: The cell's number.
        text: What the cell printed, cut to a readable length.
        figures: The figures as PNGs.
    """

    cell: int
    text: str
    figures: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Result:
    """One graded submission of one learner.

    A file that cannot be graded has a report without functions, whose first note gives the reason.

    Attributes:
        learner: The learner's name.
        report: All verdicts.
        outputs: What the cells printed and drew.
        origin: `JUDGED` in this run, `CACHED` by an earlier run, or `DUPLICATE` of another
            submission, whose verdicts hold for this submission too.
    """

    learner: str
    report: Report
    outputs: tuple[CellOutput, ...] = ()
    origin: str = JUDGED

    @property
    def gradable(self) -> bool:
        """Whether the file could be graded."""
        return bool(self.report.functions)

    @property
    def sound(self) -> bool:
        """Whether the file could be graded, and no check broke."""
        return self.gradable and all(f.outcome != "error" for f in self.report.functions)


def refused(submission: Submission, reason: str, sha256: str = "") -> Result:
    """Return the result of a file that cannot be graded.

    Args:
        submission: The file.
        reason: The note that says why.
        sha256: The digest of the file's bytes, empty where nobody could read them.
    """
    points = next((s.max_points for s in course.steps() if s.name == submission.exercise), 0.0)
    path = submission.path.as_posix()
    report = Report(submission.exercise, path, sha256, 0.0, points, (), (), (reason,))
    return Result(submission.learner, report)


def kit_fault() -> str:
    """Return the reason of a refusal by the exception that is being handled."""
    return _KIT_FAULT.format(trace=traceback.format_exc(limit=-6))


def is_kit_fault(result: Result) -> bool:
    """Return whether a submission could not be graded because of an exception in the kit."""
    if result.gradable or not result.report.notes:
        return False
    return getattr(result.report.notes[0], "msgid", "") == _KIT_FAULT.msgid


def notes_for_learners(report: Report) -> tuple[str, ...]:
    """Return the notes of a report but those on isolation, which are for the instructor."""
    withheld = {LAYER_MISSING.msgid, NOT_ISOLATED.msgid}
    return tuple(note for note in report.notes if getattr(note, "msgid", "") not in withheld)


def result_to_json(result: Result) -> dict[str, Any]:
    """Return a result as plain data for `json.dump`, without the learner's name and the origin."""
    return {"report": result.report.to_json(), "outputs": outputs_to_json(result.outputs)}


def result_from_json(learner: str, document: dict[str, Any]) -> Result:
    """Return the result behind `result_to_json`.

    Raises:
        ValueError: The report has another schema.
        KeyError: The document lacks a field.
        TypeError: A field is of another type.
    """
    outputs = outputs_from_json(document["outputs"])
    return Result(learner, from_json(document["report"]), outputs)


def outputs_to_json(outputs: tuple[CellOutput, ...]) -> list[dict[str, Any]]:
    """Return outputs as plain data, figures in Base64."""
    return [
        {
            "cell": output.cell,
            "text": output.text,
            "figures": [base64.b64encode(figure).decode() for figure in output.figures],
        }
        for output in outputs
    ]


def outputs_from_json(documents: list[dict[str, Any]]) -> tuple[CellOutput, ...]:
    """Return the outputs behind `outputs_to_json`."""
    return tuple(
        CellOutput(
            document["cell"],
            document["text"],
            tuple(base64.b64decode(figure) for figure in document["figures"]),
        )
        for document in documents
    )

"""What grading knows of one submission: its report, and what its cells printed and drew."""

import base64
from dataclasses import dataclass

from autograder import course
from autograder.reports.model import Report, from_json
from autograder.submissions.submission import Submission

JUDGED, CACHED, DUPLICATE = "judged", "cached", "duplicate"


@dataclass(frozen=True)
class CellOutput:
    """What one of the learner's cells left to read: its text, cut to a readable length, and PNGs.

    Untrusted: it is the learner's own word and nothing is ever read out of it.
    """

    cell: int
    text: str
    figures: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Result:
    """One graded submission of one learner.

    A file that cannot be graded has a report without functions, whose first note says why.

    Attributes:
        learner: Whose it is.
        report: All verdicts.
        outputs: What the cells printed and drew.
        origin: Where the verdicts come from: `JUDGED` now, `CACHED` by an earlier run, or judged
            for a `DUPLICATE`, a submission with the same code.
    """

    learner: str
    report: Report
    outputs: tuple[CellOutput, ...] = ()
    origin: str = JUDGED

    @property
    def gradable(self) -> bool:
        return bool(self.report.functions)

    @property
    def sound(self) -> bool:
        """Whether it could be graded, and without a fault of the kit."""
        return self.gradable and all(f.outcome != "error" for f in self.report.functions)


def refused(submission: Submission, reason: str, sha256: str = "") -> Result:
    """Return the result of a file that cannot be graded, for this reason."""
    points = next((s.max_points for s in course.steps() if s.name == submission.exercise), 0.0)
    path = submission.path.as_posix()
    report = Report(submission.exercise, path, sha256, 0.0, points, (), (), (reason,))
    return Result(submission.learner, report)


def result_to_json(result: Result) -> dict:
    """A result as plain data, without the learner's name, ready for `json.dump`."""
    return {"report": result.report.to_json(), "outputs": outputs_to_json(result.outputs)}


def result_from_json(learner: str, document: dict) -> Result:
    """The result behind `result_to_json`; raises `ValueError`, `KeyError` or `TypeError`."""
    outputs = outputs_from_json(document["outputs"])
    return Result(learner, from_json(document["report"]), outputs)


def outputs_to_json(outputs: tuple[CellOutput, ...]) -> list[dict]:
    return [
        {
            "cell": output.cell,
            "text": output.text,
            "figures": [base64.b64encode(figure).decode() for figure in output.figures],
        }
        for output in outputs
    ]


def outputs_from_json(documents: list[dict]) -> tuple[CellOutput, ...]:
    return tuple(
        CellOutput(
            document["cell"],
            document["text"],
            tuple(base64.b64decode(figure) for figure in document["figures"]),
        )
        for document in documents
    )

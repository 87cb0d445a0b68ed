"""What the kit puts into nbgrader's lists of preprocessors; see a course's `nbgrader_config.py`."""

import base64
import math
import re
from textwrap import fill

from nbconvert.preprocessors.sanitize import SanitizeHTML
from nbformat.v4 import new_code_cell, new_output
from nbgrader.api import Gradebook
from nbgrader.preprocessors import Execute, NbGraderPreprocessor
from traitlets import Bool, Integer, Unicode

from autograder.course import Step
from autograder.grading.results import CellOutput, Result
from autograder.nbgrading.exporter import NOTES, released_notebook, step_of
from autograder.nbgrading.pool import Pool
from autograder.nbgrading.restore import NUMBER, restore
from autograder.nbgrading.source import function_of, is_check
from autograder.reports.notebook import VerdictPanel
from autograder.reports.wording import format_points
from autograder.util.i18n import _
from autograder.util.text import visible

_HTML = re.compile(r"<[a-z!/?]", re.IGNORECASE)


class RestoreNotebook(NbGraderPreprocessor):
    """Puts back what nbgrader counts, and takes scripts out of what learners wrote as text."""

    def preprocess(self, nb, resources):
        if step_of(resources) is None:
            return nb, resources
        coursedir = self.parent.parent.coursedir
        released = released_notebook(coursedir, resources["nbgrader"])
        notes = restore(nb, released)
        for note in notes:
            self.log.warning("%s: %s", _name(resources), note)
        nb.metadata[NOTES] = [*nb.metadata.get(NOTES, []), *notes]
        _sanitize(nb, resources, {cell.source for cell in released.cells})
        return nb, resources


class GradeInSandbox(NbGraderPreprocessor):
    """Takes the place of `Execute`: has all submissions graded together, and replays each result.

    The first notebook of a run has all of them graded in a pool, keyed by content, so that an
    interrupted run goes on and what is unchanged is not graded again. Points of a bonus exercise
    are entered as extra credit, so that they add to a score and never to what it is out of.
    """

    jobs = Integer(0, min=0, help="How many submissions at once; 0: one more than cores.").tag(
        config=True
    )
    require_isolation = Bool(
        False, help="Grade nothing unless every layer of isolation stands."
    ).tag(config=True)
    scheduler = Unicode(
        "", help="Grade on the workers of this Dask scheduler, such as tcp://host:8786."
    ).tag(config=True)

    def preprocess(self, nb, resources):
        step = step_of(resources)
        if step is None:
            self.log.warning("%s is none of the kit's: it runs in a kernel", _name(resources))
            return Execute(parent=self.parent).preprocess(nb, resources)
        names = resources["nbgrader"]
        converter = self.parent.parent
        pool = Pool(
            converter, names["assignment"], self.jobs, self.require_isolation, self.scheduler
        )
        result = pool.result(names["student"], names["notebook"])
        replay(nb, result)
        if step.bonus:
            _enter_extra_credit(step, result, names)
        return nb, resources


class PlainScores(NbGraderPreprocessor):
    """Leaves every check cell with one plain number between 0 and its points, or with 0."""

    def preprocess(self, nb, resources):
        if step_of(resources) is None:
            return nb, resources
        return super().preprocess(nb, resources)

    def preprocess_cell(self, cell, resources, index):
        nbgrader = cell.metadata.get("nbgrader", {})
        if nbgrader.get("grade") and not nbgrader.get("solution") and cell.cell_type == "code":
            cell.outputs = [_scored(cell.outputs, float(nbgrader["points"]))]
        return cell, resources


def replay(nb, result: Result) -> None:
    """Give every cell of a mended notebook the outputs that grading has left."""
    printed = {output.cell: output for output in result.outputs}
    verdicts = {f.name: VerdictPanel(f, result.report.exercise) for f in result.report.functions}
    for cell in nb.cells:
        number = cell.metadata.pop(NUMBER, None)
        if cell.cell_type != "code":
            continue
        cell.outputs = _outputs(printed[number]) if number in printed else []
        if is_check(cell) and "nbgrader" in cell.metadata:
            cell.outputs = [_verdict(verdicts.get(function_of(cell)))]
    notes = [*nb.metadata.pop(NOTES, []), *result.report.notes]
    if notes:
        nb.cells.insert(0, _cell_of_notes(list(dict.fromkeys(notes))))


def _enter_extra_credit(step: Step, result: Result, names: dict) -> None:
    """Enter what a bonus exercise earned beside the scores, which are 0 of 0 points."""
    points = {function.name: function.points for function in result.report.functions}
    with Gradebook(names["db_url"]) as gradebook:
        for function in step.functions:
            place = f"check_{function}", names["notebook"], names["assignment"], names["student"]
            gradebook.find_grade(*place).extra_credit = points.get(function, 0.0)
        gradebook.db.commit()


def _outputs(output: CellOutput) -> list:
    """What a learner's cell printed and drew."""
    outputs = []
    if output.text:
        outputs.append(new_output("stream", name="stdout", text=visible(output.text)))
    for figure in output.figures:
        data = {"image/png": base64.b64encode(figure).decode()}
        metadata = {"image/png": {"alt": _("a figure of the learner's")}}
        outputs.append(new_output("display_data", data=data, metadata=metadata))
    return outputs


def _verdict(panel: VerdictPanel | None):
    """A verdict as the result of its check cell; what was not graded has no points."""
    if panel is None:
        return new_output("execute_result", data={"text/plain": "0"}, execution_count=None)
    data = {"text/plain": repr(panel), "text/html": panel._repr_html_()}
    return new_output("execute_result", data=data, execution_count=None)


def _cell_of_notes(notes: list[str]):
    lines = "\n".join(f"- {visible(note)}" for note in notes).split("\n")
    text = "\n".join(fill(line, 96, subsequent_indent="  ") for line in lines)
    output = new_output("stream", name="stdout", text=f"{text}\n")
    return new_code_cell(_("# What was noticed while grading"), outputs=[output])


def _scored(outputs: list, points: float):
    """The one output of a check cell that nbgrader reads its score from."""
    for output in outputs:
        if output.output_type == "execute_result":
            score = _number(output.data.get("text/plain"))
            output.data["text/plain"] = format_points(min(max(score, 0.0), points))
            return output
    return _verdict(None)


def _number(text) -> float:
    try:
        number = float(text)
    except (TypeError, ValueError):
        return 0.0
    return number if math.isfinite(number) else 0.0


def _sanitize(nb, resources, released: set[str]) -> None:
    """Take HTML out of the text cells that are not as they were released.

    A text without any is left alone: `SanitizeHTML` would change its `<` and `&` all the same.
    """
    cleaner = SanitizeHTML()
    for cell in nb.cells:
        if cell.cell_type != "code" and cell.source not in released and _HTML.search(cell.source):
            cleaner.preprocess_cell(cell, resources, 0)


def _name(resources) -> str:
    names = resources["nbgrader"]
    return f"{names['student']} · {names['notebook']}"

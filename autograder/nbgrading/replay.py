"""Results of grading, written into a restored notebook as the outputs of its cells."""

# nbformat and parts of nbconvert are not annotated.
# mypy: disable-error-code="no-untyped-call,no-any-return"

import base64
from textwrap import fill

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output

from autograder.grading.output.figures import showable_figures
from autograder.grading.results import CellOutput, Result
from autograder.nbgrading.damaged_notebooks import NOTES
from autograder.nbgrading.restore_cells import NUMBER
from autograder.nbgrading.source_notebooks import function_of, is_check
from autograder.reports.notebook import VerdictPanel
from autograder.util.i18n import _, ngettext, speaking
from autograder.util.text import visible


def replay(notebook: NotebookNode, result: Result) -> None:
    """Give every cell of a restored notebook the outputs that grading produced.

    Args:
        notebook: The restored notebook; changed in place.
        result: The result of the same submission.
    """
    with speaking(result.report.language):
        _replay(notebook, result)


def _replay(notebook: NotebookNode, result: Result) -> None:
    figures = showable_figures(result.outputs)
    printed = {
        output.cell: _outputs(output, shown)
        for output, shown in zip(result.outputs, figures, strict=True)
    }
    verdicts = {f.name: VerdictPanel(f, result.report.exercise) for f in result.report.functions}
    for cell in notebook.cells:
        number = cell.metadata.pop(NUMBER, None)
        if cell.cell_type != "code":
            continue
        cell.outputs = printed.get(number, [])
        if is_check(cell) and "nbgrader" in cell.metadata:
            panel = verdicts.get(function_of(cell) or "")
            cell.outputs = [unscored() if panel is None else _verdict(panel)]
    notes = [*notebook.metadata.pop(NOTES, []), *result.report.notes]
    if notes:
        notebook.cells.insert(0, _cell_of_notes(list(dict.fromkeys(notes))))


def unscored() -> NotebookNode:
    """Return the output of a check cell whose function was not graded: zero points."""
    return new_output("execute_result", data={"text/plain": "0"}, execution_count=None)


def _verdict(panel: VerdictPanel) -> NotebookNode:
    # formgrader loads MathJax, which must not take what a learner's code returned for formulas.
    html = f'<div class="tex2jax_ignore mathjax_ignore">{panel._repr_html_()}</div>'
    data = {"text/plain": repr(panel), "text/html": html}
    return new_output("execute_result", data=data, execution_count=None)


def _outputs(output: CellOutput, figures: list[bytes]) -> list[NotebookNode]:
    """Return what a learner's cell printed, and those of its figures that are shown."""
    outputs = []
    if output.text:
        outputs.append(new_output("stream", name="stdout", text=visible(output.text)))
    for figure in figures:
        data = {"image/png": base64.b64encode(figure).decode()}
        metadata = {"image/png": {"alt": _("a figure of the learner's")}}
        outputs.append(new_output("display_data", data=data, metadata=metadata))
    left_out = len(output.figures) - len(figures)
    if left_out:
        text = ngettext(
            "{n} figure is left out: it is too large, or no PNG.",
            "{n} figures are left out: too large, too many, or no PNGs.",
            left_out,
        )
        outputs.append(new_output("stream", name="stdout", text=text.format(n=left_out) + "\n"))
    return outputs


def _cell_of_notes(notes: list[str]) -> NotebookNode:
    lines = "\n".join(f"- {visible(note)}" for note in notes).split("\n")
    text = "\n".join(fill(line, 96, subsequent_indent="  ") for line in lines)
    output = new_output("stream", name="stdout", text=f"{text}\n")
    return new_code_cell(_("# What was noticed while grading"), outputs=[output])

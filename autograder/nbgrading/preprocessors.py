"""The kit's entries in nbgrader's lists of preprocessors; see a course's `nbgrader_config.py`.

nbgrader imports Unix-only modules wherever `sys.platform` is not `win32`, and a good part of
Jupyter's server with them. Functions here import nbgrader when they need it, so that the names that
a course's settings use can be imported everywhere.
"""

# nbgrader, nbformat and parts of nbconvert are not annotated.
# mypy: disable-error-code="no-untyped-call"

import math
from typing import Any

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from traitlets import Bool, Integer, Unicode

from autograder.grading.results import Result
from autograder.nbgrading.damaged_notebooks import NOTES
from autograder.nbgrading.nbgrader_types import Converter, Resources
from autograder.nbgrading.own_notebooks import run_in_sandbox
from autograder.nbgrading.plain_outputs import make_outputs_plain
from autograder.nbgrading.points import points_on_cells
from autograder.nbgrading.pool import Pool
from autograder.nbgrading.released import released_notebook, step_of
from autograder.nbgrading.replay import replay, unscored
from autograder.nbgrading.restore_cells import restore
from autograder.nbgrading.safe_notebook import make_own_notebook_harmless, make_texts_harmless
from autograder.nbgrading.written_answers import (
    is_graded_by_hand,
    keep_outputs,
    restore_written_answers,
    show_kept_outputs,
)
from autograder.reports.wording import plain_points
from autograder.util.text import visible


class _CoursePreprocessor(Preprocessor):
    """A preprocessor that is on unless the settings turn it off.

    It stands for `nbgrader.preprocessors.NbGraderPreprocessor`, which cannot be imported without
    the whole of nbgrader.
    """

    enabled = Bool(True, help="Whether to use this preprocessor when running nbgrader").tag(
        config=True
    )

    @property
    def converter(self) -> Converter:
        """The command of nbgrader that runs this preprocessor."""
        exporter: Any = self.parent
        converter: Converter = exporter.parent
        return converter


class RestoreNotebook(_CoursePreprocessor):
    """A preprocessor that restores the cells that nbgrader counts.

    It makes the text cells that a learner wrote or changed harmless for whoever opens them.
    """

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Restore a notebook of the course; make the texts of any notebook harmless.

        Args:
            nb: The submitted notebook; changed in place.
            resources: The names that nbgrader gives it, under `nbgrader`.

        Returns:
            The notebook and the resources.
        """
        released = released_notebook(self.converter.coursedir, resources["nbgrader"])
        if step_of(resources) is None:
            make_own_notebook_harmless(nb, released)
            self._warn(restore_written_answers(nb, released), resources)
            if is_graded_by_hand(released):
                keep_outputs(nb)
            return nb, resources
        notes = restore_written_answers(nb, released, put_back=False)
        notes += restore(nb, released)
        self._warn(notes, resources)
        nb.metadata[NOTES] = [*nb.metadata.get(NOTES, []), *notes]
        make_texts_harmless(nb, released)
        return nb, resources

    def _warn(self, notes: list[str], resources: Resources) -> None:
        for note in notes:
            self.log.warning("%s: %s", visible(_name(resources)), visible(note))


class GradeInSandbox(_CoursePreprocessor):
    """A preprocessor in place of `Execute`: it grades in the sandbox and replays the result.

    The first notebook of a run starts a pool that grades all submissions. The pool stores results
    by content, so that an interrupted run goes on and unchanged submissions are not graded again.
    Points of a bonus exercise become extra credit: they add to a score, never to its maximum.

    Attributes:
        jobs: How many submissions are graded at once; 0 stands for one more than cores.
        require_isolation: Whether a missing layer of isolation stops grading.
        scheduler: The address of a Dask scheduler whose workers grade, or "".
        own_notebooks_in_kernel: Whether an instructor's own notebooks run in a kernel, where the
            learners' code has the rights of whoever grades.
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

    own_notebooks_in_kernel = Bool(
        False, help="Run an instructor's own notebooks in a kernel, without the sandbox."
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Replay the result of a notebook of the course; run any other notebook in the sandbox.

        Args:
            nb: The restored notebook; changed in place.
            resources: The names that nbgrader gives it, under `nbgrader`.

        Returns:
            The notebook and the resources.
        """
        step = step_of(resources)
        if step is None:
            self._run_own_notebook(nb, resources)
            return nb, resources
        names = resources["nbgrader"]
        pool = Pool(
            self.converter, names["assignment"], self.jobs, self.require_isolation, self.scheduler
        )
        result = pool.result(names["student"], names["notebook"])
        replay(nb, result)
        if step.bonus:
            _enter_extra_credit(result, nb, names)
        return nb, resources

    def _run_own_notebook(self, nb: NotebookNode, resources: Resources) -> None:
        if is_graded_by_hand(nb):
            self.log.info("%s is graded by hand; nothing of it runs", visible(_name(resources)))
            show_kept_outputs(nb)
            return
        if self.own_notebooks_in_kernel:
            self.log.warning("%s runs in a kernel, without the sandbox", visible(_name(resources)))
            _run_in_kernel(self, nb, resources)
            return
        self.log.info(
            "%s is not an exercise of the kit and runs in the sandbox", visible(_name(resources))
        )
        label = resources["nbgrader"]["notebook"]
        for note in run_in_sandbox(nb, label, self.converter, self.require_isolation):
            self.log.warning("%s: %s", visible(_name(resources)), visible(note))


class PlainScores(_CoursePreprocessor):
    """A preprocessor that leaves every check cell with one plain number from 0 to its points.

    A check cell without a readable number gets 0.
    """

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Make the scores of a notebook of the course plain; leave any other notebook alone.

        Args:
            nb: The notebook whose check cells have outputs; changed in place.
            resources: The names that nbgrader gives it, under `nbgrader`.

        Returns:
            The notebook and the resources.
        """
        if step_of(resources) is None:
            return nb, resources
        preprocessed: tuple[NotebookNode, Resources] = super().preprocess(nb, resources)
        return preprocessed

    def preprocess_cell(
        self, cell: NotebookNode, resources: Resources, index: int
    ) -> tuple[NotebookNode, Resources]:
        """Leave a check cell with the one output that nbgrader reads its score from.

        Args:
            cell: Any cell; a check cell is changed in place.
            resources: Passed through.
            index: The position of the cell; not used.

        Returns:
            The cell and the resources.
        """
        nbgrader = cell.metadata.get("nbgrader", {})
        if nbgrader.get("grade") and not nbgrader.get("solution") and cell.cell_type == "code":
            cell.outputs = [_scored(cell.outputs, float(nbgrader["points"]))]
        return cell, resources


class GradeBehindWall(GradeInSandbox):
    """The earlier name of `GradeInSandbox`, which courses that exist name in their settings.

    traitlets reads the sections `c.GradeBehindWall` and `c.GradeInSandbox` for this class.
    """


class MendNotebook(RestoreNotebook):
    """The earlier name of `RestoreNotebook`, which courses that exist name in their settings."""


def _enter_extra_credit(result: Result, nb: NotebookNode, names: dict[str, str]) -> None:
    """Enter the points of a bonus exercise beside the scores, which are 0 of 0 points.

    If an instructor has given points to a check cell, the score has them, and no extra credit.
    """
    from nbgrader.api import Gradebook

    counted = points_on_cells(nb)
    points = {f.name: f.points for f in result.report.functions if not counted.get(f.name)}
    with Gradebook(names["db_url"]) as gradebook:
        for function in counted:
            place = f"check_{function}", names["notebook"], names["assignment"], names["student"]
            gradebook.find_grade(*place).extra_credit = points.get(function, 0.0)
        gradebook.db.commit()


def _run_in_kernel(grading: GradeInSandbox, nb: NotebookNode, resources: Resources) -> None:
    from nbgrader.preprocessors import Execute

    executed, _resources = Execute(parent=grading.parent).preprocess(nb, resources)
    nb.cells = executed.cells
    make_outputs_plain(nb)


def _scored(outputs: list[NotebookNode], points: float) -> NotebookNode:
    """Return the one output of a check cell that nbgrader reads its score from."""
    for output in outputs:
        if output.output_type == "execute_result":
            score = _number(output.data.get("text/plain"))
            output.data["text/plain"] = plain_points(min(max(score, 0.0), points))
            return output
    return unscored()


def _number(text: Any) -> float:
    try:
        number = float(text)
    except (TypeError, ValueError):
        return 0.0
    return number if math.isfinite(number) else 0.0


def _name(resources: Resources) -> str:
    names = resources["nbgrader"]
    return f"{names['student']} · {names['notebook']}"

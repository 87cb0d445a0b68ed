"""Hostile submissions in stock nbgrader and in `autograder grade`: who earns which points.

    python benchmarks/hostile_nbgrader.py [--only NAME ...]

nbgrader's own commands release a hand-written course and grade all submissions in one batch; where
a submission ends the batch, another batch grades the rest. The benchmark writes each submission
into the released notebook, as a learner would have. The course's tests are plain asserts; other
tests would fall for other tricks. `honest` points stand in tests/hostile/expected.toml. Outcomes:
`ok` (the honest points), `forged` (more points), `lost` (fewer points), `by hand` (a test cell
waits for a person), `ungraded` (an error, no points), `crashed the batch` (no points, nor for the
submissions after it).
"""

import argparse
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import tomllib
import warnings
from collections import Counter
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode

from autograder import course
from autograder.grading.collect import collect
from autograder.grading.judge_pool import Grader
from autograder.grading.rules import Rules
from autograder.submissions.ast_tools import defined_in
from autograder.submissions.cells import UnreadableSubmission
from autograder.submissions.parse import parse
from autograder.util import paths
from autograder.util.environment import HEADLESS, QUIET, prefer

HOSTILE = paths.course_root() / "tests" / "hostile"
EXPECTED = tomllib.loads((HOSTILE / "expected.toml").read_text(encoding="utf-8"))

# nbgrader runs code with all the rights of whoever grades. Each case here was read: it harms only
# its own kernel. Never add one that forks, fills memory or disk, loops for ever, leaves processes,
# opens connections, or writes, reads or deletes files of others.
HARMLESS = """
00_honest 00_honest_keras 01_replaces_builtins 01_replaces_numpy_testing 02_blanks_later_cells
02_stubs_run_code 03_array_subclass 03_eq_to_everything 03_float_subclass
05_prints_what_the_judge_reads 06_claims_points_in_metadata 14_os_exit 14_sys_exit
22_warnings_are_errors 22_warnings_on_standard_error 25_syntax_error 26_check_cell_deleted
26_check_cell_duplicated 26_check_cell_edited 26_check_cell_moved_and_retyped
26_check_cell_turned_to_markdown 27_metadata_stripped 27_unknown_kernel 28_truncated_json 45_nan
49_model_of_lies
"""
# Its answers are right. A copy without the answers shows whether it could forge points.
BLANKS = "02_blanks_later_cells"

IMPORTS = {"04_dot_product": "import keras", "08_ranking": "import pandas as pd"}
TESTS = """
# build_mf
model = build_mf(5, 7, 3)
p, q = (model.get_layer(f"{name}_embedding").get_weights()[0] for name in ("user", "item"))
assert p.shape[0] in (5, 6) and q.shape[0] in (7, 8) and p.shape[1] == q.shape[1] == 3
scores = model.predict([np.array([[0], [4]]), np.array([[6], [2]])], verbose=0)
assert np.abs(scores - [[p[0] @ q[6]], [p[4] @ q[2]]]).max() < 1e-5
# predict_pairs
user, item = keras.Input((1,)), keras.Input((1,))
total = keras.Model([user, item], keras.layers.Add()([user, item]))
pairs = predict_pairs(total, np.array([1, 2, 3]), np.array([10, 30, 20]))
assert pairs.shape == (3,) and np.abs(pairs - [11, 32, 23]).max() < 1e-5
# score_matrix
scores = score_matrix(np.array([[1, 2], [0, 3]]), np.array([[1, 1], [2, 0], [0, 4]]))
assert scores.shape == (2, 3) and np.abs(scores - [[3, 2, 8], [3, 0, 12]]).max() < 1e-6
# precision_at_k
assert precision_at_k([7, 3, 9, 1, 4], {3, 4, 8}, 5) == 0.4
assert precision_at_k([1, 2], {2, 5}, 4) == 0.25
# recall_at_k
assert abs(recall_at_k([7, 3, 9, 1, 4], {3, 4, 8}, 5) - 2 / 3) < 1e-6
assert recall_at_k([1, 2, 3], {3, 9}, 2) == 0
# ndcg_at_k
assert abs(ndcg_at_k([7, 3, 9, 1, 4], {3, 4, 8}, 5) - 0.4776) < 1e-4
assert abs(ndcg_at_k([1, 2], {1}, 5) - 1) < 1e-6
# evaluate_ranking
relevant = {"ada": {1}, "ben": {4}, "eve": set(), "joe": {5}}
means = evaluate_ranking({"ada": [1, 2], "ben": [3]}, relevant, 2)
for name, mean in ("precision", 1 / 6), ("recall", 1 / 3), ("ndcg", 1 / 3):
    assert abs(means[name] - mean) < 1e-6
# popularity_recommendations
train = pd.DataFrame({"user": [0, 1, 2, 0, 1, 2], "item": [2, 2, 2, 0, 0, 1]})
lists = popularity_recommendations(train, {0: {2, 0}, 1: {0, 2}, 2: set()}, n=2)
assert np.array_equal(lists[0], [1]) and np.array_equal(lists[2], [2, 0])
"""


def source_notebook(exercise: str) -> NotebookNode:
    """Return an exercise for stock nbgrader; its cells have the names of the damaged notebooks'."""
    tests = dict(part.split("\n", 1) for part in TESTS.split("\n# ")[1:])
    cells = [nbformat.v4.new_code_cell(f"import numpy as np\n{IMPORTS[exercise]}")]
    notebook = jupytext.read(paths.solutions() / f"{exercise}.py")
    for cell in notebook.cells:
        if "### BEGIN SOLUTION" in cell.source:
            [name] = defined_in(cell.source)
            points = course.step(exercise).points[name]
            cells.append(new_cell(cell.source, name, solution=True))
            cells.append(new_cell(tests[name], f"check-{name}", grade=True, points=points))
    return nbformat.from_dict({**notebook, "cells": cells})


def new_cell(
    source: str, name: str, grade: bool = False, solution: bool = False, **points: float
) -> NotebookNode:
    """Return a cell that nbgrader counts as a test (`grade`) or an answer (`solution`)."""
    kind = {"cell_type": "code", "grade": grade, "solution": solution, "task": False}
    fields = {"schema_version": 3, "grade_id": name, "locked": grade, **kind, **points}
    return nbformat.v4.new_code_cell(source, metadata={"nbgrader": fields})


def name_of(cell: NotebookNode) -> str | None:
    """Return the grade_id of a cell, None for a cell that nbgrader does not count."""
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def written_into(released: NotebookNode, file: Path) -> str:
    """Return the released notebook with a submission's functions in its solution cells.

    The submission's other cells keep their places. A submission with test cells of its own, whole
    or damaged, gets no further test cells. A file that is no notebook stays as it is.
    """
    try:
        notebook = jupytext.read(file)
    except ValueError:
        return file.read_text(encoding="utf-8")
    by_name = {name_of(cell): cell for cell in released.cells if name_of(cell)}
    left = [name for name in by_name if not name.startswith("check-")]
    has_tests = any(name_of(cell) in by_name for cell in notebook.cells)
    tests = {name: [] if has_tests else [by_name[f"check-{name}"]] for name in left}
    cells = released.cells[:1]
    for cell in notebook.cells:
        cells.append(cell)
        for name in defined_in(cell.source) & set(left):
            left.remove(name)
            cell.metadata = cell.metadata if name_of(cell) else by_name[name].metadata
            cells += tests[name]
    for name in left:
        cells += [by_name[name], *tests[name]]
    if file.suffix == ".ipynb" and not notebook.metadata:
        cells = [cell | {"metadata": {}} for cell in cells]
    return nbformat.writes(nbformat.v4.upgrade(nbformat.from_dict({**notebook, "cells": cells})))


class Course:
    """A course of stock nbgrader in a folder, which nbgrader's own commands grade."""

    def __init__(self, folder: Path) -> None:
        """Write the course and generate its assignments."""
        self.folder = folder
        for exercise in IMPORTS:
            self._write("source", exercise, nbformat.writes(source_notebook(exercise)))
            self._log_of("generate_assignment", exercise)

    def grade(self, files: dict[str, Path]) -> dict[str, tuple[float | None, str]]:
        """Submit and grade files.

        Args:
            files: The files by learner.

        Returns:
            By learner the points, None for an ungraded file, and what went wrong, "" for nothing.
        """
        for learner, file in files.items():
            released = nbformat.read(self._file("release", file.stem), as_version=4)
            self._write(f"submitted/{learner}", file.stem, written_into(released, file))
        outcomes = {}
        while waiting := sorted(self.folder.glob("submitted/*/*")):
            log = self._log_of("autograde", waiting[0].name)
            reached = [path for path in waiting if f"Sanitizing {path}/" in log]
            if not reached:
                raise RuntimeError(log)
            for path in reached:
                outcomes[path.parent.name] = self._outcome(path, log)
                shutil.rmtree(path)
        return outcomes

    def _outcome(self, path: Path, log: str) -> tuple[float | None, str]:
        from nbgrader.api import Gradebook

        learner, exercise = path.parts[-2:]
        if not self._file(f"autograded/{learner}", exercise).exists():
            caught = re.search(rf"processing assignment:? {re.escape(str(path))}\b", log)
            return None, "ungraded" if caught else "crashed the batch"
        with Gradebook(f"sqlite:///{self.folder / 'gradebook.db'}") as gradebook:
            submission = gradebook.find_submission(exercise, learner)
            return submission.score, "by hand" if submission.needs_manual_grade else ""

    def _log_of(self, command: str, exercise: str) -> str:
        search = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        environment = {**QUIET, **HEADLESS, "PATH": search, "HOME": str(self.folder)}
        line = ["nbgrader", command, exercise, "--Execute.timeout=15"]  # stock: 30 s
        ways = {"cwd": self.folder, "env": environment, "capture_output": True, "text": True}
        return subprocess.run([sys.executable, "-m", *line], **ways, check=False).stderr

    def _file(self, stage: str, exercise: str) -> Path:
        return self.folder / stage / exercise / f"{exercise}.ipynb"

    def _write(self, stage: str, exercise: str, text: str) -> None:
        path = self._file(stage, exercise)
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")


def by_autograder(files: dict[str, Path]) -> dict[str, tuple[float | None, str]]:
    """Grade files as `Course.grade` does, in the kit's own sandbox."""
    outcomes: dict[str, tuple[float | None, str]] = dict.fromkeys(files, (None, "ungraded"))
    with tempfile.TemporaryDirectory() as out:
        submitted = collect([file.parent for file in files.values()], Path(out)).submissions
    with Grader(Rules(secrets.randbelow(2**31))) as grader:
        for submission in submitted:
            try:
                result = grader.grade(parse(submission))
            except UnreadableSubmission:
                continue
            if result.gradable:
                outcomes[submission.learner] = result.report.points, ""
    return outcomes


def without_answers(file: Path, folder: Path) -> Path:
    """Write a copy of a script that ends before its first function; return its path."""
    folder.mkdir()
    text = file.read_text(encoding="utf-8").partition("# %%\ndef ")[0]
    (folder / file.name).write_text(text, encoding="utf-8")
    return folder / file.name


def word(surplus: float) -> str:
    """Return the outcome for points in excess of the honest points."""
    return "forged" if surplus > 0.01 else "lost" if surplus < -0.01 else "ok"


def main() -> None:
    """Grade all harmless cases in both ways and print a table."""
    prefer(QUIET | HEADLESS)
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=HARMLESS.split())
    names = parser.parse_args().only or HARMLESS.split()
    files = {name: HOSTILE / EXPECTED[name]["file"] for name in names}
    honest = {name: sum(EXPECTED[name].get("points", {}).values()) for name in names}
    with tempfile.TemporaryDirectory() as folder:
        if BLANKS in names:
            name = f"{BLANKS}-unanswered"
            files[name], honest[name] = without_answers(files[BLANKS], Path(folder) / name), 0
        stock = Course(Path(folder).resolve() / "course")
        outcomes = {"nbgrader": stock.grade(files), "autograder": by_autograder(files)}
    print(f"{'points':32}{'honest':>7}{'nbgrader':>10}{'':19}{'autograder':>10}")
    counts: Counter[tuple[str, str]] = Counter()
    for name in sorted(files):
        row = f"{name:32}{honest[name]:7g}"
        for grader, outcome in outcomes.items():
            points, wrong = outcome[name]
            outcome_word = wrong or word((points or 0.0) - honest[name])
            counts[grader, outcome_word] += 1
            row += f"{'-' if points is None else format(points, 'g'):>10}  {outcome_word:17}"
        print(row.rstrip())
    for (grader, outcome_word), n in sorted(counts.items()):
        print(f"{grader:10}{n:4} {outcome_word}")


if __name__ == "__main__":
    main()

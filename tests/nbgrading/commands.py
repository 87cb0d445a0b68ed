"""An nbgrader course in a folder: its commands, gradebook, reports and files."""

import ast
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
from bs4 import BeautifulSoup
from typer.testing import CliRunner

from autograder import course
from autograder.cli.app import app
from tests.classes import DOT_PRODUCT, RANKING

NAME = "recommender"
STEPS = [course.step(DOT_PRODUCT), course.step(RANKING)]
PATIENCE = 120


# The points of the class; a notebook that nobody handed in earns nothing.
SCORES = {
    "right": {DOT_PRODUCT: 10, RANKING: 10},
    "mistaken": {DOT_PRODUCT: 0, RANKING: 9.5},
    "beginner": {DOT_PRODUCT: 0, RANKING: 1},
    "untouched": {DOT_PRODUCT: 0, RANKING: 0},
    "warns": {DOT_PRODUCT: 10, RANKING: 10},
    "truncated": {DOT_PRODUCT: 0, RANKING: 0},
    "damaged": {DOT_PRODUCT: 0, RANKING: 10},
    "bare": {DOT_PRODUCT: 10, RANKING: 10},
}


def make(folder, *options):
    """Run `autograder course`, without the memo; returns what it has printed."""
    arguments = ["course", str(folder), "--exercises", "04,08", "--no-memo", *options]
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def command(*arguments):
    return [sys.executable, "-m", "nbgrader", *map(str, arguments)]


def environment():
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {**os.environ, "PATH": programs, "COURSE_DATA": "simulated"}


def nbgrader(folder, *arguments, code=0):
    """Run a command of nbgrader in a folder; returns its log."""
    done = subprocess.run(
        command(*arguments),
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        timeout=600,
    )
    assert done.returncode == code, done.stdout
    return done.stdout


def files_in(folder):
    """The content and the time of every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def reports(folder):
    """When each report of an assignment was written, by learner and exercise."""
    top = folder / ".autograder" / NAME
    return {(p.parent.name, p.stem): p.stat().st_mtime_ns for p in top.glob("[!.]*/*.json")}


def newer(before, after):
    """The reports that are not the same as before."""
    return {key for key, when in after.items() if before.get(key) != when}


def counted(path):
    """What nbgrader counts in a notebook: by grade_id the points, None for answers."""
    metadata = [cell.metadata.get("nbgrader") for cell in nbformat.read(path, as_version=4).cells]
    assert all(each["schema_version"] == 3 for each in metadata if each)
    return {each["grade_id"]: each.get("points") for each in metadata if each}


@dataclass(frozen=True)
class Graded:
    """A course whose class was graded, interrupted once, and the logs of its commands.

    It has moved since, so that no path that it may remember leads anywhere.
    """

    folder: Path
    at_interruption: dict
    logs: dict[str, str]

    def page(self, learner, exercise):
        path = self.folder / "feedback" / learner / NAME / f"{exercise}.html"
        return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")

    def autograded(self, learner, exercise):
        path = self.folder / "autograded" / learner / NAME / f"{exercise}.ipynb"
        return nbformat.read(path, as_version=4)


def gradebook(folder):
    from nbgrader.api import Gradebook

    return Gradebook(f"sqlite:///{folder}/gradebook.db", NAME)


def scores(folder):
    """Points by learner, exercise and function, as the gradebook has them."""
    with gradebook(folder) as book:
        return {
            submission.student.id: {
                notebook.name: {grade.name: grade.score for grade in notebook.grades}
                for notebook in submission.notebooks
            }
            for submission in book.assignment_submissions(NAME)
        }


def refused(folder):
    """The submissions that cannot be graded: each run tries them again."""
    top = folder / ".autograder" / NAME
    documents = {path: json.loads(path.read_text("utf-8")) for path in top.glob("[!.]*/*.json")}
    return {(p.parent.name, p.stem) for p, report in documents.items() if not report["functions"]}


def lines_of(code):
    """The lines of a function's body that are no documentation."""
    tree = ast.parse(code)
    [function] = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    body = [statement for statement in function.body if not is_text(statement)]
    lines = code.split("\n")
    return {
        line.strip()
        for statement in body
        for line in lines[statement.lineno - 1 : statement.end_lineno]
    } - {"raise NotImplementedError()"}


def is_text(statement):
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)

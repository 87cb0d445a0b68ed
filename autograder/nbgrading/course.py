"""`autograder course DIR`: write the kit's exercises as an nbgrader course."""

import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from autograder import course
from autograder.bundle.manifest import MEMO
from autograder.course.build import unfinished
from autograder.course.pages import DOMAIN
from autograder.course.points import PointsError, own_points, points_of_course
from autograder.course.translation.apply import translated_markdown
from autograder.course.translation.settings import translated_comments
from autograder.nbgrading.source_notebooks import source_notebook
from autograder.nbgrading.source_updates import Update, update_source
from autograder.nbgrading.written_answers import write_memo_source
from autograder.submissions.language import declared
from autograder.util import paths
from autograder.util.i18n import _, current
from autograder.util.languages import ENGLISH, catalogue

COURSE_ID = "recommender"
BEFORE = ".before-autograder"
_COURSE_ID_LINE = re.compile(
    r"""^[ \t]*c\.CourseDirectory\.course_id[ \t]*=[ \t]*["']([\w.+@ -]+)["']""", re.MULTILINE
)
_TEMPLATES = Path(__file__).parent / "templates"


class CourseError(Exception):
    """An error for a course that cannot be written; the text names the reason."""


@dataclass(frozen=True)
class Made:
    """A course that `make_course` wrote or updated.

    Attributes:
        assignments: The exercises of each assignment.
        written: The files that changed.
        set_aside: The earlier settings under their new name, None where no file was renamed.
        merged: Edited notebooks that took in what is new.
        kept: Edited notebooks that stay as they are, since a person must decide.
    """

    assignments: dict[str, tuple[str, ...]]
    written: tuple[Path, ...]
    set_aside: Path | None = None
    merged: tuple[Update, ...] = ()
    kept: tuple[Update, ...] = ()


def make_course(
    folder: Path,
    exercises: tuple[str, ...],
    grouping: str,
    adopt: bool = False,
    memo: bool = False,
    language: str | None = None,
) -> Made:
    """Write or update an nbgrader course, without a change to submissions and grades.

    Args:
        folder: The course's folder, which may be new.
        exercises: The names of the exercises.
        grouping: "exercise" (an assignment for each exercise), "day" (for each day) or "one".
        adopt: Whether the kit's settings replace settings that do not name the kit. The earlier
            file is renamed.
        memo: Whether the course has the memo, an assignment of its own that a person grades.
        language: The language of the exercises; None for that of the course, and in a new course
            for the current language.

    Returns:
        The assignments and the files that changed.

    Raises:
        NotWritten: A file cannot be written.
        CourseError: The folder holds something else, or a course whose settings do not name the
            kit and that is not to be adopted.
    """
    if folder.exists() and not folder.is_dir():
        raise CourseError(_("{folder} is no folder.").format(folder=folder))
    config = folder / "nbgrader_config.py"
    if folder.is_dir() and any(folder.iterdir()) and not config.is_file():
        raise CourseError(
            _("{folder} is neither empty nor a course: name another folder.").format(folder=folder)
        )
    try:
        points = points_of_course(folder)
    except PointsError as error:
        raise CourseError(str(error)) from error
    course_id = _course_id(config)
    set_aside = _set_aside(config, adopt)
    assignments = _assignments(exercises, grouping)
    language = language or _language_of(folder) or current()
    english = unfinished(language)
    updates: list[Update] = []
    with own_points(points):
        for name, parts in assignments.items():
            for exercise in parts:
                path = folder / "source" / name / f"{exercise}.ipynb"
                own = ENGLISH if exercise in english else language
                updates.append(update_source(folder, path, source_notebook(exercise, own)))
    written = [update.path for update in updates if update.written]
    if memo:
        assignments[MEMO] = (MEMO,)
        path = folder / "source" / MEMO / f"{MEMO}.ipynb"
        if not path.exists():  # instructors change its questions and points
            write_memo_source(path, language)
            written.append(path)
    texts = catalogue(language, DOMAIN)
    settings = translated_comments(_template("nbgrader_config.py"), texts)
    written += _write_once(config, settings, course_id=course_id)
    readme = translated_markdown(_template("README.md"), texts)
    written += _write_once(folder / "README.md", readme, first=next(iter(assignments)))
    _enter(folder, assignments, course_id)
    merged = tuple(update for update in updates if update.before is not None)
    kept = tuple(update for update in updates if update.new is not None)
    return Made(assignments, tuple(written), set_aside, merged, kept)


def _set_aside(config: Path, adopt: bool) -> Path | None:
    """Rename settings that do not name the kit; return their new path, None without such settings.

    Raises:
        CourseError: There are such settings, and they are not to be renamed.
    """
    if not config.is_file() or _names_the_kit(config):
        return None
    if not adopt:
        raise CourseError(
            _(
                "{config} does not name autograder.nbgrading, so nbgrader would run the learners'"
                " notebooks in a kernel, without the sandbox. Nothing was written.\n"
                "Type the command again with --adopt: it keeps your file as {aside} and writes new"
                " settings. Or add these lines at the end of your file:\n\n{lines}"
            ).format(config=config, aside=_aside(config).name, lines=_lines_to_add())
        )
    aside = _aside(config)
    config.rename(aside)
    return aside


def _course_id(config: Path) -> str:
    """Return the name of the course in its settings, `COURSE_ID` where there is none."""
    text = config.read_text(encoding="utf-8", errors="replace") if config.is_file() else ""
    found = _COURSE_ID_LINE.findall(text)
    return str(found[-1]) if found else COURSE_ID


def _names_the_kit(config: Path) -> bool:
    """Return whether the code of a settings file, not just a comment, names the kit's modules."""
    lines = config.read_text(encoding="utf-8", errors="replace").split("\n")
    return any("autograder.nbgrading" in line.partition("#")[0] for line in lines)


def _aside(config: Path) -> Path:
    """Return a free name for the earlier settings."""
    return paths.free_path(config.with_name(f"{config.name}{BEFORE}"), "{name}.{n}")


def _lines_to_add() -> str:
    """Return what the kit's settings hold besides the identity of the course."""
    text = _template("nbgrader_config.py")
    left_out = ("#", "c = get_config()", "c.CourseDirectory.course_id")
    lines = [line for line in text.split("\n") if line and not line.startswith(left_out)]
    return "\n".join(lines)


def _assignments(exercises: tuple[str, ...], grouping: str) -> dict[str, tuple[str, ...]]:
    names: dict[str, Callable[[course.Step], str]] = {
        "exercise": lambda step: step.name,
        "day": lambda step: f"day_{step.day[:1]}" if step.day[:1].isdigit() else step.day,
        "one": lambda step: COURSE_ID,
    }
    groups: dict[str, list[str]] = {}
    for exercise in exercises:
        groups.setdefault(names[grouping](course.step(exercise)), []).append(exercise)
    return {name: tuple(parts) for name, parts in groups.items()}


def _language_of(folder: Path) -> str | None:
    """Return the language of the exercises in a course, None where there is no exercise.

    A course of an earlier kit, whose notebooks name no language, is in English.
    """
    notebooks = sorted((folder / "source").glob("*/*.ipynb"))
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in notebooks]
    found = [declared(text) or ENGLISH for text in texts]
    others = [language for language in found if language != ENGLISH]
    return next(iter([*others, *found]), None)


def _template(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def _write_once(path: Path, text: str, **values: str) -> list[Path]:
    """Write a file that the instructor may edit, unless the file exists."""
    if path.exists():
        return []
    for name, value in {"course_id": COURSE_ID, **values}.items():
        text = text.replace("{" + name + "}", value)
    path.write_text(text, encoding="utf-8", newline="\n")
    return [path]


def _enter(folder: Path, assignments: dict[str, tuple[str, ...]], course_id: str) -> None:
    """Enter the assignments into the gradebook; nbgrader creates a missing gradebook."""
    from nbgrader.api import Gradebook

    database = f"sqlite:///{os.path.abspath(folder / 'gradebook.db')}"
    # nbgrader looks for the program `alembic`, which lies beside this Python.
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    with patch.dict(os.environ, PATH=programs), Gradebook(database, course_id) as gradebook:
        for name in assignments:
            gradebook.update_or_create_assignment(name, course_id=course_id)

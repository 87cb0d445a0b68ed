"""From the bytes of a file that a learner handed in to the cells that count.

`decoding` turns bytes into text. `notebooks` and `scripts` turn text into cells, with nbformat and
Jupytext. `repairs` recognises lost or changed cells. `ast_tools` examines code without running it.
"""

from pathlib import Path
from typing import NoReturn

from autograder import course
from autograder.submissions.ast_tools import defined_in
from autograder.submissions.cells import UnreadableSubmission, Written, refusal
from autograder.submissions.decoding import text_of
from autograder.submissions.language import language_of
from autograder.submissions.notebooks import cells_of_notebook, is_notebook
from autograder.submissions.repairs import repaired
from autograder.submissions.safe_read import read_content
from autograder.submissions.scripts import cells_of_script, has_markers
from autograder.submissions.sections import note_on_section, section_of
from autograder.submissions.submission import Parsed, Submission
from autograder.util import paths
from autograder.util.fingerprint import digest
from autograder.util.i18n import _


def parse(submission: Submission, content: bytes | None = None) -> Parsed:
    """Read and parse a submission, once.

    Args:
        submission: The file, and the exercise that it holds.
        content: Its bytes, where they were read already.

    Raises:
        UnreadableSubmission: The file cannot be graded; the notes so far come with the exception.
    """
    name = submission.path.name
    try:
        data = read_content(submission.path) if content is None else content
        text, saved = text_of(data, name)
        written, found = _cells_of(text, name)
        section = section_of(written, submission.exercise)
        if section is not None:
            written = section or _raise_missing(name, submission.exercise)
            found = (*found, note_on_section(name))
        found = (*saved, *found)
        step, recognised = _step(name, submission.exercise, written)
        language = language_of(text, written, step.name)
        cells, repairs = repaired(written, step, language)
        if not any(cell.source.strip() for cell in cells):
            remedy = _("Hand in the file that holds your work.")
            raise refusal(name, _("there is no code in it"), remedy)
    except UnreadableSubmission as error:
        raise UnreadableSubmission(error.args[0], submission.notes) from error
    notes = (*submission.notes, *found, *recognised, *repairs)
    return Parsed(submission, digest(data), cells, notes, language)


def _raise_missing(name: str, exercise: str) -> NoReturn:
    reason = _("it holds other exercises, and not {exercise}").format(exercise=exercise)
    raise refusal(name, reason, _("Hand in the file that holds your work."))


def parsed_solution(exercise: str) -> Parsed:
    """Read and parse the reference solution of an exercise.

    Args:
        exercise: The exercise's full name.

    Raises:
        UnreadableSubmission: The solution file cannot be read.
    """
    return parse(Submission(exercise, paths.solutions() / f"{exercise}.py"))


def recognised_exercise(data: bytes, name: str) -> str:
    """Return the exercise that a file holds, by its name or else by the functions in it.

    Args:
        data: The bytes of the file.
        name: The file's name.

    Raises:
        UnreadableSubmission: Neither name nor functions identify the exercise, or the file cannot
            be graded.
    """
    written, _notes = as_written(data, name)
    step, _recognised = _step(name, None, written)
    return step.name


def as_written(data: bytes, name: str) -> tuple[list[Written], tuple[str, ...]]:
    """Return the cells of a script or notebook before any repair, and notes.

    Args:
        data: The bytes of the file.
        name: The file's name.

    Raises:
        UnreadableSubmission: The file is neither a script nor a notebook.
    """
    text, saved = text_of(data, name)
    written, found = _cells_of(text, name)
    return written, (*saved, *found)


def _cells_of(text: str, name: str) -> tuple[list[Written], tuple[str, ...]]:
    """Return the cells of a text, and a note where script or notebook does not match its name."""
    named_notebook = ".ipynb" in name.lower()
    if text.lstrip().startswith("{") if named_notebook else is_notebook(text):
        written, language, notes = cells_of_notebook(text, name)
        notes += _in_python(language, written, name)
        misnamed = _("it is a notebook, although its name does not end in .ipynb")
        return written, notes if named_notebook else (misnamed, *notes)
    if not named_notebook:
        return cells_of_script(text, name)
    if has_markers(text) or _functions_of_course(defined_in(text)):
        written, notes = cells_of_script(text, name)
        return written, (_("it is a Python script, although its name ends in .ipynb"), *notes)
    written, _language, notes = cells_of_notebook(text, name)
    return written, notes


def _in_python(language: str, written: list[Written], name: str) -> tuple[str, ...]:
    """Return a note where the notebook names another language but its code is Python."""
    if language.lower().startswith(("python", "ipython")):
        return ()
    if not _functions_of_course(_defined(written)):
        raise refusal(
            name,
            _("it is a notebook in {language}").format(language=language[:40]),
            _("Do the exercise in Python."),
        )
    note = _("it says that it is a notebook in {language}; its code was run as Python")
    return (note.format(language=language[:40]),)


def _step(
    name: str, exercise: str | None, written: list[Written]
) -> tuple[course.Step, tuple[str, ...]]:
    """Return the exercise of a file, and a note where its name and its functions disagree."""
    named = course.step(exercise) if exercise else course.step_of_file(Path(name))
    defined = _defined(written)
    by_functions = [step for step in course.steps() if _holds_half(defined, step)]
    only = by_functions[0] if len(by_functions) == 1 else None
    if named is None and only is not None:
        return only, (note_on_name(name, only.name),)
    if named is None:
        raise refusal(
            name,
            _("its name does not say which exercise it is"),
            _("Name it like the exercise, for example {name}.ipynb.").format(
                name=course.steps()[0].name
            ),
        )
    if only is not None and not defined & set(named.functions):
        note = _("it holds no function of {named}, but those of {other}: is it the right file?")
        return named, (note.format(named=named.name, other=only.name),)
    return named, ()


def note_on_name(name: str, exercise: str) -> str:
    """Return the note on a file that was recognised by its functions.

    Args:
        name: The file's name.
        exercise: The exercise's name.
    """
    return _("{name} was taken for {exercise} because of the functions in it").format(
        name=name, exercise=exercise
    )


def _holds_half(defined: frozenset[str], step: course.Step) -> bool:
    return 2 * len(defined & set(step.functions)) >= len(step.functions)


def _defined(written: list[Written]) -> frozenset[str]:
    cells = [defined_in(cell.source) for cell in written if cell.kind == "code"]
    return frozenset[str]().union(*cells)


def _functions_of_course(names: frozenset[str]) -> frozenset[str]:
    return names & {function for step in course.steps() for function in step.functions}

"""From solutions to exercises: answers out, stubs in, everything else untouched."""

import difflib
import re
from pathlib import Path

import jupytext
import nbformat

from autograder import course
from autograder.course.documents import documents
from autograder.course.solution_cells import LANGUAGE_KEY, SolutionError
from autograder.course.solutions import JUPYTEXT_FORMAT, solution_file
from autograder.course.steps import Step
from autograder.util import paths
from autograder.util.i18n import _
from autograder.util.languages import ENGLISH
from autograder.util.text import shortened


def render(step: Step, suffix: str = ".py", language: str = ENGLISH) -> str:
    """Return the text of an exercise: a percent script, or a notebook (`.ipynb`).

    The metadata name the language, in both forms. A unit without a translation is in English.

    Raises:
        SolutionError: The exercise's solution file cannot be used.
    """
    notebook = solution_file(step.name, language).exercise()
    notebook.metadata[LANGUAGE_KEY] = {"language": language}
    if suffix == ".py":
        notebook.metadata["jupytext"]["notebook_metadata_filter"] = LANGUAGE_KEY
        text: str = jupytext.writes(notebook, fmt=JUPYTEXT_FORMAT)
        return _without_version(text)
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"{step.name[:2]}-{number:03d}"
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    written: str = nbformat.writes(notebook)
    return f"{written}\n"


def build(target: Path, suffix: str = ".py", language: str = ENGLISH) -> list[Path]:
    """Write all exercises to a folder; files that are up to date keep their time stamp.

    English scripts bring the documents that show tables of the course up to date too.

    Args:
        target: The folder.
        suffix: `.py` for scripts, `.ipynb` for notebooks.
        language: The language of the exercises; only complete exercises are written (see
            `unfinished`).

    Returns:
        The files that changed.

    Raises:
        SolutionError: A solution file cannot be used, no step of the course has it, or an exercise
            that was built before lacks translations.
    """
    wanted = {
        target / f"{step.name}{suffix}": render(step, suffix, language)
        for step in _complete_steps(target, language)
    }
    if suffix == ".py" and language == ENGLISH:
        wanted |= documents()
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for path, text in wanted.items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8", newline="\n")
            written.append(path)
    return written


def differences(target: Path, language: str = ENGLISH) -> str:
    """Return what `build` would change, as a unified diff; empty where nothing would change.

    An exercise that was never built in a language is no difference as long as others are
    incomplete: the language is in progress.

    Raises:
        SolutionError: As `build` does.
    """
    steps = _complete_steps(target, language)
    if len(steps) < len(course.steps()):
        steps = [step for step in steps if (target / f"{step.name}.py").is_file()]
    wanted = {target / f"{s.name}.py": render(s, language=language) for s in steps}
    if language == ENGLISH:
        wanted |= documents()
    present = {
        path: path.read_text(encoding="utf-8")
        for path in {*wanted, *target.glob("*.py")}
        if path.is_file()
    }
    return "".join(
        line
        for path in sorted(wanted | present)
        for line in difflib.unified_diff(
            present.get(path, "").splitlines(keepends=True),
            wanted.get(path, "").splitlines(keepends=True),
            f"{path.name} (as it is)",
            f"{path.name} (as built)",
        )
    )


def unfinished(language: str) -> dict[str, tuple[str, ...]]:
    """Return the exercises that lack translations, each with the texts that lack one."""
    if language == ENGLISH:
        return {}
    found = {s.name: solution_file(s.name, language).untranslated for s in course.steps()}
    return {name: texts for name, texts in found.items() if texts}


def _complete_steps(target: Path, language: str) -> list[Step]:
    """Return the exercises that are complete in a language, in course order.

    Raises:
        SolutionError: An exercise was built before and lacks translations now, or no step of the
            course has a solution file.
    """
    _refuse_stray_solutions()
    lacking = unfinished(language)
    for name, texts in lacking.items():
        if (target / f"{name}.py").is_file():
            text = _(
                "{name} lacks {n} translations into the language {language}, the first of them: "
                "{text}. Run: autograder dev messages, and fill in {file}"
            )
            raise SolutionError(
                text.format(
                    name=name,
                    n=len(texts),
                    language=language,
                    text=shortened(texts[0], 70),
                    file=f"autograder/locale/{language}/LC_MESSAGES/{name}.po",
                )
            )
    return [step for step in course.steps() if step.name not in lacking]


def _refuse_stray_solutions() -> None:
    """Raise `SolutionError` where a solution file has no step in the step table."""
    known = {step.name for step in course.steps()}
    for path in sorted(paths.solutions().glob("*.py")):
        if path.stem not in known:
            text = _("{file} has no step in course.toml: add a [[step]] row with this name.")
            raise SolutionError(text.format(file=path.name))


def _without_version(text: str) -> str:
    """Return the script without Jupytext's own version, which differs between machines."""
    return re.sub(r"^# +jupytext_version: .*\n", "", text, count=1, flags=re.MULTILINE)

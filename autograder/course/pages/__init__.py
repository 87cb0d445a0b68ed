"""The pages of a workspace beside its exercises: where to start, and the memo.

Each page is a percent script in English; other languages translate it.
"""

from pathlib import Path

from autograder.util.languages import ENGLISH, catalogue

DOMAIN = "pages"
_FOLDER = Path(__file__).parent / ENGLISH


def page_names() -> tuple[str, ...]:
    """Return the names of the pages."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.py")))


def page_text(name: str, language: str = ENGLISH) -> str:
    """Return a page as a percent script; a unit without a translation is in English."""
    text = (_FOLDER / f"{name}.py").read_text(encoding="utf-8")
    if language == ENGLISH:
        return text
    from autograder.course.translation.apply import translate
    from autograder.course.translation.strings import strings_of

    import jupytext

    page = jupytext.reads(text, fmt="py:percent")
    translate(page.cells, strings_of(name), catalogue(language, DOMAIN))
    page.metadata = type(page.metadata)(jupytext={"notebook_metadata_filter": "-all"})
    translated: str = jupytext.writes(page, fmt="py:percent")
    return translated

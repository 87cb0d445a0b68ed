"""The language of a submission: the one that its metadata name, else that of most of its prose."""

import re
from collections.abc import Iterable
from functools import cache

from autograder.submissions.cells import Written
from autograder.util import languages, paths

MIN_WORDS = 5
MAX_HEAD = 10_000
MAX_TEXT = 500_000

_IN_SCRIPT = re.compile(r"^# +autograder:\n# +language: *['\"]?([A-Za-z_]{2,8})\b", re.MULTILINE)
_IN_NOTEBOOK = re.compile(r'"autograder": *\{\s*"language": *"([A-Za-z_]{2,8})"')
_WORD = re.compile(r"[^\W\d_]{3,}")


def language_of(text: str, written: Iterable[Written], exercise: str) -> str:
    """Return the language of a submission.

    Args:
        text: The file's text, for its metadata.
        written: Its cells, for their prose.
        exercise: The exercise's full name.

    Returns:
        The code of a known language; the current language where neither metadata nor prose decide.
    """
    return (
        declared(text)
        or of_prose((cell.source for cell in written), exercise)
        or (languages.current())
    )


def declared(text: str) -> str | None:
    """Return the known language that the metadata of a script or notebook name, else None."""
    if text.lstrip().startswith("{"):
        found = _IN_NOTEBOOK.search(text)
    else:
        found = _IN_SCRIPT.search(text[:MAX_HEAD])
    return found[1] if found is not None and languages.is_known(found[1]) else None


def of_prose(texts: Iterable[str], exercise: str) -> str | None:
    """Return the language whose own words of an exercise are most frequent in some texts.

    Args:
        texts: What stands in cells, code and prose.
        exercise: The exercise's full name.

    Returns:
        The language; None where two are equal, or fewer than `MIN_WORDS` words are found.
    """
    own = _own_words(exercise)
    if len(own) < 2:
        return None
    found = set(_WORD.findall("\n".join(texts)[:MAX_TEXT].lower()))
    counts = sorted(((len(words & found), language) for language, words in own.items()))
    (second, _other), (most, language) = counts[-2:]
    return language if most >= MIN_WORDS and most > second else None


@cache
def _own_words(exercise: str) -> dict[str, frozenset[str]]:
    """Return, by language, the words of an exercise that it has in no other language."""
    words = {}
    for language in languages.known():
        path = paths.exercises(language) / f"{exercise}.py"
        if path.is_file():
            words[language] = frozenset(_WORD.findall(path.read_text(encoding="utf-8").lower()))
    return {
        language: own.difference(*(w for other, w in words.items() if other != language))
        for language, own in words.items()
    }

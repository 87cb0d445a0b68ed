"""The parts of a text that a translation keeps: code, formulas, links, placeholders, HTML."""

import re
from collections.abc import Iterator

CODE = re.compile(r"``.+?``|`[^`]+`", re.DOTALL)
FORMULA = re.compile(r"\$\$.+?\$\$|(?<![\\$])\$(?!\s)[^$\n]+?(?<!\s)\$(?!\d)", re.DOTALL)
LINK = re.compile(r"(?<=\]\()[^)\s]+(?=\))|<https?://[^>\s]+>|https?://[^\s)>\]]+")
TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--.*?-->")

_WORDS_IN_FORMULA = re.compile(r"\\text\{([^{}]*)\}")
_WORD = re.compile(r"[^\W\d_]{2,}")
_TWO_WORDS = re.compile(r"[^\W\d_]{2,}\W*[^\S\n]\W*[^\W\d_]{2,}")


def placeholders(text: str) -> list[str]:
    """Return the placeholders between braces, with their braces; `{{` and `}}` are none."""
    return [text[start:end] for start, end in brace_spans(text)]


def formula_frame(formula: str) -> str:
    r"""Return a formula without the words in its `\text{}`, and without its line breaks."""
    return " ".join(_WORDS_IN_FORMULA.sub(r"\\text{}", formula).split())


def words_of_formula(formula: str) -> str:
    r"""Return the words in the `\text{}` of a formula, except citations and acronyms."""
    words = " ".join(_WORDS_IN_FORMULA.findall(formula))
    return re.sub(r"\(Koren \d+[^()]*\)|\b[A-Z]+\b", "", words).strip()


def without(text: str, *patterns: re.Pattern[str]) -> str:
    """Return a text with blanks in the place of all that some patterns match."""
    for pattern in patterns:
        text = pattern.sub(" ", text)
    return text


def without_placeholders(text: str) -> str:
    """Return a text with a blank in the place of each placeholder."""
    for start, end in reversed(list(brace_spans(text))):
        text = f"{text[:start]} {text[end:]}"
    return text


def prose_of(text: str) -> str:
    """Return what is left of a text without code, formulas, links, placeholders and HTML."""
    return without_placeholders(without(text, CODE, FORMULA, LINK, TAG))


def has_words(text: str) -> bool:
    """Return whether a text holds a word beside code, formulas, links and placeholders."""
    return _WORD.search(prose_of(text)) is not None


def has_two_words(text: str) -> bool:
    """Return whether two words with a space between them stand beside the placeholders."""
    return _TWO_WORDS.search(without_placeholders(text)) is not None


def brace_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the placeholders of a text begin and end; `{{` and `}}` are none."""
    depth = start = position = 0
    while position < len(text):
        pair = text[position : position + 2]
        if depth == 0 and pair in {"{{", "}}"}:
            position += 2
            continue
        if text[position] == "{":
            start = position if depth == 0 else start
            depth += 1
        elif text[position] == "}" and depth:
            depth -= 1
            if depth == 0:
                yield start, position + 1
        position += 1

"""Text for people: cut to a length, free of what no terminal or page can show."""

import re
import unicodedata

# Joiners are invisible too, but Persian words and many emoji are written with them.
_SHOWN = frozenset("\n\t\u200c\u200d")
# A no-break space at a sign or between digits is part of a word; French writes « : » with one.
_BETWEEN_WORDS = re.compile(
    r"[^\S\u00a0\u202f]+|(?<![«\d])[\u00a0\u202f](?![:;!?»%])|(?<=\d)[\u00a0\u202f](?![:;!?»%\d])"
)
_BREAKABLE = re.compile(r"[^\S\u00a0\u202f]+")
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def is_hidden(character: str) -> bool:
    """Return whether a character has no shape: control codes, bidi controls, surrogates."""
    return character not in _SHOWN and unicodedata.category(character) in _HIDDEN_CATEGORIES


def visible(text: str) -> str:
    """Spell out the hidden characters of a text: a right-to-left override becomes ⟨U+202E⟩."""
    text = str(text)  # a `Translatable` gives its wording in the current language
    return text.translate({ord(c): f"⟨U+{ord(c):04X}⟩" for c in set(text) if is_hidden(c)})


def print_visible(text: str) -> None:
    """Print a text that holds names from outside, without control over the terminal."""
    print(visible(text))


def one_line(text: str) -> str:
    """Return the text with its line breaks as spaces."""
    return " ".join(str(text).splitlines())


def shortened(text: str, length: int) -> str:
    """Return the text in one line of at most `length` characters, cut between words if possible."""
    text = _BREAKABLE.sub(" ", str(text)).strip(" ")
    if len(text) <= length:
        return text
    words = text[:length].rpartition(" ")[0]
    return (words if len(words) > length // 2 else text[:length]) + " …"


def first_words(text: str, n: int) -> str:
    """Return the text, cut with a mark after `n` words where it has more."""
    if n_words(text) <= n:
        return text
    plain = _BREAKABLE.sub(" ", str(text)).strip(" ")
    ends = [found.start() for found in _BETWEEN_WORDS.finditer(plain)]
    return (plain[: ends[n - 2]] if n > 1 else "") + " …"


def n_words(text: str) -> int:
    """Return the number of words; a sign after a no-break space is none of its own."""
    return sum(map(bool, _BETWEEN_WORDS.split(str(text))))


def whole_text(text: str) -> str:
    """Replace lone surrogates, which no file and no terminal can hold, by question marks."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text

"""Text of messages as safe HTML: labels in bold, code between backticks, nothing hidden."""

import re
import unicodedata

from markupsafe import Markup, escape

# Joiners are invisible too, but Persian words and many emoji are written with them.
_KEPT = frozenset("\n\t\u200c\u200d")
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_LABEL = re.compile(r"([^:`'\"(]{1,40}): (.*)")


def is_hidden(character: str) -> bool:
    """Whether a character has no shape of its own: controls, bidi controls, surrogates."""
    return character not in _KEPT and unicodedata.category(character) in _HIDDEN_CATEGORIES


def visible(text: str) -> str:
    """The text with hidden characters spelt out: a right-to-left override becomes ⟨U+202E⟩."""
    return text.translate({ord(c): f"⟨U+{ord(c):04X}⟩" for c in set(text) if is_hidden(c)})


def prose(text: str) -> Markup:
    """Escaped text in which what stands between backticks is code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(visible(text)))))


def message(text: str) -> Markup:
    """The lines of a message, one below the other, the label of each in bold."""
    return Markup("").join(_line(line) for line in text.split("\n"))


def _line(line: str) -> Markup:
    label = _LABEL.fullmatch(line)
    if label:
        body = Markup("<b>{}:</b> {}").format(prose(label[1]), prose(label[2]))
    else:
        body = prose(line)
    return Markup('<div style="margin-top:.3em">{}</div>').format(body)

"""Allow lists of the elements, attributes, addresses and TeX commands that texts may use."""

import re
from functools import cache

_MARKDOWN = {
    *("a", "blockquote", "br", "code", "dd", "del", "div", "dl", "dt", "em", "h1", "h2", "h3"),
    *("h4", "h5", "h6", "hr", "img", "input", "li", "ol", "p", "pre", "span", "strong", "table"),
    *("tbody", "td", "th", "thead", "tr", "ul"),
}
_PLAIN_HTML = {
    *("abbr", "b", "caption", "cite", "details", "dfn", "figcaption", "figure", "i", "ins", "kbd"),
    *("mark", "q", "s", "samp", "small", "sub", "summary", "sup", "tfoot", "tt", "u", "var"),
}
_MATHML = {
    *("math", "menclose", "mfenced", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover"),
    *("mpadded", "mphantom", "mprescripts", "mroot", "mrow", "ms", "mspace", "msqrt", "mstyle"),
    *("msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover"),
}
ELEMENTS = frozenset(_MARKDOWN | _PLAIN_HTML | _MATHML)

_LENGTHS = {
    *("columnspacing", "depth", "height", "linethickness", "lspace", "mathsize", "maxsize"),
    *("minsize", "rowspacing", "rspace", "voffset", "width"),
}
_WORDS = {
    *("accent", "accentunder", "columnalign", "columnlines", "columnspan", "display"),
    *("displaystyle", "fence", "form", "frame", "largeop", "linebreak", "mathbackground"),
    *("mathcolor", "mathvariant", "movablelimits", "notation", "rowalign", "rowlines"),
    *("scriptlevel", "separator", "side", "stretchy", "symmetric"),
}
_LENGTH = re.compile(r"[+-]?(\d{1,2}(\.\d*)?|\.\d+|\d{3}(?=%))(em|ex|mu|pt|px|%)?|[a-z]+")
_WORD = re.compile(r"[\w#.+ -]{0,80}")
_NAMESPACE = "http://www.w3.org/1998/Math/MathML"

_LINK = re.compile(r"(https?://|mailto:)\S*|[^\s:\\]*(#\S*)?", re.IGNORECASE)
_IMAGE = re.compile(
    r"data:image/(png|jpeg|gif);base64,[A-Za-z0-9+/=]*"
    r"|https?://\S*|[\w-][\w.%-]*(/[\w-][\w.%-]*)*",
    re.IGNORECASE,
)
_HTML_ATTRIBUTES = {
    "a": {"href": _LINK, "class": re.compile("anchor-link")},
    "abbr": {"title": re.compile(r"[^<>]*")},
    "img": {"src": _IMAGE, "alt": re.compile(r"(?s).*"), "width": _LENGTH, "height": _LENGTH},
    "input": {
        "type": re.compile("checkbox"),
        "disabled": re.compile(".*"),
        "checked": re.compile(".*"),
        "class": re.compile("task-list-item-checkbox"),
    },
    "li": {"class": re.compile("task-list-item")},
    "ol": {"start": re.compile(r"\d{1,9}")},
    "code": {"class": re.compile(r"language-(?!mermaid)[\w+#.-]+")},
    "div": {"class": re.compile("highlight")},
    "span": {"class": re.compile("[a-z]{1,2}[0-9]?")},
    **dict.fromkeys(("td", "th"), {"style": re.compile(r"text-align: ?(left|right|center);?")}),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), {"id": re.compile(r"[^\s<>]*")}),
}

# Commands that set attributes of the page's elements, define others, or place boxes anywhere.
_DANGEROUS = {
    *("bbox", "class", "colorbox", "cssId", "data", "def", "edef", "enclose", "fcolorbox", "gdef"),
    *("global", "href", "html", "let", "lower", "mmlToken", "mathtip", "moveleft", "moveright"),
    *("newcommand", "newenvironment", "providecommand", "raise", "renewcommand"),
    *("renewenvironment", "require", "rule", "Rule", "Space", "style", "texttip", "toggle"),
    *("tooltip", "unicode", "url", "DeclareMathOperator", "Newextarrow", "xdef", "verb"),
}
_ALSO_KNOWN = {"eqref", "label", "mathds", "ref"}
_DELIMITER = re.compile(r"\$.*\$|\\[(\[]|\\begin\b", re.DOTALL)
_COMMAND = re.compile(r"\\(?:([A-Za-z]+)|.)", re.DOTALL)
_ANYWHERE = re.compile(rf"\\({'|'.join(sorted(_DANGEROUS))})(?![A-Za-z])")


def is_allowed(element: str, attribute: str, value: str) -> bool:
    """Return whether an element may have an attribute with a value.

    Args:
        element: The element's name.
        attribute: The attribute's name.
        value: The value, in which character references are resolved.
    """
    if element in _MATHML:
        return _is_allowed_in_maths(attribute, value)
    if attribute == "title" and element in {"a", "img"}:
        return True
    pattern = _HTML_ATTRIBUTES.get(element, {}).get(attribute)
    return pattern is not None and pattern.fullmatch(value) is not None


def _is_allowed_in_maths(attribute: str, value: str) -> bool:
    if attribute == "xmlns":
        return value == _NAMESPACE
    if attribute in _LENGTHS:
        return all(_LENGTH.fullmatch(part) for part in value.split())
    return attribute in _WORDS and _WORD.fullmatch(value) is not None


def refused_commands(text: str) -> set[str]:
    """Return the TeX commands of a text that no formula may use.

    Args:
        text: A text as a reader sees it. A text without the delimiters of formulas has no commands.
    """
    if not _DELIMITER.search(text):
        return set()
    used = {match[1] for match in _COMMAND.finditer(text) if match[1]}
    return (used - known_commands()) | {match[1] for match in _ANYWHERE.finditer(text)}


@cache
def known_commands() -> frozenset[str]:
    """Return the TeX commands that formulas may use: those of latex2mathml but the dangerous."""
    from latex2mathml import commands, symbols_parser

    found = {*symbols_parser.parse_symbols(), *_names_in(list(vars(commands).values()))}
    names = {name[1:] for name in found if name[1:].isalpha()}
    return frozenset((names | _ALSO_KNOWN) - _DANGEROUS)


def _names_in(value: object) -> set[str]:
    """Return the commands in constants of latex2mathml, which are names and containers of names."""
    if isinstance(value, str):
        return {value} if value.startswith("\\") else set()
    parts = value if isinstance(value, (dict, tuple, list, set, frozenset)) else ()
    return {name for part in parts for name in _names_in(part)}

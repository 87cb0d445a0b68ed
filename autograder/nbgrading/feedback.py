"""Feedback pages that show mathematics and figures without the network."""

import re

from nbconvert.preprocessors import Preprocessor
from traitlets import Bool

_SCRIPT = re.compile(r"<script\b.*?</script\s*>|<script\b[^>]*/>", re.DOTALL | re.IGNORECASE)
_REMOTE_STYLE = re.compile(r"<link\b[^>]*\bhref=[\"']?(?:https?:)?//[^>]*>", re.IGNORECASE)
_REMOTE_IMAGE = re.compile(
    r"<img\b[^>]*?\bsrc=([\"'])(?P<address>(?:https?:)?//.*?)\1[^>]*>", re.IGNORECASE
)
_CODE_OR_MATHS = re.compile(
    r"(?P<code>```.*?```|`[^`\n]+`)"
    r"|\$\$(?P<display>.+?)\$\$"
    r"|(?<![\\$\w])\$(?P<inline>[^$\n]+?)\$(?![\w$])",
    re.DOTALL,
)


class MathsWithoutNetwork(Preprocessor):
    """Formulas of text cells as MathML, which browsers draw by themselves."""

    enabled = Bool(True).tag(config=True)

    def preprocess_cell(self, cell, resources, index):
        if cell.cell_type == "markdown":
            cell.source = _CODE_OR_MATHS.sub(_as_mathml, cell.source)
        return cell, resources


def _as_mathml(match: re.Match) -> str:
    from latex2mathml.converter import convert

    if match["code"] is not None:
        return match[0]
    display = match["display"] is not None
    formula = match["display"] if display else match["inline"]
    try:
        return convert(formula.strip(), display="block" if display else "inline")
    except Exception:
        return match[0]


def without_network(html: str) -> str:
    """A page without scripts and style sheets from elsewhere; of images from there, the links."""
    html = _REMOTE_STYLE.sub("", _SCRIPT.sub("", html))
    return _REMOTE_IMAGE.sub(r'<a href="\g<address>">\g<address></a>', html)

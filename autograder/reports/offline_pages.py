"""Pages of notebooks that show mathematics and figures without scripts and without the network.

nbgrader's feedback and the pages of a bundle are made with it.
"""

# nbconvert is not annotated.
# mypy: disable-error-code="misc"

import re
from typing import Any

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from traitlets import Bool

_SCRIPT = re.compile(r"<script\b.*?</script\s*>|<script\b[^>]*/>", re.DOTALL | re.IGNORECASE)
_REMOTE_STYLE = re.compile(r"<link\b[^>]*\bhref=[\"']?(?:https?:)?//[^>]*>", re.IGNORECASE)
_REMOTE_IMAGE = re.compile(
    r"<img\b[^>]*?\bsrc=([\"'])(?P<address>(?:https?:)?//.*?)\1[^>]*>", re.IGNORECASE
)
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:;"
    " base-uri 'none'; form-action 'none'"
)
# Whatever a text or an output draws stays within its own box.
_HEAD = (
    f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    "<style>.text_cell_render, .output_subarea, .jp-RenderedMarkdown, .jp-OutputArea-output"
    " { contain: paint; overflow-x: auto; }</style>"
)
_CODE_OR_MATHS = re.compile(
    r"(?P<code>```.*?```|`[^`\n]+`)"
    r"|\$\$(?P<display>.+?)\$\$"
    r"|(?<![\\$\w])\$(?P<inline>[^$\n]+?)\$(?![\w$])",
    re.DOTALL,
)


class MathsWithoutNetwork(Preprocessor):
    """A preprocessor that turns formulas of text cells into MathML, which browsers render."""

    enabled = Bool(True).tag(config=True)

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Turn the formulas of a text cell into MathML; leave code as it is.

        Args:
            cell: Any cell; a text cell is changed in place.
            resources: Passed through.
            index: The position of the cell; not used.

        Returns:
            The cell and the resources.
        """
        if cell.cell_type == "markdown":
            cell.source = _CODE_OR_MATHS.sub(_as_mathml, cell.source)
        return cell, resources


def without_network(html: str) -> str:
    """Return a page without scripts and remote style sheets, with links to its remote images."""
    html = _REMOTE_STYLE.sub("", _SCRIPT.sub("", html))
    return _REMOTE_IMAGE.sub(r'<a href="\g<address>">\g<address></a>', html)


def with_policy(html: str) -> str:
    """Return a page whose Content-Security-Policy forbids scripts and all that is not in it."""
    return re.sub(r"<head\b[^>]*>", lambda match: match[0] + _HEAD, html, count=1)


def _as_mathml(match: re.Match[str]) -> str:
    from latex2mathml.converter import convert

    if match["code"] is not None:
        return match[0]
    display = match["display"] is not None
    formula = match["display"] if display else match["inline"]
    try:
        return str(convert(formula.strip(), display="block" if display else "inline"))
    except Exception:  # latex2mathml raises errors of many kinds; the formula stays as it is
        return match[0]

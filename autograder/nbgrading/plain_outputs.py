"""Outputs of cells without HTML, SVG and scripts, which a page would show as its own."""

import re
from typing import Any

from nbformat import NotebookNode

from autograder.nbgrading.attachments import image_text
from autograder.nbgrading.source_notebooks import is_check

_ALTERNATIVE_TEXT = re.compile(r"[\w ',.:()-]{1,200}")
_IMAGES = ("image/png", "image/jpeg", "image/gif")


def make_outputs_plain(notebook: NotebookNode, verdicts: bool = False) -> None:
    """Leave the outputs of a notebook with texts and raster images alone.

    Args:
        notebook: The notebook; changed in place.
        verdicts: Whether the check cells that nbgrader counts hold the kit's own verdicts, which
            keep their HTML.
    """
    for cell in notebook.cells:
        is_verdict = verdicts and "nbgrader" in cell.metadata and is_check(cell)
        if cell.cell_type == "code" and not is_verdict:
            cell.outputs = [output for output in cell.outputs if _make_plain(output)]


def _make_plain(output: NotebookNode) -> bool:
    """Remove what is neither text nor image from an output; return whether anything is left."""
    if output.output_type not in ("display_data", "execute_result"):
        return output.output_type in ("stream", "error")
    images = {mime: image_text(output.data.get(mime), mime) for mime in _IMAGES}
    texts = {"text/plain": output.data["text/plain"]} if "text/plain" in output.data else {}
    output.data = NotebookNode(texts | {mime: text for mime, text in images.items() if text})
    output.metadata = NotebookNode(_alternative_texts(output.get("metadata", {})))
    return bool(output.data)


def _alternative_texts(metadata: dict[str, Any]) -> dict[str, NotebookNode]:
    """Return the alternative texts of images; the metadata's sizes and classes are left out."""
    texts = {mime: metadata.get(mime, {}).get("alt") for mime in _IMAGES}
    return {
        mime: NotebookNode(alt=text)
        for mime, text in texts.items()
        if isinstance(text, str) and _ALTERNATIVE_TEXT.fullmatch(text)
    }

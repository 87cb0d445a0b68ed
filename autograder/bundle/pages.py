"""A page of an executed notebook: one HTML file that needs no network and runs no script."""

import logging
from typing import TYPE_CHECKING

from autograder.reports.offline_pages import MathsWithoutNetwork, with_policy, without_network

if TYPE_CHECKING:
    from pathlib import Path

    from nbformat import NotebookNode


def page(name: str, notebook: "NotebookNode", folder: "Path") -> str:
    """Return a notebook as a page; figures are part of it, and formulas are MathML.

    Args:
        name: The notebook's name, which becomes the title.
        notebook: The executed notebook.
        folder: The folder in which images lie that its text names.
    """
    from nbconvert.exporters import HTMLExporter

    log = logging.getLogger("autograder.bundle.pages")
    log.addHandler(logging.NullHandler())
    log.propagate = False
    exporter = HTMLExporter(embed_images=True, log=log)
    exporter.register_preprocessor(MathsWithoutNetwork, enabled=True)
    resources = {"metadata": {"name": name, "path": str(folder)}}
    html, _resources = exporter.from_notebook_node(notebook.copy(), resources=resources)
    return with_policy(without_network(html))

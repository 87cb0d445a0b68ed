"""A page of an executed notebook: one HTML file that needs no network and runs no script."""

# nbconvert is not annotated.
# mypy: disable-error-code="misc,no-any-return,no-untyped-call"

import logging
from typing import TYPE_CHECKING

from jinja2 import pass_context

from autograder.reports.offline_pages import MathsWithoutNetwork, with_policy, without_network
from autograder.util.i18n import current

if TYPE_CHECKING:
    from pathlib import Path

    from jinja2.runtime import Context
    from nbformat import NotebookNode


def page(name: str, notebook: "NotebookNode", folder: "Path") -> str:
    """Return a notebook as a page; figures are part of it, and formulas are MathML.

    Args:
        name: The notebook's name, which becomes the title.
        notebook: The executed notebook.
        folder: The folder in which images lie that its text names.
    """
    from nbconvert.exporters import HTMLExporter
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    class Renderer(IPythonRenderer):
        """nbconvert's renderer, which reads a tag again only to embed an image.

        nbconvert parses each tag of a line by itself, and so closes it before its content.
        """

        def _html_embed_images(self, html: str) -> str:
            return super()._html_embed_images(html) if "<img" in html.lower() else html

    class Exporter(HTMLExporter):
        @pass_context
        def markdown2html(self, context: "Context", source: str) -> str:
            attachments = context.get("cell", {}).get("attachments", {})
            renderer = Renderer(
                escape=False, attachments=attachments, embed_images=True, path=str(folder)
            )
            return MarkdownWithMath(renderer=renderer).render(source)

    log = logging.getLogger("autograder.bundle.pages")
    log.addHandler(logging.NullHandler())
    log.propagate = False
    exporter = Exporter(embed_images=True, language_code=current(), log=log)
    exporter.register_preprocessor(MathsWithoutNetwork, enabled=True)
    resources = {"metadata": {"name": name, "path": str(folder)}}
    html, _resources = exporter.from_notebook_node(notebook.copy(), resources=resources)
    return with_policy(without_network(html))

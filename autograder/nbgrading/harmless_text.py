"""Texts of learners that harm nobody who opens a page on which they are rendered.

formgrader renders the Markdown of a graded notebook itself, with raw HTML and with MathJax.
`make_harmless` therefore changes the Markdown until its rendering holds nothing but what the
allow lists name. Feedback pages are rendered here, and `clean` filters their HTML.
"""

# nbformat and parts of nbconvert are not annotated.
# mypy: disable-error-code="no-untyped-call,no-any-return"

import html
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote

import bleach
from bleach.css_sanitizer import CSSSanitizer
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from autograder.nbgrading.allow_lists import ELEMENTS, is_allowed, refused_commands
from autograder.util.i18n import _

_TAG = re.compile(r"<(?=[a-z!/?])", re.IGNORECASE)
_ATTACHED = re.compile(r"!\[([^\]\n]*)\]\(\s*<?attachment:([^)>\n]*)>?[^)\n]*\)", re.IGNORECASE)
_END_OF_LABEL = re.compile(r"\](?=[(:\[])")
_FENCE = re.compile(r"`{3,}")
_CODE = ("code", "pre")


class Renderer(IPythonRenderer):
    """nbconvert's renderer of Markdown, which writes a note in place of a missing attachment.

    Attributes:
        missing: The names of the missing attachments so far.
    """

    def __init__(self, **options: Any) -> None:
        """Pass the options on to nbconvert."""
        super().__init__(**options)
        self.missing: list[str] = []

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Return an image as HTML, or a note where its attachment is missing."""
        name = url.removeprefix("attachment:")
        if name != url and name not in self.attachments:
            self.missing.append(name)
            return html.escape(missing_image(unquote(name)))
        return str(super().image(text, url, title))


def missing_image(name: str) -> str:
    """Return the note that stands for a pasted image which the notebook does not hold."""
    return _("(the image {name} is missing)").format(name=name)


def render(source: str, attachments: dict[str, Any], **options: Any) -> str:
    """Return Markdown as HTML, as nbconvert renders it.

    Args:
        source: The Markdown.
        attachments: The cell's attachments: by name, the base64 text of an image by MIME type.
        options: Passed on to nbconvert's renderer.
    """
    renderer = Renderer(attachments=attachments, **{"escape": False, **options})
    return str(MarkdownWithMath(renderer=renderer).render(source))


def clean(rendered: str) -> str:
    """Return rendered Markdown with nothing but what the allow lists name.

    Args:
        rendered: HTML; elements that are not allowed become text.
    """
    cleaned = _cleaner().clean(rendered)
    if _cleaner().clean(cleaned) != cleaned:  # two parsers read it differently
        return f"<pre>{html.escape(cleaned)}</pre>"
    return str(cleaned)


@cache
def _cleaner() -> bleach.Cleaner:
    return bleach.Cleaner(
        tags=ELEMENTS,
        attributes=lambda tag, name, value: is_allowed(tag, name, html.unescape(value)),
        protocols={"http", "https", "mailto", "data"},
        css_sanitizer=CSSSanitizer(allowed_css_properties=["text-align"]),
    )


def is_harmless(source: str, attachments: dict[str, Any]) -> bool:
    """Return whether Markdown holds no raw HTML, no dangerous link and no dangerous formula.

    Args:
        source: The Markdown.
        attachments: The cell's attachments.
    """
    renderer = Renderer(attachments=attachments, escape=False)
    rendered = str(MarkdownWithMath(renderer=renderer).render(source))
    if renderer.missing or rendered != render(source, attachments, escape=True):
        return False
    page = _Page()
    page.feed(rendered)
    page.close()
    return page.is_allowed and not refused_commands("".join(page.texts))


def make_harmless(cell: NotebookNode) -> None:
    """Change the text of a Markdown cell as little as makes it harmless.

    Args:
        cell: The cell; its attachments may get further names.
    """
    attachments = cell.get("attachments", {})
    for text in _candidates(cell.source, attachments):
        if is_harmless(text, attachments):
            cell.source = text
            return
    cell.source = _("(a text that cannot be shown safely)")


def _candidates(source: str, attachments: dict[str, Any]) -> Iterator[str]:
    """Yield the text with ever less markup; the last text is nothing but a block of code."""
    yield source
    text = note_missing_images(source, attachments)
    yield text
    text = _TAG.sub("< ", text)
    for command in refused_commands(html.unescape(text)):
        text = re.sub(rf"\\+(?={command}(?![A-Za-z]))", "", text)
    yield text
    yield _END_OF_LABEL.sub("] ", text)
    longest = max((len(fence) for fence in _FENCE.findall(source)), default=2)
    fence = "`" * (longest + 1)
    yield f"{fence}\n{source}\n{fence}"


def note_missing_images(source: str, attachments: dict[str, Any]) -> str:
    """Return Markdown with notes in place of pasted images that the attachments do not hold.

    Args:
        source: The Markdown.
        attachments: The cell's attachments. Where Markdown writes a name with `%20`, the attachment
            gets this name, too.
    """

    def noted(match: re.Match[str]) -> str:
        name = match[2].strip()
        if name in attachments and " " not in name:
            return match[0]
        plain = unquote(name.partition(' "')[0])
        if plain not in attachments:
            return missing_image(_END_OF_LABEL.sub("] ", _TAG.sub("< ", plain)))
        encoded = plain.replace(" ", "%20")
        attachments[encoded] = attachments[plain]
        return f"![{match[1]}](attachment:{encoded})"

    return _ATTACHED.sub(noted, source)


class _Page(HTMLParser):
    """A reader of rendered Markdown.

    Attributes:
        is_allowed: Whether the allow lists name every element and attribute so far.
        texts: The texts outside code, in which MathJax looks for formulas.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.is_allowed = True
        self.texts: list[str] = []
        self._depth_of_code = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Judge an element."""
        self._depth_of_code += tag in _CODE
        allowed = tag in ELEMENTS and all(is_allowed(tag, n, v or "") for n, v in attrs)
        self.is_allowed = self.is_allowed and allowed

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Judge an element without content."""
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        self._depth_of_code -= tag in _CODE

    def handle_data(self, data: str) -> None:
        """Collect a text."""
        if not self._depth_of_code:
            self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        """Refuse a comment."""
        self.is_allowed = False

    def handle_decl(self, decl: str) -> None:
        """Refuse a declaration."""
        self.is_allowed = False

    def unknown_decl(self, data: str) -> None:
        """Refuse a marked section."""
        self.is_allowed = False

    def handle_pi(self, data: str) -> None:
        """Refuse a processing instruction."""
        self.is_allowed = False

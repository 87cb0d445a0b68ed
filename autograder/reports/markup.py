"""Safe HTML: one Jinja environment that the notebook panel and the pages of a class share.

The environment escapes whatever comes from a submission, and spells out its hidden characters.
"""

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from autograder.reports import wording
from autograder.util.i18n import _, current, labelled, ngettext
from autograder.util.text import visible

_TEMPLATES = Path(__file__).with_name("templates")


def environment(*folders: Path) -> Environment:
    """Return an environment for the templates of this package and of some other folders.

    Args:
        folders: Folders of templates, which may import those of this package.
    """
    made = Environment(
        loader=FileSystemLoader([*folders, _TEMPLATES]),
        autoescape=True,
        finalize=_without_hidden_characters,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(_=_, ngettext=ngettext, sign=wording.SIGNS)
    made.globals["language"] = current
    made.globals["labelled"] = labelled
    made.globals["outcome_word"] = wording.outcome_word
    made.filters.update(points=wording.format_points, prose=prose, lines=wording.lines)
    return made


def prose(text: str) -> Markup:
    """Return a text escaped, what stands between backticks as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(visible(text)))))


def _without_hidden_characters(value: object) -> object:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value

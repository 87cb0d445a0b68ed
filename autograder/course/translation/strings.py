"""The list of strings in exercises that no rule recognises: `solutions/strings.toml`."""

import tomllib
from functools import cache

from autograder.course.translation.code import Strings
from autograder.util import paths


@cache
def strings_of(name: str) -> Strings:
    """Return what `solutions/strings.toml` says about an exercise or a page."""
    table = tomllib.loads((paths.solutions() / "strings.toml").read_text(encoding="utf-8"))
    entry = table.get(name, {})
    return Strings(frozenset(entry.get("shown", ())), frozenset(entry.get("hidden", ())))

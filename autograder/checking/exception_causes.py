"""The usual causes of exceptions that a learner's code raises, read from a table."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from autograder.checking.value_causes import Cause
from autograder.engine.exceptions import Raised
from autograder.util.i18n import _

MAX_WORD = 60

_OWN_RAISE = re.compile(r"(?:^|:)\s*raise\s+(?!NotImplementedError)\w")

_TABLE = Path(__file__).with_suffix(".toml")
_ON_PURPOSE = _(
    "Your own code raises this exception, in the line shown. Which condition leads there, and what "
    "are the values in it for this call?"
)
_UNKNOWN = _(
    "Run the failing line alone and look at the values that go into it. Which of them is "
    "not what you expect?"
)
# The group `kind` of a pattern finds one of these words, or the name of a type.
_KINDS = {
    "column": _("column"),
    "label": _("label"),
    "loss": _("loss"),
    "metric": _("metric"),
    "optimizer": _("optimizer"),
    "activation": _("activation"),
    "initializer": _("initializer"),
    "regularizer": _("regularizer"),
    "constraint": _("constraint"),
}


@dataclass(frozen=True)
class Entry:
    """A row of the table: the exceptions that it is about and what it says of them.

    Attributes:
        name: The name of the cause.
        text: The message id of the sentences that a learner reads.
        types: The names of the exception types; empty for any type.
        pattern: A regular expression that the exception's message must contain.
        example: Code that raises such an exception.
        function: The function that is checked when the example runs.
        today: What to write today in place of each earlier name; empty for an entry about any name.
    """

    name: str
    text: str
    example: str
    types: tuple[str, ...] = ()
    pattern: str = ""
    function: str = ""
    today: Mapping[str, str] = field(default_factory=dict)

    def words(self, raised: Raised, function: str) -> dict[str, str] | None:
        """Return the named groups that the pattern finds in an exception's message.

        Args:
            raised: The exception.
            function: The function that is checked; a group `of` must hold its name.

        Returns:
            The groups, cut to `MAX_WORD` characters each; None where the entry does not fit.
        """
        if self.types and raised.type_name not in self.types:
            return None
        found = re.search(self.pattern, raised.message, re.DOTALL)
        if found is None:
            return None
        words = {name: (part or "")[:MAX_WORD] for name, part in found.groupdict().items()}
        if words.get("of", function) != function:
            return None
        if words.get("kind") in _KINDS:
            words["kind"] = _KINDS[words["kind"]]
        if not self.today:
            return words
        today = self.today.get(words["name"])
        return None if today is None else {**words, "today": _(today)}


@cache
def entries() -> tuple[Entry, ...]:
    """Return the rows of the table in their order."""
    rows = tomllib.loads(_TABLE.read_text(encoding="utf-8"))["cause"]
    return tuple(Entry(**{**row, "types": tuple(row.get("types", ()))}) for row in rows)


def of_exception(raised: Raised, function: str) -> Cause:
    """Return the cause behind an exception: that of the first entry which fits it.

    Args:
        raised: The exception of the learner's code.
        function: The function that is checked.
    """
    if _OWN_RAISE.search(raised.source):
        return Cause("raised-on-purpose", _ON_PURPOSE)
    for entry in entries():
        words = entry.words(raised, function)
        if words is not None:
            return Cause(entry.name, _(entry.text).format(function=function, **words))
    return Cause("exception-raised", _UNKNOWN)

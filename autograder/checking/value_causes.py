"""Likely causes behind an answer's kind, type, shape or members, for any function.

A message names such a cause where the check recognises no known mistake (see `misconceptions`).
`number_causes` compares numbers, and `exception_causes` explains exceptions.
"""

import re
from collections.abc import Iterable
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from autograder.checking.reprs import brief, brief_name
from autograder.util.i18n import _

MAX_MEMBERS = 10_000
"""The number of members that an explanation looks at one by one."""

Shape = tuple[int, ...]
WantedShape = tuple[int | None, ...]


class Cause(NamedTuple):
    """A likely mistake.

    Attributes:
        name: The name under which a report records it.
        text: The sentences that a learner reads.
    """

    name: str
    text: str


def of_kind(value: object, wanted: str) -> Cause:
    """Return the cause behind an answer of the wrong kind.

    Args:
        value: The answer.
        wanted: The right kind, with its article.
    """
    if value is None:
        return nothing_returned()
    kind = _kind(value)
    if kind in ("method", "function", "builtin_function_or_method"):
        return Cause(
            "function-for-answer",
            _(
                "A function came back, not what it computes: it was never called. "
                "What do parentheses after a name do?"
            ),
        )
    if kind == "KerasTensor":
        return Cause(
            "symbolic-tensor-returned",
            _(
                "A symbolic tensor came back: a placeholder without numbers, made while a model is "
                "put together, where {wanted} is asked for. What did your last line hand back?"
            ).format(wanted=wanted),
        )
    return Cause(
        "answer-of-another-kind",
        _(
            "The answer is of another kind: {kind}, where {wanted} is asked for. "
            "What does the docstring promise, and what does your `return` line hand back?"
        ).format(kind=_with_article(kind, value), wanted=wanted),
    )


def nothing_returned() -> Cause:
    """Return the cause behind None."""
    return Cause(
        "nothing-returned",
        _(
            "The function gives back None: it has no `return`, does not reach it, only prints its "
            "answer, or returns what a method that works in place gives. "
            "What does its last line hand to the caller?"
        ),
    )


def of_number(value: object) -> Cause:
    """Return the cause behind an answer that is not one number."""
    shape = np.shape(value) if isinstance(value, np.ndarray) else ()
    if not shape:
        return of_kind(value, _("one number"))
    return Cause(
        "array-for-number",
        _(
            "An array came back, one number for every entry, and nothing sums it up. "
            "Which step turns the many numbers into one?"
        ),
    )


def of_type(dtype: object, wanted: str) -> Cause:
    """Return the cause behind right numbers of the wrong type.

    Args:
        dtype: The type of the answer's numbers, or its name.
        wanted: The right type, or words for it.
    """
    return Cause(
        "numbers-of-another-type",
        _(
            "The numbers have type {dtype}, and {wanted} is asked for: a division, a NaN or a "
            "default chose it. What does `.dtype` say along the way?"
        ).format(dtype=dtype, wanted=wanted),
    )


def of_missing(missing: Iterable[object], found: Iterable[object], what: str) -> Cause:
    """Return the cause behind a frame without a column, or a dict without a key.

    Args:
        missing: The names that the answer lacks.
        found: The names that the answer has.
        what: The word for such a name, with a capital letter.
    """
    missing, found = list(missing), list(found)
    if len(found) == 1 and set(map(str, missing)) <= set(_SEPARATORS.split(str(found[0]))):
        return Cause("wrong-separator", _ONE_COLUMN.format(found=brief_name(found[0])))
    return Cause(
        "names-differ",
        _(
            "{what} {missing} is missing: left out, or called something else ({found}). "
            "Which names does the docstring give, letter by letter?"
        ).format(
            what=what,
            missing=", ".join(repr(name) for name in missing[:3]),
            found=", ".join(map(brief_name, found[:4])) or _("nothing is there"),
        ),
    )


_SEPARATORS = re.compile(r"::|[,;|\t]")
_ONE_COLUMN = _(
    "There is one name only, {found}, which holds those that are asked for: nothing was split at "
    "the sign between them. Which sign separates the values of the file, and which one does `sep` "
    "name?"
)


def of_length(n: int, wanted: int) -> Cause:
    """Return the cause behind a tuple of `n` parts where `wanted` parts are right."""
    return Cause(
        "parts-missing" if n < wanted else "parts-too-many",
        _(
            "{n} parts came back, and {wanted} are asked for: one is left out, added, or not put "
            "together. What does the docstring promise, and in which order?"
        ).format(n=n, wanted=wanted),
    )


def of_shape(shape: Shape, wanted: WantedShape) -> Cause:
    """Return the cause behind numbers of the wrong shape.

    Args:
        shape: The shape of the answer.
        wanted: The right shape, in which None stands for any length.
    """
    name, text = _shape_cause(shape, wanted)
    return Cause(name, text)


def of_members(got: set[Any], want: set[Any]) -> Cause:
    """Return the cause behind a set of ids or names that differs from the right set."""
    missing, strange = want - got, got - want
    first_missing, first_strange = (
        min(map(_plain_text, islice(ids, MAX_MEMBERS)), default="") for ids in (missing, strange)
    )
    kinds = {_plain_kind(member) for member in islice(got, MAX_MEMBERS)}
    if (
        strange
        and len(kinds) == 1
        and want
        and not kinds & {_plain_kind(member) for member in want}
    ):
        return Cause("ids-of-another-kind", _KIND.format(kind=kinds.pop(), strange=first_strange))
    counted = any(got == set(range(first, first + len(got))) for first in (0, 1))
    if not got:
        return Cause("nothing-kept", _NOTHING_KEPT)
    if missing and strange and counted:
        return Cause("numbered-anew", _NUMBERED_ANEW.format(missing=first_missing))
    if missing and strange:
        return Cause("other-members", _OTHERS.format(missing=first_missing, strange=first_strange))
    if missing:
        return Cause("members-missing", _MISSING.format(n=len(missing), missing=first_missing))
    return Cause("members-too-many", _TOO_MANY.format(n=len(strange), strange=first_strange))


def _plain_text(member: object) -> str:
    return brief(member) if isinstance(member, int) else str(member)


def _plain_kind(member: object) -> str:
    """Return the name of a member's type; NumPy's numbers count as Python's."""
    return type(member.item() if isinstance(member, np.generic) else member).__name__


_KIND = _(
    "The ids came back as {kind}, such as {strange}: grouped by a list of one column, converted on "
    "the way, or read as text. How would a caller have to ask for one?"
)
_NOTHING_KEPT = _(
    "Nothing came back: a condition that holds for none, or a loop that never runs. "
    "What is there before the step that loses it?"
)
_NUMBERED_ANEW = _(
    "What came back is numbered anew, one after another, and has lost its own ids: nothing is "
    "found at {missing}. Where does your code count instead of look?"
)
_OTHERS = _(
    "{missing} is missing, and {strange} is there without right: rows of something else were "
    "taken, or ids were changed on the way. Where does {strange} come from?"
)
_MISSING = _(
    "{n} missing, such as {missing}: dropped by a condition, cut off at an end, or overwritten by "
    "what came later. After which line is it gone?"
)
_TOO_MANY = _(
    "{n} too many, such as {strange}: something stays that should be left out, or comes from "
    "another row or table. Where does it come in?"
)


def of_no_exception(kind: str, raised: str | None = None) -> Cause:
    """Return the cause behind a call that raises another exception than it should, or nothing.

    Args:
        kind: The name of the right exception.
        raised: The name of the exception that the call raised; None where it raised nothing.
    """
    if raised is None:
        return Cause(
            "exception-missing",
            _(
                "Nothing is raised: the case is answered, skipped or caught on the way. "
                "Which line of yours would notice it?"
            ),
        )
    return Cause(
        "another-exception",
        _(
            "An error is raised, but a {raised}, and the caller waits for a {kind}. "
            "Which exception does the docstring name?"
        ).format(raised=raised, kind=kind),
    )


def argument_changed() -> Cause:
    """Return the cause behind a call that changes its argument."""
    return Cause(
        "argument-changed",
        _(
            "The function writes into what it was given: `+=`, an assignment to rows or columns, "
            "or a method that works in place. On what could it work instead of the caller's own?"
        ),
    )


def shape_text(wanted: WantedShape) -> str:
    """Return a shape as text, in which "any" stands for any length."""
    return str(tuple("any" if n is None else n for n in wanted)).replace("'", "")


def _kind(value: object) -> str:
    handle = getattr(value, "_handle", None)
    return str(handle.type_name) if handle is not None else type(value).__name__


def _with_article(kind: str, value: object) -> str:
    if isinstance(value, np.ndarray):
        return _("an array of shape {shape}").format(shape=value.shape)
    if isinstance(value, (tuple, list)):
        return _("a {kind} of {n} parts").format(kind=kind, n=len(value))
    return (_("an {kind}") if kind[:1] in "aeiouAEIOU" else _("a {kind}")).format(kind=kind)


def _shape_cause(shape: Shape, wanted: WantedShape) -> tuple[str, str]:
    words = {"shape": shape, "wanted": shape_text(wanted)}
    size, whole = int(np.prod(shape, dtype=float)), tuple(n for n in wanted if n is not None)
    full = len(whole) == len(wanted)
    squeezed = tuple(n for n in shape if n != 1)
    if full and len(shape) == 2 and shape == wanted[::-1]:
        text = _("Rows and columns are exchanged: {shape} for {wanted}. Which of the two is a row?")
        return "rows-and-columns-exchanged", text.format(**words)
    if shape == ():
        text = _(
            "One number came back for many: a sum or mean over every axis, or an index that takes "
            "one entry. Which axis should be left?"
        )
        return "one-number-for-many", text
    if len(shape) > len(wanted) and _matches(squeezed, tuple(n for n in wanted if n != 1)):
        text = _(
            "The numbers have an axis of length one too many: {shape} for {wanted}. "
            "Where does that axis come from?"
        )
        return "axis-too-many", text.format(**words)
    if full and len(wanted) > len(shape) and _matches(squeezed, tuple(n for n in wanted if n != 1)):
        text = _("An axis is missing: {shape} for {wanted}. Which line dropped or flattened it?")
        return "axis-missing", text.format(**words)
    if full and size == int(np.prod(whole)):
        text = _(
            "There are as many numbers as there should be, in another shape: {shape} for {wanted}. "
            "Which line flattened or reshaped them?"
        )
        return "numbers-reshaped", text.format(**words)
    if len(shape) == len(wanted) and shape[:1] == (1,) and wanted[:1] not in ((1,), (None,)):
        text = _(
            "Only one entry came back: a `return` inside a loop, or an index such as [0]. "
            "How often does your loop run?"
        )
        return "first-entry-only", text
    if len(shape) == len(wanted) and wanted[0] is not None and shape[1:] == wanted[1:]:
        text = _(
            "{n} entries came back for {m}: some are dropped, repeated or added on the way. "
            "After which line is the number another one?"
        )
        return "entries-lost-or-added", text.format(n=shape[0], m=wanted[0])
    text = _(
        "The shape differs: {shape} for {wanted}. Write the shape beside every line: where does "
        "an axis appear, vanish or change its length?"
    )
    return "shape-differs", text.format(**words)


def _matches(shape: Shape, wanted: WantedShape) -> bool:
    return len(shape) == len(wanted) and all(
        m is None or n == m for n, m in zip(shape, wanted, strict=True)
    )

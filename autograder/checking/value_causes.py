"""Likely causes that fit any function: told from the answer, not from its task.

They speak where a check recognises none of its own mistakes: `misconceptions` knows what learners
get wrong about a function, this module what anybody gets wrong about answers and arrays, and
`explained` what an exception says.
"""

from typing import NamedTuple

import numpy as np

from autograder.util.i18n import _

FACTORS = (2, 3, 4, 5, 10, 100, 1_000)
DECIMALS = (0, 1, 2, 3)


class Cause(NamedTuple):
    """A mistake by name, and the sentences that a learner reads."""

    name: str
    text: str


def of_kind(value, wanted: str) -> Cause:
    """The cause behind an answer of the wrong kind; `wanted` is the right one with its article."""
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
    """The cause behind None."""
    return Cause(
        "nothing-returned",
        _(
            "The function gives back None: it has no `return`, does not reach it, only prints its "
            "answer, or returns what a method that works in place gives. "
            "What does its last line hand to the caller?"
        ),
    )


def of_number(value) -> Cause:
    """The cause behind an answer that is not one number."""
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


def of_type(dtype, wanted: str) -> Cause:
    """The cause behind right numbers of the wrong type."""
    return Cause(
        "numbers-of-another-type",
        _(
            "The numbers have type {dtype}, and {wanted} is asked for: a division, a NaN or a "
            "default chose it. What does `.dtype` say along the way?"
        ).format(dtype=dtype, wanted=wanted),
    )


def of_missing(missing, found, what: str) -> Cause:
    """The cause behind a frame without a column, or a dict without a key."""
    return Cause(
        "names-differ",
        _(
            "{what} {missing} is missing: left out, or called something else ({found}). "
            "Which names does the docstring give, letter by letter?"
        ).format(
            what=what,
            missing=", ".join(repr(name) for name in list(missing)[:3]),
            found=", ".join(str(name) for name in list(found)[:4]) or _("nothing is there"),
        ),
    )


def of_length(n: int, wanted: int) -> Cause:
    """The cause behind a tuple with too few or too many parts."""
    return Cause(
        "parts-missing" if n < wanted else "parts-too-many",
        _(
            "{n} parts came back, and {wanted} are asked for: one is left out, added, or not put "
            "together. What does the docstring promise, and in which order?"
        ).format(n=n, wanted=wanted),
    )


def of_shape(shape: tuple, wanted: tuple) -> Cause:
    """The cause behind numbers of the wrong shape; None in `wanted` stands for any length."""
    name, text = _shape_cause(shape, wanted)
    return Cause(name, text)


def of_members(got: set, want: set) -> Cause:
    """The cause behind a set of ids or names that is not the one wanted."""
    missing, strange = (sorted(ids, key=str) for ids in (want - got, got - want))
    kinds = {_plain_kind(member) for member in got}
    if (
        strange
        and len(kinds) == 1
        and want
        and not kinds & {_plain_kind(member) for member in want}
    ):
        return Cause("ids-of-another-kind", _KIND.format(kind=kinds.pop(), strange=strange[0]))
    counted = any(got == set(range(first, first + len(got))) for first in (0, 1))
    if not got:
        return Cause("nothing-kept", _NOTHING_KEPT)
    if missing and strange and counted:
        return Cause("numbered-anew", _NUMBERED_ANEW.format(missing=missing[0]))
    if missing and strange:
        return Cause("other-members", _OTHERS.format(missing=missing[0], strange=strange[0]))
    if missing:
        return Cause("members-missing", _MISSING.format(n=len(missing), missing=missing[0]))
    return Cause("members-too-many", _TOO_MANY.format(n=len(strange), strange=(strange or [""])[0]))


def _plain_kind(member) -> str:
    """The name of a member's type, NumPy's numbers taken for Python's."""
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


def of_numbers(got, want, rtol: float, atol: float) -> Cause | None:
    """The cause behind numbers that differ from those wanted; None where nothing plain is seen."""
    got, want = np.asarray(got, dtype=float), np.asarray(want, dtype=float)
    if got.shape != want.shape:
        return of_shape(got.shape, want.shape)
    if not want.size:
        return None
    for cause in (_not_finite, _rounded, _rescaled, _rearranged, _some_of_them):
        found = cause(got, want, lambda a, b: bool(np.allclose(a, b, rtol=rtol, atol=atol)))
        if found is not None:
            return found
    return None


def of_no_exception(kind: str, raised: str | None = None) -> Cause:
    """The cause behind a call that does not raise `kind`, but `raised` or nothing."""
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
    """The cause behind an argument that is another one after the call."""
    return Cause(
        "argument-changed",
        _(
            "The function writes into what it was given: `+=`, an assignment to rows or columns, "
            "or a method that works in place. On what could it work instead of the caller's own?"
        ),
    )


def _kind(value) -> str:
    handle = getattr(value, "_handle", None)
    return handle.type_name if handle is not None else type(value).__name__


def _with_article(kind: str, value) -> str:
    if isinstance(value, np.ndarray):
        return _("an array of shape {shape}").format(shape=value.shape)
    if isinstance(value, (tuple, list)):
        return _("a {kind} of {n} parts").format(kind=kind, n=len(value))
    return (_("an {kind}") if kind[:1] in "aeiouAEIOU" else _("a {kind}")).format(kind=kind)


def _shape_cause(shape: tuple, wanted: tuple) -> tuple[str, str]:
    words = {"shape": shape, "wanted": str(tuple("any" if n is None else n for n in wanted))}
    words["wanted"] = words["wanted"].replace("'", "")
    size, full = int(np.prod(shape, dtype=float)), None not in wanted
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
    if full and size == int(np.prod(wanted)):
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


def _matches(shape: tuple, wanted: tuple) -> bool:
    return len(shape) == len(wanted) and all(
        m is None or n == m for n, m in zip(shape, wanted, strict=True)
    )


def _not_finite(got, want, same) -> Cause | None:
    if np.isfinite(got).all() or not np.isfinite(want).all():
        return None
    if np.isnan(got).any():
        return Cause(
            "nan-in-answer",
            _(
                "NaN is in the answer: 0/0, the mean of nothing, or a row without a partner in a "
                "join or lookup. Which entry is the first one, and what went into it?"
            ),
        )
    return Cause(
        "infinity-in-answer",
        _(
            "Infinity is in the answer: a division by zero, or a mask that was never taken out "
            "again. Which entry is the first one?"
        ),
    )


def _rounded(got, want, same) -> Cause | None:
    if got.size == 1 and not got.any() and 0 < want.item() < 1:
        return Cause(
            "zero-returned",
            _(
                "The answer is 0, where something counts: nothing was found (a set given to an "
                "array function matches nothing), or // or int cut a fraction. Print the hits: "
                "which should be there?"
            ),
        )
    cut = np.array_equal(got, np.trunc(want)) or np.array_equal(got, np.floor(want))
    if cut and got.any() and not np.array_equal(want, np.trunc(want)):
        return Cause(
            "cut-to-integers",
            _(
                "The numbers are cut to whole ones: a conversion to int, or // for /. "
                "What becomes of 0.75 there?"
            ),
        )
    for decimals in DECIMALS if got.size > 1 else DECIMALS[1:]:
        if got.any() and np.allclose(got, np.round(want, decimals), rtol=1e-9, atol=1e-9):
            return Cause(
                "answer-rounded",
                _(
                    "The answer is rounded; what is computed from it later loses its digits. "
                    "Where should numbers be rounded: in the computation, or when they are shown?"
                ),
            )
    return None


def _rescaled(got, want, same) -> Cause | None:
    if not np.any(want):
        return None
    if same(got, -want):
        return Cause(
            "sign-reversed",
            _("The size is right and the sign is not. Which of two things is subtracted?"),
        )
    if not np.any(got):
        return Cause(
            "all-zeros",
            _("Every number is zero: nothing was found, or a step never ran. What is summed up?"),
        )
    if got.size > 2:
        factor = float(np.vdot(got, want) / np.vdot(want, want))
        if abs(factor) > 1e-6 and same(got, factor * want):
            return Cause(
                "constant-factor",
                _(
                    "Every number is {factor:.4g} times what it should be: a factor too many, or a "
                    "sum for a mean. Which quantity here has that value?"
                ).format(factor=factor),
            )
        shift = float(np.mean(got - want))
        if same(got - shift, want):
            return Cause(
                "constant-offset",
                _(
                    "Every number is off by the same amount, {shift:.4g}: something is added or "
                    "not taken off. Which quantity here has that value?"
                ).format(shift=shift),
            )
        return None
    for factor in FACTORS:
        for ratio in (factor, 1 / factor):
            if same(got, ratio * want):
                return Cause(
                    "constant-factor",
                    _(
                        "The answer is {ratio:.4g} times what it should be. "
                        "Where does that factor come from?"
                    ).format(ratio=ratio),
                )
    powers = {
        "squared-answer": (want**2, _("This is the square of what is asked for.")),
        "root-of-answer": (np.sqrt(np.abs(want)), _("This is the root of what is asked for.")),
        "complement-returned": (1 - want, _("This is 1 minus what is asked for.")),
    }
    for name, (value, text) in powers.items():
        if same(got, value):
            return Cause(name, _("{text} Which operation is one too many?").format(text=text))
    with np.errstate(divide="ignore"):
        if same(got, 1 / want):
            return Cause(
                "fraction-upside-down",
                _("The fraction is upside down. What is divided by what?"),
            )
    return None


_ONE_ROW = _(
    "Every row is the same, that of row {row}: one list stands in all places, as `[row] * n` makes "
    "it, or the loop's variable is not used. What happens to the others when you change one?"
)


def _rearranged(got, want, same) -> Cause | None:
    if got.size < 3:
        return None
    if want.ndim == 1 and same(got, want[::-1]):
        return Cause(
            "order-reversed", _("The order is reversed. Which end should come first, and why?")
        )
    if want.ndim == 2 and len(want) > 1 and same(got, np.repeat(got[:1], len(got), axis=0)):
        source = next((k for k, row in enumerate(want) if same(got[0], row)), None)
        if source is not None:
            return Cause("one-row-for-all", _ONE_ROW.format(row=source))
    if same(np.sort(got, axis=None), np.sort(want, axis=None)):
        return Cause(
            "right-numbers-elsewhere",
            _(
                "The numbers are the right ones in another order: something sorted, grouped or "
                "joined them. To which row does the first number belong?"
            ),
        )
    for step, text in (
        (1, _("shifted by one place: counting begins at 1 somewhere, and at 0 elsewhere")),
        (-1, _("shifted by one place: counting begins at 0 somewhere, and at 1 elsewhere")),
    ):
        if same(got, np.roll(want, step, axis=0)):
            return Cause(
                "shifted-by-one",
                _("The numbers are {text}. Which is the first position?").format(text=text),
            )
    if np.ptp(got) == 0 and np.ptp(want) > 0:
        return Cause(
            "same-number-everywhere",
            _(
                "Every entry is the same number, though the entries asked for differ. "
                "Which argument does your answer not depend on?"
            ),
        )
    return None


def _some_of_them(got, want, same) -> Cause | None:
    if got.size < 3:
        return None
    low, high = got.min(), got.max()
    clipped = np.clip(want, low, high)
    if same(got, clipped) and not same(clipped, want):
        return Cause(
            "answer-clipped",
            _(
                "The numbers are right between {low:.4g} and {high:.4g} and cut off outside. "
                "Who asked for these limits?"
            ).format(low=low, high=high),
        )
    if same(got, np.abs(want)):
        return Cause(
            "sign-lost", _("The sign is lost: an absolute value or a root of a square. Where?")
        )
    right = np.isclose(got, want, rtol=1e-4, atol=1e-5)
    zero = got == 0
    if (right | zero).all() and right.any():
        return Cause(
            "entries-left-zero",
            _(
                "Some entries are right, and the others are still zero: a step misses them. "
                "Over which entries does it run?"
            ),
        )
    if 2 * right.sum() >= got.size > right.sum() and len(np.unique(want)) > 2:
        first = tuple(int(n) for n in np.argwhere(~right)[0])
        return Cause(
            "some-entries-differ",
            _(
                "{n} of {m} entries are wrong, and the others right: a case of its own is missed, "
                "such as an edge, a tie, an empty or unseen one. What is special at {place}?"
            ).format(n=int((~right).sum()), m=got.size, place=list(first)),
        )
    return None

"""Likely causes behind wrong numbers: what an answer and the right numbers have in common.

Every cause fits any function, because it compares numbers and knows nothing of the task.
"""

from collections.abc import Callable

import numpy as np

from autograder.checking.value_causes import Cause, of_shape
from autograder.util.i18n import _

FACTORS = (2, 3, 4, 5, 10, 100, 1_000)
DECIMALS = (0, 1, 2, 3)
NEAR = 2e-3

_Same = Callable[[np.ndarray, np.ndarray], bool]


def of_numbers(got: object, want: object, rtol: float, atol: float) -> Cause | None:
    """Return the cause behind numbers that differ from those wanted.

    Args:
        got: The answer, a number or an array of any shape.
        want: The right numbers.
        rtol: The relative error up to which two numbers count as equal.
        atol: The absolute error up to which two numbers count as equal.

    Returns:
        The first cause that explains every number; None where no cause does.
    """
    answer, right = np.asarray(got, dtype=float), np.asarray(want, dtype=float)
    if answer.shape != right.shape:
        return of_shape(answer.shape, right.shape)
    if not right.size:
        return None

    def same(one: np.ndarray, other: np.ndarray) -> bool:
        return bool(np.allclose(one, other, rtol=rtol, atol=atol))

    for cause in (_not_finite, _rounded, _rescaled, _digits_lost, _rearranged, _some_of_them):
        found = cause(answer, right, same)
        if found is not None:
            return found
    return None


def _not_finite(got: np.ndarray, want: np.ndarray, same: _Same) -> Cause | None:
    if np.isfinite(got).all() or not np.isfinite(want).all():
        return None
    if np.isnan(got).any():
        return Cause("nan-in-answer", _NAN)
    return Cause("infinity-in-answer", _INFINITY)


_NAN = _(
    "NaN is in the answer: 0/0, the mean of nothing, or a row without a partner in a join or "
    "lookup. Which entry is the first one, and what went into it?"
)
_INFINITY = _(
    "Infinity is in the answer: a division by zero, or a mask that was never taken out again. "
    "Which entry is the first one?"
)


def _rounded(got: np.ndarray, want: np.ndarray, same: _Same) -> Cause | None:
    if got.size == 1 and not got.any() and 0 < want.item() < 1:
        return Cause("zero-returned", _ZERO)
    cut = np.array_equal(got, np.trunc(want)) or np.array_equal(got, np.floor(want))
    if cut and got.any() and not np.array_equal(want, np.trunc(want)):
        return Cause("cut-to-integers", _CUT)
    for decimals in DECIMALS if got.size > 1 else DECIMALS[1:]:
        if got.any() and np.allclose(got, np.round(want, decimals), rtol=1e-6, atol=1e-6):
            return Cause("answer-rounded", _ROUNDED)
    return None


_ZERO = _(
    "The answer is 0, where something counts: nothing was found (a set given to an array function "
    "matches nothing), or // or int cut a fraction. Print the hits: which should be there?"
)
_CUT = _(
    "The numbers are cut to whole ones: a conversion to int, or // for /. "
    "What becomes of 0.75 there?"
)
_ROUNDED = _(
    "The answer is rounded; what is computed from it later loses its digits. "
    "Where should numbers be rounded: in the computation, or when they are shown?"
)


def _rescaled(got: np.ndarray, want: np.ndarray, same: _Same) -> Cause | None:
    if not np.any(want):
        return None
    if same(got, -want):
        return Cause("sign-reversed", _SIGN_REVERSED)
    if not np.any(got):
        return Cause("all-zeros", _ALL_ZEROS)
    many = got.size > 2 and np.ptp(want) > 0
    return _many_rescaled(got, want, same) if many else _few_rescaled(got, want, same)


def _many_rescaled(got: np.ndarray, want: np.ndarray, same: _Same) -> Cause | None:
    factor = float(np.vdot(got, want) / np.vdot(want, want))
    if abs(factor) > 1e-6 and same(got, factor * want):
        return Cause("constant-factor", _FACTOR_OF_ALL.format(factor=factor))
    shift = float(np.mean(got - want))
    if same(got - shift, want):
        return Cause("constant-offset", _OFFSET.format(shift=shift))
    return None


def _few_rescaled(got: np.ndarray, want: np.ndarray, same: _Same) -> Cause | None:
    """Return the cause behind one or two numbers, for which only usual factors mean anything."""
    for factor in FACTORS:
        for ratio in (factor, 1 / factor):
            if same(got, ratio * want):
                return Cause("constant-factor", _FACTOR.format(ratio=ratio))
    if same(got, want**2):
        return Cause("squared-answer", _SQUARE)
    if same(got, np.sqrt(np.abs(want))):
        return Cause("root-of-answer", _ROOT)
    if same(got, 1 - want):
        return Cause("complement-returned", _COMPLEMENT)
    with np.errstate(divide="ignore"):
        if same(got, 1 / want):
            return Cause("fraction-upside-down", _UPSIDE_DOWN)
    return None


_SIGN_REVERSED = _(
    "The size is right and the sign is not. Which of two things is subtracted?",
)
_ALL_ZEROS = _(
    "Every number is zero: nothing was found, or a step never ran. What is summed up?",
)
_FACTOR_OF_ALL = _(
    "Every number is {factor:.4g} times what it should be: a factor too many, or a sum for a mean. "
    "Which quantity here has that value?"
)
_OFFSET = _(
    "Every number is off by the same amount, {shift:.4g}: something is added or not taken off. "
    "Which quantity here has that value?"
)
_FACTOR = _(
    "The answer is {ratio:.4g} times what it should be. Where does that factor come from?",
)
_SQUARE = _("This is the square of what is asked for. Which operation is one too many?")
_ROOT = _("This is the root of what is asked for. Which operation is one too many?")
_COMPLEMENT = _("This is 1 minus what is asked for. Which operation is one too many?")
_UPSIDE_DOWN = _("The fraction is upside down. What is divided by what?")


def _digits_lost(got: np.ndarray, want: np.ndarray, same: _Same) -> Cause | None:
    """Return the cause where all entries are near the right ones, some above and some below."""
    error = got - want
    near = np.abs(error).max() <= NEAR * np.ptp(want)
    if got.size > 2 and near and error.min() < 0 < error.max():
        return Cause("digits-lost", _DIGITS_LOST)
    return None


_DIGITS_LOST = _(
    "Every number is near the right one, some above and some below: digits are lost on the way, in "
    "a rounded step or in a type such as float16. What does `.dtype` say along the way?"
)


def _rearranged(got: np.ndarray, want: np.ndarray, same: _Same) -> Cause | None:
    if got.size < 3:
        return None
    if want.ndim == 1 and same(got, want[::-1]):
        return Cause("order-reversed", _REVERSED)
    if want.ndim == 2 and len(want) > 1 and same(got, np.repeat(got[:1], len(got), axis=0)):
        source = next((k for k, row in enumerate(want) if same(got[0], row)), None)
        if source is not None:
            return Cause("one-row-for-all", _ONE_ROW.format(row=source))
    if same(np.sort(got, axis=None), np.sort(want, axis=None)):
        return Cause("right-numbers-elsewhere", _ELSEWHERE)
    if len(np.unique(want)) > 2:
        if same(got, np.roll(want, 1, axis=0)):
            return Cause("shifted-by-one", _SHIFTED_DOWN)
        if same(got, np.roll(want, -1, axis=0)):
            return Cause("shifted-by-one", _SHIFTED_UP)
    if np.ptp(got) == 0 and np.ptp(want) > 0:
        limit = float(got.flat[0])
        if (limit in _TOPS and (want >= limit).all()) or (
            limit in _BOTTOMS and (want <= limit).all()
        ):
            return Cause("answer-clipped", _ALL_CLIPPED.format(limit=limit))
        return Cause("same-number-everywhere", _SAME_EVERYWHERE)
    return None


_REVERSED = _("The order is reversed. Which end should come first, and why?")
_ONE_ROW = _(
    "Every row is the same, that of row {row}: one list stands in all places, as `[row] * n` makes "
    "it, or the loop's variable is not used. What happens to the others when you change one?"
)
_ELSEWHERE = _(
    "The numbers are the right ones in another order: something sorted, grouped or joined them. "
    "To which row does the first number belong?"
)
_SHIFTED_DOWN = _(
    "The numbers are shifted by one place: counting begins at 1 somewhere, and at 0 elsewhere. "
    "Which is the first position?"
)
_SHIFTED_UP = _(
    "The numbers are shifted by one place: counting begins at 0 somewhere, and at 1 elsewhere. "
    "Which is the first position?"
)
_BOTTOMS, _TOPS = (0.5, 1.0), (1.0, 5.0)
"""The ends of usual scales."""
_ALL_CLIPPED = _(
    "Every number is {limit:g}, and every right one lies beyond it: they were cut off at the end "
    "of a scale. Who asked for these limits, and what do they do to the order?"
)
_SAME_EVERYWHERE = _(
    "Every entry is the same number, though the entries asked for differ. "
    "Which argument does your answer not depend on?"
)


def _some_of_them(got: np.ndarray, want: np.ndarray, same: _Same) -> Cause | None:
    if got.size < 3:
        return None
    low, high = float(got.min()), float(got.max())
    clipped = np.clip(want, low, high)
    inside = np.isclose(got, want, rtol=1e-4, atol=1e-5).any()
    if low < high and inside and same(got, clipped) and not same(clipped, want):
        return Cause("answer-clipped", _CLIPPED.format(low=low, high=high))
    if same(got, np.abs(want)):
        return Cause("sign-lost", _SIGN_LOST)
    right = np.isclose(got, want, rtol=1e-4, atol=1e-5)
    if (right | (got == 0)).all() and right.any():
        return Cause("entries-left-zero", _LEFT_ZERO)
    if 2 * right.sum() >= got.size > right.sum() and len(np.unique(want)) > 2:
        first = [int(n) for n in np.argwhere(~right)[0]]
        return Cause(
            "some-entries-differ",
            _SOME_DIFFER.format(n=int((~right).sum()), m=got.size, place=first),
        )
    return None


_CLIPPED = _(
    "The numbers are right between {low:.4g} and {high:.4g} and cut off outside. "
    "Who asked for these limits?"
)
_SIGN_LOST = _("The sign is lost: an absolute value or a root of a square. Where?")
_LEFT_ZERO = _(
    "Some entries are right, and the others are still zero: a step misses them. "
    "Over which entries does it run?"
)
_SOME_DIFFER = _(
    "{n} of {m} entries are wrong, and the others right. "
    "Compare the entry at {place} with a right entry: how do they differ?"
)

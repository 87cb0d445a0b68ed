"""Assertions for checks: they name the checked function and what its answer must be.

A check calls a learner's function through `submission` and hands the answer to these helpers. A
helper returns the answer in a safe form or raises `CheckFailure` with the parts of a message:

    @checks("rmse", share=1)
    def test_is_the_root_of_the_mean_square(submission, rng):
        \"\"\"RMSE is the square root of the mean squared error.\"\"\"
        y, prediction = rng.normal(size=(2, 30))
        got = number(submission.rmse(y, prediction))
        mse = np.mean((y - prediction) ** 2)
        close(got, np.sqrt(mse), mistakes={"mse-for-rmse": alike(got, mse)})

The verdict adds the call from the submission's record and a known mistake's cause from the
catalogue. It takes the property that must hold from the check's docstring where a helper gets no
`must`.

Arguments that several helpers share:
    must: The sentence that must hold, where it is more exact than the check's docstring.
    mistakes: The known mistakes by name, each with whether the answer shows it; or a function that
        returns them, which a helper calls only where it rejects the answer. Pass a function where
        the evidence costs time.
    cause: The likely cause where the answer shows no known mistake.
    rtol, atol: The relative and the absolute error up to which two numbers count as equal.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import numpy as np
import pandas as pd
import pytest

from autograder.checking import number_causes, value_causes
from autograder.checking.failure import CheckFailure, Mistakes, names_of
from autograder.checking.reprs import brief
from autograder.checking.value_causes import Cause, Shape, WantedShape, shape_text
from autograder.engine.exceptions import of_learner
from autograder.util.i18n import _

MAX_PARTS = 1_000
"""The number of rows up to which an array counts as a tuple of its rows."""


def checks(function: str, share: float = 1) -> pytest.MarkDecorator:
    """Mark a test as a check of a function.

    Args:
        function: The name of the function.
        share: The weight of the check among all checks of the function, which share its points.
    """
    return pytest.mark.checks(function=function, share=share)


def fail(
    got: object,
    must: str | None = None,
    mistakes: Mistakes | None = None,
    cause: Cause | None = None,
) -> NoReturn:
    """Reject an answer; `got` is the answer itself or a phrase that describes it."""
    cause = value_causes.nothing_returned() if got is None else cause
    raise CheckFailure(got if isinstance(got, str) else brief(got), must, mistakes, cause=cause)


def require(
    holds: object,
    got: object,
    must: str | None = None,
    mistakes: Mistakes | None = None,
    cause: Cause | None = None,
) -> None:
    """Reject an answer unless a property holds."""
    if not holds:
        fail(got, must, mistakes, cause)


def number(value: Any, must: str | None = None, mistakes: Mistakes | None = None) -> float:
    """Return the answer as a float; reject anything but one real number."""
    if isinstance(value, np.ndarray) and value.shape == ():
        value = value.item()
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.number)):
        fail(value, must or _("the answer is one number"), mistakes, value_causes.of_number(value))
    if np.iscomplexobj(value):
        fail(value, must or _("the answer is one real number"), mistakes)
    try:
        return float(value)
    except OverflowError:
        fail(_("a number of {n} bits").format(n=int(value).bit_length()), must, mistakes)
    except TypeError:
        fail(value, must or _("the answer is one number"), mistakes)


def whole(value: Any, must: str | None = None, mistakes: Mistakes | None = None) -> int:
    """Return the answer as an int; reject anything but one whole number."""
    result = number(value, must or _("the answer is one whole number"), mistakes)
    if not np.isfinite(result) or result != int(result):
        cause = None
        if np.isnan(result):
            cause = number_causes.of_numbers(result, 0, 0, 0)
        elif np.isfinite(result):
            cause = value_causes.of_type(_("float"), _("a whole number"))
        fail(value, must or _("the answer is one whole number"), mistakes, cause)
    return int(result)


def array(
    value: Any,
    shape: WantedShape | None = None,
    must: str | None = None,
    mistakes: Mistakes | None = None,
) -> np.ndarray:
    """Return the answer as a float64 array; reject other data, and another shape than `shape`.

    A None in `shape` stands for any length; without a shape every shape is right.
    """
    if isinstance(value, pd.Series):
        value = value.to_numpy()
    result = _numeric(value)
    if result is None:
        cause = value_causes.of_kind(value, _("an array of numbers"))
        fail(value, must or _("the answer is an array of numbers"), mistakes, cause)
    if shape is not None and not _fits(result.shape, shape):
        must = must or _("the answer has shape {shape}").format(shape=shape_text(shape))
        fail(value, must, mistakes, value_causes.of_shape(result.shape, shape))
    return result.astype("float64")


def integers(
    value: Any,
    shape: WantedShape | None = None,
    must: str | None = None,
    mistakes: Mistakes | None = None,
) -> np.ndarray:
    """Return the answer as an int64 array (see `array`); reject floats, also whole floats."""
    result = array(value, shape, must, mistakes)
    given = value.to_numpy() if isinstance(value, pd.Series) else np.asarray(value)
    if given.dtype.kind not in "iu" and result.size:
        cause = value_causes.of_type(given.dtype, _("an integer type"))
        fail(value, must or _("the answer is an array of integers"), mistakes, cause)
    return result.astype("int64")


def frame(value: Any, columns: Iterable[str] = (), must: str | None = None) -> pd.DataFrame:
    """Return the answer as a frame; reject anything else, and a frame that lacks a column."""
    if not isinstance(value, pd.DataFrame):
        cause = value_causes.of_kind(value, _("a DataFrame"))
        fail(value, must or _("the answer is a pandas DataFrame"), cause=cause)
    missing = [name for name in columns if name not in value.columns]
    if missing:
        fail(
            value,
            must or _("the frame has a column {names}").format(names=", ".join(missing)),
            cause=value_causes.of_missing(missing, value.columns, _("Column")),
        )
    return value


def mapping(value: Any, keys: Iterable[object] = (), must: str | None = None) -> dict[Any, Any]:
    """Return the answer as a dict; reject anything else, and a dict that lacks a key."""
    if not isinstance(value, dict):
        cause = value_causes.of_kind(value, _("a dict"))
        fail(value, must or _("the answer is a dict"), cause=cause)
    missing = [key for key in keys if key not in value]
    if missing:
        fail(
            value,
            must or _("the dict has a key {keys}").format(keys=", ".join(map(brief, missing))),
            cause=value_causes.of_missing(missing, value, _("Key")),
        )
    return value


def pair(value: Any, length: int = 2, must: str | None = None) -> tuple[Any, ...]:
    """Return the answer as a tuple of `length` parts; accept a list and an array of such rows."""
    if isinstance(value, np.ndarray) and value.ndim and len(value) <= MAX_PARTS:
        value = list(value)
    if not isinstance(value, (tuple, list)) or len(value) != length:
        parts = _("a tuple of {n} parts").format(n=length)
        many = isinstance(value, (tuple, list)) or (isinstance(value, np.ndarray) and value.ndim)
        cause = (
            value_causes.of_length(len(value), length)
            if many
            else value_causes.of_kind(value, parts)
        )
        must = must or _("the answer is a tuple of {n} parts").format(n=length)
        fail(value, must, cause=cause)
    return tuple(value)


def close(
    got: Any,
    want: Any,
    must: str | None = None,
    mistakes: Mistakes | None = None,
    rtol: float = 1e-4,
    atol: float = 1e-5,
    otherwise: Callable[[], Cause | None] = lambda: None,
    whole: tuple[Any, Any] | None = None,
) -> None:
    """Reject an answer that differs from `want` by more than rounding (float32 is enough).

    `otherwise` looks for a cause, by further calls perhaps, where the numbers show no cause and no
    known mistake. `whole` is the answer and the wanted answer as the function returns them, where
    `got` and `want` are made of their parts.
    """
    if alike(got, want, rtol, atol):
        return
    if whole is None:
        shown, wanted = _first_difference(got, want, rtol, atol)
    else:
        shown, wanted = map(brief, whole)
    left, right = _numeric(got), _numeric(want)
    cause = None
    if left is not None and right is not None:
        cause = number_causes.of_numbers(left, right, rtol, atol)
    shown_mistakes = dict.fromkeys(names_of(mistakes), True)
    if cause is None and not shown_mistakes:
        cause = otherwise()
    raise CheckFailure(shown, must, shown_mistakes, wanted, cause)


def alike(got: Any, want: Any, rtol: float = 1e-4, atol: float = 1e-5) -> bool:
    """Return whether two values agree in shape and, up to rounding, in numbers; never raise."""
    got, want = _numeric(got), _numeric(want)
    if got is None or want is None or got.shape != want.shape:
        return False
    return bool(np.allclose(got, want, rtol=rtol, atol=atol, equal_nan=True))


def is_multiple(got: Any, want: Any, atol: float = 1e-5) -> bool:
    """Return whether several numbers, of shape (n,), are those wanted times a constant but 0."""
    got, want = np.asarray(got), np.asarray(want)
    factor = np.vdot(got, want) / max(np.vdot(want, want), 1e-12)
    return len(want) > 1 and abs(factor) > 1e-6 and alike(got, factor * want, atol=atol)


def shape_of(value: Any) -> Shape | None:
    """Return the shape of an array of numbers, None for anything else; never raise."""
    numeric = _numeric(value)
    return None if numeric is None else numeric.shape


def shape_cause(value: Any, wanted: WantedShape) -> Cause:
    """Return the likely cause behind an answer of another shape than `wanted`."""
    shape = shape_of(value)
    if shape is None:
        return value_causes.of_kind(value, _("an array of numbers"))
    return value_causes.of_shape(shape, wanted)


@contextmanager
def crash_means(**causes: str | tuple[str, ...]) -> Iterator[None]:
    """Name the known mistake behind an exception of the learner's code by words in its text.

    `crash_means(one_array="expects 2 input")` names the mistake `one-array`.
    """
    try:
        yield
    except Exception as error:
        raised = of_learner(error)
        if raised is not None:
            text = str(raised).lower()
            for name, words in causes.items():
                words = (words,) if isinstance(words, str) else words
                if any(word.lower() in text for word in words):
                    error.mistakes = (name.replace("_", "-"),)  # type: ignore[attr-defined]
                    break
        raise


def raises(
    kind: type[Exception],
    call: Callable[[], object],
    must: str,
    mistakes: Mistakes | None = None,
) -> str:
    """Return the message of the exception that a call raises; reject a call without it."""
    try:
        value = call()
    except kind as error:
        raised = of_learner(error)
        if raised is None:
            raise
        return raised.message
    except Exception as error:
        raised = of_learner(error)
        if raised is None or raised.type_name == "NotImplementedError":
            raise
        cause = value_causes.of_no_exception(kind.__name__, raised.type_name)
        fail(_("it raised {error}").format(error=raised), must, mistakes, cause)
    cause = value_causes.of_no_exception(kind.__name__)
    fail(_("no exception, but {value}").format(value=brief(value)), must, mistakes, cause)


def _numeric(value: Any) -> np.ndarray | None:
    try:
        result = np.asarray(value)
    except Exception:
        return None
    if result.dtype == object:
        try:
            result = result.astype("float64")
        except (TypeError, ValueError, OverflowError):
            return None
    return result if result.dtype.kind in "biuf" else None


def _fits(shape: Shape, wanted: WantedShape) -> bool:
    return len(shape) == len(wanted) and all(
        n is None or n == m for n, m in zip(wanted, shape, strict=True)
    )


def _first_difference(got: Any, want: Any, rtol: float, atol: float) -> tuple[str, str]:
    """Describe both values; large arrays by the first entry that differs."""
    left, right = _numeric(got), _numeric(want)
    if left is None or right is None or left.shape != right.shape or left.size <= 6:
        return brief(got), brief(want)
    wrong = np.argwhere(~np.isclose(left, right, rtol=rtol, atol=atol, equal_nan=True))
    place = tuple(int(k) for k in wrong[0])
    where = f"[{', '.join(map(str, place))}]"
    return (
        _("{value} at position {where} ({n} of {total} entries differ)").format(
            value=brief(left[place]), where=where, n=len(wrong), total=left.size
        ),
        _("{value} at position {where}").format(value=brief(right[place]), where=where),
    )

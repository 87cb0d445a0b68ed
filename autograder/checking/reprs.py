"""Short, exact descriptions of values for messages, each in one line."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from autograder.util.i18n import _

MAX_ITEMS = 6
MAX_TEXT = 160
MAX_BITS = 1_000
"""The size up to which an integer is written out; Python refuses to write thousands of digits."""


def brief(value: Any) -> str:
    """Return a description of a value: its content when small, else its kind and shape.

    Returns:
        One line of at most `MAX_TEXT` characters.
    """
    text = _brief(value)
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"


def brief_call(name: str, arguments: tuple[Any, ...], keywords: Mapping[str, Any]) -> str:
    """Return a call as a learner would type it, with long arguments shortened."""
    parts = [brief_argument(value) for value in arguments]
    parts += [f"{key}={brief_argument(value)}" for key, value in keywords.items()]
    return f"{name}({', '.join(parts)})"


def brief_argument(value: Any) -> str:
    """Return an argument of a call; show few integers as a list, other arrays by shape."""
    if isinstance(value, np.ndarray) and value.ndim:
        few = value.size <= MAX_ITEMS and value.dtype.kind in "iub"
        return str(value.tolist()) if few else f"<array {value.shape}>"
    if type(value) in (list, tuple) and _has_array(value):
        inside = ", ".join(brief_argument(part) for part in value)
        return f"[{inside}]" if isinstance(value, list) else f"({inside})"
    if type(value) is dict and _has_array(value.values()):
        return "{" + ", ".join(f"{_brief(key)}: …" for key in list(value)[:4]) + "}"
    return _brief(value)


def brief_name(name: object) -> str:
    """Return a column's name as it is; quote and escape a name that is no printable line."""
    text = str(name)
    return text if text.isprintable() else repr(text)


def _has_array(values: Iterable[Any]) -> bool:
    return any(isinstance(value, np.ndarray) for value in values)


def _brief(value: Any) -> str:
    kind = type(value)
    if kind.__module__.startswith("pandas") and hasattr(value, "head"):
        return _table(value)
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, (float, np.floating)):
        return f"{float(value):.6g}"
    if isinstance(value, np.generic):
        return repr(value.item())
    if kind in (list, tuple, set, frozenset):
        return _sequence(value)
    if kind is dict:
        return _mapping(value)
    if kind is str and len(value) > 60:
        return repr(value[:60] + "…")
    if kind is int and value.bit_length() > MAX_BITS:
        return _("a number of {n} bits").format(n=value.bit_length())
    if kind is bytes and len(value) > 60:
        return repr(value[:60]) + "…"
    if hasattr(value, "_handle"):
        return _proxy(value)
    return repr(value)


def _array(array: np.ndarray) -> str:
    if array.ndim == 0:
        return _brief(array.item())
    if array.size <= MAX_ITEMS:
        text = np.array2string(array, precision=4, separator=", ", max_line_width=10_000)
        shown = text.replace("\n", "")
        return _("{values} (shape {shape})").format(values=shown, shape=array.shape)
    first = ", ".join(_brief(part) for part in array.ravel()[:3])
    text = _("array of shape {shape}, {dtype}, {values}")
    return text.format(shape=array.shape, dtype=array.dtype, values=f"[{first}, …]")


def _table(value: Any) -> str:
    if hasattr(value, "columns"):
        columns = ", ".join(brief_name(name) for name in value.columns[:8])
        text = _("frame of {n} rows with columns {columns}")
        return text.format(n=len(value), columns=columns)
    first = ", ".join(f"{_brief(key)}: {_brief(part)}" for key, part in value.head(3).items())
    shown = f"{{{first}{', …' if len(value) > 3 else ''}}}"
    return _("series of {n} entries {values}").format(n=len(value), values=shown)


def _sequence(value: Any) -> str:
    parts = [_brief(part) for part in list(value)[:MAX_ITEMS]]
    if len(value) > MAX_ITEMS:
        parts.append("…")
    inside = ", ".join(parts)
    if isinstance(value, tuple):
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    if isinstance(value, list):
        return f"[{inside}]"
    return f"{{{inside}}}" if value else "set()"


def _mapping(value: dict[Any, Any]) -> str:
    parts = [f"{_brief(k)}: {_brief(v)}" for k, v in list(value.items())[:4]]
    return "{" + ", ".join(parts + (["…"] if len(value) > 4 else [])) + "}"


def _proxy(value: Any) -> str:
    return str(value._label) if value._is_ours else f"<{value._handle.type_name}>"

"""Plain data, which passes between a check and a submission by value.

None, bool, int, float, complex, str, bytes, list, tuple, dict, set, NumPy arrays and scalars,
pandas frames and series pass as copies. Tensors, variables and pandas' other arrays arrive as NumPy
arrays. Any other object stays where the learner's code made it, and a `Handle` stands for it.

Only the exact types count, because an object of a subclass may lie about its value.
"""

import sys
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.util.i18n import _

MAX_DEPTH = 40

_ATOMS = (type(None), bool, int, float, complex, str, bytes)
_SCALARS = frozenset(np.sctypeDict.values()) - {np.object_, np.void}
_KINDS = frozenset("biufcmMSUO")
_SEQUENCES = (list, tuple, set, frozenset)
_MAPPINGS = (dict, OrderedDict, defaultdict, Counter)


@dataclass(frozen=True)
class Handle:
    """A reference to an object on the other side.

    Attributes:
        number: The number under which the engine holds the object.
        type_name: The name of the object's type.
    """

    number: int
    type_name: str


def by_value(value: Any, otherwise: Callable[[Any], Any], depth: int = 0) -> Any:
    """Return a copy of a value in plain data.

    Args:
        value: Any object.
        otherwise: Returns the replacement of a part that is not plain data.
        depth: The number of containers around the value.

    Raises:
        ValueError: Containers are nested deeper than `MAX_DEPTH`, in a list inside itself for
            example.
    """
    if depth > MAX_DEPTH:
        raise ValueError(_("the value is nested more than {n} levels deep").format(n=MAX_DEPTH))
    kind = type(value)
    if kind in _ATOMS or kind in _SCALARS:
        return value
    if kind in _SEQUENCES:
        if holds_atoms(value):
            return kind(value)
        return kind(by_value(part, otherwise, depth + 1) for part in value)
    if kind in _MAPPINGS:
        return {
            by_value(key, otherwise, depth + 1): by_value(part, otherwise, depth + 1)
            for key, part in value.items()
        }
    if kind is range:
        return list(value)
    if kind is np.ndarray:
        return _array(value, otherwise, depth)
    if _is_table(value):
        return value.copy() if _holds_data(value) else otherwise(value)
    if _is_tensor(value):
        return _array(np.array(value), otherwise, depth)
    if _is_pandas_array(value):
        return _array(np.asarray(value), otherwise, depth)
    return otherwise(value)


def holds_atoms(values: Iterable[object], atoms: frozenset[type] = frozenset(_ATOMS)) -> bool:
    """Return whether all values have exactly these types; as fast as millions of values need."""
    return atoms.issuperset(map(type, values))


def _array(array: np.ndarray, otherwise: Callable[[Any], Any], depth: int) -> Any:
    if array.dtype.kind not in _KINDS:
        return otherwise(array)
    if array.dtype == object:
        copy = np.empty(array.shape, dtype=object)
        for position, part in np.ndenumerate(array):
            copy[position] = by_value(part, otherwise, depth + 1)
        return copy
    return array.copy()


def _is_table(value: object) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and type(value) in (pandas.DataFrame, pandas.Series)


def _holds_data(table: Any) -> bool:
    """Return whether the cells and labels of a frame or series are plain data."""
    columns = [table]
    if table.ndim == 2:
        of_objects = [k for k, dtype in enumerate(table.dtypes) if dtype.kind == "O"]
        columns = [table.iloc[:, k] for k in of_objects]
    arrays = [*columns, *table.axes]
    return all(
        type(part) in _ATOMS or type(part) in _SCALARS or type(part) in _SEQUENCES
        for array in arrays
        if array.dtype == object
        for part in array
    )


def _is_pandas_array(value: object) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(
        value, (pandas.Index, pandas.api.extensions.ExtensionArray)
    )


def _is_tensor(value: object) -> bool:
    """Return whether a value is a TensorFlow tensor or a Keras variable that holds numbers."""
    kind = type(value)
    home = kind.__module__.partition(".")[0]
    return home in {"tensorflow", "keras"} and callable(getattr(value, "numpy", None))

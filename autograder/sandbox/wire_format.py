"""The protocol between judge and worker: plain data as JSON and raw array bytes.

A message is a JSON document and the bytes of its arrays, preceded by both lengths. The receiver
limits the lengths before it reads, checks the document node by node, and unpickles or evaluates
nothing.
"""

import json
import socket
import struct
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograder.engine.plain_data import MAX_DEPTH, Handle, holds_atoms
from autograder.util.i18n import _
from autograder.util.text import whole_text

MAX_JSON = 8 * 2**20
MAX_BYTES = 64 * 2**20

Array = np.ndarray[Any, Any]
Node = dict[str, Any]

_FRAME = struct.Struct(">QQ")
_RAW_KINDS = frozenset("biufcmMS")
_NUMBERS = frozenset({type(None), bool, int, float})
_JSON_ATOMS = _NUMBERS | {str}


class ProtocolError(ValueError):
    """Report that a message breaks the rules of the protocol; the text names the rule."""


def send(connection: socket.socket, value: Any, until: float | None = None) -> None:
    """Send plain data (see `engine.plain_data`) and handles.

    Args:
        connection: The socket of the other side.
        value: The plain data.
        until: The reading of `time.monotonic` at which to give up, None to wait for ever.

    Raises:
        ProtocolError: The value is too large, or is no plain data.
        OSError: The other side is gone.
        TimeoutError: The other side does not read in time.
    """
    parts = pack(value)
    connection.settimeout(_left(until))
    for part in parts:
        connection.sendall(part)


def pack(value: Any) -> list[bytes]:
    """Return the bytes of a message, in parts.

    Raises:
        ProtocolError: The value is too large, or is no plain data.
    """
    blobs: list[bytes] = []
    try:
        text = json.dumps(_encode(value, blobs, 0), check_circular=False).encode()
    except (ValueError, RecursionError) as error:
        raise ProtocolError(
            _("the value cannot be passed on: {error}").format(error=error)
        ) from error
    size = sum(map(len, blobs))
    if len(text) > MAX_JSON or size > MAX_BYTES:
        raise ProtocolError(_("the value is too large: {n} MB").format(n=(len(text) + size) >> 20))
    return [_FRAME.pack(len(text), size) + text, *blobs]


def receive(connection: socket.socket, until: float | None = None) -> Any:
    """Return the next message as plain data; `until` as in `send`.

    Raises:
        ProtocolError: The message breaks the rules of the protocol.
        EOFError: The other side is gone.
        TimeoutError: The message does not arrive in time.
    """
    n_text, n_bytes = _FRAME.unpack(_read(connection, _FRAME.size, until))
    if n_text > MAX_JSON or n_bytes > MAX_BYTES:
        raise ProtocolError(_("a message of {n} MB is refused").format(n=(n_text + n_bytes) >> 20))
    text = _read(connection, n_text, until)
    blobs = _Blobs(_read(connection, n_bytes, until), until)
    try:
        value = _decode(json.loads(text), blobs, 0)
        blobs.close()
    except (ProtocolError, TimeoutError):
        raise
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError, MemoryError) as error:
        raise ProtocolError(_("a malformed message: {error}").format(error=error)) from error
    return value


def _read(connection: socket.socket, size: int, until: float | None) -> bytearray:
    buffer = bytearray(size)
    view = memoryview(buffer)
    while view:
        connection.settimeout(_left(until))
        try:
            n = connection.recv_into(view)
        except ConnectionError:
            n = 0
        if n == 0:
            raise EOFError(_("the other side is gone"))
        view = view[n:]
    return buffer


def _left(until: float | None) -> float | None:
    if until is None:
        return None
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class _Blobs:
    """The raw bytes of a message, which arrays take in order."""

    def __init__(self, data: bytearray, until: float | None = None):
        self.until = until
        self._data = memoryview(data)

    def take(self, size: int) -> bytes:
        if size > len(self._data):
            raise ProtocolError(_("an array is longer than its message"))
        part, self._data = self._data[:size], self._data[size:]
        return bytes(part)

    def close(self) -> None:
        if len(self._data):
            raise ProtocolError(_("a message is longer than its arrays"))


# Encoding


def _encode(value: Any, blobs: list[bytes], depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise ProtocolError(_("the value is nested too deep"))
    kind = type(value)
    if value is None or kind in (bool, int, float, str):
        return value
    if kind in _TAGS:
        if holds_atoms(value, _JSON_ATOMS):
            return {_TAGS[kind]: list(value)}
        return {_TAGS[kind]: [_encode(part, blobs, depth + 1) for part in value]}
    if kind is dict:
        pairs = ([_encode(part, blobs, depth + 1) for part in pair] for pair in value.items())
        return {"dict": list(pairs)}
    if kind is Handle:
        return {"handle": [value.number, value.type_name]}
    if kind is bytes:
        blobs.append(value)
        return {"bytes": len(value)}
    if kind is complex:
        return {"complex": [value.real, value.imag]}
    if kind is np.ndarray:
        return _encode_array(value, blobs, depth)
    if isinstance(value, np.generic):
        return {"scalar": _encode_array(np.asarray(value), blobs, depth)}
    return _encode_table(value, blobs, depth)


_TAGS: dict[type, str] = {list: "list", tuple: "tuple", set: "set", frozenset: "frozenset"}


def _encode_array(array: Array, blobs: list[bytes], depth: int) -> Node:
    shape = list(array.shape)
    if array.dtype.kind in _RAW_KINDS:
        blobs.append(np.ascontiguousarray(array).tobytes())
        return {"array": [array.dtype.str, shape]}
    if array.dtype.kind == "U":
        return {"texts": [array.dtype.itemsize // 4, shape, array.ravel().tolist()]}
    if array.dtype == object:
        return {"objects": [shape, [_encode(part, blobs, depth + 1) for part in array.flat]]}
    raise ProtocolError(_("an array of {dtype} cannot pass").format(dtype=array.dtype))


def _encode_table(value: Any, blobs: list[bytes], depth: int) -> Node:
    import pandas as pd

    if type(value) is pd.Series:
        name = _encode(value.name, blobs, depth + 1)
        return {"series": [name, _column(value.index, blobs, depth), _column(value, blobs, depth)]}
    if type(value) is pd.DataFrame:
        axes = [_column(axis, blobs, depth) for axis in (value.columns, value.index)]
        columns = [_column(value.iloc[:, k], blobs, depth) for k in range(value.shape[1])]
        return {"frame": [*axes, columns]}
    raise ProtocolError(_("a {kind} cannot pass").format(kind=type(value).__name__))


def _column(values: Any, blobs: list[bytes], depth: int) -> list[Any]:
    """Return a column or index as [pandas' own dtype or "", its name, its array]."""
    levels = getattr(values, "nlevels", 1) > 1
    own = "levels" if levels else "str" if str(values.dtype) in {"str", "string"} else ""
    array = np.asarray(values, dtype=object if own else None)
    name = _encode(list(values.names) if levels else values.name, blobs, depth + 1)
    return [own, name, _encode_array(array, blobs, depth + 1)]


# Decoding


def _decode(node: Any, blobs: _Blobs, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise ProtocolError(_("a message is nested too deep"))
    _left(blobs.until)
    if node is None or type(node) in (bool, int, float):
        return node
    if type(node) is str:
        return whole_text(node)
    if type(node) is not dict or len(node) != 1:
        raise ProtocolError(_("a message holds a node of no known kind"))
    [(tag, content)] = node.items()
    if tag not in _READERS:
        raise ProtocolError(_("a message holds a node of no known kind"))
    return _READERS[tag](content, blobs, depth + 1)


def _parts(content: Any, blobs: _Blobs, depth: int) -> Iterator[Any]:
    if type(content) is not list:
        raise ProtocolError(_("a message holds no list where one belongs"))
    if holds_atoms(content, _NUMBERS):
        return iter(content)
    return (_decode(part, blobs, depth) for part in content)


def _read_dict(content: Any, blobs: _Blobs, depth: int) -> dict[Any, Any]:
    return dict(tuple(_parts(pair, blobs, depth)) for pair in content)


def _read_handle(content: Any, blobs: _Blobs, depth: int) -> Handle:
    number, type_name = content
    if type(number) is not int or type(type_name) is not str or len(type_name) > 200:
        raise ProtocolError(_("a message holds a malformed handle"))
    return Handle(number, type_name)


def _read_array(content: Any, blobs: _Blobs, depth: int) -> Array:
    name, shape = content
    dtype = np.dtype(name)
    if dtype.kind not in _RAW_KINDS or dtype.hasobject or dtype.names:
        raise ProtocolError(_("an array of {dtype} is refused").format(dtype=dtype))
    size = _size(shape) * dtype.itemsize
    return np.frombuffer(blobs.take(size), dtype=dtype).reshape(shape).copy()


def _read_scalar(content: Any, blobs: _Blobs, depth: int) -> Any:
    array = _decode(content, blobs, depth)
    if not isinstance(array, np.ndarray) or array.shape != ():
        raise ProtocolError(_("a message holds a malformed number"))
    return array[()]


def _read_texts(content: Any, blobs: _Blobs, depth: int) -> Array:
    width, shape, texts = content
    fits = type(width) is int and width >= 0 and 4 * width * _size(shape) <= MAX_BYTES
    if not fits or not all(type(t) is str for t in texts) or len(texts) != _size(shape):
        raise ProtocolError(_("a message holds malformed texts"))
    return np.array(texts, dtype=f"<U{max(width, 1)}").reshape(shape)


def _read_objects(content: Any, blobs: _Blobs, depth: int) -> Array:
    shape, parts = content
    array = np.empty(len(parts), dtype=object)
    if len(parts) != _size(shape):
        raise ProtocolError(_("a message holds a malformed array"))
    for k, part in enumerate(_parts(parts, blobs, depth)):
        array[k] = part
    return array.reshape(shape)


def _size(shape: Any) -> int:
    if type(shape) is not list or not all(type(n) is int and n >= 0 for n in shape):
        raise ProtocolError(_("a message holds a malformed shape"))
    size = 1
    for n in shape:
        size *= n
    if size > MAX_BYTES or len(shape) > 32:
        raise ProtocolError(_("a message holds too large an array"))
    return size


def _read_series(content: Any, blobs: _Blobs, depth: int) -> Any:
    import pandas as pd

    name, index, values = content
    name = _decode(name, blobs, depth)
    index = _read_column(index, blobs, depth)
    return pd.Series(_read_column(values, blobs, depth).array, index=index, name=name)


def _read_frame(content: Any, blobs: _Blobs, depth: int) -> Any:
    import pandas as pd

    columns, index, data = content
    columns, index = (_read_column(axis, blobs, depth) for axis in (columns, index))
    series = [_read_column(part, blobs, depth) for part in data]
    if any(len(part) != len(index) for part in series) or len(series) != len(columns):
        raise ProtocolError(_("a message holds a malformed frame"))
    frame = pd.DataFrame(dict(enumerate(part.array for part in series)), index=index)
    frame.columns = columns
    return frame


def _read_column(content: Any, blobs: _Blobs, depth: int) -> Any:
    import pandas as pd

    own, name, node = content
    values = _decode(node, blobs, depth)
    if not isinstance(values, np.ndarray) or values.ndim != 1 or own not in {"", "str", "levels"}:
        raise ProtocolError(_("a message holds a malformed column"))
    if own == "levels":
        return pd.MultiIndex.from_tuples(values, names=_decode(name, blobs, depth))
    return pd.Index(values, dtype=own or None, name=_decode(name, blobs, depth))


_READERS: dict[str, Callable[[Any, _Blobs, int], Any]] = {
    "list": lambda c, b, d: list(_parts(c, b, d)),
    "tuple": lambda c, b, d: tuple(_parts(c, b, d)),
    "set": lambda c, b, d: set(_parts(c, b, d)),
    "frozenset": lambda c, b, d: frozenset(_parts(c, b, d)),
    "dict": _read_dict,
    "handle": _read_handle,
    "bytes": lambda c, b, d: b.take(c),
    "complex": lambda c, b, d: complex(*c),
    "array": _read_array,
    "scalar": _read_scalar,
    "texts": _read_texts,
    "objects": _read_objects,
    "series": _read_series,
    "frame": _read_frame,
}

"""Plain data crosses the protocol unchanged, and the receiver refuses anything else."""

import json
import socket
import struct
import threading
import time
from collections import OrderedDict
from contextlib import suppress

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.engine.plain_data import Handle
from autograder.sandbox import wire_format
from autograder.sandbox.wire_format import ProtocolError


def sent(value):
    """Return the value that arrives when the other side sends this value."""
    parts = wire_format.pack(value)
    return arrived(b"".join(parts))


def arrived(message: bytes):
    """Return the value that these bytes hold; the other side then hangs up."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        sender = threading.Thread(target=_send_and_close, args=(theirs, message))
        sender.start()
        try:
            return wire_format.receive(ours, time.monotonic() + 30)
        finally:
            ours.close()
            sender.join()


def _send_and_close(connection, message):
    with suppress(OSError):
        connection.sendall(message)
        connection.shutdown(socket.SHUT_WR)


def framed(text: str, blobs: bytes = b"") -> bytes:
    return struct.pack(">QQ", len(text.encode()), len(blobs)) + text.encode() + blobs


atoms = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary(max_size=50)
    | st.complex_numbers(allow_nan=False)
)
hashable = st.integers() | st.text() | st.tuples(st.integers(), st.text())
plain = st.recursive(
    atoms,
    lambda inner: (
        st.lists(inner)
        | st.tuples(inner, inner)
        | st.dictionaries(hashable, inner)
        | st.sets(hashable)
        | st.frozensets(hashable)
    ),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(plain)
def test_plain_data_arrives_as_it_was(value):
    got = sent(value)
    assert got == value
    assert type(got) is type(value)


def test_half_a_character_becomes_a_question_mark():
    assert sent(["a\ud800b"]) == ["a?b"]


ARRAYS = {
    "float32": np.arange(6, dtype="float32").reshape(2, 3),
    "big-endian": np.arange(4, dtype=">i8"),
    "empty": np.zeros((0, 4)),
    "zero-dimensional": np.array(3.5),
    "not contiguous": np.arange(12).reshape(3, 4)[:, ::2],
    "fortran": np.asfortranarray(np.arange(6).reshape(2, 3)),
    "booleans": np.array([True, False]),
    "complex": np.array([1 + 2j]),
    "dates": np.array(["2020-01-01", "NaT"], dtype="datetime64[D]"),
    "texts": np.array([["a", "ü"], ["", "long text"]]),
    "bytes": np.array([b"a", b"bcd"]),
    "objects": np.array(["a", None, 3, (1, 2)], dtype=object),
    "nan": np.array([np.nan, np.inf, -0.0]),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_an_array_arrives_with_its_type_and_shape(name):
    array = ARRAYS[name]
    got = sent(array)
    assert got.dtype == array.dtype
    assert got.shape == array.shape
    assert got.flags.writeable
    if array.dtype == object:
        assert got.tolist() == array.tolist()
    else:
        np.testing.assert_array_equal(got, array)


@pytest.mark.parametrize("scalar", [np.float32(0.1), np.int64(-3), np.bool_(True), np.str_("a")])
def test_a_numpy_scalar_stays_one(scalar):
    got = sent(scalar)
    assert type(got) is type(scalar)
    assert got == scalar


FRAMES = {
    "mixed": pd.DataFrame({"user": [1, 2], "title": ["a", None], "rating": [0.5, np.nan]}),
    "empty": pd.DataFrame(),
    "no rows": pd.DataFrame({"user": pd.Series(dtype="int32")}),
    "labelled": pd.DataFrame({"x": [1, 2]}, index=pd.Index(["a", "b"], name="key")),
    "same names": pd.DataFrame([[1, 2.5]], columns=["x", "x"]),
    "numbered columns": pd.DataFrame(np.arange(4).reshape(2, 2)),
    "two levels": pd.DataFrame({"x": [1]}, index=pd.MultiIndex.from_tuples([(1, "a")])),
}


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_arrives_with_labels_and_types(name):
    pd.testing.assert_frame_equal(
        sent(FRAMES[name]), FRAMES[name], check_index_type=False, check_column_type=False
    )


def test_a_series_arrives_with_its_name():
    series = pd.Series([3, 1], index=pd.Index([10, 20], name="movieId"), name="count")
    pd.testing.assert_series_equal(sent(series), series)


def test_a_handle_arrives_as_a_handle():
    assert sent([Handle(3, "Model")]) == [Handle(3, "Model")]


UNSENDABLE = {
    "an object": object(),
    "a function": len,
    "a subclass of float": type("Sly", (float,), {})(1.0),
    "a subclass of dict": OrderedDict(a=1),
    "a huge number": 10**5000,
    "structured": np.zeros(2, dtype=[("a", "i4")]),
    "too much": np.zeros(wire_format.MAX_BYTES + 1, dtype="uint8"),
    "too long a text": "x" * (wire_format.MAX_JSON + 1),
}


@pytest.mark.parametrize("name", UNSENDABLE)
def test_what_is_no_plain_data_is_refused_by_the_sender(name):
    with pytest.raises(ProtocolError):
        wire_format.pack(UNSENDABLE[name])


def nested(levels: int):
    value: list = []
    for _level in range(levels):
        value = [value]
    return value


def test_a_value_nested_too_deep_is_refused_by_the_sender():
    with pytest.raises(ProtocolError):
        wire_format.pack(nested(5000))


MALFORMED = {
    "no JSON": framed("{"),
    "not UTF-8": struct.pack(">QQ", 1, 0) + b"\xff",
    "bare list": framed("[1, 2]"),
    "unknown kind": framed('{"pickle": "gASVAAAAAA=="}'),
    "two kinds": framed('{"list": [], "dict": []}'),
    "deep": framed('{"list": [' * 5000 + "]}" * 5000),
    "very deep": framed("[" * 1_000_000),
    "long number": framed("1" * 10_000),
    "object array": framed('{"array": ["O", [1]]}', b"12345678"),
    "void array": framed('{"array": ["V8", [1]]}', b"12345678"),
    "structured array": framed('{"array": ["i4,i4", [1]]}', b"12345678"),
    "type by name": framed('{"array": ["numpy.matrix", [1]]}', b"12345678"),
    "longer than its bytes": framed('{"array": ["<f8", [2]]}', b"12345678"),
    "shorter than its bytes": framed('{"array": ["<f8", [1]]}', b"12345678" * 2),
    "huge shape": framed('{"array": ["<f8", [4000000000, 4000000000]]}'),
    "many empty dimensions": framed(json.dumps({"array": ["<f8", [0] * 100]})),
    "negative shape": framed('{"array": ["<f8", [-1]]}'),
    "shape of floats": framed('{"array": ["<f8", [1.0]]}', b"12345678"),
    "bytes beyond": framed('{"bytes": 10}', b"123"),
    "negative bytes": framed('{"bytes": -1}', b"123"),
    "bytes by text": framed('{"bytes": "3"}', b"123"),
    "unhashable key": framed('{"dict": [[{"list": []}, 1]]}'),
    "half a pair": framed('{"dict": [[1]]}'),
    "dict of text": framed('{"dict": "ab"}'),
    "set of lists": framed('{"set": [{"list": []}]}'),
    "handle of text": framed('{"handle": ["1", "Model"]}'),
    "handle without name": framed('{"handle": [1]}'),
    "scalar of two": framed('{"scalar": {"array": ["<f8", [2]]}}', b"12345678" * 2),
    "texts of numbers": framed('{"texts": [1, [1], [5]]}'),
    "huge text width": framed('{"texts": [1000000000, [1], ["a"]]}'),
    "objects that do not fit": framed('{"objects": [[3], [1]]}'),
    "frame of uneven columns": framed(
        '{"frame": [["", null, {"texts": [1, [1], ["a"]]}], ["", null, {"array": ["<i8", [1]]}],'
        ' [["", null, {"array": ["<i8", [2]]}]]]}',
        bytes(24),
    ),
    "series of nothing": framed('{"series": [null, null, null]}'),
    "null content": framed('{"list": null}'),
    "complex of text": framed('{"complex": ["1", "2"]}'),
    "announces too much": struct.pack(">QQ", 2**60, 0),
    "announces too many bytes": struct.pack(">QQ", 2, 2**60) + b"{}",
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_message_is_refused_in_a_sentence(name):
    with pytest.raises(ProtocolError) as refusal:
        arrived(MALFORMED[name])
    assert 0 < len(str(refusal.value)) < 400


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_noise_is_refused_and_breaks_nothing(noise):
    with pytest.raises((ProtocolError, EOFError)):
        arrived(noise)


@settings(max_examples=300, deadline=None)
@given(
    st.recursive(
        st.none() | st.integers() | st.text() | st.floats(),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from(sorted(wire_format._READERS)), inner, max_size=2)
        ),
        max_leaves=30,
    ),
    st.binary(max_size=64),
)
def test_documents_close_to_the_language_break_nothing(document, blobs):
    with suppress(ProtocolError):
        arrived(framed(json.dumps(document), blobs))


def test_a_message_that_drips_is_given_up_in_time():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        stop = threading.Event()

        def drip():
            while not stop.is_set():
                try:
                    theirs.send(b"\0")
                except OSError:
                    return
                stop.wait(0.05)

        dripping = threading.Thread(target=drip)
        dripping.start()
        with pytest.raises(TimeoutError):
            wire_format.receive(ours, time.monotonic() + 0.3)
        stop.set()
        dripping.join()


def test_a_side_that_hangs_up_is_told():
    with pytest.raises(EOFError):
        arrived(b"\0\0")

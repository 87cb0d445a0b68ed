"""The view that a check has of a learner's functions, and the values that pass by value."""

import collections

import numpy as np
import pandas as pd
import pytest

from autograder.checking.proxies import MissingFunction, Proxy, SubmissionProxy
from autograder.engine.exceptions import of_learner
from autograder.engine.local import LocalEngine


def submission_of(**names) -> SubmissionProxy:
    return SubmissionProxy(LocalEngine(names, lambda filename: filename == __file__))


def same(value):
    return value


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        3,
        2.5,
        "text",
        b"bytes",
        [1, [2, "x"]],
        (1, 2),
        {"a": [1], 3: {"b": None}},
        {1, 2},
        np.float32(1.5),
        np.int64(7),
    ],
)
def test_plain_values_pass_unchanged(value):
    answer = submission_of(f=same).f(value)
    assert answer == value
    assert type(answer) is type(value)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6).reshape(2, 3),
        np.array([1.5, np.nan], dtype="float32"),
        np.array(["a", "b"]),
        np.array(["a", None, 3], dtype=object),
        np.zeros((0, 4)),
        np.array(3),
    ],
)
def test_arrays_pass_with_shape_and_dtype(array):
    answer = submission_of(f=same).f(array)
    np.testing.assert_array_equal(answer, array)
    assert answer.dtype == array.dtype
    assert answer is not array


def test_frames_series_and_indexes_pass():
    frame = pd.DataFrame({"user": [1, 2]}, index=[5, 7])
    submission = submission_of(f=same, unique=lambda s: s.unique(), index=lambda f: f.index)
    pd.testing.assert_frame_equal(submission.f(frame), frame)
    pd.testing.assert_series_equal(submission.f(frame["user"]), frame["user"])
    assert submission.index(frame).tolist() == [5, 7]
    assert type(submission.unique(pd.Series(["a", "b", "a"]))) is np.ndarray


def test_tensors_and_variables_arrive_as_arrays():
    import keras
    import tensorflow as tf

    submission = submission_of(
        tensor=lambda: tf.constant([1.0, 2.0]),
        variable=lambda: keras.Variable([3.0]),
        mixed=lambda: {"a": [tf.constant(1)]},
    )
    assert submission.tensor().tolist() == [1, 2]
    assert submission.variable().tolist() == [3]
    assert submission.mixed()["a"][0].item() == 1


def test_known_kinds_of_dict_arrive_as_dicts():
    counted = submission_of(f=lambda: collections.Counter("aab")).f()
    assert counted == {"a": 2, "b": 1}
    assert type(counted) is dict


class Liar(float):
    def __eq__(self, other):
        return True

    __hash__ = float.__hash__


class ArrayLiar(np.ndarray):
    pass


@pytest.mark.parametrize(
    "value", [Liar(0), np.zeros(2).view(ArrayLiar), collections.namedtuple("P", "x")(1), object()]
)
def test_objects_of_subclasses_are_no_data(value):
    answer = submission_of(f=lambda: value).f()
    assert isinstance(answer, Proxy)
    assert (answer == 0.0) is False
    with pytest.raises(TypeError):
        np.asarray([answer])


def test_other_objects_are_proxies_that_can_be_used_and_handed_back():
    class Model:
        size = 3
        names = ["a", "b"]

        def predict(self, x, *, times=1):
            return np.asarray(x) * times * self.size

        def __getitem__(self, key):
            return key * 2

        def __len__(self):
            return 4

    submission = submission_of(make=Model, size_of=lambda model: model.size)
    model = submission.make()
    assert isinstance(model, Proxy)
    assert model.size == 3
    assert model.names == ["a", "b"]
    assert model.predict([1, 2], times=2).tolist() == [6, 12]
    assert model[5] == 10
    assert len(model) == 4
    assert submission.size_of(model) == 3


def test_objects_inside_containers_stay_proxies():
    submission = submission_of(f=lambda: (object(), {"k": [object()]}), count=len)
    pair = submission.f()
    assert isinstance(pair[0], Proxy)
    assert isinstance(pair[1]["k"][0], Proxy)
    assert submission.count(pair) == 2


def test_arguments_are_copies_unless_kept():
    def spoil(x):
        x[0] = 99
        return 0

    submission = submission_of(f=spoil)
    array = np.zeros(3)
    submission.f(array)
    assert array.tolist() == [0, 0, 0]
    kept = submission.keep(array)
    submission.f(kept)
    assert submission.read(kept).tolist() == [99, 0, 0]
    assert array.tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (KeyError("ann"), KeyError),
        (ValueError("bad"), ValueError),
        (ZeroDivisionError("x"), ZeroDivisionError),
        (SystemExit(3), RuntimeError),
        (type("Own", (LookupError,), {})("mine"), LookupError),
        (type("Odd", (Exception,), {})("odd"), RuntimeError),
    ],
)
def test_exceptions_keep_their_built_in_type_and_text(error, kind):
    def fail():
        raise error

    with pytest.raises(kind) as caught:
        submission_of(f=fail).f()
    assert str(error).strip("'") in str(caught.value)
    raised = of_learner(caught.value)
    assert raised.type_name == type(error).__name__
    assert "raise error" in raised.where


def test_an_exception_whose_text_fails_does_no_harm():
    class Nasty(Exception):
        def __str__(self):
            raise RuntimeError

    def fail():
        raise Nasty

    with pytest.raises(RuntimeError):
        submission_of(f=fail).f()


def test_a_list_inside_itself_is_refused_with_a_reason():
    def loop():
        x = []
        x.append(x)
        return x

    with pytest.raises(ValueError, match="levels deep"):
        submission_of(f=loop).f()


def test_an_endless_loop_is_interrupted(monkeypatch):
    monkeypatch.setattr("autograder.engine.local.CALL_SECONDS", 0.2)

    def forever():
        while True:
            pass

    with pytest.raises(TimeoutError):
        submission_of(f=forever).f()


@pytest.mark.parametrize("names", [{}, {"f": 5}, {"f": [1]}])
def test_what_is_no_function_is_said(names):
    with pytest.raises(MissingFunction):
        submission_of(**names).f  # noqa: B018


def test_calls_are_recorded_as_a_learner_would_type_them():
    submission = submission_of(f=lambda *a, **k: object(), g=lambda x: x)
    submission.f([1, 2], np.zeros((5, 3)), name="a")
    assert submission.calls() == "f([1, 2], <array (5, 3)>, name='a')"
    submission.g(1)
    assert submission.calls() == "g(1)"


def test_what_several_checks_ask_is_asked_once():
    asked, memory = [], {}
    engine = LocalEngine({"f": asked.append}, lambda filename: filename == __file__)

    def ask(submission):
        return submission.once("name", lambda: (submission.f(1), len(asked)))

    first, second = (SubmissionProxy(engine, memory) for _number in range(2))
    assert ask(first) == ask(second) == (None, 1)
    assert asked == [1]
    assert second.calls() == first.calls() == "f(1)"


def test_what_an_asking_raises_is_not_kept():
    answers = iter([ValueError("not yet"), 7])

    def f():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    submission = submission_of(f=f)
    with pytest.raises(ValueError, match="not yet"):
        submission.once("name", submission.f)
    assert submission.once("name", submission.f) == 7


def test_joint_calls_are_made_once_and_count_for_all_checks():
    memory = {}
    for _check in range(2):
        submission = SubmissionProxy(LocalEngine({"f": same}, lambda _name: False), memory)
        asked = []

        def ask(submission=submission, asked=asked):
            asked.append(submission.f(1))
            return True

        assert submission.jointly("all", ask)
        assert submission.functions_called == {"f"}
        assert submission.calls() == "f(1)"
    assert asked == []


@pytest.mark.parametrize("kind", [ValueError, NotImplementedError, TimeoutError, None])
def test_joint_calls_that_show_less_leave_no_trace(kind):
    def f(x):
        if kind is not None and x:
            raise kind("no")
        return x

    begun, asked = [], []
    engine = LocalEngine({"f": f, "g": same}, lambda _name: False)
    submission = SubmissionProxy(engine, begin=lambda: begun.append(1))
    submission.g(0)

    def ask():
        asked.append(1)
        return submission.f(1) == 2

    assert not submission.jointly("all", ask)
    assert not submission.jointly("all", ask)
    assert asked == begun == [1]
    assert submission.calls() == "g(0)"
    assert submission.functions_called == {"g"}

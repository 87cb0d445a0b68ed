"""The side of the wall that runs the learner's code and holds no secret.

An `Engine` owns the learner's namespace and every object made in it. It is spoken to in plain data
and handles (see `values`), whether it lives in this process or in another.
"""

import random
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager

from autograder import materials
from autograder.deadline import deadline
from autograder.i18n import _
from autograder.raised import record
from autograder.values import Handle, by_value

CALL_SECONDS = 60
MAX_OBJECTS = 10_000


class Engine:
    """Answers reads and calls on the names of one submission.

    `is_learners(filename)` tells which frames of a traceback to show; `limit()` is the context that
    bounds one call. What the learner's code raises arrives as `Raised.exception()`: the same
    built-in type, marked as the learner's.
    """

    def __init__(
        self,
        namespace: dict,
        is_learners: Callable[[str], bool],
        limit: Callable[[], AbstractContextManager] = lambda: deadline(CALL_SECONDS),
    ):
        self._namespace = namespace
        self._is_learners = is_learners
        self._limit = limit
        self._objects = []
        self._most = MAX_OBJECTS

    def names(self) -> frozenset[str]:
        """The names that the submission defines."""
        return frozenset(self._namespace)

    def name(self, name: str):
        """The value of a top-level name; `LookupError` where there is none."""
        return self._answer(lambda: self._namespace[name])

    def call(self, function: Handle, arguments: tuple, keywords: dict):
        """Call an object with copies of the arguments."""
        return self._answer(
            lambda: self._object(function)(
                *self._objects_in(arguments), **self._objects_in(keywords)
            )
        )

    def attribute(self, owner: Handle, name: str):
        """Read an attribute of an object."""
        return self._answer(lambda: getattr(self._object(owner), name))

    def item(self, owner: Handle, key):
        """Read an item of an object."""
        return self._answer(lambda: self._object(owner)[self._objects_in(key)])

    def length(self, owner: Handle) -> int:
        return self._answer(lambda: len(self._object(owner)))

    def keep(self, value) -> Handle:
        """Place a copy of a value here, so that what happens to it can be seen with `read`."""
        self._most = len(self._objects) + MAX_OBJECTS
        return self._handle(self._objects_in(value))

    def read(self, kept: Handle):
        """The present value of an object as plain data."""
        return self._answer(lambda: self._object(kept))

    def given(self, name: str, arguments: tuple, keywords: dict):
        """Make one of the kit's own objects (see `materials`) on this side."""
        return self._answer(
            lambda: getattr(materials, name)(
                *self._objects_in(arguments), **self._objects_in(keywords)
            )
        )

    def seed(self, seed: int) -> None:
        """Set the global random generators that the submission has loaded."""
        random.seed(seed)
        if "numpy" in sys.modules:
            sys.modules["numpy"].random.seed(seed)
        if "tensorflow" in sys.modules:
            sys.modules["tensorflow"].random.set_seed(seed)

    def _answer(self, act: Callable):
        try:
            with self._limit():
                value = act()
                self._most = len(self._objects) + MAX_OBJECTS
                return by_value(value, self._handle)
        except (Exception, SystemExit) as error:
            raised = record(error, self._is_learners)
        raise raised.exception()

    def _handle(self, value) -> Handle:
        if len(self._objects) >= self._most:
            raise ValueError(_("the answer holds more than {n} objects").format(n=MAX_OBJECTS))
        self._objects.append(value)
        return Handle(len(self._objects) - 1, type(value).__name__)

    def _object(self, handle: Handle):
        return self._objects[handle.number]

    def _objects_in(self, value):
        return by_value(value, self._resolve)

    def _resolve(self, value):
        if type(value) is Handle:
            return self._object(value)
        raise TypeError(_("a {kind} cannot be passed by value").format(kind=type(value).__name__))

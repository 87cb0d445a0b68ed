"""The engine beside the learner's code: it owns their namespace and every object made in it."""

import random
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager

from autograder.engine import fixtures
from autograder.engine.exceptions import record
from autograder.engine.plain_data import Handle, by_value
from autograder.engine.timeouts import deadline
from autograder.util.i18n import _

CALL_SECONDS = 60
MAX_OBJECTS = 10_000


class LocalEngine:
    """An `Engine` (see `protocol`) whose learner's code runs in this process."""

    def __init__(
        self,
        namespace: dict,
        is_learners: Callable[[str], bool],
        limit: Callable[[], AbstractContextManager] = lambda: deadline(CALL_SECONDS),
    ):
        """Answer for a namespace.

        Args:
            namespace: The learner's top-level names.
            is_learners: Returns whether a file name in a traceback is the learner's.
            limit: Makes the context that bounds the time of one call.
        """
        self.namespace = namespace
        self._is_learners = is_learners
        self._limit = limit
        self._objects = []
        self._most = MAX_OBJECTS

    def names(self) -> frozenset[str]:
        """The names that the submission defines."""
        return frozenset(self.namespace)

    def name(self, name: str):
        """The value of a top-level name; `LookupError` where there is none."""
        return self._answer(lambda: self.namespace[name])

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
        """Make one of the kit's own objects (see `fixtures`) on this side."""
        return self._answer(
            lambda: getattr(fixtures, name)(
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

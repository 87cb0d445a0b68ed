"""The engine in the process of the learner's code, which owns their namespace and its objects."""

import random
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, cast

from autograder.engine import fixtures
from autograder.engine.deadline import deadline
from autograder.engine.exceptions import record
from autograder.engine.plain_data import Handle, by_value
from autograder.util.i18n import _

CALL_SECONDS = 60
MAX_OBJECTS = 10_000


class LocalEngine:
    """An `Engine` (see `protocol`) whose learner's code runs in this process."""

    def __init__(
        self,
        namespace: dict[str, Any],
        is_learners: Callable[[str], bool],
        limit: Callable[[], AbstractContextManager[object]] = lambda: deadline(CALL_SECONDS),
    ) -> None:
        """Answer for a namespace.

        Args:
            namespace: The learner's top-level names.
            is_learners: Returns whether a file name in a traceback is the learner's.
            limit: Makes the context that bounds the time of one call.
        """
        self.namespace = namespace
        self._is_learners = is_learners
        self._limit = limit
        self._objects: list[Any] = []
        self._most = MAX_OBJECTS

    def names(self) -> frozenset[str]:
        """Return the names that the submission defines."""
        return frozenset(self.namespace)

    def name(self, name: str) -> Any:
        """Return the value of a top-level name.

        Raises:
            LookupError: The submission does not define it.
        """
        return self._answer(lambda: self.namespace[name])

    def call(
        self, function: Handle, arguments: tuple[Any, ...], keywords: Mapping[str, Any]
    ) -> Any:
        """Call an object with copies of the arguments."""
        return self._answer(
            lambda: self._object(function)(
                *self._objects_in(arguments), **self._objects_in(keywords)
            )
        )

    def attribute(self, owner: Handle, name: str) -> Any:
        """Return an attribute of an object."""
        return self._answer(lambda: getattr(self._object(owner), name))

    def item(self, owner: Handle, key: Any) -> Any:
        """Return an item of an object."""
        return self._answer(lambda: self._object(owner)[self._objects_in(key)])

    def length(self, owner: Handle) -> int:
        """Return the length of an object."""
        return cast(int, self._answer(lambda: len(self._object(owner))))

    def keep(self, value: Any) -> Handle:
        """Place a copy of a value beside the learner's code, where `read` shows its later state."""
        self._most = len(self._objects) + MAX_OBJECTS
        return self._handle(self._objects_in(value))

    def read(self, kept: Handle) -> Any:
        """Return the present value of an object as plain data."""
        return self._answer(lambda: self._object(kept))

    def given(self, name: str, arguments: tuple[Any, ...], keywords: Mapping[str, Any]) -> Any:
        """Make one of the kit's own objects (see `fixtures`) beside the learner's code."""
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

    def _answer(self, act: Callable[[], Any]) -> Any:
        try:
            with self._limit():
                value = act()
                self._most = len(self._objects) + MAX_OBJECTS
                return by_value(value, self._handle)
        except (Exception, SystemExit) as error:
            raised = record(error, self._is_learners)
        raise raised.exception()

    def _handle(self, value: object) -> Handle:
        if len(self._objects) >= self._most:
            raise ValueError(_("the answer holds more than {n} objects").format(n=MAX_OBJECTS))
        self._objects.append(value)
        return Handle(len(self._objects) - 1, type(value).__name__)

    def _object(self, handle: Handle) -> Any:
        return self._objects[handle.number]

    def _objects_in(self, value: Any) -> Any:
        return by_value(value, self._resolve)

    def _resolve(self, value: Any) -> Any:
        if type(value) is Handle:
            return self._object(value)
        raise TypeError(_("a {kind} cannot be passed by value").format(kind=type(value).__name__))

"""The operations by which a check uses a submission, wherever its code runs."""

from collections.abc import Mapping
from typing import Any, Protocol

from autograder.engine.plain_data import Handle

OPERATIONS = (
    "names",
    "name",
    "call",
    "attribute",
    "item",
    "length",
    "keep",
    "read",
    "given",
    "seed",
)


class Engine(Protocol):
    """The side of a submission: it answers a check in plain data and handles (see `plain_data`).

    Where the learner's code raises, an operation raises an exception of the nearest built-in type,
    which carries the record of the learner's exception (see `exceptions.of_learner`).
    """

    def names(self) -> frozenset[str]:
        """Return the names that the submission defines."""
        ...

    def name(self, name: str) -> Any:
        """Return the value of a top-level name.

        Raises:
            LookupError: The submission does not define it.
        """
        ...

    def call(
        self, function: Handle, arguments: tuple[Any, ...], keywords: Mapping[str, Any]
    ) -> Any:
        """Call an object with copies of the arguments."""
        ...

    def attribute(self, owner: Handle, name: str) -> Any:
        """Return an attribute of an object."""
        ...

    def item(self, owner: Handle, key: Any) -> Any:
        """Return an item of an object."""
        ...

    def length(self, owner: Handle) -> int:
        """Return the length of an object."""
        ...

    def keep(self, value: Any) -> Handle:
        """Place a copy of a value beside the learner's code, where `read` shows its later state."""
        ...

    def read(self, kept: Handle) -> Any:
        """Return the present value of an object."""
        ...

    def given(self, name: str, arguments: tuple[Any, ...], keywords: Mapping[str, Any]) -> Any:
        """Make one of the kit's own objects (see `fixtures`) beside the learner's code."""
        ...

    def seed(self, seed: int) -> None:
        """Begin a check: set the global random generators."""
        ...

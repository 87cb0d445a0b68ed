"""Proxies for a learner's work: `submission` looks like a module of the learner's functions.

Calls and reads pass through an engine by value. An object that is not plain data arrives as a
`Proxy`, which a check can call, read and hand back. A check cannot tell whether the engine lives in
this process.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar, cast

from autograder.checking.reprs import brief, brief_argument, brief_call
from autograder.engine.plain_data import Handle, by_value
from autograder.engine.protocol import Engine
from autograder.util.i18n import _

# The names in messages of what checks hand to functions.
_GIVEN = {
    "length_model": _("a length model"),
    "sparse_array": _("a sparse array"),
    "sum_model": _("a sum model"),
    "table_model": _("a table model"),
}

T = TypeVar("T")
Memory = dict[str, tuple[Any, tuple[str, ...], frozenset[str]]]
"""Answers by name, each with the calls and the functions that led to it."""


class MissingFunction(Exception):
    """A submission without the function that a check asks for.

    Attributes:
        name: The name of the function.
        found: The value of that name; None where the submission does not define the name.
        others: The names that the submission defines.
    """

    def __init__(
        self, name: str, found: object = None, others: frozenset[str] = frozenset()
    ) -> None:
        super().__init__(name)
        self.name = name
        self.found = found
        self.others = others


class Proxy:
    """An object on the learner's side, which a check calls, reads and hands back."""

    __slots__ = ("_handle", "_is_ours", "_label", "_owner")

    def __init__(
        self, owner: "SubmissionProxy", handle: Handle, label: str, is_ours: bool = False
    ) -> None:
        self._owner = owner
        self._handle = handle
        self._label = label
        self._is_ours = is_ours

    def __repr__(self) -> str:
        return f"<{self._handle.type_name}>"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        owner = self._owner
        return owner._wrap(owner._engine.attribute(self._handle, name), f"{self._label}.{name}")

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Call the object with copies of the arguments."""
        return self._owner._call(self, arguments, keywords)

    def __getitem__(self, key: Any) -> Any:
        owner = self._owner
        answer = owner._engine.item(self._handle, owner._unwrap(key))
        return owner._wrap(answer, f"{self._label}[{brief(key)}]")

    def __len__(self) -> int:
        return self._owner._engine.length(self._handle)

    def __iter__(self) -> Iterator[Any]:
        return (self[position] for position in range(len(self)))

    def __array__(self, *arguments: Any, **keywords: Any) -> NoReturn:
        raise TypeError(f"a {self._handle.type_name} is no plain data")


@dataclass(frozen=True)
class Call:
    """A call of a learner's function.

    Attributes:
        function: The function.
        n_positional: The number of arguments that were passed by position.
        keywords: The names of the arguments that were passed by name.
    """

    function: Proxy
    n_positional: int
    keywords: frozenset[str]


class SubmissionProxy:
    """The learner's functions as attributes: `submission.rmse([3, 4], [3, 5])`.

    Attributes:
        latest_call: The latest call of a function.
        functions_called: The names of the functions that were called so far.
    """

    def __init__(
        self,
        engine: Engine,
        memory: Memory | None = None,
        begin: Callable[[], None] = lambda: None,
    ) -> None:
        """Make a proxy for one check.

        Args:
            engine: Answers for the submission.
            memory: Holds the answers of `once` and `jointly`, for all checks of the submission.
            begin: Begins the check anew: its time, and the learner's random generators.
        """
        self._engine = engine
        self._begin = begin
        self._memory: Memory = {} if memory is None else memory
        self._calls: list[str] = []
        self.latest_call: Call | None = None
        self.functions_called: frozenset[str] = frozenset()

    def __getattr__(self, name: str) -> Proxy:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            value = self._engine.name(name)
        except LookupError as error:
            raise MissingFunction(name, others=frozenset(self._engine.names())) from error
        function = self._wrap(value, name)
        if not isinstance(function, Proxy):
            raise MissingFunction(name, function)
        return function

    @property
    def given(self) -> "Given":
        """The maker of the kit's own objects: `submission.given.table_model(...)`."""
        return Given(self)

    def keep(self, value: Any) -> Proxy:
        """Place a copy of a value on the learner's side, whose later state `read` returns."""
        handle = self._engine.keep(self._unwrap(value))
        return Proxy(self, handle, brief_argument(value), is_ours=True)

    def read(self, kept: Proxy) -> Any:
        """Return the present value of a proxy as plain data."""
        return self._wrap(self._engine.read(kept._handle), kept._label)

    def once(self, name: str, ask: Callable[[], T]) -> T:
        """Return the answer of `ask()` to the first check that asked under a name.

        The calls behind the answer count as this check's calls too. Where `ask` raises, the next
        check asks again.

        Args:
            name: The name under which the checks of a submission share the answer.
            ask: Calls the learner's functions; its answer holds no proxies.
        """
        if name not in self._memory:
            self._memory[name] = ask(), tuple(self._calls), self.functions_called
        value, calls, functions = self._memory[name]
        self._calls[:] = calls
        self.functions_called |= functions
        return cast(T, value)

    def jointly(self, name: str, ask: Callable[[], bool]) -> bool:
        """Return whether a few calls show at once what several checks of a function look for.

        A right answer needs no calls but these. Where they show less, the present check begins
        anew, as if they had not been made, and each check makes calls of its own, which name the
        fault. The joint calls are made once for all checks of a submission.

        Args:
            name: The name under which the checks share the result.
            ask: Makes the calls and returns whether they show everything; an exception means no.
        """
        if name not in self._memory:
            before = list(self._calls), self.latest_call, self.functions_called
            try:
                shown = bool(ask())
            except Exception:
                shown = False
            self._memory[name] = shown, tuple(self._calls), self.functions_called
            if not shown:
                self._calls, self.latest_call, self.functions_called = before
                self._begin()
        shown, calls, functions = self._memory[name]
        if shown:
            self._calls[:] = calls
            self.functions_called |= functions
        return bool(shown)

    def aside(self, ask: Callable[[], T]) -> T | None:
        """Return the answer of `ask()`, whose calls no message shows; None where it raises.

        A check asks aside in order to find the cause behind an answer that it has already seen.
        """
        calls, latest_call = tuple(self._calls), self.latest_call
        try:
            return ask()
        except Exception:
            return None
        finally:
            self._calls[:] = calls
            self.latest_call = latest_call

    def calls(self) -> str:
        """Return the latest call of a function and the last use of its answer, as typed."""
        return "; ".join(self._calls)

    @contextmanager
    def unrecorded(self) -> Iterator[None]:
        """Keep calls inside of the block out of `calls`: a message shows the call before them."""
        calls = list(self._calls)
        try:
            yield
        finally:
            self._calls[:] = calls

    def _call(self, function: Proxy, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        text = brief_call(function._label, arguments, keywords)
        if function._label.isidentifier():
            self._calls.clear()
            self.functions_called |= {function._label}
            self.latest_call = Call(function, len(arguments), frozenset(keywords))
        self._calls.append(text)
        del self._calls[1:-1]
        answer = self._engine.call(
            function._handle, self._unwrap(arguments), self._unwrap(keywords)
        )
        return self._wrap(answer, f"{function._label}(…)")

    def _wrap(self, answer: Any, label: str, is_ours: bool = False) -> Any:
        return by_value(answer, lambda handle: Proxy(self, handle, label, is_ours))

    def _unwrap(self, value: Any) -> Any:
        return by_value(value, _handle_of)


class Given:
    """Makers of the kit's own objects on the learner's side (see `fixtures`)."""

    def __init__(self, owner: SubmissionProxy) -> None:
        self._owner = owner

    def __getattr__(self, name: str) -> Callable[..., Any]:
        owner = self._owner

        def make(*arguments: Any, **keywords: Any) -> Any:
            answer = owner._engine.given(name, owner._unwrap(arguments), owner._unwrap(keywords))
            label = str(_GIVEN.get(name, f"a {name.replace('_', ' ')}"))
            return owner._wrap(answer, label, is_ours=True)

        return make


def _handle_of(value: Any) -> Handle:
    if isinstance(value, Proxy):
        return value._handle
    raise TypeError(f"a check hands over a {type(value).__name__}, which does not pass by value")

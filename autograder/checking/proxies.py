"""What a check sees of a learner's work: `submission` looks like a module of their functions.

Calls and reads pass through an engine by value; what is no plain data is a `Proxy`, which can be
called, read and handed back. A check cannot tell whether the engine lives in this process.
"""

from collections.abc import Callable
from typing import TypeVar

from autograder.checking.reprs import brief, brief_argument, brief_call
from autograder.engine.plain_data import Handle, by_value
from autograder.engine.protocol import Engine

T = TypeVar("T")


class MissingFunction(Exception):
    """The submission has no function of the name that a check asks for.

    `found` is what stands under that name instead, None where nothing does; `others` are the names
    that are there.
    """

    def __init__(self, name: str, found=None, others: frozenset[str] = frozenset()):
        super().__init__(name)
        self.name = name
        self.found = found
        self.others = others


class Proxy:
    """An object on the learner's side: call it, read its attributes and items, hand it back."""

    __slots__ = ("_handle", "_is_ours", "_label", "_owner")

    def __init__(self, owner: "SubmissionProxy", handle: Handle, label: str, is_ours: bool = False):
        self._owner = owner
        self._handle = handle
        self._label = label
        self._is_ours = is_ours

    def __repr__(self):
        return f"<{self._handle.type_name}>"

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        owner = self._owner
        return owner._wrap(owner._engine.attribute(self._handle, name), f"{self._label}.{name}")

    def __call__(self, *arguments, **keywords):
        return self._owner._call(self, arguments, keywords)

    def __getitem__(self, key):
        owner = self._owner
        answer = owner._engine.item(self._handle, owner._unwrap(key))
        return owner._wrap(answer, f"{self._label}[{brief(key)}]")

    def __len__(self):
        return self._owner._engine.length(self._handle)

    def __iter__(self):
        return (self[position] for position in range(len(self)))

    def __array__(self, *arguments, **keywords):
        raise TypeError(f"a {self._handle.type_name} is no plain data")


class SubmissionProxy:
    """The learner's functions as attributes: `submission.rmse([3, 4], [3, 5])`.

    `given` makes the kit's own objects on the learner's side (`submission.given.table_model(...)`),
    `keep(value)` places a value there whose later state `read(kept)` tells. memory: what `once`
    keeps, shared by all checks of a submission.
    """

    def __init__(self, engine: Engine, memory: dict | None = None):
        self._engine = engine
        self._memory = {} if memory is None else memory
        self._calls = []

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        names = self._engine.names()
        if name not in names:
            raise MissingFunction(name, others=frozenset(names))
        function = self._wrap(self._engine.name(name), name)
        if not isinstance(function, Proxy):
            raise MissingFunction(name, function)
        return function

    @property
    def given(self) -> "Given":
        """The kit's own objects, made on the learner's side."""
        return Given(self)

    def keep(self, value) -> Proxy:
        """Place a copy of `value` on the learner's side, to be handed over and read back."""
        handle = self._engine.keep(self._unwrap(value))
        return Proxy(self, handle, brief_argument(value), is_ours=True)

    def read(self, kept: Proxy):
        """The present value of what `keep` placed, or of another proxy, as plain data."""
        return self._wrap(self._engine.read(kept._handle), kept._label)

    def once(self, name: str, ask: Callable[[], T]) -> T:
        """What `ask()` gave to the first check that asked under this name; it holds no proxies.

        The calls behind it count as this check's too. What `ask` raises is not kept: the next
        check asks again.
        """
        if name not in self._memory:
            self._memory[name] = ask(), tuple(self._calls)
        value, calls = self._memory[name]
        self._calls[:] = calls
        return value

    def calls(self) -> str:
        """The latest call of a function and the last use of its answer, as a learner types them."""
        return "; ".join(self._calls)

    def _call(self, function: Proxy, arguments, keywords):
        text = brief_call(function._label, arguments, keywords)
        if function._label.isidentifier():
            self._calls.clear()
        self._calls.append(text)
        del self._calls[1:-1]
        answer = self._engine.call(
            function._handle, self._unwrap(arguments), self._unwrap(keywords)
        )
        return self._wrap(answer, f"{function._label}(…)")

    def _wrap(self, answer, label: str, is_ours: bool = False):
        return by_value(answer, lambda handle: Proxy(self, handle, label, is_ours))

    def _unwrap(self, value):
        return by_value(value, _handle_of)


class Given:
    """Makers of the kit's own objects; see `materials`."""

    def __init__(self, owner: SubmissionProxy):
        self._owner = owner

    def __getattr__(self, name):
        owner = self._owner

        def make(*arguments, **keywords):
            answer = owner._engine.given(name, owner._unwrap(arguments), owner._unwrap(keywords))
            return owner._wrap(answer, f"a {name.replace('_', ' ')}", is_ours=True)

        return make


def _handle_of(value) -> Handle:
    if isinstance(value, Proxy):
        return value._handle
    raise TypeError(f"a check hands over a {type(value).__name__}, which does not pass by value")

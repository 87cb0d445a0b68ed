"""The rejection of an answer, as the assertions raise it and the verdict reads it."""

from collections.abc import Callable, Mapping

import numpy as np

from autograder.checking.value_causes import Cause

Evidence = Mapping[str, bool | np.bool]
Mistakes = Evidence | Callable[[], Evidence]

MAX_PHRASE = 2_000
"""The length in characters to which a part of a message is cut: an answer may be endless."""


class CheckFailure(Exception):
    """A wrong answer of a learner's function.

    Attributes:
        got: A description of the answer.
        must: The sentence that must hold; None where the check's docstring says it.
        want: A description of the right value, which follows `must`; None where there is no such
            value.
        cause: The likely cause where the answer shows no known mistake.
        mistakes: The names of the known mistakes that the answer shows.
    """

    def __init__(
        self,
        got: str,
        must: str | None = None,
        mistakes: Mistakes | None = None,
        want: str | None = None,
        cause: Cause | None = None,
    ) -> None:
        got = _cut(got)
        super().__init__(got)
        self.got = got
        self.must = must and _cut(must)
        self.want = want and _cut(want)
        self.cause = cause and Cause(cause.name, _cut(cause.text))
        self.mistakes = names_of(mistakes)


def names_of(mistakes: Mistakes | None) -> tuple[str, ...]:
    """Return the names of the known mistakes that an answer shows, in their order."""
    found = mistakes() if callable(mistakes) else mistakes
    return tuple(name for name, shown in (found or {}).items() if shown)


class AnswerTooLarge(CheckFailure):
    """An answer that the judge cannot look at in the time it has for a check."""


def _cut(phrase: str) -> str:
    return phrase if len(phrase) <= MAX_PHRASE else phrase[:MAX_PHRASE] + "…"

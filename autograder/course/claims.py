"""The claims of the prose: what its sentences say, and what the demonstrations must show.

A file `solutions/claims/NN_name.toml` accounts for the numbers in an exercise's prose:

    [[claim]]
    says = "RMSE falls from 0.88 to 0.87"
    holds = "abs(untuned - 0.88) < 0.005 and abs(tuned - 0.87) < 0.005"
    on = ["ml-latest-small"]

    [[constant]]
    says = "a batch of 32"
    why = "the default of Keras"

`holds` is an expression in the names that the notebook has after its last cell. `unlisted` finds
the numbers that no entry covers, `broken` the claims that a run did not show.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from autograder.course.solution_cells import HINT, has_tag
from autograder.util import paths
from autograder.util.i18n import _

DATA_SETS = ("simulated", "ml-latest-small")

_NO_PROSE = re.compile(
    r"""
    ^```.*?^```                                     # a block of code
    | `[^`]*`                                       # code
    | \$\$.*?\$\$ | \$[^$]*\$                       # a formula
    | ^\#.*?$                                       # a heading
    | ^\*\*[^\n]*\ ·\ [^\n]*\*\*$                   # day, minutes and points, tested elsewhere
    | ^\s*\d+\.\s                                   # the number of a list's entry
    | \]\([^)]*\)                                   # the target of a link
    | \(\d+(?:\ points?)?\)                         # points, or an equation of the paper
    | \b[Ss]teps?\ \d+(?:(?:,|\ to|\ and|,\ and|\ or)\ \d+)*   # steps of the course
    | \b[Dd]ays?\ \d
    """,
    re.MULTILINE | re.DOTALL | re.VERBOSE,
)
_NUMBER = re.compile(r"(?<![\w.@/-])(?:[−-](?=[\d.]))?\.?\d[\d,]*(?:\.\d+)?(?![\w])")
_SENTENCE = re.compile(r".+?(?:[.:?!](?=\s)|$)")


class ClaimsError(Exception):
    """A file of claims that cannot be used; the text says which, what is wrong, and what to do."""


@dataclass(frozen=True)
class Claim:
    """Words of the prose that a demonstration must show.

    Attributes:
        says: The words, as they stand in the prose.
        holds: A Python expression that is true where the words are.
        on: The data sets on which the words are true.
    """

    says: str
    holds: str
    on: tuple[str, ...] = DATA_SETS


@dataclass(frozen=True)
class Constant:
    """Words of the prose whose numbers no demonstration produces.

    Attributes:
        says: The words, as they stand in the prose.
        why: Where the numbers come from.
    """

    says: str
    why: str


@dataclass(frozen=True)
class Account:
    """All entries of one file of claims."""

    path: Path
    claims: tuple[Claim, ...] = ()
    constants: tuple[Constant, ...] = ()

    @property
    def words(self) -> list[str]:
        """The words of all entries."""
        says = [entry.says for entry in self.claims] + [entry.says for entry in self.constants]
        return [_one_line(words) for words in says]


def claims_file(exercise: str) -> Path:
    """Return the file of an exercise's claims, which may be missing."""
    return paths.solutions() / "claims" / f"{exercise}.toml"


def account_of(exercise: str) -> Account:
    """Return the claims and constants of an exercise; empty where it has no file.

    Args:
        exercise: The stem of its solution file.

    Raises:
        ClaimsError: The file cannot be read.
    """
    path = claims_file(exercise)
    return _read(path) if path.is_file() else Account(path)


def unlisted(exercise: str, cells: Iterable[NotebookNode]) -> list[str]:
    """Return what is wrong between a prose and its file of claims, each with what to do.

    Args:
        exercise: The stem of its solution file.
        cells: Its cells; hints and code are left out.

    Raises:
        ClaimsError: The file cannot be read.
    """
    account = account_of(exercise)
    proses = [_prose(cell) for cell in cells if _is_prose(cell)]
    stale = [words for words in account.words if not any(words in prose for prose, _ in proses)]
    text = _('{file}: the prose does not say "{words}". Mend the words, or remove the entry.')
    faults: list[str] = [text.format(file=account.path.name, words=words) for words in stale]
    text = _(
        '{exercise}: the number {number} in "{sentence}" is no claim and no constant. '
        "Add an entry to {file}."
    )
    for prose, visible in proses:
        for number in _uncovered(prose, visible, account.words):
            faults.append(
                text.format(
                    exercise=exercise,
                    number=number[0],
                    sentence=_sentence_at(prose, number.start()),
                    file=account.path.name,
                )
            )
    return faults


def broken(exercise: str, data_set: str, names: Mapping[str, Any]) -> list[str]:
    """Return the claims that a run did not show, each with the sentence's words.

    Args:
        exercise: The stem of its solution file.
        data_set: The data set of the run, one of `DATA_SETS`.
        names: The names that the notebook has after its last cell.

    Raises:
        ClaimsError: The file cannot be read.
    """
    account = account_of(exercise)
    faults: list[str] = []
    for claim in account.claims:
        if data_set not in claim.on:
            continue
        try:
            shown = bool(eval(claim.holds, dict(names)))
        except Exception as error:
            text = _('{file}: the expression for "{words}" raises {error}.')
            reason = f"{type(error).__name__}: {error}"
            faults.append(text.format(file=account.path.name, words=claim.says, error=reason))
            continue
        if not shown:
            text = _(
                'The prose of {exercise} says "{words}", and on {data_set} it does not hold: '
                "{expression}"
            )
            faults.append(
                text.format(
                    exercise=exercise,
                    words=_one_line(claim.says),
                    data_set=data_set,
                    expression=claim.holds.strip(),
                )
            )
    return faults


@cache
def _read(path: Path) -> Account:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        unknown = ", ".join(sorted(set(table) - {"claim", "constant"}))
        claims = [
            Claim(**{**entry, "on": tuple(entry.get("on", DATA_SETS))})
            for entry in table.get("claim", ())
        ]
        constants = [Constant(**entry) for entry in table.get("constant", ())]
        strange = {name for claim in claims for name in claim.on} - set(DATA_SETS)
        if unknown or strange:
            text = _("it names {names}, which is neither an entry nor a data set")
            raise ValueError(text.format(names=", ".join([*unknown.split(), *sorted(strange)])))
        account = Account(path, tuple(claims), tuple(constants))
        for words in account.words:
            if not re.search(r"[^\W\d_]", words):
                text = _('the words "{words}" are a number alone: quote the words around it')
                raise ValueError(text.format(words=words))
        for claim in claims:
            compile(claim.holds.strip(), path.name, "eval")
    except (OSError, UnicodeDecodeError, ValueError, TypeError, SyntaxError) as error:
        text = _("{file} cannot be used: {error}. Mend it; docs/authors.md shows its form.")
        raise ClaimsError(text.format(file=path, error=error)) from error
    return account


def _is_prose(cell: NotebookNode) -> bool:
    return bool(cell.cell_type == "markdown") and not has_tag(cell, HINT)


def _prose(cell: NotebookNode) -> tuple[str, str]:
    """Return a cell's text on one line, and the same with all that is no prose blanked."""
    visible = _NO_PROSE.sub(lambda found: re.sub(r"[^\n]", "\0", found[0]), cell.source)
    kept: list[str] = []
    blanked: list[str] = []
    for character, seen in zip(cell.source, visible, strict=True):
        space = character.isspace()
        if space and kept and kept[-1] == " ":
            continue
        kept.append(" " if space else character)
        blanked.append(" " if space else seen)
    return "".join(kept), "".join(blanked)


def _uncovered(prose: str, visible: str, entries: list[str]) -> Iterator[re.Match[str]]:
    spans = [
        found.span() for words in entries if words for found in re.finditer(re.escape(words), prose)
    ]
    for number in _NUMBER.finditer(visible):
        if not any(start <= number.start() and number.end() <= end for start, end in spans):
            yield number


def _sentence_at(prose: str, position: int) -> str:
    for found in _SENTENCE.finditer(prose):
        if found.start() <= position < found.end():
            return found[0].strip()
    return prose[position : position + 80]


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text.strip())

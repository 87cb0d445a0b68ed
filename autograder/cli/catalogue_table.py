"""What `autograder dev messages` prints: a table of catalogues, and what they lack."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from autograder.util.i18n import _
from autograder.util.text import print_visible, shortened

if TYPE_CHECKING:
    from autograder.course.translation.upkeep import State

_SHOWN = 20
_WIDTH = 70


def print_table(language: str, states: "list[State]") -> None:
    """Print a line for each catalogue of a language, and a line with the sums."""
    columns = (_("units"), _("words"), _("missing"), _("fuzzy"), _("obsolete"), _("faults"))
    width = max([len(state.name) for state in states] + [len(language)])
    print(f"{language:{width}}  " + "".join(f"{column:>10}" for column in columns))
    rows = [
        (s.units, s.words, len(s.missing), len(s.fuzzy), s.obsolete, len(s.faults)) for s in states
    ]
    for state, row in zip(states, rows, strict=True):
        print(f"{state.name:{width}}  " + "".join(f"{number:>10}" for number in row))
    if len(rows) > 1:
        sums = [sum(column) for column in zip(*rows, strict=True)]
        print(f"{'':{width}}  " + "".join(f"{number:>10}" for number in sums))


def print_faults(states: "list[State]") -> None:
    """Print what each catalogue lacks, up to a number of lines for each kind."""
    for state in states:
        if state.changed:
            print(_("{name}: not up to date, run: autograder dev messages").format(name=state.name))
        _print_some(state.name, _("missing"), state.missing)
        _print_some(state.name, _("fuzzy"), state.fuzzy)
        wrong = [f"{shortened(text, _WIDTH)} → {fault}" for text, fault in state.faults]
        _print_some(state.name, _("fault"), wrong, cut=False)


def _print_some(name: str, kind: str, texts: Iterable[str], cut: bool = True) -> None:
    texts = list(texts)
    for text in texts[:_SHOWN]:
        print_visible(f"{name}: {kind}: {shortened(text, _WIDTH) if cut else text}")
    if len(texts) > _SHOWN:
        more = _("{name}: {kind}: {n} more").format(name=name, kind=kind, n=len(texts) - _SHOWN)
        print_visible(more)

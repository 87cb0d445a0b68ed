"""From what a check raised to its verdict and the four parts of its message."""

from dataclasses import dataclass, replace

from autograder import misconceptions
from autograder.checking import CheckFailure
from autograder.i18n import _
from autograder.raised import Raised, of_learner
from autograder.submission import MissingFunction


@dataclass(frozen=True)
class Verdict:
    """The outcome of a check, its message and the name of the mistake it recognised."""

    outcome: str
    message: str = ""
    misconception: str | None = None


@dataclass(frozen=True)
class Subject:
    """What a check is about: the function, the calls made on it, the property, the file's notes."""

    function: str
    calls: str
    property: str
    notes: tuple[str, ...] = ()


def judge(error: BaseException | None, subject: Subject, trace: str = "") -> Verdict:
    """The verdict on a check that ended with `error` (None: it ended well).

    trace: the kit's own traceback, shown when the kit is at fault.
    """
    if error is None:
        return Verdict("passed")
    if isinstance(error, CheckFailure):
        must = error.must or _(subject.property)
        if error.want is not None:
            must = _("{must} Expected: {want}").format(must=must, want=error.want)
        return _failed(subject, error.got, must, error.mistakes)
    if isinstance(error, MissingFunction):
        return _missing(error, subject)
    raised = of_learner(error)
    if raised is None:
        return Verdict("error", _kit_fault(error, trace))
    stub = _called_stub(raised, subject)
    if stub == subject.function:
        return Verdict("todo", _("{function} is still to be written.").format(function=stub))
    if stub is not None:
        message = _("{function} is checked together with {stub}, which is still to be written.")
        return Verdict("todo", message.format(function=subject.function, stub=stub))
    return _raised(raised, getattr(error, "mistakes", ()), subject)


def stopped(verdict: Verdict, error: BaseException | None) -> bool:
    """Whether a learner's code hung or ended its program, so that it is not tried again."""
    raised = of_learner(error) if error is not None else None
    return verdict.outcome == "timeout" or (
        raised is not None and raised.type_name == "ProgramEnded"
    )


def _called_stub(raised: Raised, subject: Subject) -> str | None:
    """The untouched function behind an exception, if it is the one that the check itself called."""
    if raised.type_name != "NotImplementedError":
        return None
    for name in (subject.function, subject.calls.partition("(")[0]):
        in_it = not raised.message and f" of {name}: " in raised.where
        if raised.message.startswith(name) or in_it:
            return name
    return None


def _failed(
    subject: Subject, got: str, must: str | None, mistakes: tuple[str, ...], cause=""
) -> Verdict:
    known = misconceptions.catalogue()
    named = [known[name] for name in mistakes if name in known]
    causes = _(" Or: ").join(entry.sentence() for entry in named) or cause or _UNKNOWN
    hint = _("For a hint: autograder hint {function}").format(function=subject.function)
    lines = [
        _("Called: {calls}").format(calls=subject.calls or subject.function),
        _("Got: {got}").format(got=got),
        _("Must hold: {must}").format(must=must or _(subject.property)),
        _("Likely cause: {cause}").format(cause=causes),
        hint,
    ]
    return Verdict("failed", "\n".join(lines), mistakes[0] if mistakes else None)


def _raised(raised: Raised, mistakes: tuple[str, ...], subject: Subject) -> Verdict:
    where = _(" in {where}").format(where=raised.where) if raised.where else ""
    verdict = _failed(
        subject,
        f"{raised}{where}",
        None,
        mistakes,
        _EXPLAINED.get(raised.type_name, _explain_any)(raised),
    )
    late = raised.type_name == "TimeoutError"
    return replace(verdict, outcome="timeout") if late else verdict


def _missing(error: MissingFunction, subject: Subject) -> Verdict:
    if error.found is not None:
        got = _("{name} is {found!r}, not a function").format(name=error.name, found=error.found)
        cause = _("Another cell gives the name {name} to something else.").format(name=error.name)
    else:
        got = _("there is no function {name}").format(name=error.name)
        cause = _("Its cell did not run, or the function was renamed or deleted.")
    stopped = "; ".join(subject.notes)
    return _failed(subject, f"{got} ({stopped})" if stopped else got, None, (), cause)


def _kit_fault(error: BaseException, trace: str) -> str:
    return _(
        "This check itself broke ({error}): a fault of the kit, not yours. "
        "Please report it.\n{trace}"
    ).format(error=f"{type(error).__name__}: {error}", trace=trace)


_UNKNOWN = _("Try the smallest example that you can follow by hand, and compare.")


def _explain_any(raised: Raised) -> str:
    return _("Run the failing line alone and look at the values that go into it.")


_EXPLAINED = {
    "NameError": lambda raised: _("The line uses a name that nothing has defined before."),
    "NotImplementedError": lambda raised: _("The function calls another one that is still a stub."),
    "TypeError": lambda raised: _(
        "A value has another type, or a call other arguments, than expected."
    ),
    "ModuleNotFoundError": lambda raised: _("That package is not installed here, or is misspelt."),
    "TimeoutError": lambda raised: _("A loop may never end, or does far more work than needed."),
    "ProgramEnded": lambda raised: _(
        "The function ends the whole program (by exit, a crash, or too much memory) "
        "instead of returning."
    ),
    "ValueError": lambda raised: _("The shapes or values that meet in this line do not fit."),
    "IndexError": lambda raised: _("A position lies outside of what it indexes."),
    "InvalidArgumentError": lambda raised: _(
        "An index may lie outside of its table, or shapes differ."
    ),
}

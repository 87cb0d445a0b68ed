"""From what a check raised to its verdict and the parts of its message."""

from dataclasses import dataclass, replace
from difflib import get_close_matches

from autograder import course
from autograder.checking.default_causes import is_about_defaults, of_defaults
from autograder.checking.exception_causes import of_exception
from autograder.checking.failure import AnswerTooLarge, CheckFailure
from autograder.checking.proxies import MissingFunction, SubmissionProxy
from autograder.checking.value_causes import Cause
from autograder.course import misconceptions
from autograder.engine.exceptions import Raised, of_learner
from autograder.reports.model import Message
from autograder.util.i18n import Translatable, _, clause, series
from autograder.util.text import shortened


@dataclass(frozen=True)
class Verdict:
    """The outcome of a check, its message and the name of the mistake it recognised."""

    outcome: str
    message: Message | None = None
    misconception: str | None = None


@dataclass(frozen=True)
class Subject:
    """The subject of a check.

    Attributes:
        function: The function that the check is about.
        address: The function's name on the command line (see `course.address`).
        calls: The calls that the check made, as a learner would type them.
        property: What must hold.
        notes: The notes on the file and its cells.
    """

    function: str
    address: str
    calls: str
    property: str
    notes: tuple[str, ...] = ()


def judge(error: BaseException | None, subject: Subject, trace: str = "") -> Verdict:
    """Return the verdict on a check.

    Args:
        error: The exception that ended the check, None where it passed.
        subject: What the check is about.
        trace: The kit's own traceback, which a fault of the kit shows.
    """
    if error is None:
        return Verdict("passed")
    if isinstance(error, CheckFailure):
        must = error.must or _(subject.property)
        if error.want is not None:
            text = _("{must}. Expected: {want}")
            must = text.format(must=clause(must), want=error.want)
        return _failed(subject, error.got, must, error.mistakes, error.cause)
    if isinstance(error, MissingFunction):
        return _missing(error, subject)
    raised = of_learner(error)
    if raised is None:
        return Verdict("error", _kit_fault(error, trace))
    stub = _called_stub(raised, subject)
    if stub == subject.function:
        text = _("{function} is still to be written.").format(function=stub)
        return Verdict("todo", Message(got=text))
    if stub is not None:
        text = _("{function} is checked together with {stub}, which is still to be written.")
        return Verdict("todo", Message(got=text.format(function=subject.function, stub=stub)))
    return _raised(raised, getattr(error, "mistakes", ()), subject)


def mistake_to_find(function: str) -> Verdict:
    """Return the verdict on a function of a bug hunt that the learner has not begun."""
    text = _("The mistake in {function} is still to be found.")
    return Verdict("todo", Message(got=text.format(function=function)))


def name_default(error: CheckFailure, submission: SubmissionProxy, address: str) -> None:
    """Make another default the cause of a wrong answer to a call that left the argument out.

    A known mistake that is itself about a default remains.
    """
    if any(is_about_defaults(name) for name in error.mistakes):
        return
    try:
        cause = of_defaults(submission, address)
    except Exception:
        return
    if cause is not None:
        error.mistakes, error.cause = (), cause


def stopped(verdict: Verdict, error: BaseException | None) -> bool:
    """Return whether no check tries a function again.

    Its code hung or ended its program, or its answer was too large to look at.
    """
    if isinstance(error, AnswerTooLarge):
        return True
    raised = of_learner(error) if error is not None else None
    return verdict.outcome == "timeout" or (
        raised is not None and raised.type_name == "ProgramEnded"
    )


def _called_stub(raised: Raised, subject: Subject) -> str | None:
    """Return the stub that raised an exception, None unless the check itself called it."""
    if raised.type_name != "NotImplementedError":
        return None
    for name in (subject.function, subject.calls.partition("(")[0]):
        in_it = not raised.message and raised.is_in(name)
        if raised.message.startswith(name) or in_it:
            return name
    return None


def _failed(
    subject: Subject,
    got: str,
    must: str | None,
    mistakes: tuple[str, ...],
    cause: Cause | None = None,
    where: str = "",
) -> Verdict:
    """Return the verdict on an answer that is wrong, with all parts of its message."""
    known = misconceptions.catalogue()
    causes = tuple(known[name].sentence() for name in mistakes if name in known)
    message = Message(
        called=subject.calls or subject.function,
        got=got,
        must=must or _(subject.property),
        where=where,
        causes=causes or (cause.text if cause else _UNKNOWN,),
        hint=subject.address,
    )
    return Verdict("failed", message, mistakes[0] if mistakes else cause.name if cause else None)


def _raised(raised: Raised, mistakes: tuple[str, ...], subject: Subject) -> Verdict:
    got = raised.in_words
    if not isinstance(got, Translatable) or len(got) > MAX_ERROR:
        got = shortened(str(got).rstrip(". "), MAX_ERROR)
    cause = of_exception(raised, subject.function)
    verdict = _failed(subject, got, None, mistakes, cause, raised.where)
    late = raised.type_name == "TimeoutError"
    return replace(verdict, outcome="timeout") if late else verdict


_SYNTAX_ERRORS = frozenset({"SyntaxError", "IndentationError", "TabError"})


def _missing(error: MissingFunction, subject: Subject) -> Verdict:
    if error.found is not None:
        got = _("{name} is {found}, not a function").format(
            name=error.name, found=repr(error.found)
        )
        text = _("Another cell gives the name {name} to something else.").format(name=error.name)
        cause = Cause("name-taken", text)
    else:
        got = _("there is no function {name}").format(name=error.name)
        cause = _absent(error, subject.notes)
    if subject.notes:
        got = _("{got}: {notes}").format(got=got, notes=series(subject.notes))
    return _failed(subject, got, None, (), cause)


def _absent(error: MissingFunction, notes: tuple[str, ...]) -> Cause:
    """Return the cause of a missing function: a near name, or a cell that did not run."""
    asked_for = {name for step in course.steps() for name in step.functions}
    near = [name for name in sorted(error.others) if name not in asked_for and name.isidentifier()]
    plain = {name.replace("_", "").lower(): name for name in near}
    found = get_close_matches(error.name.replace("_", "").lower(), plain, n=1, cutoff=0.72)
    if not found:
        text = _(
            "The function was renamed or deleted, or its cell is gone. How does the first line of "
            "the stub read?"
        )
        kinds = {getattr(note, "params", {}).get("kind") for note in notes} - {None}
        if kinds and not kinds & _SYNTAX_ERRORS:
            text = _(
                "Its cell, or one that it needs, did not run to the end: the line above names the "
                "error and its line. What is missing there?"
            )
        elif notes:
            text = _(
                "Its cell did not run to the end: see above where it stopped, and look at the line "
                "before that one too. A bracket, a colon, the indent?"
            )
        return Cause("function-missing", text)
    text = _(
        "There is a {near}, which may be meant: the course asks for it by the name {name}. "
        "How does the stub spell it?"
    ).format(near=plain[found[0]], name=error.name)
    return Cause("function-misnamed", text)


def _kit_fault(error: BaseException, trace: str) -> Message:
    text = _("This check itself broke ({error}): a fault of the kit, not yours. Please report it.")
    return Message(got=text.format(error=f"{type(error).__name__}: {error}"), where=trace)


MAX_ERROR = 160
_UNKNOWN = _(
    "None of the mistakes that this check knows. The line above says what breaks, in the first "
    "call that fails: follow it through your code by hand, one entry at a time."
)

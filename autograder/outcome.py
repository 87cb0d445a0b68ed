"""From what a check raised to its verdict and the four parts of its message."""

from dataclasses import dataclass, replace
from difflib import get_close_matches

from autograder import course, misconceptions
from autograder.causes import Cause
from autograder.checking import CheckFailure
from autograder.describe import shortened
from autograder.explained import of_exception
from autograder.hints import invitation
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
    """What a check is about: the function, the calls made on it, the property, the file's notes.

    address: what names the function on the command line.
    """

    function: str
    address: str
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
        return _failed(subject, error.got, must, error.mistakes, error.cause)
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
    """The four parts; the words of `got` are cut before those of `where`, which follow it."""
    known = misconceptions.catalogue()
    sentences = [known[name].sentence() for name in mistakes if name in known]
    sentences = sentences or [cause.text if cause else _UNKNOWN]
    must = _("Must hold: {must}").format(must=must or _(subject.property))
    hint = invitation(subject.address)
    least = 2 * MIN_WORDS + (MIN_WHERE if where else 0)
    likely = _likely(sentences, MAX_WORDS - len(f"{must} {hint}".split()) - least)
    room = MAX_WORDS - len(f"{must} {likely} {hint}".split())
    where = _cut(where, max(room - 2 * MIN_WORDS, MIN_WHERE))
    room -= len(where.split())
    called = _("Called: {calls}").format(calls=subject.calls or subject.function)
    called = _first_words(called, room / 2)
    lines = [
        called,
        _first_words(_("Got: {got}").format(got=got), room - len(called.split())) + where,
        must,
        likely,
        hint,
    ]
    name = mistakes[0] if mistakes else cause.name if cause else None
    return Verdict("failed", "\n".join(lines), name)


def _likely(sentences: list[str], n: int) -> str:
    """The line of the causes: as many of them, but one at least, as fit into `n` words."""
    while True:
        line = _("Likely cause: {cause}").format(cause=_(" Or: ").join(sentences))
        if len(sentences) == 1 or len(line.split()) <= n:
            return line
        sentences = sentences[:-1]


def _first_words(text: str, n: float) -> str:
    """The text, cut with a mark after its first `n` words, or `MIN_WORDS`, where it has more."""
    return _cut(text, max(int(n), MIN_WORDS))


def _cut(text: str, n: int) -> str:
    start = " " if text.startswith(" ") else ""
    words = text.split()
    return text if len(words) <= n else start + " ".join(words[: n - 1]) + " …"


def _raised(raised: Raised, mistakes: tuple[str, ...], subject: Subject) -> Verdict:
    where = raised.where.removesuffix(": ")
    verdict = _failed(
        subject,
        shortened(str(raised).rstrip(". "), MAX_ERROR),
        None,
        mistakes,
        of_exception(raised, subject.function),
        _(" in {where}").format(where=where) if where else "",
    )
    late = raised.type_name == "TimeoutError"
    return replace(verdict, outcome="timeout") if late else verdict


def _missing(error: MissingFunction, subject: Subject) -> Verdict:
    if error.found is not None:
        got = _("{name} is {found!r}, not a function").format(name=error.name, found=error.found)
        text = _("Another cell gives the name {name} to something else.").format(name=error.name)
        cause = Cause("name-taken", text)
    else:
        got = _("there is no function {name}").format(name=error.name)
        cause = _absent(error, bool(subject.notes))
    stopped = "; ".join(subject.notes)
    return _failed(subject, got, None, (), cause, f": {stopped}" if stopped else "")


def _absent(error: MissingFunction, after_a_stop: bool) -> Cause:
    """The cause behind a function that is not there: a near name, or a cell that did not run."""
    asked_for = {name for step in course.steps() for name in step.functions}
    near = [name for name in sorted(error.others) if name not in asked_for and name.isidentifier()]
    plain = {name.replace("_", "").lower(): name for name in near}
    found = get_close_matches(error.name.replace("_", "").lower(), plain, n=1, cutoff=0.72)
    if not found:
        text = _(
            "The function was renamed or deleted, or its cell is gone. How does the first line of "
            "the stub read?"
        )
        if after_a_stop:
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


def _kit_fault(error: BaseException, trace: str) -> str:
    return _(
        "This check itself broke ({error}): a fault of the kit, not yours. "
        "Please report it.\n{trace}"
    ).format(error=f"{type(error).__name__}: {error}", trace=trace)


MAX_ERROR = 160
MAX_WORDS = 90
MIN_WORDS = 8
MIN_WHERE = 8
_UNKNOWN = _(
    "None of the mistakes that this check knows. The line above says what breaks, in the first "
    "call that fails: follow it through your code by hand, one entry at a time."
)

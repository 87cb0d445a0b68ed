"""The kit's own sentences among what an engine raises and reports.

A worker's process holds no catalogues, and its word is not to be trusted. It says these sentences
in English, and the other side, which knows them, shows them in the reader's language.
"""

from autograder.util.i18n import Translatable, _
from autograder.util.recognised import recognised

# A sentence stands before those that are a part of it.
RAISED = (
    _("{before}; its columns: {names}; nearest: {near}"),
    _("{before}; its columns: {names}"),
    _("{before}; its only column: {name}"),
    _("{before}; its labels: {names}; nearest: {near}"),
    _("{before}; its labels: {names}"),
    _("{before}; its only label: {name}"),
    _("ran longer than {n:g} s"),
    _("ran longer than {n:.0f} s"),
    _("ran longer than {n:g} s on a busy machine (load {load:.1f} on {processors} processors)"),
    _("input() cannot be answered while grading: nobody is at the keyboard"),
    _("the answer holds more than {n} objects"),
    _("the value is nested more than {n} levels deep"),
    _("a {kind} cannot be passed by value"),
    _("nobody answers for {name} here"),
    _("more than {n} calls of {name}"),
    _("{name} answers in one process only"),
    _("{name} has no answer"),
    _("the value cannot be passed on: {error}"),
    _("the value is too large: {n} MB"),
    _("the value is nested too deep"),
    _("an array of {dtype} cannot pass"),
    _("a {kind} cannot pass"),
    _("a message is nested too deep"),
    _("a message holds a node of no known kind"),
    _("a message holds no list where one belongs"),
    _("a message holds a malformed handle"),
    _("a message holds a malformed number"),
    _("a message holds malformed texts"),
    _("a message holds a malformed array"),
    _("a message holds a malformed shape"),
    _("a message holds too large an array"),
    _("a message holds a malformed frame"),
    _("a message holds a malformed column"),
    _("the other side is gone"),
    _("an array is longer than its message"),
    _("a message is longer than its arrays"),
    _("a message of {n} MB is refused"),
    _("an array of {dtype} is refused"),
    _("a malformed message: {error}"),
    _("it sent what is no answer"),
    _("it asked what is no question"),
    _("it used too much memory and was stopped"),
    _("it ended the process ({signal})"),
    _("it ended the process (exit code {code})"),
    _("it ended the process"),
    _("the submission had used all its time"),
    _("too many cells before it had to be stopped"),
)
ATTEMPTS = (
    _("{attempt}: denied"),
    _("tried to open {path}"),
    _("tried to connect to {address}"),
    _("tried to look up the address of {host}"),
    _("tried to open a network connection"),
    _("tried to start {program}"),
    _("tried to send a signal to process {pid}"),
)


def of_raised(text: str) -> Translatable | None:
    """Return the sentence that an exception's text in English is, None for any other text."""
    return recognised(text, RAISED, ("error",))


def of_attempt(text: str) -> str:
    """Return an entry of the audit log, as a sentence where it is one."""
    return recognised(text, ATTEMPTS, ("attempt",)) or text

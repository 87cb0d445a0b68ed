"""The targets of a run of the checks: files, or a submission whose engine runs already."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Protocol

from autograder.engine.protocol import Engine
from autograder.engine.run_cells import Loaded, Timeouts, load
from autograder.engine.stand_ins import Answerer, stand_in
from autograder.running.repeats import NotRepeated
from autograder.submissions.ast_tools import callees
from autograder.submissions.cells import UnreadableSubmission
from autograder.submissions.discovery import find
from autograder.submissions.parse import parse
from autograder.submissions.reader import work_of
from autograder.submissions.submission import Parsed, Submission
from autograder.util.i18n import current
from autograder.workspace.opened_answers import remarks_on


class Target(Protocol):
    """Exercises to check, and an engine for each of them."""

    @property
    def exercises(self) -> tuple[str, ...]:
        """The exercises to check, by full name."""
        ...

    @property
    def functions(self) -> frozenset[str] | None:
        """The addresses of the functions to check, None for all (see `course.address`)."""
        ...

    def engine(self, exercise: str) -> Engine:
        """Return the engine of an exercise's submission.

        Raises:
            UnreadableSubmission: The file cannot be read.
        """
        ...

    def language(self, exercise: str) -> str:
        """Return the language of a submission, in which its verdicts are written."""
        ...

    def notes(self, exercise: str) -> tuple[str, ...]:
        """Return what was noticed while a submission was read and its cells ran."""
        ...

    def remarks(self, exercise: str) -> tuple[str, ...]:
        """Return what a report says besides about a submission."""
        ...

    def identity(self, exercise: str) -> tuple[str, str]:
        """Return a submission's path and the SHA-256 of its bytes, "" where there are none."""
        ...

    def begun(self, exercise: str) -> bool:
        """Return whether there is work in a submission (see `submissions.reader`)."""
        ...

    def callees(self, exercise: str) -> dict[str, frozenset[str]]:
        """Return the functions of a submission, each with the names that it may call."""
        ...

    def repeating(
        self, exercise: str, functions: frozenset[str], answerer: Answerer
    ) -> AbstractContextManager["Target"]:
        """Return a target whose cells run anew, with stand-ins for some functions.

        Args:
            exercise: The exercise to check.
            functions: The addresses of the functions to check.
            answerer: Answers for other functions of the submission.

        Returns:
            A context that ends what was started for the target.

        Raises:
            NotRepeated: There is no such target.
        """
        ...


class FileTarget:
    """Checks the exercises of submitted files in this process, each read and run once."""

    def __init__(
        self,
        submissions: Mapping[str, Submission | Parsed],
        functions: frozenset[str] | None = None,
        timeouts: Timeouts | None = None,
    ):
        """Check some submissions.

        Args:
            submissions: The files by exercise.
            functions: The addresses of the functions to check, None for all.
            timeouts: Seconds that a cell and a call may take.
        """
        self.functions = functions
        self._submissions = dict(submissions)
        self._timeouts = timeouts
        self._parsed: dict[str, Parsed | UnreadableSubmission] = {}
        self._loaded: dict[str, Loaded] = {}

    @classmethod
    def at(
        cls,
        path: Path,
        exercises: frozenset[str] | None = None,
        functions: frozenset[str] | None = None,
        timeouts: Timeouts | None = None,
    ) -> "FileTarget":
        """Return a target for the exercises in a file or folder.

        Raises:
            UnreadableSubmission: There is none of the exercises.
        """
        return cls(find(path, exercises), functions, timeouts)

    @property
    def exercises(self) -> tuple[str, ...]:
        """The exercises to check, by full name."""
        return tuple(self._submissions)

    def engine(self, exercise: str) -> Engine:
        """Return the engine of an exercise; the first call runs its cells.

        Raises:
            UnreadableSubmission: The file cannot be read.
        """
        return self._load(exercise).engine

    def language(self, exercise: str) -> str:
        """Return the language of a file; the current language where it cannot be read."""
        try:
            return self._parse(exercise).language
        except UnreadableSubmission:
            return current()

    def notes(self, exercise: str) -> tuple[str, ...]:
        """Return the notes on reading a file and on running its cells."""
        try:
            return self._load(exercise).notes
        except UnreadableSubmission as error:
            return error.notes

    def remarks(self, exercise: str) -> tuple[str, ...]:
        """Return a remark for each answer that was opened before its function passed."""
        submission = self._submissions[exercise]
        if isinstance(submission, Parsed):
            submission = submission.submission
        return remarks_on(exercise, submission.path.parent)

    def identity(self, exercise: str) -> tuple[str, str]:
        """Return a submission's path and the SHA-256 of its bytes, "" where they cannot be had."""
        submission = self._submissions[exercise]
        if isinstance(submission, Parsed):
            submission = submission.submission
        try:
            return submission.path.as_posix(), self._parse(exercise).sha256
        except UnreadableSubmission:
            return submission.path.as_posix(), ""

    def begun(self, exercise: str) -> bool:
        """Return whether there is work in a file; a file that cannot be read may hold work."""
        try:
            return bool(work_of(self._parse(exercise)))
        except UnreadableSubmission:
            return True

    def callees(self, exercise: str) -> dict[str, frozenset[str]]:
        """Return the functions of a file, each with the names that it may call."""
        try:
            return callees(cell.source for cell in self._parse(exercise).cells_to_run)
        except UnreadableSubmission:
            return {}

    def repeating(
        self, exercise: str, functions: frozenset[str], answerer: Answerer
    ) -> AbstractContextManager[Target]:
        """Return a target whose cells run anew in this process; see `Target.repeating`."""
        engine = load(self._parse(exercise), self._timeouts).engine
        for name in answerer.names:
            engine.namespace[name] = stand_in(name, answerer.answer)
        language = self.language(exercise)
        return nullcontext(EngineTarget(exercise, engine, functions, language))

    def _load(self, exercise: str) -> Loaded:
        if exercise not in self._loaded:
            self._loaded[exercise] = load(self._parse(exercise), self._timeouts)
        return self._loaded[exercise]

    def _parse(self, exercise: str) -> Parsed:
        if exercise not in self._parsed:
            submission = self._submissions[exercise]
            try:
                parsed = submission if isinstance(submission, Parsed) else parse(submission)
                self._parsed[exercise] = parsed
            except UnreadableSubmission as error:
                self._parsed[exercise] = error
        outcome = self._parsed[exercise]
        if isinstance(outcome, UnreadableSubmission):
            raise outcome
        return outcome


class EngineTarget:
    """Checks one exercise, or some of its functions, by an engine that is running."""

    def __init__(
        self,
        exercise: str,
        engine: Engine,
        functions: frozenset[str] | None = None,
        language: str = "",
    ):
        """Check what an engine answers for.

        Args:
            exercise: The exercise.
            engine: Answers for the functions.
            functions: As in `Target`.
            language: The language of the verdicts, "" for the current one.
        """
        self.exercises = (exercise,)
        self.functions = functions
        self._engine = engine
        self._language = language

    def engine(self, exercise: str) -> Engine:
        """Return the engine."""
        return self._engine

    def language(self, exercise: str) -> str:
        """Return the language of the verdicts."""
        return self._language or current()

    def notes(self, exercise: str) -> tuple[str, ...]:
        """Return nothing: no file was read."""
        return ()

    def remarks(self, exercise: str) -> tuple[str, ...]:
        """Return nothing: nobody asked for an answer here."""
        return ()

    def identity(self, exercise: str) -> tuple[str, str]:
        """Return no path and no digest."""
        return "", ""

    def begun(self, exercise: str) -> bool:
        """Return True: whoever asks for one check has begun."""
        return True

    def callees(self, exercise: str) -> dict[str, frozenset[str]]:
        """Return nothing: no code was read."""
        return {}

    def repeating(
        self, exercise: str, functions: frozenset[str], answerer: Answerer
    ) -> AbstractContextManager[Target]:
        """Raise `NotRepeated`: there are no cells to run anew."""
        raise NotRepeated


class NoTarget:
    """Checks nothing."""

    exercises = ()
    functions = None

    def engine(self, exercise: str) -> Engine:
        """Raise `LookupError`: there is no exercise."""
        raise LookupError(exercise)

    def language(self, exercise: str) -> str:
        """Return the current language."""
        return current()

    def notes(self, exercise: str) -> tuple[str, ...]:
        """Return nothing."""
        return ()

    remarks = notes

    def identity(self, exercise: str) -> tuple[str, str]:
        """Return no path and no digest."""
        return "", ""

    def begun(self, exercise: str) -> bool:
        """Return True: whoever asks for one check has begun."""
        return True

    def callees(self, exercise: str) -> dict[str, frozenset[str]]:
        """Return nothing: no code was read."""
        return {}

    def repeating(
        self, exercise: str, functions: frozenset[str], answerer: Answerer
    ) -> AbstractContextManager[Target]:
        """Raise `NotRepeated`: there is no exercise."""
        raise NotRepeated

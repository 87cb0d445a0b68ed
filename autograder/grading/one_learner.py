"""Grade the work of one learner, as systems do that call the grader for each upload."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from autograder.grading.collect import Collected, collect_one
from autograder.grading.executors.threads import DaemonThreads
from autograder.grading.intake.names import clean
from autograder.grading.judge_pool import Grader
from autograder.grading.pipeline import grade
from autograder.grading.result_cache import ResultCache
from autograder.grading.results import Result
from autograder.grading.rules import Rules
from autograder.submissions.limited_parser import LimitedParser
from autograder.util.fingerprint import kit_fingerprint


@dataclass(frozen=True)
class GradedWork:
    """The graded work of one learner.

    Attributes:
        learner: The learner's name.
        collected: What was found, and what became of each file.
        results: The results by exercise, for the wanted exercises that were handed in.
        missing_layers: The layers of isolation that were missing, with the reasons.
    """

    learner: str
    collected: Collected
    results: dict[str, Result]
    missing_layers: dict[str, str]


def grade_one(
    folder: Path, learner: str, exercises: tuple[str, ...], out: Path, rules: Rules, jobs: int = 1
) -> GradedWork:
    """Grade the wanted exercises among the files of one learner.

    Args:
        folder: The folder with all that the learner handed in.
        learner: The learner's name.
        exercises: The names of the wanted exercises; others are not graded.
        out: A folder for reports and unpacked files.
        rules: How submissions are judged.
        jobs: How many submissions are judged at once.

    Raises:
        IsolationMissing: The rules require a layer of isolation that this machine lacks.
        NotWritten: A report cannot be written.
        SecretsReadable: A worker opens a secret file.
        WorkerFailed: No worker can run.
        ZygoteFailed: The zygote did not start.
    """
    missing: dict[str, str] = {}
    with LimitedParser() as parser, ExitStack() as stack:
        collected = collect_one([folder], learner, out, parser)
        wanted = [each for each in collected.submissions if each.exercise in exercises]
        executor = stack.enter_context(DaemonThreads(jobs))

        def open_grader() -> Grader:
            grader = stack.enter_context(Grader(rules))
            missing.update(grader.missing_layers())
            return grader

        store = ResultCache(out, kit_fingerprint(), rules)
        results = list(grade(wanted, parser.parse, store, open_grader, executor))
    by_exercise = {each.report.exercise: each for each in results}
    return GradedWork(clean(learner), collected, by_exercise, missing)

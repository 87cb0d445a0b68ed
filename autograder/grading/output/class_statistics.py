"""The summary of a class: points, pass shares, mistakes, remarks, isolation."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import mean

from autograder import course
from autograder.course import Step, Total
from autograder.course.misconceptions import catalogue
from autograder.grading.results import Result
from autograder.util.i18n import _

LEVELS = 6


@dataclass(frozen=True)
class ClassResults:
    """The results of a class by learner and exercise, both in order.

    Attributes:
        steps: The exercises that anyone handed in, in course order.
        results: The results of what was handed in, by learner's name (sorted), then by exercise.
        absent: The names of those on the roster who handed in nothing.
        ungraded: The names of those who handed in something, and no exercise.
    """

    steps: tuple[Step, ...]
    results: dict[str, dict[str, Result]]
    absent: tuple[str, ...] = ()
    ungraded: tuple[str, ...] = ()

    @property
    def everybody(self) -> list[str]:
        """The names of the learners and of those without results, sorted."""
        names = [*self.results, *self.absent, *self.ungraded]
        return sorted(names, key=lambda name: (name.casefold(), name))

    @property
    def submissions(self) -> list[Result]:
        """All results, learner by learner, in course order."""
        return [
            handed_in[step.name]
            for handed_in in self.results.values()
            for step in self.steps
            if step.name in handed_in
        ]

    @property
    def max_points(self) -> float:
        """The points that a learner can earn without bonus exercises."""
        return course.total(self.steps, {}).max_points

    @property
    def with_bonus(self) -> bool:
        """Whether anyone handed in a bonus exercise."""
        return any(step.bonus for step in self.steps)

    def total(self, learner: str) -> Total:
        """Return the sum of a learner's points, rounded to hundredths."""
        handed_in = self.results.get(learner, {})
        return course.total(self.steps, {name: r.report.points for name, r in handed_in.items()})

    @property
    def mean(self) -> Total:
        """The mean of the learners' totals; zero for an empty class."""
        totals = [self.total(learner) for learner in self.results]
        if not totals:
            return Total(0.0, self.max_points)
        return Total(
            points=round(mean(each.points for each in totals), 2),
            max_points=self.max_points,
            bonus=round(mean(each.bonus or 0.0 for each in totals), 2) if self.with_bonus else None,
        )

    def of_exercise(self, exercise: str) -> list[Result]:
        """Return the results of one exercise in the order of the learners."""
        return [results[exercise] for results in self.results.values() if exercise in results]


@dataclass(frozen=True)
class FunctionCount:
    """The outcomes of a function in a class.

    Attributes:
        exercise: The exercise's full name.
        function: The function's name.
        outcomes: The number of learners by outcome.
    """

    exercise: str
    function: str
    outcomes: Counter[str]

    @property
    def total(self) -> int:
        """The number of learners."""
        return self.outcomes.total()

    @property
    def share(self) -> float:
        """The share that passed, from 0 to 1."""
        return self.outcomes["passed"] / self.total


@dataclass(frozen=True)
class MistakeCount:
    """A known mistake, and the learners who made it in one function.

    Attributes:
        name: The mistake's name in the catalogue.
        exercise: The exercise's full name.
        function: The function's name.
        cause: The sentence that explains the mistake.
        learners: The learners' names.
    """

    name: str
    exercise: str
    function: str
    cause: str
    learners: tuple[str, ...]


@dataclass(frozen=True)
class Remark:
    """The notes on one submission that an instructor should read.

    Attributes:
        learner: The learner's name.
        exercise: The exercise's full name.
        gradable: Whether the file could be graded.
        notes: The notes of the report, then the faults of the kit.
    """

    learner: str
    exercise: str
    gradable: bool
    notes: tuple[str, ...]


def class_results(
    results: list[Result], absent: Iterable[str] = (), present: Iterable[str] = ()
) -> ClassResults:
    """Sort the results; of two results for a learner and an exercise the later counts.

    Args:
        results: The results of the class.
        absent: The names of those on the roster who handed in nothing.
        present: The names of those who handed in anything.
    """
    by_learner: dict[str, dict[str, Result]] = defaultdict(dict)
    for result in sorted(results, key=lambda r: (r.learner.casefold(), r.learner)):
        by_learner[result.learner][result.report.exercise] = result
    handed_in = {result.report.exercise for result in results}
    steps = tuple(step for step in course.steps() if step.name in handed_in)
    nothing = set(absent) - by_learner.keys()
    ungraded = set(present) - by_learner.keys() - nothing
    return ClassResults(steps, dict(by_learner), tuple(sorted(nothing)), tuple(sorted(ungraded)))


def level(points: float, max_points: float) -> int:
    """Return 0 for no points, 5 for all points, between them 1 to 4 for each quarter."""
    if points <= 0:
        return 0
    if points >= max_points:
        return LEVELS - 1
    return 1 + int(4 * points / max_points)


def levels(book: ClassResults, step: Step) -> tuple[int, ...]:
    """Return the number of gradable submissions of an exercise at each level."""
    graded = [result.report for result in book.of_exercise(step.name) if result.gradable]
    count = Counter(level(*report.standing) for report in graded)
    return tuple(count[number] for number in range(LEVELS))


def function_counts(book: ClassResults) -> list[FunctionCount]:
    """Return the outcomes of every function that was checked, in course order."""
    outcomes: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for result in book.submissions:
        for function in result.report.functions:
            outcomes[result.report.exercise, function.name][function.outcome] += 1
    return [
        FunctionCount(step.name, name, outcomes[step.name, name])
        for step in book.steps
        for name in step.functions
        if (step.name, name) in outcomes
    ]


def mistake_counts(book: ClassResults) -> list[MistakeCount]:
    """Return the known mistakes, the most frequent first.

    A learner counts once for a mistake in a function.
    """
    learners: dict[tuple[str, str, str], dict[str, bool]] = defaultdict(dict)
    sentences: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for result in book.submissions:
        for function in result.report.functions:
            for check in function.checks:
                if check.misconception and check.outcome != "passed":
                    key = (check.misconception, result.report.exercise, function.name)
                    learners[key][result.learner] = True
                    sentences[key] += check.message.causes[:1] if check.message else ()
    counts = [
        MistakeCount(*key, _cause(key[0], sentences[key]), tuple(names))
        for key, names in learners.items()
    ]
    return sorted(counts, key=lambda m: (-len(m.learners), m.exercise, m.function, m.name))


def remarks(book: ClassResults) -> list[Remark]:
    """Return the submissions with notes or faults of the kit, the ungradable submissions first."""
    rows = [
        Remark(r.learner, r.report.exercise, r.gradable, (*r.report.notes, *_kit_faults(r)))
        for r in book.submissions
    ]
    return sorted((row for row in rows if row.notes or not row.gradable), key=lambda r: r.gradable)


def isolations(book: ClassResults) -> list[tuple[tuple[str, ...], int]]:
    """Return the sets of layers that isolated submissions, and their numbers, frequent sets first.

    A file that cannot be graded counts only where a layer shows that its code did run.
    """
    ran = [r for r in book.submissions if r.gradable or r.report.isolation]
    return Counter(result.report.isolation for result in ran).most_common()


def _cause(name: str, sentences: list[str]) -> str:
    """Return the sentence of a mistake.

    A known mistake's sentence stands in the catalogue. Any other cause's sentence is the one that
    most learners read; an ellipsis stands for each word in which the learners' sentences differ.

    Args:
        name: The name of the mistake or cause.
        sentences: The sentences that learners read on it.
    """
    known = catalogue().get(name)
    if known:
        return known.sentence()
    if not sentences:
        return _("No check of this version of the kit knows this name.")
    message = Counter(map(_message_id, sentences)).most_common(1)[0][0]
    alike = [sentence for sentence in sentences if _message_id(sentence) == message]
    first, *others = (getattr(sentence, "params", {}) for sentence in alike)
    common = {
        word: value if all(other.get(word) == value for other in others) else _Left("…")
        for word, value in first.items()
    }
    return _(message).format(**common) if common else alike[0]


class _Left(str):
    """A text in place of a parameter, which ignores the format of a number."""

    def __format__(self, _spec: str) -> str:
        return str(self)


def _message_id(sentence: str) -> str:
    return getattr(sentence, "msgid", sentence)


def _kit_faults(result: Result) -> list[str]:
    return [
        _("A check of {function} broke: a fault of the kit, not the learner's.").format(
            function=function.name
        )
        for function in result.report.functions
        if any(check.outcome == "error" for check in function.checks)
    ]

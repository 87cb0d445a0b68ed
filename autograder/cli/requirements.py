"""`autograder dev check`: the requirements of an exercise, and what breaks each of them."""

import importlib.util
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder import course
from autograder.cli.author_folders import alternatives_file
from autograder.course import claims, misconceptions
from autograder.course.build import render
from autograder.course.claims import ClaimsError
from autograder.course.solution_cells import SolutionError
from autograder.course.solutions import solution_file
from autograder.reports.wording import outcome_word
from autograder.running import known_answers
from autograder.running.runner import CheckError, run
from autograder.running.targets import FileTarget
from autograder.submissions.ast_tools import callees
from autograder.util import paths
from autograder.util.i18n import _, ngettext

MISTAKES_NEEDED = 2
ALTERNATIVES_NEEDED = 1

_HEADLINE = re.compile(r"^# \*\*(.+) · (\d+) minutes · (\d+) points?\*\*$", re.MULTILINE)
_PROSE = re.compile(r"`(\w+)`\s+(?:# )?\((\d+)(?: points?)?\)")


@dataclass(frozen=True)
class Finding:
    """The verdict on one requirement of an exercise.

    Attributes:
        requirement: What must hold.
        faults: What breaks the requirement, each with what to do; empty where it holds.
        tried: False where an earlier requirement has to hold first.
    """

    requirement: str
    faults: tuple[str, ...] = ()
    tried: bool = True


def strays() -> list[str]:
    """Return the names of solution files that have no row in the step table."""
    known = {step.name for step in course.steps()}
    return [path.stem for path in sorted(paths.solutions().glob("*.py")) if path.stem not in known]


def examine_stray(exercise: str) -> Finding:
    """Return the one finding on a solution file without a row in the step table."""
    text = _("{file} has no step in course.toml: add a [[step]] row with this name.")
    return Finding(_("a row in course.toml"), (text.format(file=f"{exercise}.py"),))


def examine(step: course.Step) -> Iterator[Finding]:
    """Yield the findings on an exercise, each as soon as it is known.

    Verdicts of the checks are tried only where the solution and the checks can be used.
    """
    usable = True
    first: list[tuple[str, Callable[[course.Step], list[str]]]] = [
        (_("a row in course.toml"), _row_faults),
        (_("a solution with an answer and three hints for each function"), _solution_faults),
        (_("checks for each function, with positive shares"), _checks_faults),
    ]
    for requirement, faults_of in first:
        finding = _finding(requirement, faults_of, step)
        usable = usable and not finding.faults
        yield finding
    rest: list[tuple[str, Callable[[course.Step], list[str]]]] = [
        (_("a headline and prose that agree with course.toml"), _prose_faults),
        (_("numbers in the prose that are claims or constants"), _claims_faults),
        (_("an exercise that is built and up to date"), _built_faults),
    ]
    tried: list[tuple[str, Callable[[course.Step], list[str]]]] = [
        (_("a reference that earns every point"), _reference_faults),
        (_untouched_requirement(step), _untouched_faults),
        (_("known mistakes that fail by their own name"), _mistakes_faults),
        (_("right alternatives that pass"), _alternatives_faults),
    ]
    for requirement, faults_of in rest:
        yield _finding(requirement, faults_of, step)
    for requirement, faults_of in tried:
        if usable:
            yield _finding(requirement, faults_of, step)
        else:
            yield Finding(requirement, tried=False)


def _finding(
    requirement: str, faults_of: Callable[[course.Step], list[str]], step: course.Step
) -> Finding:
    """Return a finding; an exception is a fault like any other."""
    try:
        return Finding(requirement, tuple(faults_of(step)))
    except (CheckError, ClaimsError, SolutionError) as error:
        return Finding(requirement, (str(error),))
    except Exception as error:
        return Finding(requirement, (f"{type(error).__name__}: {error}",))


def _row_faults(step: course.Step) -> list[str]:
    """Return the pairs of `builds_on` that name no function or that the reference does not call."""
    faults: list[str] = []
    for function, others in step.builds_on.items():
        unknown = [name for name in (function, *others) if name not in step.functions]
        text = _("builds_on names {name}, which is no function of {exercise}.")
        faults += [text.format(name=name, exercise=step.name) for name in unknown]
        text = _("builds_on: {other} builds on functions itself, so it cannot answer.")
        faults += [text.format(other=other) for other in others if other in step.builds_on]
    if step.builds_on and not faults:
        sources = (cell.source for cell in known_answers.cells_of_reference(step.name))
        called = callees(sources)
        text = _("builds_on: the reference's {function} does not call {other}.")
        faults += [
            text.format(function=function, other=other)
            for function, others in step.builds_on.items()
            for other in others
            if other not in called.get(function, ())
        ]
    return faults


def _solution_faults(step: course.Step) -> list[str]:
    solution = solution_file(step.name)
    solution.exercise()
    for function in step.functions:
        solution.answer_of(function)
    return []


def _prose_faults(step: course.Step) -> list[str]:
    """Return the lines of a solution file whose minutes, day or points are not the step table's."""
    path = paths.solutions() / f"{step.name}.py"
    text = path.read_text(encoding="utf-8")
    return [
        _("{file}, line {n}: {fault}").format(
            file=path.name, n=text.count("\n", 0, position) + 1, fault=fault
        )
        for position, fault in (*_headline_faults(step, text), *_points_faults(step, text))
    ]


def _headline_faults(step: course.Step, text: str) -> Iterator[tuple[int, str]]:
    when = "Bonus" if step.bonus else f"Day {step.day}"
    wanted = f"# **{when} · {step.minutes} minutes · {step.max_points} points**"
    found = _HEADLINE.search(text)
    if found is None:
        yield 0, _("there is no headline; write below the title: {line}").format(line=wanted)
    elif found[0].replace("–", "-").replace(" 1 point**", " 1 points**") != wanted:
        sentence = _("the headline reads {found}, and course.toml wants: {wanted}")
        yield found.start(), sentence.format(found=found[0], wanted=wanted)


def _points_faults(step: course.Step, text: str) -> Iterator[tuple[int, str]]:
    for found in _PROSE.finditer(text):
        function, points = found[1], int(found[2])
        if function in step.points and points != step.points[function]:
            sentence = _("the prose gives {function} ({n}), and course.toml gives {wanted}")
            yield (
                found.start(),
                sentence.format(function=function, n=points, wanted=step.points[function]),
            )


def _claims_faults(step: course.Step) -> list[str]:
    return claims.unlisted(step.name, solution_file(step.name).notebook.cells)


def _built_faults(step: course.Step) -> list[str]:
    path = paths.exercises() / f"{step.name}.py"
    if path.is_file() and path.read_text(encoding="utf-8") == render(step):
        return []
    text = _("{path} is not what its solution makes. Run: autograder dev build")
    return [text.format(path=path)]


def _checks_faults(step: course.Step) -> list[str]:
    path = paths.CHECKS / f"test_{step.name}.py"
    if not path.is_file():
        return [_("{path} is missing: write it, with a check a function.").format(path=path)]
    shares = _shares_in(path)
    faults: list[str] = []
    for function in step.functions:
        if function not in shares:
            text = _('{file} has no check of {function}: mark a test with @checks("{function}").')
            faults.append(text.format(file=path.name, function=function))
    for function, own in shares.items():
        if function not in step.functions:
            text = _("{file} checks {function}, which is no function of {exercise} in course.toml.")
            faults.append(text.format(file=path.name, function=function, exercise=step.name))
        if any(share <= 0 for share in own):
            text = _("{file}: a check of {function} has share {share}; give it a positive number.")
            faults.append(text.format(file=path.name, function=function, share=min(own)))
    return faults


def _shares_in(path: Path) -> dict[str, list[float]]:
    """Return the shares of the checks in a file by the function that they are about."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    shares: dict[str, list[float]] = {}
    for check in vars(module).values():
        for mark in getattr(check, "pytestmark", ()):
            if mark.name == "checks":
                shares.setdefault(mark.kwargs["function"], []).append(mark.kwargs["share"])
    return shares


def _reference_faults(step: course.Step) -> list[str]:
    path = paths.solutions() / f"{step.name}.py"
    [report] = run(FileTarget.at(path, frozenset({step.name})))
    faults = [
        _("{function}: {message}").format(
            function=function.name, message=known_answers.message_of(function.problem)
        )
        for function in report.functions
        if function.problem is not None
    ]
    return [*faults, *report.notes]


def _untouched_requirement(step: course.Step) -> str:
    if step.hunt:
        return _("an untouched exercise in which every function fails when it is checked")
    return _("an untouched exercise that is todo in every function")


def _untouched_faults(step: course.Step) -> list[str]:
    path = paths.exercises() / f"{step.name}.py"
    if not path.is_file():
        return [_("{path} is missing. Run: autograder dev build").format(path=path)]
    addresses = frozenset(course.address(step.name, name) for name in step.functions)
    functions = addresses if step.hunt else None
    [report] = run(FileTarget.at(path, frozenset({step.name}), functions))
    wanted = "failed" if step.hunt else "todo"
    text = _("{function} is {outcome}: its checks must call {function} before all else")
    return [
        text.format(function=function.name, outcome=outcome_word(function.outcome))
        for function in report.functions
        if function.outcome != wanted
    ]


def _mistakes_faults(step: course.Step) -> list[str]:
    path = paths.MISCONCEPTIONS / f"{step.name}.toml"
    try:
        mistakes = misconceptions.of_step(step.name)
    except (tomllib.TOMLDecodeError, TypeError) as error:
        return [f"{path.name}: {error}"]
    faults = _foreign(path, step, {m.name: m.function for m in mistakes.values()})
    faults += _too_few(path, step, [m.function for m in mistakes.values()], MISTAKES_NEEDED)
    for mistake in mistakes.values():
        if mistake.function in step.functions:
            report = known_answers.verdict_on(
                course.address(step.name, mistake.function), mistake.code
            )
            fault = known_answers.fault_of_mistake(mistake, report)
            faults += [f"{path.name}: {fault}"] if fault else []
    return faults


def _alternatives_faults(step: course.Step) -> list[str]:
    path = alternatives_file(step.name)
    try:
        alternatives = known_answers.alternatives_in(path)
    except (tomllib.TOMLDecodeError, TypeError) as error:
        return [f"{path.name}: {error}"]
    faults = _foreign(path, step, {a.name: a.function for a in alternatives.values()})
    functions = [a.function for a in alternatives.values()]
    faults += _too_few(path, step, functions, ALTERNATIVES_NEEDED)
    for alternative in alternatives.values():
        if alternative.function in step.functions:
            address = course.address(step.name, alternative.function)
            report = known_answers.verdict_on(address, alternative.code)
            fault = known_answers.fault_of_alternative(alternative.name, report)
            faults += [f"{path.name}: {fault}"] if fault else []
    return faults


def _foreign(path: Path, step: course.Step, functions: dict[str, str]) -> list[str]:
    """Return a fault for each entry whose function is not the exercise's."""
    text = _("{file}: {name} is about {function}, which is no function of {exercise}.")
    return [
        text.format(file=path.name, name=name, function=function, exercise=step.name)
        for name, function in functions.items()
        if function not in step.functions
    ]


def _too_few(path: Path, step: course.Step, functions: list[str], needed: int) -> list[str]:
    """Return a fault for each function with points and too few entries in a file of answers."""
    if not step.graded:
        return []
    return [
        ngettext(
            "{file}: {function} needs {n} entry.", "{file}: {function} needs {n} entries.", needed
        ).format(file=path.name, function=function, n=needed)
        for function in step.functions
        if functions.count(function) < needed
    ]

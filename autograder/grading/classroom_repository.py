"""A repository for GitHub: the workflow that grades each push, and the kit that it installs."""

import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from autograder import course
from autograder.grading.kit_wheel import NoWheel, kit_wheel
from autograder.grading.output.classroom import runner_of
from autograder.util import paths
from autograder.util.atomic import NotWritten, write_atomic
from autograder.util.i18n import _

WORKFLOW = Path(".github", "workflows", "classroom.yml")
KIT = Path(".github", "autograder")
BEFORE = ".before-autograder"
# GitHub Classroom reads points only of a workflow and a job with these names.
NAME, JOB = "Autograding Tests", "run-autograding-tests"
REPORTER = "classroom-resources/autograding-grading-reporter@v1"
PYTHON = "3.12"
_STRICT = {
    "name": "Not everything passes yet",
    "if": "steps.grade.outputs.complete != 'true'",
    "run": "exit 1",
}
_HEAD = """\
# Grade every push with the kit's checks. `autograder classroom` made this file.
# If you change this file, the next `autograder classroom` keeps your version under another name.
"""


@dataclass
class Made:
    """The files of a repository that were written.

    Attributes:
        written: The files that are new or changed.
        set_aside: The new names of files that differed from what was to be written.
    """

    written: list[Path] = field(default_factory=list)
    set_aside: list[Path] = field(default_factory=list)


def write_repository(
    folder: Path, exercises: tuple[str, ...], kit: str | None = None, reporter: bool = False
) -> Made:
    """Write the workflow, the versions of the libraries and, unless `kit` is a URL, the wheel.

    Args:
        folder: The root of the repository, which may be new.
        exercises: The names of the exercises.
        kit: A wheel of the kit to copy into the repository, or the URL of one; None for the kit
            that runs.
        reporter: Whether the workflow ends with GitHub Classroom's reporter, an action which
            GitHub calls deprecated. Otherwise it fails where something does not pass.

    Raises:
        NoWheel: `kit` is neither a wheel of the kit nor a URL; see also `kit_wheel`.
        NotWritten: A file cannot be written.
    """
    made = Made()
    constraints = KIT / "constraints.txt"
    if kit is not None and kit.startswith(("https://", "http://")):
        requirement: str = kit
    else:
        if kit is not None and not Path(kit).is_file():
            sentence = _(
                "{kit} is neither a file nor the URL of a wheel, which begins with https://."
            )
            raise NoWheel(sentence.format(kit=kit))
        name, content = kit_wheel(Path(kit) if kit is not None else None)
        requirement = (KIT / name).as_posix()
        _write(folder / KIT / name, content, made, by_a_person=False)
    _write(folder / constraints, paths.constraints().read_bytes(), made)
    document = workflow(exercises, requirement, constraints.as_posix(), reporter)
    text = _HEAD + yaml.safe_dump(document, sort_keys=False, width=1000, allow_unicode=True)
    _write(folder / WORKFLOW, text.encode(), made)
    return made


def workflow(
    exercises: tuple[str, ...], requirement: str, constraints: str, reporter: bool
) -> dict[str, Any]:
    """Return the workflow as plain data."""
    steps = [step for step in course.steps() if step.name in exercises]
    numbers = ",".join(step.name[:2] for step in steps)
    install = shlex.join(
        ["python", "-m", "pip", "install", "--constraint", constraints, requirement]
    )
    jobs: list[dict[str, Any]] = [
        {"name": "Check out the repository", "uses": "actions/checkout@v4"},
        {
            "name": "Set up Python",
            "uses": "actions/setup-python@v5",
            "with": {"python-version": PYTHON},
        },
        {"name": "Install the kit", "run": install},
        {
            # Exit code 1 means that a file needs a person; the results say which.
            "name": "Grade",
            "run": f'autograder grade . --learner "$GITHUB_ACTOR" --exercises {numbers} '
            '--out "$RUNNER_TEMP/results" || [ $? -eq 1 ]',
        },
        {
            "name": "Show the results",
            "id": "grade",
            "run": f'autograder export classroom "$RUNNER_TEMP/results" --exercises {numbers} '
            '--out "$RUNNER_TEMP/classroom"',
        },
    ]
    jobs.append(_reporter(steps) if reporter else _STRICT)
    return {
        "name": NAME,
        "on": ["push", "workflow_dispatch", "repository_dispatch"],
        "permissions": {"checks": "write", "actions": "read", "contents": "read"},
        "jobs": {
            JOB: {
                "runs-on": "ubuntu-latest",
                "if": "github.actor != 'github-classroom[bot]'",
                "timeout-minutes": 60,
                "defaults": {"run": {"shell": "bash"}},
                "steps": jobs,
            }
        },
    }


def _reporter(exercises: list[course.Step]) -> dict[str, Any]:
    """Return the step that reports the points to GitHub Classroom."""
    runners = [runner_of(exercise) for exercise in exercises]
    results = {
        f"{runner.upper()}_RESULTS": f"${{{{ steps.grade.outputs.{runner} }}}}"
        for runner in runners
    }
    return {
        "name": "Report to GitHub Classroom",
        "uses": REPORTER,
        "env": results,
        "with": {"runners": ",".join(runners)},
    }


def _write(path: Path, content: bytes, made: Made, by_a_person: bool = True) -> None:
    """Write a file that differs; rename the file in its place if a person may have changed it."""
    if path.is_file():
        if path.read_bytes() == content:
            return
        if by_a_person:
            made.set_aside.append(_renamed(path))
    write_atomic(path, content)
    made.written.append(path)


def _renamed(path: Path) -> Path:
    """Rename a file to a free name beside it; return the new name."""
    aside = paths.free_path(path.with_name(f"{path.name}{BEFORE}"), "{name}-{n}")
    try:
        return path.rename(aside)
    except OSError as error:
        text = _("{path} cannot be renamed to {aside}: {reason}. Nothing was changed.")
        raise NotWritten(text.format(path=path, aside=aside, reason=error.strerror)) from error

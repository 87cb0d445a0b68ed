"""The hostile submissions as a grader gets them (see README.md and expected.toml)."""

import shutil
import tomllib
from pathlib import Path

from autograder.grading.collect import collect
from autograder.grading.judge import Rules
from autograder.grading.judge_pool import Grader
from autograder.grading.results import Result, refused
from autograder.sandbox.client import Times
from autograder.submissions.cells import UnreadableSubmission
from autograder.submissions.parse import parse
from autograder.submissions.submission import Submission
from tests.hostile.making import MAKERS

FOLDER = Path(__file__).parent
CASES = tomllib.loads((FOLDER / "expected.toml").read_text(encoding="utf-8"))
RULES = Rules(seed=20_261, times=Times(cell=4, call=4, check=12, submission=90))
SECRET = "the secret of the grader"


def make_outside(folder: Path) -> Path:
    """Make a folder outside of every submission that holds a secret."""
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    (folder / "secret.txt").write_text(SECRET, encoding="utf-8")
    return folder


def hand_in(name: str, folder: Path, outside: Path) -> Path:
    """Put the files of a case into a learner's folder; return the folder."""
    case = CASES[name]
    if "make" in case:
        folder.mkdir()
        MAKERS[case["make"]](folder)
        return folder
    shutil.copytree(FOLDER / Path(case["file"]).parts[0], folder)
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes().replace(b"@OUTSIDE@", str(outside).encode())
            path.write_bytes(content)
    return folder


def result_of(grader: Grader, folder: Path) -> Result:
    """Return the result of a learner's folder, as `autograder grade` returns it."""
    collected = collect([folder], folder.parent / "results")
    if not collected.submissions:
        return refused(Submission("", folder), "\n".join(collected.problems))
    [submission] = collected.submissions
    try:
        parsed = parse(submission)
    except UnreadableSubmission as error:
        return refused(submission, str(error))
    return grader.grade(parsed)

"""The catalogue of wrong answers that learners really give, a TOML file for each exercise.

    [dot-normalised]
    function = "build_mf"
    cause = "The dot product is divided by the lengths of both vectors: that is their cosine."
    question = "Which range can a cosine reach, and which one do ratings need?"
    code = '''…a wrong answer that shows it…'''

The code belongs to the kit's own tests. In place of the reference it must fail, by this name.
"""

import tomllib
from dataclasses import dataclass
from functools import cache

from autograder import course
from autograder.util import paths
from autograder.util.i18n import Translatable, _


@dataclass(frozen=True)
class Misconception:
    """A known wrong answer.

    Attributes:
        name: Its name, unique in the course.
        function: The function that the code answers.
        cause: The likely cause, a sentence.
        question: A question that leads on.
        code: A wrong answer that shows the mistake.
    """

    name: str
    function: str
    cause: str
    question: str
    code: str

    def sentence(self) -> Translatable:
        """Return the cause and the question, translated."""
        return _("{cause} {question}").format(cause=_(self.cause), question=_(self.question))


@cache
def of_step(exercise: str) -> dict[str, Misconception]:
    """Return the misconceptions of one exercise by name; empty where there is no file."""
    path = paths.MISCONCEPTIONS / f"{exercise}.toml"
    if not path.is_file():
        return {}
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: Misconception(name, **entry) for name, entry in table.items()}


@cache
def catalogue() -> dict[str, Misconception]:
    """Return all misconceptions of the course by name."""
    return {name: entry for step in course.steps() for name, entry in of_step(step.name).items()}

"""A small made-up class for the demonstration of grading: six learners, three exercises."""

from pathlib import Path

from autograder import course
from autograder.course.misconceptions import catalogue
from autograder.course.solutions import answer_of
from autograder.util import paths

EXERCISES = ("02_encode_split", "04_dot_product", "08_ranking")
MISTAKES = ("block-of-the-file", "dot-normalised", "precision-over-relevant")

_CRASHES = """
this is no Python

# %%
import os

def {function}(*arguments, **keywords):
    os._exit(1)
"""

_HOSTILE = """
import builtins, os, socket, sys
from pathlib import Path

class EqualToEverything:
    def __eq__(self, other): return True
    def __array__(self, *rest): raise SystemExit
    def __getattr__(self, name): return self

for attack in (
    lambda: print(Path("{solution}").read_text()),
    lambda: Path("../../grades.csv").write_text("learner,total\\nmallory,100\\n"),
    lambda: socket.create_connection(("192.0.2.1", 80), timeout=2),
    lambda: os.kill(os.getppid(), 9),
    lambda: setattr(builtins, "isinstance", lambda *anything: True),
):
    try:
        attack()
    except Exception as error:
        print(repr(error))

def {function}(*arguments, **keywords):
    return EqualToEverything()
"""


def make_class(folder: Path, with_hostile: bool) -> None:
    """Write the class's submissions to `folder/<learner>/<exercise>.py`.

    Args:
        folder: The folder of the class.
        with_hostile: Whether one learner attacks the grader; only a sandbox makes this safe.
    """
    for exercise in EXERCISES:
        texts = {
            "ada_strong": _text(paths.solutions(), exercise),
            "ben_mistaken": _with_mistakes(exercise),
            "chloe_beginner": _first_function_only(exercise),
            "david_untouched": _text(paths.exercises(), exercise),
            "emma_crashing": _with_cell(exercise, _CRASHES),
        }
        if with_hostile:
            texts["mallory_hostile"] = _with_cell(exercise, _HOSTILE)
        for learner, text in texts.items():
            path = folder / learner / f"{exercise}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")


def _text(folder: Path, exercise: str) -> str:
    return (folder / f"{exercise}.py").read_text(encoding="utf-8")


def _with_mistakes(exercise: str) -> str:
    known = catalogue()
    codes = [known[name].code for name in MISTAKES if known[name].function in _functions(exercise)]
    return "\n# %%\n".join([_text(paths.solutions(), exercise), *codes])


def _first_function_only(exercise: str) -> str:
    answer = answer_of(course.address(exercise, _functions(exercise)[0]))
    return f"{_text(paths.exercises(), exercise)}\n# %%\n{answer}\n"


def _with_cell(exercise: str, code: str) -> str:
    """Return the solution with a further cell that spoils its last function."""
    spoilt = code.replace("{function}", _functions(exercise)[-1])
    spoilt = spoilt.replace("{solution}", (paths.solutions() / f"{exercise}.py").as_posix())
    return f"{_text(paths.solutions(), exercise)}\n# %%{spoilt}"


def _functions(exercise: str) -> list[str]:
    return list(course.step(exercise).functions)

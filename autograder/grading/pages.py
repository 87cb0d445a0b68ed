"""The pages that grading leaves: one for the class, and one for each learner.

Each is one HTML file that asks nothing of the network. Whatever comes from a submission is escaped,
and its hidden characters are spelt out, by the environment that renders all templates.
"""

import re
import struct
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from autograder import course
from autograder.grading import summary
from autograder.grading.names import slug
from autograder.grading.results import CellOutput, Result
from autograder.grading.summary import ClassResults, class_results
from autograder.hints import invitation
from autograder.i18n import _, ngettext
from autograder.prose import message, prose, visible
from autograder.report import CheckResult, FunctionReport
from autograder.terminal import SIGNS, format_points
from autograder.writing import write_whole

MAX_FIGURE_BYTES = 2 * 2**20
MAX_FIGURE_PIXELS = 40_000_000
MAX_FIGURES = 24
MAX_HARDEST = 6

_PNG_START = b"\x89PNG\r\n\x1a\n"
_TERMINAL_CODE = re.compile(r"\x1b\[[0-9;:?]*[ -/]*[@-~]|\x08")


@dataclass(frozen=True)
class Problem:
    """A message about a function, and the command for a hint where one helps."""

    message: Markup
    hint: str


@dataclass(frozen=True)
class Output:
    """What a page shows of one cell: its text, and its figures as addresses with their data."""

    cell: int
    text: str
    figures: tuple[str, ...]
    left_out: int


def write_pages(results: list[Result], out: Path) -> None:
    """Write `out/index.html` for the class and `out/<slug>/index.html` for every learner."""
    book = class_results(results)
    for learner in book.results:
        write_whole(out / slug(learner) / "index.html", _learner_page(book, learner))
    write_whole(out / "index.html", _class_page(book))


def _class_page(book: ClassResults) -> str:
    functions = summary.function_counts(book)
    hardest = sorted((f for f in functions if f.share < 1), key=lambda f: f.share)
    return _render(
        "class.html.j2",
        book=book,
        functions=functions,
        hardest=hardest[:MAX_HARDEST],
        mistakes=summary.mistake_counts(book),
        remarks=summary.remarks(book),
        isolations=summary.isolations(book),
    )


def _learner_page(book: ClassResults, learner: str) -> str:
    return _render(
        "learner.html.j2",
        book=book,
        learner=learner,
        handed_in=book.results[learner],
        total=book.total(learner),
    )


def _render(template: str, **values) -> str:
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        finalize=_without_hidden_characters,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        _=_,
        ngettext=ngettext,
        slug=slug,
        sign=SIGNS,
        level=summary.level,
        levels=summary.levels,
        problems=_problems,
        outputs=_outputs,
    )
    environment.filters.update(points=format_points, prose=prose, percent=_percent)
    return environment


def _without_hidden_characters(value):
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _percent(part: float, whole: float) -> str:
    """A length in a style sheet or drawing, between 0% and 100%."""
    share = min(max(part / whole, 0.0), 1.0) if whole else 0.0
    return f"{100 * share:.4g}%"


def _problems(exercise: str, function: FunctionReport) -> list[Problem]:
    """What keeps a function from passing, in the order of its checks, each message once."""
    checks = {}
    for check in function.checks:
        if check.outcome != "passed":
            checks.setdefault(check.message, check)
    address = course.address(exercise, function.name)
    return [_problem(address, check) for check in checks.values()]


def _problem(function: str, check: CheckResult) -> Problem:
    command = f"autograder hint {function}"
    lines = [line for line in check.message.split("\n") if line != invitation(function)]
    return Problem(message("\n".join(lines)), "" if check.outcome == "error" else command)


def _outputs(result: Result) -> list[Output]:
    """What to show of a learner's own output: plain text and real, small PNGs."""
    room = MAX_FIGURES
    shown = []
    for output in result.outputs:
        figures = [figure for figure in output.figures if _is_showable(figure)][:room]
        room -= len(figures)
        shown.append(_output(output, figures))
    return [output for output in shown if output.text or output.figures or output.left_out]


def _output(output: CellOutput, figures: list[bytes]) -> Output:
    addresses = tuple(f"data:image/png;base64,{b64encode(f).decode('ascii')}" for f in figures)
    left_out = len(output.figures) - len(figures)
    return Output(output.cell, _as_a_terminal_shows(output.text), addresses, left_out)


def _is_showable(figure: bytes) -> bool:
    """Whether bytes begin as a PNG does, and are small, packed and unpacked."""
    if len(figure) >= MAX_FIGURE_BYTES or not figure.startswith(_PNG_START + b"\0\0\0\rIHDR"):
        return False
    width, height = struct.unpack(">II", figure[16:24].ljust(8, b"\xff"))
    return width * height <= MAX_FIGURE_PIXELS


def _as_a_terminal_shows(text: str) -> str:
    """Text without colour codes, and of a progress line only what was last written over it."""
    lines = _TERMINAL_CODE.sub("", text).replace("\r\n", "\n").strip("\n").split("\n")
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)

"""The pages that grading leaves: one for the class, and one for each learner.

Each page is one HTML file that loads nothing from the network. The environment of the templates
escapes whatever comes from a submission, and spells out its hidden characters.
"""

import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment

from autograder import course
from autograder.grading.output import class_statistics
from autograder.grading.output.class_statistics import ClassResults, class_results
from autograder.grading.output.figures import showable_figures
from autograder.grading.results import CellOutput, Result
from autograder.grading.slugs import slug
from autograder.reports import markup
from autograder.reports.model import CheckResult, FunctionReport, Message, language_of
from autograder.util.atomic import write_atomic
from autograder.util.i18n import speaking

MAX_HARDEST = 6

_BACK = re.compile(rb'\s*<p class="back"><a href="\.\./index\.html">[^<]*</a></p>')
_TERMINAL_CODE = re.compile(r"\x1b\[[0-9;:?]*[ -/]*[@-~]|\x08")


@dataclass(frozen=True)
class Output:
    """The part of a cell's output that a page shows.

    Attributes:
        cell: The cell's number.
        text: What the cell printed, as a terminal shows it.
        figures: The figures as `data:` addresses.
        left_out: The number of figures that the page does not show.
    """

    cell: int
    text: str
    figures: tuple[str, ...]
    left_out: int


def write_pages(
    results: list[Result], out: Path, absent: Iterable[str] = (), present: Iterable[str] = ()
) -> None:
    """Write `out/index.html` for the class and `out/<slug>/index.html` for every learner.

    Args:
        results: The results of the class.
        out: The folder of the results.
        absent: The names of those on the roster who handed in nothing.
        present: The names of those who handed in anything, also without an exercise.
    """
    book = class_results(results, absent, present)
    for learner in book.results:
        write_atomic(out / slug(learner) / "index.html", _learner_page(book, learner))
    write_class_page(results, out, absent, present)


def page_alone(page: bytes) -> bytes:
    """Return a learner's page without the link to the page of the class, which no learner has."""
    return _BACK.sub(b"", page, count=1)


def write_class_page(
    results: list[Result], out: Path, absent: Iterable[str] = (), present: Iterable[str] = ()
) -> None:
    """Write `out/index.html`, the page of the class; see `write_pages`."""
    write_atomic(out / "index.html", _class_page(class_results(results, absent, present)))


def _class_page(book: ClassResults) -> str:
    functions = class_statistics.function_counts(book)
    hardest = sorted((f for f in functions if f.share < 1), key=lambda f: f.share)
    return render(
        "class.html.j2",
        book=book,
        functions=functions,
        hardest=hardest[:MAX_HARDEST],
        mistakes=class_statistics.mistake_counts(book),
        remarks=class_statistics.remarks(book),
        isolations=class_statistics.isolations(book),
    )


def _learner_page(book: ClassResults, learner: str) -> str:
    """Return a learner's page, in the language of their work if it has one."""
    handed_in = book.results[learner]
    with speaking(language_of([result.report for result in handed_in.values()])):
        return render(
            "learner.html.j2",
            book=book,
            learner=learner,
            handed_in=handed_in,
            total=book.total(learner),
        )


def render(template: str, **values: object) -> str:
    """Return a page from one of the templates beside this module."""
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> Environment:
    made = markup.environment(Path(__file__).with_name("templates"))
    made.globals.update(
        slug=slug,
        level=class_statistics.level,
        levels=class_statistics.levels,
        address=course.address,
        problems=_problems,
        outputs=_outputs,
    )
    made.filters.update(percent=_percent)
    return made


def _percent(part: float, whole: float) -> str:
    """Return a length in a style sheet or drawing, between 0% and 100%."""
    share = min(max(part / whole, 0.0), 1.0) if whole else 0.0
    return f"{100 * share:.4g}%"


def _problems(function: FunctionReport) -> list[CheckResult]:
    """Return the checks that did not pass, in their order, each message once."""
    checks: dict[Message | None, CheckResult] = {}
    for check in function.checks:
        if check.outcome != "passed":
            checks.setdefault(check.message, check)
    return list(checks.values())


def _outputs(result: Result) -> list[Output]:
    """Return the part of a learner's own output to show: plain text and real, small PNGs."""
    figures = showable_figures(result.outputs)
    shown = [_output(*pair) for pair in zip(result.outputs, figures, strict=True)]
    return [output for output in shown if output.text or output.figures or output.left_out]


def _output(output: CellOutput, figures: list[bytes]) -> Output:
    addresses = tuple(f"data:image/png;base64,{b64encode(f).decode('ascii')}" for f in figures)
    left_out = len(output.figures) - len(figures)
    return Output(output.cell, _as_a_terminal_shows(output.text), addresses, left_out)


def _as_a_terminal_shows(text: str) -> str:
    """Return a text without colour codes; of an overwritten line only the last version."""
    lines = _TERMINAL_CODE.sub("", text).replace("\r\n", "\n").strip("\n").split("\n")
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)

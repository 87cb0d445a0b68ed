"""Files of learners are parsed in a process with limits on time and memory."""

import os
import signal
import sys
from pathlib import Path

import pytest

from autograder.submissions import limited_parser
from autograder.submissions.cells import UnreadableSubmission
from autograder.submissions.limited_parser import LimitedParser, ParserFailed
from autograder.submissions.parse import as_written, parse, recognised_exercise
from autograder.submissions.submission import Submission
from tests.answers import exercise_text, solution_text

pytestmark = pytest.mark.process

NAME = "08_ranking"
CONTENT = solution_text(NAME).encode()


@pytest.fixture(scope="module")
def parser():
    with LimitedParser() as parser:
        yield parser


@pytest.fixture
def own_parser(monkeypatch):
    """Return a parser of this test, whose process obeys requests that only tests make."""
    monkeypatch.setattr(limited_parser, "_serve", serve)
    with LimitedParser(cpu_seconds=1, seconds=60) as parser:
        yield parser


def serve(connection, cpu_seconds):
    limited_parser._REQUESTS.update(
        spin=spin, fill=fill, fail=fail, end=lambda: os.kill(os.getpid(), signal.SIGTERM)
    )
    SERVE(connection, cpu_seconds)


SERVE = limited_parser._serve


def spin():
    while True:
        pass


def fill():
    parts = []
    while True:
        parts.append(bytearray(2**24))


def fail():
    raise RecursionError("too deep")


def test_the_process_returns_what_parse_returns(parser):
    submission = Submission(NAME, Path(f"{NAME}.py"), "ada", ("it was newer",))
    for content in (CONTENT, exercise_text(NAME).encode(), CONTENT.replace(b"# %%", b"# -%%")):
        assert parser.parse(submission, content) == parse(submission, content)
        assert parser.as_written(content, "any.py") == as_written(content, "any.py")
    assert parser.recognised_exercise(CONTENT, "mine.py") == recognised_exercise(CONTENT, "mine.py")


def test_the_process_refuses_what_parse_refuses(parser):
    submission = Submission(NAME, Path(f"{NAME}.ipynb"), "ada", ("it was newer",))
    for content in (b"", b"%PDF", b'{"cells": 3}', b"\0" * 100):
        with pytest.raises(UnreadableSubmission) as here:
            parse(submission, content)
        with pytest.raises(UnreadableSubmission) as there:
            parser.parse(submission, content)
        assert str(there.value) == str(here.value)
        assert there.value.notes == here.value.notes


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
@pytest.mark.parametrize("request_", ["spin", "fill", "end"])
def test_a_file_that_exceeds_the_limits_is_refused_and_the_next_one_parsed(own_parser, request_):
    with pytest.raises(UnreadableSubmission, match="far more time or memory") as error:
        own_parser._ask("odd.py", ("it was newer",), request_)
    assert error.value.notes == ("it was newer",)
    submission = Submission(NAME, Path(f"{NAME}.py"))
    assert own_parser.parse(submission, CONTENT) == parse(submission, CONTENT)


def test_a_file_that_takes_too_long_by_the_clock_is_refused(own_parser):
    own_parser._cpu_seconds, own_parser._seconds = 1000, 0.5
    with pytest.raises(UnreadableSubmission, match="far more time or memory"):
        own_parser._ask("odd.py", (), "spin")


def test_a_fault_of_the_kit_is_no_refusal(own_parser):
    with pytest.raises(ParserFailed, match="RecursionError: too deep"):
        own_parser._ask("odd.py", (), "fail")


def test_the_limit_of_time_holds_for_each_file(own_parser):
    """The processor time of earlier files does not count."""
    submission = Submission(NAME, Path(f"{NAME}.py"))
    content = CONTENT * 5
    for _time in range(20):
        own_parser.parse(submission, content)


def test_no_process_starts_before_the_first_file():
    with LimitedParser() as parser:
        assert parser._process is None


def test_the_process_ends_with_the_parser(parser):
    with LimitedParser() as other:
        other.recognised_exercise(CONTENT, "mine.py")
        process = other._process
        pid = process.pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)

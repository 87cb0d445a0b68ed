"""Names from outside reach a terminal as text: no markup, no escape codes, no bidi overrides."""

import shutil
from io import StringIO

import pytest
from rich.console import Console

from autograder.cli.failure import stop
from autograder.grading.output.class_table import class_table
from autograder.grading.results import refused
from autograder.learner.watch_screen import Screen
from autograder.reports.model import CheckResult, Message, Report, of_function, with_function
from autograder.reports.terminal import plain_console, print_progress, print_reports
from autograder.submissions.submission import Submission
from tests.answers import solution_text, write

STEP = "08_ranking"
NAMES = ["[/INST]", "[users]", "[bold red]x", ":warning:", "a\x1b[2Jb", "a\u202eb", "a\x07b"]
FILE_NAME = "".join(NAMES).replace("/", "")
HIDDEN = "\x1b\u202e\x07"


def shown(text):
    """Return a text as a terminal shows it."""
    for character in HIDDEN:
        text = text.replace(character, f"⟨U+{ord(character):04X}⟩")
    return text


def is_plain(output, name):
    """Return whether an output holds the name as text, and nothing that acts on a terminal."""
    return shown(name) in output and not any(character in output for character in HIDDEN)


def report_with(text):
    failed = CheckResult("a check", "failed", 0.0, 3.0, Message("f()", text, text, "", (text,)))
    report = Report(STEP, text, "", 0.0, 3.0, (), (), (text,))
    return with_function(report, of_function("precision_at_k", 3.0, (failed,)))


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


@pytest.fixture
def console():
    return Console(file=StringIO(), width=200)


def test_reports(name, console):
    report = report_with(name)
    print_reports([report], console=console)
    print_progress([report], console)
    assert is_plain(console.file.getvalue(), name)


def test_the_screen_of_watch(name, console):
    screen = Screen(STEP)
    screen.end_check(report_with(name), "", 1.0)
    console.print(screen)
    screen.end_check(None, name, 1.0)
    console.print(screen)
    assert is_plain(console.file.getvalue(), name)
    assert console.file.getvalue().count(shown(name)) > 1


def test_the_table_of_a_class(name, console, tmp_path):
    console.print(class_table([refused(Submission(STEP, tmp_path, name), name)]))
    assert is_plain(console.file.getvalue(), name)


def test_a_plain_console_takes_no_codes(name):
    console = plain_console()
    with console.capture() as captured:
        console.print(name.replace("\x1b", "").replace("\x07", ""))
    assert captured.get().strip() == name.replace("\x1b", "").replace("\x07", "")


def test_failures(name, capsys):
    with pytest.raises(BaseException, match="2"):
        stop(f"{name} is wrong")
    assert is_plain(capsys.readouterr().err, name)


def test_commands_name_files(autograder, tmp_path):
    folder = tmp_path / f"{FILE_NAME} learner"
    folder.mkdir()
    strange = write(folder, STEP, "")
    for command in ("check", "progress"):
        result = autograder(command, "--submissions", folder)
        assert not any(c in result.stdout + result.stderr for c in HIDDEN)
    shutil.move(strange, folder / f"{FILE_NAME} {STEP}.py")
    result = autograder("check", "--submissions", folder)
    assert not any(c in result.stdout + result.stderr for c in HIDDEN)


def test_grade_and_export(autograder, tmp_path):
    """A file that cannot be read needs no sandbox."""
    folder = tmp_path / "class" / f"{FILE_NAME} learner"
    folder.mkdir(parents=True)
    write(folder, STEP, "")
    (folder / f"{FILE_NAME}.py").write_text("x = 1", encoding="utf-8")
    out = tmp_path / f"{FILE_NAME} out"
    result = autograder("grade", tmp_path / "class", "--out", out)
    assert result.exit_code == 1
    assert is_plain(result.stdout + result.stderr, FILE_NAME)
    for form in ("moodle", "gradescope"):
        result = autograder("export", form, out, "--out", tmp_path / f"{FILE_NAME}-{form}")
        # The learner's name holds a space, so it is no user name of Moodle's.
        assert result.exit_code == (1 if form == "moodle" else 0)
        assert is_plain(result.stdout + result.stderr, FILE_NAME)


def test_notebooks(autograder, tmp_path):
    folder = tmp_path / "submitted" / f"{FILE_NAME} learner" / STEP
    folder.mkdir(parents=True)
    write(folder, STEP, solution_text(STEP))
    result = autograder("notebooks", tmp_path)
    assert not any(c in result.stdout + result.stderr for c in HIDDEN)

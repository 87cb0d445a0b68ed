"""A process that has collected the checks gives the same reports as one that has not."""

import re
from pathlib import Path

import pytest

from autograder import course
from autograder.reports.model import write_json
from autograder.running import runner
from autograder.running.collected import CollectedChecks
from autograder.running.targets import FileTarget, NoTarget
from autograder.util import paths

FIRST = course.steps()[0]
RAISES = """

# %%
def {function}(*arguments):
    print("loud")
    return 1 / 0
"""


@pytest.fixture
def collected(monkeypatch) -> None:
    """Collect the checks, for the rest of the test."""
    monkeypatch.setattr(runner, "_collected", None)
    runner.collect_once()
    assert runner._collected is not None


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> list[Path]:
    """Return a right answer, a stub and an answer in which a function raises."""
    right = paths.solutions() / f"{FIRST.name}.py"
    wrong = tmp_path_factory.mktemp("answers") / right.name
    raises = RAISES.format(function=next(iter(FIRST.points)))
    wrong.write_text(right.read_text(encoding="utf-8") + raises, encoding="utf-8")
    return [right, paths.exercises() / right.name, wrong]


def report_on(path: Path, folder: Path, seed: int | None = None) -> str:
    """Return the report on a file as JSON, without seconds and names of temporary folders."""
    write_json(runner.run(FileTarget.at(path), seed), folder / "report.json")
    text = (folder / "report.json").read_text(encoding="utf-8")
    text = re.sub(r'"seconds": [\d.e-]+', '"seconds": …', text)
    return re.sub(r"/ratings-\w+/\w+/", "/…/", text)


def test_reports_are_the_same(files, tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "_collected", None)
    before = [report_on(path, tmp_path, seed) for path in files for seed in (None, 7)]
    runner.collect_once()
    after = [report_on(path, tmp_path, seed) for path in files for seed in (None, 7)]
    for one, other in zip(before, after, strict=True):
        assert one.splitlines() == other.splitlines()
    assert len(set(before)) > 2


def test_a_run_leaves_nothing_to_the_next(files, tmp_path, collected):
    right, untouched, wrong = files
    first = report_on(right, tmp_path)
    report_on(wrong, tmp_path)
    report_on(untouched, tmp_path)
    assert report_on(right, tmp_path) == first


def test_output_of_checked_code_is_dropped(files, tmp_path, collected, capfd):
    report_on(files[2], tmp_path)
    assert capfd.readouterr() == ("", "")


def test_a_run_within_a_run_has_a_session_of_its_own(files, tmp_path, collected):
    checks = runner._collected
    seen = []

    class Inner:
        @pytest.hookimpl(wrapper=True)
        def pytest_runtestloop(self):
            seen.append((checks.is_free, report_on(files[0], tmp_path)))
            return (yield)

    target = FileTarget.at(files[1])
    [report] = runner._reports(target, None, [runner._TargetPlugin(target), Inner()])
    assert report.exercise == FIRST.name
    assert seen == [(False, report_on(files[0], tmp_path))]
    assert checks.is_free


def test_a_fault_of_the_kit_ends_one_run_only(files, tmp_path, collected):
    class Broken:
        def pytest_runtestloop(self):
            raise RuntimeError("the kit's own fault")

    target = FileTarget.at(files[0])
    before = report_on(files[0], tmp_path)
    with pytest.raises(runner.CheckError, match="the kit's own fault"):
        runner._reports(target, None, [runner._TargetPlugin(target), Broken()])
    assert report_on(files[0], tmp_path) == before


def test_checks_that_cannot_be_imported_are_not_kept(tmp_path):
    (tmp_path / "test_broken.py").write_text("import no_such_module\n", encoding="utf-8")
    arguments = [*runner._ARGUMENTS, "-pno:capture", "-pautograder.conftest", str(tmp_path)]
    assert CollectedChecks.collect(arguments, runner._TargetPlugin(NoTarget())) is None

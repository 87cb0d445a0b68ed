"""`autograder course` in a course that nbgrader or an instructor made before."""

import os
import subprocess
import sys

import pytest
from traitlets.config.loader import PyFileConfigLoader
from typer.testing import CliRunner

pytest.importorskip("nbgrader")

from autograder.cli.app import app
from autograder.nbgrading import exporter, preprocessors
from tests.nbgrading.commands import environment, make, nbgrader

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="the settings import all of nbgrader, which is for Unix"
)

OWN = 'c = get_config()\nc.CourseDirectory.course_id = "mine"\n# autograder.nbgrading is next\n'


@pytest.fixture
def stock(tmp_path):
    """A course whose settings do not name the kit."""
    folder = tmp_path / "course"
    folder.mkdir()
    (folder / "nbgrader_config.py").write_text(OWN, encoding="utf-8")
    return folder


def settings(folder):
    return PyFileConfigLoader("nbgrader_config.py", path=str(folder)).load_config()


def refusal(folder):
    result = CliRunner().invoke(app, ["course", str(folder), "--exercises", "04"])
    assert result.exit_code == 2
    return result.output


def test_a_course_without_the_sandbox_is_refused(stock):
    said = refusal(stock)
    assert "--adopt" in said
    assert "nbgrader_config.py.before-autograder" in said
    assert [path.name for path in stock.iterdir()] == ["nbgrader_config.py"]
    assert (stock / "nbgrader_config.py").read_text(encoding="utf-8") == OWN


def test_the_lines_of_the_refusal_make_it_a_course_with_the_sandbox(stock):
    lines = refusal(stock).partition("file:\n")[2]
    path = stock / "nbgrader_config.py"
    path.write_text(f"{OWN}{lines}", encoding="utf-8")
    config = settings(stock)
    assert config.CourseDirectory.course_id == "mine"
    assert config.Autograde.autograde_preprocessors[0] is preprocessors.GradeInSandbox
    assert config.GenerateFeedback.exporter_class is exporter.FeedbackExporter
    make(stock)
    assert path.read_text(encoding="utf-8") == f"{OWN}{lines}"


def test_adopted_it_keeps_the_earlier_settings_beside(stock):
    said = make(stock, "--adopt")
    aside = stock / "nbgrader_config.py.before-autograder"
    assert f"your earlier settings are now {aside}" in said
    assert aside.read_text(encoding="utf-8") == OWN
    config = settings(stock)
    assert config.CourseDirectory.course_id == "mine"
    assert config.Autograde.autograde_preprocessors[0] is preprocessors.GradeInSandbox
    assert "earlier settings" not in make(stock, "--adopt")


def test_adopted_twice_it_keeps_both(stock):
    make(stock, "--adopt")
    (stock / "nbgrader_config.py").write_text(f"{OWN}# again\n", encoding="utf-8")
    make(stock, "--adopt")
    names = [f"nbgrader_config.py.before-autograder{end}" for end in ("", ".2")]
    texts = [(stock / name).read_text(encoding="utf-8") for name in names]
    assert texts == [OWN, f"{OWN}# again\n"]


@pytest.mark.slow
def test_a_course_of_quickstart_is_refused_and_adopted(tmp_path):
    nbgrader(tmp_path, "quickstart", "stock")
    assert "--adopt" in refusal(tmp_path / "stock")
    make(tmp_path / "stock", "--adopt")
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "generate_assignment", "04_dot_product"],
        cwd=tmp_path / "stock",
        env=environment() | {"JUPYTER_CONFIG_DIR": os.devnull},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr

"""A course's `nbgrader_config.py`: new courses, and courses made under earlier class names."""

import re
import sys
from pathlib import Path

import pytest
from nbconvert.exporters import NotebookExporter
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

pytest.importorskip("nbgrader")

from autograder.nbgrading import course, exporter, feedback, preprocessors

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="the settings import all of nbgrader, which is for Unix"
)

EARLIER = Path(__file__).parent / "earlier_course"
TEMPLATES = Path(course.__file__).parent / "templates"
NAMES = {
    EARLIER: ("GradeBehindWall", "MendNotebook"),
    TEMPLATES: ("GradeInSandbox", "RestoreNotebook"),
}
by_age = pytest.mark.parametrize("folder", NAMES, ids=["earlier", "new"])


def settings(folder, tmp_path):
    """Load the settings of a course, with their example values of the grading class switched on."""
    text = (folder / "nbgrader_config.py").read_text(encoding="utf-8")
    grading, _restoring = NAMES[folder]
    example = rf"^# (?=c\.{grading}\.(?:jobs|scheduler|require_isolation) = )"
    text, n_switched_on = re.subn(example, "", text, flags=re.MULTILINE)
    assert n_switched_on == 3
    (tmp_path / "nbgrader_config.py").write_text(text, encoding="utf-8")
    return PyFileConfigLoader("nbgrader_config.py", path=str(tmp_path)).load_config()


@by_age
def test_settings_reach_the_preprocessor_that_grades(folder, tmp_path):
    config = settings(folder, tmp_path)
    grading = config.Autograde.autograde_preprocessors[0]
    assert grading.__name__ == NAMES[folder][0]
    converting = NotebookExporter(config=config)
    converting.register_preprocessor(grading)
    registered = converting._preprocessors[-1]
    assert isinstance(registered, preprocessors.GradeInSandbox)
    assert registered.jobs == 4
    assert registered.scheduler == "tcp://host:8786"
    assert registered.require_isolation is True


@by_age
def test_settings_name_the_parts_that_the_kit_replaces(folder, tmp_path):
    config = settings(folder, tmp_path)
    restoring = config.Autograde.sanitize_preprocessors[0]
    assert restoring.__name__ == NAMES[folder][1]
    assert issubclass(restoring, preprocessors.RestoreNotebook)
    assert config.Autograde.autograde_preprocessors[1] is preprocessors.PlainScores
    assert config.Autograde.exporter_class is exporter.SubmissionExporter
    assert config.GenerateFeedback.exporter_class is exporter.FeedbackExporter
    assert config.GenerateFeedback.preprocessors[0] is feedback.MathsWithoutNetwork


def test_an_earlier_name_takes_the_new_section_too():
    config = Config({"GradeInSandbox": {"jobs": 3}, "GradeBehindWall": {"require_isolation": True}})
    grading = preprocessors.GradeBehindWall(config=config)
    assert grading.jobs == 3
    assert grading.require_isolation is True
    assert preprocessors.GradeInSandbox(config=config).require_isolation is False


def test_preprocessors_are_on_unless_the_settings_turn_them_off():
    kinds = preprocessors.GradeInSandbox, preprocessors.RestoreNotebook, preprocessors.PlainScores
    for kind in kinds:
        assert kind().enabled
        assert not kind(config=Config({kind.__name__: {"enabled": False}})).enabled

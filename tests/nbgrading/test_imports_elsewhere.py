"""The kit's parts of nbgrader import where Unix-only modules are missing, such as on Windows.

nbgrader asks `sys.platform` before it imports `pwd`. A process that only blocks the modules is
still on Unix by that question. Importing any part of nbgrader runs `nbgrader/__init__.py`, which
imports `nbgrader.utils` and with it `pwd`. Hence no import of nbgrader can work in such a process:
neither `nbgrader.preprocessors` of a course's settings, nor `nbgrader.api`. The kit therefore
imports nbgrader inside functions only.
"""

import ast
import importlib.util
from pathlib import Path

import pytest

from autograder.nbgrading import course

BLOCKED = ("pwd", "fcntl", "resource", "termios", "grp")
SETTINGS = Path(course.__file__).parent / "templates" / "nbgrader_config.py"

# Before the modules are blocked, only Python's own start has run.
WITHOUT_UNIX = f"""
import importlib
import sys

class Elsewhere:
    def find_spec(self, name, path=None, target=None):
        if name in {BLOCKED}:
            raise ImportError(f"there is no {{name}} here")

for name in {BLOCKED}:
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Elsewhere())
"""


def imports_of_settings():
    """The modules that a course's settings import from, with the names."""
    tree = ast.parse(SETTINGS.read_text(encoding="utf-8"))
    statements = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return [(node.module, [alias.name for alias in node.names]) for node in statements]


def test_the_kits_names_in_a_courses_settings_can_be_imported(run_python):
    own = [(m, names) for m, names in imports_of_settings() if m.startswith("autograder.")]
    modules = {"preprocessors", "exporter", "feedback", "links"}
    assert {module.rpartition(".")[2] for module, _names in own} == modules
    own.append(("autograder.nbgrading.preprocessors", ["GradeBehindWall", "MendNotebook"]))
    code = f"""{WITHOUT_UNIX}
for module, names in {own}:
    found = importlib.import_module(module)
    for name in names:
        assert callable(getattr(found, name)), name
assert "nbgrader" not in sys.modules
assert not set(sys.modules) & set({BLOCKED})
"""
    done = run_python("-c", code)
    assert done.returncode == 0, done.stderr


def test_only_nbgrader_itself_asks_for_unix(run_python):
    """nbgrader's own names fail in such a process, for want of `pwd` and nothing else."""
    pytest.importorskip("nbgrader")
    others = [m for m, _names in imports_of_settings() if not m.startswith("autograder.")]
    assert others == ["nbgrader.preprocessors"]
    code = f"""{WITHOUT_UNIX}
try:
    import nbgrader.preprocessors
except ImportError as error:
    print(error)
"""
    done = run_python("-c", code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "there is no pwd here"


def test_nbgrader_imports_unix_modules_under_a_condition():
    """Such as `if sys.platform != "win32"`: on Windows nbgrader does without them."""
    package = importlib.util.find_spec("nbgrader")
    if package is None:
        pytest.skip("nbgrader is not installed")
    folder = Path(package.origin).parent
    for path in folder.rglob("*.py"):
        if not {"docs", "tests"} & set(path.relative_to(folder).parts):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            imports = [node for node in tree.body if isinstance(node, ast.Import)]
            assert not {alias.name for node in imports for alias in node.names} & set(BLOCKED), path

"""The imports of learners and of an nbgrader configuration need no Unix modules."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.process

UNIX_ONLY = ("_posixsubprocess", "fcntl", "grp", "nis", "ossaudiodev", "pty", "pwd", "resource",
             "spwd", "syslog", "termios", "tty")  # fmt: skip
FOR_LEARNERS = (
    "autograder.cli.app",
    "autograder.cli.learner",
    "autograder.cli.doctor",
    "autograder.cli.lab",
    "autograder.learner.carry_over",
    "autograder.learner.check",
    "autograder.learner.check_process",
    "autograder.learner.compare_figures",
    "autograder.learner.figures",
    "autograder.learner.report_cache",
    "autograder.running.runner",
    "autograder.reports.terminal",
    "autograder.reports.notebook",
    "autograder.submissions.discovery",
    "recommender_data",
)
FOR_INSTRUCTORS = (
    "autograder.cli.instructor",
    "autograder.grading.command",
    "autograder.grading.judge_pool",
    "autograder.grading.output.pages",
    "autograder.sandbox.client",
    "autograder.sandbox.isolation",
)
# A finder before all other finders; libraries may try these modules and do without them.
PROGRAM = """
import importlib, sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name in {blocked}:
            raise ModuleNotFoundError(f"no module {{name}} on this system", name=name)

for name in {blocked}:
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Refuse())
for name in {modules}:
    importlib.import_module(name)
print("imported")
"""


@pytest.mark.parametrize("modules", [FOR_LEARNERS, FOR_INSTRUCTORS], ids=["learners", "graders"])
def test_no_module_of_unix_is_needed(modules):
    blocked = [name for name in UNIX_ONLY if name != "_posixsubprocess"]
    program = PROGRAM.format(blocked=blocked, modules=list(modules))
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, encoding="utf-8"
    )
    assert done.stdout == "imported\n", done.stderr[-2000:]

# The settings of this course; nbgrader reads them in every command. Written once: edit as you like.
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearOutput,
    DeduplicateIds,
    GetGrades,
    LimitOutput,
    OverwriteCells,
    OverwriteKernelspec,
    SaveAutoGrades,
)

from autograder.nbgrading.exporter import FeedbackExporter, SubmissionExporter
from autograder.nbgrading.feedback import MathsWithoutNetwork
from autograder.nbgrading.preprocessors import GradeBehindWall, MendNotebook, PlainScores

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "{course_id}"

# A stub holds a TODO of its own already.
c.ClearSolutions.code_stub = {"python": "raise NotImplementedError()"}

# A damaged notebook is read as far as that is safe, and mended, before nbgrader looks at it.
c.Autograde.exporter_class = SubmissionExporter
c.Autograde.sanitize_preprocessors = [
    MendNotebook,
    ClearOutput,
    DeduplicateIds,
    OverwriteKernelspec,
    OverwriteCells,
    CheckCellMetadata,
]

# In place of running each notebook in a kernel, all are graded behind the wall, several at once.
c.Autograde.autograde_preprocessors = [
    GradeBehindWall,
    PlainScores,
    LimitOutput,
    SaveAutoGrades,
    AssignLatePenalties,
]
# c.GradeBehindWall.jobs = 4                  # default: one more than the machine has cores
# c.GradeBehindWall.scheduler = "tcp://host:8786"  # a Dask scheduler, whose workers grade instead
# c.GradeBehindWall.require_isolation = True  # grade nothing unless every layer of isolation stands

# Feedback shows messages, hints, formulas and figures, and asks for nothing from the network.
c.GenerateFeedback.exporter_class = FeedbackExporter
c.GenerateFeedback.preprocessors = [MathsWithoutNetwork, GetGrades]

# For `nbgrader zip_collect`: how the files in your platform's archive are named, for example
# c.FileNameCollectorPlugin.named_regexp = r"(?P<student_id>[^_]+)_.*_(?P<file_id>\d\d_\w+)"
c.FileNameCollectorPlugin.valid_ext = [".ipynb", ".py"]

# Students come into the gradebook with their first submission.
c.Autograde.create_student = True

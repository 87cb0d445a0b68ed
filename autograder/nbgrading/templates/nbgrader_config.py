# The settings of this course; nbgrader reads them in every command. Edit them as you like:
# `autograder course` writes this file once and never changes it.
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

from autograder.nbgrading.exporter import FeedbackExporter, ReleaseExporter, SubmissionExporter
from autograder.nbgrading.feedback import MathsWithoutNetwork
from autograder.nbgrading.links import replace_links
from autograder.nbgrading.preprocessors import GradeInSandbox, PlainScores, RestoreNotebook

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "{course_id}"

# A stub holds a TODO of its own already.
c.ClearSolutions.code_stub = {"python": "raise NotImplementedError()"}

# The prose of a released notebook names the points of its check cells.
c.GenerateAssignment.exporter_class = ReleaseExporter

# The kit reads a damaged notebook as far as that is safe, and restores it, before nbgrader sees it.
c.Autograde.exporter_class = SubmissionExporter
c.Autograde.sanitize_preprocessors = [
    RestoreNotebook,
    ClearOutput,
    DeduplicateIds,
    OverwriteKernelspec,
    OverwriteCells,
    CheckCellMetadata,
]

# nbgrader copies the files beside a notebook; a link would bring the content of its target.
c.Autograde.pre_convert_hook = replace_links

# The kit grades all notebooks in its sandbox, several at once; nbgrader runs no kernel.
c.Autograde.autograde_preprocessors = [
    GradeInSandbox,
    PlainScores,
    LimitOutput,
    SaveAutoGrades,
    AssignLatePenalties,
]

# How many notebooks are graded at once. Default: one more than the machine has cores.
# c.GradeInSandbox.jobs = 4

# The workers of a Dask scheduler grade.
# c.GradeInSandbox.scheduler = "tcp://host:8786"

# Grade nothing unless every layer of isolation stands.
# c.GradeInSandbox.require_isolation = True

# Notebooks of your own run in the sandbox, too. This line runs them in a kernel, with your rights.
# c.GradeInSandbox.own_notebooks_in_kernel = True

# Feedback shows messages, hints, formulas and figures, and needs no network.
c.GenerateFeedback.exporter_class = FeedbackExporter
c.GenerateFeedback.preprocessors = [MathsWithoutNetwork, GetGrades]

# `nbgrader zip_collect` reads Moodle's downloads as they are. For another platform, write a pattern
# for the paths of its files, which counts in place of Moodle's names:
# c.FileNameCollectorPlugin.named_regexp = r".*/(?P<student_id>[^/_]+)_(?P<file_id>[^/]+)"
c.ZipCollectApp.extractor_plugin = "autograder.nbgrading.zip_collect.ArchiveExtractor"
c.ZipCollectApp.collector_plugin = "autograder.nbgrading.zip_collect.MoodleCollector"
c.FileNameCollectorPlugin.valid_ext = [".ipynb", ".py"]

# nbgrader enters a student into the gradebook with the first submission.
c.Autograde.create_student = True

"""The plugins of `nbgrader zip_collect` that read Moodle's downloads.

Moodle's "Download all submissions" lays `Ada Lovelace_12345_assignsubmission_file_/explore.ipynb`,
or `Ada Lovelace_12345_assignsubmission_file_explore.ipynb`. A pattern cannot make a folder's name
of a name with a slash, keep two learners of the same name apart, or leave bundles whole.

A course's settings name these classes as texts, because this module imports nbgrader and nbgrader
cannot be imported everywhere (see `preprocessors`).
"""

# nbgrader is not annotated.
# mypy: disable-error-code="no-untyped-call,misc"

import os
import re
import shutil
from collections import defaultdict
from functools import cached_property
from pathlib import Path
from typing import Any

from nbgrader.plugins import ExtractorPlugin, FileNameCollectorPlugin
from nbgrader.utils import unzip

from autograder.bundle.unpack import is_bundle
from autograder.grading.intake.names import MoodleName, moodle_name
from autograder.grading.intake.tree import Node, tree_at
from autograder.grading.result_cache import COURSE_FOLDER
from autograder.grading.tables import TableError
from autograder.nbgrading.register import COLUMNS, read_register, write_register
from autograder.submissions.discovery import looks_like_a_submission
from autograder.util.i18n import _
from autograder.util.paths import free_path
from autograder.util.text import visible

_UNFIT = re.compile(r"[\x00-\x1f\x7f\\/:*?\"<>|\[\]]+")
_MAX_ID = 100


class ArchiveExtractor(ExtractorPlugin):
    """An extractor that unpacks archives within limits, and leaves bundles whole.

    A damaged archive of one learner does not stop the others.
    """

    def extract(self, archive_path: str, extracted_path: str) -> None:
        """Unpack the archives in a folder, also those in other archives.

        Args:
            archive_path: The folder with the archives that were downloaded.
            extracted_path: The folder that takes their content.
        """
        unpacked = Path(self.parent.coursedir.root) / COURSE_FOLDER / ".archives"
        self._copy(tree_at(Path(archive_path), unpacked), Path(extracted_path))
        shutil.rmtree(unpacked, ignore_errors=True)

    def _copy(self, node: Node, target: Path) -> None:
        if node.problem or (node.path.is_symlink() and not node.is_folder):
            reason = node.problem or _("it is a link")
            text = _("{path} was left out: {reason}")
            self.log.error("%s", visible(text.format(path=node.shown, reason=reason)))
        elif node.is_folder:
            for child in node.children or ():
                self._copy(child, target / child.name)
        elif node.path.suffix == ".gz":
            target.parent.mkdir(parents=True, exist_ok=True)
            unzip(str(node.path), str(target.parent), self.zip_ext, True, True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(node.path, free_path(target))


class MoodleCollector(FileNameCollectorPlugin):
    """A collector that reads the names of Moodle's downloads.

    If the settings have a `named_regexp`, that pattern decides in place of Moodle's names. A
    student's id is the full name, as `autograder grade` calls the learner, without the characters
    that no folder may have. The file `.autograder/moodle.csv` of the course lists Moodle's
    participant numbers.
    """

    def __init__(self, **options: Any) -> None:
        """Make a collector without any file.

        Args:
            options: Passed on to nbgrader; `parent` is the command.
        """
        super().__init__(**options)
        self._files: dict[str, set[str]] = defaultdict(set)
        self._keep_times()

    def collect(self, submitted_file: str) -> dict[str, str] | None:
        """Return whose an extracted file is, and its own name.

        Args:
            submitted_file: The path of the file.

        Returns:
            The `student_id` and the `file_id`; None for a file that is nobody's submission.
        """
        if self.named_regexp:
            found: dict[str, str] | None = super().collect(submitted_file)
            return found
        path = Path(submitted_file)
        if not (looks_like_a_submission(path) or is_bundle(path)):
            return None
        named = self._named_in(path)
        if named is None:
            text = _(
                "{path} has no name as Moodle gives it. If it comes from another platform, write a "
                "pattern for its names as c.FileNameCollectorPlugin.named_regexp in "
                "nbgrader_config.py."
            )
            self.log.warning("%s", visible(text.format(path=path)))
            return None
        learner, is_own_file = named
        student = self._student_of(learner)
        name = learner.rest if is_own_file else path.name
        if name in self._files[student]:
            name = f"{path.parent.name} {path.name}"
        name = _free_name(name, self._files[student])
        self._files[student].add(name)
        return {"student_id": student, "file_id": name}

    def _keep_times(self) -> None:
        """Let the copies in `submitted` have the times of the files in the download.

        nbgrader copies without times, and offers no step after the copy. Times decide which of a
        learner's files for an exercise counts.
        """
        transfer = getattr(self.parent, "_transfer_files", None)
        if transfer is None:
            return

        def with_times(collected: dict[str, dict[str, Any]]) -> None:
            transfer(collected)
            for own in (collected or {}).values():
                for source, copy in zip(own["src_files"], own["dest_files"], strict=True):
                    times = Path(source).stat()
                    os.utime(copy, ns=(times.st_atime_ns, times.st_mtime_ns))

        self.parent._transfer_files = with_times

    @cached_property
    def _extracted(self) -> Path:
        return Path(self.parent._format_collect_path(self.parent.extracted_directory))

    @cached_property
    def _students(self) -> dict[tuple[str, str], str]:
        """The ids of all learners in the download by name and participant number."""
        names = {
            (found[0].learner, found[0].number)
            for path in self._extracted.rglob("*")
            if path.is_file() and (found := self._named_in(path)) is not None
        }
        ids: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for name, number in sorted(names):
            ids[student_id(name).casefold()].append((name, number))
        students = {}
        for same in ids.values():
            for name, number in same:
                alone = len(same) == 1
                students[name, number] = student_id(name if alone else f"{name} ({number})")
            if len(same) > 1:
                text = _(
                    "{n} participants have the name {name}. Their folders hold the participant "
                    "number, which is another one in each of Moodle's assignments."
                )
                self.log.warning("%s", visible(text.format(n=len(same), name=same[0][0])))
        self._register(students)
        return students

    def _student_of(self, learner: MoodleName) -> str:
        return self._students[learner.learner, learner.number]

    def _named_in(self, path: Path) -> tuple[MoodleName, bool] | None:
        """Return the name that Moodle has given a path, and whether it names the file itself."""
        parts = path.relative_to(self._extracted).parts
        for part in parts:
            found = moodle_name(part)
            if found is not None:
                return found, part is parts[-1]
        return None

    def _register(self, students: dict[tuple[str, str], str]) -> None:
        """Write the participant numbers of this assignment into the course's register."""
        course = Path(self.parent.coursedir.root)
        assignment = self.parent.coursedir.assignment_id
        try:
            rows = [row for row in read_register(course) if row["assignment"] != assignment]
        except TableError as error:
            self.parent.fail("%s", visible(str(error)))
        for (name, number), student in sorted(students.items()):
            rows.append(dict(zip(COLUMNS, (assignment, number, name, student), strict=True)))
        write_register(rows, course)


def student_id(name: str) -> str:
    """Return a learner's name in a form that every file system takes for a folder."""
    words = _UNFIT.sub(" ", name).split()
    return " ".join(words)[:_MAX_ID].strip(" .") or "learner"


def _free_name(name: str, taken: set[str]) -> str:
    """Return a file's name, with a number where it is taken."""
    path, free, number = Path(name), name, 1
    while free in taken:
        number += 1
        free = f"{path.stem} ({number}){path.suffix}"
    return free

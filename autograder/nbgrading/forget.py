"""Forgetting one student of an nbgrader course: folders, stored results and the gradebook."""

# nbgrader is not annotated.
# mypy: disable-error-code="no-untyped-call,no-any-return"

from pathlib import Path
from typing import Any

from autograder.grading.forget import Forgotten, remove
from autograder.grading.intake.names import moodle_name
from autograder.grading.people import Identity
from autograder.grading.result_cache import CACHE_FOLDER, COURSE_FOLDER, learner_of
from autograder.grading.roster import Person
from autograder.grading.slugs import slug
from autograder.nbgrading.gradebook import GRADEBOOK, people_in
from autograder.nbgrading.register import read_register, register_of, write_register
from autograder.util.i18n import _, ngettext

_FOLDERS = ("submitted", "autograded", "feedback")


def students_in(course: Path) -> list[Identity]:
    """Return everybody of whom a course holds anything.

    Args:
        course: The folder of the course.

    Raises:
        NoGradebook: The gradebook cannot be read.
        TableError: The register of Moodle's participants cannot be read.
    """
    people = {}
    if (course / GRADEBOOK).is_file():
        for student in people_in(course):
            person = Person(student.name, student.id, student.email)
            people[student.id] = Identity(student.id, person)
    folders = [path for name in _FOLDERS for path in sorted((course / name).glob("*/"))]
    names = [path.name for path in folders]
    names += [learner_of(path) for path in (course / COURSE_FOLDER).glob("[!.]*/[!.]*/")]
    names += [row["student_id"] for row in read_register(course)]
    for name in names:
        people.setdefault(name, Identity(name, Person("", name)))
    return list(people.values())


def forget_student(student: str, course: Path, really: bool) -> Forgotten:
    """Remove a student's folders, stored results and all entries in the gradebook.

    Args:
        student: The student's id.
        course: The folder of the course.
        really: Whether to remove anything; else only what would be removed is returned.
    """
    done = Forgotten()
    for name in _FOLDERS:
        # An id such as `..` or "" names a folder that is not the student's.
        own = [path for path in (course / name).glob("*") if path.name == student]
        for folder in own:
            remove(folder, done, really)
    for store in sorted((course / COURSE_FOLDER).glob("*/")):
        remove(store / slug(student), done, really)
        remove(store / CACHE_FOLDER / slug(student), done, really)
    _forget_downloads(student, course, done, really)
    if (course / GRADEBOOK).is_file():
        with _gradebook(course) as gradebook:
            if student in {each.id for each in gradebook.students}:
                text = _("the student {name} and all grades in {path}")
                done.removed.append(text.format(name=student, path=course / GRADEBOOK))
                if really:
                    gradebook.remove_student(student)
    done.advice.append(
        _(
            "nbgrader's exchange, and tables and archives that you exported, lie outside of the "
            "course's folders: look there yourself."
        )
    )
    return done


def _forget_downloads(student: str, course: Path, done: Forgotten, really: bool) -> None:
    """Remove what `nbgrader zip_collect` unpacked of a student, and the rows of the register."""
    rows = read_register(course)
    own = [row for row in rows if row["student_id"] == student]
    if not own:
        return
    for assignment in dict.fromkeys(row["assignment"] for row in own):
        called = {(r["name"], r["participant"]) for r in own if r["assignment"] == assignment}
        download = course / "downloaded" / assignment
        for path in sorted((download / "extracted").rglob("*")):
            named = moodle_name(path.name)
            if named is not None and (named.learner, named.number) in called:
                remove(path, done, really)
        text = _("{path} may hold files of {name}: delete the archive yourself.")
        archives = sorted(p for p in (download / "archive").glob("*") if p.is_file())
        done.stays += [text.format(path=path, name=student) for path in archives]
    text = ngettext("{n} row of {path}", "{n} rows of {path}", len(own))
    done.removed.append(text.format(n=len(own), path=register_of(course)))
    if really:
        write_register([row for row in rows if row not in own], course)


def _gradebook(course: Path) -> Any:
    from nbgrader.api import Gradebook

    return Gradebook(f"sqlite:///{(course / GRADEBOOK).absolute()}")

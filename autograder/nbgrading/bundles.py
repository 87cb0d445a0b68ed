"""Bundles in a course: their notebooks go where nbgrader looks for submitted notebooks.

A bundle that lies in `submitted/<learner>/<assignment>/` is that learner's. A bundle that is named
by its path goes to a learner whose folder is made of the name in the bundle. The kit never mixes
two bundles there: where a learner has another notebook already, a person decides.
"""

# nbformat is not annotated.
# mypy: disable-error-code="no-untyped-call,no-any-return"

from collections.abc import Iterator
from pathlib import Path

import nbformat

from autograder import course
from autograder.bundle.manifest import MEMO, WHOLE_COURSE, NoBundle
from autograder.bundle.unpack import Bundle, is_bundle, read_bundle
from autograder.grading.slugs import slug
from autograder.nbgrading.scripts import (
    Made,
    content_of,
    marked_notebook,
    released_notebook,
    rename_older,
)
from autograder.submissions.cells import UnreadableSubmission
from autograder.submissions.limited_parser import LimitedParser
from autograder.submissions.sections import section_of
from autograder.util.atomic import write_atomic
from autograder.util.i18n import _


def notebooks_of_bundles(folder: Path, given: list[Path]) -> Iterator[Made]:
    """Unpack the notebooks of bundles into a course's folder `submitted`.

    Args:
        folder: A course, or its folder `submitted`.
        given: Bundles elsewhere, or folders of such bundles.

    Yields:
        Every notebook that was written, and every bundle of which some notebook was not, with the
        reason.

    Raises:
        NotWritten: A notebook cannot be written.
    """
    submitted = folder / "submitted" if (folder / "submitted").is_dir() else folder
    if given and submitted == folder and folder.absolute().name != "submitted":
        submitted = folder / "submitted"
    with LimitedParser() as parser:
        unpacking = _Unpacking(submitted, parser)
        for place in sorted(path for path in submitted.glob("*/*") if path.is_dir()):
            yield from unpacking.lying_in(place)
        for path in given:
            for archive in sorted(path.glob("*.zip")) if path.is_dir() else [path]:
                yield from unpacking.given(archive)


class _Unpacking:
    def __init__(self, submitted: Path, parser: LimitedParser) -> None:
        self._submitted = submitted
        self._course = submitted.parent
        self._parser = parser

    def lying_in(self, place: Path) -> Iterator[Made]:
        """Unpack the newest bundle in a learner's folder of an assignment."""
        bundles = []
        for path in sorted(place.glob("*.zip")):
            if not is_bundle(path):
                continue
            try:
                bundles.append(read_bundle(path))
            except NoBundle as error:
                yield Made(path, None, (str(error),))
        bundles.sort(key=lambda b: (b.manifest.created, b.path.name))
        if not bundles:
            return
        best = bundles[-1]
        text = _("it is newer than {other}")
        newer = tuple(text.format(other=each.path.name) for each in bundles[:-1])
        for exercise in self._wanted(place.name):
            content = self._notebook(best, exercise, place.name)
            if isinstance(content, str):
                yield Made(best.path, None, (content,))
            elif content is not None:
                yield from self._write(best, place, exercise, content, newer)

    def given(self, path: Path) -> Iterator[Made]:
        """Unpack a bundle into the folders of its learner."""
        try:
            bundle = read_bundle(path)
        except NoBundle as error:
            yield Made(path, None, (str(error),))
            return
        learner = slug(bundle.manifest.learner or "learner")
        n_written = 0
        for assignment, exercises in self._assignments().items():
            place = self._submitted / learner / assignment
            for exercise in exercises:
                content = self._notebook(bundle, exercise, assignment)
                if content is None:
                    continue
                n_written += 1
                if isinstance(content, str):
                    yield Made(path, None, (content,))
                elif self._is_taken(place / f"{exercise}.ipynb", content):
                    text = _(
                        "{learner} has handed in another {exercise} already. If both are the same "
                        "person's, put the bundle into {place} and type the command again."
                    )
                    note = text.format(learner=learner, exercise=exercise, place=place)
                    yield Made(path, None, (note,))
                else:
                    yield from self._write(bundle, place, exercise, content, ())
        if not n_written:
            yield Made(path, None, (_("no assignment of this course has an exercise of it"),))

    def _write(
        self, bundle: Bundle, place: Path, exercise: str, content: bytes, notes: tuple[str, ...]
    ) -> Iterator[Made]:
        """Write a notebook; rename another one that lies there."""
        path = place / f"{exercise}.ipynb"
        if content_of(path) == content:
            return
        if path.exists() or path.is_symlink():
            notes = (*notes, rename_older(path))
        write_atomic(path, content)
        on_it = bundle.notes if exercise == MEMO else bundle.notes_on(exercise)
        yield Made(bundle.path, path, (*notes, *on_it))

    def _is_taken(self, path: Path, content: bytes) -> bool:
        return (path.exists() or path.is_symlink()) and content_of(path) != content

    def _notebook(self, bundle: Bundle, exercise: str, assignment: str) -> bytes | str | None:
        """Return an exercise of a bundle as a notebook's bytes; a reason where it is unreadable."""
        if exercise == MEMO:
            return bundle.memo
        own = bundle.notebooks.get(f"{exercise}.ipynb")
        if own is not None:
            return own
        whole = bundle.notebooks.get(f"{WHOLE_COURSE}.ipynb")
        if whole is None:
            return None
        try:
            written, _notes = self._parser.as_written(whole, f"{WHOLE_COURSE}.ipynb")
        except UnreadableSubmission as error:
            return str(error)
        cells = section_of(written, exercise)
        if not cells:
            return None
        released = released_notebook(self._course / "release" / assignment, exercise)
        notebook = marked_notebook(cells, released)
        text: str = nbformat.writes(notebook)
        return f"{text}\n".encode("utf-8", "replace")

    def _wanted(self, assignment: str) -> tuple[str, ...]:
        """Return the exercises of an assignment; all of them where the course does not say."""
        known = self._assignments().get(assignment)
        return known if known is not None else tuple(step.name for step in course.steps())

    def _assignments(self) -> dict[str, tuple[str, ...]]:
        """Return the exercises of each assignment of the course."""
        found: dict[str, set[str]] = {}
        for kind in ("source", "release"):
            for path in sorted((self._course / kind).glob("*/*.ipynb")):
                found.setdefault(path.parent.name, set()).add(path.stem)
        steps = [*(step.name for step in course.steps()), MEMO]
        by_assignment = {
            name: tuple(step for step in steps if step in names) for name, names in found.items()
        }
        return {name: exercises for name, exercises in by_assignment.items() if exercises}

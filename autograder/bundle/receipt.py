"""The receipt of a bundle, for the learner: what was handed in, with points and digests."""

from dataclasses import dataclass
from pathlib import Path

from autograder.bundle.manifest import Manifest
from autograder.reports.model import Report, total
from autograder.reports.wording import format_total, points_of
from autograder.util.i18n import _, current
from autograder.util.text import visible

_TEMPLATE = Path(__file__).parent / "templates" / "receipt.html.j2"


@dataclass(frozen=True)
class Receipt:
    """The content of a receipt.

    Attributes:
        facts: Learner, date and version, each with its label.
        rows: Exercises with their points, then the total.
        remarks: Sentences on answers that were opened early.
        files: Names of files with their SHA-256.
        checksum: The checksum of the bundle.
    """

    facts: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...]
    files: tuple[tuple[str, str], ...]
    checksum: str

    def text(self) -> str:
        """Return the receipt as plain text."""
        lines = [_title(), "", *_table(self.facts), "", _points_title(), "", *_table(self.rows)]
        if self.remarks:
            lines += ["", *self.remarks]
        lines += ["", _files_title(), ""]
        lines += [f"{sha256}  {name}" for name, sha256 in self.files]
        lines += ["", _checksum_title(), self.checksum]
        return visible("\n".join(lines)) + "\n"

    def html(self) -> str:
        """Return the receipt as a page that loads nothing."""
        from jinja2 import Environment

        environment = Environment(autoescape=True, finalize=lambda v: visible(str(v)))
        template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
        return template.render(
            language=current(),
            title=_title(),
            points_title=_points_title(),
            files_title=_files_title(),
            checksum_title=_checksum_title(),
            **vars(self),
        )


def receipt_of(manifest: Manifest, reports: list[Report]) -> Receipt:
    """Return the receipt of a bundle."""
    facts = (
        (_("Learner"), manifest.learner),
        (_("Date"), manifest.created),
        (_("Version of the kit"), f"{manifest.version} ({manifest.fingerprint})"),
    )
    rows = [(report.exercise, points_of(report)) for report in reports]
    rows.append((_("Total"), format_total(total(reports))))
    remarks = []
    if manifest.opened:
        text = _("Answers that were opened before their functions passed: {names}.")
        remarks.append(text.format(names=", ".join(manifest.opened)))
    for problem in manifest.opened_problems:
        text = _("The record of opened answers was changed: {problem}.")
        remarks.append(text.format(problem=problem))
    return Receipt(
        facts,
        tuple(rows),
        tuple(remarks),
        tuple(sorted(manifest.files.items())),
        manifest.document()["checksum"],
    )


def _table(rows: tuple[tuple[str, str], ...]) -> list[str]:
    width = max(len(label) for label, _value in rows)
    return [f"{label:<{width}}  {value}" for label, value in rows]


def _title() -> str:
    return _("Receipt of a bundle")


def _points_title() -> str:
    return _("Points of the learner's own checks")


def _files_title() -> str:
    return _("Files with their SHA-256")


def _checksum_title() -> str:
    return _("Checksum of the bundle (SHA-256 of its manifest)")

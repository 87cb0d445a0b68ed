"""Tables for a terminal and for Markdown, and the regions of a document that hold them."""

import datetime
import os
import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


@dataclass(frozen=True)
class Table:
    """A heading, the names of the columns, rows of text, and notes below them."""

    heading: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()

    def plain(self) -> str:
        widths = [max(map(len, column)) for column in zip(self.columns, *self.rows, strict=True)]
        lines = [
            "  ".join(
                cell.rjust(width) if place else cell.ljust(width)
                for place, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in (self.columns, *self.rows)
        ]
        return "\n".join([self.heading, "", *lines, *([""] if self.notes else []), *self.notes])

    def markdown(self) -> str:
        rule = ["---", *["---:"] * (len(self.columns) - 1)]
        lines = [f"| {' | '.join(row)} |" for row in (self.columns, rule, *self.rows)]
        notes = [f"- {note}" for note in self.notes]
        return "\n".join([f"**{self.heading}**", "", *lines, *([""] if notes else []), *notes])


def write_region(document: Path, name: str, text: str) -> None:
    """Replace the text between `<!-- name -->` and `<!-- end of name -->`.

    Raises:
        LookupError: The document has no such region.
    """
    content = document.read_text(encoding="utf-8")
    region = re.compile(
        rf"(<!-- {re.escape(name)} -->\n).*?(<!-- end of {re.escape(name)} -->)", re.DOTALL
    )
    if not region.search(content):
        raise LookupError(f"{document} has no region {name!r}")
    changed = region.sub(lambda match: f"{match[1]}\n{text}\n\n{match[2]}", content)
    document.write_text(changed, encoding="utf-8")


def circumstances(packages: Sequence[str]) -> str:
    """Return date, machine, its load, and versions, in one line."""
    import psutil

    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    memory = psutil.virtual_memory().total / 2**30
    versions = ", ".join(f"{name} {found}" for name in packages if (found := _version(name)))
    return (
        f"{datetime.date.today():%d %B %Y}; {os.cpu_count()} processors ({_processor()}), "
        f"{memory:.0f} GB{load}; Python {platform.python_version()}, {versions}"
    )


def _version(package: str) -> str | None:
    """Return a package's version; TensorFlow's also under the name of its variant without GPU."""
    for name in (package, f"{package}-cpu"):
        try:
            return version(name)
        except PackageNotFoundError:
            continue
    return None


def _processor() -> str:
    """Return the processor's name, as far as the system reports it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if "model name" in line)
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()

"""The layout that a file should have: its columns, their types, its separator and its encoding."""

from dataclasses import dataclass, field


class Time:
    """The type of a column with times, in seconds since 1970 or as text."""


@dataclass(frozen=True)
class Layout:
    """The layout of a file.

    Attributes:
        columns: The type (int, float, str or Time) of each column by its name, in order.
        separator: The text between two fields; None where the file may have any separator.
        encoding: The file's text encoding; None where it may have any.
        has_header: Whether the first line names the columns.
        has_quotes: Whether quotation marks may enclose a field.
        sources: Each column's name or number (from 1) in the file, where it differs.
        optional: Columns that the file may lack.
        text_ids: Columns whose whole numbers may be texts in this file.
        time_format: The form of times: a format of `strptime`, "seconds" or "milliseconds"; None
            where it is to be found out.
        may_skip: Whether `bad_rows="skip"` leaves out bad lines of this file.
        description: The `dataset.toml` that describes the file, or that could describe the file;
            "" for a set of GroupLens.
        is_described: Whether there is such a `dataset.toml`, so that the form is no surprise.
    """

    columns: dict[str, type]
    separator: str | None = ","
    encoding: str | None = "utf-8"
    has_header: bool = True
    has_quotes: bool = True
    sources: dict[str, str | int] = field(default_factory=dict)
    optional: frozenset[str] = frozenset()
    text_ids: frozenset[str] = frozenset()
    time_format: str | None = None
    may_skip: bool = False
    description: str = ""
    is_described: bool = False

    def source(self, name: str) -> str | int:
        """Return a column's name or number in the file."""
        return self.sources.get(name, name)

    @property
    def header(self) -> str:
        """The header that the file should have."""
        names = [str(self.source(name)) for name in self.columns if name not in self.optional]
        return (self.separator or ",").join(names)

    def pandas_types(self, types: dict[str, type]) -> dict[str, type]:
        """Return the types of the columns in a frame, given those in the file."""
        return {n: int if kind is Time else types[n] for n, kind in self.columns.items()}

"""Read a matrix of ratings, with one user a line and one item a column."""

from dataclasses import replace

import numpy as np
import pandas as pd

from recommender_data import wording
from recommender_data.description import Description
from recommender_data.dialects import header_of
from recommender_data.errors import DataError
from recommender_data.files import File
from recommender_data.i18n import _
from recommender_data.identifiers import clean_ids
from recommender_data.layouts import Layout
from recommender_data.tables import Rule, read_table


def read_matrix(file: File, described: Description) -> pd.DataFrame:
    """Read a matrix of ratings.

    A user's id is the number of the line, from 1. An item's id is its column's name in the
    header, or its number, from 1, where there is no header. An empty cell is no rating.

    Args:
        file: The file.
        described: The content of `dataset.toml`.

    Returns:
        Frame with userId and movieId (int64 or text) and rating (float64).

    Raises:
        DataError: The file is unreadable, a cell is no number, or a rating is beyond the scale.
    """
    spec = described.ratings
    layout = Layout(
        {},
        spec.separator or None,
        spec.encoding or None,
        has_header=spec.header,
        has_quotes=len(spec.separator.encode()) < 2,
        description=described.place,
        is_described=described.is_written,
    )
    separator, header = header_of(file, layout)
    names = {f"c{place}": place for place in range(spec.ignore + 1, len(header) + 1)}
    if not names:
        text = _("{file} has {n} columns, of which ignore in {description} leaves none.")
        raise DataError(text.format(file=file, n=len(header), description=described.place))
    low, high = spec.scale
    layout = replace(
        layout, columns=dict.fromkeys(names, str), separator=separator, sources=dict(names)
    )
    expected = wording.cell(low, high, spec.no_rating, described.place)
    cells_hold = Rule(expected, lambda table: _cells_hold(table, spec.no_rating, low, high))
    table = read_table(file, layout, (cells_hold,))
    values = table.apply(_floats).to_numpy(dtype=float)
    rows, columns = np.nonzero(~np.isnan(values) & (values != spec.no_rating))
    if len(rows) == 0:
        raise wording.no_rows(file, layout)
    ids = pd.Series(header[spec.ignore :] if spec.header else range(1, len(names) + 1))
    items = clean_ids(ids)
    if items.duplicated().any():
        raise wording.two_columns(file, layout, str(items[items.duplicated()].iloc[0]))
    return pd.DataFrame(
        {
            "userId": rows.astype(np.int64) + 1,
            "movieId": items.to_numpy()[columns],
            "rating": values[rows, columns],
        }
    )


def _floats(column: "pd.Series[str]") -> "pd.Series[float]":
    """Return numbers; an empty cell is missing, and so is a cell that holds no number."""
    return pd.to_numeric(column.str.strip().str.replace(",", "."), errors="coerce")


def _cells_hold(
    table: pd.DataFrame, no_rating: float, low: float, high: float
) -> "pd.Series[bool]":
    """Return whether each row has only ratings of the scale and cells without a rating."""
    good = pd.Series(True, index=table.index)
    for name in table:
        numbers = _floats(table[name])
        is_empty = table[name].str.strip() == ""
        good &= is_empty | (numbers == no_rating) | numbers.between(low, high)
    return good

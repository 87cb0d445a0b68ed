"""Ids of users and items: whole numbers stay, texts get numbers."""

from typing import Any

import pandas as pd


def clean_ids(ids: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return ids as int64 where all of them are whole numbers, such as 7 or 7.0; else as text.

    Args:
        ids: The ids as they stand in a file, int64 or text.
    """
    if ids.dtype.kind == "i":
        return ids
    texts = ids.astype(str).str.strip()
    if texts.str.fullmatch(r"[+-]?[0-9]{1,18}(\.0*)?").all():
        return texts.str.partition(".")[0].astype("int64")
    return texts


def numbers_of(ids: "pd.Series[Any]") -> dict[Any, int]:
    """Return each id's number: a whole number its own, a text its place in alphabetical order.

    Args:
        ids: The ids, as `clean_ids` returns them.
    """
    distinct = sorted(ids.unique().tolist())
    if ids.dtype.kind == "i":
        return {number: number for number in distinct}
    return {text: place for place, text in enumerate(distinct, start=1)}


def numbered(ids: "pd.Series[Any]", numbers: dict[Any, int]) -> "pd.Series[int]":
    """Return the number of each id, int64.

    Args:
        ids: The ids, as `clean_ids` returns them.
        numbers: The number of each id, as `numbers_of` returns them.
    """
    return ids if ids.dtype.kind == "i" else ids.map(numbers).astype("int64")

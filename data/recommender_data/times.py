"""Read times that are written as text."""

import pandas as pd

ISO = "ISO8601"
"""The format of times such as 2005-04-02 23:53:47 and 2005-04-02T23:53:47Z."""


def to_seconds(texts: "pd.Series[str]", form: str | None) -> "pd.Series[int]":
    """Return seconds since 1970, UTC; a text that is no time gives a missing value.

    Args:
        texts: The times as text. A time without a time zone counts as UTC.
        form: A format of `strptime`; without a format, ISO 8601.
    """
    times = pd.to_datetime(texts, format=form or ISO, utc=True, errors="coerce")
    if times.isna().any():
        times = pd.to_datetime(texts.str.strip(), format=form or ISO, utc=True, errors="coerce")
    seconds = times.dt.tz_localize(None).dt.as_unit("s").astype("int64")
    return seconds.where(times.notna())

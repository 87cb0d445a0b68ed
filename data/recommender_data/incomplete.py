"""Frames of sets that lack a column of MovieLens; each names the column where it is needed.

Most exercises need neither times nor genres. So that they run, the frames have every column, and a
missing column holds one value throughout: 0, or "(no genres listed)". Code that selects such a
column, or sorts or groups by it, would compute nonsense from it, and gets a sentence instead.
"""

from collections.abc import Hashable, Iterable
from typing import Any, ClassVar

import pandas as pd

from recommender_data.errors import DataError
from recommender_data.i18n import _


class MissingColumn(DataError, KeyError):
    """A step needs a column that the ratings at hand do not have; the text names the column."""

    def __str__(self) -> str:
        return str(self.args[0])


class _Incomplete(pd.DataFrame):
    """A frame with one column in which nothing is known."""

    lacks: ClassVar[str]
    filler: ClassVar[object]

    @classmethod
    def sentence(cls) -> str:
        """Return the sentence on the column that is missing."""
        raise NotImplementedError

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, Hashable):
            self._need(key)
        return super().__getitem__(key)

    def sort_values(self, by: Any, *args: Any, **options: Any) -> Any:
        """Sort as a frame does, unless by the column that is missing.

        After the rating, the time only orders equal ratings in a list; there it may be missing.
        """
        if isinstance(by, list) and by[:1] == ["rating"] and not options.get("inplace"):
            return type(self)(pd.DataFrame(self).sort_values(by, *args, **options))
        self._need_all(by)
        return super().sort_values(by, *args, **options)

    def groupby(self, by: Any = None, *args: Any, **options: Any) -> Any:
        """Group as a frame does, unless by the column that is missing."""
        self._need_all(by)
        return super().groupby(by, *args, **options)

    def _need_all(self, by: Any) -> None:
        several = isinstance(by, Iterable) and not isinstance(by, str | pd.Series)
        for key in by if several else [by]:
            if isinstance(key, str):
                self._need(key)

    def _need(self, key: Hashable) -> None:
        if key != self.lacks or key not in self.columns or not len(self):
            return
        column = super().__getitem__(key)
        if isinstance(column, pd.Series) and bool((column == self.filler).all()):
            raise MissingColumn(self.sentence())


class RatingsWithoutTimes(_Incomplete):
    """Ratings of a set that does not say when users rated; `timestamp` is 0."""

    lacks = "timestamp"
    filler = 0

    @property
    def _constructor(self) -> Any:
        return RatingsWithoutTimes

    @classmethod
    def sentence(cls) -> str:
        """Return the sentence on missing times."""
        return _(
            "These ratings have no timestamps, and this step needs them: name the column with the "
            "times in dataset.toml, or run this step with COURSE_DATA=simulated."
        )


class ItemsWithoutGenres(_Incomplete):
    """Films or other items without genres; `genres` is "(no genres listed)"."""

    lacks = "genres"
    filler = "(no genres listed)"

    @property
    def _constructor(self) -> Any:
        return ItemsWithoutGenres

    @classmethod
    def sentence(cls) -> str:
        """Return the sentence on missing genres."""
        return _(
            "These items have no genres, and this step needs them: name the column with the genres "
            "in dataset.toml, or run this step with COURSE_DATA=simulated."
        )

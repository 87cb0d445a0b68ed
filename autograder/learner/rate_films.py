"""A learner's own ratings: a form with a few well-known films in a notebook, kept in the workspace.

Where widgets are missing, the form is a cell of a dict to copy.
"""

import json
import math
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.learner.figures import in_notebook
from autograder.util.atomic import NotWritten, write_atomic
from autograder.util.i18n import _
from autograder.workspace.place import KEPT, usable_from

if TYPE_CHECKING:
    import pandas as pd

N_FILMS = 15
_WELL_KNOWN = 150
_FILE = "my-ratings.json"
_STEP = 0.5


class OwnRatings(Mapping[int, float]):
    """A learner's stars by movieId; a mapping that follows what the learner chooses in the form."""

    def __init__(self, titles: Mapping[int, str], file: Path | None) -> None:
        """Ask about films.

        Args:
            titles: The titles of the films in the form, by movieId.
            file: Where the stars are kept; None where there is no workspace.
        """
        self.titles = dict(titles)
        self._file = file
        self._stars = _read(file)

    def __getitem__(self, movie: int) -> float:
        return self._stars[movie]

    def __iter__(self) -> Any:
        return iter(self._stars)

    def __len__(self) -> int:
        return len(self._stars)

    def rate(self, movie: int, stars: float | None) -> None:
        """Give a film stars, from 0.5 to 5 by halves, or take them back.

        Args:
            movie: The film's movieId.
            stars: The stars; None for a film that the learner has not seen.

        Raises:
            ValueError: There are no such stars.
        """
        if stars is None:
            self._stars.pop(movie, None)
        elif not (0.5 <= stars <= 5 and math.isclose(stars * 2, round(stars * 2))):
            raise ValueError(_("stars go from 0.5 to 5 by halves, and not {n}").format(n=stars))
        else:
            self._stars[movie] = float(stars)
        if self._file is not None:
            with suppress(NotWritten):
                write_atomic(self._file, json.dumps({str(k): v for k, v in self.items()}))

    def _ipython_display_(self) -> None:
        from IPython.display import display

        if find_spec("ipywidgets") is None or not in_notebook():
            print(self.as_code())
        else:
            display(_form(self))  # type: ignore[no-untyped-call]

    def as_code(self) -> str:
        """Return the form as code to copy into a cell, a line for each film."""
        lines = [
            _("# Give stars from 0.5 to 5 to the films that you have seen, and delete the others:"),
            "for movie, stars in {",
            *(
                f"    {movie}: {self._stars.get(movie, 3.0)},  # {title}"
                for movie, title in self.titles.items()
            ),
            "}.items():",
            "    mine.rate(movie, stars)",
        ]
        return "\n".join(lines)


def rate_films(movies: "pd.DataFrame", ratings: "pd.DataFrame", n: int = N_FILMS) -> OwnRatings:
    """Return a form that asks a learner about well-known films of many genres.

    The stars stay in the workspace, and the next call brings them back.

    Args:
        movies: A frame with columns movieId, title and, where there are genres, genres.
        ratings: A raw frame with a column movieId, which says how well a film is known.
        n: The number of films.
    """
    return OwnRatings(_varied(movies, ratings, n), _place())


def _varied(movies: "pd.DataFrame", ratings: "pd.DataFrame", n: int) -> dict[int, str]:
    """Return well-known films, each of a genre that is rare among those before it."""
    known = ratings["movieId"].value_counts().index[:_WELL_KNOWN]
    films = movies.drop_duplicates("movieId").set_index("movieId")
    films = films.loc[[movie for movie in known if movie in films.index]]
    genres = films["genres"] if "genres" in films else films["title"].map(lambda _title: "")
    counts: dict[str, int] = {}
    chosen: dict[int, str] = {}
    while len(chosen) < min(n, len(films)):
        left = [movie for movie in films.index if movie not in chosen]
        best = min(left, key=lambda movie: max(_taken(genres[movie], counts)))
        chosen[int(best)] = str(films.loc[best, "title"])
        for genre in str(genres[best]).split("|"):
            counts[genre] = counts.get(genre, 0) + 1
    return chosen


def _taken(genres: str, counts: dict[str, int]) -> list[int]:
    return [counts.get(genre, 0) for genre in str(genres).split("|")]


def _form(own: OwnRatings) -> Any:
    import ipywidgets

    unseen = _("not seen")
    choices = [unseen, *(k * _STEP for k in range(1, 11))]
    rows = []
    for movie, title in own.titles.items():
        picker = ipywidgets.Dropdown(options=choices, value=own.get(movie, unseen))
        picker.layout.width = "8em"

        def keep(change: dict[str, Any], movie: int = movie) -> None:
            own.rate(movie, None if change["new"] == unseen else change["new"])

        picker.observe(keep, names="value")
        label = ipywidgets.Label(title)
        label.layout.width = "30em"
        rows.append(ipywidgets.HBox([label, picker]))
    return ipywidgets.VBox(rows)


def _place() -> Path | None:
    workspace = usable_from(Path())
    return workspace.root / KEPT / _FILE if workspace else None


def _read(file: Path | None) -> dict[int, float]:
    if file is None:
        return {}
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        return {int(movie): float(stars) for movie, stars in kept.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}

"""Draw an invented film catalogue, with gaps between ids, years in titles, and up to 3 genres."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from recommender_data.arrays import Booleans, Floats, Integers
from recommender_data.titles import invent_titles

FIRST_YEAR, LAST_YEAR = 1930, 2017
NO_GENRES = "(no genres listed)"

TASTE_AXES = ("dark", "fast", "fantastic", "romantic", "family")

# Each genre's position on the axes of taste, and its frequency as a film's main genre.
_GENRES = {
    "Action": (0.2, 1.0, 0.0, -0.5, 0.0, 10),
    "Adventure": (-0.2, 0.7, 0.5, 0.1, 0.5, 7),
    "Animation": (-0.6, 0.2, 0.7, 0.0, 1.0, 5),
    "Comedy": (-1.0, 0.1, -0.3, 0.2, 0.0, 17),
    "Crime": (0.6, 0.3, -0.7, -0.4, -0.5, 7),
    "Documentary": (0.1, -0.8, -1.0, -0.4, 0.1, 5),
    "Drama": (0.3, -0.8, -0.5, 0.5, -0.5, 20),
    "Fantasy": (-0.1, 0.2, 1.0, 0.4, 0.3, 5),
    "Horror": (1.0, 0.2, 0.6, -0.5, -0.7, 7),
    "Musical": (-0.6, -0.2, 0.1, 0.8, 0.6, 3),
    "Romance": (-0.3, -0.5, -0.2, 1.0, -0.2, 9),
    "Sci-Fi": (0.2, 0.5, 1.0, -0.7, 0.1, 7),
    "Thriller": (0.8, 0.6, -0.3, -0.3, -0.5, 9),
    "Western": (0.2, 0.6, -0.7, -0.2, 0.2, 3),
}
GENRES = tuple(_GENRES)
GENRE_TASTES: Floats = np.array([row[:-1] for row in _GENRES.values()])
"""The genres' positions on the axes of taste, float64 (G, len(TASTE_AXES))."""

_FREQUENCIES: Floats = np.array([row[-1] for row in _GENRES.values()], dtype=float)
_SHARE_BY_NUMBER_OF_GENRES = (0.01, 0.34, 0.45, 0.20)
_N_REMAKES = 2


@dataclass(frozen=True)
class Catalogue:
    """The films and their drawn properties; a row stands for the same film in every part.

    Attributes:
        movies: Frame with movieId (int64), title (text) and genres (text, "A|B|C").
        genres: Whether a film has a genre: bool (I, G), columns in the order of `GENRES`.
        years: The year of release that the title names: int64 (I,).
    """

    movies: pd.DataFrame
    genres: Booleans
    years: Integers


def draw_catalogue(rng: np.random.Generator, n_items: int) -> Catalogue:
    """Draw films; the last films are remakes with the title, year and genres of an earlier film.

    Args:
        rng: The source of randomness.
        n_items: The number of films, remakes included.
    """
    n_new = n_items - _N_REMAKES
    genres = [_draw_genres(rng) for _ in range(n_new)]
    age = (LAST_YEAR - FIRST_YEAR) * rng.random(n_new) ** 2
    years = LAST_YEAR - age.astype(np.int64)
    by_year = np.argsort(years, kind="stable")
    titles = dict(zip(by_year, invent_titles(rng, [genres[film] for film in by_year]), strict=True))

    origin = np.concatenate([np.arange(n_new), np.argsort(rng.random(n_new))[:_N_REMAKES]])
    movies = pd.DataFrame(
        {
            "movieId": _ids_with_gaps(rng, n_items),
            "title": [f"{titles[film]} ({years[film]})" for film in origin],
            "genres": ["|".join(sorted(genres[film])) or NO_GENRES for film in origin],
        }
    )
    membership = np.array([[name in genres[film] for name in GENRES] for film in origin])
    return Catalogue(movies, membership, years[origin])


def _draw_genres(rng: np.random.Generator) -> list[str]:
    """Return the main genre, then further genres, likelier the closer their tastes are."""
    number = _draw(rng, np.array(_SHARE_BY_NUMBER_OF_GENRES))
    chosen: list[int] = []
    weights = _FREQUENCIES
    for _ in range(number):
        chosen.append(_draw(rng, weights))
        closeness = GENRE_TASTES @ GENRE_TASTES[chosen[0]]
        weights = _FREQUENCIES * np.exp(1.5 * closeness)
        weights[chosen] = 0
    return [GENRES[genre] for genre in chosen]


def _draw(rng: np.random.Generator, weights: Floats) -> int:
    """Return a random index, drawn in proportion to the weights."""
    total = np.cumsum(weights)
    return int(np.searchsorted(total, rng.random() * total[-1], side="right"))


def _ids_with_gaps(rng: np.random.Generator, n_items: int) -> Integers:
    """Return rising ids, int64 (n_items,), whose gaps grow as the gaps of MovieLens' ids do."""
    largest_gap = 1 + 60 * np.linspace(0, 1, n_items) ** 2
    return np.cumsum(1 + (largest_gap * rng.random(n_items)).astype(np.int64))

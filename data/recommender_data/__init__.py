"""Load, download or simulate ratings of films, always in MovieLens' own columns.

    import recommender_data as data

    ratings, movies = data.load("ml-latest-small")
    ratings, books = data.load("path/to/goodbooks-10k")
    simulation = data.simulate(seed=1)

The package reads four environment variables:

- COURSE_DATA names the set, or the path, that `load()` loads without an argument.
- MOVIELENS_DIR names the folder in which sets already lie, or a set's folder or archive.
- COURSE_CACHE names the folder for downloads.
- MOVIELENS_URL names a mirror of GroupLens' server.
"""

from recommender_data.errors import DataError
from recommender_data.incomplete import MissingColumn
from recommender_data.simulated import Simulation, simulate
from recommender_data.sources import NAMES, Dataset, load
from recommender_data.truth import Truth

__all__ = [
    "NAMES",
    "DataError",
    "Dataset",
    "MissingColumn",
    "Simulation",
    "Truth",
    "load",
    "simulate",
]

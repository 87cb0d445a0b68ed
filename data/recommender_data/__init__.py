"""Load, download or simulate ratings of films, always in MovieLens' own columns.

    import recommender_data as data

    ratings, movies = data.load("ml-latest-small")
    simulation = data.simulate(seed=1)

The package reads four environment variables:

- COURSE_DATA names the set that `load()` loads without an argument.
- MOVIELENS_DIR names the folder in which sets already lie.
- COURSE_CACHE names the folder for downloads.
- MOVIELENS_URL names a mirror of GroupLens' server.
"""

from recommender_data.errors import DataError
from recommender_data.simulated import Simulation, simulate
from recommender_data.sources import NAMES, Dataset, load
from recommender_data.truth import Truth

__all__ = ["NAMES", "DataError", "Dataset", "Simulation", "Truth", "load", "simulate"]

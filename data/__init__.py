"""Ratings of films: loaded, downloaded or simulated, always in MovieLens' own columns.

    ratings, movies = data.load("ml-latest-small")
    simulation = data.simulate(seed=1)

Environment variables: COURSE_DATA (the set that `load()` means), MOVIELENS_DIR (where sets already
lie), COURSE_CACHE (where downloads are kept), MOVIELENS_URL (a mirror of GroupLens).
"""

from data.errors import DataError
from data.loading import NAMES, Dataset, load
from data.simulated import Simulation, Truth, simulate

__all__ = ["NAMES", "DataError", "Dataset", "Simulation", "Truth", "load", "simulate"]

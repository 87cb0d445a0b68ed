"""The package `recommender_data` under its old name, for exercises that were released earlier."""

from recommender_data import *  # noqa: F403
from recommender_data import __all__ as __all__

"""The same five folds for every contender, and the inner folds for choosing settings."""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd
from sklearn.model_selection import KFold

import recommender_data as data

N_FOLDS = 5
SPLITS = KFold(N_FOLDS, shuffle=True, random_state=42)


@dataclass(frozen=True, eq=False)
class Fold:
    """A split of a set's ratings.

    Attributes:
        train: The training rows, an encoded frame (user, item, rating, timestamp).
        test: The test rows, an encoded frame.
        n_users: The number of users.
        n_items: The number of items.
        scale: The lowest and the highest rating of the set, in stars.
        number: The fold's number.
    """

    train: pd.DataFrame
    test: pd.DataFrame
    n_users: int
    n_items: int
    scale: tuple[float, float]
    number: int

    @property
    def mu(self) -> float:
        return float(self.train["rating"].mean())

    def small(self) -> "Fold":
        """Return a fold of a few of the rows, to warm libraries up."""
        return replace(self, train=self.train.head(2000), test=self.test.head(100))

    def inner(self) -> "Fold":
        """Return a fold of the training rows alone, with a fifth of them for validation."""
        train, validation = next(SPLITS.split(self.train))
        return replace(self, train=self.train.iloc[train], test=self.train.iloc[validation])


@cache
def load(name: str) -> data.Dataset:
    """Return a data set; where the set is out of reach, the returned set has another name."""
    return data.load(name, bad_rows="skip")


@cache
def encoded(name: str) -> pd.DataFrame:
    """Return all ratings of a set; `user` and `item` count from 0 in the order of the raw ids."""
    ratings = load(name).ratings
    ids = {
        column: np.unique(ratings[raw], return_inverse=True)[1].astype("int32")
        for raw, column in (("userId", "user"), ("movieId", "item"))
    }
    return ratings[["rating", "timestamp"]].assign(**ids)


def fold(name: str, number: int) -> Fold:
    """Return one of the five folds of a set."""
    ratings = encoded(name)
    train, test = list(SPLITS.split(ratings))[number]
    stars = ratings["rating"]
    return Fold(
        ratings.iloc[train],
        ratings.iloc[test],
        n_users=int(ratings["user"].max()) + 1,
        n_items=int(ratings["item"].max()) + 1,
        scale=(float(stars.min()), float(stars.max())),
        number=number,
    )

"""Contenders of scikit-surprise, in the form of `with_numpy.py`; its trainset is untimed."""

import numpy as np
from surprise import SVD, Dataset, Reader, SVDpp

from quality.folds import Fold


def svd(fold: Fold, **settings):
    return _fitting(fold, SVD(random_state=fold.number, **settings))


def svdpp(fold: Fold, **settings):
    return _fitting(fold, SVDpp(random_state=fold.number, **settings))


def _fitting(fold: Fold, algorithm):
    columns = fold.train[["user", "item", "rating"]]
    trainset = Dataset.load_from_df(columns, Reader(rating_scale=fold.scale)).build_full_trainset()

    def fit():
        algorithm.fit(trainset)

        def predict():
            pairs = zip(fold.test["user"].tolist(), fold.test["item"].tolist(), strict=True)
            return np.array([algorithm.predict(user, item).est for user, item in pairs])

        return predict

    return fit

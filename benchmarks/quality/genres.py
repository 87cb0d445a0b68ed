"""Genres from vectors of films: mean average precision of a logistic regression, by features.

The vectors see all ratings of the set and no genre. The scores, over five splits, count films that
the classifier has not seen.
"""

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.decomposition import TruncatedSVD
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from autograder.learner.carry_over import reference
from quality.folds import Fold, encoded, fold, load
from quality.ranking import watched_factors, watched_network
from quality.with_keras import biased_model_of

MIN_RATINGS = MIN_FILMS = 20
SPLITS = range(5)


def scores_by_features(name: str, chosen: dict[str, dict]) -> dict[str, list[float]]:
    """Return the macro average precision of each split by the name of the features, guessing first.

    `chosen` holds the settings of "rating", "watched" and "als".
    """
    genres = reference("10_genres")
    often, labels = _films(name)
    features = _features(_all_rows(name), often, chosen)
    scores = {"guessing (share of films)": [], **{each: [] for each in features}}
    for seed in SPLITS:
        learn, test = genres["split_items"](len(often), seed=seed)
        for each, vectors in features.items():
            one_a_genre = OneVsRestClassifier(LogisticRegression(C=0.1, max_iter=1000))
            classifier = make_pipeline(StandardScaler(), one_a_genre)
            predicted = classifier.fit(vectors[learn], labels[learn]).predict_proba(vectors[test])
            measured = genres["score_genres"](labels[test], predicted)
            scores[each].append(measured["macro_ap"])
        scores["guessing (share of films)"].append(measured["prevalence"])
    return scores


def described(name: str) -> str:
    often, labels = _films(name)
    return f"{len(often):,} films with {MIN_RATINGS} or more ratings, {labels.shape[1]} genres"


def _films(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return items with many ratings, int (m,), and their genres, int8 (m, G)."""
    ratings, movies = load(name)
    raw_ids, counts = np.unique(ratings["movieId"], return_counts=True)
    often = np.flatnonzero(counts >= MIN_RATINGS)
    films = movies.set_index("movieId").loc[raw_ids[often]]
    labels, _names = reference("10_genres")["genre_matrix"](films, min_films=MIN_FILMS)
    return often, labels


def _all_rows(name: str) -> Fold:
    return replace(fold(name, 0), train=encoded(name), number=0)


def _features(rows: Fold, often: np.ndarray, chosen: dict[str, dict]) -> dict[str, np.ndarray]:
    """Return item vectors, float (m, any), by name."""
    items, users = rows.train["item"], rows.train["user"]
    counts = np.bincount(items)[often]
    means = np.bincount(items, weights=rows.train["rating"])[often] / counts
    watched = csr_matrix((np.ones(len(items)), (items, users)))[often]
    rating = _item_table(biased_model_of(rows, **chosen["rating"]))[often]
    return {
        "rating factors, shuffled": np.random.default_rng(0).permutation(rating),
        "mean rating, log popularity": np.column_stack([means, np.log(counts)]),
        "rating factors": rating,
        "watched factors": _item_table(watched_network(rows, **chosen["watched"]))[often],
        "implicit ALS factors": watched_factors(rows, **chosen["als"])[1][often],
        "TruncatedSVD of watched": TruncatedSVD(64, random_state=0).fit_transform(watched),
    }


def _item_table(model) -> np.ndarray:
    return model.get_layer("item_embedding").get_weights()[0]

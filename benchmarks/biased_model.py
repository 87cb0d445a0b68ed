"""Test error of the baselines and of exercise 6's model, on random splits of one data set.

    python benchmarks/biased_model.py [set]

The script prints the RMSE of held-out ratings of ml-latest-small, or of the named set (see
`recommender_data.load`): mean and spread over three splits of 70 % training, 10 % validation and
20 % test rows. The reference solutions provide all functions. Predictions are clipped to the scale
of the ratings.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

import keras
import numpy as np
import pandas as pd

import recommender_data as data
from autograder.learner.carry_over import reference

SEEDS = (0, 1, 2)
N_FACTORS = 64
GOALS = {"bias baseline": 0.873, "biased model, compile_and_fit": 0.852}


@dataclass(frozen=True)
class Fold:
    """Encoded frames of one split, the numbers of ids, and the split's seed."""

    train: pd.DataFrame
    val: pd.DataFrame
    test: pd.DataFrame
    n_users: int
    n_items: int
    seed: int


ENCODING = reference("02_encode_split")
DOT_PRODUCT = reference("04_dot_product")
TRAINING = reference("05_training")
BIASES = reference("06_biases")


def draw_fold(ratings: pd.DataFrame, seed: int) -> Fold:
    """Encode the ids of all ratings and split the rows at random."""
    encoded = ratings.copy()
    n_ids = {}
    for raw, column in ("userId", "user"), ("movieId", "item"):
        _classes, mapping = ENCODING["fit_encoder"](ratings[raw])
        encoded[column] = ENCODING["encode"](ratings[raw], mapping)
        n_ids[column] = len(mapping)
    parts = ENCODING["split_ratings"](encoded, val_fraction=0.1, test_fraction=0.2, seed=seed)
    return Fold(*parts, n_users=n_ids["user"], n_items=n_ids["item"], seed=seed)


# Contenders: each fits a fold and returns a predictor for the pairs of the test rows.

Predictor = Callable[[], np.ndarray]


def mean_of(key: str) -> Callable[[Fold], Predictor]:
    def fit(fold: Fold) -> Predictor:
        predictions = BIASES["mean_baselines"](fold.train, fold.test)[key]
        return lambda: predictions

    return fit


def bias_baseline(fold: Fold) -> Predictor:
    mu, b_user, b_item = BIASES["bias_baseline"](fold.train, fold.n_users, fold.n_items)
    return lambda: mu + b_user[fold.test["user"]] + b_item[fold.test["item"]]


def biased_model(train: Callable) -> Callable[[Fold], Predictor]:
    """Return exercise 6's model with its default penalty, trained by `train`."""

    def fit(fold: Fold) -> Predictor:
        keras.utils.set_random_seed(fold.seed)
        mu = fold.train["rating"].mean()
        model = BIASES["build_biased_mf"](fold.n_users, fold.n_items, N_FACTORS, mu)
        train(model, columns(fold.train), columns(fold.val), fold.seed)
        pairs = fold.test["user"].to_numpy(), fold.test["item"].to_numpy()
        return lambda: DOT_PRODUCT["predict_pairs"](model, *pairs)

    return fit


def columns(frame: pd.DataFrame):
    """Return a model's inputs and targets: ([users, items], y), int32 (m, 1) and float32 (m,)."""
    users, items = (frame[[key]].to_numpy("int32") for key in ("user", "item"))
    return [users, items], frame["rating"].to_numpy("float32")


def early_stopping(model, train, val, seed: int) -> None:
    """Train with exercise 5's `compile_and_fit` and its defaults."""
    TRAINING["compile_and_fit"](model, train, val, seed=seed)


def cosine_decay(model, train, val, seed: int, epochs: int = 8, batch_size: int = 2048) -> None:
    """Train a fixed number of epochs with a falling learning rate, without validation rows."""
    inputs, y = train
    n_steps = epochs * -(-len(y) // batch_size)
    rate = keras.optimizers.schedules.CosineDecay(0.01, n_steps)
    model.compile(keras.optimizers.Adam(rate), loss="mse", steps_per_execution=16)
    model.fit(inputs, y, epochs=epochs, batch_size=batch_size, verbose=0)


CONTENDERS = {
    "global mean": mean_of("global"),
    "user mean": mean_of("user"),
    "item mean": mean_of("item"),
    "bias baseline": bias_baseline,
    "biased model, compile_and_fit": biased_model(early_stopping),
    "biased model, cosine decay": biased_model(cosine_decay),
}


def measure(fit: Callable[[Fold], Predictor], folds: list[Fold], scale: tuple[float, float]):
    """Return the test RMSE and the seconds of fitting of each fold: float arrays (n_folds,)."""
    errors, seconds = [], []
    for one in folds:
        start = perf_counter()
        predict = fit(one)
        seconds.append(perf_counter() - start)
        clipped = np.clip(predict(), *scale)
        errors.append(TRAINING["rmse"](one.test["rating"].to_numpy(), clipped))
    return np.array(errors), np.array(seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "set", nargs="?", default="ml-latest-small", choices=data.NAMES, help="the data set"
    )
    dataset = data.load(parser.parse_args().set, bad_rows="skip")
    ratings = dataset.ratings
    scale = ratings["rating"].min(), ratings["rating"].max()
    folds = [draw_fold(ratings, seed) for seed in SEEDS]

    print(f"{dataset.name}: {len(ratings):,} ratings, split 70/10/20, seeds {SEEDS}")
    print(f"RMSE of test rows, predictions clipped to {scale[0]:g}..{scale[1]:g} stars\n")
    print(f"{'':30} {'RMSE':>7} {'spread':>7} {'fit, s':>7}")
    for name, fit in CONTENDERS.items():
        errors, seconds = measure(fit, folds, scale)
        row = f"{name:30} {errors.mean():7.4f} {np.ptp(errors):7.4f} {seconds.mean():7.2f}"
        print(row, flush=True)
    print("\nspread: largest less smallest of the splits; fit: mean seconds to build and train")
    if dataset.name == "ml-latest-small":
        for name, goal in GOALS.items():
            print(f"goal, {name}: {goal} or less")


if __name__ == "__main__":
    main()

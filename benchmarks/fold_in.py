"""Errors and lists of users folded in from a few ratings, beside those of users trained as usual.

    python benchmarks/fold_in.py [--sets ml-latest-small] [--folds 5] [--write DOCUMENT]

Each fold leaves 120 users out of training altogether. Exercise 7's `fold_in` makes their biases and
factors from their training rows. The same users' rows of a model that was trained on everybody
stand beside them. Predictions are clipped to the scale. --write puts the tables into the region
`fold in` of a Markdown document.
"""

import argparse
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd

from autograder.util.environment import HEADLESS, QUIET, prefer

prefer({**QUIET, **HEADLESS, "OPENBLAS_NUM_THREADS": "1"})

from quality.contenders import STEP_6  # noqa: E402
from quality.folds import N_FOLDS, Fold, fold, load  # noqa: E402
from quality.ranking import judge  # noqa: E402
from quality.tuning import settings_of  # noqa: E402
from quality.with_keras import biased_model_of  # noqa: E402
from tables import Table, circumstances, write_region  # noqa: E402

from autograder.learner.carry_over import reference  # noqa: E402

N_USERS = 120
PENALTIES = 2.0, 5.0
GIVEN = 1, 2, 5, 10, 15, 30
DAMPING = 5.0


class Model:
    """The tables of a trained model of Koren (4)."""

    def __init__(self, rows: Fold, settings: dict) -> None:
        """Train on the training rows of a fold."""
        model = biased_model_of(rows, **settings)
        self.mu = rows.mu
        self.p, self.q = (
            model.get_layer(f"{side}_embedding").get_weights()[0] for side in ("user", "item")
        )
        self.b_u, self.b_i = (
            model.get_layer(f"{side}_bias").get_weights()[0][:, 0] for side in ("user", "item")
        )

    def scores(self) -> np.ndarray:
        """Return b_i + q_i · p_u of all pairs, shape (U, I)."""
        return self.p @ self.q.T + self.b_i

    def predictions(self, rows: pd.DataFrame) -> np.ndarray:
        """Return the predicted stars of some rows, shape (m,)."""
        user, item = rows["user"].to_numpy(), rows["item"].to_numpy()
        products = np.sum(self.p[user] * self.q[item], axis=1)
        return self.mu + self.b_u[user] + self.b_i[item] + products

    def fold_in(self, rows: pd.DataFrame, users: np.ndarray, reg: float) -> float:
        """Replace the rows of users by those that their ratings give; return seconds a user."""
        fold_in = reference("07_recommend")["fold_in"]
        groups = dict(tuple(rows.groupby("user")))
        seconds = 0.0
        for user in users:
            own = groups.get(user, rows.iloc[:0])
            stars, items = own["rating"].to_numpy(), own["item"].to_numpy()
            start = perf_counter()
            answer = fold_in(stars, items, self.q, self.b_i, self.mu, reg=reg)
            seconds += perf_counter() - start
            self.b_u[user], self.p[user] = answer
        return seconds / len(users)

    def damped_means(self, rows: pd.DataFrame, users: np.ndarray) -> None:
        """Replace the rows of users by a damped mean of what is left, and no factors."""
        self.p[users] = 0
        rest = rows["rating"] - self.mu - self.b_i[rows["item"]]
        sums = rest.groupby(rows["user"]).agg(["sum", "size"]).reindex(users, fill_value=0)
        self.b_u[users] = sums["sum"] / (DAMPING + sums["size"])


def main() -> None:
    options = _options()
    for name in options.sets:
        if load(name).name != name:
            print(f"{name} is not here: left out\n")
            continue
        results, curve, seconds = [], [], []
        for number in range(options.folds):
            found, by_count, time = _run(name, number)
            results.append(found)
            curve.append(by_count)
            seconds.append(time)
        tables = _tables(name, results, curve, 1000 * float(np.mean(seconds)))
        for table in tables:
            print(table.plain() + "\n", flush=True)
        if options.write:
            text = "\n\n".join(table.markdown() for table in tables)
            write_region(options.write, f"fold in, {name}", text)


def _run(name: str, number: int) -> tuple[dict, dict, float]:
    """Return the scores by way, the RMSE by number of ratings, and seconds a user, of one fold."""
    whole = fold(name, number)
    settings = settings_of(name, STEP_6, number)
    users = np.random.default_rng(number).choice(whole.n_users, size=N_USERS, replace=False)
    others = replace(whole, train=whole.train[~whole.train["user"].isin(users)])
    own = whole.train[whole.train["user"].isin(users)]
    theirs = replace(whole, test=whole.test[whole.test["user"].isin(users)])
    trained, stranger = Model(whole, settings), Model(others, settings)
    found = {"trained as usual": _scores(trained, theirs)}
    for reg in PENALTIES:
        seconds = stranger.fold_in(own, users, reg)
        found[f"folded in, reg {reg:g}"] = _scores(stranger, theirs)
    by_count = {}
    shuffled = own.sample(frac=1, random_state=number)
    for count in GIVEN:
        stranger.fold_in(shuffled.groupby("user").head(count), users, PENALTIES[-1])
        by_count[count] = _rmse(stranger, theirs)
    stranger.damped_means(own, users)
    found["item biases and a damped user mean"] = _scores(stranger, theirs)
    return found, by_count, seconds


def _scores(model: Model, theirs: Fold) -> tuple[float, float]:
    return _rmse(model, theirs), judge(theirs, model.scores())["ndcg"]


def _rmse(model: Model, theirs: Fold) -> float:
    predictions = np.clip(model.predictions(theirs.test), *theirs.scale)
    return float(np.sqrt(np.mean((theirs.test["rating"] - predictions) ** 2)))


def _tables(name: str, results: list[dict], curve: list[dict], milliseconds: float) -> list[Table]:
    rows = [
        (way, *(f"{np.mean([found[way][k] for found in results]):.3f}" for k in range(2)))
        for way in results[0]
    ]
    counts = [
        (str(count), f"{np.mean([by_count[count] for by_count in curve]):.3f}") for count in GIVEN
    ]
    note = circumstances(("tensorflow", "keras", "numpy"))
    heading = f"{name}: {N_USERS} users left out of training, mean of {len(results)} folds"
    time = f"One fold-in takes {milliseconds:.2f} ms."
    return [
        Table(heading, ("way", "RMSE", "nDCG@10"), rows, (time, note)),
        Table("RMSE by the number of ratings given, reg 5", ("ratings", "RMSE"), counts),
    ]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sets", nargs="+", default=["ml-latest-small"])
    parser.add_argument("--folds", type=int, default=N_FOLDS)
    parser.add_argument("--write", type=Path, metavar="DOCUMENT")
    return parser.parse_args()


if __name__ == "__main__":
    main()

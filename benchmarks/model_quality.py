"""Quality of the course's models beside others: ratings, lists, and genres from vectors.

    python benchmarks/model_quality.py [--sets ml-latest-small ml-100k] [--folds 5]
        [--questions ratings lists genres] [--only NAME ...] [--markdown | --write DOCUMENT]
    python benchmarks/model_quality.py --tune [--sets ...] [--only NAME ...]

All contenders get the same folds, KFold(5, shuffle=True, random_state=42). Every fit has a process
of its own, which imports libraries and fits a few rows before the clock starts. Within a fold the
contenders take turns. scikit-surprise takes part where it is installed (the extra `benchmarks`).
--tune chooses settings anew, on inner validation rows only. --write puts the tables into the region
`model quality` of a Markdown document.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from autograder.util.environment import HEADLESS, QUIET, prefer

prefer({**QUIET, **HEADLESS, "OPENBLAS_NUM_THREADS": "1"})

from cost import MB, alone  # noqa: E402
from quality.contenders import (  # noqa: E402
    RANKING,
    RATING,
    STEP_6,
    SURPRISE_SVD,
    SURPRISE_SVDPP,
    SVDPP,
)
from quality.folds import N_FOLDS, encoded, load  # noqa: E402
from quality.runs import Runs, ranking_scores, rating_scores, run_all  # noqa: E402
from quality.tuning import describe, settings_of, tune, tuned_contenders  # noqa: E402
from tables import Table, circumstances, write_region  # noqa: E402

import recommender_data as data  # noqa: E402

QUESTIONS = "ratings", "lists", "genres"
PACKAGES = "tensorflow", "keras", "numpy", "scipy", "scikit-learn", "scikit-surprise"
GOALS = {
    "ml-latest-small": {STEP_6.name: 0.842},
    "ml-100k": {STEP_6.name: 0.907, SVDPP.name: 0.904},
}
FASTER = {STEP_6.name: (SURPRISE_SVD.name, 0.6), SVDPP.name: (SURPRISE_SVDPP.name, 0.2)}


def main() -> None:
    options = _options()
    for name in options.sets:
        if load(name).name != name:
            print(f"{name} is not here: left out\n")
            continue
        if options.tune:
            tune(name, options.only)
            continue
        tables = []
        for table in _tables(name, options):
            tables.append(table)
            print((table.markdown() if options.markdown else table.plain()) + "\n", flush=True)
        if options.write and tables:
            text = "\n\n".join(table.markdown() for table in tables)
            write_region(options.write, f"model quality, {name}", text)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--sets", nargs="+", default=["ml-latest-small", "ml-100k"], choices=data.NAMES
    )
    parser.add_argument("--folds", type=int, default=N_FOLDS, choices=range(1, N_FOLDS + 1))
    parser.add_argument("--questions", nargs="+", default=QUESTIONS, choices=QUESTIONS)
    names = [contender.name for contender in (*RATING, *RANKING)]
    parser.add_argument(
        "--only", nargs="+", choices=names, metavar="NAME", help="names of contenders"
    )
    parser.add_argument("--tune", action="store_true", help="choose settings only")
    parser.add_argument("--markdown", action="store_true", help="print the tables as Markdown")
    parser.add_argument("--write", type=Path, metavar="DOCUMENT", help="the document to refresh")
    return parser.parse_args()


def _tables(name: str, options) -> Iterator[Table]:
    def present(contenders):
        return [
            contender
            for contender in contenders
            if not contender.missing and contender.name in (options.only or [contender.name])
        ]

    if "ratings" in options.questions and (asked := present(RATING)):
        runs = run_all(name, asked, options.folds, rating_scores)
        yield _rating_table(name, runs, [each for each in RATING if each.missing])
    if "lists" in options.questions and (asked := present(RANKING)):
        yield _ranking_table(name, run_all(name, asked, options.folds, ranking_scores))
    if "genres" in options.questions:
        yield alone(_genre_table, name)
    if "ratings" in options.questions and not options.only:
        yield _tuning_table(name)


def _rating_table(name: str, runs: dict[str, Runs], absent) -> Table:
    n_folds = len(next(iter(runs.values())).costs)
    columns = [
        "RMSE", "mean", *(f"fold {k}" for k in range(n_folds)),
        "fit, s", "CPU, s", "peak, MB", "own, MB", "published",
    ]  # fmt: skip
    rows = []
    for each in runs.values():
        errors = [scores["rmse"] for scores in each.scores]
        seconds, cpu, peak, own = (
            np.mean([getattr(cost, key) for cost in each.costs])
            for key in ("wall", "cpu", "peak", "own")
        )
        published = each.contender.published
        rows.append(
            [
                each.contender.name,
                *(f"{error:.4f}" for error in (np.mean(errors), *errors)),
                *(f"{seconds:.2f}", f"{cpu:.2f}", f"{peak / MB:.0f}", f"{own / MB:.0f}"),
                f"{published:.3f}" if published else "",
            ]
        )
    notes = [
        circumstances(PACKAGES),
        "Predictions are clipped to the scale. Seconds are those of building and training, means "
        "over the folds; imports and a first fit on 2,000 rows in the same process are left out.",
        "peak: of the process, libraries included; own: what the fit added to it. "
        "published: scikit-surprise's own figures for ml-100k, on folds of its own.",
        *(f"Left out: {each.name}, which needs {each.needs}." for each in absent),
        *_verdicts(name, runs),
    ]
    return Table(f"Ratings: {name}, {len(encoded(name)):,} rows", columns, rows, notes)


def _verdicts(name: str, runs: dict[str, Runs]) -> Iterator[str]:
    """Yield each goal of the project, and whether the models meet it."""
    for contender, goal in GOALS.get(name, {}).items():
        if contender in runs:
            error = np.mean([scores["rmse"] for scores in runs[contender].scores])
            yield f"Goal: {contender}, RMSE at most {goal}: {_met(error <= goal)}, {error:.4f}."
    for contender, (rival, share) in FASTER.items():
        if contender in runs and rival in runs:
            ours, theirs = (
                np.array([scores["rmse"] for scores in runs[each].scores])
                for each in (contender, rival)
            )
            wins = int((ours <= theirs).sum())
            yield (
                f"Goal: {contender}, RMSE at most that of {rival}: "
                f"{_met(wins == len(ours))}, in {wins} of {len(ours)} folds."
            )
            for kind, key in ("time", "wall"), ("CPU time", "cpu"):
                ratio = np.median(
                    [
                        getattr(ours, key) / getattr(theirs, key)
                        for ours, theirs in zip(
                            runs[contender].costs, runs[rival].costs, strict=True
                        )
                    ]
                )
                yield (
                    f"Goal: {contender}, at most {share:g} of the {kind} of {rival}: "
                    f"{_met(ratio <= share)}, {ratio:.2f} (median over the folds)."
                )


def _met(met: bool) -> str:
    return "met" if met else "not met"


def _ranking_table(name: str, runs: dict[str, Runs]) -> Table:
    rows = []
    for each in runs.values():
        ndcg = [scores["ndcg"] for scores in each.scores]
        others = [
            np.mean([scores[key] for scores in each.scores]) for key in ("precision", "recall")
        ]
        rows.append(
            [
                each.contender.name,
                *(f"{score:.3f}" for score in (np.mean(ndcg), min(ndcg), max(ndcg), *others)),
                f"{np.mean([cost.wall for cost in each.costs]):.2f}",
            ]
        )
    columns = "lists of ten", "nDCG@10", "least", "most", "precision", "recall", "fit, s"
    notes = [
        "The test rows of a fold are a fifth of all; those of four stars and more should be found, "
        "among all films that are not in the user's training rows. Means over users, then over "
        "the folds; least and most nDCG of the folds."
    ]
    return Table(f"Lists: {name}", columns, rows, notes)


def _genre_table(name: str) -> Table:
    from quality.genres import SPLITS, described, scores_by_features

    chosen = {
        key: settings_of(name, next(c for c in RANKING if c.function == function), 0)
        for key, function in (
            ("rating", "rating_model"),
            ("watched", "watched_model"),
            ("als", "implicit_als"),
        )
    }
    rows = [
        [features, *(f"{score:.3f}" for score in (np.mean(scores), min(scores), max(scores)))]
        for features, scores in scores_by_features(name, chosen).items()
    ]
    notes = [f"{described(name)}; mean average precision, over {len(SPLITS)} splits of the films."]
    return Table(f"Genres: {name}", ("features", "mean AP", "least", "most"), rows, notes)


def _tuning_table(name: str) -> Table:
    rows = [row for contender in tuned_contenders() for row in describe(name, contender)]
    notes = [
        "Each fold chose on a fifth of its own training rows. RMSE of these, or nDCG@10 for lists."
    ]
    return Table("Settings tried", ("contender", "settings", "mean", "folds"), rows, notes)


if __name__ == "__main__":
    main()

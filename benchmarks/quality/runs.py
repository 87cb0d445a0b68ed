"""Each fit in a process of its own, with the contenders in turn within a fold."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from cost import Cost, alone, metered

from quality.contenders import Contender
from quality.folds import fold
from quality.tuning import rmse, settings_of


@dataclass
class Runs:
    """One contender's folds: scores by measure, and costs."""

    contender: Contender
    scores: list[dict[str, float]] = field(default_factory=list)
    costs: list[Cost] = field(default_factory=list)


def run_all(name: str, contenders: Sequence[Contender], n_folds: int, judge) -> dict[str, Runs]:
    """Run all fits of a table; `judge(fold, fitted)` returns their scores by measure."""
    runs = {contender.name: Runs(contender) for contender in contenders}
    for number in range(n_folds):
        for each in runs.values():
            scores, cost = alone(_run, name, each.contender, number, judge)
            each.scores.append(scores)
            each.costs.append(cost)
            found = ", ".join(f"{measure} {score:.4f}" for measure, score in scores.items())
            progress = f"{name}, fold {number}: {each.contender.name}: {found}, {cost.wall:.2f} s"
            print(progress, file=sys.stderr, flush=True)
    return runs


def rating_scores(of, predict) -> dict[str, float]:
    return {"rmse": rmse(of, predict())}


def ranking_scores(of, scores) -> dict[str, float]:
    from quality.ranking import judge

    return judge(of, scores)


def _run(name: str, contender: Contender, number: int, judge):
    """Warm the libraries up on a few rows, then fit."""
    settings, whole = settings_of(name, contender, number), fold(name, number)
    contender.prepare(whole.small(), settings)()
    fit = contender.prepare(whole, settings)
    with metered() as cost:
        fitted = fit()
    return judge(whole, fitted), cost

"""The contenders of each question, and the settings among which tuning chooses.

Module and function name a contender, so that a process imports only the libraries that it runs.
"""

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from autograder import course

Settings = dict[str, int | float]


@dataclass(frozen=True)
class Contender:
    """A row of a table.

    Attributes:
        name: The name in the table.
        module: The module of the function.
        function: The name of a function that takes a fold and settings and returns `fit`.
        candidates: The settings to choose among; a single candidate leaves no choice.
        needs: A package, or an exercise of the course, without which the contender is left out.
        published: The contender's RMSE on ml-100k by scikit-surprise's authors.
    """

    name: str
    module: str
    function: str
    candidates: tuple[Settings, ...] = ({},)
    needs: str | None = None
    published: float | None = None

    def prepare(self, fold, settings: Settings):
        module = import_module(f"quality.{self.module}")
        return getattr(module, self.function)(fold, **settings)

    @property
    def missing(self) -> bool:
        if self.needs is None:
            return False
        steps = {step.name for step in course.steps()}
        return self.needs not in steps and find_spec(self.needs) is None


def _grid(base: Settings, *changes: Settings) -> tuple[Settings, ...]:
    return tuple({**base, **change} for change in ({}, *changes))


_SIX_EPOCHS = {"epochs": 6, "batch_size": 2048, "rate": 0.015}
_LARGE_BATCHES = {"batch_size": 4096, "rate": 0.02}
_BIASED = {"n_factors": 64, "l2": 1e-4, **_SIX_EPOCHS}
_IMPLICIT = {"n_factors": 64, "epochs": 6, **_LARGE_BATCHES}
_TEMPORAL = {"n_factors": 64, "n_bins": 10, **_SIX_EPOCHS}
_DAMPING = {"reg_user": 5, "reg_item": 5}
_ALS = {"n_factors": 64, "reg": 0.15, "sweeps": 8, **_DAMPING}
_SVD = {"n_factors": 200, "n_epochs": 160, "lr_all": 0.005, "reg_all": 0.1}
_SVDPP = {"lr_all": 0.01, "reg_all": 0.1}

STEP_6 = Contender(
    "step 6, biased model",
    "with_keras",
    "biased",
    _grid(
        _BIASED,
        _LARGE_BATCHES,
        {"l2": 7e-5},
        {"l2": 1.4e-4},
        {"n_factors": 32},
        {"n_factors": 128},
    ),
)
SVDPP = Contender(
    "SVD++, Koren (6)",
    "with_keras",
    "svdpp",
    _grid(_IMPLICIT, {"epochs": 8}, {"n_factors": 32}, {"n_factors": 128}),
    needs="11_implicit_feedback",
)
SURPRISE_SVD = Contender(
    "Surprise SVD, tuned",
    "with_surprise",
    "svd",
    _grid(
        _SVD,
        {"n_epochs": 80, "lr_all": 0.01},
        {"n_epochs": 120},
        {"n_epochs": 220},
        {"n_factors": 100},
        {"n_factors": 100, "n_epochs": 220},
        {"reg_all": 0.08},
    ),
    needs="surprise",
)
SURPRISE_SVDPP = Contender(
    "Surprise SVD++, defaults",
    "with_surprise",
    "svdpp",
    needs="surprise",
    published=0.919,
)

RATING = (
    Contender("global mean", "with_numpy", "global_mean"),
    Contender(
        "bias baseline, Koren (3)",
        "with_numpy",
        "bias_baseline",
        _grid(
            _DAMPING,
            {"reg_user": 3, "reg_item": 3},
            {"reg_item": 3},
            {"reg_item": 10},
            {"reg_user": 10, "reg_item": 10},
            {"reg_user": 10, "reg_item": 25},
        ),
        published=0.944,
    ),
    Contender(
        "step 6, early stopping", "with_keras", "biased_early_stopping", ({"n_factors": 64},)
    ),
    STEP_6,
    SVDPP,
    Contender(
        "temporal, Koren (7)",
        "with_keras",
        "temporal",
        _grid(_TEMPORAL, _LARGE_BATCHES, {"n_bins": 5}, {"n_bins": 30}),
        needs="12_temporal",
    ),
    Contender(
        "ALS, Koren (2) after biases",
        "with_numpy",
        "als",
        _grid(_ALS, {"reg": 0.1}, {"reg": 0.2}, {"n_factors": 32}),
        needs="14_als",
    ),
    Contender("Surprise SVD, defaults", "with_surprise", "svd", needs="surprise", published=0.934),
    SURPRISE_SVD,
    SURPRISE_SVDPP,
    Contender(
        "Surprise SVD++, SVD's rate and penalty",
        "with_surprise",
        "svdpp",
        (_SVDPP,),
        needs="surprise",
    ),
)

_WATCHED = {"n_factors": 64, "l2": 1e-5, "epochs": 10, "batch_size": 4096, "rate": 0.01}
_IMPLICIT_ALS = {"n_factors": 64, "reg": 30.0, "alpha": 3.0, "sweeps": 8}

RANKING = (
    Contender("popularity", "ranking", "popularity"),
    Contender("step 6, biased model", "ranking", "rating_model", STEP_6.candidates),
    Contender(
        "the same network, watched or not",
        "ranking",
        "watched_model",
        _grid(_WATCHED, {"epochs": 6}, {"epochs": 15}, {"l2": 5e-6}, {"l2": 2e-5}),
    ),
    Contender(
        "implicit ALS",
        "ranking",
        "implicit_als",
        _grid(
            _IMPLICIT_ALS,
            {"reg": 10.0},
            {"reg": 60.0},
            {"alpha": 1.0},
            {"alpha": 1.0, "reg": 10.0},
            {"n_factors": 32},
        ),
    ),
)

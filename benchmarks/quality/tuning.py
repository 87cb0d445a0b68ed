"""Settings, chosen for every fold on its own training rows and stored in `chosen.json`.

A fold's choice is the candidate that is best on its inner validation rows (`Fold.inner`). Its test
rows have no part in the choice.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from cost import alone

from quality.contenders import RANKING, RATING, Contender, Settings
from quality.folds import N_FOLDS, fold

CHOSEN = Path(__file__).with_name("chosen.json")
TUNED_ON = "ml-latest-small"


def rmse(of, predictions: np.ndarray) -> float:
    """Return the RMSE of a fold's test rows, with predictions clipped to the ratings' scale."""
    errors = of.test["rating"].to_numpy() - np.clip(predictions, *of.scale)
    return float(np.sqrt(np.mean(errors**2)))


def tune(name: str, only: Sequence[str] | None = None) -> None:
    """Try every candidate on every fold's inner split, one contender after the other."""
    for contender in tuned_contenders():
        if contender.missing or contender.name not in (only or [contender.name]):
            continue
        folds = [alone(_validate, name, contender, number) for number in range(N_FOLDS)]
        tried = [
            {"settings": settings, "validation": [round(score, 5) for score in scores]}
            for settings, *scores in zip(contender.candidates, *folds, strict=True)
        ]
        _keep(name, contender, tried)
        for row in describe(name, contender):
            print("  ".join(row), flush=True)


def settings_of(name: str, contender: Contender, number: int) -> Settings:
    """Return the settings chosen for a fold; an untuned set has ml-latest-small's settings."""
    sets = _read()
    tried = sets.get(name, sets.get(TUNED_ON, {})).get(contender.name)
    return tried[_best(contender, tried)[number]]["settings"] if tried else contender.candidates[0]


def describe(name: str, contender: Contender) -> Iterator[tuple[str, ...]]:
    """Yield each candidate: contender, settings, mean validation score, folds that chose it."""
    sets = _read()
    tried = sets.get(name, sets.get(TUNED_ON, {})).get(contender.name, [])
    best = _best(contender, tried) if tried else []
    for place, candidate in enumerate(tried):
        settings = ", ".join(f"{key} {value:g}" for key, value in candidate["settings"].items())
        score = f"{np.mean(candidate['validation']):.4f}"
        yield contender.name, settings, score, str(best.count(place))


def tuned_contenders() -> list[Contender]:
    """Return each contender with several candidates once.

    A model has the same settings in every table.
    """
    by_name = {contender.name: contender for contender in (*RANKING, *RATING)}
    return [contender for contender in by_name.values() if len(contender.candidates) > 1]


def _validate(name: str, contender: Contender, number: int) -> list[float]:
    inner = fold(name, number).inner()
    return [_score(contender, inner, settings) for settings in contender.candidates]


def _score(contender: Contender, inner, settings: Settings) -> float:
    fitted = contender.prepare(inner, settings)()
    if contender in RATING:
        return rmse(inner, fitted())
    from quality.ranking import judge

    return float(judge(inner, fitted)["ndcg"])


def _best(contender: Contender, tried: list[dict]) -> list[int]:
    """Return the place of the best candidate in each fold: least RMSE, or most nDCG."""
    scores = np.array([candidate["validation"] for candidate in tried])
    pick = np.argmin if contender in RATING else np.argmax
    return pick(scores, axis=0).tolist()


def _read() -> dict:
    return json.loads(CHOSEN.read_text(encoding="utf-8")) if CHOSEN.is_file() else {}


def _keep(name: str, contender: Contender, tried: list[dict]) -> None:
    sets = _read()
    sets.setdefault(name, {})[contender.name] = tried
    CHOSEN.write_text(json.dumps(sets, indent=1) + "\n", encoding="utf-8")

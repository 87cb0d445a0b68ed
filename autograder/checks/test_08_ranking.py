"""Checks of `08_ranking`: precision, recall, nDCG, their means, a split by time, popular items."""

from collections.abc import Callable, Iterable
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from autograder.checking.asserts import (
    alike,
    array,
    checks,
    close,
    crash_means,
    frame,
    mapping,
    number,
    pair,
    require,
    shape_of,
)
from autograder.checking.reprs import brief
from autograder.checking.value_causes import Cause, of_members
from autograder.checks.support.lists import (
    NARROW_TYPES,
    best_list,
    best_of,
    draw_encoded,
    draw_many,
    is_best,
    narrowed,
    same_ids,
    with_wide_ids,
)
from autograder.checks.support.ratings import require_unchanged
from autograder.util.i18n import _

METRICS = ("precision", "recall", "ndcg")


def draw_list(rng, n: int, n_relevant: int, n_hits: int) -> tuple[np.ndarray, set[int]]:
    """Return a list of n distinct items and a set of relevant items, n_hits of them in the list.

    The hits stand anywhere in the list but never first, where a discount does not show.
    """
    items = rng.choice(np.arange(3, 90), size=n + n_relevant - n_hits, replace=False)
    recommended = items[:n]
    hits = rng.choice(recommended[1:], size=n_hits, replace=False)
    return recommended, set(hits.tolist()) | set(items[n:].tolist())


class Case(NamedTuple):
    """A list with its relevant items, and the depth k at which it is judged."""

    recommended: Any
    relevant: set[int]
    k: int


def hits_of(recommended, relevant) -> np.ndarray:
    """Return 1.0 where an item of the list is relevant, else 0.0: array (n,)."""
    return np.array([float(item in relevant) for item in recommended])


def precision(recommended, relevant, k: int) -> float:
    return hits_of(recommended, relevant)[:k].sum() / k


def recall(recommended, relevant, k: int) -> float:
    return hits_of(recommended, relevant)[:k].sum() / len(relevant)


def ndcg(recommended, relevant, k: int) -> float:
    return gain(hits_of(recommended, relevant)[:k]) / gain(np.ones(min(k, len(relevant))))


def gain(hits, discount: Callable = lambda rank: np.log2(rank + 1)) -> float:
    """Return the discounted cumulative gain of a list of hits, from rank 1."""
    return float(np.sum(hits / discount(np.arange(1.0, len(hits) + 1))))


# precision_at_k and recall_at_k


@checks("precision_at_k", share=2)
def test_precision_is_the_relevant_share_of_k(submission, rng):
    """Of the first k recommended items, the share that is relevant."""
    for n, n_relevant, n_hits, k in (10, 3, 2, 10), (12, 8, 6, 5), (9, 14, 8, 7), (6, 2, 2, 3):
        recommended, relevant = draw_list(rng, n, n_relevant, n_hits)
        got = submission.precision_at_k(recommended, relevant, k)
        precision_is_right(submission, got, Case(recommended, relevant, k))


@checks("precision_at_k", share=2)
def test_precision_of_a_short_list_divides_by_k(submission, rng):
    """A list of fewer than k items is divided by k all the same: empty places hit nothing."""
    for n, n_relevant, n_hits, k in (4, 6, 3, 10), (3, 1, 1, 5), (6, 9, 5, 4), (2, 3, 0, 3):
        recommended, relevant = draw_list(rng, n, n_relevant, n_hits)
        with untouched(submission, recommended.tolist(), relevant) as kept:
            got = submission.precision_at_k(*kept, k=k)
            precision_is_right(submission, got, Case(recommended, relevant, k))


@checks("recall_at_k", share=2)
def test_recall_is_the_share_of_the_relevant_that_is_found(submission, rng):
    """Of all relevant items, the share that stands among the first k recommended ones."""
    for n, n_relevant, n_hits, k in (7, 3, 2, 7), (12, 8, 6, 5), (9, 14, 8, 7), (6, 2, 2, 3):
        recommended, relevant = draw_list(rng, n, n_relevant, n_hits)
        got = submission.recall_at_k(recommended, relevant, k)
        recall_is_right(submission, got, Case(recommended, relevant, k))


@checks("recall_at_k", share=2)
def test_recall_counts_every_relevant_item(submission, rng):
    """All relevant items count, more than k or not; a list may be shorter than k."""
    for n, n_relevant, n_hits, k in (3, 4, 2, 8), (5, 9, 4, 3), (7, 1, 1, 7), (4, 3, 0, 4):
        recommended, relevant = draw_list(rng, n, n_relevant, n_hits)
        with untouched(submission, recommended.tolist(), relevant) as kept:
            got = submission.recall_at_k(*kept, k=k)
            recall_is_right(submission, got, Case(recommended, relevant, k))


@checks("precision_at_k", share=1)
def test_precision_at_any_depth_of_any_items(submission, rng):
    """Every place up to k counts, be k 1 or 150, and every item has its say, also item 0."""
    ask_for_extremes(submission, "precision_at_k", precision, _cause_of_share, rng)


@checks("recall_at_k", share=1)
def test_recall_at_any_depth_of_any_items(submission, rng):
    """Every place up to k counts, be k 1 or 150, and every item has its say, also item 0."""
    ask_for_extremes(submission, "recall_at_k", recall, _cause_of_share, rng)


def precision_is_right(submission, value, case: Case) -> None:
    got, want = number(value), precision(*case)
    if not alike(got, want):
        shown = confirmed(submission, "precision_at_k", precision_mistakes, got, case)
        close(got, want, mistakes=shown, otherwise=_cause_of_share)


def precision_mistakes(got: float, case: Case) -> dict[str, bool]:
    every, k = hits_of(case.recommended, case.relevant), case.k
    hits = every[:k].sum()
    return {
        "precision-over-relevant": alike(got, hits / len(case.relevant)),
        "precision-over-list": alike(got, hits / len(every[:k])),
        "precision-of-whole-list": alike(got, every.sum() / k),
        "filtered-before-the-cut": every.sum() > k and alike(got, 1.0),
        "last-places-counted": alike(got, every[-k:].sum() / k),
        "list-put-in-order": alike(got, precision(np.sort(case.recommended), *case[1:])),
        "any-hit-counts": alike(got, float(hits > 0)),
        "hits-not-divided": alike(got, hits),
    }


def recall_is_right(submission, value, case: Case) -> None:
    got, want = number(value), recall(*case)
    if not alike(got, want):
        shown = confirmed(submission, "recall_at_k", recall_mistakes, got, case)
        close(got, want, mistakes=shown, otherwise=_cause_of_share)


def recall_mistakes(got: float, case: Case) -> dict[str, bool]:
    every, n_relevant, k = hits_of(case.recommended, case.relevant), len(case.relevant), case.k
    hits = every[:k].sum()
    return {
        "recall-over-reachable": alike(got, hits / min(k, n_relevant)),
        "recall-over-k": alike(got, hits / k),
        "recall-of-whole-list": alike(got, every.sum() / n_relevant),
        "filtered-before-the-cut": every.sum() > k and alike(got, k / n_relevant),
        "cut-one-early": alike(got, every[: k - 1].sum() / n_relevant),
        "list-put-in-order": alike(got, recall(np.sort(case.recommended), *case[1:])),
        "divided-by-the-union": alike(got, hits / (len(every[:k]) + n_relevant - hits)),
        "hits-not-divided": alike(got, hits),
    }


def _cause_of_share() -> Cause:
    return Cause("other-hits-or-divisor", _SHARE)


_SHARE = _(
    "A share has two parts. Count by hand in this call: the hits that count, and what they are "
    "divided by. Which of the two does your code get wrong?"
)


# any metric: confirmed mistakes, and cases of unusual size


def case_of(items: list[int], hits: list[int], k: int) -> Case:
    """Return a case with hits at the places of the ones; a fifth as many items are missed."""
    found = {item for item, hit in zip(items, hits, strict=False) if hit}
    n_missed = 2 + len(hits) // 5
    return Case(items[: len(hits)], found | set(items[-n_missed:]), k)


PROBE_ITEMS = [47, 52, 40, 55, 43, 50, 46, 41, 54, 44, 49, 42, 53, 45, 51, 48]
PROBE = case_of(PROBE_ITEMS, [1, 0, 1, 0, 0, 1, 1, 0, 1, 1, 1, 1], 6)
"""A case in which most mistakes lead to numbers of their own."""

LONG_PROBE = case_of([*range(1_000, 1_400)], [*[1, 0, 0, 1, 0, 1, 0] * 9, *[1, 1, 0] * 39], 120)
"""A case in which every limit on the depth leads to a number of its own."""

UNSEEN_BY_PROBE = {
    "precision-over-list",
    "ideal-as-short-as-the-list",
    "ideal-always-k",
    "list-cut-with-the-ideal",
}


def confirmed(submission, name: str, mistakes_of: Callable, got: float, case: Case) -> dict:
    """Return the mistakes that an answer shows and that the answer to `PROBE` shows too.

    A single number may fit a mistake by chance: one hit fits half of the wrong discounts.
    """
    shown = mistakes_of(got, case)
    if not any(shown.values()):
        return {}
    again = answer_aside(submission, name, PROBE)
    if again is None:
        return {}
    systematic = mistakes_of(again, PROBE)
    return {
        mistake: bool(holds) and (mistake in UNSEEN_BY_PROBE or bool(systematic[mistake]))
        for mistake, holds in shown.items()
    }


def answer_aside(submission, name: str, case: Case) -> float | None:
    """Return a metric's value for a case that no message shows; None where there is no number."""
    return submission.aside(lambda: number(getattr(submission, name)(*case)))


def draw_extremes(rng) -> list[Case]:
    """Return lists with item 0, with large ids, long and empty lists, and a depth of 1 at last."""
    few = rng.permutation(np.arange(3, 90)).tolist()
    return [
        case_of([*few[:2], 0, *few[2:]], [0, 1, 1, 0, 1, 0, 0, 1, 0], 7),
        case_of([0, *few], [1, 0, 0, 1, 1, 1, 0, 0, 1], 7),
        draw_wide_case(rng),
        case_of(rng.permutation(90).tolist(), [*[0, 1] * 9, 0, 0, *[1] * 7, *[0, 1] * 5], 25),
        case_of(rng.permutation(700).tolist(), [*[0, 1, 1, 0, 0] * 19, *[1] * 60, *[0] * 90], 150),
        Case([], set(few[:4]), 5),
        case_of(few, [1, 0, 1, 1], 1),
        case_of([0, *few], [1, 0, 1, 1], 1),
        case_of(few, [0, 1, 1], 1),
    ]


def draw_wide_case(rng) -> Case:
    """Return a list of ids of any size, the relevant ones in its second half.

    Each relevant id differs from one that is not relevant by 256, by 65,536 or by 1 above 2^15 or
    2^24: a type that is too small for them makes one id of two.
    """
    small, large = int(rng.integers(1, 120)), int(rng.integers(33_000, 65_000))
    top = 2**24 + 4 * int(rng.integers(1_000))
    hits = rng.permutation([small, small + 512, large, top + 1]).tolist()
    others = rng.permutation([small + 256, small + 65_536, large + 1, top]).tolist()
    return Case([*others, *hits], {*hits, 3}, 6)


def ask_for_extremes(
    submission, name: str, metric: Callable, otherwise: Callable[[], Cause], rng
) -> None:
    """Call a metric for the cases of `draw_extremes`; reject answers that differ from `metric`."""
    for case in draw_extremes(rng):
        got, want = number(getattr(submission, name)(*case)), metric(*case)
        if not alike(got, want):
            mistakes = mistakes_of_extremes(submission, name, metric, got, case)
            close(got, want, mistakes=mistakes, otherwise=otherwise)


CUTS = (5, 10, 20, 50, 100)


def mistakes_of_extremes(
    submission, name: str, metric: Callable, got: float, case: Case
) -> dict[str, bool]:
    """Return the mistakes behind a value that is right for lists of usual length and usual ids."""

    def is_right(other: Case) -> bool:
        return alike(answer_aside(submission, name, other), metric(*other))

    items, relevant, k = case
    if not is_right(PROBE):
        return {}
    limits = limits_behind(got, metric, case)
    if limits:
        limits &= limits_behind(answer_aside(submission, name, LONG_PROBE), metric, LONG_PROBE)
    narrow = [
        metric(narrowed(items, kind), set(narrowed(sorted(relevant), kind).tolist()), k)
        for kind in NARROW_TYPES
    ]
    return {
        "zero-is-no-hit": 0 in items and is_right(renamed(case, {0: 1 + max(*items, *relevant)})),
        "depth-limited": bool(limits),
        "ids-in-a-narrow-type": max(relevant) > 1_000 and among(got, narrow),
        "one-place-special": k == 1,
    }


def limits_behind(got: float | None, metric: Callable, case: Case) -> set[int]:
    """Return the depths below k that lead to a value if the list, or an ideal list, ends there."""
    items, relevant, k = case
    dcg, ideal = gain(hits_of(items, relevant)[:k]), min(k, len(relevant))
    found = set()
    for m in CUTS:
        values = [metric(items[:m], relevant, depth) for depth in (m, k)]
        if metric is ndcg and m < ideal:
            values.append(dcg / gain(np.ones(m)))
        if m < min(k, len(items)) and got is not None and among(got, values):
            found.add(m)
    return found


def renamed(case: Case, names: dict[int, int]) -> Case:
    """Return a case in which some items have other ids."""
    items, relevant = ([names.get(item, item) for item in part] for part in case[:2])
    return Case(items, set(relevant), case.k)


def among(got: float, values: Iterable[float]) -> bool:
    return any(alike(got, value) for value in values)


@contextmanager
def untouched(submission, *arguments):
    """Place arguments on the learner's side; reject a function that changed one of them."""
    kept = [submission.keep(argument) for argument in arguments]
    yield kept
    for proxy, argument in zip(kept, arguments, strict=True):
        require_unchanged(submission, proxy, argument)


# ndcg_at_k


@checks("ndcg_at_k", share=4)
def test_ndcg_discounts_by_rank(submission, rng):
    """Each hit counts 1 / log2(rank + 1), rank 1 being first; the best possible list scores 1."""
    for n, n_relevant, n_hits, k in (9, 14, 7, 8), (10, 3, 2, 10), (12, 8, 6, 5), (7, 4, 3, 5):
        recommended, relevant = draw_list(rng, n, n_relevant, n_hits)
        ask_for_ndcg(submission, recommended, relevant, k)


@checks("ndcg_at_k", share=2)
def test_ndcg_of_the_best_list_is_one(submission, rng):
    """A list that could not be better scores 1, whether fewer than k items are relevant or more."""
    for n_relevant, k in (3, 8), (9, 4), (1, 5):
        relevant = rng.choice(np.arange(3, 60), size=n_relevant, replace=False).tolist()
        others = np.arange(60, 60 + k).tolist()
        ask_for_ndcg(submission, np.array([*relevant, *others]), set(relevant), k)
        first, *rest = relevant
        gap = np.array([first, *others[:2], *rest, *others[2:]])
        ask_for_ndcg(submission, gap, set(relevant), k)
        ask_for_ndcg(submission, np.array([*others[:2], *relevant, *others[2:]]), set(relevant), k)


@checks("ndcg_at_k", share=2)
def test_ndcg_of_one_hit_tells_its_rank(submission, rng):
    """A single hit at rank r among one relevant item scores 1 / log2(r + 1), beyond k nothing."""
    items = rng.permutation(np.arange(5, 50))[:9]
    for rank in (1, 2, 3, 6, 7):
        ask_for_ndcg(submission, items, {int(items[rank - 1])}, 6)


@checks("ndcg_at_k", share=2)
def test_ndcg_of_a_short_list_misses_what_it_leaves_out(submission, rng):
    """Relevant items that the list leaves out cost, also when the list holds fewer than k items."""
    for n, n_relevant, n_hits, k in (3, 6, 2, 5), (4, 2, 1, 10), (2, 9, 1, 6):
        recommended, relevant = draw_list(rng, n, n_relevant, n_hits)
        with untouched(submission, recommended.tolist(), relevant) as kept:
            got = submission.ndcg_at_k(*kept, k)
            ndcg_is_right(submission, got, Case(recommended, relevant, k))


@checks("ndcg_at_k", share=2)
def test_ndcg_at_any_depth_of_any_items(submission, rng):
    """Every place up to k counts, be k 1 or 150, and every item has its say, also item 0."""
    otherwise = partial(_cause_of_ndcg, submission)
    ask_for_extremes(submission, "ndcg_at_k", ndcg, otherwise, rng)


def ask_for_ndcg(submission, recommended, relevant, k: int) -> None:
    """Call `ndcg_at_k` and reject an answer that differs from the definition."""
    found = hits_of(recommended, relevant)[:k].any()
    with crash_means(discount_of_rank="division by zero") if found else nullcontext():
        got = submission.ndcg_at_k(recommended, relevant, k=k)
    ndcg_is_right(submission, got, Case(recommended, relevant, k))


def ndcg_is_right(submission, value, case: Case) -> None:
    got, want = number(value), ndcg(*case)
    if not alike(got, want):
        shown = confirmed(submission, "ndcg_at_k", ndcg_mistakes, got, case)
        close(got, want, mistakes=shown, otherwise=lambda: _cause_of_ndcg(submission))


def _cause_of_ndcg(submission) -> Cause:
    """Tell whether an nDCG is wrong already for single hits, or only for several hits."""
    items = [*range(40, 46)]
    for rank, item in enumerate(items, 1):
        case = Case(items, {item}, len(items))
        got = answer_aside(submission, "ndcg_at_k", case)
        if got is not None and not alike(got, ndcg(*case)):
            return Cause("single-hit-off", _ONE_HIT.format(rank=rank, got=got, want=ndcg(*case)))
    every = answer_aside(submission, "ndcg_at_k", Case(items, set(items), len(items)))
    if every is not None and not alike(every, 1.0):
        return Cause("several-hits-off", _SEVERAL_HITS)
    return Cause("ideal-or-cut-off", _IDEAL)


_ONE_HIT = _(
    "A single relevant item at rank {rank} scores {got:.3g} in your code; it should score "
    "{want:.3g}. Which steps of your code lead from that rank to that number?"
)
_SEVERAL_HITS = _(
    "One hit alone scores rightly at the first six ranks; a list of six hits out of six does not "
    "score 1. Does a second hit keep its own rank, and what becomes of the sum?"
)
_IDEAL = _(
    "A single hit scores rightly at the first six ranks, and so do six of six. What is left are "
    "the list that hits are divided by, and which places and items count. How many items could the "
    "best list of k hold?"
)


def ndcg_mistakes(got: float, case: Case) -> dict[str, bool]:
    recommended, relevant, k = case
    every = hits_of(recommended, relevant)
    hits, possible = every[:k], np.ones(min(k, len(relevant)))
    early = every[: len(possible)]
    ranked_ideal = gain(np.sort(hits)[::-1])

    def by(discount):
        return gain(hits, discount) / gain(possible, discount)

    return {
        "discount-of-rank": not np.isfinite(got)
        or alike(got, by(lambda rank: np.maximum(1, np.log2(rank)))),
        "one-added-to-the-logarithm": alike(got, by(lambda rank: np.log2(rank) + 1)),
        "discount-one-late": alike(got, by(lambda rank: np.log2(rank + 2))),
        "discount-multiplied": alike(got, by(lambda rank: 1 / np.log2(rank + 1))),
        "ideal-as-short-as-the-list": len(every) < len(possible)
        and alike(got, gain(hits) / gain(np.ones(len(every)))),
        "stops-at-first-miss": bool(hits[0])
        and alike(got, gain(hits * np.cumprod(hits)) / gain(possible)),
        "gain-without-discount": alike(got, by(np.ones_like)),
        "discount-by-rank-itself": alike(got, by(lambda rank: rank)),
        "gain-not-normalised": alike(got, gain(hits)),
        "ideal-of-own-hits": ranked_ideal > 0 and alike(got, gain(hits) / ranked_ideal),
        "ideal-always-k": alike(got, gain(hits) / gain(np.ones(k))),
        "ideal-never-cut": alike(got, gain(hits) / gain(np.ones(len(relevant)))),
        "list-cut-with-the-ideal": early.sum() < hits.sum()
        and alike(got, gain(early) / gain(possible)),
        "nothing-matched": got == 0 and bool(hits.any()),
        "logarithms-mixed": any(
            alike(got, gain(hits) / gain(possible) * factor)
            for factor in (np.log(2), 1 / np.log(2), np.log10(2), 1 / np.log10(2))
        ),
        "ndcg-of-whole-list": len(every) > k and alike(got, gain(every) / gain(possible)),
        "rank-among-hits": alike(got, gain(np.ones(int(hits.sum()))) / gain(possible)),
        "average-precision-for-ndcg": bool(hits.any())
        and alike(
            got,
            np.sum(hits * np.cumsum(hits) / np.arange(1, len(hits) + 1)) / len(possible),
        ),
    }


# evaluate_ranking


@checks("evaluate_ranking", share=3)
def test_metrics_are_means_over_users(submission, rng):
    """`precision`, `recall` and `ndcg` at k are the means of the users' own values."""
    for n_users, k in (5, 4), (4, 7):
        recommended, relevant = draw_lists(rng, n_users)
        some = list(recommended)[::2]
        recommended.update({user: np.array(recommended[user]) for user in some})
        means_are_right(submission, recommended, relevant, k)


@checks("evaluate_ranking", share=2)
def test_a_user_without_a_list_scores_zero(submission, rng):
    """A user with relevant items but no recommendation counts, and scores 0."""
    recommended, relevant = draw_lists(rng, 5)
    without, empty = list(relevant)[1:3]
    del recommended[without]
    recommended[empty] = []
    with untouched(submission, recommended, relevant) as kept:
        means_are_right(submission, recommended, relevant, 5, kept)


@checks("evaluate_ranking", share=2)
def test_a_user_without_relevant_items_does_not_count(submission, rng):
    """Users with no relevant item, or not in `relevant` at all, stay out of the means."""
    recommended, relevant = draw_lists(rng, 5)
    without, empty = list(relevant)[2:4]
    del relevant[without]
    relevant[empty] = set()
    with untouched(submission, recommended, relevant) as kept:
        means_are_right(submission, recommended, relevant, 5, kept)


@checks("evaluate_ranking", share=1)
def test_every_user_and_every_place_counts(submission, rng):
    """Users and places all count, however many; item 0 may be the only one that somebody likes."""
    recommended, relevant = draw_lists(rng, 120, 31)
    users = list(relevant)
    some = [users[k] for k in (3, 90)]
    for user in some:
        relevant[user] = {0}
    recommended[some[1]] = [*recommended[some[1]][:7], 0]
    means_are_right(submission, recommended, relevant, 25)
    ids = dict(zip(users, [0, *range(32_700, 32_700 + 2 * len(users), 2)], strict=False))
    recommended = {ids[user]: items[1:] for user, items in recommended.items()}
    relevant = {ids[user]: items for user, items in relevant.items()}
    means_are_right(submission, recommended, relevant, 1)


def draw_lists(rng, n_users: int, length: int = 6) -> tuple[dict, dict]:
    """Return the recommended and the liked items: dicts user -> items, in different orders.

    The first user of `relevant` likes a single item, which is in their list.
    """
    users = rng.choice(np.arange(2, 40 + n_users), size=n_users, replace=False).tolist()
    recommended: dict[int, list[int]] = {}
    relevant: dict[int, set[int]] = {}
    for user in users:
        n_relevant = int(rng.integers(2, length - 1)) if relevant else 1
        n_hits = int(rng.integers(1, n_relevant)) if relevant else 1
        items, relevant[user] = draw_list(rng, length, n_relevant, n_hits)
        recommended[user] = items.tolist()
    return {user: recommended[user] for user in np.roll(users, 1).tolist()}, relevant


def means_are_right(submission, recommended: dict, relevant: dict, k: int, kept=None) -> None:
    """Call `evaluate_ranking` and reject an answer that differs from the means in any metric.

    `kept` holds both dicts on the learner's side, where the check watches them for changes.
    """
    emptied = any(not items for items in relevant.values())
    with crash_means(empty_relevant_counted="division by zero") if emptied else nullcontext():
        answer = submission.evaluate_ranking(*(kept or (recommended, relevant)), k)
    answer = mapping(answer, METRICS)
    users = [user for user, items in relevant.items() if items]
    got, want, own = {}, {}, {}
    for name, metric in zip(METRICS, (precision, recall, ndcg), strict=True):
        got[name] = number(answer[name])
        own[name] = {u: metric(recommended.get(u, ()), relevant[u], k) for u in users}
        want[name] = float(np.mean(list(own[name].values())))
    wrong = [name for name in METRICS if not alike(got[name], want[name])]
    shown = {
        name: {
            **mean_mistakes(got[name], own[name], recommended, relevant),
            **mistakes_of_lists(got[name], metric, recommended, relevant, k),
        }
        for name, metric in zip(METRICS, (precision, recall, ndcg), strict=True)
        if name in wrong
    }
    for name in wrong:
        must = _("`{name}` is the mean over {n} users.").format(name=name, n=len(users))
        mistakes = {
            mistake: all(shown[other][mistake] for other in wrong) for mistake in shown[name]
        }
        close(
            got[name],
            want[name],
            must,
            mistakes,
            otherwise=lambda: Cause("means-off", _MEANS_OFF),
        )


_MEANS_OFF = _(
    "Other users, other lists or other liked items go into the answer than should, or it is no "
    "mean of them. Write the value of each user in a row by hand: which of them does your code not "
    "see, and what does it do with the row?"
)

MANY = 100


def mean_mistakes(got: float, values: dict, recommended: dict, relevant: dict) -> dict[str, bool]:
    """Return the mistakes that a mean of the users' `values` shows."""
    column = list(values.values())
    total = sum(column)
    with_list = [user for user in values if len(recommended.get(user, ()))]
    sizes = [len(relevant[user]) for user in values]
    but_zero = total - values.get(0, 0)
    others = [value for user, value in values.items() if relevant[user] != {0}]
    first = [np.mean(column[:m]) for m in (10, 20, 25, 50, 100) if m < len(column)]
    return {
        "mean-over-lists": alike(got, total / len(with_list))
        or alike(got, total / len(recommended)),
        "empty-relevant-counted": alike(got, total / len(relevant)),
        "hits-pooled": alike(got, np.average(column, weights=sizes)),
        "metrics-summed": alike(got, total),
        "median-over-users": alike(got, np.median(column)),
        "user-zero-left-out": 0 in values
        and among(got, [but_zero / max(len(column) - 1, 1), but_zero / len(column)]),
        "item-zero-taken-for-nothing": 0 < len(others) < len(column)
        and alike(got, np.mean(others)),
        "first-users-only": len(column) > MANY and among(got, first),
    }


def mistakes_of_lists(
    got: float, metric: Callable, recommended: dict, relevant: dict, k: int
) -> dict[str, bool]:
    """Return the mistakes that a mean over other lists, or over lists of other depth, shows."""
    mine = {user: recommended.get(user, ()) for user, items in relevant.items() if items}
    pairs = zip(recommended.values(), relevant.values(), strict=False)
    by_position = [metric(*pair, k) for pair in pairs if pair[1]]
    exchanged = exchanged_mean(metric, recommended, relevant, k)

    def mean(cut: int, depth: int) -> float:
        return float(np.mean([metric(mine[u][:cut], relevant[u], depth) for u in mine]))

    return {
        "users-paired-by-position": alike(got, np.mean(by_position)),
        "depth-fixed": among(got, [mean(m, m) for m in (5, 10, 20) if m != k]),
        "lists-exchanged": alike(got, exchanged),
        "depth-limited": k > CUTS[0] and among(got, [mean(m, k) for m in CUTS if m < k]),
    }


def exchanged_mean(metric, recommended: dict, relevant: dict, k: int) -> float:
    """Return the mean of a metric that exchanges the list and the liked items."""
    pairs = [(list(items), set(recommended.get(user, ()))) for user, items in relevant.items()]
    return float(np.mean([metric(*pair, k) if pair[1] else 0.0 for pair in pairs if pair[0]]))


# split_by_time

HISTORY = ["user", "item", "rating", "timestamp"]


def draw_history(rng, sizes: Iterable[int], n_ties: int = 0) -> pd.DataFrame:
    """Return an encoded frame of users with these numbers of ratings, in no order.

    Users came at different times, and their months of ratings overlap. The index is neither sorted
    nor contiguous. All timestamps differ, but `n_ties` rows of each user, half of them at most,
    share one with another row of the same user.
    """
    sizes = list(sizes)
    users = rng.choice(np.arange(1, 300), size=len(sizes), replace=False)
    users[int(rng.integers(len(users)))] = 0
    starts = 900_000_000 + 1_000_000 * rng.permutation(len(sizes))
    parts = []
    for user, n, start in zip(users, sizes, starts, strict=True):
        times = start + rng.choice(2_600_000, size=n, replace=False)
        tied = min(n_ties, n // 2)
        times[:tied] = times[tied : 2 * tied]
        parts.append(pd.DataFrame({"user": user, "timestamp": times}))
    history = pd.concat(parts, ignore_index=True)
    n = len(history)
    history["item"] = rng.choice(np.arange(2 * n), size=n, replace=False)
    history["rating"] = rng.integers(1, 11, size=n) / 2
    history.index = pd.Index(rng.choice(np.arange(1_000, 1_000 + 9 * n), size=n, replace=False))
    return history[["timestamp", "user", "rating", "item"]].iloc[rng.permutation(n)]


def time_parts(answer, ratings: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return train and test; reject rows that `ratings` lacks, and rows lost or held twice."""
    must = _("the answer is a pair of frames (train, test)")
    train, test = (frame(part, HISTORY) for part in pair(answer, must=must))
    for part in (train, test):
        extra = [name for name in part.columns if name not in ratings.columns]
        require(
            not extra,
            _("a frame with the columns {names}").format(names=", ".join(map(str, part.columns))),
            _("both parts have the columns of `ratings` and no other"),
            {"time-split-adds-columns": True},
        )
        known = part.index.isin(ratings.index)
        columns = np.column_stack([array(part[name], (len(part),)) for name in HISTORY])
        numbered = set(part.index) <= set(range(len(ratings)))
        require(
            known.all() and part.index.nlevels == 1,
            _("a row with the label {label}").format(label=brief(part.index[~known][:1].tolist())),
            _("each row keeps its label in the index of `ratings`"),
            {"time-split-new-labels": numbered},
            Cause("time-split-labels-lost", _LABELS_LOST),
        )
        require(
            alike(columns, ratings.loc[part.index, HISTORY].to_numpy(), rtol=0, atol=1e-6),
            part,
            _("every row of a part is a row of `ratings`, unchanged"),
            cause=Cause("time-split-rows-altered", _ROWS_ALTERED),
        )
    both = np.concatenate([train.index, test.index])
    twice = len(both) - len(np.unique(both))
    require(
        not twice,
        _("{n} of {total} rows come twice").format(n=twice, total=len(ratings)),
        _("no row is in train and in test, or twice in one of them"),
        {"time-split-train-keeps-test": train.index.nunique() == len(train) == len(ratings)},
        Cause("time-split-overlaps", _OVERLAPS),
    )
    sizes = ratings["user"].value_counts()
    found = pd.concat([train, test])["user"].value_counts().reindex(sizes.index, fill_value=0)
    lost = sizes.index[found < sizes]
    n_rows = len(train) + len(test)
    require(
        n_rows == len(ratings) and not len(lost),
        _("{n} of {total} rows").format(n=n_rows, total=len(ratings)),
        _("train and test hold every row once"),
        {"time-split-drops-short-histories": 0 < len(lost) < len(sizes) and found[lost].sum() == 0},
        Cause("time-split-loses-rows", _LOSES_ROWS),
    )
    return train, test


_LABELS_LOST = _(
    "The index of a part is not that of the ratings: a grouping or a new frame has replaced it. "
    "How can you choose rows of `ratings` without building a new frame?"
)
_ROWS_ALTERED = _(
    "A label leads to other values than in `ratings`: columns were sorted or paired one by one. "
    "Does your code sort whole rows, or only values?"
)
_OVERLAPS = _(
    "Some rows stand in both parts. Which condition chooses the rows of train, and is it the exact "
    "opposite of the one that chooses test?"
)
_LOSES_ROWS = _(
    "Rows are lost between `ratings` and the two parts. Add up the lengths of both parts for one "
    "user: which rows did your code choose for neither?"
)


def split_is_right(answer, ratings: pd.DataFrame, fraction: float) -> None:
    """Reject a split that does not put the last rows of each user into test, to one row a user."""
    train, test = time_parts(answer, ratings)
    sizes = ratings["user"].value_counts().sort_index()
    hidden = test["user"].value_counts().reindex(sizes.index, fill_value=0)
    off = (hidden - fraction * sizes).abs()
    last_of_train, first_of_train = _ends(train, sizes.index)
    last_of_test, first_of_test = _ends(test, sizes.index)
    early = (last_of_train > first_of_test).to_numpy()
    global_cut = len(train) > 0 < len(test) and bool(
        train["timestamp"].max() <= test["timestamp"].min()
    )
    exchanged = (first_of_train < last_of_test).sum() == 0 and bool(
        ((hidden - (1 - fraction) * sizes).abs() <= 1).all()
    )
    whole_users = len(sizes) > 1 and bool(((hidden == 0) | (hidden == sizes)).all())
    mistakes = {
        "time-split-by-users": whole_users and bool((hidden[sizes > 3] == 0).any()),
        "time-split-at-one-moment": global_cut and not whole_users,
        "time-split-parts-exchanged": exchanged and abs(fraction - 0.5) > 0.01,
    }
    worst = sizes.index[int(np.argmax(off))]
    require(
        off.max() <= 1 + 1e-9,
        _("{n} of the {total} rows of user {user} are in test").format(
            n=hidden[worst], total=sizes[worst], user=worst
        ),
        _("test holds {share:g} of the rows of each user, to one row").format(share=fraction),
        {
            **mistakes,
            "time-split-fixed-number": not any(mistakes.values())
            and len(set(hidden[sizes > 12])) == 1,
        },
        Cause("time-split-other-share", _OTHER_SHARE),
    )
    user = sizes.index[int(np.argmax(early))]
    require(
        not early.any(),
        _("user {user} has a row in test that is older than a row in train").format(user=user),
        _("of each user, no row of test is older than a row of train"),
        lambda: {**mistakes, **_mistakes_of_order(ratings, test, hidden)},
        Cause("time-split-other-order", _OTHER_ORDER),
    )


_OTHER_SHARE = _(
    "The number of rows in test is not the share of the user's own rows. Count the rows of one "
    "user, then those in test: of what is your number a share?"
)
_OTHER_ORDER = _(
    "The rows of test are not the latest ones of their user. Write the timestamps of one user in a "
    "row and mark those in test: by what were they chosen?"
)


def _ends(part: pd.DataFrame, users: pd.Index) -> tuple[pd.Series, pd.Series]:
    """Return the last and the first timestamp of each user; of users without a row, none matters.

    A comparison with NaN is false, so that a user without rows breaks no order.
    """
    times = part.groupby("user")["timestamp"]
    return times.max().reindex(users), times.min().reindex(users)


def _mistakes_of_order(ratings: pd.DataFrame, test: pd.DataFrame, hidden) -> dict[str, bool]:
    """Return the known mistakes behind a test part of the right size with the wrong rows."""
    in_test = ratings.index.isin(test.index)
    n_hidden = ratings["user"].map(hidden).to_numpy()

    def share_chosen(keys: pd.Series, ascending: bool) -> float:
        """Return the share of test that holds the rows with the largest, or smallest, keys."""
        rank = keys.groupby(ratings["user"]).rank(method="first", ascending=ascending)
        return float((rank.to_numpy() <= n_hidden)[in_test].mean())

    place = pd.Series(np.arange(len(ratings)), index=ratings.index)
    columns = {
        "time-split-first-rows": [(ratings["timestamp"], True)],
        "time-split-by-place": [(place, True), (place, False)],
        "time-split-by-label": [
            (pd.Series(ratings.index, index=ratings.index), way) for way in (True, False)
        ],
        "time-split-by-another-column": [
            (ratings[name], way) for name in ("item", "rating") for way in (True, False)
        ],
    }
    found = {
        mistake: any(share_chosen(keys, way) > 0.97 for keys, way in ways)
        for mistake, ways in columns.items()
    }
    latest = share_chosen(ratings["timestamp"], False)
    base = float(hidden.sum()) / len(ratings)
    found["time-split-at-random"] = not any(found.values()) and abs(latest - base) < 0.2
    return found


@checks("split_by_time", share=2)
def test_the_last_rows_of_each_user_go_to_test(submission, rng):
    """Each user's latest rows go to test. Their dates and places in the table do not matter."""
    for sizes, fraction in (((30, 42, 25, 60, 38), 0.2), ((20, 50, 33, 27), 0.35)):
        history = draw_history(rng, sizes)
        answer = submission.split_by_time(history, test_fraction=fraction)
        split_is_right(answer, history, fraction)
    history = draw_history(rng, (45, 30, 52, 20))
    split_is_right(submission.split_by_time(history), history, 0.2)


@checks("split_by_time", share=1)
def test_each_row_is_in_one_part(submission, rng):
    """Train and test hold every row once, with its columns and its label; `ratings` stays."""
    for sizes, fraction in ((range(1, 24), 0.2), ((40, 3, 2, 1, 17), 0.5)):
        history = draw_history(rng, sizes)
        kept = submission.keep(history)
        split_is_right(submission.split_by_time(kept, fraction), history, fraction)
        require_unchanged(submission, kept, history, {"time-split-changes-ratings": True})


@checks("split_by_time", share=1)
def test_equal_timestamps_may_part_in_any_order(submission, rng):
    """Rows of one moment go to either part; the share of each user's rows holds all the same."""
    for n_ties, fraction in ((6, 0.3), (9, 0.2)):
        history = draw_history(rng, (24, 40, 31, 18, 26), n_ties)
        split_is_right(submission.split_by_time(history, fraction), history, fraction)
    history = draw_history(rng, (15, 25, 20))
    moment = int(history["timestamp"].max())
    history = history.assign(timestamp=moment)
    split_is_right(submission.split_by_time(history, 0.4), history, 0.4)


# popularity_recommendations


@checks("popularity_recommendations", share=2)
def test_most_rated_unseen_items_first(submission, rng):
    """Each user of `seen` gets the items of train with the most ratings that they have not seen."""
    for n_items, n in (15, 4), (12, 6), (20, 3):
        train = draw_encoded(rng, n_users=15, n_items=n_items, n_ratings=5 * n_items)
        seen = draw_seen(rng, train)
        lists_are_right(submission.popularity_recommendations(train, seen, n=n), train, seen, n)


@checks("popularity_recommendations", share=1)
def test_fewer_items_where_train_has_no_more(submission, rng):
    """Only items with a rating in train are recommended; where few are left, the list is short."""
    train = draw_encoded(rng, n_users=4, n_items=14, n_ratings=24)
    items = np.unique(train["item"])
    seen = {9: set(), 2: set(items[3:].tolist()), 0: set(items[:-1].tolist())}
    lists_are_right(submission.popularity_recommendations(train, seen, 12), train, seen, 12)


@checks("popularity_recommendations", share=1)
def test_ten_popular_items_where_nothing_is_said(submission, rng):
    """Without n every list holds ten items."""
    train = draw_encoded(rng, n_users=20, n_items=26, n_ratings=170)
    seen = draw_seen(rng, train, most=3)
    lists_are_right(submission.popularity_recommendations(train, seen), train, seen, 10)


@checks("popularity_recommendations", share=1)
def test_train_and_seen_stay_as_they_are(submission, rng):
    """Right lists, and neither `train` nor the sets in `seen` change by the call."""
    train = draw_encoded(rng)
    seen = draw_seen(rng, train)
    kept_train, kept_seen = submission.keep(train), submission.keep(seen)
    answer = submission.popularity_recommendations(kept_train, kept_seen, 3)
    lists_are_right(answer, train, seen, 3)
    require_unchanged(submission, kept_train, train)
    require_unchanged(submission, kept_seen, seen)


@checks("popularity_recommendations", share=1)
def test_every_rating_of_every_item_counts(submission, rng):
    """All rows of train count, and all items; a list is as long as asked for; columns in any order.

    Users may have seen items that are not in train.
    """
    train = draw_many(rng, n_users=60, n_items=900, n_ratings=12_000)
    best = best_of(np.unique(train["item"]), np.bincount(train["item"])).tolist()
    seen = {70: set(), 4: set(best[:600])}
    for n in (150, 0, 3):
        lists_are_right(submission.popularity_recommendations(train, seen, n), train, seen, n)
    train = with_wide_ids(rng, draw_encoded(rng, n_users=10, n_items=16, n_ratings=60))
    best = best_of(np.unique(train["item"]), np.bincount(train["item"])).tolist()
    seen = {0: {best[1]}, 100_007: set(), 7: {0, best[2]}}
    lists_are_right(submission.popularity_recommendations(train, seen, 6), train, seen, 6)
    seen[0] |= {100_003, 100_009}
    with crash_means(seen_item_not_in_train=("out of bounds", "not found in axis", "keyerror")):
        answer = submission.popularity_recommendations(train, seen, 6)
    lists_are_right(answer, train, seen, 6)


def draw_seen(rng, train: pd.DataFrame, most: int = 5) -> dict[int, set[int]]:
    """Return users with sets of items of train, the most popular item in nearly all sets.

    Some users of train are missing, and a newcomer has seen nothing.
    """
    counts = train["item"].value_counts()
    users = rng.permutation(np.unique(train["user"]))[:2].tolist()
    seen = {}
    for user in users:
        drawn = rng.choice(counts.index[1:], size=int(rng.integers(1, most)), replace=False)
        seen[user] = {int(counts.index[0]), *drawn.tolist()}
    newcomer = int(train["user"].max()) + 3
    return {newcomer: set(), **seen}


def lists_are_right(answer, train: pd.DataFrame, seen: dict, n: int) -> None:
    """Reject an answer without the most rated unseen items for every user of `seen`."""
    lists = mapping(answer)
    counts = np.bincount(train["item"])
    items = np.flatnonzero(counts).tolist()
    require(
        set(lists) == set(seen),
        _("lists for the users {users}").format(users=brief(list(lists))),
        _("lists for the users of `seen`: {users}").format(users=brief(list(seen))),
        {
            "popular-for-users-of-train": set(lists) == set(train["user"]),
            "user-zero-left-out": set(seen) - set(lists) == {0} and set(lists) < set(seen),
        },
        of_members(set(lists), set(seen)),
    )
    for user, mine in seen.items():
        left = [item for item in items if item not in mine]
        mistakes = partial(mistakes_of_list, lists, user, train, seen, n)
        best_list(lists[user], left, counts, n, mistakes)


def mistakes_of_list(lists: dict, user, train, seen: dict, n: int) -> dict[str, bool]:
    """Return the known mistakes behind the list of a user."""
    left = [item for item in np.unique(train["item"]).tolist() if item not in seen[user]]
    return {
        **popularity_mistakes(lists[user], train, left, n),
        **extreme_lists(lists[user], train, seen[user], n),
        **mistakes_of_all_lists(lists, train, seen, n),
    }


def popularity_mistakes(got, train, left: list, n: int) -> dict[str, bool]:
    counts = np.bincount(train["item"])
    items = np.flatnonzero(counts).tolist()
    table = train.groupby("item")["rating"].agg(["sum", "mean"]).reindex(range(len(counts)))
    best = best_of(items, counts)
    places = [place for place, item in enumerate(best) if item in left]
    cut_first = [item for item in best[:n] if item in left]
    return {
        "popular-but-seen": len(left) < len(items) and is_best(got, items, counts, n),
        "popular-cut-before-seen": 0 < len(cut_first) < min(n, len(left))
        and same_ids(got, cut_first),
        "popular-by-mean": is_best(got, left, table["mean"].fillna(-1), n),
        "popular-by-stars": is_best(got, left, table["sum"].fillna(-1), n),
        "obscure-items-first": is_best(got, left, -counts, n),
        "counts-for-items": alike(got, counts[best_of(left, counts, n)]),
        "popularity-rank-as-item": is_best(got, places, counts[best], n),
    }


def mistakes_of_all_lists(lists: dict, train, seen: dict, n: int) -> dict[str, bool]:
    """Return the mistakes that all lists together show; a single list may look alike by chance."""
    counts = np.bincount(train["item"])
    items = np.flatnonzero(counts)
    anyone = set().union(*seen.values())
    rated = {user: set(train.loc[train["user"] == user, "item"]) for user in seen}

    def all_lack(out: dict) -> bool:
        return any(out[user] != mine for user, mine in seen.items()) and all(
            is_best(lists[user], np.setdiff1d(items, list(out[user])), counts, n) for user in seen
        )

    liked = [
        train.loc[train["rating"] >= stars, "item"] for stars in np.unique(train["rating"])[1:]
    ]
    by_anyone = all_lack(dict.fromkeys(seen, anyone))
    by_train = all_lack(rated) or all_lack({u: rated[u] | mine for u, mine in seen.items()})
    return {
        "seen-by-anyone-removed": by_anyone,
        "train-asked-what-was-seen": by_train,
        "popular-among-the-liked": not (by_anyone or by_train)
        and any(
            all(_is_best_of(lists[u], items.to_numpy(), mine, n) for u, mine in seen.items())
            for items in liked
        ),
    }


def extreme_lists(got, train, mine: set, n: int) -> dict[str, bool]:
    """Return the mistakes that a list shows in a long train, or in one with ids of any size."""
    counts = np.bincount(train["item"])
    items = np.flatnonzero(counts)
    left = np.setdiff1d(items, list(mine))
    want = best_of(left, counts, n)
    cut_first = [item for item in best_of(items, counts, n) if item not in mine]
    length = len(np.ravel(got)) if len(shape_of(got) or ()) == 1 else -1
    early = 0 <= length < len(want) and not (cut_first and same_ids(got, cut_first))
    first = [np.bincount(train["item"][:m], minlength=len(counts)) for m in ROWS if m < len(train)]
    second = train.iloc[:, 1].to_numpy()
    return {
        "none-asked-some-returned": n == 0 and length > 0,
        "zero-never-listed": bool(0 in want) and is_best(got, left[left > 0], counts, n),
        "popular-list-ends-early": early and is_best(got, left, counts, length),
        "first-rows-only": any(is_best(got, left[c[left] > 0], c, n) for c in first),
        "popular-by-position": train.columns[1] != "item" and _is_best_of(got, second, mine, n),
        "ids-in-a-narrow-type": bool(max(items) > 2**16)
        and any(_is_best_of(got, narrowed(train["item"], t), mine, n) for t in NARROW_TYPES),
    }


ROWS = (50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)


def _is_best_of(got, column: np.ndarray, mine: set, n: int) -> bool:
    """Return whether a list holds the n most frequent ids of a column of any ids but `mine`."""
    ids, counts = np.unique(column, return_counts=True)
    keep = ~np.isin(ids, list(mine))
    ids, counts = ids[keep], counts[keep]
    if len(shape_of(got) or ()) != 1 or not np.isin(got, ids).all():
        return False
    return is_best(np.searchsorted(ids, got), range(len(ids)), counts, n)

"""Checks of `08_ranking`: precision, recall, nDCG, their means over users, the popular items."""

from collections.abc import Callable
from contextlib import contextmanager

import numpy as np
import pandas as pd

from autograder.checking.asserts import alike, checks, close, crash_means, mapping, number, require
from autograder.checking.reprs import brief
from autograder.checking.value_causes import Cause, of_members
from autograder.checks.support.lists import best_list, best_of, draw_encoded, is_best
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


@checks("precision_at_k", share=1)
def test_precision_is_the_relevant_share_of_k(submission, rng):
    """Of the first k recommended items, the share that is relevant."""
    for n, n_relevant, n_hits, k in (10, 3, 2, 10), (12, 8, 6, 5), (9, 14, 8, 7), (6, 2, 2, 3):
        recommended, relevant = draw_list(rng, n, n_relevant, n_hits)
        got = submission.precision_at_k(recommended, relevant, k)
        precision_is_right(got, recommended, relevant, k)


@checks("precision_at_k", share=1)
def test_precision_of_a_short_list_divides_by_k(submission, rng):
    """A list of fewer than k items is divided by k all the same: empty places hit nothing."""
    for n, n_relevant, n_hits, k in (4, 6, 3, 10), (3, 1, 1, 5), (6, 9, 5, 4), (2, 3, 0, 3):
        recommended, relevant = draw_list(rng, n, n_relevant, n_hits)
        with untouched(submission, recommended.tolist(), relevant) as kept:
            got = submission.precision_at_k(*kept, k=k)
            precision_is_right(got, recommended, relevant, k)


@checks("recall_at_k", share=1)
def test_recall_is_the_share_of_the_relevant_that_is_found(submission, rng):
    """Of all relevant items, the share that stands among the first k recommended ones."""
    for n, n_relevant, n_hits, k in (7, 3, 2, 7), (12, 8, 6, 5), (9, 14, 8, 7), (6, 2, 2, 3):
        recommended, relevant = draw_list(rng, n, n_relevant, n_hits)
        recall_is_right(submission.recall_at_k(recommended, relevant, k), recommended, relevant, k)


@checks("recall_at_k", share=1)
def test_recall_counts_every_relevant_item(submission, rng):
    """All relevant items count, more than k or not; a list may be shorter than k."""
    for n, n_relevant, n_hits, k in (3, 4, 2, 8), (5, 9, 4, 3), (7, 1, 1, 7), (4, 3, 0, 4):
        recommended, relevant = draw_list(rng, n, n_relevant, n_hits)
        with untouched(submission, recommended.tolist(), relevant) as kept:
            got = submission.recall_at_k(*kept, k=k)
            recall_is_right(got, recommended, relevant, k)


def precision_is_right(value, recommended, relevant, k: int) -> None:
    got, every = number(value), hits_of(recommended, relevant)
    hits = every[:k].sum()
    mistakes = {
        "precision-over-relevant": alike(got, hits / len(relevant)),
        "precision-over-list": alike(got, hits / len(every[:k])),
        "precision-of-whole-list": alike(got, every.sum() / k),
        "filtered-before-the-cut": every.sum() > k and alike(got, 1.0),
        "last-places-counted": alike(got, every[-k:].sum() / k),
        "any-hit-counts": alike(got, float(hits > 0)),
        "hits-not-divided": alike(got, hits),
    }
    close(
        got,
        precision(recommended, relevant, k),
        mistakes=mistakes,
        otherwise=lambda: Cause("other-hits-or-divisor", _SHARE),
    )


_SHARE = _(
    "A share has two parts. Count by hand in this call: the hits that count, and what they are "
    "divided by. Which of the two does your code get wrong?"
)


def recall_is_right(value, recommended, relevant, k: int) -> None:
    got, every = number(value), hits_of(recommended, relevant)
    hits = every[:k].sum()
    mistakes = {
        "recall-over-reachable": alike(got, hits / min(k, len(relevant))),
        "recall-over-k": alike(got, hits / k),
        "recall-of-whole-list": alike(got, every.sum() / len(relevant)),
        "filtered-before-the-cut": every.sum() > k and alike(got, k / len(relevant)),
        "cut-one-early": alike(got, every[: k - 1].sum() / len(relevant)),
        "divided-by-the-union": alike(got, hits / (len(every[:k]) + len(relevant) - hits)),
        "hits-not-divided": alike(got, hits),
    }
    close(
        got,
        recall(recommended, relevant, k),
        mistakes=mistakes,
        otherwise=lambda: Cause("other-hits-or-divisor", _SHARE),
    )


@contextmanager
def untouched(submission, *arguments):
    """Place arguments on the learner's side; reject a function that changed one of them."""
    kept = [submission.keep(argument) for argument in arguments]
    yield kept
    for proxy, argument in zip(kept, arguments, strict=True):
        require_unchanged(submission, proxy, argument)


# ndcg_at_k


@checks("ndcg_at_k", share=3)
def test_ndcg_discounts_by_rank(submission, rng):
    """Each hit counts 1 / log2(rank + 1), rank 1 being first; the best possible list scores 1."""
    for n, n_relevant, n_hits, k in (9, 14, 7, 8), (10, 3, 2, 10), (12, 8, 6, 5), (7, 4, 3, 5):
        recommended, relevant = draw_list(rng, n, n_relevant, n_hits)
        ask_for_ndcg(submission, recommended, relevant, k)


@checks("ndcg_at_k", share=1)
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


@checks("ndcg_at_k", share=1)
def test_ndcg_of_one_hit_tells_its_rank(submission, rng):
    """A single hit at rank r among one relevant item scores 1 / log2(r + 1), beyond k nothing."""
    items = rng.permutation(np.arange(5, 50))[:9]
    for rank in (1, 2, 3, 6, 7):
        ask_for_ndcg(submission, items, {int(items[rank - 1])}, 6)


@checks("ndcg_at_k", share=1)
def test_ndcg_of_a_short_list_misses_what_it_leaves_out(submission, rng):
    """Relevant items that the list leaves out cost, also when the list holds fewer than k items."""
    for n, n_relevant, n_hits, k in (3, 6, 2, 5), (4, 2, 1, 10), (2, 9, 1, 6):
        recommended, relevant = draw_list(rng, n, n_relevant, n_hits)
        with untouched(submission, recommended.tolist(), relevant) as kept:
            got = submission.ndcg_at_k(*kept, k)
            ndcg_is_right(submission, got, recommended, relevant, k)


def ask_for_ndcg(submission, recommended, relevant, k: int) -> None:
    """Call `ndcg_at_k` and reject an answer that differs from the definition."""
    with crash_means(discount_of_rank="division by zero"):
        got = submission.ndcg_at_k(recommended, relevant, k=k)
    ndcg_is_right(submission, got, recommended, relevant, k)


def ndcg_is_right(submission, value, recommended, relevant, k: int) -> None:
    got = number(value)
    mistakes = ndcg_mistakes(got, recommended, relevant, k)
    want = ndcg(recommended, relevant, k)
    close(got, want, mistakes=mistakes, otherwise=lambda: _cause_of_ndcg(submission))


def _cause_of_ndcg(submission) -> Cause:
    """Tell whether an nDCG is wrong already for single hits, or only for several hits."""
    items = np.arange(40, 46)
    for rank in range(1, len(items) + 1):
        relevant = {int(items[rank - 1])}
        got = number(submission.ndcg_at_k(items, relevant, len(items)))
        want = ndcg(items, relevant, len(items))
        if not alike(got, want):
            text = _ONE_HIT.format(rank=rank, got=got, want=want)
            return Cause("single-hit-off", text)
    whole = {int(item) for item in items}
    if not alike(number(submission.ndcg_at_k(items, whole, len(items))), 1.0):
        return Cause("several-hits-off", _SEVERAL_HITS)
    return Cause("ideal-or-cut-off", _IDEAL)


_ONE_HIT = _(
    "A single relevant item at rank {rank} scores {got:.3g} in your code; it should score "
    "{want:.3g}. The discount is another one: what is the logarithm taken of, and what is added?"
)
_SEVERAL_HITS = _(
    "One hit alone is discounted rightly at every rank; several in one list do not add up. "
    "Does a second hit keep its own rank, and what becomes of the sum?"
)
_IDEAL = _(
    "Hits are discounted rightly. What is left are the list that they are divided by, and the "
    "places that count. How many items could the best list of k hold?"
)


def ndcg_mistakes(got: float, recommended, relevant, k: int) -> dict[str, bool]:
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


@checks("evaluate_ranking", share=2)
def test_metrics_are_means_over_users(submission, rng):
    """`precision`, `recall` and `ndcg` at k are the means of the users' own values."""
    for n_users, k in (5, 4), (4, 7):
        recommended, relevant = draw_lists(rng, n_users)
        some = list(recommended)[::2]
        recommended.update({user: np.array(recommended[user]) for user in some})
        means_are_right(submission, recommended, relevant, k)


@checks("evaluate_ranking", share=1)
def test_a_user_without_a_list_scores_zero(submission, rng):
    """A user with relevant items but no recommendation counts, and scores 0."""
    recommended, relevant = draw_lists(rng, 5)
    without, empty = list(relevant)[1:3]
    del recommended[without]
    recommended[empty] = []
    with untouched(submission, recommended, relevant) as kept:
        means_are_right(submission, recommended, relevant, 5, kept)


@checks("evaluate_ranking", share=1)
def test_a_user_without_relevant_items_does_not_count(submission, rng):
    """Users with no relevant item, or not in `relevant` at all, stay out of the means."""
    recommended, relevant = draw_lists(rng, 5)
    without, empty = list(relevant)[2:4]
    del relevant[without]
    relevant[empty] = set()
    with untouched(submission, recommended, relevant) as kept:
        means_are_right(submission, recommended, relevant, 5, kept)


def draw_lists(rng, n_users: int) -> tuple[dict, dict]:
    """Return the recommended and the liked items: dicts user -> items, in different orders.

    The first user of `relevant` likes a single item, which is in their list.
    """
    users = rng.choice(np.arange(2, 40), size=n_users, replace=False).tolist()
    recommended: dict[int, list[int]] = {}
    relevant: dict[int, set[int]] = {}
    for user in users:
        n_relevant = int(rng.integers(2, 5)) if relevant else 1
        n_hits = int(rng.integers(1, n_relevant)) if relevant else 1
        items, relevant[user] = draw_list(rng, 6, n_relevant, n_hits)
        recommended[user] = items.tolist()
    return {user: recommended[user] for user in np.roll(users, 1).tolist()}, relevant


def means_are_right(submission, recommended: dict, relevant: dict, k: int, kept=None) -> None:
    """Call `evaluate_ranking` and reject an answer that differs from the means in any metric.

    `kept` holds both dicts on the learner's side, where the check watches them for changes.
    """
    with crash_means(empty_relevant_counted="division by zero"):
        answer = submission.evaluate_ranking(*(kept or (recommended, relevant)), k)
    answer = mapping(answer, METRICS)
    got = {name: number(answer[name]) for name in METRICS}
    users = [user for user, items in relevant.items() if items]
    for name, metric in zip(METRICS, (precision, recall, ndcg), strict=True):
        values = {u: metric(recommended.get(u, ()), relevant[u], k) for u in users}
        want = np.mean(list(values.values()))
        must = _("`{name}` is the mean over {n} users.").format(name=name, n=len(users))
        pairs = zip(recommended.values(), relevant.values(), strict=False)
        by_position = [metric(*pair, k) for pair in pairs if pair[1]]
        mistakes = {
            "users-paired-by-position": alike(got[name], np.mean(by_position)),
            "depth-fixed": any(
                alike(
                    got[name],
                    np.mean([metric(recommended.get(u, ()), relevant[u], m) for u in users]),
                )
                for m in (5, 10, 20)
                if m != k
            ),
            "lists-exchanged": alike(got[name], exchanged_mean(metric, recommended, relevant, k)),
            **mean_mistakes(got[name], values, recommended, relevant),
        }
        close(got[name], want, must, mistakes, otherwise=lambda: Cause("means-off", _MEANS_OFF))


_MEANS_OFF = _(
    "The mean is taken of other users, of other lists, or is divided by another number. Write the "
    "value of each user in a row by hand: which of them does your code not see?"
)


def exchanged_mean(metric, recommended: dict, relevant: dict, k: int) -> float:
    """Return the mean of a metric that exchanges the list and the liked items."""
    pairs = [(list(items), set(recommended.get(user, ()))) for user, items in relevant.items()]
    return float(np.mean([metric(*pair, k) if pair[1] else 0.0 for pair in pairs if pair[0]]))


def mean_mistakes(got: float, values: dict, recommended: dict, relevant: dict) -> dict[str, bool]:
    """Return the mistakes that a mean of the users' `values` shows."""
    total = sum(values.values())
    with_list = [user for user in values if len(recommended.get(user, ()))]
    sizes = [len(relevant[user]) for user in values]
    return {
        "mean-over-lists": alike(got, total / len(with_list))
        or alike(got, total / len(recommended)),
        "empty-relevant-counted": alike(got, total / len(relevant)) or not np.isfinite(got),
        "hits-pooled": alike(got, np.average(list(values.values()), weights=sizes)),
        "metrics-summed": alike(got, total),
    }


# popularity_recommendations


@checks("popularity_recommendations", share=3)
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
        {"popular-for-users-of-train": set(lists) == set(train["user"])},
        of_members(set(lists), set(seen)),
    )
    for user, mine in seen.items():
        left = [item for item in items if item not in mine]
        mistakes = popularity_mistakes(lists[user], train, left, n, seen)
        best_list(lists[user], left, counts, n, mistakes)


def popularity_mistakes(got, train, left: list, n: int, seen: dict) -> dict[str, bool]:
    anyone = set().union(*seen.values())
    counts = np.bincount(train["item"])
    items = np.flatnonzero(counts).tolist()
    table = train.groupby("item")["rating"].agg(["sum", "mean"]).reindex(range(len(counts)))
    best = best_of(items, counts)
    places = [place for place, item in enumerate(best) if item in left]
    unseen_by_all = [item for item in items if item not in anyone]
    cut_first = [item for item in best[:n] if item in left]
    return {
        "popular-but-seen": len(left) < len(items) and is_best(got, items, counts, n),
        "popular-cut-before-seen": len(cut_first) < min(n, len(left)) and alike(got, cut_first),
        "popular-by-mean": is_best(got, left, table["mean"].fillna(-1), n),
        "popular-by-stars": is_best(got, left, table["sum"].fillna(-1), n),
        "obscure-items-first": is_best(got, left, -counts, n),
        "counts-for-items": alike(got, counts[best_of(left, counts, n)]),
        "popularity-rank-as-item": is_best(got, places, counts[best], n),
        "seen-by-anyone-removed": len(unseen_by_all) < len(left)
        and is_best(got, unseen_by_all, counts, n),
    }

"""Checks of `07_recommend`: the items that a user has seen, the best unseen items, a film list."""

from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby

import numpy as np
import pandas as pd

from autograder.checking import value_causes
from autograder.checking.asserts import (
    alike,
    array,
    checks,
    close,
    crash_means,
    fail,
    frame,
    integers,
    mapping,
    number,
    pair,
    raises,
    require,
    shape_of,
)
from autograder.checking.failure import Evidence
from autograder.checking.reprs import brief
from autograder.checking.value_causes import Cause
from autograder.checks.support.lists import (
    NARROW_TYPES,
    best_list,
    best_of,
    draw_encoded,
    draw_many,
    is_best,
    list_cause,
    narrowed,
    same_ids,
    unseen,
    with_wide_ids,
)
from autograder.checks.support.new_user import (
    NewUser,
    draw_user,
    folded_in,
    is_of_rounds,
    mistakes_of_fold_in,
)
from autograder.checks.support.ratings import require_unchanged
from autograder.util.i18n import _

COLUMNS = ("movieId", "title", "score")
ERRORS = ("keyerror", "indexerror", "valueerror", "typeerror", "assertionerror")


# seen_items


@checks("seen_items", share=3)
def test_every_rating_counts(submission, rng):
    """Each user of train has the set of all the items that they rated, whatever the stars."""
    for n_users, n_ratings in (6, 40), (4, 25):
        train = draw_encoded(rng, n_users=n_users, n_ratings=n_ratings)
        user = train["user"].mode()[0]
        last = train.index[train["user"] == user][-2:]
        train = pd.concat([train.drop(index=last), train.loc[last]])
        answer = submission.seen_items(train)
        must = _("a dict: user -> set of items")
        mistakes = {"seen-as-series": isinstance(answer, pd.Series)}
        if not isinstance(answer, dict):
            fail(answer, must, mistakes, value_causes.of_kind(answer, _("a dict")))
        require_same_sets(answer, train)


@checks("seen_items", share=2)
def test_users_and_items_are_ids_in_sets(submission, rng):
    """The dict leads from user ids to sets of item ids, also for a user with a single rating."""
    train = draw_encoded(rng)
    single, absent = rng.permutation(5)[:2]
    train = train[(train["user"] != single) | ~train["user"].duplicated()]
    train = train[train["user"] != absent]
    answer = mapping(submission.seen_items(train))
    for items in answer.values():
        kind = type(items)
        require(
            kind in {set, frozenset},
            _("a {kind} of items: {items}").format(kind=kind.__name__, items=brief(items)),
            mistakes={"seen-kept-as-lists": kind in {list, tuple, np.ndarray, pd.Series}},
            cause=value_causes.of_kind(items, _("a set")),
        )
    ids = [*answer, *(item for items in answer.values() for item in items)]
    strange = [part for part in ids if not isinstance(part, (int, np.integer))]
    require(
        not strange,
        _("an id that is no integer: {value}").format(value=brief((strange or [None])[0])),
        mistakes={
            "seen-ids-floats": all(isinstance(part, (float, np.floating)) for part in strange)
        },
        cause=value_causes.of_type(type((strange or [None])[0]).__name__, _("an int")),
    )
    require_same_sets(answer, train)


@checks("seen_items", share=1)
def test_train_stays_as_it_is(submission, rng):
    """The sets are made from any frame of train ratings, and the frame itself does not change."""
    train = draw_encoded(rng, n_users=3, n_items=9, n_ratings=14)
    kept = submission.keep(train)
    require_same_sets(mapping(submission.seen_items(kept)), train)
    require_unchanged(submission, kept, train)


@checks("seen_items", share=2)
def test_every_row_and_every_id_counts(submission, rng):
    """All rows count, however many; ids have any size, 0 too; columns stand in any order."""
    many = draw_many(rng, n_users=6, n_items=900, n_ratings=3_600)
    wide = with_wide_ids(rng, draw_encoded(rng, n_users=10, n_items=16, n_ratings=60))
    for train in (many, wide):
        require_same_sets(mapping(submission.seen_items(train)), train)


def require_same_sets(answer: dict, train: pd.DataFrame) -> None:
    """Reject an answer that differs from the sets of items of `train`'s users."""
    want = sets_by(train, "user", "item")
    got = {user: as_set(items) for user, items in answer.items()}
    got = {user: items for user, items in got.items() if items}
    if got == want:
        return
    numbers = [items for items in answer.values() if isinstance(items, (int, np.integer))]
    stars = sets_by(train, "user", "rating")
    every = set(train["item"])
    pairs = dict(zip(train["user"], train["item"], strict=True))
    mistakes = {
        **lost_or_changed(got, want, train),
        "seen-keyed-by-item": got == sets_by(train, "item", "user"),
        "seen-only-liked": liked_only(got, train),
        "seen-last-only": got == {user: {item} for user, item in pairs.items()},
        "seen-counted": bool(numbers) and len(numbers) == len(answer),
        "stars-for-items": got == stars,
        "all-items-for-everyone": all(items == every for items in got.values()) and bool(got),
        "seen-of-last-run": got == last_runs(train),
        "seen-users-renumbered": set(got) != set(want)
        and set(got) <= set(range(len(want) + 1))
        and list(got.values()) == [want[user] for user in sorted(want)],
    }
    if set(got) != set(want):
        fail(
            _("sets for the users {users}").format(users=brief(list(got))),
            _("sets for the users {users}").format(users=brief(list(want))),
            mistakes,
            value_causes.of_members(set(got), set(want)),
        )
    for user, items in want.items():
        require(
            got[user] == items,
            _("user {user}: {items}").format(user=user, items=brief(got[user])),
            _("user {user} rated the items {items}").format(user=user, items=brief(items)),
            mistakes,
            value_causes.of_members(got[user], items),
        )


def lost_or_changed(got: dict, want: dict, train: pd.DataFrame) -> dict[str, bool]:
    """Return the mistakes of sets that lack the id 0, some rows or items, or hold other ids."""
    without_user = {user: items for user, items in want.items() if user != 0}
    no_zero = [_without_zero(want), without_user, _without_zero(without_user)]
    n_pairs, longest = sum(map(len, got.values())), max(map(len, got.values()), default=0)
    cut = {user: len(items) > longest for user, items in want.items()}
    ids = train[["user", "item"]]
    narrow = [ids.apply(narrowed, dtype=dtype) for dtype in NARROW_TYPES]
    narrow = [table for table in narrow if not table.equals(ids.astype("int64"))]
    narrow += [ids.assign(item=table["item"]) for table in narrow]
    first, second = train.columns[:2]
    return {
        "zero-not-seen": got != want and got in no_zero,
        "first-rows-only": 0 < n_pairs < len(train)
        and got == sets_by(train[:n_pairs], "user", "item"),
        "seen-set-ends-early": longest > 1
        and set(got) == set(want)
        and any(cut.values())
        and all(
            items <= want[user] and len(items) == min(longest, len(want[user]))
            for user, items in got.items()
        ),
        "seen-by-position": (first, second) != ("user", "item")
        and got == sets_by(train, first, second),
        "ids-in-a-narrow-type": any(got == sets_by(table, "user", "item") for table in narrow),
    }


def _without_zero(sets: dict) -> dict:
    """Return sets without the item 0; a user who rated nothing else is gone."""
    return {user: items - {0} for user, items in sets.items() if items - {0}}


def sets_by(table: pd.DataFrame, key: str, value: str) -> dict[int, set[int]]:
    values = {k: table.loc[table[key] == k, value] for k in np.unique(table[key]).tolist()}
    return {k: set(part.tolist()) for k, part in values.items()}


def last_runs(train: pd.DataFrame) -> dict[int, set[int]]:
    """Return the items of each user's last run of rows, as if it had overwritten earlier runs."""
    pairs = zip(train["user"].tolist(), train["item"].tolist(), strict=True)
    runs = groupby(pairs, key=lambda pair: pair[0])
    return {user: {item for _user, item in rows} for user, rows in runs}


def as_set(items) -> set:
    """Return the ids of any container as a set; an empty set for other values."""
    if isinstance(items, np.ndarray):
        items = items.ravel().tolist()
    try:
        return set(items) if not isinstance(items, (str, dict)) else set()
    except Exception:
        return set()


def liked_only(got: dict, train: pd.DataFrame) -> bool:
    thresholds = np.unique(train["rating"])[1:]
    return any(got == sets_by(train[train["rating"] >= t], "user", "item") for t in thresholds)


# top_n


@checks("top_n", share=3)
def test_best_unseen_items_first(submission, rng):
    """The n unseen items of highest score, best first, whatever sign and size the scores have."""
    for n_items, n_seen, n, shift in (
        (12, 4, 3, 0),
        (30, 9, 7, -4),
        (25, 5, 12, -2e4),
        (14, 3, 1, 9),
        (450, 40, 300, 0),
    ):
        scores = (rng.normal(size=n_items) + shift).astype("float32" if shift else "float64")
        seen = draw_seen(rng, scores, n_seen)
        got = submission.top_n(scores, seen, n=n)
        top_is_right(submission, got, scores, seen, n)


@checks("top_n", share=2)
def test_fewer_items_than_asked_for(submission, rng):
    """Where fewer than n items are left, the list holds these and no more; it may be empty."""
    for n_items, n_seen, n in (8, 0, 3), (8, 5, 10), (6, 0, 9), (7, 3, 4), (1, 0, 10), (5, 5, 10):
        scores = rng.normal(size=n_items)
        seen = {int(item) for item in rng.choice(n_items, size=n_seen, replace=False)}
        with crash_means(empty_set_as_index="arrays used as indices must be of integer"):
            got = submission.top_n(scores, seen, n)
        top_is_right(submission, got, scores, seen, n)
    scores = np.sort(rng.normal(size=9))[::-1]
    got = submission.top_n(scores, {0, 2, 5}, 20)
    top_is_right(submission, got, scores, {0, 2, 5}, 20)


@checks("top_n", share=1)
def test_ten_items_where_nothing_is_said(submission, rng):
    """Without n the list holds ten items; items of equal score all keep their places in it."""
    for n_items in 24, 33:
        scores = rng.integers(1, 5, size=n_items) / 2
        seen = draw_seen(rng, scores, 6)
        got = submission.top_n(scores, seen)
        top_is_right(submission, got, scores, seen, 10)


@checks("top_n", share=1)
def test_scores_and_seen_stay_as_they_are(submission, rng):
    """A right list, and neither the scores nor the set of seen items change by the call."""
    scores = rng.normal(size=15)
    seen = draw_seen(rng, scores, 5)
    kept_scores, kept_seen = submission.keep(scores), submission.keep(seen)
    got = submission.top_n(kept_scores, kept_seen, 4)
    top_is_right(submission, got, scores, seen, 4)
    require_unchanged(submission, kept_scores, scores, {"scores-masked-in-place": True})
    require_unchanged(submission, kept_seen, seen)


@checks("top_n", share=1)
def test_lists_and_catalogues_of_any_size(submission, rng):
    """Any number of items, seen items and places, also none; item 0 is an item like any other."""
    many = rng.normal(size=6_000)
    large = rng.normal(size=70_000)
    large[rng.choice(np.arange(2**16, 70_000), size=9, replace=False)] += 20
    zero_best = rng.normal(size=15)
    zero_best[0] = 9
    low = 1e9 * rng.normal(size=12) - 1e13
    with_zero = rng.permutation(np.arange(-4.0, 5.0))
    for scores, n_seen, n in (
        (large, 3, 4),
        (many, 4_000, 5),
        (many, 4, 2_500),
        (zero_best, 0, 3),
        (low, 4, 7),
        (low, 2, 0),
        (low, 0, 0),
        (with_zero, 2, 9),
    ):
        seen = {int(item) for item in best_of(range(len(scores)), scores, n_seen)}
        top_is_right(submission, submission.top_n(scores, seen, n), scores, seen, n)
    top_is_right(submission, submission.top_n(zero_best, {0}, 3), zero_best, {0}, 3)


def top_is_right(submission, got, scores, seen: set, n: int) -> None:
    """Reject an answer that is not the n best unseen items, best first."""
    left = unseen(len(scores), seen)
    if is_best(got, left, scores, n):
        best_list(got, left, scores, n)
        return
    mistakes = mistakes_of_top(got, scores, seen, n)
    if any(mistakes[name] for name in SEEN_BY_PROBE):
        again = submission.aside(lambda: submission.top_n(*PROBE))
        probed = {} if again is None else mistakes_of_top(again, *PROBE)
        mistakes |= {name: mistakes[name] and probed.get(name, False) for name in SEEN_BY_PROBE}
    best_list(got, left, scores, n, mistakes)


PROBE = (np.array([4.1, 7.3, -2.2, 5.6, 9.9, 1.4, 8.7, 0.3, 6.2, -1.5, 2.8, 3.5]), {4, 6, 1, 5}, 4)
"""Arguments of `top_n` with which these mistakes lead to lists of their own."""

SEEN_BY_PROBE = (
    "worst-first",
    "seen-recommended",
    "candidate-position-as-id",
    "seen-removed-after-cut",
    "scores-for-ids",
)


def draw_seen(rng, scores, n: int) -> set:
    """Return n seen items, among them the two best, so that a list that ignores the set shows."""
    best = best_of(range(len(scores)), scores)
    return {int(item) for item in (*best[:2], *rng.permutation(best[2:])[: n - 2])}


def _one_a_score(got, left, scores, n) -> bool:
    """Return whether a list holds one item for each score, though some items share a score."""
    if len(shape_of(got) or ()) != 1:
        return False
    items = np.asarray(got, dtype="float64")
    if not np.isin(items, left).all():
        return False
    distinct, items = np.unique(scores[left])[::-1], items.astype(int)
    return len(distinct) < len(left) and np.array_equal(scores[items], distinct[:n])


MARKS = (0, -1, -10, -99, -100, -999, -1e3, -9999, -1e4, -99999, -1e5, -1e6, -1e9, -1e10, -1e12)


def mistakes_of_top(got, scores, seen, n) -> dict[str, bool]:
    everything = range(len(scores))
    left = unseen(len(scores), seen)
    want = best_of(left, scores, n)
    cut_first = [item for item in best_of(everything, scores, n) if item not in seen]
    is_seen = np.isin(everything, list(seen))
    marked = [np.where(is_seen, mark, scores) for mark in MARKS]
    shape = shape_of(got)
    items = np.ravel(got) if shape is not None and len(shape) == 1 else None
    known = items is not None and len(items) > 0 and bool(np.isin(items, left).all())
    largest = int(np.max(items)) if known and items is not None else 0
    early = items is not None and len(items) < len(want) and same_ids(items, want[: len(items)])
    rounded = [np.round(scores, digits) for digits in range(4)]
    if np.abs(scores).max() < 60_000:
        rounded.append(scores.astype("float16"))
    return {
        "worst-first": 3 <= n <= len(left) - 3 and is_best(got, left, -scores, n),
        "seen-recommended": is_best(got, everything, scores, n),
        "candidate-position-as-id": same_ids(got, np.searchsorted(left, want)),
        "seen-removed-after-cut": bool(cut_first) and same_ids(got, cut_first),
        "seen-masked-with-zero": any(
            is_best(got, everything, by, min(n, len(left))) for by in marked
        ),
        "scores-for-ids": alike(got, scores[want]),
        "tied-items-lost": _one_a_score(got, left, scores, n),
        "tail-filled-with-seen": shape == (min(n, len(scores)),)
        and is_best(np.asarray(got)[: len(left)], left, scores, n),
        "none-asked-some-returned": n == 0 and items is not None and len(items) > 0,
        "zero-never-listed": 0 in want and is_best(got, left[left > 0], scores, n),
        "zero-score-left-out": known
        and 0 in scores[left]
        and is_best(got, left[scores[left] != 0], scores, n),
        "best-list-ends-early": early and not (cut_first and same_ids(got, cut_first)),
        "large-ids-left-out": len(scores) > 10_000
        and known
        and 100 < largest < max(want)
        and is_best(got, left[left <= largest], scores, n),
        "scores-rounded-first": n > 6 and any(is_best(got, left, by, n) for by in rounded),
        "ids-in-a-narrow-type": max(want, default=0) > 2**16
        and any(same_ids(got, narrowed(want, dtype)) for dtype in NARROW_TYPES),
    }


# recommend


@dataclass(frozen=True)
class World:
    """A small catalogue with its users, and a model whose every score is known.

    Raw ids have gaps and no order. All raw user ids but one are rows of other users, never row 0.

    Attributes:
        scores: The scores of all pairs, shape (U, I).
        user_map: The row of each raw user id.
        item_classes: The raw id of every column, shape (I,).
        seen: The columns that each row's user has seen.
        movies: The films with titles, among them films that the model does not know. Each title
            belongs to two films.
    """

    scores: np.ndarray
    user_map: dict
    item_classes: np.ndarray
    seen: dict
    movies: pd.DataFrame

    @property
    def arguments(self) -> dict:
        names = ("user_map", "item_classes", "seen", "movies")
        return {name: getattr(self, name) for name in names}

    def left(self, user: int) -> np.ndarray:
        return unseen(len(self.item_classes), self.seen[user])

    def films(self, items) -> np.ndarray:
        return self.item_classes[np.asarray(items, dtype=int)]

    def best(self, user: int, n: int) -> np.ndarray:
        """Return the movieId of the user's n best unseen films, best first."""
        return self.films(best_of(self.left(user), self.scores[user], n))


def draw_scores(rng, n_users: int, n_items: int) -> np.ndarray:
    """Return scores (U, I): some users' lie far below zero, some users' far above five stars.

    Every user's third and fourth best items are the first and the last item.
    """
    scores = rng.normal(scale=3, size=(n_users, n_items))
    for row, shift in zip(scores, rng.permutation(np.linspace(-9, 9, n_users)), strict=True):
        ranks = [2, *rng.permutation([0, 1, *range(4, n_items)]), 3]
        row[:] = np.sort(row)[::-1][ranks] + shift
    return scores


def draw_world(rng, n_users: int = 3, n_items: int = 16, n_seen: int = 2) -> World:
    """Return a world in which every user has seen their own two best films.

    A user whose row is another user's raw id has also seen that user's third best film.
    """
    scores = draw_scores(rng, n_users, n_items)
    rows = np.array([0, *1 + rng.permutation(n_users - 1)])
    raw_users = np.full(n_users, rng.integers(30, 90))
    raw_users[rows[:-1]] = rows[1:]
    seen = {user: draw_seen(rng, scores[user], n_seen) for user in range(n_users)}
    for user, confused in zip(rows[:-1], rows[1:], strict=True):
        seen[int(confused)].add(int(best_of(range(n_items), scores[user])[2]))
    catalogue = rng.choice(np.arange(1, 120), size=n_items + 8, replace=False)
    movies = pd.DataFrame(
        {
            "movieId": catalogue,
            "title": [f"Film-{number // 2}" for number in rng.permutation(len(catalogue))],
        },
        index=rng.choice(np.arange(1, 120), size=len(catalogue), replace=False),
    )
    return World(
        scores=scores,
        user_map={int(raw_users[row]): int(row) for row in rng.permutation(n_users)},
        item_classes=rng.permutation(catalogue)[:n_items],
        seen=seen,
        movies=movies,
    )


@checks("recommend", share=5)
def test_best_unseen_films_of_that_user(submission, rng):
    """The films that this user has not seen and that the model scores highest, best first."""
    world = draw_world(rng)
    model = submission.given.table_model(world.scores)
    for raw_user_id, n in zip(sorted(world.user_map), (4, 3, 7), strict=True):
        with crash_means(inputs_of_model_exchanged=("is not in [0", "out of bounds")):
            got = submission.recommend(model, raw_user_id, **world.arguments, n=n)
        films_are(got, world, raw_user_id, n)


@checks("recommend", share=3)
def test_title_and_score_belong_to_the_film(submission, rng):
    """A row's title is that of its movieId, and its score is the model's for this user and film."""
    world = draw_world(rng, n_items=20)
    model = submission.given.table_model(world.scores)
    for raw_user_id in sorted(world.user_map)[:2]:
        got = submission.recommend(model, raw_user_id, **world.arguments, n=3)
        films_are(got, world, raw_user_id, 3)
        user = world.user_map[raw_user_id]
        items = best_of(world.left(user), world.scores[user], 3)
        ranks = [np.arange(3), np.arange(1, 4), np.arange(3, 0, -1)]
        close(
            array(got["score"], (3,)),
            world.scores[user, items],
            mistakes={
                "rank-for-score": any(alike(got["score"], rank) for rank in ranks),
                "score-on-another-scale": _falls(array(got["score"], (3,)))
                and not _is_rounded(got["score"], world.scores[user, items]),
            },
        )
        require_titles(got["title"], items, world)


@checks("recommend", share=2)
def test_ten_films_or_those_that_are_left(submission, rng):
    """Without n the list holds ten films, and fewer where the user has seen nearly all."""
    world = draw_world(rng, n_items=18)
    one, other, _last = sorted(world.user_map)
    row = world.user_map[other]
    world.seen[row].update(best_of(range(18), world.scores[row], 14).tolist())
    model = submission.given.table_model(world.scores)
    for raw_user_id in one, other:
        got = submission.recommend(model, raw_user_id, *world.arguments.values())
        films_are(got, world, raw_user_id, 10)


@checks("recommend", share=2)
def test_unknown_user_is_an_error(submission, rng):
    """A user of whom the model knows nothing raises KeyError; a known one gets a list."""
    world = draw_world(rng)
    model = submission.given.table_model(world.scores)
    known = max(world.user_map)
    films_are(submission.recommend(model, known, **world.arguments, n=2), world, known, 2)
    [row_of_another] = set(range(len(world.scores))) - set(world.user_map)
    for unknown in (row_of_another, 99_999):
        raises(
            KeyError,
            partial(submission.recommend, model, unknown, **world.arguments, n=2),
            _("user {user} is not in `user_map`: the call raises KeyError").format(user=unknown),
            {"unknown-user-answered": True},
        )


@checks("recommend", share=2)
def test_any_user_any_film_any_order_of_columns(submission, rng):
    """Users, films and lists may have any id and length; `movies` has its columns in any order."""
    world = draw_world(rng)
    usual = max(world.user_map)
    zero = {0 if raw == usual else raw: row for raw, row in world.user_map.items()}
    user_zero = replace(world, user_map=zero)
    model = submission.given.table_model(world.scores)
    films_are(submission.recommend(model, usual, **world.arguments, n=3), world, usual, 3)
    with crash_means(user_zero_left_out=ERRORS):
        got = submission.recommend(model, 0, **user_zero.arguments, n=3)
    films_are(got, user_zero, 0, 3)
    others = world.movies.assign(genres="Drama")[["genres", "title", "movieId"]]
    arguments = {**world.arguments, "movies": others}
    with crash_means(movies_by_position=ERRORS):
        got = submission.recommend(model, usual, **arguments, n=3)
    films_are(got, world, usual, 3, {"movies-by-position": True})
    items = best_of(world.left(world.user_map[usual]), world.scores[world.user_map[usual]], 3)
    require_titles(got["title"], items, world, {"movies-by-position": True})
    world = draw_large_world(rng)
    model = submission.given.table_model(world.scores)
    for raw_user_id, n in ((2**24 + 1, 150), (70_000, 60)):
        got = submission.recommend(model, raw_user_id, **world.arguments, n=n)
        films_are(got, world, raw_user_id, n)


def draw_large_world(rng, n_items: int = 300) -> World:
    """Return a world with many films and with ids of any size.

    User 70,000 has seen the 200 best films, and user 2^24 + 1 has seen nothing, as `seen` says.
    """
    scores = rng.normal(scale=3, size=(2, n_items))
    one, other = rng.permutation(2).tolist()
    small = int(rng.integers(1, 120))
    ids = [0, small, small + 256, small + 65_536, 2**24, 2**24 + 1, 2**24 + 2]
    catalogue = [*ids, *rng.choice(np.arange(200_000, 400_000), n_items, replace=False).tolist()]
    best = best_of(range(n_items), scores[one])
    classes = np.zeros(n_items, dtype="int64")
    classes[np.roll(best, -200)] = catalogue[:n_items]
    titles = rng.permutation(len(catalogue))
    movies = pd.DataFrame(
        {"movieId": catalogue, "title": [f"Film-{number}" for number in titles]}, index=titles
    )
    return World(
        scores=scores,
        user_map={70_000: one, 2**24 + 1: other},
        item_classes=classes,
        seen={one: set(best[:200].tolist()), other: set()},
        movies=movies.sample(frac=1, random_state=int(rng.integers(1_000))),
    )


def _is_rounded(got, want) -> bool:
    return any(alike(got, np.round(want, n)) for n in range(4))


@checks("recommend", share=2)
def test_the_arguments_stay_as_they_are(submission, rng):
    """No argument changes by the call; scores may be flat, and a user may have no entry in `seen`.

    A user has no entry if train holds no rating of theirs.
    """
    world = draw_world(rng, n_users=4, n_items=12)
    model = submission.given.table_model(world.scores)
    kept = {name: submission.keep(value) for name, value in world.arguments.items()}
    raw_user_id = min(world.user_map)
    films_are(submission.recommend(model, raw_user_id, **kept, n=3), world, raw_user_id, 3)
    for name, value in world.arguments.items():
        require_unchanged(submission, kept[name], value)
    flat = submission.given.table_model(world.scores, flat=True)
    with crash_means(column_of_flat_scores="too many indices"):
        got = submission.recommend(flat, raw_user_id, **world.arguments, n=3)
    films_are(got, world, raw_user_id, 3)
    newcomer = max(world.user_map)
    row = world.user_map[newcomer]
    seen = {user: items for user, items in world.seen.items() if user != row}
    kept_seen = submission.keep(seen)
    arguments = {**world.arguments, "seen": kept_seen}
    with crash_means(newcomer_without_entry=f"keyerror: {row}"):
        got = submission.recommend(model, newcomer, **arguments, n=3)
    films_are(got, replace(world, seen={**seen, row: set()}), newcomer, 3)
    require_unchanged(submission, kept_seen, seen, {"entry-added-to-seen": True})


def _falls(numbers) -> bool:
    return bool((np.diff(numbers) < 0).all())


def films_are(
    answer, world: World, raw_user_id: int, n: int, others: Evidence | None = None
) -> None:
    """Reject an answer that is not a frame of the user's n best unseen films, best first.

    `others` are the mistakes that this call shows if the answer is wrong, by name.
    """
    want = world.best(world.user_map[raw_user_id], n).tolist()
    must = _("the films {want}, in this order").format(want=want)
    mistakes = partial(_mistakes_of_answer, answer, world, raw_user_id, n, others or {})
    films = integers(frame(answer, COLUMNS)["movieId"], (None,), must, mistakes).tolist()
    if films != want:
        left = world.films(world.left(world.user_map[raw_user_id]))
        cause = list_cause(films, np.array(want), left)
        fail(_("the films {films}").format(films=films), must, mistakes, cause)


def _mistakes_of_answer(answer, world: World, raw: int, n: int, others: Evidence) -> Evidence:
    return {**others, **mistakes_of_films(answer, world, raw, n)}


def mistakes_of_films(answer, world: World, raw: int, n: int) -> dict[str, bool]:
    if not isinstance(answer, pd.DataFrame) or "movieId" not in answer.columns:
        return {}
    got, user = answer["movieId"], world.user_map[raw]
    scores, everything = world.scores[user], range(len(world.item_classes))
    want = best_of(world.left(user), scores, n)
    columns = {str(film): k for k, film in enumerate(world.item_classes)}
    own = scores[[columns[film] for film in map(str, got) if film in columns]]
    ranked = world.films(best_of(world.left(user), scores, len(scores))).tolist()
    titles = world.movies.set_index("movieId")["title"][ranked]
    twins = set(titles.index[titles.duplicated()])

    ids = world.films(want)
    narrow = [narrowed(ids, dtype) for dtype in NARROW_TYPES]
    narrow = [part for part in narrow if not np.array_equal(part, ids)]

    def shows(candidates, by=scores):
        return same_ids(got, world.films(best_of(candidates, by, n)))

    return {
        "scores-clipped-first": "score" in answer.columns
        and any(
            alike(answer["score"], np.clip(own, low, 5)) and not alike(answer["score"], own)
            for low in (0, 0.5, 1)
        ),
        "titles-as-keys": same_ids(got, [film for film in ranked if film not in twins][:n]),
        "raw-user-as-row": raw in world.seen
        and (same_ids(got, world.best(raw, n)) or shows(world.left(user), world.scores[raw])),
        "seen-by-raw-user": raw in world.seen and shows(world.left(raw)),
        "seen-left-in-list": shows(everything),
        "worst-first": shows(world.left(user), -scores),
        "row-for-movie-id": same_ids(got, want),
        "classes-sorted-first": same_ids(got, np.sort(world.item_classes)[want]),
        "titles-by-isin": same_ids(got, in_order_of(world.movies, world.films(want))),
        "best-list-ends-early": len(got) < len(want)
        and same_ids(got, world.films(want[: len(got)])),
        "ids-in-a-narrow-type": any(same_ids(got, ids) for ids in narrow),
    }


def require_titles(column, items, world: World, others: Evidence | None = None) -> None:
    """Reject titles that do not belong to the items' films, row by row."""
    got = np.asarray(column, dtype=object).tolist()
    films = world.films(items)
    title_of = world.movies.set_index("movieId")["title"]
    want = title_of[films].tolist()
    require(
        got == want,
        _("the titles {titles}").format(titles=brief(got)),
        _("the films {films} are {titles}").format(films=films.tolist(), titles=brief(want)),
        {
            **(others or {}),
            "film-titles-by-row": got == world.movies["title"].iloc[items].tolist(),
            "titles-by-isin": got == title_of[in_order_of(world.movies, films)].tolist(),
        },
        Cause("titles-of-other-films", _TITLES),
    )


_TITLES = _(
    "The films are right, and titles stand beside them that belong to others, or are changed. "
    "By which column is a title found, and in which order do titles come back?"
)


def in_order_of(movies: pd.DataFrame, films) -> list[int]:
    """Return the films in the order in which `movies` lists them."""
    return [film for film in movies["movieId"].tolist() if film in films]


# fold_in


@checks("fold_in", share=4)
def test_the_new_user_minimises_errors_and_penalty(submission, rng):
    """(b_u, p_u) minimises sum (r - mu - b_i - b_u - q_i.p_u)² + reg (b_u² + |p_u|²)."""
    for sizes, reg in ((7, 12, 3), 1.3), ((15, 40, 2), 4.0), ((4, 9, 6), 0.5), ((30, 60, 5), 2.5):
        user = draw_user(rng, *sizes)
        answer = submission.fold_in(**user.arguments(), reg=reg)
        require_folded_in(answer, user, reg)


@checks("fold_in", share=2)
def test_one_rating_is_enough(submission, rng):
    """A single rating, with the default reg = 5, already moves the bias and the factors."""
    for n_factors in 1, 4:
        user = draw_user(rng, 1, 8, n_factors)
        require_folded_in(submission.fold_in(**user.arguments()), user, 5.0)


@checks("fold_in", share=2)
def test_without_ratings_bias_and_factors_are_zero(submission, rng):
    """A user without ratings has the bias 0.0 and K zeros: mu + b_i is all that is known."""
    user = draw_user(rng, 2, 6, int(rng.integers(2, 5)))
    empty = replace(user, ratings=user.ratings[:0], items=user.items[:0])
    zeros = 0.0, np.zeros(user.item_factors.shape[1])
    for given in (empty.arguments(), empty.arguments() | {"ratings": [], "items": []}):
        b_u, p_u = pair(submission.fold_in(**given))
        must = _("without ratings the bias is 0.0 and the factors are K zeros")
        missing = {"fold-nothing-is-nan": not np.isfinite(number(b_u))}
        require(alike(number(b_u), zeros[0]), brief(b_u), must, missing)
        close(array(p_u, zeros[1].shape, must), zeros[1], must)


@checks("fold_in", share=2)
def test_any_items_of_a_model_of_float32(submission, rng):
    """Ratings and items may be lists; the tables may be float32, as a model holds them."""
    user = draw_user(rng, 9, 300, 4, dtype="float32")
    given = user.arguments() | {"ratings": user.ratings.tolist(), "items": user.items.tolist()}
    require_folded_in(submission.fold_in(**given, reg=0.8), user, 0.8, rtol=1e-3)


@checks("fold_in", share=2)
def test_a_new_user_leaves_the_arguments_alone(submission, rng):
    """The items' side and the ratings stay as they were."""
    user = draw_user(rng, 6, 11, 3)
    given = user.arguments()
    mu = given.pop("mu")
    kept = {name: submission.keep(value) for name, value in given.items()}
    answer = submission.fold_in(**kept, mu=mu, reg=2.0)
    for name, value in given.items():
        require_unchanged(submission, kept[name], value)
    require_folded_in(answer, user, 2.0)


def require_folded_in(answer, user: NewUser, reg: float, rtol: float = 1e-4) -> None:
    """Reject an answer that is not the minimiser, and name the mistake that explains it."""
    b_u, p_u = pair(answer)
    k = user.item_factors.shape[1]
    got = np.append(number(b_u), array(p_u, (k,)))
    wanted = folded_in(user, reg)
    want = np.append(*wanted)
    mistakes = {}
    if not alike(got, want, rtol):
        for name, wrong in mistakes_of_fold_in(user, reg).items():
            mistakes[name] = alike(got, np.append(*wrong()), 1e-3, 1e-4)
        if not any(mistakes.values()):
            mistakes["fold-in-rounds"] = is_of_rounds(got, user, reg)
    must = _("b_u and p_u minimise the squared errors and the penalty together")
    close(got, want, must, mistakes, rtol, whole=((b_u, p_u), wanted))

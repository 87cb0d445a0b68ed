"""Checks of `02_encode_split`: ids without gaps, a split without a leak, inputs for Keras."""

import re
from functools import partial
from itertools import combinations

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
    integers,
    mapping,
    pair,
    raises,
    require,
    shape_cause,
    shape_of,
    whole,
)
from autograder.checking.failure import CheckFailure
from autograder.checking.value_causes import Cause
from autograder.checks.support.ratings import (
    STARS,
    draw_ids,
    draw_times,
    draw_wide_ids,
    require_unchanged,
)
from autograder.checks.support.splits import (
    N_USERS,
    SURPRISING,
    draw_table,
    ids_kept_apart,
    orders_of,
    overlap,
    parts_of,
    pattern_of,
    runs_of,
)
from autograder.engine.exceptions import of_learner
from autograder.util.i18n import _

# fit_encoder


def draw_raw_ids(rng, n: int) -> np.ndarray:
    """Return n ids with gaps, each three times, in no order: int64 array (3 n,)."""
    return rng.permutation(np.repeat(draw_ids(rng, n, 190_000), 3))


def with_zero(raw_ids) -> np.ndarray:
    """Return the ids with 0 in place of the smallest."""
    return np.where(raw_ids == raw_ids.min(), 0, raw_ids)


def as_column(raw_ids, rng) -> pd.Series:
    """Return ids as a column of a frame with shuffled rows and a gappy index."""
    return pd.Series(raw_ids, index=draw_ids(rng, len(raw_ids)), name="movieId")


def fitted(answer, raw_ids) -> tuple[np.ndarray, object]:
    """Return the answer as (classes, mapping); reject classes that are not the distinct ids.

    The answer may hold one more class: some encoders keep a spare row for unknown ids.
    """
    classes, index_of = pair(answer, must=_("the answer is a pair (classes, mapping)"))
    distinct = np.unique(raw_ids)
    must = _("`classes` holds the {n} distinct ids, each once").format(n=len(distinct))
    length = (shape_of(classes) or (0,))[:1]
    mistakes = {
        "zero-is-no-id": 0 in distinct and length == (len(distinct) - 1,),
        "mapping-before-classes": isinstance(classes, dict),
        "ids-not-distinct": length == (len(raw_ids),),
        "gaps-kept": length == (np.ptp(distinct) + 1,),
        "rows-up-to-largest-id": length in {(distinct[-1],), (distinct[-1] + 1,)},
    }
    classes = integers(classes, (None,), must, mistakes)
    known = np.isin(classes, distinct)
    if not np.array_equal(np.sort(classes[known]), distinct) or np.sum(~known) > 1:
        narrow = [np.unique(narrowed(distinct, dtype)) for dtype in NARROW_TYPES]
        mistakes["classes-in-a-narrow-type"] = any(
            np.array_equal(np.sort(classes), ids)
            for ids in narrow
            if not np.array_equal(ids, distinct)
        )
        mistakes["zero-is-no-id"] &= 0 not in classes
        found = set(classes.tolist())
        cause = value_causes.of_members(found, set(distinct.tolist()))
        twice = len(found) < len(classes)
        fail(classes, must, mistakes, Cause("classes-repeated", _TWICE) if twice else cause)
    return classes, index_of


_TWICE = _(
    "An id stands among the classes more than once: what came in was not reduced to its distinct "
    "values, or two lists were joined. How many rows should one film have in the table?"
)


def require_inverse(classes, index_of, ids) -> None:
    """Reject a mapping that does not lead from each id to its place in `classes`."""
    index_of = mapping(index_of, must=_("`mapping` is a dict from raw id to index"))
    missing = [x for x in ids.tolist() if x not in index_of]
    if missing:
        fail(
            _("`mapping` has no key {ids}").format(ids=missing[:1]),
            _("every raw id is a key of `mapping`"),
            {
                "mapping-reversed": set(index_of) == set(range(len(classes))),
                "keys-of-another-type": set(map(str, ids.tolist())) <= set(map(str, index_of)),
                "last-id-left-out": len(missing) == 1 and missing[0] in ids[[0, -1]],
            },
            value_causes.of_members(set(index_of), set(ids.tolist())),
        )
    if not set(index_of) <= set(classes.tolist()):
        fail(
            index_of,
            _("only raw ids are keys"),
            cause=value_causes.of_members(set(index_of), set(classes.tolist())),
        )
    indices = np.array([index_in(index_of, x) for x in ids.tolist()])
    is_place = (indices >= 0) & (indices < len(classes))
    found = classes[np.where(is_place, indices, 0).astype("int64")]
    wrong = np.flatnonzero(~is_place | (found != ids))
    if len(wrong) == 0:
        return
    x, index = ids[wrong[0]], indices[wrong[0]]
    fail(
        _("mapping[{x}] is {index}, but classes[{index}] is {other}").format(
            x=x, index=index, other=found[wrong[0]]
        )
        if is_place[wrong[0]]
        else _("mapping[{x}] is {index}, and there are {n} classes").format(
            x=x, index=index, n=len(classes)
        ),
        mistakes={
            "counted-from-one": set(indices) == set(range(1, len(ids) + 1)),
            "id-as-index": np.array_equal(indices, ids),
            "code-of-another-row": len(set(indices)) < len(indices),
            "orders-differ": set(indices) == set(range(len(ids))),
        },
        cause=Cause("indices-not-places", _NOT_PLACES),
    )


_NOT_PLACES = _(
    "The indices of the mapping are not the places of the ids in `classes`: they count, sort or "
    "rank something else. Where in `classes` does this id stand?"
)


def index_in(index_of, x: int) -> int:
    """Return the index of an id; reject a value that cannot index an array."""
    must = _("an index is an int")
    index = whole(index_of[x], must)
    if np.asarray(index_of[x]).dtype.kind not in "iu":
        cause = value_causes.of_type(_("float"), _("an int"))
        fail(_("mapping[{x}] is a float").format(x=x), must, cause=cause)
    return index


@checks("fit_encoder", share=1)
def test_classes_are_the_distinct_ids(submission, rng):
    """classes holds every distinct raw id exactly once."""
    one = int(draw_ids(rng, 1)[0])
    zero = with_zero(draw_raw_ids(rng, 6))
    for raw_ids in (draw_raw_ids(rng, 9), draw_raw_ids(rng, 5).tolist(), [one, one], zero):
        fitted(submission.fit_encoder(raw_ids), raw_ids)


@checks("fit_encoder", share=2)
def test_there_and_back(submission, rng):
    """There and back again: classes[mapping[x]] == x for every raw id x."""
    for raw_ids in (
        draw_raw_ids(rng, 12),
        as_column(draw_raw_ids(rng, 9), rng),
        draw_raw_ids(rng, 7).tolist(),
    ):
        kept = submission.keep(raw_ids)
        classes, index_of = fitted(submission.fit_encoder(kept), raw_ids)
        require_inverse(classes, index_of, np.unique(raw_ids))
        require_unchanged(submission, kept, raw_ids, {"ids-sorted-in-place": True})


@checks("fit_encoder", share=1)
def test_ids_may_be_any_integers(submission, rng):
    """Ids may be 0 or large: each has a class of its own, and there are no more classes."""
    wide = rng.permutation(np.repeat(draw_wide_ids(rng), 3))
    many = draw_ids(rng, 3_000, 190_000)
    for raw_ids in (wide, wide.tolist(), as_column(wide, rng), many):
        with crash_means(rows_up_to_largest_id=TOO_LARGE):
            answer = submission.fit_encoder(raw_ids)
        classes, index_of = fitted(answer, raw_ids)
        require_inverse(classes, index_of, np.unique(raw_ids))


TOO_LARGE = ("unable to allocate", "maximum allowed", "array is too big")
NARROW_TYPES = ("int16", "int32", "uint16", "uint32", "float32")


def narrowed(ids, dtype: str) -> np.ndarray:
    """Return ids as they are after a way through a type that may be too small: int64 array."""
    return np.asarray(ids).astype(dtype).astype("int64")


# encode


def draw_mapping(rng, ids) -> dict[int, int]:
    """Return a mapping that gives the ids the indices 0 to n - 1 in no order."""
    return dict(zip(ids.tolist(), rng.permutation(len(ids)).tolist(), strict=True))


def lookup(index_of, raw_ids) -> np.ndarray:
    """Return the indices of known ids."""
    return np.array([index_of[x] for x in np.asarray(raw_ids).tolist()])


def other_numbering(numbers, index_of, raw_ids) -> dict[str, bool]:
    """Return the mistakes of indices that follow another numbering than the mapping's."""
    sorted_ids = np.array(sorted(index_of))
    return {
        "encoder-refitted": alike(numbers, np.unique(raw_ids, return_inverse=True)[1]),
        "mapping-taken-as-sorted": alike(numbers, np.searchsorted(sorted_ids, raw_ids)),
    }


def through_float32(index_of, raw_ids) -> np.ndarray:
    """Return the indices of ids that were rounded to float32 on the way."""
    return lookup(index_of, np.asarray(raw_ids).astype("float32").astype("int64"))


def require_key_error(call, unknown: int, mistakes_of) -> None:
    """Reject a call that does not raise a KeyError whose text names the unknown id.

    `mistakes_of` returns the known mistakes that a returned value shows.
    """
    answers = []

    def noted():
        answers.append(call())
        return answers[0]

    try:
        text = raises(KeyError, noted, _("the unknown id {x} raises KeyError").format(x=unknown))
    except CheckFailure as failure:
        if answers:
            fail(_("no exception"), failure.must, mistakes_of(answers[0]), failure.cause)
        nan = "non-finite" in failure.got or "NaN" in failure.got
        fail(failure.got, failure.must, {"unknown-becomes-nan": nan}, failure.cause)
    require(
        re.search(rf"(?<!\d){unknown}(?!\d)", text),
        _("KeyError: {text}").format(text=text),
        _("the KeyError names the unknown id {x}").format(x=unknown),
        {"unknown-not-named": True},
    )


def shows_unknown(answer, n_rows: int) -> dict[str, bool]:
    """Return the mistakes behind an array of indices in which one of `n_rows` ids was unknown."""
    numbers = array(answer) if shape_of(answer) else np.zeros(0)
    broken = not np.isfinite(numbers).all()
    return {
        "unknown-becomes-nan": broken,
        "unknown-dropped": numbers.shape[:1] == (n_rows - 1,),
        "unknown-gets-an-index": not broken and numbers.shape[:1] == (n_rows,),
    }


@checks("encode", share=2)
def test_ids_are_looked_up_in_the_mapping(submission, rng):
    """Entry k is mapping[raw_ids[k]], an int32, whichever order the mapping has."""
    ids = np.concatenate([[0, 2**24, 2**24 + 1], draw_ids(rng, 7)])
    some = rng.permutation([*ids[:3], *rng.choice(ids[:7], size=12)])
    for raw_ids in (some, some[:1], some[::-1].tolist(), as_column(rng.permutation(ids), rng)):
        index_of = draw_mapping(rng, ids)
        kept_ids, kept_map = submission.keep(raw_ids), submission.keep(index_of)
        got = submission.encode(kept_ids, kept_map)
        want = lookup(index_of, raw_ids)
        column = alike(got, want[:, None])
        without_zero = shape_of(got) == (int(np.count_nonzero(raw_ids)),)
        mistakes = {"indices-in-a-column": column, "zero-not-encoded": without_zero}
        numbers = array(got, (len(want),), mistakes=mistakes)
        close(
            numbers,
            want,
            mistakes={
                "ids-through-float32": alike(numbers, through_float32(index_of, raw_ids)),
                **other_numbering(numbers, index_of, raw_ids),
                "ids-not-encoded": alike(numbers, raw_ids),
            },
        )
        require(
            np.asarray(got).dtype == "int32",
            _("indices of type {dtype}").format(dtype=np.asarray(got).dtype),
            _("the indices are int32"),
            {"indices-of-another-type": True},
        )
        require_unchanged(submission, kept_ids, raw_ids)
        require_unchanged(submission, kept_map, index_of)
    places = rng.permutation(6)
    chain = {int(x): int(np.roll(places, 1)[k]) for k, x in enumerate(places)}
    got = array(submission.encode(np.arange(6), chain), (6,))
    close(
        got,
        lookup(chain, np.arange(6)),
        _("an id may be the index of another id"),
        {"replaced-in-a-chain": not alike(got, np.arange(6))},
    )


@checks("encode", share=2)
def test_an_unknown_id_raises(submission, rng):
    """An id that the mapping does not know raises KeyError, and the error names the id."""
    ids = draw_ids(rng, 12)
    for unknown in (int(rng.integers(100_000, 200_000)), 1, 0):
        index_of = draw_mapping(rng, ids)
        raw_ids = rng.permutation(ids)[:6]
        got = array(submission.encode(raw_ids, index_of), (6,))
        close(got, lookup(index_of, raw_ids), mistakes=other_numbering(got, index_of, raw_ids))
        raw_ids[rng.integers(6)] = unknown
        for given in (raw_ids, as_column(raw_ids, rng)):
            require_key_error(
                lambda given=given, index_of=index_of: submission.encode(given, index_of),
                unknown,
                lambda answer: shows_unknown(answer, 6),
            )


@checks("encode", share=1)
def test_ids_and_mappings_of_any_size(submission, rng):
    """Ids may be 0 or large, and there may be many or none; no call changes the mapping."""
    ids = draw_wide_ids(rng)
    index_of = draw_mapping(rng, ids)
    many = draw_mapping(rng, draw_ids(rng, 70_000, 190_000))
    some = np.array(list(many)[-200:], dtype="int64")
    for raw_ids, known in ((rng.permutation(ids)[:8], index_of), (some, many)):
        with crash_means(table_up_to_largest_id=TOO_LARGE):
            got = submission.encode(raw_ids, known)
        got, want = array(got, (len(raw_ids),)), lookup(known, raw_ids)
        low = known is many and any(
            alike(got, narrowed(want, t)) for t in ("int8", "uint8", "int16")
        )
        mistakes = {"indices-in-a-narrow-type": low, **other_numbering(got, known, raw_ids)}
        close(got, want, mistakes=mistakes)
    empty: list[object] = [as_column(ids[:0], rng), []]
    for nothing in empty:
        got = submission.encode(nothing, index_of)
        array(got, (0,), _("no ids give no indices: int32, shape (0,)"))
    small = min(x for x in ids.tolist() if x > 0)
    for other in (small + 2**33, small + 3 * 65_536, 2**24 + 9_001):
        known = {**index_of, 2**24 + 9_000: len(index_of)}
        kept = submission.keep(known)
        given = [small, 0, other]
        with crash_means(table_up_to_largest_id=TOO_LARGE):
            require_key_error(
                lambda given=given, kept=kept: submission.encode(given, kept),
                other,
                lambda answer, known=known: {
                    "ids-through-a-narrow-type": alike(answer, lookup(known, [small, 0, small]))
                    or alike(answer, lookup(known, [small, 0, 2**24 + 9_000])),
                    **shows_unknown(answer, 3),
                },
            )
        require_unchanged(submission, kept, known, {"unknown-written-into-the-mapping": True})


# split_ratings

SEED_RANGE = 100_000
USUAL_SEEDS = (1, 42, 123, 1234, 2024, 7, 100)
CHANCE = 40


@checks("split_ratings", share=1.5)
def test_every_row_is_in_one_part(submission, rng):
    """train, val and test share no row, and together they hold every row once."""
    for cut, fractions in (
        (0, {}),
        (7, {}),
        (7, {"val_fraction": 0.25, "test_fraction": 0.3, "seed": 4}),
    ):
        ratings = draw_table(rng).iloc[cut:]
        kept = submission.keep(ratings)
        parts = parts_of(split_of(submission, kept, fractions), ratings)
        require_disjoint(parts)
        require_complete(parts, ratings)
        require_unchanged(submission, kept, ratings)
    ratings = draw_table(rng)
    wide = ratings.assign(userId=ratings["userId"] + 2**33, movieId=ratings["movieId"] + 2**31)
    parts = parts_of(split_of(submission, wide, {}), wide)
    require_disjoint(parts)
    require_complete(parts, wide)


def split_of(submission, ratings, fractions):
    """Return the answer; reject a KeyError, whose text would list some hundred rows."""
    try:
        return submission.split_ratings(ratings, **fractions)
    except KeyError as error:
        raised = of_learner(error)
        if raised is None or "[" not in raised.message:
            raise
        fail(
            _("{type_name} in {where}").format(type_name=raised.type_name, where=raised.where),
            _("the index of the ratings may have any labels, in any order"),
            {"positions-as-labels": True},
        )


def require_disjoint(parts) -> None:
    for left, right in combinations(parts, 2):
        shared = overlap(parts[left], parts[right])
        require(
            not shared,
            _("{n} rows are in {left} and in {right}").format(n=shared, left=left, right=right),
            mistakes={
                "test-rows-stay-in-train": left == "train",
                "val-overlaps-test": left != "train",
            },
        )
    for name, rows in parts.items():
        twice = len(rows) - len(np.unique(rows))
        require(
            not twice,
            _("{n} rows of {name} are there more than once").format(n=twice, name=name),
            mistakes={"drawn-with-replacement": True},
        )


def require_complete(parts, ratings) -> None:
    lost = np.setdiff1d(np.arange(len(ratings)), np.concatenate(list(parts.values())))
    films = ratings["movieId"]
    known = films.isin(films.iloc[parts["train"]]).to_numpy()
    held_out = np.concatenate([parts["val"], parts["test"]])
    cold = not known[lost].any() and known[held_out].all()
    require(
        not len(lost),
        _("{n} of {m} rows are in no part").format(n=len(lost), m=len(ratings)),
        mistakes={"cold-rows-dropped": cold, "rows-lost-between-parts": not cold},
    )


@checks("split_ratings", share=0.5)
def test_fractions_are_of_all_rows(submission, rng):
    """val and test hold their fractions of all rows, to one row a user; 0.1 and 0.2 by default."""
    for arguments, keywords, val, test in (
        ((), {}, 0.1, 0.2),
        ((0.3, 0.15), {}, 0.3, 0.15),
        ((), {"val_fraction": 0.2, "test_fraction": 0.45, "seed": 3}, 0.2, 0.45),
        ((), {"test_fraction": 0.35}, 0.1, 0.35),
        ((0.25,), {}, 0.25, 0.2),
        ((0.15, 0.3, 5), {}, 0.15, 0.3),
    ):
        ratings = draw_table(rng)
        parts = parts_of(submission.split_ratings(ratings, *arguments, **keywords), ratings)
        require_sizes(parts, ratings, val, test)


@checks("split_ratings", share=0.25)
def test_a_part_may_be_empty(submission, rng):
    """A fraction may be 0, also both: the part is a frame without rows, and no row is lost."""
    for val, test in (0.25, 0.0), (0.0, 0.2), (0.0, 0.0):
        ratings = draw_table(rng)
        with crash_means(empty_part_refused=("error",)):
            answer = submission.split_ratings(ratings, val, test)
        parts = parts_of(answer, ratings)
        require_sizes(parts, ratings, val, test)
        require_disjoint(parts)
        require_complete(parts, ratings)


def require_sizes(parts, ratings, val: float, test: float) -> None:
    n_rows = len(ratings)
    got = {name: len(rows) for name, rows in parts.items()}
    mistakes = {
        "minus-zero-takes-all": 0 in (val, test) and n_rows in (got["val"], got["test"]),
        **ids_kept_apart(ratings, parts["train"], parts["test"]),
        "fraction-of-the-rest": sizes_are(got, n_rows, val * (1 - test), test)
        or sizes_are(got, n_rows, val, test * (1 - val)),
        "val-and-test-exchanged": sizes_are(got, n_rows, test, val),
        "fractions-ignored": val != 0.1 and test != 0.2 and sizes_are(got, n_rows, 0.1, 0.2),
        "zero-fraction-replaced": 0 in (val, test)
        and sizes_are(got, n_rows, val or 0.1, test or 0.2),
    }
    if not any(mistakes.values()):
        mistakes["fractions-by-chance"] = sizes_are(got, n_rows, val, test, slack=CHANCE)
    if not any(mistakes.values()):
        near = [abs(got["val"] - val * n_rows), abs(got["test"] - test * n_rows)]
        mistakes["one-fraction-off"] = min(near) <= N_USERS
    require(
        sizes_are(got, n_rows, val, test),
        _("{train}, {val} and {test} rows of {n}").format(**got, n=n_rows),
        _("val holds {val:.0f} and test {test:.0f} rows, to one row a user").format(
            val=val * n_rows, test=test * n_rows
        ),
        mistakes,
    )


def sizes_are(got, n_rows: int, val: float, test: float, slack: int = N_USERS) -> bool:
    """Return whether val and test have these fractions of the rows, to `slack` rows."""
    return all(
        abs(got[name] - fraction * n_rows) <= slack
        for name, fraction in (("val", val), ("test", test))
    )


@checks("split_ratings", share=0.75)
def test_rows_are_drawn_at_random(submission, rng):
    """Rows are drawn at random: no part is a block of the file, the users or the years."""
    ratings = draw_table(rng)
    seed = int(rng.integers(SEED_RANGE))
    parts = parts_of(submission.split_ratings(ratings, 0.3, 0.3, seed), ratings)
    for left, right in combinations(parts, 2):
        rows = parts[left], parts[right]
        runs = {name: runs_of(*rows, order) for name, order in orders_of(ratings).items()}
        require(
            all(abs(found.surprise) < SURPRISING for found in runs.values()),
            _("rows of {left} and {right} that do not alternate as chance would have it").format(
                left=left, right=right
            ),
            mistakes=partial(pattern_of, runs, ratings, *rows),
            cause=Cause("rows-not-by-chance", _NOT_BY_CHANCE),
        )


_NOT_BY_CHANCE = _(
    "Rows of the parts follow each other in a pattern: something sorts, strides or takes turns, "
    "where a draw decides. Which line of yours draws a number at random, and for what?"
)


@checks("split_ratings", share=1)
def test_the_seed_decides(submission, rng):
    """The same seed gives the same split, another seed another one; the default seed is 0."""
    ratings = draw_table(rng)

    def split(**keywords):
        parts = parts_of(submission.split_ratings(ratings, **keywords), ratings)
        return {name: np.sort(rows) for name, rows in parts.items()}

    seed, other = (1 + rng.choice(SEED_RANGE, size=2, replace=False)).tolist()
    for first, second in (
        ({"seed": seed}, {"seed": seed}),
        ({"val_fraction": 0.1, "test_fraction": 0.2, "seed": 0}, {}),
    ):
        one, again = split(**first), split(**second)
        require(
            all(np.array_equal(one[name], again[name]) for name in one),
            _("two splits with the same seed differ"),
            mistakes={"seed-ignored": True},
        )
    one, another, default = split(seed=seed), split(seed=other), split()
    for left, right in (one, another), (one, default), (another, default):
        same = [name for name in left if np.array_equal(left[name], right[name])]
        require(
            not same,
            _("{names} is the same with another seed").format(names=", ".join(same)),
            mistakes={"seed-fixed": True},
        )
    for number in USUAL_SEEDS:
        again = split(seed=number)
        require(
            not np.array_equal(default["test"], again["test"]),
            _("the splits with seed 0 and with seed {seed} are the same").format(seed=number),
            mistakes={"seed-zero-replaced": True},
        )


# make_xy


def draw_encoded(rng, n_rows: int = 20):
    """Return (frame, users, items): raw ratings and two mappings of the same ids, in two orders."""
    ids = draw_ids(rng, 9)
    ratings = pd.DataFrame(
        {
            "userId": rng.choice(ids, size=n_rows),
            "movieId": rng.choice(ids, size=n_rows),
            "rating": rng.choice(STARS, size=n_rows),
            "timestamp": draw_times(rng, n_rows),
        },
        index=draw_ids(rng, n_rows),
    )
    return ratings, draw_mapping(rng, ids), draw_mapping(rng, ids)


def inputs_of(answer) -> tuple:
    """Return the answer as (users, items, y), all three unchanged."""
    x, y = pair(answer, must=_("the answer is a pair ([users, items], y)"))
    mistakes = {
        "one-array-of-pairs": (shape_of(x) or ())[1:] == (2,),
        "target-before-inputs": isinstance(y, (list, tuple)) and len(y) == 2,
    }
    if not isinstance(x, (list, tuple)) or len(x) != 2:
        cause = value_causes.of_kind(x, _("a list [users, items]"))
        fail(x, _("the inputs are a list of two: [users, items]"), mistakes, cause)
    return x[0], x[1], y


def require_inputs(answer, ratings, user_map, item_map) -> tuple:
    """Return the answer as (users, items, y); reject wrong shapes and wrong numbers."""
    users, items, y = inputs_of(answer)
    raw = ratings["userId"].to_numpy(), ratings["movieId"].to_numpy()
    m, stars = len(ratings), ratings["rating"].to_numpy()
    wanted = lookup(user_map, raw[0]), lookup(item_map, raw[1])
    for name, got, column, want, others in zip(
        ("users", "items"), (users, items), raw, wanted, wanted[::-1], strict=True
    ):
        shape = shape_of(got)
        require(
            shape == (m, 1),
            _("{name} of shape {shape} for {m} ratings").format(name=name, shape=shape, m=m),
            _("{name} is a column of shape (m, 1)").format(name=name),
            {"inputs-flat": shape == (m,)},
            shape_cause(got, (m, 1)),
        )
        got = array(got).reshape(-1)
        close(
            got,
            want,
            _("row k of {name} is the index of rating k").format(name=name),
            {
                "columns-exchanged": alike(got, others),
                "pairs-reshaped": m > 1
                and alike(got, np.column_stack(wanted).reshape(2, -1)[int(name == "items")]),
                "ids-not-mapped": alike(got, column),
                "indices-scaled": _is_scaled(got, want),
                "frame-encoded-anew": alike(got, np.unique(column, return_inverse=True)[1]),
                "one-mapping-for-both": alike(got, lookup(user_map, column))
                or alike(got, lookup(item_map, column)),
            },
        )
    shape = shape_of(y)
    require(
        shape == (m,),
        _("y of shape {shape} for {m} ratings").format(shape=shape, m=m),
        _("y has shape (m,)"),
        {"target-in-a-column": shape == (m, 1)},
        shape_cause(y, (m,)),
    )
    scaled = _is_scaled(array(y), stars)
    close(array(y), stars, _("y holds the stars, row by row"), {"stars-rescaled": scaled})
    return users, items, y


def _is_scaled(got, want) -> bool:
    """Return whether numbers are others, at least three of them different, scaled and shifted."""
    if len(np.unique(want)) < 3 or not np.isfinite(got).all():
        return False
    slope, shift = np.polyfit(want, got, 1)
    return bool(slope > 1e-6) and alike(got, slope * want + shift) and not alike(got, want)


@checks("make_xy", share=2)
def test_rows_keep_their_place(submission, rng):
    """Row k of users, items and y belongs to rating k: shapes (m, 1), (m, 1) and (m,)."""
    for n_rows in (20, 33, 1):
        ratings, user_map, item_map = draw_encoded(rng, n_rows)
        kept = [submission.keep(value) for value in (ratings, user_map, item_map)]
        answer = submission.make_xy(*kept)
        require_inputs(answer, ratings, user_map, item_map)
        for held, value in zip(kept, (ratings, user_map, item_map), strict=True):
            require_unchanged(submission, held, value, {"frame-changed": held is kept[0]})


@checks("make_xy", share=1)
def test_types_are_what_keras_expects(submission, rng):
    """users and items are int32, y is float32."""
    ratings, user_map, item_map = draw_encoded(rng)
    answer = submission.make_xy(ratings=ratings, user_map=user_map, item_map=item_map)
    got = require_inputs(answer, ratings, user_map, item_map)
    wanted = {"users": "int32", "items": "int32", "y": "float32"}
    for (name, dtype), part in zip(wanted.items(), got, strict=True):
        found = np.asarray(part).dtype
        require(
            found == dtype,
            _("{name} of type {dtype}").format(name=name, dtype=found),
            mistakes={"types-left-to-numpy": found in ("int64", "float64")},
            cause=value_causes.of_type(found, dtype),
        )


@checks("make_xy", share=1)
def test_unknown_ids_raise(submission, rng):
    """An unknown user or item raises KeyError, and the error names the id."""
    for position in (0, 1):
        ratings, *maps = draw_encoded(rng)
        require_inputs(submission.make_xy(ratings, *maps), ratings, *maps)
        unknown = int(rng.integers(100_000, 200_000))
        ratings.iloc[rng.integers(len(ratings)), position] = unknown
        maps[1 - position][unknown] = len(maps[0])
        kept = [submission.keep(index_of) for index_of in maps]
        require_key_error(
            lambda ratings=ratings, kept=kept: submission.make_xy(ratings, *kept),
            unknown,
            lambda answer, position=position: shows_unknown_row(answer, position),
        )
        for held, index_of in zip(kept, maps, strict=True):
            require_unchanged(submission, held, index_of)


@checks("make_xy", share=1)
def test_frames_of_any_kind(submission, rng):
    """Columns may stand in any order, with others beside them; ids may be 0 or large."""
    ids, n_rows = draw_wide_ids(rng), 30
    ratings = pd.DataFrame(
        {
            "timestamp": draw_times(rng, n_rows),
            "title": "a film",
            "rating": rng.choice(STARS, size=n_rows),
            "movieId": rng.choice(ids, size=n_rows),
            "userId": rng.choice(ids, size=n_rows),
        },
        index=draw_ids(rng, n_rows),
    )
    maps = draw_mapping(rng, ids), draw_mapping(rng, ids)
    by_position = tuple(map(str, ratings["timestamp"]))
    with crash_means(table_up_to_largest_id=TOO_LARGE, inputs_by_position=by_position):
        answer = submission.make_xy(ratings, *maps)
    require_inputs(answer, ratings, *maps)


def shows_unknown_row(answer, position: int) -> dict[str, bool]:
    """Return the mistakes behind inputs made of 20 ratings in spite of an unknown id."""
    try:
        part = inputs_of(answer)[position]
    except CheckFailure:
        return {}
    shown = shows_unknown(part, 20)
    return {
        "unknown-row-dropped": shown["unknown-dropped"],
        "unknown-row-kept": shown["unknown-gets-an-index"],
    }

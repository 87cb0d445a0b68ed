"""Sentences state what was seen, where a story about it could be untrue."""

import numpy as np
import pytest

from autograder.checking.number_causes import of_numbers
from autograder.course.misconceptions import catalogue
from autograder.course.solutions import answer_of
from autograder.running.known_answers import verdict_on


def mistakes(function: str, *changes: tuple[str, str]) -> set[str | None]:
    """Return the mistakes that are named for the reference with some changes."""
    code = answer_of(function)
    for old, new in changes:
        assert old in code, code
        code = code.replace(old, new)
    checks = verdict_on(function, code).checks
    return {check.misconception for check in checks if check.outcome != "passed"}


def cause_of(got, want) -> str | None:
    cause = of_numbers(got, want, 1e-4, 1e-5)
    return cause.name if cause else None


def test_half_precision_is_named_by_the_digits_that_it_loses():
    want = np.random.default_rng(3).normal(size=40)
    assert cause_of(want.astype("float16"), want) == "digits-lost"
    noisy = want + np.random.default_rng(4).normal(size=40)
    assert cause_of(noisy, want) != "digits-lost"
    assert cause_of(want * 1.001, want) == "constant-factor"


def test_few_wrong_entries_are_no_story_of_an_edge_or_a_tie():
    want = np.arange(10.0)
    got = want.copy()
    got[3] = 70
    cause = of_numbers(got, want, 1e-4, 1e-5)
    assert cause.name == "some-entries-differ"
    assert "[3]" in cause.text and "tie" not in cause.text


def test_one_number_for_all_is_not_cut_off():
    assert cause_of(np.full(6, 3.6), np.full(6, 3.5)) != "answer-clipped"
    want = np.arange(10.0)
    assert cause_of(np.clip(want, 2, 7), want) == "answer-clipped"


@pytest.mark.parametrize("want", [[1.0, 2.0, 1.0, 1.0], [0.0, 5.0, 0.0]])
def test_two_values_that_repeat_are_not_shifted(want):
    assert cause_of(np.roll(want, 1), np.array(want)) != "shifted-by-one"
    assert cause_of([4.0, 1.0, 2.0, 3.0], [1.0, 2.0, 3.0, 4.0]) != "constant-offset"


MEAN = 'mu = train["rating"].mean()'
SENTENCES = {
    "other-model-trained": "put back",
    "unknown-user-answered": "some answer comes back",
    "epochs-ignored": "The curves have another number of epochs",
    "squares-of-weights-or-no-squares": "cut to whole numbers",
}


@pytest.mark.parametrize(
    ("function", "old", "new", "named"),
    [
        (
            "bias_baseline",
            MEAN,
            'mu = (train.groupby("user")["rating"].mean().mean()'
            ' + train.groupby("item")["rating"].mean().mean()) / 2',
            "mu-of-means",
        ),
        (
            "mean_baselines",
            MEAN,
            'mu = train.groupby("item")["rating"].mean().mean()',
            "global-mean-of-means",
        ),
        (
            "bias_baseline",
            "reg_item + np.maximum(n_i",
            "reg_user + np.maximum(n_i",
            "one-damping-for-both",
        ),
        ("recommend", "scores[best]}", "scores[best].round(1)}", "answer-rounded"),
        (
            "recommend",
            "    user = user_map[raw_user_id]",
            "    if raw_user_id not in user_map:\n"
            "        return pd.DataFrame(columns=['movieId', 'title', 'score'])\n"
            "    user = user_map[raw_user_id]",
            "unknown-user-answered",
        ),
        (
            "fit_weighted",
            "    inputs, y = train\n",
            "    inputs, y = train\n"
            "    rows = np.repeat(np.arange(len(y)), np.asarray(weights).astype(int))\n"
            "    inputs, y = [part[rows] for part in inputs], y[rows]\n"
            "    weights = np.ones(len(y))\n",
            "squares-of-weights-or-no-squares",
        ),
    ],
)
def test_a_wrong_answer_is_named_truly(function, old, new, named):
    assert mistakes(function, (old, new)) == {named}


@pytest.mark.parametrize("name", SENTENCES)
def test_a_sentence_allows_for_every_way_to_its_evidence(name):
    assert SENTENCES[name] in catalogue()[name].cause


VARIANTS = [
    ("recall_at_k", "recommended[:k]", "[i for i in recommended[:k] if i]", "zero-is-no-hit"),
    ("precision_at_k", "recommended[:k]", "recommended[: min(k, 20)]", "depth-limited"),
    ("seen_items", "return train", "return train[train['user'] > 0]", "zero-not-seen"),
    ("seen_items", "return train", "return train.head(1_000)", "first-rows-only"),
    ("top_n", "scores[left])]", "scores[left])][: min(n, 500)]", "best-list-ends-early"),
    ("top_n", "    if n <", "    n = n or 10\n    if n <", "none-asked-some-returned"),
]


@pytest.mark.parametrize(("function", "old", "new", "named"), VARIANTS)
def test_variants_of_a_mistake_are_named_like_it(function, old, new, named):
    assert mistakes(function, (old, new)) == {named}


def test_the_call_of_a_message_is_the_one_that_went_wrong():
    code = answer_of("ndcg_at_k").replace("if item in relevant", "if item % 7 and item in relevant")
    for check in verdict_on("ndcg_at_k", code).checks:
        assert check.message is None or "[40, 41, 42, 43, 44, 45]" not in check.message.called

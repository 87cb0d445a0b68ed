"""Another default than the stub's is named in every function with defaults."""

import re

import pytest

from autograder.checking.default_causes import is_about_defaults
from autograder.course.solutions import answer_of
from autograder.running.known_answers import verdict_on

OTHERS = [
    ("split_ratings", "val_fraction=0.1", "val_fraction=0.15"),
    ("split_ratings", "seed=0", "seed=1"),
    ("bias_baseline", "reg_user=5.0", "reg_user=10.0"),
    ("bias_baseline", "reg_item=5.0", "reg_item=25.0"),
    ("build_biased_mf", "l2=1e-4", "l2=1e-3"),
    ("top_n", "n=10", "n=5"),
    ("recommend", "n=10", "n=5"),
    ("popularity_recommendations", "n=10", "n=20"),
    ("split_by_time", "test_fraction=0.2", "test_fraction=0.3"),
    ("nearest", "n=10", "n=8"),
    ("genre_matrix", "min_films=1", "min_films=2"),
    ("split_items", "test_fraction=0.25", "test_fraction=0.2"),
    ("time_deviation", "beta=0.4", "beta=0.5"),
]


@pytest.mark.parametrize(("function", "default", "other"), OTHERS)
def test_another_default_is_named(function, default, other):
    answer = answer_of(function)
    code = re.sub(rf"(def {function}\(.*?){re.escape(default)}", rf"\g<1>{other}", answer)
    assert code != answer
    failed = [check for check in verdict_on(function, code).checks if check.outcome != "passed"]
    assert failed
    for check in failed:
        assert check.misconception == "default-changed", check
        (sentence,) = check.message.causes
        assert f"`{default.partition('=')[0]}` is left out" in sentence


def test_a_known_mistake_may_be_about_a_default():
    assert is_about_defaults("koren-lambda-for-l2") and is_about_defaults("default-changed")
    assert not is_about_defaults("mu-left-out") and not is_about_defaults("no-such-mistake")

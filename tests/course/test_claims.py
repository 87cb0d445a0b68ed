"""Files of claims: no number of the prose is unlisted, and a broken claim names its sentence."""

import jupytext
import pytest

from autograder.course import claims
from autograder.course.claims import ClaimsError

PROSE = """
# %% [markdown]
# # 6 · Baselines
#
# **Day 2 · 105 minutes · 14 points**
#
# In step 4 the error was 0.93 stars, and with `l2=1e-4` it is
# 0.87, by Koren (4) and $10^{-4}$. A batch holds 32 rows.
#
# 1. nDCG@10 of ml-100k
#
# Some words are **bold**

# %% [markdown] tags=["hint"]
# ### compare
# 1. Take 17.

# %%
untuned, tuned = 0.93, 0.8712  # 99
"""
LISTED = """
[[claim]]
says = "the error was 0.93 stars"
holds = "abs(untuned - 0.93) < 0.005"

[[claim]]
says = "it is 0.87,"
holds = "abs(tuned - 0.87) < 0.005"
on = ["ml-latest-small"]

[[constant]]
says = "A batch holds 32 rows"
why = "the default of Keras"
"""


@pytest.fixture
def account(tmp_path, monkeypatch):
    """Return a function that writes the file of claims of the exercise 06."""
    monkeypatch.setattr(claims.paths, "solutions", lambda: tmp_path)
    (tmp_path / "claims").mkdir()

    def write(text):
        (tmp_path / "claims" / "06.toml").write_text(text, encoding="utf-8")

    return write


def unlisted(prose=PROSE):
    return claims.unlisted("06", jupytext.reads(prose, fmt="py:percent").cells)


def test_every_number_of_the_prose_is_asked_about_and_no_other():
    faults = claims.unlisted("no_such_file", jupytext.reads(PROSE, fmt="py:percent").cells)
    assert [fault.split("the number ")[1].split()[0] for fault in faults] == ["0.93", "0.87", "32"]
    assert "In step 4 the error was 0.93 stars, and with" in faults[0]


def test_listed_numbers_are_no_faults_also_across_lines(account):
    account(LISTED)
    assert unlisted() == []


def test_a_changed_number_is_found_from_both_sides(account):
    account(LISTED)
    stale, new = unlisted(PROSE.replace("0.93 stars", "0.95 stars"))
    assert 'does not say "the error was 0.93 stars"' in stale
    assert "the number 0.95" in new


def test_a_broken_claim_names_its_words_and_its_data_set(account):
    account(LISTED)
    assert claims.broken("06", "ml-latest-small", {"untuned": 0.93, "tuned": 0.8712}) == []
    assert claims.broken("06", "simulated", {"untuned": 0.93, "tuned": 7}) == []
    [fault] = claims.broken("06", "ml-latest-small", {"untuned": 0.93, "tuned": 0.86})
    assert '"it is 0.87,"' in fault
    assert "ml-latest-small" in fault


def test_a_name_that_the_notebook_has_lost_is_a_fault(account):
    account(LISTED)
    [fault] = claims.broken("06", "simulated", {"tuned": 0.87})
    assert "NameError" in fault
    assert "the error was 0.93 stars" in fault


@pytest.mark.parametrize(
    "text",
    [
        "[[claim]",
        '[[number]]\nsays = "a 1"',
        '[[claim]]\nsays = "a 1"',
        '[[claim]]\nsays = "a 1"\nholds = "1 +"',
        '[[claim]]\nsays = "a 1"\nholds = "1"\non = ["ml-1m"]',
        '[[constant]]\nsays = "1"\nwhy = "it is so"',
    ],
)
def test_a_file_that_cannot_be_used_is_named(account, text):
    account(text)
    with pytest.raises(ClaimsError, match=r"06\.toml"):
        unlisted()

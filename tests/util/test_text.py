"""Text for people: words counted and cut, no-break spaces kept."""

import pytest

from autograder.util.text import first_words, n_words, shortened

FRENCH = "Attendu\u00a0: «\u00a0oui\u00a0»\u202f; 70\u00a0000 notes, soit 5\u00a0% de tout\u202f!"


def test_a_sign_after_a_no_break_space_is_no_word():
    assert n_words(FRENCH) == 8
    assert n_words("Must hold: one  two\nthree") == 5
    assert n_words("") == n_words(" \n") == 0


def test_a_no_break_space_between_words_separates_them():
    assert n_words("one\u00a0two\u202fthree") == 3
    assert n_words("5\u00a0s") == 2
    assert first_words("one\u00a0two\u00a0three\u00a0four", 3) == "one\u00a0two …"


def test_a_cut_keeps_no_break_spaces_and_signs_stay_with_their_word():
    assert first_words(FRENCH, 8) == FRENCH
    assert first_words(FRENCH, 3) == "Attendu\u00a0: «\u00a0oui\u00a0»\u202f; …"
    assert shortened(FRENCH, 100) == FRENCH
    assert shortened(FRENCH, 16) == "Attendu\u00a0: …"
    assert shortened(f"  {FRENCH}\n\n two ", 100) == f"{FRENCH} two"


@pytest.mark.parametrize("n", range(1, 6))
def test_a_cut_holds_n_words_with_its_mark(n):
    assert n_words(first_words("one two\nthree  four five six", n)) == n

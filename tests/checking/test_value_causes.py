"""Causes behind an answer's kind, shape or members."""

from autograder.checking.value_causes import of_missing


def test_a_table_that_was_not_split_has_a_wrong_separator():
    cause = of_missing(["userId", "rating"], ["userId;movieId;rating"], "Column")
    assert cause.name == "wrong-separator" and "userId;movieId;rating" in cause.text
    assert of_missing(["rating"], ["rating_count"], "Column").name == "names-differ"
    assert of_missing(["rating"], ["stars"], "Column").name == "names-differ"
    assert of_missing(["rating"], [], "Column").name == "names-differ"

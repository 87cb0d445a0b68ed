"""Causes behind numbers that differ from the right ones."""

import numpy as np
import pytest

from autograder.checking.number_causes import of_numbers

SCORES = np.array([101.0, 104.0, 102.5, 107.0])


@pytest.mark.parametrize(
    ("got", "want", "cause"),
    [
        (np.full(4, 5.0), SCORES, "answer-clipped"),
        (np.full(4, 0.5), -SCORES, "answer-clipped"),
        (np.full(4, 102.5), SCORES, "same-number-everywhere"),
        (np.full(4, 5.0), SCORES - 103, "same-number-everywhere"),
    ],
)
def test_one_number_everywhere_may_be_the_end_of_a_scale(got, want, cause):
    assert of_numbers(got, want, 1e-4, 1e-5).name == cause

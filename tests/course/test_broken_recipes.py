"""A recipe that is broken on purpose: the comparison with the claims names the sentence."""

import pytest

from autograder.course.claims import account_of
from tests.answers import solution_text
from tests.course.test_reference_notebooks import RUN_AND_COMPARE

pytestmark = pytest.mark.slow

BROKEN = {
    "a split whose leak was mended": (
        "02_encode_split",
        "leaky_train = pd.concat([train, test])",
        "leaky_train = train",
        ["The leak makes the same model look better than it is"],
    ),
    "Netflix' damping as the default": (
        "06_biases",
        "n_users, n_items, reg_user=5.0, reg_item=5.0)",
        "n_users, n_items, reg_user=10.0, reg_item=25.0)",
        ["`bias_baseline` has 5 as its default for that reason"],
    ),
    "one factor": (
        "06_biases",
        "N_FACTORS = 64",
        "N_FACTORS = 1",
        ["Who stops by the loss stops too early", "is the worst of the three penalties"],
    ),
}


@pytest.mark.parametrize("recipe", BROKEN)
def test_a_broken_recipe_names_its_sentences(run_python, tmp_path, recipe):
    exercise, old, new, sentences = BROKEN[recipe]
    listed = [claim.says for claim in account_of(exercise).claims]
    text = solution_text(exercise)
    assert text.count(old) == 1
    script = tmp_path / f"{exercise}.py"
    script.write_text(text.replace(old, new), encoding="utf-8")

    result = run_python("-c", RUN_AND_COMPARE, script, folder=tmp_path, COURSE_DATA="simulated")

    assert result.returncode == 0, result.stderr[-2000:]
    named = [line for line in result.stdout.splitlines() if line.startswith("BROKEN:")]
    for sentence in sentences:
        assert any(sentence in words for words in listed)
        assert any(sentence in line for line in named), named

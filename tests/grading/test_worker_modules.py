"""A worker has every tool that an exercise imports, since it can read none of the kit's files."""

import autograder
from autograder.grading.judge_pool import WORKER_MODULES


def test_the_zygote_imports_the_home_of_every_tool():
    assert set(autograder._HOME.values()) <= set(WORKER_MODULES)
    assert set(autograder.__all__) == set(autograder._HOME)

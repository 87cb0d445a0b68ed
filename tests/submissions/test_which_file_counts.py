"""Which of several files counts: work before none, then the newer, then the last by name."""

import os

import pytest

from autograder.submissions.discovery import find
from autograder.submissions.limited_parser import LimitedParser
from autograder.submissions.which_file_counts import which_counts
from tests.answers import exercise_text, filled_in, solution_text, write

STEP = "08_ranking"
LONG_AGO = 1_000_000_000.0
HALF = filled_in("recall_at_k", "def recall_at_k(recommended, relevant, k):\n    return 0.5\n")
TEXTS = {
    "untouched": exercise_text(STEP),
    "reworded": exercise_text(STEP).replace("# %% [markdown]\n# #", "# %% [markdown]\n# My", 3),
    "older": exercise_text(STEP).replace("import recommender_data as data", "import data"),
    "half": HALF,
    "done": solution_text(STEP),
}


def files(folder, **versions):
    """Write files: name -> (version, seconds after LONG_AGO); return their paths."""
    paths = []
    for name, (version, seconds) in versions.items():
        stem, _dot, suffix = name.replace("__", " ").rpartition("_")
        path = write(folder, stem, TEXTS[version], f".{suffix}")
        os.utime(path, (LONG_AGO + seconds, LONG_AGO + seconds))
        paths.append(path)
    return paths


@pytest.mark.parametrize(
    ("versions", "counted", "reason"),
    [
        ({"08_ranking_py": ("untouched", 900), "08_ranking_ipynb": ("done", 0)}, 1, "no work"),
        ({"08_ranking_py": ("done", 0), "08_ranking_ipynb": ("untouched", 0)}, 0, "no work"),
        ({"08_ranking_py": ("reworded", 90), "08_ranking-old_ipynb": ("half", 0)}, 1, "no work"),
        ({"08_ranking_py": ("older", 90), "08_ranking-old_ipynb": ("half", 0)}, 1, "no work"),
        ({"08_ranking_py": ("half", 2.5), "08_ranking_ipynb": ("done", 0)}, 0, "newer"),
        ({"08_ranking_py": ("half", 0), "08_ranking_ipynb": ("done", 2.5)}, 1, "newer"),
        ({"08_ranking-v2_py": ("done", 1.5), "08_ranking-v10_py": ("half", 0)}, 1, "Look at both"),
        ({"08_ranking-v10_py": ("half", 0), "08_ranking-v9_py": ("done", 0)}, 0, "Look at both"),
        ({"08_ranking_py": ("done", 0), "08_ranking__(1)_py": ("half", 1)}, 1, "Look at both"),
        ({"08_ranking-b_py": ("done", 0), "08_ranking_ipynb": ("done", 1)}, 0, "the same work"),
        ({"08_ranking_py": ("untouched", 0), "08_ranking-b_py": ("reworded", 9)}, 1, "newer"),
        ({"08_ranking-b_py": ("untouched", 0), "08_ranking_py": ("reworded", 1)}, 0, "neither"),
    ],
)
def test_work_counts_before_none_then_the_newer_then_the_last_by_name(
    tmp_path, versions, counted, reason
):
    paths = files(tmp_path, **versions)
    chosen = which_counts(STEP, paths)
    assert chosen.path == paths[counted]
    [note] = chosen.notes
    assert reason in note
    assert paths[1 - counted].name in note
    assert which_counts(STEP, paths[::-1]).path == chosen.path
    assert find(tmp_path)[STEP].path == chosen.path


@pytest.mark.parametrize("version", ["done", "untouched"])
def test_a_notebook_and_its_script_with_the_same_work_need_no_note(tmp_path, version):
    pair = {"08_ranking_py": (version, 0), "08_ranking_ipynb": (version, 900)}
    assert which_counts(STEP, files(tmp_path, **pair)).notes == ()


def test_the_grader_chooses_in_a_process_with_limits(tmp_path):
    paths = files(tmp_path, **{"08_ranking_py": ("untouched", 9), "08_ranking_ipynb": ("done", 0)})
    with LimitedParser() as parser:
        assert which_counts(STEP, paths, parser) == which_counts(STEP, paths)


def test_a_file_that_cannot_be_read_counts_after_work(tmp_path):
    [good] = files(tmp_path, **{"08_ranking_py": ("half", 0)})
    broken = tmp_path / "08_ranking.ipynb"
    broken.write_text('{"cells": [', encoding="utf-8")
    chosen = which_counts(STEP, [broken, good])
    assert chosen.path == good
    assert chosen.notes == ("08_ranking.py was checked: 08_ranking.ipynb cannot be read",)


def test_a_file_that_cannot_be_read_counts_before_an_untouched_one(tmp_path):
    [untouched] = files(tmp_path, **{"08_ranking_py": ("untouched", 9)})
    broken = tmp_path / "08_ranking.ipynb"
    broken.write_text('{"cells": [', encoding="utf-8")
    os.utime(broken, (LONG_AGO, LONG_AGO))
    chosen = which_counts(STEP, [broken, untouched])
    assert chosen.path == broken
    assert "although it cannot be read" in chosen.notes[0]


def test_every_file_that_did_not_count_is_named(tmp_path):
    versions = {"08_ranking_py": ("untouched", 5), "08_ranking_ipynb": ("done", 3)}
    paths = files(tmp_path, **versions, **{"08_ranking-b_py": ("half", 0)})
    chosen = which_counts(STEP, paths)
    assert chosen.path == paths[1]
    assert {path.name for path in (paths[0], paths[2])} == {
        path.name for path in paths for note in chosen.notes if note.endswith(path.name)
    }

"""The folder of each learner, on every file system."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.grading.slugs import slug
from tests.grading.made_results import (
    AWFUL_NAMES,
)


@pytest.mark.parametrize("name", ["marie.durand", "E12345", "Anne-Sophie", "ada_lovelace", "7"])
def test_an_ordinary_name_is_its_own_folder(name):
    assert slug(name) == name


def test_a_changed_name_can_still_be_read():
    assert re.fullmatch(r"zoe-muller-[0-9a-f]{16}", slug("Zoë Müller"))


@given(st.sampled_from(AWFUL_NAMES) | st.text(st.characters(exclude_categories=[])))
def test_a_folder_is_safe_on_every_file_system(name):
    folder = slug(name)
    assert re.fullmatch(r"[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_])?", folder)
    assert len(folder) <= 60
    assert not re.fullmatch(r"con|prn|aux|nul|com\d|lpt\d", folder.lower().partition(".")[0])
    assert Path(folder).suffix not in {".html", ".csv", ".json"}


def test_no_two_learners_share_a_folder():
    folders = {slug(name) for name in AWFUL_NAMES}
    assert len(folders) == len(AWFUL_NAMES)


@given(st.text(max_size=4), st.text(max_size=4))
def test_folders_differ_where_names_differ(one, other):
    assert (slug(one) == slug(other)) == (one == other)
    assert slug(slug(one)) != slug(one) or slug(one) == one

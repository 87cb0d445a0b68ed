"""A learner's own ratings: varied films, kept in the workspace, with and without widgets."""

import pandas as pd
import pytest

from autograder.learner import rate_films as module
from autograder.learner.rate_films import rate_films
from autograder.workspace.place import mark

GENRES = ["Comedy", "Drama", "Horror", "Sci-Fi|Action", "Comedy|Drama"]
MOVIES = pd.DataFrame(
    {
        "movieId": [10 * k + 3 for k in range(60)],
        "title": [f"Film {k}, The ({1950 + k})" for k in range(60)],
        "genres": ["Drama"] * 20 + [GENRES[k % 5] for k in range(40)],
    }
)
RATINGS = pd.DataFrame(
    {"movieId": [10 * k + 3 for k in range(50) for _ in range(100 - k)] + [99_999] * 500}
)


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return mark(tmp_path, "en")


def test_the_films_are_known_and_of_many_genres(workspace):
    titles = rate_films(MOVIES, RATINGS).titles
    assert len(titles) == 15
    chosen = MOVIES[MOVIES["movieId"].isin(titles)]
    assert set("|".join(chosen["genres"]).split("|")) == set("|".join(GENRES).split("|"))
    assert (chosen["genres"] == "Drama").sum() <= 5
    assert rate_films(MOVIES.drop(columns="genres"), RATINGS, n=4).titles.keys() == {3, 13, 23, 33}


def test_stars_stay_in_the_workspace(workspace):
    mine = rate_films(MOVIES, RATINGS)
    mine.rate(3, 4.5)
    mine.rate(13, 2)
    mine.rate(13, None)
    assert dict(rate_films(MOVIES, RATINGS)) == {3: 4.5}
    for stars in (0, 5.5, 3.3, float("nan")):
        with pytest.raises(ValueError, match="by halves"):
            mine.rate(3, stars)


def test_outside_of_a_workspace_the_form_works_and_keeps_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    mine = rate_films(MOVIES, RATINGS)
    mine.rate(3, 4)
    assert dict(mine) == {3: 4.0}
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_is_no_ratings(workspace):
    file = workspace.root / ".autograder" / "my-ratings.json"
    file.parent.mkdir()
    for text in ("[", "[1]", '{"a": 1}', "3"):
        file.write_text(text, encoding="utf-8")
        assert dict(rate_films(MOVIES, RATINGS)) == {}


def test_without_widgets_the_form_is_code_that_runs(workspace, capsys, monkeypatch):
    monkeypatch.setattr(module, "find_spec", lambda _name: None)
    mine = rate_films(MOVIES, RATINGS, n=3)
    mine._ipython_display_()
    exec(capsys.readouterr().out, {"mine": mine})
    assert dict(mine) == dict.fromkeys(mine.titles, 3.0)


def test_with_widgets_a_choice_is_kept_at_once(workspace):
    pytest.importorskip("ipywidgets")
    mine = rate_films(MOVIES, RATINGS, n=3)
    first = module._form(mine).children[0].children[1]
    first.value = 4.5
    assert list(mine.values()) == [4.5]
    first.value = first.options[0]
    assert dict(mine) == {}

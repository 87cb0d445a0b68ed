"""The map to explore: its neighbours, its size, and titles that are no HTML."""

import shutil

import numpy as np
import pandas as pd
import pytest

from autograder.learner.explore_map import explore_map

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


def draw(n, rng=None):
    rng = rng or np.random.default_rng(0)
    movies = pd.DataFrame(
        {
            "title": [f"A film with a title, number {k} ({1930 + k % 90})" for k in range(n)],
            "genres": ["IMAX|Drama|War", "Comedy", "(no genres listed)"] * (n // 3)
            + ["Drama"] * (n % 3),
        }
    )
    return rng.normal(size=(n, 2)), rng.normal(size=(n, 16)), movies, rng.integers(1, 300, size=n)


def test_neighbours_are_those_of_the_cosine():
    coordinates, embeddings, movies, n_ratings = draw(50)
    films = explore_map(coordinates, embeddings, movies, n_ratings).films
    units = embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)
    cosines = units @ units.T - 2 * np.eye(50)
    for k, film in enumerate(films):
        assert film["near"] == np.argsort(-cosines[k])[:8].tolist()
    assert films[0]["genres"] == ["Drama", "War"]
    assert films[0]["year"] == 1930


def test_a_map_of_1300_films_is_light_and_needs_no_network():
    page = explore_map(*draw(1300))._repr_html_()
    assert len(page.encode()) < 1_000_000
    assert "http" not in page


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_few_films(n):
    films = explore_map(*draw(n)).films
    assert [len(film["near"]) for film in films] == [max(n - 1, 0)] * n


def test_rows_that_do_not_fit_are_refused():
    coordinates, embeddings, movies, n_ratings = draw(6)
    with pytest.raises(ValueError, match="one row a film"):
        explore_map(coordinates, embeddings[:5], movies)
    coordinates[2, 1] = np.nan
    with pytest.raises(ValueError, match="NaN"):
        explore_map(coordinates, embeddings, movies)


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_a_film_is_found_and_its_neighbours_are_listed(tmp_path):
    playwright = pytest.importorskip("playwright.sync_api")
    coordinates, embeddings, movies, n_ratings = draw(30)
    movies.loc[7, "title"] = "</script><b id=bad>Bad</b> (1999)"
    shown = explore_map(coordinates, embeddings, movies, n_ratings)
    (tmp_path / "map.html").write_text(shown._repr_html_(), encoding="utf-8")
    faults = []
    with playwright.sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto((tmp_path / "map.html").as_uri())
        page.fill("input", "bad")
        side = page.inner_text(".side")
        assert side.startswith("</script><b id=bad>Bad</b> (1999)")
        assert len(page.query_selector_all(".side li")) == 8
        page.click(".side li button")
        assert movies["title"][shown.films[7]["near"][0]] in page.inner_text(".side b")
        for colour in ("era", "popularity", "genre"):
            page.select_option("select", colour)
            assert page.inner_text(".legend")
        page.screenshot(path=tmp_path / "map.png")
        assert page.query_selector("#bad") is None
        browser.close()
    assert faults == []

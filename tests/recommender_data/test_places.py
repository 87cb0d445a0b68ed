"""Where `data.load` finds a set: MOVIELENS_DIR in all its variants, and paths."""

import io
import zipfile

import pytest

import recommender_data as data

NAME = "ml-latest-small"
RATINGS = "userId,movieId,rating,timestamp\n4,9,3.5,1104537600\n5,9,1.0,1104537601\n"
MOVIES = "movieId,title,genres\n9,Kites (1977),Drama\n"
CSV = {"ratings.csv": RATINGS, "movies.csv": MOVIES}
DAT = {
    "ratings.dat": "4::9::3.5::1104537600\n5::9::1::1104537601\n",
    "movies.dat": "9::Kitès::Drama\n",
}


def packed(files, inside="", extra=()):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{inside}{name}", text)
        for name in extra:
            archive.writestr(name, "beside")
    return stream.getvalue()


@pytest.fixture
def at(monkeypatch):
    """Return a function that loads a set with MOVIELENS_DIR at a path, and its number of rows."""

    def at(path, name=NAME):
        monkeypatch.setenv("MOVIELENS_DIR", str(path))
        dataset = data.load(name)
        assert dataset.name == name or dataset.name == "simulated"
        return len(dataset.ratings) if dataset.name == name else None

    return at


# MOVIELENS_DIR


@pytest.mark.parametrize(
    "inner",
    [
        NAME,
        NAME.upper(),
        "ml-latest-small (1)",
        f"{NAME}__{NAME}",
        f"{NAME}__data",
        f"{NAME}__x__y",
    ],
)
def test_the_folder_above_the_sets_folder(folder, at, inner):
    place = folder("films", **{f"{inner}__{file}": text for file, text in CSV.items()})
    assert at(place) == 2


@pytest.mark.parametrize(
    "name", [NAME, "ML-LATEST-SMALL", "ml-latest-small (2)", "films", "Kino été"]
)
@pytest.mark.parametrize("inner", ["", "data__", f"{NAME}__"])
def test_the_folder_that_holds_the_tables(folder, at, capsys, name, inner):
    place = folder(name, **{f"{inner}{file}": text for file, text in CSV.items()})
    is_neutral = name in ("films", "Kino été")
    expected = None if is_neutral and inner == "data__" else 2
    assert at(place) == expected
    shown = capsys.readouterr().out
    assert ("which MOVIELENS_DIR names, holds a set" in shown) == (is_neutral and not inner)


@pytest.mark.parametrize("other", ["ml-25m", "ML-32M", "ml-latest", "ml-20m (1)"])
def test_the_folder_of_another_set_is_not_taken(folder, at, other):
    assert at(folder(other, **CSV)) is None


def test_a_readme_of_another_set_is_believed(folder, at):
    about = "Summary\nThis dataset (ml-25m) describes 5-star rating activity."
    assert at(folder("films", **CSV, **{"README.txt": about})) is None
    about = about.replace("ml-25m", NAME)
    assert at(folder("movies", **CSV, **{"README.txt": about})) == 2


@pytest.mark.parametrize(
    "file", [f"{NAME}.zip", "ML-LATEST-SMALL.ZIP", f"{NAME} (1).zip", "films.zip"]
)
@pytest.mark.parametrize("inside", [f"{NAME}/", f"{NAME}/{NAME}/", f"x/{NAME}/", "", "data/"])
def test_the_archive_itself(folder, at, file, inside):
    place = folder("downloads", **{file: packed(CSV, inside)})
    is_unknown = file == "films.zip" and inside == "data/"
    assert at(place / file) == (None if is_unknown else 2)


@pytest.mark.parametrize("file", [f"{NAME}.zip", "ML-Latest-Small.zip", f"{NAME} (3).zip"])
def test_the_folder_above_the_archive(folder, at, file):
    assert at(folder("downloads", **{file: packed(CSV, f"{NAME}/")})) == 2


@pytest.mark.parametrize("file", ["ml-25m.zip", "ml-1m.zip", "ml-latest.zip"])
def test_the_archive_of_another_set_is_not_taken(folder, at, file):
    place = folder("downloads", **{file: packed(CSV, f"{NAME}/")})
    assert at(place / file) is None
    assert at(place) is None


@pytest.mark.parametrize("file", [f"{NAME}.zip", "ML-LATEST-SMALL.zip", f"{NAME} (1).zip"])
@pytest.mark.parametrize("content", [b"", b"<html>", packed(CSV)[:-40]])
def test_a_damaged_archive_is_named(folder, at, file, content):
    place = folder("downloads", **{file: content})
    for path in (place, place / file):
        with pytest.raises(data.DataError, match="zip cannot be read"):
            at(path)


@pytest.mark.parametrize("file", ["ratings.csv", "RATINGS.CSV"])
def test_the_table_itself(folder, at, file):
    place = folder("films", **{file: RATINGS, "movies.csv": MOVIES})
    assert at(place / file) == 2


@pytest.mark.parametrize("file", [f"{NAME}.zip", f"{NAME} (1).zip"])
def test_the_archive_in_a_folder_of_its_name(folder, at, file):
    assert at(folder("home", **{f"{NAME}__{file}": packed(CSV, f"{NAME}/")})) == 2


def test_an_unpacked_set_comes_before_its_archive(folder, at):
    both = {f"{NAME}.zip": packed(CSV, f"{NAME}/")}
    longer = CSV | {"ratings.csv": RATINGS + "6,9,2.0,1104537602\n"}
    assert at(folder("a", **both, **{f"{NAME}__{k}": text for k, text in longer.items()})) == 3
    assert at(folder(NAME, **both, **longer)) == 3


def test_what_macos_adds_to_an_archive_does_not_count(folder, at):
    extra = [f"__MACOSX/{NAME}/._ratings.csv", f"__MACOSX/{NAME}/ratings.csv", ".DS_Store"]
    place = folder("downloads", **{f"{NAME}.zip": packed(CSV, "inner/", extra)})
    assert at(place) == 2


def test_two_sets_in_one_folder_are_named(folder, at):
    files = {f"{NAME}__{inner}__{file}": text for inner in "ab" for file, text in CSV.items()}
    with pytest.raises(data.DataError, match="several sets: a, b"):
        at(folder("films", **files))


@pytest.mark.parametrize("quote", ['"', "'", " "])
def test_blanks_and_quotation_marks_of_a_windows_shell_are_left_out(folder, at, quote, monkeypatch):
    assert at(f"{quote}{folder('films', **CSV)}{quote}") == 2
    monkeypatch.setenv("COURSE_DATA", f"{quote}simulated{quote}")
    assert data.load().name == "simulated"


def test_a_folder_that_does_not_exist_is_named(tmp_path, folder, at, capsys):
    folder("anything")
    assert at(tmp_path / "nowhere") is None
    assert "nowhere, which does not exist" in capsys.readouterr().out


@pytest.mark.parametrize("inner", ["ml-10M100K", "ml-10m", "ML-10M100k"])
@pytest.mark.parametrize("is_archive", [True, False])
def test_ml_10m_lies_in_a_folder_of_another_name(folder, at, inner, is_archive):
    if is_archive:
        place = folder("home", **{"ml-10m.zip": packed(DAT, f"{inner}/")})
    else:
        place = folder("home", **{f"{inner}__{file}": text for file, text in DAT.items()})
    assert at(place, "ml-10m") == 2
    assert data.load("ml-10m").movies["title"].tolist() == ["Kitès"]


@pytest.mark.parametrize("name", ["ml-latest", "ml-20m", "ml-32m"])
def test_other_sets_in_the_form_of_csv(folder, at, name):
    assert at(folder("home", **{f"{name}__{file}": text for file, text in CSV.items()}), name) == 2


def test_ml_latest_small_is_not_taken_for_ml_latest(folder, at):
    place = folder("home", **{f"{NAME}__{file}": text for file, text in CSV.items()})
    with pytest.raises(data.DataError, match=r"Fetch ml-latest\.zip"):
        at(place, "ml-latest")


# Paths


@pytest.mark.parametrize("name", [NAME, "films"])
@pytest.mark.parametrize("files", [CSV, DAT], ids=["csv", "dat"])
def test_a_set_of_grouplens_by_its_path(folder, name, files):
    place = folder(name, **files)
    archive = folder("zips", **{f"{name}.zip": packed(files, "inner/")}) / f"{name}.zip"
    for path in (place, str(place), archive):
        dataset = data.load(path)
        assert dataset.name == name
        assert len(dataset.ratings) == 2
        assert len(dataset.movies) == 1


def test_course_data_may_be_a_path(folder, monkeypatch):
    place = folder("my films", **CSV)
    monkeypatch.setenv("COURSE_DATA", str(place))
    assert data.load().name == "my films"
    monkeypatch.chdir(place.parent)
    monkeypatch.setenv("COURSE_DATA", "my films")
    assert data.load().name == "my films"


def test_the_name_of_a_set_comes_before_a_folder(folder, monkeypatch):
    place = folder("simulated", **CSV)
    monkeypatch.chdir(place.parent)
    assert len(data.load("simulated").ratings) > 2


def test_a_path_that_does_not_exist_is_named(folder, monkeypatch, tmp_path):
    folder("x")
    monkeypatch.chdir(tmp_path)
    for path in ("no/such/folder", "./nothing", "ratings.csv", tmp_path / "no.zip"):
        with pytest.raises(data.DataError, match="There is no file or folder"):
            data.load(path)


def test_a_folder_without_ratings_is_named(folder):
    with pytest.raises(data.DataError, match="holds no ratings"):
        data.load(folder("films", **{"notes.md": "nothing"}))


@pytest.mark.parametrize("content", [b"", b"no archive", packed(CSV)[:-40]])
def test_an_archive_that_is_none_is_named(folder, content):
    place = folder("zips", **{"films.zip": content})
    with pytest.raises(data.DataError, match=r"films\.zip cannot be read"):
        data.load(place / "films.zip")


def test_an_archive_with_a_password_is_named(folder):
    content = bytearray(packed(CSV, "films/"))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = content.find(mark)
        while start >= 0:
            content[start + place] |= 1
            start = content.find(mark, start + 4)
    place = folder("zips", **{"films.zip": bytes(content)})
    with pytest.raises(data.DataError, match=r"Unpack the archive, and name its folder"):
        data.load(place / "films.zip")

"""A stranger's ratings: tables as teachers and readers of docs/data.md have them.

Each case was written from docs/data.md alone. A set is read where no doubt is possible; otherwise
the message names the file, the cause and a remedy.
"""

import gzip
import io
import re
import unicodedata
import zipfile

import pandas as pd
import pytest
from typer.testing import CliRunner

import recommender_data as data
from autograder.cli.app import app

CLASS_TOML = """
name = "class"
[ratings]
file = "notes.csv"
user = "élève"
item = "livre"
rating = "note"
timestamp = "date"
date_format = "%d/%m/%Y"
scale = [0, 20]
rescale = [0.5, 5]
[items]
file = "livres.csv"
id = "isbn"
title = "titre"
genres = "genre"
genre_separator = ","
"""
NOTES = (
    "élève;livre;note;date\n"
    "Zoé;978-2;17,5;03/02/2024\n"
    "Ali;978-1;20;04/02/2024\n"
    "Ali;978-2;0;29/02/2024\n"
)
LIVRES = "isbn;titre;genre\n978-1;L'Étranger;Roman, Classique\n978-2;Ça;Horreur\n"
SMALL = "userId,movieId,rating,timestamp\n4,9,3.5,1104537600\n5,9,1.0,1104537601\n"
FILMS = "movieId,title,genres\n9,Kites (1977),Drama\n"
NAME = "ml-latest-small"


@pytest.fixture
def class_set(folder):
    """Return a function that writes a teacher's table, with some files changed."""

    def write(toml=CLASS_TOML, notes=NOTES, livres=LIVRES):
        files = {"dataset.toml": toml, "notes.csv": notes, "livres.csv": livres}
        return folder("class", **{name: text for name, text in files.items() if text is not None})

    return write


def rows(dataset):
    """Return (user, title, rating) of every row, by the titles of the set."""
    titles = dataset.movies.set_index("movieId")["title"]
    return [(r.userId, titles[r.movieId], r.rating) for r in dataset.ratings.itertuples()]


def complaint(path, **options):
    with pytest.raises(data.DataError) as error:
        data.load(path, **options)
    return str(error.value)


def zipped(**files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/"), text)
    return stream.getvalue()


# A teacher's table


def test_semicolons_and_decimal_commas(class_set):
    dataset = data.load(class_set())
    # Ali comes before Zoé; 17.5 of 20 is 0.5 + 4.5 * 0.875 stars.
    assert rows(dataset) == [
        (dataset.ratings["userId"][0], "Ça", pytest.approx(4.4375)),
        (dataset.ratings["userId"][1], "L'Étranger", 5.0),
        (dataset.ratings["userId"][1], "Ça", 0.5),
    ]
    assert dataset.ratings["userId"][0] > dataset.ratings["userId"][1]
    assert pd.to_datetime(dataset.ratings["timestamp"][2], unit="s") == pd.Timestamp("2024-02-29")
    assert set("|".join(dataset.movies["genres"]).split("|")) == {"Roman", "Classique", "Horreur"}


def test_a_byte_order_mark_in_every_file(class_set):
    dataset = data.load(
        class_set(*(b"\xef\xbb\xbf" + text.encode() for text in (CLASS_TOML, NOTES, LIVRES)))
    )
    assert len(dataset.ratings) == 3


def test_windows_line_ends_in_every_file(class_set):
    plain = data.load(class_set())
    crlf = data.load(class_set(*(t.replace("\n", "\r\n") for t in (CLASS_TOML, NOTES, LIVRES))))
    assert rows(plain) == rows(crlf)


def test_cp1252_with_its_name_is_read(class_set):
    toml = CLASS_TOML.replace('user = "é', 'encoding = "cp1252"\nuser = "é')
    toml = toml.replace('id = "isbn"', 'encoding = "cp1252"\nid = "isbn"')
    dataset = data.load(class_set(toml, NOTES.encode("cp1252"), LIVRES.encode("cp1252")))
    assert {"L'Étranger", "Ça"} == set(dataset.movies["title"])


def test_cp1252_without_its_name_is_refused_with_the_key_that_mends_it(class_set):
    text = complaint(class_set(notes=NOTES.encode("cp1252")))
    assert "notes.csv" in text
    assert "encoding" in text
    assert "cp1252" in text
    # The remedy is the true one.
    toml = CLASS_TOML.replace('user = "é', 'encoding = "cp1252"\nuser = "é')
    assert len(data.load(class_set(toml, NOTES.encode("cp1252"))).ratings) == 3


def test_utf16_from_a_spreadsheet(class_set):
    dataset = data.load(class_set(notes=NOTES.replace(";", "\t").encode("utf-16")))
    assert len(dataset.ratings) == 3


@pytest.mark.parametrize("note", ["21", "-1", "20,5"])
def test_a_rating_out_of_range_is_named_with_its_line_and_the_scale(class_set, note):
    text = complaint(class_set(notes=NOTES.replace("17,5", note)))
    assert "notes.csv" in text
    assert re.search(r"\b2\b", text)
    assert "scale" in text or "20" in text


@pytest.mark.parametrize("note", ["absent", "", "n/a", "douze", "1e999", "nan"])
def test_a_rating_that_is_no_number_is_named_with_its_line(class_set, note):
    text = complaint(class_set(notes=NOTES.replace("17,5", note)))
    assert "notes.csv" in text
    assert re.search(r"\b2\b", text)


def test_a_date_that_cannot_be_is_named_with_its_line_and_form(class_set):
    text = complaint(class_set(notes=NOTES.replace("29/02/2024", "29/02/2023")))
    assert "notes.csv" in text
    assert re.search(r"\b4\b", text)
    assert "29/02/2023" in text


def test_dates_as_iso_text_need_no_form(class_set):
    toml = CLASS_TOML.replace('date_format = "%d/%m/%Y"\n', "")
    notes = re.sub(r"(\d\d)/(\d\d)/(\d{4})", r"\3-\2-\1", NOTES)
    dataset = data.load(class_set(toml, notes))
    assert pd.to_datetime(dataset.ratings["timestamp"][0], unit="s") == pd.Timestamp("2024-02-03")


def test_dates_by_day_first_without_a_form_are_refused_with_the_key(class_set):
    toml = CLASS_TOML.replace('date_format = "%d/%m/%Y"\n', "")
    text = complaint(class_set(toml))
    assert "date_format" in text
    assert "03/02/2024" in text


def test_the_latest_of_two_ratings_counts(class_set):
    notes = NOTES + "Ali;978-2;10;01/01/2020\n" + "Ali;978-1;4;01/01/2025\n"
    dataset = data.load(class_set(notes=notes))
    ali = dataset.ratings["userId"].min()
    found = {title: rating for user, title, rating in rows(dataset) if user == ali}
    assert found == {"Ça": 0.5, "L'Étranger": pytest.approx(1.4)}


def test_items_are_optional(class_set):
    toml = CLASS_TOML[: CLASS_TOML.index("[items]")]
    dataset = data.load(class_set(toml, livres=None))
    assert set(dataset.movies["title"]) == {"978-1", "978-2"}


def test_genres_are_optional(class_set):
    toml = "\n".join(line for line in CLASS_TOML.splitlines() if "genre" not in line)
    dataset = data.load(class_set(toml, livres="isbn;titre\n978-1;Un\n978-2;Deux\n"))
    assert set(dataset.movies["title"]) == {"Un", "Deux"}


def test_timestamps_are_optional(class_set):
    toml = "\n".join(t for t in CLASS_TOML.splitlines() if not t.startswith(("timestamp", "date")))
    notes = "\n".join(line.rpartition(";")[0] for line in NOTES.splitlines())
    assert len(data.load(class_set(toml, notes)).ratings) == 3


def test_a_book_without_a_title_and_one_without_a_line(class_set, capsys):
    livres = "isbn;titre;genre\n978-1;;Roman\n"
    dataset = data.load(class_set(livres=livres))
    note = capsys.readouterr().out
    titles = list(dataset.movies["title"])
    assert titles[0] == "978-1"  # docs/data.md: items without titles are called by their ids
    assert "(no title) 978-2" in titles
    assert "(2)" not in note


@pytest.mark.parametrize("second", ["L'Étranger", "La Peste"])
def test_of_a_book_that_occurs_twice_the_first_row_counts(class_set, capsys, second):
    path = class_set(livres=LIVRES + f"978-1;{second};Roman, Classique\n")
    assert sorted(data.load(path).movies["title"]) == ["L'Étranger", "Ça"]
    note = capsys.readouterr().out
    assert "livres.csv" in note
    assert "978-1" in note


def test_separator_that_is_wrong_is_named(class_set):
    toml = CLASS_TOML.replace('user = "é', 'separator = ","\nuser = "é')
    text = complaint(class_set(toml))
    assert "separator" in text
    assert "notes.csv" in text


def test_a_column_that_does_not_exist_is_named_with_those_that_do(class_set):
    text = complaint(class_set(CLASS_TOML.replace('"note"', '"points"')))
    assert "points" in text
    assert "note" in text.replace("notes.csv", "")
    assert "notes.csv" in text


def test_a_key_with_a_typo_is_named_with_the_right_one(class_set):
    text = complaint(class_set(CLASS_TOML.replace("rescale", "rescal")))
    assert "rescal" in text
    assert "rescale" in text


def test_names_in_composed_and_decomposed_letters_are_one_column(class_set):
    path = class_set(notes=unicodedata.normalize("NFD", NOTES))
    assert len(data.load(path).ratings) == 3


@pytest.mark.parametrize("rescale", ["[5, 0.5]", "[1, 1]", '["a", 5]', "[5]", "5"])
def test_a_range_that_is_none_is_refused_by_name(class_set, rescale):
    text = complaint(class_set(CLASS_TOML.replace("[0.5, 5]", rescale)))
    assert "rescale" in text
    assert "dataset.toml" in text


def test_a_missing_table_is_named(class_set):
    text = complaint(class_set(notes=None))
    assert "notes.csv" in text
    assert "dataset.toml" in text
    assert "livres.csv" in text  # the files that are there, from which to choose


def test_a_table_with_a_head_and_no_rows(class_set):
    text = complaint(class_set(notes=NOTES.splitlines()[0] + "\n"))
    assert "notes.csv" in text


def test_a_note_with_a_quoted_semicolon_in_a_title(class_set):
    livres = LIVRES.replace("L'Étranger", '"Paul; Virginie"')
    assert "Paul; Virginie" in set(data.load(class_set(livres=livres)).movies["title"])


def test_thousands_with_a_space_are_not_read_as_something_else(class_set):
    """`1 000` is no rating of 0 to 20; nothing is guessed."""
    text = complaint(class_set(notes=NOTES.replace("17,5", "1 000")))
    assert "notes.csv" in text


def test_points_and_commas_in_one_column_are_refused_or_read_right(class_set):
    notes = NOTES.replace(";20;", ";12.5;")
    try:
        dataset = data.load(class_set(notes=notes))
    except data.DataError as error:
        assert "notes.csv" in str(error)
    else:
        assert sorted(dataset.ratings["rating"]) == pytest.approx([0.5, 3.3125, 4.4375])


def test_spaces_around_names_do_not_make_two_pupils(class_set):
    notes = NOTES.replace("\nAli;978-2", "\nAli ;978-2")
    assert data.load(class_set(notes=notes)).ratings["userId"].nunique() == 2


def test_ids_that_are_all_numbers_are_numbers(class_set, capsys):
    """docs/data.md: 007 is 7, and a note names the item that has two rows by then."""
    notes = "élève;livre;note;date\nAli;007;17;03/02/2024\nZoé;7;3;03/02/2024\n"
    livres = "isbn;titre;genre\n007;Bond;A\n7;Sept;B\n"
    dataset = data.load(class_set(notes=notes, livres=livres))
    assert {title for _, title, _ in rows(dataset)} == {"Bond"}
    assert "films with several rows" in capsys.readouterr().out


def test_a_pupil_called_na_stays(class_set):
    notes = NOTES.replace("Zoé", "NA")
    assert data.load(class_set(notes=notes)).ratings["userId"].nunique() == 2


def test_a_book_called_null_keeps_its_title(class_set):
    dataset = data.load(class_set(livres=LIVRES.replace("Ça", "Null")))
    assert "Null" in set(dataset.movies["title"])


def test_a_title_that_is_a_year_stays_text(class_set):
    dataset = data.load(class_set(livres=LIVRES.replace("Ça", "1984").replace("L'Étranger", "451")))
    assert set(dataset.movies["title"]) == {"1984", "451"}


# The file in other shapes


def test_a_zip_of_the_class_with_a_folder_inside_and_a_mac_shadow(folder):
    place = folder(
        "post",
        **{
            "class.zip": zipped(
                **{
                    "class__dataset.toml": CLASS_TOML,
                    "class__notes.csv": NOTES,
                    "class__livres.csv": LIVRES,
                    "__MACOSX__class__._notes.csv": "junk",
                }
            )
        },
    )
    assert len(data.load(place / "class.zip").ratings) == 3


def test_a_gzip_of_the_table(class_set):
    path = class_set(CLASS_TOML.replace("notes.csv", "notes.csv.gz"), notes=None)
    (path / "notes.csv.gz").write_bytes(gzip.compress(NOTES.encode()))
    assert len(data.load(path).ratings) == 3


def test_a_folder_without_a_description_suggests_one(class_set):
    text = complaint(class_set(toml=None))
    assert "dataset.toml" in text


def test_a_workbook_named_csv_is_named_for_what_it_is(class_set):
    text = complaint(class_set(notes=zipped(xl__workbook="<x/>")))
    assert "notes.csv" in text
    assert re.search(r"CSV|workbook|spreadsheet|Excel|zip", text)


def test_an_empty_file_and_a_page_of_a_website(class_set):
    assert "notes.csv" in complaint(class_set(notes=""))
    assert "notes.csv" in complaint(class_set(notes="<!DOCTYPE html><html>Sign in</html>\n"))


# MOVIELENS_DIR and COURSE_DATA at odd places


@pytest.fixture
def films(folder):
    return folder("films", **{f"{NAME}__ratings.csv": SMALL, f"{NAME}__movies.csv": FILMS})


def test_a_trailing_slash_a_tilde_and_quotes(films, monkeypatch):
    monkeypatch.setenv("HOME", str(films.parent))
    for odd in (f"{films}/", f"{films}/{NAME}/", "~/films", f"  {films}  "):
        monkeypatch.setenv("MOVIELENS_DIR", odd)
        assert len(data.load(NAME).ratings) == 2, odd


def test_the_ratings_file_itself_as_movielens_dir(films, monkeypatch):
    """Docs allow three places; a fourth is read, or refused by name, but not passed over."""
    monkeypatch.setenv("MOVIELENS_DIR", str(films / NAME / "ratings.csv"))
    try:
        dataset = data.load(NAME)
    except data.DataError as error:
        assert "MOVIELENS_DIR" in str(error)
    else:
        assert dataset.name == NAME


def test_a_place_that_does_not_exist_is_told(folder, monkeypatch, capsys):
    missing = folder("films") / "nowhere"
    monkeypatch.setenv("MOVIELENS_DIR", str(missing))
    try:
        data.load(NAME)
        text = "".join(capsys.readouterr())
    except data.DataError as error:
        text = str(error)
    assert "MOVIELENS_DIR" in text
    assert str(missing) in text


def test_a_zip_below_a_folder_with_spaces_and_accents(folder, monkeypatch):
    place = folder(
        "mes données d'été",
        **{f"{NAME}.zip": zipped(**{f"{NAME}__ratings.csv": SMALL, f"{NAME}__movies.csv": FILMS})},
    )
    monkeypatch.setenv("MOVIELENS_DIR", str(place))
    assert len(data.load(NAME).ratings) == 2
    monkeypatch.setenv("MOVIELENS_DIR", str(place / f"{NAME}.zip"))
    assert len(data.load(NAME).ratings) == 2


def test_half_a_zip_is_named(folder, monkeypatch):
    whole = zipped(**{f"{NAME}__ratings.csv": SMALL, f"{NAME}__movies.csv": FILMS})
    place = folder("films", **{f"{NAME}.zip": whole[: len(whole) // 2]})
    monkeypatch.setenv("MOVIELENS_DIR", str(place))
    text = complaint(NAME)
    assert f"{NAME}.zip" in text


def test_course_data_names_a_folder_that_is_not_there(folder, monkeypatch):
    missing = folder("here") / "ratings-of-mine"
    monkeypatch.setenv("COURSE_DATA", str(missing))
    with pytest.raises(data.DataError) as error:
        data.load()
    assert str(missing) in str(error.value)
    assert "COURSE_DATA" in str(error.value)
    assert str(missing) in str(error.value)


def test_course_data_with_a_misspelt_set_suggests_the_right_one(folder, monkeypatch):
    folder("here")
    monkeypatch.setenv("COURSE_DATA", "ml-latest-smal")
    with pytest.raises(data.DataError, match="ml-latest-small"):
        data.load()


@pytest.mark.process
def test_doctor_names_the_remedy_of_a_misspelt_set(folder, monkeypatch):
    folder("here")
    monkeypatch.setenv("COURSE_DATA", "ml-latest-smal")
    _, _, after = CliRunner().invoke(app, ["doctor"]).stdout.partition("✗ data")
    assert "ml-latest-small" in after
    remedy = after.splitlines()[1]
    assert "pip install" not in remedy
    assert "COURSE_DATA" in remedy


# MovieLens' own files, hurt


@pytest.mark.parametrize("rating", ["5.5", "0.0", "-1"])
def test_stars_out_of_range_name_the_line(folder, rating):
    place = folder("films", **{"ratings.csv": SMALL.replace("1.0", rating), "movies.csv": FILMS})
    text = complaint(place)
    assert "ratings.csv" in text
    assert re.search(r"\b3\b", text)


def test_of_a_film_in_two_lines_the_first_title_counts(folder, capsys):
    films = FILMS + "9,Kestrels (1977),Drama\n"
    dataset = data.load(folder("films", **{"ratings.csv": SMALL, "movies.csv": films}))
    assert "Kestrels (1977)" not in set(dataset.movies["title"])
    note = capsys.readouterr().out
    assert "movies.csv" in note
    assert "9" in note


def test_a_film_in_two_equal_lines(folder):
    films = FILMS + FILMS.splitlines()[1] + "\n"
    dataset = data.load(folder("films", **{"ratings.csv": SMALL, "movies.csv": films}))
    assert list(dataset.movies["movieId"]) == [9]


def test_times_as_text(folder):
    ratings = SMALL.replace("1104537600", "2005-01-01 00:00:00").replace(
        "1104537601", "2005-01-01 00:00:01"
    )
    dataset = data.load(folder("films", **{"ratings.csv": ratings, "movies.csv": FILMS}))
    assert list(dataset.ratings["timestamp"]) == [1104537600, 1104537601]


def test_no_movies_file_at_all(folder):
    place = folder("films", **{"ratings.csv": SMALL})
    try:
        dataset = data.load(place)
    except data.DataError as error:
        assert "movies.csv" in str(error)
    else:
        assert list(dataset.movies["movieId"]) == [9]


def test_bad_rows_are_left_out_one_in_a_thousand_and_no_more(folder, capsys):
    head = "userId,movieId,rating,timestamp\n"
    good = "".join(f"{user},9,3.5,1104537600\n" for user in range(1, 2001))
    bad = "9999,9,lots,1104537600\n"
    place = folder("films", **{"ratings.csv": head + good + bad, "movies.csv": FILMS})
    assert "2002" in complaint(place).replace(",", "")
    assert len(data.load(place, bad_rows="skip").ratings) == 2000
    place = folder("films", **{"ratings.csv": head + good + bad * 3, "movies.csv": FILMS})
    assert "ratings.csv" in complaint(place, bad_rows="skip")

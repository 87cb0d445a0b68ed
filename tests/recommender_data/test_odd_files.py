"""Files that a spreadsheet, an unpacker or a colleague changed: read, or refused with a remedy.

Every kind has several variants. A message's remedy is applied in the test, and must help.
"""

import codecs
import gzip
import io
import re
from pathlib import Path

import pytest

import recommender_data as data

NAME = "ml-latest-small"
HEADER = ["userId", "movieId", "rating", "timestamp"]
ROWS = [
    ["3", "21", "2.5", "1104537600"],
    ["3", "4", "4.0", "1104537601"],
    ["8", "21", "5.0", "1136073600"],
    ["12", "4", "0.5", "1136073777"],
]
FILMS = [
    ["4", "Les Bœufs (1962)", "Drama|War"],
    ["21", 'The "Last" Straw, or: Hay (1999)', "Comedy"],
    ["30", "Señor Ñu (2003)", "(no genres listed)"],
]
MOVIES = (
    "movieId,title,genres\n"
    "4,Les Bœufs (1962),Drama|War\n"
    '21,"The ""Last"" Straw, or: Hay (1999)",Comedy\n'
    "30,Señor Ñu (2003),(no genres listed)\n"
)
EXPECTED = [(int(u), int(i), float(r), int(t)) for u, i, r, t in ROWS]


def table(rows=ROWS, header=HEADER, separator=",", end="\n"):
    lines = [separator.join(row) for row in ([header, *rows] if header else rows)]
    return end.join(lines) + end


def many(*inserted):
    """Return a table of 2,500 good rows, with further lines after the 1,200th."""
    rows = [f"{n // 50 + 1},{n % 50 + 1},{0.5 + n % 10 / 2},{10**9 + n}" for n in range(2_500)]
    return "\n".join([",".join(HEADER), *rows[:1_200], *inserted, *rows[1_200:]]) + "\n"


def commas(rows):
    """Return rows with decimal commas."""
    return [[u, i, r.replace(".", ","), t] for u, i, r, t in rows]


@pytest.fixture
def load(folder, monkeypatch):
    """Return a function that loads a set with these files, by its name."""

    def load(ratings=None, movies=MOVIES, bad_rows="error", **files):
        files |= {} if ratings is None else {"ratings.csv": ratings}
        files |= {} if movies is None else {"movies.csv": movies}
        place = folder(f"home/{NAME}", **files)
        monkeypatch.setenv("MOVIELENS_DIR", str(place.parent))
        return data.load(NAME, bad_rows=bad_rows)

    return load


@pytest.fixture
def complaint(load):
    """Return a function that loads a set in vain, and returns the message."""

    def complaint(*args, **files):
        with pytest.raises(data.DataError) as error:
            load(*args, **files)
        return str(error.value)

    return complaint


def rows_of(dataset):
    assert dataset.name == NAME
    assert list(dataset.ratings.dtypes.astype(str)) == ["int64", "int64", "float64", "int64"]
    return list(dataset.ratings.itertuples(index=False, name=None))


def films_of(dataset):
    assert dataset.movies["movieId"].dtype == "int64"
    return dataset.movies.to_numpy().tolist()


# Encodings


@pytest.mark.parametrize(
    ("encoding", "bom"),
    [
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_unicode_of_every_kind_is_read_with_a_note(load, capsys, encoding, bom, end):
    ratings, movies = table(end=end), MOVIES.replace("\n", end)
    dataset = load(bom + ratings.encode(encoding), bom + movies.encode(encoding))
    assert rows_of(dataset) == EXPECTED
    assert films_of(dataset) == [[int(i), title, genres] for i, title, genres in FILMS]
    phrase = "a byte-order mark" if encoding == "utf-8" else "the encoding UTF-16"
    assert capsys.readouterr().out.count(phrase) == 2


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("bad", ["7,two,3.0,964983815", "7,2,3.0", "7,2,6.0,964983815"])
def test_a_bad_row_in_unicode_is_named_or_left_out(load, complaint, capsys, encoding, bad):
    text = many(bad).encode(encoding)
    message = complaint(text)
    assert "line 1202 is malformed. Expected" in message
    assert f"Found: {bad}." in message
    assert 'bad_rows="skip"' in message
    assert len(load(text, bad_rows="skip").ratings) == 2_500
    assert f"line 1202 is malformed and left out: {bad}" in capsys.readouterr().out


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "mac-roman"])
def test_another_encoding_is_named_and_saving_as_utf_8_helps(load, complaint, encoding):
    movies = MOVIES.replace("œ", "oe").encode(encoding)
    message = complaint(table(), movies)
    assert "movies.csv, line 4 is malformed. Expected text in utf-8" in message
    assert "Save the file as UTF-8" in message
    assert "bad_rows" not in message
    assert films_of(load(table(), movies.decode(encoding)))[2][1] == "Señor Ñu (2003)"


def test_ratings_in_another_encoding_are_no_case_for_skipping(complaint):
    text = many("1,2,3.0é,4").encode("cp1252")
    for bad_rows in ("error", "skip"):
        message = complaint(text, bad_rows=bad_rows)
        assert "line 1202 is malformed. Expected text in utf-8" in message
        assert "data.load(" not in message


def test_ml_1m_saved_as_utf_8_keeps_its_titles(folder, monkeypatch, capsys):
    files = {
        "ratings.dat": "".join("::".join(row) + "\n" for row in ROWS),
        "movies.dat": "4::Les Bœufs (1962)::Drama\n21::Hay (1999)::Comedy\n",
    }
    monkeypatch.setenv("MOVIELENS_DIR", str(folder("ml-1m", **files)))
    assert data.load("ml-1m").movies["title"][0] == "Les Bœufs (1962)"
    assert "the encoding UTF-8" in capsys.readouterr().out


# Separators and decimal marks


@pytest.mark.parametrize(
    ("separator", "phrase"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")]
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("decimals", [list, commas])
def test_other_separators_are_read_with_a_note(load, capsys, separator, phrase, end, decimals):
    dataset = load(table(decimals(ROWS), separator=separator, end=end))
    assert rows_of(dataset) == EXPECTED
    shown = capsys.readouterr().out
    assert phrase in shown
    assert ("decimal commas" in shown) == (decimals is commas)


@pytest.mark.parametrize(
    "stars", [["2,5", "4", "5", "0,5"], ["2.5", "4,0", "5.0", "0,5"], ["2,5", "4.", "5", ",5"]]
)
@pytest.mark.parametrize("separator", [";", "\t"])
def test_whole_numbers_and_both_decimal_marks_mix(load, separator, stars):
    rows = [[u, i, star, t] for (u, i, _r, t), star in zip(ROWS, stars, strict=True)]
    assert rows_of(load(table(rows, separator=separator))) == EXPECTED


def test_a_decimal_comma_far_down_is_read(load):
    text = many().replace(",", ";").replace("\n", "\r\n") + "60;1;3,5;1000000000\r\n"
    assert load(text.replace(".", ".")).ratings["rating"].iloc[-1] == 3.5


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_excel_in_french_is_read_whole(load, capsys, end):
    films = "".join(f"{i};{title};{genres}{end}" for i, title, genres in FILMS if '"' not in title)
    films += f'21;"The ""Last"" Straw, or: Hay (1999)";Comedy{end}'
    ratings = "\ufeff" + table(commas(ROWS), separator=";", end=end)
    dataset = load(ratings, f"\ufeffmovieId;title;genres{end}{films}")
    assert rows_of(dataset) == EXPECTED
    assert sorted(title for _id, title, _genres in films_of(dataset)) == sorted(
        it[1] for it in FILMS
    )
    shown = capsys.readouterr().out
    assert "a byte-order mark; semicolons between the columns; decimal commas" in shown


@pytest.mark.parametrize("bad", ["1;2;x;4", "1;2;9,5;1000000000", "1;2"])
def test_excel_in_french_with_a_bad_row(load, complaint, bad):
    text = "\ufeff" + many().replace(",", ";").replace(".", ",") + f"{bad}\n"
    assert f"Found: {bad}." in complaint(text)
    assert len(load(text, bad_rows="skip").ratings) == 2_500


@pytest.mark.parametrize("directive", ["sep=;\n", "sep=;\r\n", "\ufeffsep=;\r\n"])
def test_the_line_that_names_the_separator_is_read(load, complaint, directive):
    text = directive + table(commas(ROWS), separator=";")
    assert rows_of(load(text)) == EXPECTED
    assert "line 7 is malformed" in complaint(text + "1;2;x;4\n")


def test_decimal_commas_in_quotes_are_read(load):
    rows = [[u, i, f'"{r}"', t] for u, i, r, t in commas(ROWS)]
    assert rows_of(load(table(rows))) == EXPECTED


@pytest.mark.parametrize("rows", [commas(ROWS), commas(ROWS[:1]), [*ROWS[:2], *commas(ROWS[2:])]])
@pytest.mark.parametrize("bad_rows", ["error", "skip"])
def test_decimal_commas_between_commas_are_named_and_points_help(load, complaint, rows, bad_rows):
    message = complaint(table(rows), bad_rows=bad_rows)
    assert "decimal comma" in message
    assert "data.load(" not in message
    assert rows_of(load(table())) == EXPECTED


@pytest.mark.parametrize("date", ["03-mai", "3-May", "05/03/2024", "03.mai", "May-03"])
def test_stars_that_became_dates_are_named(load, complaint, date):
    message = complaint(many(f"1,70,{date},1000000000"))
    assert "turned the rating into a date" in message
    assert 'bad_rows="skip"' in message
    assert len(load(many(f"1,70,{date},1000000000"), bad_rows="skip").ratings) == 2_500


# Columns


@pytest.mark.parametrize("order", [[3, 2, 1, 0], [1, 0, 2, 3], [2, 0, 3, 1]])
def test_columns_in_another_order_are_read(load, capsys, order):
    rows = [[row[place] for place in order] for row in ROWS]
    assert rows_of(load(table(rows, [HEADER[place] for place in order]))) == EXPECTED
    assert "another order of columns" in capsys.readouterr().out


@pytest.mark.parametrize(
    "header",
    [
        ["USERID", "MOVIEID", "RATING", "TIMESTAMP"],
        ["userid", "movieid", "rating", "timestamp"],
        ["user_id", "movie_id", "Rating", "Timestamp"],
        ["User ID", "Movie ID", " Rating", "Timestamp "],
    ],
)
def test_names_in_other_capitals_are_read(load, capsys, header):
    assert rows_of(load(table(header=header))) == EXPECTED
    assert "capitals" in capsys.readouterr().out


@pytest.mark.parametrize("place", [0, 2, 4])
@pytest.mark.parametrize("name", ["", "comment", "title"])
def test_further_columns_are_left_out_with_a_note(load, complaint, capsys, place, name):
    def wider(row, text):
        return [*row[:place], text, *row[place:]]

    rows = [wider(row, text) for row, text in zip(ROWS, ["", "x", '"a, b"', "ü"], strict=True)]
    text = table(rows, wider(HEADER, name))
    assert rows_of(load(text)) == EXPECTED
    assert "further columns" in capsys.readouterr().out
    wrong = ",".join(wider(["1", "2", "x", "4"], "1"))
    assert "line 6 is malformed" in complaint(text + f"{wrong}\n")


def test_films_with_further_columns_in_another_order(load):
    films = "genres,year,title,movieId,url\nDrama,1962,Hay (1999),21,x\nWar,,Oxen (1962),4,y\n"
    movies = films_of(load(table(), films))
    assert movies == [[21, "Hay (1999)", "Drama"], [4, "Oxen (1962)", "War"]]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("bad_rows", ["error", "skip"])
def test_a_missing_header_is_named_and_writing_it_helps(load, complaint, separator, bad_rows):
    text = table(header=None, separator=separator)
    message = complaint(text, bad_rows=bad_rows)
    assert "line 1 is malformed" in message
    assert "no header" in message
    assert "data.load(" not in message
    line = re.search(r"write (.+) as its first line", message)[1]
    assert rows_of(load(f"{line}\n{text}")) == EXPECTED


@pytest.mark.parametrize(
    "films", ["4,Oxen,War\n", "21,1984,War\n", '4,"A, B",(no genres listed)\n']
)
def test_a_missing_header_of_films_is_named(load, complaint, films):
    message = complaint(table(), films)
    line = re.search(r"write (\S+) as its first line", message)[1]
    assert len(load(table(), f"{line}\n{films}").movies) == 2


@pytest.mark.parametrize("missing", HEADER)
def test_a_missing_column_is_named(complaint, missing):
    place = HEADER.index(missing)
    rows = [[*row[:place], *row[place + 1 :]] for row in [HEADER, *ROWS]]
    message = complaint(table(rows[1:], rows[0]))
    assert f"There is no column {missing}" in message
    assert "bad_rows" not in message


@pytest.mark.parametrize(
    ("header", "toml"),
    [
        (
            ["user", "film", "stars", "when"],
            'user="user"\nitem="film"\nrating="stars"\ntimestamp="when"',
        ),
        (["reader", "movieId", "rating", "timestamp"], 'user="reader"'),
        (["userId", "movieId", "rating", "time"], ""),
    ],
)
def test_other_names_of_columns_are_named_and_a_description_helps(load, complaint, header, toml):
    message = complaint(table(header=header))
    place = re.match(r"(.*)ratings\.csv, line 1", message)[1]
    assert "describe the file in a dataset.toml" in message
    with open(f"{place}dataset.toml", "w", encoding="utf-8") as stream:
        stream.write(f"[ratings]\n{toml}\n")
    assert len(data.load(place).ratings) == 4


@pytest.mark.parametrize("header", [["userId", *HEADER], ["rating", *HEADER], [*HEADER, "movieId"]])
def test_two_columns_with_one_name_are_refused(complaint, header):
    assert "two columns with the name" in complaint(table([[*row, "1"] for row in ROWS], header))


# Quotation marks


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_quotes_around_every_field_are_read(load, separator):
    rows = [[f'"{field}"' for field in row] for row in ROWS]
    header = [f'"{name}"' for name in HEADER]
    assert rows_of(load(table(rows, header, separator))) == EXPECTED


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("separator", [",", ";"])
def test_quotes_around_whole_lines_are_named_and_removing_them_helps(
    load, complaint, separator, end
):
    text = "".join(f'"{line}"{end}' for line in table(separator=separator).splitlines())
    message = complaint(text)
    assert "Every line stands in quotation marks" in message
    assert rows_of(load(text.replace('"', ""))) == EXPECTED


@pytest.mark.parametrize("line", ['21,"The Straw,Comedy', '21,"The Straw', '21,"The ""Last,Comedy'])
def test_a_quotation_mark_that_is_not_closed_is_named(load, complaint, line):
    lines = MOVIES.splitlines()
    message = complaint(table(), "\n".join([*lines[:2], line, lines[3]]) + "\n")
    assert "line 3 is malformed" in message
    assert "is not closed" in message
    assert "bad_rows" not in message


@pytest.mark.parametrize("title", ["“Otter” (1950)", "‘Otter’", "It's «Otter»", "'Otter'"])
def test_other_quotation_marks_are_text(load, title):
    assert films_of(load(table(), MOVIES + f"40,{title},War\n"))[-1][1] == title


# Rows


@pytest.mark.parametrize(
    "bad",
    ["7,2,0.0,964983815", "7,2,5.5,1", "7,2,-1,1", "0,2,3,1", "7,-2,3,1", "7,2,3,-1", "7,2,99,1"],
)
def test_a_row_out_of_range_is_left_out_where_asked_for(load, complaint, capsys, bad):
    message = complaint(many(bad))
    assert "line 1202 is malformed. Expected ids from 1, a rating from 0.5 to 5" in message
    assert 'bad_rows="skip"' in message
    dataset = load(many(bad), bad_rows="skip")
    assert len(dataset.ratings) == 2_500
    assert list(dataset.ratings.index) == list(range(2_500))
    assert f"line 1202 is malformed and left out: {bad}" in capsys.readouterr().out


@pytest.mark.parametrize("bad", [["1,2,x,3", "1,2,9,3", "1,2"], ["1,2,6,3"] * 3, ["1,2,3"] * 30])
def test_skipping_is_not_advised_where_too_many_rows_are_bad(complaint, bad):
    assert "bad_rows" not in complaint(many(*bad))
    message = complaint(many(*bad), bad_rows="skip")
    assert f"{len(bad)} of {2_500 + len(bad):,} lines are malformed" in message
    assert "at most 1 line in 1,000" in message
    assert "data.load(" not in message


def test_bad_rows_of_both_kinds_are_left_out_in_order(load, capsys):
    assert len(load(many("1,2,x,3", "1,2,9,3"), bad_rows="skip").ratings) == 2_500
    shown = capsys.readouterr().out
    assert shown.index("line 1202") < shown.index("line 1203")


def test_of_many_bad_rows_only_some_are_printed(load, capsys):
    rows = [f"{n // 200 + 1},{n % 200 + 1},3.5,{10**9 + n}" for n in range(40_000)]
    text = "\n".join([",".join(HEADER), *rows, *["1,2,x,3"] * 30]) + "\n"
    assert len(load(text, bad_rows="skip").ratings) == 40_000
    shown = capsys.readouterr().out
    assert shown.count("is malformed and left out") == 20
    assert "10 more lines" in shown


def test_whole_numbers_with_a_decimal_point_are_read(load):
    rows = [[f"{u}.0", f"{i}.0", r, f"{t}.0"] for u, i, r, t in ROWS]
    assert rows_of(load(table(rows))) == EXPECTED


@pytest.mark.parametrize("later", ["1104537700", "1104537600"])
@pytest.mark.parametrize("first", [True, False])
def test_the_latest_of_several_ratings_of_a_film_counts(load, capsys, later, first):
    again = ["3", "21", "1.0", later]
    dataset = load(table([again, *ROWS] if first and later != ROWS[0][3] else [*ROWS, again]))
    assert (3, 21, 1.0, int(later)) in rows_of(dataset)
    assert len(rows_of(dataset)) == 4
    assert not dataset.ratings.duplicated(["userId", "movieId"]).any()
    assert list(dataset.ratings.index) == [0, 1, 2, 3]
    assert "a film that another row has too: 1." in capsys.readouterr().out


def test_an_earlier_rating_further_down_does_not_count(load):
    dataset = load(table([*ROWS, ["3", "21", "1.0", "1000000000"]]))
    assert rows_of(dataset) == EXPECTED


def test_rows_that_are_wholly_alike_are_one(load, capsys):
    assert rows_of(load(table([*ROWS, *ROWS]))) == EXPECTED
    assert "another row has too: 4." in capsys.readouterr().out


@pytest.mark.parametrize(
    "again", ["4,Other Oxen,War\n", "4,Les Bœufs (1962),Drama|War\n", "4,X,X\n4,Y,Y\n"]
)
def test_the_first_of_several_rows_of_a_film_counts(load, capsys, again):
    movies = load(table(), MOVIES + again).movies
    assert movies.set_index("movieId").loc[4, "title"] == "Les Bœufs (1962)"
    assert len(movies) == 3
    assert "films with several rows" in capsys.readouterr().out


@pytest.mark.parametrize("unknown", [["900"], ["900", "17"], [str(n) for n in range(100, 120)]])
def test_rated_films_without_a_title_get_a_row(load, capsys, unknown):
    rows = [["9", film, "3.0", "1104537600"] for film in unknown]
    dataset = load(table([*ROWS, *rows]))
    titles = dataset.movies.set_index("movieId")["title"]
    assert [titles[int(film)] for film in unknown] == [f"(no title) {film}" for film in unknown]
    assert set(dataset.ratings["movieId"]) <= set(dataset.movies["movieId"])
    assert films_of(dataset)[-1][2] == "(no genres listed)"
    assert "no title in" in (shown := capsys.readouterr().out)
    assert f": {len(unknown)} (" in shown


def test_films_of_another_set_are_named(load, capsys):
    load(table(), "movieId,title,genres\n1001,Elsewhere (1990),War\n")
    assert "belong to the same set?" in capsys.readouterr().out


# Files


@pytest.mark.parametrize("content", [b"", b"\n", b" \r\n\r\n", codecs.BOM_UTF8, b"\r"])
@pytest.mark.parametrize("file", ["ratings.csv", "movies.csv"])
def test_an_empty_file_is_named(complaint, content, file):
    files = {"ratings.csv": table(), "movies.csv": MOVIES} | {file: content}
    message = complaint(files.pop("ratings.csv"), files.pop("movies.csv"))
    assert f"{file} cannot be read: it has no rows" in message
    assert "bad_rows" not in message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_header_alone_is_named(complaint, encoding):
    assert "it has no rows" in complaint((",".join(HEADER) + "\r\n").encode(encoding))


@pytest.mark.parametrize(
    "names",
    [
        ("ratings.csv.gz", "movies.csv.gz"),
        ("ratings.csv", "movies.csv"),
        ("RATINGS.CSV.GZ", "Movies.csv.gz"),
    ],
)
def test_compressed_files_are_read(load, names):
    packed = [gzip.compress(text.encode()) for text in (table(), MOVIES)]
    dataset = load(movies=None, **dict(zip(names, packed, strict=True)))
    assert rows_of(dataset) == EXPECTED
    assert len(films_of(dataset)) == 3


@pytest.mark.parametrize("cut", [20, 60, -5])
def test_a_compressed_file_that_is_cut_is_named(complaint, cut):
    message = complaint(gzip.compress(many().encode())[:cut])
    assert "ratings.csv cannot be read" in message
    assert "bad_rows" not in message


@pytest.mark.parametrize(
    "names",
    [
        ("RATINGS.CSV", "MOVIES.CSV"),
        ("Ratings.csv", "movies.CSV"),
        ("ratings.csv__ratings.csv", "movies.csv__movies.csv"),
        ("rating.csv", "movie.csv"),
    ],
)
def test_names_of_files_may_differ(load, names):
    dataset = load(movies=None, **dict(zip(names, (table(), MOVIES), strict=True)))
    assert rows_of(dataset) == EXPECTED


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"PK\x03\x04" + b"\0" * 30 + b"[Content_Types].xml", "workbook of a spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "workbook of a spreadsheet"),
        (b"PK\x03\x04" + b"\0" * 30 + b"ratings.csv", "zip archive"),
        (b"\n<!DOCTYPE html>\n<html><body>Sign in</body></html>", "web page"),
        (b"<HTML><head>", "web page"),
        (gzip.compress(gzip.compress(b"userId", mtime=0), mtime=0), "compressed twice"),
    ],
)
def test_a_file_of_another_kind_is_named(complaint, content, cause):
    message = complaint(content)
    assert cause in message
    assert "bad_rows" not in message


def test_a_message_lists_what_the_folder_holds(complaint):
    message = complaint(movies=MOVIES, **{"ratings.csv.txt": table(), "ratings (1).csv": table()})
    assert "ratings.csv is missing" in message
    assert "movies.csv, ratings (1).csv, ratings.csv.txt" in message


# Kaggle


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2005-04-02 23:53:47", 1112486027),
        ("1996-01-29T00:00:00", 822873600),
        ("2000-02-29", 951782400),
    ],
)
@pytest.mark.parametrize("quote", ['"', ""])
def test_kaggles_ml_20m_is_read(folder, monkeypatch, capsys, text, seconds, quote):
    header = ",".join(f"{quote}{name}{quote}" for name in HEADER)
    ratings = "".join(f"{n},{n + 1},3.5,{quote}{text}{quote}\n" for n in range(1, 4))
    movies = '"movieId","title","genres"\n' + "".join(f'{n},"T, {n}","War"\n' for n in range(2, 5))
    files = {"rating.csv": f"{header}\n{ratings}", "movie.csv": movies}
    monkeypatch.setenv("MOVIELENS_DIR", str(folder("ml-20m", **files)))
    ratings, movies = data.load("ml-20m")
    assert ratings["timestamp"].tolist() == [seconds] * 3
    assert ratings["timestamp"].dtype == "int64"
    assert movies["title"].tolist() == ["T, 2", "T, 3", "T, 4"]
    assert "times as text, taken as UTC" in capsys.readouterr().out


@pytest.mark.parametrize("time", ["2005-13-02 23:53:47", "yesterday", "2005-04-02 25:00:00", ""])
def test_a_time_that_is_none_is_named(load, complaint, time):
    lines = many().splitlines()
    rows = [f"{line.rpartition(',')[0]},2005-04-02 23:53:47" for line in lines[1:]]
    text = "\n".join([lines[0], *rows, f"1,70,3.0,{time}"]) + "\n"
    message = complaint(text)
    assert "line 2502 is malformed" in message
    assert "time such as 2005-04-02 23:53:47" in message
    assert len(load(text, bad_rows="skip").ratings) == 2_500


def test_times_as_text_are_read_in_pieces(load, monkeypatch):
    monkeypatch.setattr("recommender_data.tables._TEXT_CHUNK", 3)
    rows = [[str(n), "4", "3.0", f"2005-04-{n:02} 00:00:00"] for n in range(1, 11)]
    ratings = load(table(rows)).ratings
    assert list(ratings.index) == list(range(10))
    assert ratings["timestamp"].diff().dropna().unique().tolist() == [86_400]


def test_the_slow_reader_reads_in_pieces(load, monkeypatch):
    monkeypatch.setattr("recommender_data.tables._CHUNK", 7)
    text = many("1,2,x,3", "").replace(",", ";")
    mixed = io.StringIO(text).read().replace(";3.5;", ";3,5;", 1)
    ratings = load(mixed, bad_rows="skip").ratings
    assert len(ratings) == 2_500
    assert ratings["rating"].tolist() == load(many()).ratings["rating"].tolist()


# Reading that fails


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("cut", [1, 101])
def test_utf_16_that_is_cut_is_named(complaint, encoding, cut):
    message = complaint(many().encode(encoding)[:-cut])
    assert "cut or damaged" in message
    assert "1252" not in message


@pytest.mark.parametrize("n_before", [0, 1])
def test_a_file_that_may_not_be_read_is_named(load, monkeypatch, n_before):
    load(table())
    opened = []
    open_path = Path.open

    def refuse(path, *args, **options):
        opened.append(path)
        if path.name == "ratings.csv" and len(opened) > n_before:
            raise PermissionError(13, "Permission denied")
        return open_path(path, *args, **options)

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(data.DataError, match=r"ratings\.csv may not be read") as error:
        data.load(NAME)
    assert "fresh download" not in str(error.value)


def test_a_field_of_enormous_length_is_named(complaint):
    assert "malformed" in complaint(many('1,2,"' + "x" * 200_000 + '",4'))
    assert "malformed" in complaint("x" * 3_000_000)


@pytest.mark.parametrize("chunk", [1, 2, 5, 1_000])
@pytest.mark.parametrize("blank", ["", "\n", "\n \n"])
def test_lines_are_numbered_right_in_pieces_of_any_size(load, complaint, monkeypatch, chunk, blank):
    monkeypatch.setattr("recommender_data.tables._CHUNK", chunk)
    films = (
        f"{blank}movieId,title,genres\n4,Oxen,War\n{blank}"
        '21,"Hay\nand ""more""",War\n30,"A, B",War\nx,Nu,War\n'
    )
    line = 6 + 2 * blank.count("\n")
    assert f"movies.csv, line {line} is malformed" in complaint(table(), films)
    assert len(load(table(), films.replace("\nx,", "\n9,")).movies) == 4


@pytest.mark.parametrize("rows", [["1,70,x,3"], ["1,70,9,3"], ['1,"70",x,3'], ['"1","70","x","3"']])
@pytest.mark.parametrize("chunk", [100, 1_201, 100_000])
def test_a_bad_row_is_left_out_in_pieces_of_any_size(load, capsys, monkeypatch, rows, chunk):
    monkeypatch.setattr("recommender_data.tables._CHUNK", chunk)
    dataset = load(many(*rows), bad_rows="skip")
    assert dataset.ratings["timestamp"].tolist() == [10**9 + n for n in range(2_500)]
    assert "line 1202 is malformed and left out" in capsys.readouterr().out


def test_the_plain_form_makes_no_note(folder, load, capsys):
    load(table())
    data.load(folder(f"home/{NAME}"))
    assert capsys.readouterr().out == ""

"""Ratings of one's own: `dataset.toml`, books, jokes, a teacher's table, and missing columns."""

import io
import re
import tomllib
import unicodedata
import zipfile

import numpy as np
import pandas as pd
import pytest

import recommender_data as data
from recommender_data.description import ItemsFile, RatingsFile

BOOK_RATINGS = "user_id,book_id,rating\n7,40,5\n7,12,3\n2,40,1\n9,33,4\n"
BOOKS = (
    "book_id,goodreads_book_id,work_id,authors,original_publication_year,title\n"
    '12,40,5,"Ana, B",1869.0,War and Bees\n'
    "33,9012,6,C. D.,-380.0,The Republic of Hay\n"
    '40,9001,7,E,,"Tea, or: Coffee"\n'
    "88,9002,8,F,2001,Never Borrowed\n"
)
BOOK_TOML = """
name = "books"
[ratings]
file = "ratings.csv"
user = "user_id"
item = "book_id"
scale = [1, 5]
[items]
file = "books.csv"
id = "book_id"
"""
TIMES = "timestamp"


@pytest.fixture
def shelf(folder):
    """Return a function that writes a set of books, with some files changed."""

    def shelf(toml=BOOK_TOML, ratings=BOOK_RATINGS, books=BOOKS, **files):
        files |= {"ratings.csv": ratings} | ({} if books is None else {"books.csv": books})
        return folder("shelf", **files, **({} if toml is None else {"dataset.toml": toml}))

    return shelf


def complaint(path, **options):
    with pytest.raises(data.DataError) as error:
        data.load(path, **options)
    return str(error.value)


def triples(dataset):
    return list(dataset.ratings[["userId", "movieId", "rating"]].itertuples(index=False, name=None))


def assert_in_movielens_form(dataset):
    ratings, movies = dataset
    assert list(ratings) == ["userId", "movieId", "rating", TIMES]
    assert list(ratings.dtypes.astype(str)) == ["int64", "int64", "float64", "int64"]
    assert list(ratings.index) == list(range(len(ratings)))
    assert list(movies) == ["movieId", "title", "genres"]
    assert movies["movieId"].dtype == "int64"
    assert not movies["movieId"].duplicated().any()
    assert all(type(text) is str for text in movies[["title", "genres"]].to_numpy().flat)
    assert set(ratings["movieId"]) <= set(movies["movieId"])
    assert not ratings.duplicated(["userId", "movieId"]).any()


# Books


def test_goodbooks_is_read_in_movielens_columns(shelf):
    dataset = data.load(shelf())
    assert_in_movielens_form(dataset)
    assert dataset.name == "books"
    assert triples(dataset) == [(7, 40, 5.0), (7, 12, 3.0), (2, 40, 1.0), (9, 33, 4.0)]
    titles = dataset.movies.set_index("movieId")["title"]
    assert titles[40] == "Tea, or: Coffee"
    assert titles[88] == "Never Borrowed"


@pytest.mark.parametrize("path", ["", "dataset.toml", "ratings.csv"])
def test_the_folder_the_description_and_the_ratings_name_the_set(shelf, monkeypatch, path):
    place = shelf() / path
    assert len(data.load(place).ratings) == 4
    assert len(data.load(str(place)).ratings) == 4
    monkeypatch.setenv("COURSE_DATA", f" {place} ")
    assert data.load().name == "books"


def test_a_description_may_have_another_name(folder):
    place = folder(
        "shelf", **{"mine.toml": BOOK_TOML, "ratings.csv": BOOK_RATINGS, "books.csv": BOOKS}
    )
    assert data.load(place / "mine.toml").name == "books"


def test_a_set_without_a_name_has_that_of_its_folder(shelf):
    place = shelf(BOOK_TOML.replace('name = "books"', ""))
    assert data.load(place).name == data.load(place / "ratings.csv").name == "shelf"


@pytest.mark.parametrize("inside", ["", "books/", "a/b/"])
def test_an_archive_may_hold_the_set(folder, inside):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in {"ratings.csv": BOOK_RATINGS, "books.csv": BOOKS}.items():
            archive.writestr(inside + name, text)
        archive.writestr(f"{inside}dataset.toml", BOOK_TOML)
    place = folder("zips", **{"books.zip": stream.getvalue()})
    assert len(data.load(place / "books.zip").ratings) == 4


@pytest.mark.parametrize("where", ["tables/ratings.csv", "../elsewhere/r.csv", "RATINGS.csv"])
def test_files_may_lie_elsewhere(folder, where):
    toml = BOOK_TOML.replace('"ratings.csv"', f'"{where}"')
    place = folder("shelf", **{"dataset.toml": toml, "books.csv": BOOKS})
    path = place / ("ratings.csv" if where == "RATINGS.csv" else where)
    path.parent.mkdir(exist_ok=True)
    path.write_text(BOOK_RATINGS, encoding="utf-8")
    assert len(data.load(place).ratings) == 4


def test_years_make_titles_like_movielens(shelf):
    toml = BOOK_TOML + 'year = "original_publication_year"\n'
    titles = data.load(shelf(toml)).movies["title"].tolist()
    assert titles[0] == "War and Bees (1869)"
    assert titles[2:] == ["Tea, or: Coffee", "Never Borrowed (2001)"]


@pytest.mark.parametrize("column", ["goodreads_book_id", "work_id"])
def test_ids_of_another_numbering_are_named_and_the_right_column_helps(shelf, column):
    toml = BOOK_TOML.replace('id = "book_id"', f'id = "{column}"')
    message = complaint(shelf(toml))
    assert f"the column {column} holds" in message
    right = re.search(r"The column (\w+) holds 3 of them", message)[1]
    assert len(data.load(shelf(toml.replace(f'"{column}"', f'"{right}"'))).ratings) == 4


def test_a_repeated_book_and_a_repeated_rating(shelf, capsys):
    place = shelf(ratings=BOOK_RATINGS + "7,40,2\n", books=BOOKS + "40,1,1,x,,Again\n")
    dataset = data.load(place)
    assert_in_movielens_form(dataset)
    assert (7, 40, 2.0) in triples(dataset)
    assert "Again" not in set(dataset.movies["title"])
    shown = capsys.readouterr().out
    assert "another row has too: 1" in shown
    assert "several rows in" in shown


def test_books_without_a_title_are_called_by_their_ids(shelf):
    books = BOOKS.replace("War and Bees", " ").replace(
        "33,9012,6,C. D.,-380.0,The Republic of Hay\n", ""
    )
    titles = data.load(shelf(books=books)).movies.set_index("movieId")["title"]
    assert titles[12] == "(no title) 12"
    assert titles[33] == "(no title) 33"


# Without a description


def test_the_suggested_description_helps(shelf):
    place = shelf(toml=None)
    for path in (place, place / "ratings.csv"):
        message = complaint(path)
        assert "user_id, book_id, rating" in message
    (place / "dataset.toml").write_text(message.partition("\n\n")[2], encoding="utf-8")
    dataset = data.load(place)
    assert triples(dataset)[0] == (7, 40, 5.0)
    assert dataset.movies.set_index("movieId")["title"][33] == "The Republic of Hay"


def test_ratings_in_movielens_form_need_no_description(folder, capsys):
    text = "userId,movieId,rating,timestamp\n1,5,4.5,978300760\n"
    place = folder("mine", **{"stars.csv": text})
    dataset = data.load(place / "stars.csv")
    assert_in_movielens_form(dataset)
    assert dataset.ratings[TIMES].tolist() == [978300760]
    assert dataset.name == "stars"
    assert "no titles" in capsys.readouterr().out


# Jokes

JESTER = "2;7,5;99;-3,25\n1;99;99;10\n0;99;99;99\n3;-10;0;1,5\n"
JESTER_TOML = """
name = "jester"
[ratings]
file = "jester.csv"
form = "matrix"
header = false
ignore = 1
no_rating = 99
scale = [-10, 10]
"""
JOKES = [(1, 1, 7.5), (1, 3, -3.25), (2, 3, 10.0), (4, 1, -10.0), (4, 2, 0.0), (4, 3, 1.5)]


def as_points(text):
    return text.replace(",", ".").replace(";", ",")


@pytest.mark.parametrize(
    "text",
    [JESTER, as_points(JESTER), as_points(JESTER).replace(",", "\t"), JESTER.replace("99", "")],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_matrix_of_jokes_is_read(folder, capsys, text, end):
    text = text.replace("\n", end)
    dataset = data.load(folder("j", **{"jester.csv": text, "dataset.toml": JESTER_TOML}))
    assert_in_movielens_form(dataset)
    assert dataset.name == "jester"
    assert triples(dataset) == JOKES
    assert "the ratings go from -10 to 10" in capsys.readouterr().out


def test_a_matrix_with_names_in_the_header(folder):
    toml = JESTER_TOML.replace("header = false", "header = true")
    text = "n,joke b,joke a,joke c\n" + as_points(JESTER)
    dataset = data.load(folder("j", **{"jester.csv": text, "dataset.toml": toml}))
    titles = dataset.movies.set_index("movieId")["title"]
    assert [titles[movie] for _user, movie, _rating in triples(dataset)][:2] == ["joke b", "joke c"]
    numbers = "n,101,5,7\n" + as_points(JESTER)
    dataset = data.load(folder("k", **{"jester.csv": numbers, "dataset.toml": toml}))
    assert [movie for _user, movie, _rating in triples(dataset)] == [101, 7, 7, 101, 5, 7]


def test_triples_of_jokes_with_two_tabs_between(folder):
    text = "".join(f"{user}\t\t{joke}\t\t{rating}\n" for user, joke, rating in JOKES)
    toml = (
        '[ratings]\nfile = "jester_ratings.dat"\nheader = false\nuser = 1\nitem = 2\nrating = 3\n'
        'separator = "\\t\\t"\nscale = [-10, 10]\n'
    )
    dataset = data.load(folder("j", **{"jester_ratings.dat": text, "dataset.toml": toml}))
    assert triples(dataset) == JOKES


def test_ratings_are_converted_where_asked_for(folder, capsys):
    toml = JESTER_TOML + "rescale = [0.5, 5]\n"
    dataset = data.load(folder("j", **{"jester.csv": JESTER, "dataset.toml": toml}))
    expected = [0.5 + (rating + 10) / 20 * 4.5 for _user, _joke, rating in JOKES]
    np.testing.assert_allclose(dataset.ratings["rating"], expected)
    assert "the ratings go from" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "toml", "line"),
    [
        (JESTER.replace("10\n", "ten\n", 1), JESTER_TOML, 2),
        (JESTER.replace("7,5", "75"), JESTER_TOML, 1),
        (JESTER.replace("1,5\n", "1,5;2\n"), JESTER_TOML, 4),
        (JESTER.replace("2;7,5", "74;7,5"), JESTER_TOML.replace("ignore = 1", "ignore = 0"), 1),
        (JESTER, JESTER_TOML.replace("99", "-99"), 1),
        (JESTER, JESTER_TOML.replace("[-10, 10]", "[0, 20]"), 1),
    ],
)
def test_a_bad_cell_of_a_matrix_is_named(folder, text, toml, line):
    for bad_rows in ("error", "skip"):
        message = complaint(
            folder("j", **{"jester.csv": text, "dataset.toml": toml}), bad_rows=bad_rows
        )
        assert f"jester.csv, line {line} is malformed" in message
        assert "data.load(" not in message


# A teacher's table

CLASS = (
    "élève;livre;note;date\nZoé;978-2;4,5;03/02/2024\n"
    "Anna;0345X;3;04/02/2024\nZoé;0345X;1;29/02/2024\n"
)
CLASS_TOML = """
[ratings]
file = "notes.csv"
user = "élève"
item = "livre"
rating = "note"
timestamp = "date"
date_format = "%d/%m/%Y"
scale = [0, 5]
[items]
file = "livres.csv"
id = "isbn"
title = "titre"
genres = "genre"
genre_separator = ","
"""
CLASS_BOOKS = "isbn;titre;genre\n0345X;Été;Roman, Essai\n978-2;Nuit;\n99;Autre; Roman,Roman \n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_names_dates_and_genres_of_a_class(folder, encoding):
    dataset = data.load(
        folder(
            "c",
            **{
                "notes.csv": CLASS.encode(encoding),
                "livres.csv": CLASS_BOOKS.encode(encoding),
                "dataset.toml": CLASS_TOML.encode("utf-8-sig"),
            },
        )
    )
    assert_in_movielens_form(dataset)
    ratings, movies = dataset
    assert ratings["userId"].tolist() == [2, 1, 2]
    titles = movies.set_index("movieId")["title"]
    assert [titles[movie] for movie in ratings["movieId"]] == ["Nuit", "Été", "Été"]
    assert ratings[TIMES].diff().tolist()[1:] == [86_400, 25 * 86_400]
    genres = movies.set_index("title")["genres"]
    assert genres.to_dict() == {
        "Été": "Roman|Essai",
        "Nuit": "(no genres listed)",
        "Autre": "Roman",
    }


def test_cp1252_is_named_and_the_encoding_helps(folder):
    files = {"livres.csv": CLASS_BOOKS, "dataset.toml": CLASS_TOML}
    message = complaint(folder("c", **files, **{"notes.csv": CLASS.encode("cp1252")}))
    assert "notes.csv, line 1 is malformed. Expected text in utf-8" in message
    line = re.search(r'encoding = "\w+"', message)[0]
    toml = CLASS_TOML.replace('rating = "note"', f'rating = "note"\n{line}')
    assert len(data.load(folder("c", **{"dataset.toml": toml})).ratings) == 3


@pytest.mark.parametrize("date", ["03/02/2024", "Feb 3, 2024", "3.2.24"])
def test_dates_in_another_form_are_named_and_a_format_helps(folder, date):
    text = f'userId,movieId,rating,timestamp\n1,5,4.5,"{date}"\n'
    message = complaint(folder("d", **{"ratings.csv": text}))
    assert "line 2 is malformed" in message
    assert "date_format = " in message
    form = {"0": "%d/%m/%Y", "F": "%b %d, %Y", "3": "%d.%m.%y"}[date[0]]
    toml = f'[ratings]\ndate_format = "{form}"\n'
    ratings, _movies = data.load(folder("d", **{"dataset.toml": toml}))
    assert ratings[TIMES].tolist() == [1706918400]


@pytest.mark.parametrize(
    ("time", "form"),
    [
        ("1706918400", None),
        ("1706918400", "seconds"),
        ("1706918400.0", None),
        ("1706918400123", None),
        ("1706918400123", "milliseconds"),
        ("2024-02-03", None),
        ("2024-02-03T01:00:00+01:00", None),
        ("2024-02-03 00:00:00", "%Y-%m-%d %H:%M:%S"),
        ("20240203", "%Y%m%d"),
    ],
)
def test_times_of_many_forms(folder, time, form):
    toml = "[ratings]\n" + (f'date_format = "{form}"\n' if form else "")
    text = f"userId,movieId,rating,timestamp\n1,5,4.5,{time}\n"
    ratings, _movies = data.load(folder("d", **{"ratings.csv": text, "dataset.toml": toml}))
    assert ratings[TIMES].tolist() == [1706918400]


@pytest.mark.parametrize("scale", ["[1, 10]", "[0.0, 100]", "[0, 9]"])
def test_another_scale_is_named_and_naming_it_helps(shelf, scale):
    ratings = BOOK_RATINGS.replace(",4\n", ",9\n")
    message = complaint(shelf(ratings=ratings))
    assert "Expected a rating from 1 to 5" in message
    assert "scale = [1, 10]" in message
    dataset = data.load(shelf(BOOK_TOML.replace("[1, 5]", scale), ratings))
    assert dataset.ratings["rating"].max() == 9


@pytest.mark.parametrize("bad", ["7,x2,3", "7,50", "7,50,6", "7,50,three", ",50,3"])
def test_a_bad_row_of_ones_own_is_left_out_where_asked_for(shelf, capsys, bad):
    rows = "".join(f"{n // 60},{n % 60},{1 + n % 5}\n" for n in range(1_200))
    place = shelf("[ratings]\nuser = 1\nitem = 2\n", f"user,book,rating\n{rows}{bad}\n")
    message = complaint(place)
    assert "line 1202 is malformed" in message
    assert 'data.load(bad_rows="skip")' in message
    assert len(data.load(place, bad_rows="skip").ratings) == 1_200
    assert f"left out: {bad}" in capsys.readouterr().out


@pytest.mark.parametrize(("user", "item"), [("1.0", "5.0"), (" 1", "5 "), ("1", "5")])
def test_numbers_of_many_forms_are_the_same_ids(shelf, user, item):
    books = f"book_id,title\n{item},Five\n6,Six\n"
    ratings = f"user_id,book_id,rating\n{user},{item},3\n1,6,4\n"
    dataset = data.load(shelf(ratings=ratings, books=books))
    assert triples(dataset) == [(1, 5, 3.0), (1, 6, 4.0)]
    assert dataset.movies["title"].tolist() == ["Five", "Six"]


# The description itself


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("scale", "scales", "Do you mean scale"),
        ('user = "user_id"', "user = user_id", "not TOML"),
        ('user = "user_id"', 'user = "userid2"', "There is no column userid2"),
        ('user = "user_id"', "user = 9", "3 columns"),
        ('user = "user_id"', "user = 0", "number from 1"),
        ("[1, 5]", "[5, 1]", "the lower first"),
        ("[1, 5]", '"1-5"', "two numbers"),
        ('"ratings.csv"', '"stars.csv"', "stars.csv is missing"),
        ('"ratings.csv"', '"data\\ratings.csv"', "stars|missing|not TOML"),
        ("[items]", "[item]", "Do you mean items"),
        ("[ratings]", "ratings = 3\n[rating]", "there is no key rating"),
        ('id = "book_id"', 'id = "isbn"', "There is no column isbn"),
        ('id = "book_id"', 'id = "book_id"\ntitle = "name"', "There is no column name"),
        ('id = "book_id"', 'id = "book_id"\nencoding = "klingon"', "name of an encoding"),
        ("scale = [1, 5]", "header = false", "without a header"),
        ("scale = [1, 5]", 'header = "no"', "true or false"),
        ("scale = [1, 5]", 'form = "wide"', '"rows", "matrix"'),
        ("scale = [1, 5]", 'timestamp = "when"', "There is no column when"),
        ("scale = [1, 5]", "header = false\nuser = 1", "Cannot overwrite|not TOML"),
    ],
)
def test_a_mistake_in_the_description_is_named(shelf, old, new, expected):
    assert old in BOOK_TOML
    assert re.search(expected, complaint(shelf(BOOK_TOML.replace(old, new))))


def test_a_header_that_is_said_to_be_missing_is_named(shelf):
    toml = "[ratings]\nheader = false\nuser = 1\nitem = 2\nrating = 3\nscale = [1, 5]\n"
    assert "header = true" in complaint(shelf(toml))
    assert len(data.load(shelf(toml.replace("false", "true"))).ratings) == 4


def test_the_page_on_data_lists_every_key(repository_root):
    page = (repository_root / "docs" / "data.md").read_text(encoding="utf-8")
    for kind in (RatingsFile, ItemsFile):
        for key in kind.__dataclass_fields__:
            assert f"`{key}`" in page
    examples = re.findall(r"```toml\n(.*?)```", page, flags=re.DOTALL)
    assert len(examples) >= 3
    for example in examples:
        table = tomllib.loads(example)
        RatingsFile(**table["ratings"])
        ItemsFile(**table.get("items", {}))


@pytest.fixture
def repository_root(request):
    return request.config.rootpath


# Missing columns


@pytest.fixture
def bare(shelf):
    """Return the books, without times and without genres."""
    return data.load(shelf())


NEEDS_TIMES = {
    "a column": lambda r: r["timestamp"],
    "an attribute": lambda r: r.timestamp,
    "a place": lambda r: r.loc[:, "timestamp"],
    "some rows": lambda r: r[r["rating"] > 1].iloc[:2].loc[:, "timestamp"],
    "sorting": lambda r: r.sort_values("timestamp"),
    "sorting of users": lambda r: r.sort_values(["userId", "timestamp"]),
    "a time of each user": lambda r: r.groupby("userId")["timestamp"].max(),
    "grouping": lambda r: r.groupby("timestamp").size(),
    "the latest": lambda r: r.nlargest(2, "timestamp"),
    "after a merge": lambda r: r.merge(r[["userId"]], on="userId")["timestamp"],
    "after a change": lambda r: r.assign(user=1).rename(columns={"rating": "y"})["timestamp"],
    "after concat": lambda r: pd.concat([r, r])["timestamp"],
    "a copy": lambda r: r.sample(frac=1, random_state=1).reset_index(drop=True).copy()["timestamp"],
}


@pytest.mark.parametrize("step", NEEDS_TIMES, ids=str)
def test_a_step_that_needs_times_says_so(bare, step):
    with pytest.raises(data.DataError) as error:
        NEEDS_TIMES[step](bare.ratings)
    message = str(error.value)
    assert message.startswith("These ratings have no timestamps")
    assert "COURSE_DATA=simulated" in message


@pytest.mark.parametrize(
    "step",
    [
        lambda m: m["genres"].str.split("|"),
        lambda m: m.set_index("movieId").loc[[40]]["genres"],
        lambda m: m.genres,
        lambda m: m.groupby("genres").size(),
    ],
)
def test_a_step_that_needs_genres_says_so(bare, step):
    with pytest.raises(data.DataError, match="These items have no genres"):
        step(bare.movies)


def test_steps_that_need_neither_run(bare, tmp_path):
    ratings, movies = bare
    path = tmp_path / "ratings.csv"
    ratings.to_csv(path, index=False)
    assert list(pd.read_csv(path)) == list(ratings)
    best = ratings.merge(movies, on="movieId").sort_values(["rating", TIMES], ascending=False)
    assert best[["rating", "title", "genres"]].iloc[0].tolist() == [
        5.0,
        "Tea, or: Coffee",
        "(no genres listed)",
    ]
    assert ratings["movieId"].value_counts().iloc[0] == 2
    assert ratings.groupby("userId")["rating"].mean()[7] == 4
    assert "rating" in repr(ratings)
    assert ratings.describe().loc["count", "rating"] == 4
    assert movies[["movieId", "genres"]].merge(ratings, on="movieId")["rating"].sum() == 13
    assert ratings.pivot(index="userId", columns="movieId", values="rating").shape == (3, 3)


def test_times_that_are_given_later_count(bare):
    ratings = bare.ratings.assign(timestamp=[5, 6, 7, 8])
    assert ratings.sort_values(TIMES)[TIMES].tolist() == [5, 6, 7, 8]
    assert bare.ratings.iloc[:0][TIMES].tolist() == []


def test_a_set_with_all_columns_has_plain_frames(folder):
    text = "userId,movieId,rating,timestamp\n1,5,4.5,0\n"
    movies = "movieId,title,genres\n5,A,War\n"
    dataset = data.load(folder("x", **{"ratings.csv": text, "movies.csv": movies}))
    assert type(dataset.ratings) is type(dataset.movies) is pd.DataFrame
    assert dataset.ratings[TIMES].tolist() == [0]


def test_the_note_names_what_is_missing(shelf, capsys):
    data.load(shelf())
    assert "no genres and no timestamps: a step that needs them says so" in capsys.readouterr().out
    toml = BOOK_TOML + 'genres = "authors"\ngenre_separator = ","\n'
    dataset = data.load(shelf(toml))
    assert dataset.movies["genres"].tolist()[0] == "Ana|B"
    shown = capsys.readouterr().out
    assert "no timestamps" in shown
    assert "genres" not in shown


# Ids and ratings of many kinds


@pytest.mark.parametrize("n_rows", [3, 900, 5_000])
def test_isbns_are_text_where_some_end_in_a_letter(shelf, n_rows):
    isbns = [f"{n:09}{'X' if n % 11 == 10 else n % 10}" for n in range(n_rows, 2 * n_rows)]
    isbns[-1] = isbns[-1][:-1] + "X"
    rows = "".join(f"u{n % 7},{isbn},3\n" for n, isbn in enumerate(isbns))
    toml = '[ratings]\nuser = 1\nitem = 2\n[items]\nfile = "books.csv"\nid = 1\ntitle = 2\n'
    books = "isbn,name\n" + "".join(f"{isbn},Book {isbn}\n" for isbn in isbns)
    ratings, movies = data.load(shelf(toml, f"user,isbn,rating\n{rows}", books))
    titles = movies.set_index("movieId")["title"]
    assert [titles[movie] for movie in ratings["movieId"]] == [f"Book {isbn}" for isbn in isbns]


def test_ids_that_become_text_far_down_are_text_throughout(shelf):
    isbns = [str(10**9 + n) for n in range(4_000)] + [f"{n}X" for n in range(4_000)]
    rows = "".join(f"1,{isbn},3\n" for isbn in isbns)
    toml = "[ratings]\nuser = 1\nitem = 2\n"
    ratings, movies = data.load(shelf(toml, f"user,isbn,rating\n{rows}"))
    titles = movies.set_index("movieId")["title"]
    assert [titles[movie] for movie in ratings["movieId"]] == isbns


@pytest.mark.parametrize("none", ["0", "-1", "99"])
def test_a_number_that_stands_for_no_rating_is_left_out(shelf, none):
    ratings = BOOK_RATINGS + f"9,12,{none}\n9,40,{none}\n"
    assert "Expected a rating from 1 to 5" in complaint(shelf(ratings=ratings))
    toml = BOOK_TOML.replace("scale", f"no_rating = {none}\nscale")
    assert len(data.load(shelf(toml, ratings)).ratings) == 4


def test_ratings_of_which_none_counts_are_named(shelf):
    toml = BOOK_TOML.replace("scale", "no_rating = 0\nscale")
    assert "has no rows" in complaint(shelf(toml, "user_id,book_id,rating\n1,2,0\n1,3,0\n"))


def test_a_path_to_a_table_comes_before_that_of_the_description(shelf):
    place = shelf(**{"other.csv": "user_id,book_id,rating\n5,40,2\n"})
    assert triples(data.load(place / "other.csv")) == [(5, 40, 2.0)]


def test_notepads_ending_of_the_description_does_not_matter(folder):
    files = {"ratings.csv": BOOK_RATINGS, "books.csv": BOOKS}
    place = folder(
        "shelf", **files, **{"dataset.toml.txt": "\ufeff" + BOOK_TOML.replace("\n", "\r\n")}
    )
    assert data.load(place).name == "books"


def test_a_table_beside_many_folders_is_read_without_listing_them(shelf, monkeypatch):
    place = shelf()
    for number in range(3):
        (place / f"deep{number}" / "deeper").mkdir(parents=True)
    import os

    seen = []
    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: seen.append(path) or scandir(path))
    data.load(place / "ratings.csv")
    assert [str(path) for path in seen] == [str(place)]


@pytest.mark.parametrize("file", ["NFC", "NFD"])
@pytest.mark.parametrize("header", ["NFC", "NFD"])
def test_accents_of_macos_and_of_others_are_alike(folder, file, header):
    toml = '[ratings]\nfile = "élèves.csv"\nuser = "élève"\nitem = 2\nrating = 3\n'
    name = unicodedata.normalize(file, "élèves.csv")
    text = unicodedata.normalize(header, "élève,livre,note\nZoé,7,3\n")
    place = folder("c", **{name: text, "dataset.toml": toml})
    assert len(data.load(place).ratings) == 1


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_note_appears_on_a_terminal_of_another_encoding(folder, monkeypatch, encoding):
    place = folder("本棚", **{"ratings.csv": "userId;movieId;rating;note\n1;2;3,5;日本\n"})
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr("sys.stdout", stream)
    assert len(data.load(place).ratings) == 1
    shown = stream.buffer.getvalue().decode(encoding)
    assert "Note" in shown


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_described_form_needs_no_note_and_another_one_does(folder, capsys, encoding):
    text = "userId;movieId;rating;timestamp\n1;5;4,5;978300760\n"
    place = folder("x", **{"ratings.csv": text.encode(encoding)})
    assert len(data.load(place).ratings) == 1
    shown = capsys.readouterr().out
    assert "differs from MovieLens' files" in shown
    assert "semicolons between the columns; decimal commas" in shown
    folder("x", **{"dataset.toml": ""})
    assert len(data.load(place).ratings) == 1
    assert "differs" not in capsys.readouterr().out


@pytest.mark.parametrize("title", ["Ran (1985) ", " Ran", "R  an"])
def test_titles_stay_as_they_are(shelf, title):
    toml = '[ratings]\nuser = 1\nitem = 2\n[items]\nfile = "books.csv"\nid = 1\n'
    assert data.load(shelf(toml, books=f"id,title\n12,{title}\n33,b\n")).movies["title"][0] == title


@pytest.mark.parametrize("separator", [" ", "·", "||", "::", " ; "])
def test_separators_of_many_kinds(folder, separator):
    text = "".join(separator.join(row) + "\n" for row in (["a", "1", "4.5"], ["b", "2", "3"]))
    toml = f'[ratings]\nheader = false\nuser = 1\nitem = 2\nrating = 3\nseparator = "{separator}"\n'
    dataset = data.load(folder("x", **{"ratings.csv": text, "dataset.toml": toml}))
    assert triples(dataset) == [(1, 1, 4.5), (2, 2, 3.0)]


@pytest.mark.parametrize("separator", ["a", '\\"', "\\n", "1"])
def test_a_separator_that_is_none_is_named(shelf, separator):
    toml = BOOK_TOML.replace("scale", f'separator = "{separator}"\nscale')
    assert "the text between two columns" in complaint(shelf(toml))


@pytest.mark.parametrize(
    "encoding",
    ["UTF8", "utf_16", "UTF-16LE", "utf-32", "Latin1", "shift_jis", "cp437", "utf-8-sig"],
)
@pytest.mark.parametrize("bad", ["", "7,x,3\n"])
def test_encodings_of_many_kinds(shelf, encoding, bad):
    rows = "".join(f"{n // 60},{n % 60},{1 + n % 5}\n" for n in range(1_200))
    text = f"user,book,rating\n{rows}{bad}".encode(encoding)
    toml = f'[ratings]\nuser = 1\nitem = 2\nencoding = "{encoding}"\n'
    assert len(data.load(shelf(toml, text), bad_rows="skip").ratings) == 1_200

"""`data.load`: sources of ratings, the forms of their files, and all failures.

Every set here is made up. Downloads come from a server on the loopback interface.
"""

import errno
import hashlib
import io
import os
import subprocess
import sys
import threading
import zipfile
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pandas as pd
import pooch
import pytest

import recommender_data as data
import recommender_data.download
import recommender_data.sources

REAL_FOLDER = os.environ.get("MOVIELENS_DIR")
CLOSED_PORT = "http://127.0.0.1:9"

RATINGS = [(1, 10, 4.0, 978300760), (1, 31, 3.0, 978302109), (2, 10, 5.0, 978298413)]
MOVIES = [
    (10, "The Glass Otter (1996)", "Comedy|Drama"),
    (31, "Été à Marlonne, or: The Tide (1951)", "Romance"),
    (47, "Unseen (2000)", "(no genres listed)"),
]

LATEST = {
    "ratings.csv": "userId,movieId,rating,timestamp\n"
    "1,10,4.0,978300760\n1,31,3.0,978302109\n2,10,5.0,978298413\n",
    "movies.csv": "movieId,title,genres\n"
    "10,The Glass Otter (1996),Comedy|Drama\n"
    '31,"Été à Marlonne, or: The Tide (1951)",Romance\n'
    "47,Unseen (2000),(no genres listed)\n",
}
ONE_M = {
    "ratings.dat": "1::10::4::978300760\n1::31::3::978302109\n2::10::5::978298413\n",
    "movies.dat": "10::The Glass Otter (1996)::Comedy|Drama\n"
    "31::Été à Marlonne, or: The Tide (1951)::Romance\n"
    "47::Unseen (2000)::(no genres listed)\n",
}
GENRES_100K = ["unknown", "Comedy", "Drama", "Romance"]
ITEM_100K = "{}|{}|01-Jan-1996||http://example.org|{}\n"
HUNDRED_K = {
    "u.data": "1\t10\t4\t978300760\n1\t31\t3\t978302109\n2\t10\t5\t978298413\n",
    "u.genre": "".join(f"{name}|{index}\n" for index, name in enumerate(GENRES_100K)) + "\n",
    "u.item": ITEM_100K.format(10, "The Glass Otter (1996)", "0|1|1|0")
    + ITEM_100K.format(31, "Été à Marlonne, or: The Tide (1951)", "0|0|0|1")
    + ITEM_100K.format(47, "Unseen (2000)", "1|0|0|0"),
}
FILES = {
    "ml-latest-small": LATEST,
    "ml-100k": HUNDRED_K,
    "ml-1m": ONE_M,
    "ml-20m": LATEST,
    "ml-25m": LATEST,
    "ml-32m": LATEST,
}


def encoded(name, files):
    encoding = "utf-8" if FILES[name] is LATEST else "latin-1"
    return {file: text.encode(encoding) for file, text in files.items()}


def write_folder(folder, name="ml-latest-small", **changed):
    """Write a set as GroupLens' archive unpacks it; `changed` maps a file to new text or None."""
    folder.mkdir(parents=True)
    files = {file: text for file, text in (FILES[name] | changed).items() if text is not None}
    for file, content in encoded(name, files).items():
        (folder / file).write_bytes(content)
    return folder


def make_archive(name="ml-latest-small", extra=()):
    """Return the bytes of a set's archive, equal at every call: its entries have no time of day."""
    files = {f"{name}/{file}": content for file, content in encoded(name, FILES[name]).items()}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for file, content in (files | dict.fromkeys(extra, b"not ours")).items():
            archive.writestr(zipfile.ZipInfo(file), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


@pytest.fixture(autouse=True)
def alone(monkeypatch, tmp_path):
    """Provide no set on this computer, an empty cache, and no network."""
    for variable in ("COURSE_DATA", "MOVIELENS_DIR"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("MOVIELENS_URL", CLOSED_PORT)
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture
def home(monkeypatch, tmp_path):
    """Set MOVIELENS_DIR to a folder without a set."""
    monkeypatch.setenv("MOVIELENS_DIR", str(tmp_path / "home"))
    return tmp_path / "home"


class Mirror:
    """A stand-in for GroupLens: `answer` writes the reply to each request."""

    def __init__(self):
        self.requests = []
        self.over = threading.Event()
        self.answer = self.send(make_archive())

    def be_silent(self, _handler=None):
        """Wait until the test is over, or for 30 seconds."""
        self.over.wait(30)

    @staticmethod
    def send(body, status=200, announced=None, then=lambda: None):
        def answer(handler):
            handler.send_response(status)
            handler.send_header("Content-Length", str(announced or len(body)))
            handler.end_headers()
            handler.wfile.write(body)
            handler.wfile.flush()
            then()

        return answer


@pytest.fixture
def mirror(monkeypatch):
    mirror = Mirror()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            mirror.requests.append(self.path)
            mirror.answer(self)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    monkeypatch.setenv("MOVIELENS_URL", f"http://127.0.0.1:{server.server_port}")
    pin(monkeypatch, "ml-latest-small", make_archive())
    yield mirror
    mirror.over.set()
    server.shutdown()
    server.server_close()
    thread.join()


def pin(monkeypatch, name, archive):
    """Make the checksum of a made-up archive the published checksum."""
    published = recommender_data.sources.PUBLISHED
    sha256 = hashlib.sha256(archive).hexdigest()
    monkeypatch.setitem(published, name, replace(published[name], sha256=sha256))


def cached():
    folder = Path(os.environ["COURSE_CACHE"])
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def assert_is_made_up_set(dataset, name="ml-latest-small"):
    ratings, movies = dataset
    assert dataset.name == name
    assert list(ratings.itertuples(index=False, name=None)) == RATINGS
    assert list(movies.itertuples(index=False, name=None)) == MOVIES


# Names


def test_an_unknown_name_is_refused_with_the_names_that_exist():
    with pytest.raises(ValueError, match="ml-lastest") as error:
        data.load("ml-lastest")
    assert all(name in str(error.value) for name in data.NAMES)


def test_without_a_name_course_data_decides_and_then_ml_latest_small(monkeypatch, home):
    write_folder(home / "ml-1m", "ml-1m")
    write_folder(home / "ml-latest-small")
    assert data.load().name == "ml-latest-small"
    monkeypatch.setenv("COURSE_DATA", "ml-1m")
    assert data.load().name == "ml-1m"


def test_simulated_needs_neither_folder_nor_network(mirror):
    dataset = data.load("simulated")
    assert dataset.name == "simulated"
    pd.testing.assert_frame_equal(dataset.ratings, data.simulate().ratings)
    assert mirror.requests == []


def test_importing_data_leaves_heavy_and_rarely_needed_packages_alone():
    code = (
        "import sys, recommender_data; recommender_data.load('simulated');"
        "print([name for name in ('pooch', 'requests', 'keras', 'tensorflow', 'sklearn')"
        " if name in sys.modules])"
    )
    root = Path(data.__file__).parent.parent
    shown = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == "[]"


# Forms


@pytest.mark.parametrize("name", FILES)
def test_every_published_form_gives_the_same_columns_types_and_rows(home, name):
    write_folder(home / name, name)
    dataset = data.load(name)
    assert_is_made_up_set(dataset, name)
    assert dict(dataset.ratings.dtypes) == {
        "userId": np.int64,
        "movieId": np.int64,
        "rating": np.float64,
        "timestamp": np.int64,
    }
    assert list(dataset.movies) == ["movieId", "title", "genres"]
    assert dataset.movies["movieId"].dtype == np.int64
    assert all(type(text) is str for text in dataset.movies[["title", "genres"]].to_numpy().flat)


@pytest.mark.parametrize("name", ["ml-latest-small", "ml-100k", "ml-1m"])
def test_titles_that_look_like_a_missing_value_or_a_quotation_are_kept(home, name):
    strange = {
        "ml-latest-small": {
            "movies.csv": 'movieId,title,genres\n1,NA,Drama\n2,"The ""Last"" Bee, or: 2",Drama\n'
        },
        "ml-100k": {
            "u.item": ITEM_100K.format(1, "NA", "0|0|1|0")
            + ITEM_100K.format(2, 'The "Last" Bee, or: 2', "0|0|1|0")
        },
        "ml-1m": {"movies.dat": '1::NA::Drama\n2::The "Last" Bee, or: 2::Drama\n'},
    }
    write_folder(home / name, name, **strange[name])
    assert list(data.load(name).movies["title"]) == ["NA", 'The "Last" Bee, or: 2']


def test_ml_100k_drops_the_genre_unknown_where_another_is_known(home):
    items = ITEM_100K.format(1, "Half Known", "1|0|1|0") + ITEM_100K.format(2, "Bare", "0|0|0|0")
    write_folder(home / "ml-100k", "ml-100k", **{"u.item": items})
    assert list(data.load("ml-100k").movies["genres"]) == ["Drama", "(no genres listed)"]


def test_windows_line_ends_and_blank_lines_are_read(home):
    text = LATEST["ratings.csv"].replace("\n", "\r\n") + "\r\n"
    write_folder(home / "ml-latest-small", **{"ratings.csv": text})
    assert_is_made_up_set(data.load())


# A set on this computer


def test_movielens_dir_may_be_the_folder_of_the_set_itself(monkeypatch, tmp_path):
    folder = write_folder(tmp_path / "ml-latest-small")
    monkeypatch.setenv("MOVIELENS_DIR", str(folder))
    assert_is_made_up_set(data.load())


def test_the_folder_of_one_set_is_not_taken_for_another(monkeypatch, tmp_path):
    folder = write_folder(tmp_path / "ml-25m", "ml-25m")
    monkeypatch.setenv("MOVIELENS_DIR", str(folder))
    assert data.load("ml-latest-small").name == "simulated"


@pytest.mark.parametrize("name", ["ml-latest-small", "ml-100k", "ml-1m", "ml-32m"])
def test_movielens_dir_may_hold_the_archive(home, name):
    home.mkdir()
    (home / f"{name}.zip").write_bytes(make_archive(name))
    assert_is_made_up_set(data.load(name), name)


def test_movielens_dir_comes_before_the_network(home, mirror):
    write_folder(home / "ml-latest-small")
    data.load()
    assert mirror.requests == []


def test_only_the_expected_members_of_an_archive_are_touched(home, tmp_path):
    home.mkdir()
    archive = make_archive(extra=["../evil.txt", "/evil.txt", "ml-latest-small/../../evil.txt"])
    (home / "ml-latest-small.zip").write_bytes(archive)
    before = sorted(tmp_path.rglob("*"))
    assert_is_made_up_set(data.load())
    assert sorted(tmp_path.rglob("*")) == before


# Download and cache


@pytest.mark.parametrize("name", ["ml-latest-small", "ml-100k", "ml-1m"])
def test_a_download_is_checked_kept_and_used_again(monkeypatch, mirror, capfd, name):
    mirror.answer = mirror.send(make_archive(name))
    pin(monkeypatch, name, make_archive(name))
    assert_is_made_up_set(data.load(name), name)
    assert cached() == [f"{name}.zip"]

    monkeypatch.setenv("MOVIELENS_URL", CLOSED_PORT)
    assert_is_made_up_set(data.load(name), name)
    assert mirror.requests == [f"/{name}.zip"]
    shown = capfd.readouterr()
    assert "Downloading" in shown.out
    assert shown.err == ""


WITHOUT_CHECKSUM = ["ml-10m", "ml-32m", "ml-latest"]


def test_every_checksum_is_pinned_except_those_that_are_unknown():
    missing = [name for name, it in recommender_data.sources.PUBLISHED.items() if it.sha256 is None]
    assert missing == WITHOUT_CHECKSUM


@pytest.mark.parametrize("name", WITHOUT_CHECKSUM)
def test_a_set_without_checksum_is_not_downloaded(mirror, name):
    with pytest.raises(data.DataError, match="by hand .* MOVIELENS_DIR"):
        data.load(name)
    assert mirror.requests == []


def wrong_content(mirror, monkeypatch):
    mirror.answer = mirror.send(make_archive("ml-1m"))


def cut_transfer(mirror, monkeypatch):
    mirror.answer = mirror.send(make_archive()[:50], announced=len(make_archive()))


def silence_in_the_middle(mirror, monkeypatch):
    monkeypatch.setattr(recommender_data.download, "TIMEOUT", (5, 1))
    half = make_archive()[:50]
    mirror.answer = mirror.send(half, announced=200, then=mirror.be_silent)


def not_found(mirror, monkeypatch):
    mirror.answer = mirror.send(b"no such file", status=404)


def server_error(mirror, monkeypatch):
    mirror.answer = mirror.send(b"later", status=503)


def full_disk(mirror, monkeypatch):
    def write_until_full(self, url, output_file, pooch, check_only=False):
        Path(output_file).write_bytes(make_archive()[:50])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(pooch.HTTPDownloader, "__call__", write_until_full)


def no_such_scheme(mirror, monkeypatch):
    monkeypatch.setenv("MOVIELENS_URL", "gopher://127.0.0.1")


FAILURES = {
    wrong_content: "SHA-256",
    cut_transfer: "download failed",
    silence_in_the_middle: "download failed",
    not_found: "404",
    server_error: "503",
    full_disk: "disk is full.*COURSE_CACHE",
    no_such_scheme: "download failed",
}


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.__name__)
def test_a_failed_download_says_why_leaves_nothing_and_can_be_tried_again(
    monkeypatch, mirror, failure
):
    with monkeypatch.context() as trouble:
        failure(mirror, trouble)
        with pytest.raises(data.DataError, match=FAILURES[failure]):
            data.load()
        assert cached() == []
    mirror.answer = mirror.send(make_archive())
    assert_is_made_up_set(data.load())


@pytest.mark.parametrize("damage", [b"", make_archive()[:-20], make_archive("ml-1m")])
def test_a_damaged_file_in_the_cache_is_fetched_again(mirror, damage):
    data.load()
    (Path(os.environ["COURSE_CACHE"]) / "ml-latest-small.zip").write_bytes(damage)
    assert_is_made_up_set(data.load())
    assert len(mirror.requests) == 2


def test_a_failure_to_replace_a_damaged_file_is_not_hidden_by_it(mirror):
    data.load()
    (Path(os.environ["COURSE_CACHE"]) / "ml-latest-small.zip").write_bytes(b"damaged")
    mirror.answer = mirror.send(b"no such file", status=404)
    with pytest.raises(data.DataError, match="404"):
        data.load()


def test_a_cache_that_cannot_be_used_is_named(monkeypatch, mirror, tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "file"))
    with pytest.raises(data.DataError, match="COURSE_CACHE"):
        data.load()


# No network


def test_without_a_network_simulated_ratings_come_with_a_notice(capfd):
    dataset = data.load("ml-latest-small")
    assert dataset.name == "simulated"
    pd.testing.assert_frame_equal(dataset.ratings, data.simulate().ratings)
    shown = capfd.readouterr()
    assert "127.0.0.1:9 cannot be reached" in shown.out
    assert "simulated" in shown.out
    assert "MOVIELENS_DIR" in shown.out
    assert shown.err == ""


def test_a_name_that_does_not_resolve_counts_as_no_network(monkeypatch):
    monkeypatch.setenv("MOVIELENS_URL", "http://grouplens.invalid")
    assert data.load().name == "simulated"


def test_a_server_that_never_answers_counts_as_no_network(monkeypatch, mirror):
    monkeypatch.setattr(recommender_data.download, "TIMEOUT", (5, 0.2))
    mirror.answer = mirror.be_silent
    assert data.load().name == "simulated"


def test_without_a_network_a_damaged_file_in_the_cache_is_named(monkeypatch, mirror, capsys):
    data.load()
    archive = Path(os.environ["COURSE_CACHE"]) / "ml-latest-small.zip"
    archive.write_bytes(b"damaged")
    monkeypatch.setenv("MOVIELENS_URL", CLOSED_PORT)
    assert data.load().name == "simulated"
    assert f"{archive} is damaged" in capsys.readouterr().out


# Damaged files


@pytest.mark.parametrize(
    ("name", "file", "line", "text", "expected"),
    [
        ("ml-latest-small", "ratings.csv", 1, "user,movie,rating,time", "userId,movieId,rating"),
        ("ml-latest-small", "ratings.csv", 1, "userId,movieId,rating", "userId,movieId,rating"),
        ("ml-latest-small", "ratings.csv", 2, "1,10,4.0,978300760,9", "4 fields"),
        ("ml-latest-small", "ratings.csv", 3, "1,31,3.0", "4 fields"),
        ("ml-latest-small", "ratings.csv", 3, "1,31,3.0,978302109,9", "4 fields"),
        ("ml-latest-small", "ratings.csv", 3, "1,31,three,978302109", "rating (number)"),
        ("ml-latest-small", "ratings.csv", 3, "1,,3.0,978302109", "movieId (whole number)"),
        ("ml-latest-small", "ratings.csv", 3, "1,3.5,3.0,978302109", "movieId (whole number)"),
        ("ml-latest-small", "ratings.csv", 4, "2,10,5.5,978298413", "from 0.5 to 5"),
        ("ml-latest-small", "ratings.csv", 4, "2,10,nan,978298413", "rating (number)"),
        ("ml-latest-small", "ratings.csv", 4, "2,10,inf,978298413", "rating (number)"),
        ("ml-latest-small", "ratings.csv", 4, f"{10**19},10,5.0,9782", "userId (whole number)"),
        ("ml-latest-small", "ratings.csv", 4, "0,10,5.0,978298413", "ids from 1"),
        ("ml-latest-small", "ratings.csv", 4, "2,10,5.0,-1", "a time from 0"),
        ("ml-latest-small", "movies.csv", 2, "ten,The Glass Otter,Drama", "movieId (whole number)"),
        ("ml-latest-small", "movies.csv", 2, "10,,Drama", "a title"),
        ("ml-latest-small", "movies.csv", 4, "47,Unseen (2000)", "3 fields"),
        ("ml-latest-small", "movies.csv", 4, "47,Unseen (2000),", "genres, or (no genres listed)"),
        ("ml-latest-small", "movies.csv", 3, '31,"The Tide,Romance', "3 fields"),
        ("ml-1m", "ratings.dat", 1, "1::10::4", "4 fields"),
        ("ml-1m", "ratings.dat", 2, "1::31::3::978302109::1", "4 fields"),
        ("ml-1m", "ratings.dat", 3, "2::10::6::978298413", "from 0.5 to 5"),
        ("ml-1m", "movies.dat", 2, "31::The Tide", "3 fields"),
        ("ml-100k", "u.data", 2, "1\t31\tthree\t978302109", "rating (number)"),
        ("ml-100k", "u.item", 1, "10|The Glass Otter (1996)|0|1|1|0", "9 fields"),
        ("ml-100k", "u.item", 2, "31|The Tide|a|b|c|0|0|0|2", "genre flags of 0 or 1"),
        ("ml-100k", "u.genre", 2, "Comedy", "2 fields"),
    ],
)
def test_a_malformed_row_is_named_with_file_line_and_what_was_expected(
    home, name, file, line, text, expected
):
    lines = FILES[name][file].splitlines(keepends=True)
    lines[line - 1] = f"{text}\n"
    folder = write_folder(home / name, name, **{file: "".join(lines)})
    with pytest.raises(data.DataError) as error:
        data.load(name)
    assert f"{folder / file}, line {line} is malformed" in str(error.value)
    assert expected in str(error.value)


def many_ratings(*inserted):
    """Return a ratings.csv of 2,000 good rows with further lines after the 1,000th."""
    rows = [f"{1 + n // 50},{1 + n % 50},3.5,{10**9 + n}" for n in range(2_000)]
    return "\n".join(
        [LATEST["ratings.csv"].split("\n")[0], *rows[:1_000], *inserted, *rows[1_000:]]
    )


def test_a_few_bad_rows_are_left_out_and_named_when_asked_for(home, capsys):
    file = write_folder(home / "ml-latest-small", **{"ratings.csv": many_ratings("1,2,x,3")})
    ratings, _movies = data.load(bad_rows="skip")
    assert len(ratings) == 2_000
    assert list(ratings.dtypes.astype(str)) == ["int64", "int64", "float64", "int64"]
    told = f"{file / 'ratings.csv'}, line 1002 is malformed and left out: 1,2,x,3"
    assert told in capsys.readouterr().out
    with pytest.raises(data.DataError, match="line 1002 is malformed"):
        data.load()


@pytest.mark.parametrize(
    "text",
    [
        many_ratings("1,2,x,3", "1,2", "", "a,b,c,d"),
        many_ratings("1,2,x,3").replace("userId", "user"),
    ],
    ids=["too many", "another header"],
)
def test_a_file_in_another_form_is_an_error_even_so(home, text):
    write_folder(home / "ml-latest-small", **{"ratings.csv": text})
    with pytest.raises(data.DataError, match="malformed"):
        data.load(bad_rows="skip")


def test_blank_lines_and_quoted_line_ends_do_not_shift_the_line_named(home):
    text = 'movieId,title,genres\n\n10,"The Glass\nOtter",Drama\nx,Unseen,Drama\n'
    write_folder(home / "ml-latest-small", **{"movies.csv": text})
    with pytest.raises(data.DataError, match="line 5 is malformed"):
        data.load()


def test_text_in_another_encoding_is_named(home):
    folder = write_folder(home / "ml-latest-small")
    text = LATEST["movies.csv"].encode("latin-1")
    (folder / "movies.csv").write_bytes(text)
    with pytest.raises(data.DataError, match="line 3 is malformed. Expected text in utf-8"):
        data.load()


@pytest.mark.parametrize("text", ["", "userId,movieId,rating,timestamp\n"])
def test_an_empty_file_is_named(home, text):
    write_folder(home / "ml-latest-small", **{"ratings.csv": text})
    with pytest.raises(data.DataError, match=r"ratings\.csv"):
        data.load()


@pytest.mark.parametrize(
    ("name", "file"),
    [(name, file) for name in ("ml-latest-small", "ml-100k", "ml-1m") for file in FILES[name]],
)
def test_a_missing_file_is_named(home, name, file):
    folder = write_folder(home / name, name, **{file: None})
    with pytest.raises(data.DataError) as error:
        data.load(name)
    assert f"{folder / file} is missing" in str(error.value)


def test_a_file_missing_in_an_archive_is_named(home):
    home.mkdir()
    (home / "ml-latest-small.zip").write_bytes(make_archive("ml-1m"))
    with pytest.raises(data.DataError, match=r"ratings\.csv is missing"):
        data.load()


def test_an_archive_that_is_none_is_named(home):
    home.mkdir()
    (home / "ml-latest-small.zip").write_bytes(make_archive()[:-30])
    with pytest.raises(data.DataError, match=r"ml-latest-small\.zip"):
        data.load()


def test_a_damaged_member_of_an_archive_is_named(home):
    home.mkdir()
    archive = bytearray(make_archive())
    archive[70:80] = bytes(10)
    (home / "ml-latest-small.zip").write_bytes(archive)
    with pytest.raises(data.DataError, match=r"ratings\.csv cannot be read"):
        data.load()


# The real thing


def test_the_real_ml_latest_small_is_read_whole(monkeypatch, capsys):
    if not REAL_FOLDER:
        pytest.skip("MOVIELENS_DIR is not set")
    monkeypatch.setenv("MOVIELENS_DIR", REAL_FOLDER)
    ratings, movies = data.load("ml-latest-small", bad_rows="skip")
    n_skipped = capsys.readouterr().out.count("left out")
    assert len(ratings) + n_skipped == 100_836
    assert ratings["userId"].nunique() == 610
    assert len(movies) == 9_742
    assert 9_724 - n_skipped <= ratings["movieId"].nunique() <= 9_724
    assert set(ratings["movieId"]) <= set(movies["movieId"])

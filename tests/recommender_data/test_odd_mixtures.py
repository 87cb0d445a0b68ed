"""Many kinds of oddity and damage at once, drawn at random from a seed."""

import csv
import gzip
import io
import random
from datetime import UTC, datetime

import pytest

import recommender_data as data

NAME = "ml-latest-small"
HEADER = ["userId", "movieId", "rating", "timestamp"]
WORDS = ["Été", "A, B", 'The "X"', "It's", "1984", "Ñu; x", "a|b", "x\ty", "Œ 日本"]


class Mixture:
    """A set that a seed determines, and the form in which it is written."""

    def __init__(self, seed):
        self.rng = rng = random.Random(seed)
        n_rows = rng.choice([3, 30, 300])
        pairs = set()
        while len(pairs) < n_rows:
            pairs.add((rng.randint(1, 200), rng.randint(1, 60)))
        self.rows = sorted(
            (user, film, rng.randint(1, 10) / 2, rng.randint(9 * 10**8, 16 * 10**8))
            for user, film in pairs
        )
        films = sorted({film for _user, film in pairs} | {999})
        self.titles = {film: f"{rng.choice(WORDS)} {film}" for film in films}
        self.encoding = rng.choice(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
        self.form = {
            "delimiter": rng.choice([",", ";", "\t", "|"]),
            "lineterminator": rng.choice(["\n", "\r\n", "\r"]),
            "quoting": rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
        }
        self.decimal = rng.choice(".,")
        self.times_are_texts = rng.random() < 0.2

    def ratings(self):
        rng = self.rng
        order = rng.sample(range(4), 4)
        n_extra = rng.choice([0, 1, 2])
        capitals = rng.choice([str, str.upper, str.lower])
        lines = [[capitals(HEADER[k]) for k in order] + [f"x{k}" for k in range(n_extra)]]
        for user, film, stars, time in self.shuffled():
            number = rng.choice([f"{stars:.1f}", f"{stars:g}", f"{stars:.2f}"])
            shown = f"{datetime.fromtimestamp(time, UTC):%Y-%m-%d %H:%M:%S}"
            fields = [user, film, number.replace(".", self.decimal)]
            fields.append(shown if self.times_are_texts else time)
            extra = [rng.choice(["", "7", "é"]) for _ in range(n_extra)]
            lines.append([fields[k] for k in order] + extra)
        return self.written(lines)

    def movies(self):
        genres = self.rng.choice(["Drama", "War|Comedy"])
        rows = [[film, title, genres] for film, title in self.titles.items()]
        return self.written([["movieId", "title", "genres"], *rows])

    def shuffled(self):
        return self.rng.sample(self.rows, len(self.rows))

    def written(self, lines):
        stream = io.StringIO(newline="")
        csv.writer(stream, **self.form).writerows(lines)
        content = stream.getvalue().encode(self.encoding)
        return gzip.compress(content) if self.rng.random() < 0.15 else content


@pytest.mark.parametrize("seed", range(20))
def test_a_mixture_of_oddities_is_read_as_the_plain_set(folder, monkeypatch, seed):
    mixture = Mixture(seed)
    names = mixture.rng.choice(["ratings.csv", "Ratings.CSV"]), "movies.csv"
    files = dict(zip(names, (mixture.ratings(), mixture.movies()), strict=True))
    place = folder(f"home/{NAME}", **files)
    monkeypatch.setenv("MOVIELENS_DIR", str(place.parent))
    for what in (NAME, place):
        ratings, movies = data.load(what)
        assert sorted(ratings.itertuples(index=False, name=None)) == mixture.rows
        assert dict(zip(movies["movieId"], movies["title"], strict=True)) == mixture.titles


def damaged(rng, content):
    """Return a file with one to five changes at random places."""
    content = bytearray(content)
    inserted = [b'"', b",", b";", b"\n", b"\r", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\t", b"\xe9"]
    inserted += [b"nan", b"1e999", b"-", b"9" * 25, b"'", b"\xe2\x80"]
    for _change in range(rng.choice([1, 1, 2, 5])):
        place = rng.randrange(len(content) or 1)
        kind = rng.randrange(5)
        if kind == 0:
            content[place : place + 1] = rng.randbytes(1)
        elif kind == 1:
            del content[place : place + rng.randint(1, 30)]
        elif kind == 2:
            content[place:place] = rng.choice(inserted)
        elif kind == 3:
            content[place:place] = content[max(0, place - 50) : place]
        else:
            old, new = rng.choice([b",", b"\n", b"1"]), rng.choice([b"", b" ", b"\t", b"\r", b",,"])
            content[:] = content.replace(old, new, rng.choice([1, 10**6]))
    return bytes(content)


@pytest.mark.parametrize("seed", range(40))
def test_damage_is_read_or_named_and_the_advice_holds(folder, monkeypatch, seed):
    rng = random.Random(seed)
    rows = "".join(
        f"{n // 9 + 1},{n % 9 + 1},{n % 10 / 2 + 0.5},{10**9 + n}\n" for n in range(1_500)
    )
    files = {
        "ratings.csv": f"{','.join(HEADER)}\n{rows}".encode(),
        "movies.csv": b"movieId,title,genres\n"
        + "".join(f'{n},"T, é{n}",War|Drama\n' for n in range(1, 10)).encode(),
    }
    file = rng.choice(list(files))
    place = folder(f"home/{NAME}", **files | {file: damaged(rng, files[file])})
    monkeypatch.setenv("MOVIELENS_DIR", str(place.parent))
    for what in (NAME, place):
        try:
            ratings, movies = data.load(what)
        except data.DataError as error:
            if "data.load(" in str(error):
                assert len(data.load(what, bad_rows="skip").ratings) > 1_000
            continue
        assert list(ratings.dtypes.astype(str)) == ["int64", "int64", "float64", "int64"]
        assert ratings["rating"].between(0.5, 5).all()
        assert not ratings.duplicated(["userId", "movieId"]).any()
        assert movies["movieId"].is_unique

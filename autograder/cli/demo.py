"""`autograder demo`: the course's main path in a few minutes, on whatever data is at hand."""

import os
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
from rich.console import Console

import recommender_data as data
from autograder import course
from autograder.cli.demo_class import make_class
from autograder.course.misconceptions import catalogue
from autograder.grading.command import Options, grade_paths
from autograder.learner.carry_over import reference
from autograder.learner.figures import use_style
from autograder.reports.terminal import plain_console, print_reports
from autograder.running.runner import run
from autograder.running.targets import FileTarget
from autograder.util import paths
from autograder.util.i18n import _
from autograder.util.text import visible

STEP = "04_dot_product"
MISTAKE = "dot-normalised"
N_FACTORS = 32
MIN_RATINGS = 20
KNOWN_FILMS = 12


def demo(folder: Path) -> None:
    """Check three answers of one exercise; recommend, map, classify; grade a class.

    Args:
        folder: Where the figures and tables go.
    """
    if not os.environ.get("MOVIELENS_DIR"):
        os.environ.setdefault("COURSE_DATA", "simulated")
    folder.mkdir(parents=True, exist_ok=True)
    console = plain_console()

    console.rule(_("An exercise as a learner finds it"))
    print_reports(run(FileTarget.at(paths.exercises() / f"{STEP}.py")), console=console)
    console.rule(_("A half-right answer"))
    print_reports(run(_half_right()), console=console)
    console.rule(_("The reference solutions"))
    with console.status(_("checking every function of the course …")):
        reports = run(FileTarget.at(paths.solutions()))
    print_reports(reports, console=console)

    graded = [step.name for step in course.steps() if step.graded]
    steps = SimpleNamespace(**{n: f for name in graded for n, f in reference(name).items()})
    console.rule(_("The recommender"))
    trained = _train(steps, console)
    _recommend(steps, trained, console)
    console.rule(_("What the embeddings know"))
    for path in (_draw_map(steps, trained, folder), _score_genres(steps, trained, folder, console)):
        console.print(visible(_("written: {path}").format(path=path)), soft_wrap=True)

    console.rule(_("A class, graded in the sandbox"))
    _grade_class(folder, console)


def _half_right() -> FileTarget:
    """Return the reference with one function replaced by a known mistake."""
    folder = Path(tempfile.mkdtemp(prefix="demo-"))
    path = folder / f"{STEP}.py"
    text = (paths.solutions() / path.name).read_text(encoding="utf-8")
    path.write_text(f"{text}\n# %%\n{catalogue()[MISTAKE].code}", encoding="utf-8")
    return FileTarget.at(path)


def _train(steps: SimpleNamespace, console: Console) -> SimpleNamespace:
    """Return a biased model, trained on the set at hand, and all that later parts need."""
    dataset = data.load(bad_rows="skip")
    ratings, movies = dataset
    item_classes, item_map = steps.fit_encoder(ratings["movieId"])
    _users, user_map = steps.fit_encoder(ratings["userId"])
    train, val, test = steps.split_ratings(ratings, val_fraction=0.1, test_fraction=0.2, seed=0)
    parts = [steps.make_xy(part, user_map, item_map) for part in (train, val, test)]
    y = parts[0][1]
    model = steps.build_biased_mf(len(user_map), len(item_map), N_FACTORS, float(y.mean()))
    with console.status(_("training on {name} …").format(name=dataset.name)):
        history = steps.compile_and_fit(model, parts[0], parts[1], seed=0)
    (users, items), y_test = parts[2]
    predicted = np.clip(steps.predict_pairs(model, users[:, 0], items[:, 0]), 0.5, 5.0)
    console.print(
        _(
            "{name}: {n} ratings, {epochs} epochs; "
            "RMSE on unseen ratings {rmse:.3f}, mean {mean:.3f}"
        ).format(
            name=dataset.name,
            n=f"{len(ratings):,}",
            epochs=len(history.history["loss"]),
            rmse=steps.rmse(y_test, predicted),
            mean=steps.rmse(y_test, np.full(len(y_test), y.mean())),
        )
    )
    encoded = pd.DataFrame(
        {"user": parts[0][0][0][:, 0], "item": parts[0][0][1][:, 0], "rating": y}
    )
    return SimpleNamespace(
        model=model,
        train=encoded,
        movies=movies.set_index("movieId", drop=False),
        item_classes=np.asarray(item_classes),
        user_map=user_map,
        ratings=train,
    )


def _recommend(steps: SimpleNamespace, trained: SimpleNamespace, console: Console) -> None:
    """Print one user's favourites beside what the model recommends."""
    user = trained.ratings["userId"].mode()[0]
    liked = trained.ratings.query("userId == @user").nlargest(10, "rating")
    titles = trained.movies["title"].reindex(liked["movieId"]).tolist()
    seen = steps.seen_items(trained.train)
    recommended = steps.recommend(
        trained.model, user, trained.user_map, trained.item_classes, seen, trained.movies
    )
    from rich.table import Table

    table = Table(title=_("User {user}").format(user=user), box=None)
    table.add_column(_("liked"))
    table.add_column(_("recommended"))
    table.add_column(_("score"), justify="right")
    rows = zip(titles, recommended["title"], recommended["score"], strict=False)
    for old, new, score in rows:
        table.add_row(old, new, f"{score:.2f}")
    console.print(table)


def _rated_often(trained: SimpleNamespace) -> np.ndarray:
    """Return the positions of the films with `MIN_RATINGS` ratings or more, shape (n,)."""
    counts = np.bincount(trained.train["item"], minlength=len(trained.item_classes))
    return np.flatnonzero(counts >= MIN_RATINGS)


def _draw_map(steps: SimpleNamespace, trained: SimpleNamespace, folder: Path) -> Path:
    """Draw a t-SNE map of the films, coloured by first genre, with the best-known films named."""
    use_style()
    often = _rated_often(trained)
    films = trained.movies.reindex(trained.item_classes[often])
    vectors = steps.item_embeddings(trained.model)[often]
    coordinates = steps.tsne_2d(vectors, seed=0)
    first = films["genres"].str.split("|").str[0].fillna("?").to_numpy()
    common = pd.Series(first).value_counts().index[:7]
    labels = np.where(np.isin(first, common), first, _("other"))
    counts = trained.train["item"].value_counts()
    known = np.argsort(-counts.reindex(often).to_numpy())[:KNOWN_FILMS]
    titles = {int(k): films["title"].iloc[k] for k in known}
    axes = steps.plot_map(coordinates, labels, titles)
    path = folder / "map.png"
    axes.figure.savefig(path)
    return path


def _score_genres(
    steps: SimpleNamespace, trained: SimpleNamespace, folder: Path, console: Console
) -> Path:
    """Print the scores of genres from embeddings, beside those from shuffled embeddings."""
    often = _rated_often(trained)
    films = trained.movies.reindex(trained.item_classes[often])
    genres, _names = steps.genre_matrix(films, min_films=10)
    vectors = steps.item_embeddings(trained.model)[often]
    shuffled = np.random.default_rng(0).permutation(vectors)
    train, test = steps.split_items(len(often), seed=0)
    rows = {}
    for name, x in ((_("embeddings"), vectors), (_("shuffled embeddings"), shuffled)):
        classifier = steps.fit_genres(x[train], genres[train])
        rows[name] = steps.score_genres(genres[test], steps.predict_genres(classifier, x[test]))
    table = pd.DataFrame(rows).T.round(3)
    console.print(table.to_string())
    path = folder / "genres.csv"
    table.to_csv(path)
    return path


def _grade_class(folder: Path, console: Console) -> None:
    """Grade six learners, one of whom attacks the grader, and print where the page lies."""
    with_hostile = sys.platform == "linux"
    if not with_hostile:
        console.print(_("The hostile learner is left out: only Linux has the sandbox."))
    make_class(folder / "class", with_hostile)
    grade_paths([folder / "class"], Options(folder / "results", force=True), console)
    page = (folder / "results" / "index.html").resolve().as_uri()
    console.print(visible(_("Open in a browser: {page}").format(page=page)), soft_wrap=True)

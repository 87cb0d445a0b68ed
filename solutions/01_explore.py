# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 1 · Explore the ratings
#
# **Day 1 · 45 minutes · 6 points**
#
# At the end of this step you can:
# - read a table of ratings and say what a row, a user and an item are;
# - measure how sparse the table is;
# - show the long tail: few films with many ratings, many films with few.
#
# You write three functions: `load_ratings` (1 point), `summarise` (3) and `item_counts` (2).
# Fill in a stub, run the check cell below it, read what it says, and go on.

# %%
from pathlib import Path
from tempfile import TemporaryDirectory

import recommender_data as data
from autograder import beside, check, show, use_style

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

use_style()

# %% [markdown]
# ## What a recommender knows
#
# [MovieLens](https://movielens.org) asks people for stars, from half a star to five. Its makers,
# [GroupLens](https://grouplens.org/datasets/movielens/), publish the answers. Each one is a row:
#
# | column | meaning |
# |---|---|
# | `userId` | who rated |
# | `movieId` | which film |
# | `rating` | 0.5 to 5.0 stars |
# | `timestamp` | when, in seconds since the first of January 1970 (UTC) |
#
# Nothing else enters the models of steps 1 to 9. No age, no plot, no actors: only who gave how
# many stars to what (and in step 12, when). In this course a film is an *item*, and the two words
# mean the same.
#
# Most of the models come from one paper: Koren, Bell and Volinsky, [Matrix Factorization Techniques
# for Recommender Systems](https://doi.org/10.1109/MC.2009.263) (IEEE Computer, 2009). You read its
# first half before step 4.

# %% [markdown]
# ## A worked example
#
# Three users, and a catalogue of five films. Count along, on paper.

# %%
example = pd.DataFrame(
    [
        (1, 10, 4.0, 964982703),
        (1, 20, 3.5, 964982931),
        (1, 47, 5.0, 964983815),
        (2, 10, 2.0, 1445714835),
        (2, 47, 4.5, 1445714952),
        (7, 10, 3.0, 1306463578),
    ],
    columns=["userId", "movieId", "rating", "timestamp"],
)
example_movies = pd.DataFrame(
    {
        "movieId": [10, 20, 30, 47, 90],
        "title": ["A Farce", "A Western", "Never Seen", "A Thriller", "Unseen, Too"],
    }
)
example

# %% [markdown]
# The same six rows as a table with one row a user and one column a film. A dash is a cell that
# nobody filled.
#
# | | film 10 | film 20 | film 47 |
# |---|---|---|---|
# | **user 1** | 4.0 | 3.5 | 5.0 |
# | **user 2** | 2.0 | – | 4.5 |
# | **user 7** | 3.0 | – | – |
#
# Films 30 and 90 stand in the catalogue, but nobody rated them. They get no column: from ratings
# alone there is nothing to learn about them.
#
# The *density* of the table is the share of its cells that are filled:
#
# $$\text{density} = \frac{\text{ratings}}{U \times I}$$
#
# Here $U = 3$ users and $I = 3$ items make nine cells, and six of them are filled.

# %%
print("films in the catalogue:", len(example_movies))
print("density:", 6 / (3 * 3))
print("mean rating:", (4.0 + 3.5 + 5.0 + 2.0 + 4.5 + 3.0) / 6)

# %% [markdown]
# The ids are names, not quantities. User 7 is not seven times user 1, and there are no users 3 to 6
# here. Be careful with the largest id: it counts nothing.

# %% [markdown]
# ## Your turn: read the file
#
# MovieLens hands out its ratings as a text file with one line of column names:
#
# ```
# userId,movieId,rating,timestamp
# 1,10,4.0,964982703
# 1,20,3.5,964982931
# ```
#
# Read it, and look at the type of every column. Ids and times are whole numbers, stars are not.

# %%
def load_ratings(path):
    """The ratings in a file such as MovieLens' `ratings.csv`: one row a rating.

    path: str or Path of a comma-separated text file whose first line names the columns.
    Returns a frame with the columns userId, movieId, timestamp (int64) and rating (float64, stars).
    """
    # TODO: read the file into a frame.
    ### BEGIN SOLUTION
    types = {"userId": "int64", "movieId": "int64", "rating": "float64", "timestamp": "int64"}
    return pd.read_csv(path, dtype=types)
    ### END SOLUTION


# %% [markdown] tags=["hint"]
# ### load_ratings
# 1. What does the first line of the file hold, and what do all the others hold?
# 2. pandas reads comma-separated text; left alone, it takes the names from the first line and the
#    types from the numbers.
# 3. One call of pandas' reader with the path; then compare `.dtypes` with the docstring.

# %% tags=["check"]
check("load_ratings")

# %% [markdown]
# ## Your turn: five numbers about a table
#
# Papers about recommenders describe their data by numbers like these. Count what is in the ratings
# that you are given: an item is a film with at least one rating.
#
# Density is a share, between 0 and 1. Its counterpart, one minus density, is called sparsity.

# %%
def summarise(ratings):
    """Size, density and mean of a table of ratings.

    ratings: frame with columns userId, movieId, rating, timestamp; no user rates an item twice.
    Returns a dict: `n_users`, `n_items` (those with at least one rating) and `n_ratings`, ints;
    `density`, the share of the U x I cells that are filled; `mean_rating`, the mean over all
    ratings, in stars.
    """
    # TODO: count users, items and ratings; then divide.
    ### BEGIN SOLUTION
    n_users = ratings["userId"].nunique()
    n_items = ratings["movieId"].nunique()
    n_ratings = len(ratings)
    return {
        "n_users": n_users,
        "n_items": n_items,
        "n_ratings": n_ratings,
        "density": n_ratings / (n_users * n_items),
        "mean_rating": float(ratings["rating"].mean()),
    }
    ### END SOLUTION


# %% [markdown] tags=["hint"]
# ### summarise
# 1. In the example, how many different users are there, and what is the largest `userId`? Which of
#    the two is the number of rows of the table?
# 2. Counting different values is not counting rows. Density compares the ratings that exist with
#    the ratings that there would be if every user had rated every item.
# 3. Count the distinct values of two columns; count the rows; divide the rows by the product of the
#    two counts; average the column of stars over all rows; put the five into a dict.

# %% tags=["check"]
check("summarise")

# %% [markdown]
# ## Your turn: how often was each film rated?
#
# In the example film 10 has three ratings, film 47 has two, film 20 has one. Sorted like this, most
# rated first, the counts draw the *long tail*.

# %%
def item_counts(ratings):
    """How often each item was rated, most rated first.

    ratings: frame with columns userId, movieId, rating, timestamp.
    Returns a Series of counts, its index the movieId; every item of `ratings` occurs once.
    """
    # TODO: count the rows of each film, and sort.
    ### BEGIN SOLUTION
    return ratings["movieId"].value_counts()
    ### END SOLUTION


# %% [markdown] tags=["hint"]
# ### item_counts
# 1. Which column says which film a row is about? Which end of the list do you want to see first?
# 2. Counting rows by a column's value is a grouping. The value that you group by becomes the index.
# 3. Take one column, count its values, and see that the largest count comes first.

# %% tags=["check"]
check("item_counts")

# %% [markdown]
# ## On MovieLens: the numbers
#
# Now the real table. First a round trip through a file, with your own reader; then your five
# numbers, and the two that mislead.
#
# Real files have scratches. `bad_rows="skip"` leaves out a row that cannot be read, and names it;
# without it, loading stops with an error.

# %% tags=["demo"]
dataset = data.load(bad_rows="skip")
ratings, movies = dataset

with TemporaryDirectory() as folder:
    path = Path(folder) / "ratings.csv"
    ratings.to_csv(path, index=False)
    print("first line of the file:", path.read_text(encoding="utf-8").partition("\n")[0])
    print(load_ratings(path).dtypes)

summary = summarise(ratings)
print(f"\n{dataset.name}")
for name, value in summary.items():
    print(f"  {name:12} {value:,.4g}" if isinstance(value, float) else f"  {name:12} {value:,}")

largest = summary["n_ratings"] / (ratings["userId"].max() * ratings["movieId"].max())
print(f"films in the catalogue, rated or not: {len(movies):,}")
print(f"density, were the largest ids the sizes: {largest:.2%} instead of {summary['density']:.2%}")

# %% [markdown]
# ## What a sparse table looks like
#
# Every black dot is one rating, every white cell a film that a user has not rated. Above: users and
# films drawn at random. Below: the busiest users and the most rated films. The recommender's
# task is to fill in the white.

# %% tags=["demo"]
rng = np.random.default_rng(0)
counts = item_counts(ratings)
activity = ratings["userId"].value_counts()
n_rows, n_columns = min(100, len(activity)), min(200, len(counts))

corners = {
    "Drawn at random": (
        rng.choice(activity.index, n_rows, replace=False),
        rng.choice(counts.index, n_columns, replace=False),
    ),
    "The fullest corner": (activity.index[:n_rows], counts.index[:n_columns]),
}
figure, panels = plt.subplots(2, 1, figsize=(10, 9.5))
for axes, (title, (users, items)) in zip(panels, corners.items(), strict=True):
    inside = ratings[ratings["userId"].isin(users) & ratings["movieId"].isin(items)]
    cells = inside.pivot(index="userId", columns="movieId", values="rating")
    filled = cells.reindex(index=users, columns=items).notna()
    axes.imshow(filled, cmap="gray_r", interpolation="nearest", aspect="auto", vmin=0, vmax=1)
    axes.grid(False)
    axes.spines[:].set_visible(True)
    axes.set(
        xlabel=f"{n_columns} films",
        ylabel=f"{n_rows} users",
        title=f"{title}: {filled.to_numpy().mean():.1%} of the cells are filled",
    )
show(figure, "01-sparsity")

# %% [markdown]
# ## The stars
#
# People rate what they chose to watch, so low ratings are rarer than high ones. On MovieLens whole
# stars are more common than half stars: rating is a habit as much as a measurement. The line is the
# mean, the simplest prediction of all. You meet it again in step 6.

# %% tags=["demo"]
stars = np.arange(0.5, 5.5, 0.5)
shares = ratings["rating"].value_counts(normalize=True).reindex(stars, fill_value=0)

figure, axes = plt.subplots()
axes.bar(stars, shares, width=0.4)
axes.axvline(summary["mean_rating"], color="C3", label=f"mean: {summary['mean_rating']:.2f} stars")
axes.set(
    xlabel="stars", ylabel="share of the ratings", title="High ratings are common, low ones rare"
)
axes.set_xticks(stars)
axes.legend(loc="upper left")
show(figure, "01-stars")

# %% [markdown]
# ## The long tail
#
# The films from the most to the least rated. Both axes are logarithmic: one step to the right or
# down is a factor of ten. A few films have hundreds of ratings. On MovieLens the curve ends in a
# long flat step: films with a single rating.
#
# `beside` draws the figure twice: from your functions, and from the reference's.

# %% tags=["demo"]
def draw_tail(axes, counts):
    axes.loglog(np.arange(1, len(counts) + 1), counts)
    axes.set(xlabel="rank of the film (1 = most rated)", ylabel="ratings of the film")
    axes.set_title("the long tail")


counts = beside("01_explore", lambda step: step.item_counts(ratings), draw_tail, "01-long-tail")

titles = movies.set_index("movieId")["title"]
print("Most rated:")
for movie_id, count in counts.head(5).items():
    print(f"  {count:5,}  {titles[movie_id]}")
print(f"films with a single rating: {(counts == 1).mean():.0%} of all rated films")
print(f"films with fewer than ten: {(counts < 10).mean():.0%}")

# %% [markdown]
# The same counts, added up. Were all films equally popular, the curve would follow the dashed line.

# %% tags=["demo"]
share_of_ratings = counts.cumsum() / counts.sum()
share_of_films = np.arange(1, len(counts) + 1) / len(counts)
top = share_of_ratings[share_of_films <= 0.1].max()

figure, axes = plt.subplots()
axes.plot(share_of_films, share_of_ratings)
axes.plot([0, 1], [0, 1], "--", color="gray", label="equally popular films")
label = f"a tenth of the films: {top:.0%} of the ratings"
axes.axvline(0.1, color="C3", linewidth=1.5, label=label)
axes.set(
    xlabel="share of the films, most rated first",
    ylabel="share of the ratings",
    title="A small part of the films gets most of the ratings",
)
axes.legend(loc="lower right")
show(figure, "01-cumulative-share")

# %% [markdown]
# ## To discuss
#
# - A film has one rating: five stars. Is it the best film of the catalogue? How sure are you?
# - Why did nobody rate some films? Is a missing rating a sign of dislike, or of nothing at all?
# - A shop recommends the most rated films to everybody. Which customers are well served, and what
#   happens to the tail in a year?
# - Density falls when the catalogue grows faster than its users rate. Does that make the
#   recommender's task harder, easier, or neither?

# %% [markdown] tags=["answer"]
# *Write your answers here: double-click this text and replace it.*

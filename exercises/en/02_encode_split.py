# ---
# jupyter:
#   autograder:
#     language: en
#   jupytext:
#     formats: ipynb,py:percent
#     notebook_metadata_filter: autograder
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 2 · Encode ids, split ratings
#
# **Day 1 · 75 minutes · 11 points**
#
# At the end of this step you can:
# - turn the ids of a catalogue into row numbers without gaps, and back again;
# - separate evidence from evaluation without a leak;
# - hand ratings to Keras in the shapes and types that it wants.
#
# You write four functions: `fit_encoder` (3 points), `encode` (2), `split_ratings` (4) and
# `make_xy` (2). Fill in a stub, run the check cell below it, read what it says, and go on.

# %%
import recommender_data as data
from autograder import check, show, use_style

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

use_style()

# %% [markdown]
# ## Ids are names, rows are numbers
#
# Soon every film gets a vector: one row of a table with $I$ rows, numbered $0$ to $I - 1$.
# MovieLens' ids do not fit such a table. They begin at 1, and they have gaps: films that were
# removed, or that nobody rated.
#
# So each film needs a second number, its *index*. The list of ids, in the order of the indices, is
# called `classes` here; the dictionary from id to index is called `mapping`. One leads there, the
# other back.

# %% [markdown]
# ## A worked example
#
# Five ratings name three films. Check by hand that there and back again is where you began.

# %%
example_ids = [47, 10, 47, 318, 10]
example_classes = np.array([10, 47, 318])
example_mapping = {10: 0, 47: 1, 318: 2}

print("film 47 has index", example_mapping[47])
print("index 1 is film", example_classes[1])
print("there and back:", [int(example_classes[example_mapping[x]]) for x in example_ids])

# %% [markdown]
# Three films, three rows. A table sized by the largest id would have 319 rows, of which 316 belong
# to nobody.
#
# Any order of the films will do: `classes` might just as well be `[47, 10, 318]`, with
# `{47: 0, 10: 1, 318: 2}`. What counts is that the two agree.

# %% [markdown]
# ## Your turn: fit an encoder
#
# Fit it once, on all the ids that you will ever want a row for. A film must have the same number
# wherever it occurs: in training, in validation, in the list that you show to a user.

# %%
def fit_encoder(raw_ids):
    """Number the distinct ids from 0 without gaps.

    raw_ids: ints (m,), as a list, array or Series; an id may occur many times.
    Returns (classes, mapping): `classes` the n distinct ids, int array (n,), in any order;
    `mapping` a dict from raw id to index, 0 to n - 1, such that classes[mapping[x]] == x.
    """
    # TODO: find the distinct ids, then number them.
    raise NotImplementedError("fit_encoder")


# %% tags=["check"]
check("fit_encoder")

# %% [markdown]
# ## Your turn: encode
#
# Now a list of ids becomes an array of indices. Use the mapping that you are given: it may order
# the films differently from yours.
#
# What about an id that the mapping does not know? There is no row for it. A made-up index would
# quietly hand this film another film's vector, and you would never notice. Fail loudly, and say
# which id it was.

# %%
def encode(raw_ids, mapping):
    """Indices of ids.

    raw_ids: ints (m,), as a list, array or Series; mapping: dict from raw id to index.
    Returns an int32 array (m,): entry k is mapping[raw_ids[k]].
    Raises KeyError, with the id in its text, for an id that is not in `mapping`.
    """
    # TODO: look every id up.
    raise NotImplementedError("encode")


# %% tags=["check"]
check("encode")

# %% [markdown]
# ## Evidence and evaluation
#
# A model that has seen a rating can repeat it. That proves nothing about the films that you have
# not seen yet. So before anything is fitted, the rows are dealt into three parts:
#
# | part | what it may be used for |
# |---|---|
# | train | to fit |
# | validation | to choose: how many factors, when to stop |
# | test | to measure, once, at the very end |
#
# A *leak* is any way in which test rows reach what was fitted or chosen. The commonest one is the
# plainest: the test rows are drawn, but never taken out of the training rows.

# %% [markdown]
# ## Which rows?
#
# - **Not the last rows of the file.** The file is sorted by user: the last rows are the last users,
#   all of them strangers to the model. Nothing can be said about $p_u$ without a rating of $u$.
# - **Not whole users**, for the same reason.
# - **Rows drawn at random**: from all rows, or from each user's rows. Both are right here.
#
# The draw depends on a seed, so that you can draw the same split again, and another one when you
# wish to see how much luck was in it.
#
# Here are six rows, dealt by hand with fractions of one sixth and two sixths. Look at the row
# numbers: each one occurs once, and no part is a block.

# %%
example = pd.DataFrame(
    {
        "userId": [1, 1, 1, 2, 2, 2],
        "movieId": [10, 47, 318, 10, 47, 318],
        "rating": [4.0, 5.0, 3.0, 2.0, 4.0, 5.0],
    }
)
example_parts = {"train": [0, 2, 4], "validation": [5], "test": [1, 3]}
for name, rows in example_parts.items():
    print(name, example.iloc[rows].to_numpy().tolist())

# %% [markdown]
# ## Your turn: split
#
# Both fractions are shares of *all* rows. Where they do not come out even, a row more or less for
# each user is fine. Do not throw rows away, not even those of films that train never sees: they are
# part of the truth, and step 6 has an answer for them.

# %%
def split_ratings(ratings, val_fraction=0.1, test_fraction=0.2, seed=0):
    """Deal the rows at random into train, validation and test.

    ratings: frame, one row a rating; its index may hold any labels, each once.
    val_fraction, test_fraction: shares of all rows, maybe 0; train gets what is left.
    seed: int; the same seed gives the same split, another one another split.
    Returns three frames (train, val, test) that together hold every row exactly once.
    """
    # TODO: shuffle the row positions, cut them in three, pick the rows.
    raise NotImplementedError("split_ratings")


# %% tags=["check"]
check("split_ratings")

# %% [markdown]
# ## Your turn: what Keras wants
#
# The models of the next steps have two inputs, users and items, and one target. Keras pairs them by
# row: row $k$ of each belongs to rating $k$.
#
# $$\underbrace{\text{users}}_{(m,\,1)},\quad \underbrace{\text{items}}_{(m,\,1)}
# \quad\longrightarrow\quad \underbrace{y}_{(m,)}$$
#
# Ids are integers (they pick rows), stars are floats (they are predicted).

# %%
def make_xy(ratings, user_map, item_map):
    """Ratings as the inputs and the target of a Keras model.

    ratings: frame with columns userId, movieId, rating (m rows).
    user_map, item_map: dicts from raw id to index, as `fit_encoder` makes them.
    Returns ([users, items], y): int32 arrays (m, 1) each, and a float32 array (m,), rows in order.
    Raises KeyError, with the id in its text, for an id that is not in its mapping.
    """
    # TODO: encode both columns, make columns of them, and take the stars.
    raise NotImplementedError("make_xy")


# %% tags=["check"]
check("make_xy")

# %% [markdown]
# ## Given: a whole table at once
#
# Later steps want a table with both row numbers beside the raw ids. This function is given.
# `carry_over("02_encode_split")` will bring it along with your functions.

# %% tags=["given"]
def encoded(ratings, user_map, item_map):
    """The ratings with two more columns: `user` and `item`, the indices of their raw ids."""
    users = encode(ratings["userId"], user_map)
    items = encode(ratings["movieId"], item_map)
    return ratings.assign(user=users, item=items)


# %% [markdown]
# ## On MovieLens: ids before and after
#
# Each strip is a line of numbers, from 0 to its end. Dark means that many of the numbers there
# belong to a rated film, white that none does. Before, most numbers are nobody's. After, every
# number is a film.

# %% tags=["demo"]
dataset = data.load(bad_rows="skip")
ratings, movies = dataset
user_classes, user_map = fit_encoder(ratings["userId"])
item_classes, item_map = fit_encoder(ratings["movieId"])

before = np.unique(ratings["movieId"])
after = np.unique(encode(ratings["movieId"], item_map))
print(f"{dataset.name}: {len(item_map):,} rated films, the largest movieId is {before.max():,}")
by_id, by_index = 32 * (before.max() + 1), 32 * len(item_map)
print(f"with 32 factors a row: {by_id:,} weights by id, {by_index:,} by index")

figure, panels = plt.subplots(2, 1, figsize=(10, 5))
strips = [("Before: ids", "movieId", before), ("After: indices", "index", after)]
for axes, (title, name, numbers) in zip(panels, strips, strict=True):
    end = int(numbers.max()) + 1
    n_bins = min(200, end)
    used, _edges = np.histogram(numbers, bins=n_bins, range=(0, end))
    share = used / np.histogram(np.arange(end), bins=n_bins, range=(0, end))[0]
    strip = axes.imshow(
        share[None, :], cmap="Blues", vmin=0, vmax=1, aspect="auto", extent=(0, end, 0, 1)
    )
    axes.set(title=title, xlabel=f"{name}, 0 to {end - 1:,}", yticks=[])
    axes.grid(False)
figure.colorbar(strip, ax=panels, label="share of the numbers in use")
show(figure, "02-ids")

# %% [markdown]
# ## What a leak does to a measured error
#
# The model is as simple as can be: the mean of the film's ratings in train, and the mean of all
# ratings for a film that train has not seen. It is fitted twice: honestly, on the training rows,
# and with a leak, on training rows from which the test rows were never removed. Both are measured
# on the same test rows.

# %% tags=["demo"]
train, val, test = split_ratings(ratings)
leaky_train = pd.concat([train, test])


def film_mean_errors(fitted_on, measured_on):
    """Errors, in stars, of predicting each film's mean; a film without ratings gets the mean."""
    means = fitted_on.groupby("movieId")["rating"].mean()
    predicted = measured_on["movieId"].map(means).fillna(fitted_on["rating"].mean())
    return measured_on["rating"] - predicted


def root_mean_square(errors):
    return float(np.sqrt(np.mean(errors**2)))


errors = {
    "honest": film_mean_errors(train, test),
    "leaky": film_mean_errors(leaky_train, test),
}
for name, values in errors.items():
    print(f"{name:7} test RMSE of film means: {root_mean_square(values):.3f} stars")
print(f"global mean alone: {root_mean_square(test['rating'] - train['rating'].mean()):.3f} stars")

# %% [markdown]
# The leak makes the same model look better than it is. Where does the gain come from? Group the
# test rows by how often their film was rated in train. The fewer ratings a film has there, the more
# of its leaky mean is the very rating that is to be predicted. A film that train has never seen is
# "predicted" without any error at all when its only rating leaks.

# %% tags=["demo"]
n_in_train = test["movieId"].map(train["movieId"].value_counts()).fillna(0)
edges = [-1, 0, 2, 5, 20, 100, np.inf]
names = ["none", "1-2", "3-5", "6-20", "21-100", "more"]
group = pd.cut(n_in_train, edges, labels=names).rename("ratings in train")

table = pd.DataFrame(
    {
        name: values.groupby(group, observed=True).apply(root_mean_square)
        for name, values in errors.items()
    }
)
table["test rows"] = group.value_counts()
print(table.round(3).to_string())

figure, axes = plt.subplots()
positions = np.arange(len(table))
for offset, name in (-0.2, "honest"), (0.2, "leaky"):
    axes.bar(positions + offset, table[name], width=0.4, label=name)
axes.set_xticks(positions, table.index)
axes.set(
    xlabel="ratings of the film in train",
    ylabel="RMSE on the test rows, in stars",
    title="A leak flatters most where there is least evidence",
)
axes.legend()
show(figure, "02-leak")

# %% [markdown]
# A leak is not found by looking at the error: a smaller error looks like success. It is found by
# looking at the rows. Two lines are enough, and you can run them on every split that you are ever
# given.

# %% tags=["demo"]
for name, part in {"honest": train, "leaky": leaky_train}.items():
    shared = part.merge(test, on=["userId", "movieId"])
    print(f"{name:7} rows that are in train and in test: {len(shared):,}")

# %% [markdown]
# ## How much luck is in a split?
#
# Another seed gives another test set, and another error. Two models that meet the same test rows
# share the luck of the draw: their difference moves less than either error does. So compare models
# on the same rows, split by split, and look at the differences.

# %% tags=["demo"]
by_seed, ahead = [], []
for seed in range(10):
    train_again, _val, test_again = split_ratings(ratings, seed=seed)
    by_seed.append(root_mean_square(film_mean_errors(train_again, test_again)))
    dull = root_mean_square(test_again["rating"] - train_again["rating"].mean())
    ahead.append(dull - by_seed[-1])
for name, values in {"film means": by_seed, "ahead of the global mean by": ahead}.items():
    print(f"{name}: {min(values):.3f} to {max(values):.3f} stars, spread {np.ptp(values):.3f}")

# %% [markdown]
# ## To discuss
#
# - You fit the encoder on all ratings, test rows too. Is that a leak? What does it tell the model
#   about the test set, and what not?
# - In use, a recommender predicts the future. What would change if the test rows were each user's
#   latest ones? Which question does each of the two splits answer?
# - Someone fills in a missing film by the mean over *all* ratings before splitting. Where is the
#   leak?
# - Validation chose the number of epochs. Why may its error no longer be reported as the model's
#   error?

# %% [markdown] tags=["answer"]
# *Write your answers here: double-click this text and replace it.*

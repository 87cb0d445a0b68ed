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
# # 3 · Embeddings
#
# **Day 1 · 45 minutes · 8 points**
#
# At the end of this step you can:
# - say what an embedding is: a table with a row for every id;
# - show that looking up a row is a one-hot vector times a matrix;
# - predict the shape of what an embedding returns, and how many parameters it has.
#
# You write four functions: `make_embedding` (3 points), `lookup_numpy` (2), `onehot_matmul` (2) and
# `count_parameters` (1). Fill in a stub, run the check cell below it, read what it says, and go on.

# %%
from textwrap import shorten
from time import perf_counter

import recommender_data as data
from autograder import carry_over, check, show, use_style

import keras
import matplotlib.pyplot as plt
import numpy as np

use_style()

# %% [markdown]
# ## An id is a name, not a quantity
#
# Step 2 gave every film a number from $0$ to $I - 1$. A network could multiply that number by a
# weight; then film 200 would always count twice as much as film 100. That is nonsense: the number
# only says which film is meant.
#
# So give every film $K$ numbers of its own instead, and let training choose them. Written below one
# another they are a matrix $W$ with a row for every film. This table is called an *embedding*, and
# the row of film $i$ is its vector, [Koren's](https://doi.org/10.1109/MC.2009.263) $q_i$. Users
# get a table too; its rows are the $p_u$.
#
# $$W \in \mathbb R^{I \times K}, \qquad q_i = W_{i,:}$$

# %% [markdown]
# ## A worked example
#
# Four films, two factors: a table of eight numbers. Reading a vector means picking a row.

# %%
example_table = np.array([[0.1, 0.2], [1.0, -1.0], [3.0, 0.5], [0.0, 2.0]])

print("film 2:", example_table[2])
print("films 2, 0 and 2 again:")
print(example_table[[2, 0, 2]])

# %% [markdown]
# The same by multiplication. A *one-hot* vector has a 1 at the place of the film and 0 everywhere
# else. Multiply it by the table: each row is taken as often as the vector says, once or not at all.
#
# $$\begin{pmatrix} 0 & 0 & 1 & 0 \end{pmatrix}
# \begin{pmatrix} 0.1 & 0.2 \\ 1 & -1 \\ 3 & 0.5 \\ 0 & 2 \end{pmatrix}
# = \begin{pmatrix} 3 & 0.5 \end{pmatrix}$$

# %%
example_one_hot = np.array([0, 0, 1, 0])

print("one-hot of film 2:", example_one_hot)
print("times the table:  ", example_one_hot @ example_table)

# %% [markdown]
# Why care, when a lookup is so much simpler? Because the product is a layer like any other: linear,
# with $W$ as its weights. So $W$ has a gradient, and training can change it. The lookup is the same
# layer without the multiplications by zero.
#
# Only the rows that were asked for take part, so the error of a batch has a gradient for those rows
# alone.

# %% [markdown]
# ## Your turn: a layer
#
# Keras has such a table as a layer, `keras.layers.Embedding`. It takes ids of any shape and puts an
# axis of length $K$ behind them:
#
# | ids | vectors |
# |---|---|
# | `(b,)` | `(b, K)` |
# | `(b, 1)` | `(b, 1, K)` |
# | `(b, 5)` | `(b, 5, K)` |
#
# Three things are yours to think about: how large the table is, how it starts, and what the layer
# is called. Step 4 has two tables in one model, and finds them by their names.

# %%
def make_embedding(n_ids, n_factors, name=None):
    """A trainable table of vectors, one row for every id 0, 1, …, n_ids - 1.

    n_ids, n_factors: ints. name: the layer's name, a str; None lets Keras choose one.
    Returns a keras.layers.Embedding with weights of shape (n_ids, n_factors); one row more, for
    unknown ids, is welcome. The table starts at random: its rows differ, and so do its columns.
    """
    # TODO: an Embedding layer of the right size, with the name.
    raise NotImplementedError("make_embedding")


# %% tags=["check"]
check("make_embedding")

# %% [markdown]
# A new layer has no weights: Keras creates them when the layer is *built*, at its first call at the
# latest. Watch it happen, and compare the shapes with the table above.

# %% tags=["demo"]
layer = make_embedding(4, 2)
print("arrays of weights before the first call:", len(layer.get_weights()))
for ids in np.array([2, 0, 2]), np.array([[2], [0], [2]]), np.zeros((3, 5), dtype=int):
    print("ids", ids.shape, "-> vectors", tuple(layer(ids).shape))
print("arrays of weights now:", len(layer.get_weights()))
print(layer.get_weights()[0])

# %% [markdown]
# ## Your turn: the lookup
#
# Take Keras away. Given the table and some ids, return their rows, in the order of the ids. An id
# may come more than once: a batch holds many ratings of one film.

# %%
def lookup_numpy(weights, ids):
    """Rows of a table: row k of the answer is the row of `weights` that belongs to ids[k].

    weights: array (n, K). ids: int array (m,), each from 0 to n - 1, in any order, also repeated.
    Returns an array (m, K).
    """
    # TODO: index the table with the ids.
    raise NotImplementedError("lookup_numpy")


# %% tags=["check"]
check("lookup_numpy")

# %% [markdown]
# ## Your turn: the product
#
# Now the long way round. Write the one-hot vectors of $m$ ids below one another: a matrix $X$ with
# $m$ rows, each as long as the table has rows.
#
# $$X \in \{0, 1\}^{m \times n}, \qquad X W \in \mathbb R^{m \times K}$$
#
# Build $X$, then multiply. The product reads the *whole* table; no row is picked out of it. (You
# could tell by a table with a `nan` in a row that no id asks for, since $0 \cdot \mathrm{nan}$ is
# `nan`.)

# %%
def onehot_matmul(weights, ids):
    """The same as a lookup, by a matrix product of one-hot vectors and the table.

    weights: array (n, K). ids: int array (m,), each from 0 to n - 1, in any order, also repeated.
    Returns an array (m, K): one-hot matrix (m, n) times weights.
    """
    # TODO: build the one-hot matrix, multiply it by the table.
    raise NotImplementedError("onehot_matmul")


# %% tags=["check"]
check("onehot_matmul")

# %% [markdown]
# ## One answer, two prices
#
# Both give the same numbers. The lookup touches $m$ rows, the product all $n$ of them for each of
# the $m$ ids. Look up 64 ids in larger and larger tables and see what each of your two functions
# costs.


# %% tags=["demo"]
def seconds(function, *arguments, repeats=20):
    """The shortest of several running times, in seconds."""
    times = []
    for _repeat in range(repeats):
        start = perf_counter()
        function(*arguments)
        times.append(perf_counter() - start)
    return min(times)


rng = np.random.default_rng(0)
table_sizes = [100, 300, 1000, 3000]
timings = {lookup_numpy: [], onehot_matmul: []}
for n in table_sizes:
    table = rng.normal(size=(n, 16)).astype("float32")
    ids = rng.integers(n, size=64)
    assert np.allclose(lookup_numpy(table, ids), onehot_matmul(table, ids))
    for function, times in timings.items():
        times.append(seconds(function, table, ids))

figure, axes = plt.subplots()
for function, times in timings.items():
    axes.plot(table_sizes, 1e6 * np.array(times), marker="o", markersize=9, label=function.__name__)
axes.set(
    xscale="log",
    yscale="log",
    xlabel="rows of the table",
    ylabel="microseconds for 64 ids",
    title="The product pays for every row, the lookup for the rows it needs",
)
axes.set_xticks(table_sizes, labels=[f"{n:,}" for n in table_sizes])
axes.minorticks_off()
axes.legend()
show(figure, "03-lookup-and-product")
ratio = timings[onehot_matmul][-1] / timings[lookup_numpy][-1]
print(f"{table_sizes[-1]:,} rows: the product takes {ratio:,.0f} times as long")

# %% [markdown]
# ## Predict before you compute
#
# A table for 4 films with 2 factors, and a batch of 5 ids. Write your prediction in place of each
# `None`, a shape as a tuple. Only then run the cell: Keras answers beside you.

# %% tags=["demo"]
predicted = {
    "vectors of ids (5,)": None,
    "vectors of ids (5, 1)": None,
    "numbers in the table": None,
}

small = keras.layers.Embedding(4, 2)
computed = [tuple(small(np.zeros(shape, dtype=int)).shape) for shape in ((5,), (5, 1))]
computed.append(small.count_params())
for (what, guess), answer in zip(predicted.items(), computed, strict=True):
    remark = "as predicted" if guess == answer else f"you predicted {guess}"
    print(f"{what}: {answer} ({remark})")

# %% [markdown]
# ## Your turn: count
#
# The model of step 4 is nothing but two tables: a row of $K$ numbers for every user, a row of $K$
# numbers for every item. How many numbers must it learn? Predict first, on paper: 4 films, 3 users,
# 2 factors. Then write the function, and ask it.

# %%
def count_parameters(n_users, n_items, n_factors):
    """The number of parameters of the two tables of step 4, one of users and one of items.

    n_users, n_items, n_factors: ints. The tables have a row for every user or item and a column for
    every factor. A spare row for unknown ids counts in both tables or in neither.
    Returns an int.
    """
    # TODO: the entries of both tables.
    raise NotImplementedError("count_parameters")


# %% tags=["check"]
check("count_parameters")

# %% [markdown]
# ## On MovieLens: parameters against ratings
#
# Every factor adds a number for each user and each film. The ratings stay as many as they are.
# Where the line crosses the number of ratings, the model has as many parameters as ratings.

# %% tags=["demo"]
dataset = data.load(bad_rows="skip")
ratings, movies = dataset
encoding = carry_over("02_encode_split")
user_classes, user_map = encoding.fit_encoder(ratings["userId"])
item_classes, item_map = encoding.fit_encoder(ratings["movieId"])
n_users, n_items = len(user_map), len(item_map)

factors = np.arange(1, 129)
parameters = [count_parameters(n_users, n_items, k) for k in factors.tolist()]
enough = next((k for k, n in zip(factors, parameters, strict=True) if n >= len(ratings)), None)
print(f"{dataset.name}: {n_users:,} users, {n_items:,} films, {len(ratings):,} ratings")
first = enough or "above 128"
print(f"first K with as many parameters as ratings: {first}")
print(f"K = 64: {parameters[63]:,} parameters, {parameters[63] / len(ratings):.1f} for each rating")

figure, axes = plt.subplots()
axes.plot(factors, np.array(parameters) / 1000, label="parameters of both tables")
axes.axhline(len(ratings) / 1000, color="C1", linestyle="--", label="ratings")
axes.set(
    xlabel="number of factors K",
    ylabel="thousands",
    title=f"{dataset.name}: parameters grow with K, ratings do not",
    xlim=(0, 128),
    ylim=(0, None),
)
axes.legend()
show(figure, "03-parameters")

# %% [markdown]
# More parameters than ratings do not yet mean that every rating can be learnt by heart. The ratings
# crowd in one corner of the table, that of the busiest users and the most rated films. There many
# ratings share few rows, so the corner needs more factors to have as many parameters as ratings. A
# film with one rating is fitted by a single factor. Compare:

# %% tags=["demo"]
busiest = ratings["userId"].value_counts().index[:200]
most_rated = ratings["movieId"].value_counts().index[:300]
inside = ratings["userId"].isin(busiest) & ratings["movieId"].isin(most_rated)
n_rows = len(busiest) + len(most_rated)
corner = int(np.ceil(inside.sum() / n_rows))
print(f"whole table: {len(ratings):,} ratings, {n_users + n_items:,} rows: K = {enough}")
print(f"fullest corner: {inside.sum():,} ratings, {n_rows:,} rows: K = {corner}")
singles = int((ratings["movieId"].value_counts() == 1).sum())
print(f"films with a single rating: {singles:,}")

# %% [markdown]
# So at one $K$ a model may learn its rare films by heart and be short of factors in the corner.
# Early stopping in step 5 and penalties in step 6 keep it from learning by heart what it can.

# %% [markdown]
# ## What an untrained table looks like
#
# The rows below belong to the most rated films, but no rating has touched them yet. Look for a
# pattern: do films that you know to be alike have rows that look alike?

# %% tags=["demo"]
films = make_embedding(n_items, 16, name="item_embedding")
films(np.zeros(1, dtype=int))
table = films.get_weights()[0]

titles = movies.set_index("movieId")["title"]
popular = ratings["movieId"].value_counts().index[:12]
rows = lookup_numpy(table, np.array([item_map[movie_id] for movie_id in popular]))

figure, (left, right) = plt.subplots(1, 2, figsize=(13, 5.5), width_ratios=[2, 1])
reach = np.abs(table).max()
colours = left.imshow(rows, cmap="PuOr", vmin=-reach, vmax=reach, aspect="auto")
labels = [shorten(titles[movie_id], 34, placeholder=" …") for movie_id in popular]
left.set_yticks(range(len(popular)), labels=labels, fontsize=11)
left.set(xlabel="factor", title="An untrained table is noise")
left.grid(False)
figure.colorbar(colours, ax=left, label="weight")
right.hist(table.ravel(), bins=40)
right.set(xlabel="weight", ylabel="entries of the whole table", title="Its numbers are small")
show(figure, "03-untrained-table")

# %% [markdown]
# Even noise has nearest neighbours. Ask the untrained table for the film that lies closest to the
# first one, by the cosine of the angle between their vectors:

# %% tags=["demo"]
directions = table / np.linalg.norm(table, axis=1, keepdims=True)
first = item_map[popular[0]]
cosines = directions[:n_items] @ directions[first]
cosines[first] = -1
nearest = int(np.argmax(cosines))
print(f"closest to {titles[popular[0]]}: {titles[item_classes[nearest]]}")
print(f"their cosine: {cosines[nearest]:.2f}")

largest = {}
for n_factors in (4, 16, 64):
    noise = np.random.default_rng(0).normal(size=(n_items, n_factors))
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    largest[n_factors] = float(np.max(noise[1:] @ noise[0]))
    print(f"{n_factors} factors of noise: largest cosine {largest[n_factors]:.2f}")

# %% [markdown]
# The answer means nothing. Among many films one points in much the same direction by chance, and
# the fewer factors there are, the closer it comes. Remember this when step 9 asks a trained table.

# %% [markdown]
# ## To discuss
#
# - Both tables start at zero. Write down the gradient of $(r - q_i^\top p_u)^2$ for $p_u$ and for
#   $q_i$. What will training do?
# - A film is in the table, but nobody has rated it. What will its row be after training?
# - Two users swap their ids, everywhere. What changes in the table, and what in the predictions?
# - Someone divides all ids by the largest one, "to normalise the input". What has been lost?
# - The catalogue doubles. What happens to the size of the table, and to the time that a lookup of
#   64 ids takes?

# %% [markdown] tags=["answer"]
# *Write your answers here: double-click this text and replace it.*

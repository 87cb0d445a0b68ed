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
# # 4 · A rating is a dot product
#
# **Day 1 · 90 minutes · 10 points**
#
# At the end of this step you can:
# - write Koren's equation (1) as a Keras model with two inputs;
# - plant weights in it and predict, by hand and by machine, the same number;
# - score every film for every user with one matrix product.
#
# You write three functions: `build_mf` (6 points), `predict_pairs` (2) and `score_matrix` (2).
# Fill in a stub, run the check cell below it, read what it says, and go on.

# %%
from time import perf_counter

import recommender_data as data
from autograder import carry_over, check, show, use_style

import keras
import matplotlib.pyplot as plt
import numpy as np

use_style()

# %% [markdown]
# ## From two vectors to one rating
#
# Step 3 gave every user $u$ a vector $p_u$ and every item $i$ a vector $q_i$, each of $K$ numbers:
# one row of an embedding table. [Koren, Bell and Volinsky
# (2009)](https://doi.org/10.1109/MC.2009.263) predict the rating from these two rows alone:
#
# $$\hat r_{ui} = q_i^\top p_u = \sum_{k=1}^{K} q_{ik}\, p_{uk} \qquad \text{(Koren 1)}$$
#
# A factor $k$ counts when both have it: a user who likes comedy ($p_{uk}$ large) and a film that is
# one ($q_{ik}$ large) add to the rating; a user who dislikes it ($p_{uk} < 0$) takes away.

# %% [markdown]
# ## A worked example
#
# Two factors, say *humour* and *suspense*; two users; three films. Follow the numbers by hand.

# %%
p = np.array([[1.0, 0.5], [0.0, 2.0]])  # Ada likes both, Ben only suspense
q = np.array([[3.0, 1.0], [0.5, 2.0], [2.0, 0.0]])  # a comedy, a thriller, a farce

print("Ada and the comedy:", 1.0 * 3.0 + 0.5 * 1.0)
print("Ben and the comedy:", 0.0 * 3.0 + 2.0 * 1.0)
print("Ben and the thriller:", p[1] @ q[1])

# %% [markdown]
# ## How a Functional model is written
#
# A layer is *built* once, with its settings, and then *called* like a function: a tensor goes in,
# the next tensor comes out. `keras.Input` is where it all starts; its shape is that of one row,
# without the batch. A tensor of a model has a shape, but no numbers yet. Keras' [guide to the
# Functional API](https://keras.io/guides/functional_api/) shows more. Here is a model that turns
# stars from 0.5 to 5 into points from 10 to 100:

# %% tags=["demo"]
stars = keras.Input((1,))  # a tuple: one number a row
points = keras.layers.Rescaling(20.0, name="times_20")(stars)  # built, then called
example = keras.Model([stars], points)  # from which inputs to which output

print("shapes:", stars.shape, points.shape, "- None is the batch, of any length")
print("points:", example.predict(np.array([[0.5], [5.0]]), verbose=0).tolist())
print("the layer:", example.get_layer("times_20"))

# %% [markdown]
# A layer that makes one tensor of two is called with a list: `layer([one, other])`. Keras calls
# these *merging layers*; besides adding and multiplying, one of them takes dot products.

# %% [markdown]
# ## Your turn: the model
#
# A Functional model is a graph of layers. Draw it before you write it:
#
# ```
# user (b, 1) ── user_embedding ── (b, 1, K) ──┐
#                                              ├── q·p ── (b, 1)
# item (b, 1) ── item_embedding ── (b, 1, K) ──┘
# ```
#
# `b` is the batch: as many pairs (user, item) as you like, each pair with its own rating. $K$ is
# the argument `n_factors`. Print the shape after every layer when you are lost.

# %%
def build_mf(n_users, n_items, n_factors):
    """Matrix factorisation, Koren (1): the score of a pair is q_i · p_u, and nothing else.

    n_users, n_items, n_factors: ints.
    Returns a keras.Model with inputs [user, item], int arrays (b, 1), and output (b, 1).
    Its tables are layers named `user_embedding` (n_users, K) and `item_embedding` (n_items, K); one
    row more, for unknown ids, is welcome. Both start at random and are trainable.
    """
    # TODO: two inputs, two embeddings, one dot product, one model.
    raise NotImplementedError("build_mf")


# %% tags=["check"]
check("build_mf")

# %% [markdown]
# ## Your turn: predict
#
# Keras pairs the first row of the first input with the first row of the second: give it two
# columns, get back one column. `predict_pairs` hides that and speaks in plain vectors.

# %%
def predict_pairs(model, users, items):
    """Scores of pairs: entry k is the model's score of (users[k], items[k]).

    model: a Keras model with inputs [user, item], each (b, 1), and output (b, 1).
    users, items: int arrays (m,).
    Returns a float array (m,).
    """
    # TODO: shape the ids as the model wants them, predict (verbose=0 keeps it quiet), and return a
    # flat array.
    raise NotImplementedError("predict_pairs")


# %% tags=["check"]
check("predict_pairs")

# %% [markdown]
# Now the worked example by machine. Plant Ada's, Ben's and the films' vectors in a model of yours,
# and predict the three pairs that you followed by hand: 3.5, 2 and 4.

# %% tags=["demo"]
small = build_mf(n_users=2, n_items=3, n_factors=2)
for name, planted in ("user_embedding", p), ("item_embedding", q):
    table = small.get_layer(name).get_weights()[0]
    table[: len(planted)] = planted
    small.get_layer(name).set_weights([table])

small.summary()
print(predict_pairs(small, users=np.array([0, 1, 1]), items=np.array([0, 0, 1])))

# %% [markdown]
# ## Your turn: every film for every user
#
# One user and one film are one dot product. All users and all films are all dot products: a single
# matrix product of the two tables. Further down you measure what that saves.
#
# $$\hat R = P\,Q^\top, \qquad P \in \mathbb R^{U \times K},\quad Q \in \mathbb R^{I \times K}$$

# %%
def score_matrix(user_factors, item_factors):
    """Scores of all pairs: entry [u, i] is q_i · p_u.

    user_factors: array (U, K); item_factors: array (I, K).
    Returns an array (U, I).
    """
    # TODO: one matrix product.
    raise NotImplementedError("score_matrix")


# %% tags=["check"]
check("score_matrix")

# %% [markdown]
# ## On MovieLens: a model that knows nothing yet
#
# Before any training the tables are random, so the scores are noise around zero. Look at them all
# the same: the shapes are right, and the range shows how far training has to go.

# %% tags=["demo"]
encoding = carry_over("02_encode_split")

dataset = data.load(bad_rows="skip")
ratings, movies = dataset
user_classes, user_map = encoding.fit_encoder(ratings["userId"])
item_classes, item_map = encoding.fit_encoder(ratings["movieId"])
[users, items], y = encoding.make_xy(ratings, user_map, item_map)

model = build_mf(len(user_map), len(item_map), 32)
scores = predict_pairs(model, users[:, 0], items[:, 0])
print(f"{dataset.name}: {len(y):,} ratings, {model.count_params():,} parameters")

figure, axes = plt.subplots()
axes.hist(y, bins=np.arange(0.25, 5.5, 0.5), label="ratings", alpha=0.8)
axes.hist(scores, bins=40, label="untrained scores", alpha=0.8)
axes.set(xlabel="stars", ylabel="pairs", title="Before training, every score is near zero")
axes.set_yscale("log")
axes.set_ylim(top=20 * len(y))
axes.legend(loc="upper center", ncols=2)
show(figure, "04-untrained-scores")

# %% [markdown]
# The whole table of scores is one product. How much faster than pair by pair?

# %% tags=["demo"]
P = model.get_layer("user_embedding").get_weights()[0]
Q = model.get_layer("item_embedding").get_weights()[0]

start = perf_counter()
R = np.asarray(score_matrix(P, Q))
whole = perf_counter() - start
start = perf_counter()
predict_pairs(model, np.zeros(len(Q), dtype=int), np.arange(len(Q)))
one_user = perf_counter() - start
print(f"the whole table, {R.size:,} scores: {1000 * whole:.0f} ms")
print(f"one user's row, {len(Q):,} scores, by `predict`: {1000 * one_user:.0f} ms")

# %% [markdown]
# ## To discuss
#
# - A film's vector is doubled. What happens to its scores, and to the order of a user's list?
# - Rotate both tables by the same orthogonal matrix. Which scores change? What does that say about
#   the meaning of a single factor?
# - A new user has rated nothing. Which row of the table is theirs, and what does it predict?

# %% [markdown] tags=["answer"]
# *Write your answers here: double-click this text and replace it.*

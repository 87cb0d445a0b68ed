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
# # 11 · Implicit feedback
#
# **Bonus · 60 minutes · 5 points**
#
# At the end of this step you can:
# - tell what users do from what users say, and use both: Koren (6), known as SVD++;
# - feed a model lists of different lengths, padded, without the padding being heard;
# - say when such evidence helps, and show on planted data that it can.
#
# You write two functions: `implicit_factors` (2 points) and `build_svdpp` (3). Fill in a stub, run
# the check cell below it, read what it says, and go on.

# %%
from time import perf_counter

import recommender_data as data
from autograder import carry_over, check, show, use_style

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

use_style()

# %% [markdown]
# ## What users do, beside what they say
#
# A rating is *explicit* feedback: somebody said what they think. Most people never say it. But they
# watch, search, put on a list, and *choose what to rate*: that is **implicit** feedback. Somebody
# who has watched nine westerns likes westerns, whatever stars were given, or none at all.
#
# Write $N(u)$ for the items that user $u$ has had to do with. Koren gives every item $j$ a second
# vector $x_j$: not what the film is like, but what watching it says about the person.

# %% [markdown]
# ## A user is what a user has watched
#
# $$\hat r_{ui} = \mu + b_i + b_u
# + q_i^\top \Big[\, p_u + |N(u)|^{-\frac12} \sum_{j \in N(u)} x_j \,\Big]
# \qquad \text{(Koren 6, without attributes)}$$
#
# The bracket stands where $p_u$ stood in (4). $p_u$ can only be learnt from this user's ratings.
# The $x_j$ are learnt from everybody's: a user without a single rating, but with a history, has
# something to stand on.

# %% [markdown]
# ## A worked example
#
# Two factors, *humour* and *suspense*, and four films. Ben has rated nothing: his $p_u$ is zero. He
# has watched the thriller and the heist. Work out his bracket by hand: two vectors, their sum,
# divided by $\sqrt 2$.

# %%
films = ["comedy", "thriller", "heist", "farce"]
x = np.array([[1.0, 0.0], [0.0, 2.0], [0.4, 1.0], [1.2, 0.1]])
watched = ["thriller", "heist"]
rows = [films.index(film) for film in watched]

total = x[rows].sum(axis=0)
print("sum:", total, " divided by the root of 2:", (total / np.sqrt(2)).round(3))

# %% [markdown]
# ## Why the root?
#
# Vectors that point in all directions partly cancel: the sum of $n$ of them is about $\sqrt n$
# times as long as one, not $n$ times. Dividing by $\sqrt n$ keeps the bracket's length the same for
# short and long histories. A mean would not: it fades as people watch more, though more is known
# about them.
#
# Below, for each $n$, the average length of the sum of $n$ random vectors, divided in three ways.

# %%
draw = np.random.default_rng(0)
lengths = {
    n: np.linalg.norm(draw.normal(size=(2000, n, 2)).sum(axis=1), axis=1).mean()
    for n in (1, 4, 16, 64)
}
pd.DataFrame(
    {
        "sum": lengths,
        "sum / root of n": {n: length / np.sqrt(n) for n, length in lengths.items()},
        "mean": {n: length / n for n, length in lengths.items()},
    }
).rename_axis("n").round(2)

# %% [markdown]
# ## Your turn: one user's factors
#
# The bracket of (6) for one user. An empty $N(u)$ adds nothing: what is left is $p_u$ alone.

# %%
def implicit_factors(p_u, item_vectors, items):
    """A user's factors with implicit feedback, the bracket of Koren (6).

    p_u: float array (K,). item_vectors: float array (I, K), row j is x_j.
    items: int array (n,), the rows of the items in N(u); may be empty.
    Returns a float array (K,): p_u plus the sum of the items' vectors divided by the root of n; for
    an empty N(u) it equals p_u. The arguments stay as they are.
    """
    # TODO: pick the rows, sum, divide by the root of their number, add p_u; mind n = 0.
    raise NotImplementedError("implicit_factors")


# %% tags=["check"]
check("implicit_factors")

# %% [markdown]
# ## Histories of different lengths
#
# A batch is a rectangle, histories are not. They are **padded**: row $k$ of `history` holds the
# items of one user's $N(u)$, and $-1$ wherever there is none. Look at what happens if the padding
# is looked up like an item.

# %%
history = np.array([[1, 2, -1], [0, -1, -1], [-1, -1, -1]])
print("rows that NumPy finds for Ben:", x[history[0]].tolist())

# %% [markdown]
# The last film has crept in. NumPy counts from the end; Keras, on a CPU, may do the same or raise,
# and on other machines answers zeros. So padding must never reach the table, or what it fetches
# must be thrown away, by a *mask*: 1 where there is an item, 0 where there is padding.
#
# ```
# history (b, H) ─┬─ mask (b, H) ── how many (b, 1) ──────────────┐
#                 └─ row 0 for -1 ── implicit_embedding (b, H, K) ┴─ times mask, sum, / root (b, K)
# ```
#
# The mask counts, too: $|N(u)|$ is the number of items, not the length $H$ of the row. Do not
# divide by zero for a row that is padding from end to end: one NaN spoils every weight in one step.

# %% [markdown]
# ## Your turn: SVD++
#
# Step 6's model with a third input and a third table of factors. The vectors $x_j$ are a table of
# their own, they are not $q_i$. Penalties are yours to choose. The reference takes step 6's
# $10^{-4}$ for $p$ and $q$ and $5 \cdot 10^{-4}$ for $x$: all of a user's films speak at once in
# every prediction, so these vectors must be kept small (chosen on validation rows).

# %%
def build_svdpp(n_users, n_items, n_factors, mu):
    """Matrix factorisation with implicit feedback, Koren (6) without attributes (SVD++).

    mu + b_i + b_u + q_i · (p_u + |N|^(-1/2) sum of x_j over the items j of N)

    n_users, n_items, n_factors: ints; mu: float.
    Returns a keras.Model with inputs [user, item, history] and output (b, 1). user, item: int
    arrays (b, 1); history: int array (b, H), any H: the items of N in any order, -1 at any place
    for padding, which adds nothing and is not counted. A row of padding alone leaves p_u.
    Its layers are `user_embedding` (n_users, K), `item_embedding` and `implicit_embedding`
    (n_items, K), `user_bias` (n_users, 1) and `item_bias` (n_items, 1); all are trained. A table
    may have one row more, first or last; a row that padding reads adds nothing, after training too.
    """
    # TODO: step 6's model, with a mask, a masked sum over `implicit_embedding`, and its root.
    raise NotImplementedError("build_svdpp")


# %% tags=["check"]
check("build_svdpp")

# %% [markdown]
# ## On MovieLens: does it help?
#
# MovieLens tells who *rated* what, and nothing else that people did. So $N(u)$ is the films that a
# user has rated in **train** (those of test would give away what is to be predicted). Long
# histories cost time: here 30 films of each user, drawn at random, stand for all.
#
# Both models train alike: 32 factors, 4 epochs of batches of 1,024 with a falling learning rate,
# three splits.

# %% tags=["demo"]
encoding = carry_over("02_encode_split")
biases = carry_over("06_biases")

dataset = data.load(bad_rows="skip")
ratings = dataset.ratings
user_classes, user_map = encoding.fit_encoder(ratings["userId"])
item_classes, item_map = encoding.fit_encoder(ratings["movieId"])
n_users, n_items = len(user_map), len(item_map)
encoded = ratings.assign(
    user=encoding.encode(ratings["userId"], user_map),
    item=encoding.encode(ratings["movieId"], item_map),
)
N_FACTORS, LONGEST, SEEDS = 32, 30, (0, 1, 2)


def histories(frame, n_users, seed=0):
    """Padded histories: int32 array (U, H), at most `LONGEST` items of each user, drawn."""
    padded = np.full((n_users, LONGEST), -1, dtype="int32")
    drawn = frame.sample(frac=1, random_state=seed)
    for user, items in drawn.groupby("user")["item"]:
        padded[user, : len(items)] = items[:LONGEST]
    return padded


def columns(frame):
    return [frame[[name]].to_numpy("int32") for name in ("user", "item")]


def fit(model, inputs, y, epochs=4, batch_size=1024):
    """Train with a learning rate that falls to zero; returns the seconds that it took."""
    start = perf_counter()
    steps = epochs * -(-len(y) // batch_size)
    rate = keras.optimizers.schedules.CosineDecay(0.02, steps)
    model.compile(keras.optimizers.Adam(rate), loss="mse", steps_per_execution=16)
    model.fit(inputs, y, epochs=epochs, batch_size=batch_size, verbose=0)
    return perf_counter() - start


def predict(model, inputs):
    """Scores, clipped to the scale of the ratings: float array (m,)."""
    scores = model.predict(inputs, batch_size=8192, verbose=0).reshape(-1)
    return np.clip(scores, ratings["rating"].min(), ratings["rating"].max())


# %% tags=["demo"]
def compare_on_split(seed):
    """Both models on one split: a table of errors and seconds, and squared errors by test row."""
    train, _val, test = encoding.split_ratings(encoded, seed=seed)
    y, mu = train["rating"].to_numpy("float32"), train["rating"].mean()
    cold = ~(test["user"].isin(train["user"]) & test["item"].isin(train["item"])).to_numpy()
    history = histories(train, n_users)

    def with_history(frame):
        return [*columns(frame), history[frame["user"]]]

    contenders = {
        "biased (step 6)": (biases.build_biased_mf, columns),
        "implicit (SVD++)": (build_svdpp, with_history),
    }
    predictions, seconds = {}, {}
    for name, (build, inputs) in contenders.items():
        keras.utils.set_random_seed(seed)
        model = build(n_users, n_items, N_FACTORS, mu)
        seconds[name] = fit(model, inputs(train), y)
        predictions[name] = predict(model, inputs(test))
    table = biases.compare(predictions, test["rating"].to_numpy(), cold)
    rows = pd.DataFrame(predictions).sub(test["rating"].to_numpy(), axis=0) ** 2
    rows["ratings in train"] = test["user"].map(train["user"].value_counts()).fillna(0).to_numpy()
    return table.assign(seconds=pd.Series(seconds)).rename_axis("model"), rows


tables, squares = zip(*map(compare_on_split, SEEDS), strict=True)
by_model = pd.concat(tables, keys=SEEDS, names=["seed"]).groupby("model")
summary = by_model.mean()
summary.insert(1, "spread", by_model["rmse"].max() - by_model["rmse"].min())
print(f"{dataset.name}, mean of {len(SEEDS)} splits (spread: largest less smallest rmse)")
print(summary.round({"seconds": 1}).round(4).to_string())
by_seed = pd.concat(tables, keys=SEEDS, axis=1).xs("rmse", axis=1, level=1)
gains = by_seed.loc["biased (step 6)"] - by_seed.loc["implicit (SVD++)"]
print("what implicit feedback gains on each split:", gains.round(4).tolist())

# %% [markdown]
# Both models had the same rows on each split, so judge the **differences**, split by split. (The
# column "spread" says how much one model's error moves between splits. Both move together, and it
# would hide a gain that every split shows.) Then look at the price in seconds.
#
# On ml-latest-small SVD++ gains nothing: the two models are as good as equal. To have *rated* a
# film says little that the rating itself does not say better, and 610 people are few to learn some
# 9,000 vectors $x_j$ from. On the simulated ratings SVD++ gains on every split, since these users
# choose what suits them, far more strictly than people do.
#
# The figure asks *whose* ratings are predicted better: test rows by how many training ratings
# their user has.

# %% tags=["demo"]
all_squares = pd.concat(squares)
groups = pd.qcut(all_squares["ratings in train"], 5, duplicates="drop")
by_group = all_squares.groupby(groups, observed=True)
errors = np.sqrt(by_group[list(summary.index)].mean())

figure, axes = plt.subplots(figsize=(10, 5.5))
middles = by_group["ratings in train"].median()
for name, marker in zip(errors, "os", strict=True):
    axes.plot(middles, errors[name], marker=marker, markersize=9, label=name)
axes.set(
    xscale="log",
    xlabel="training ratings of the user (medians of five equal groups of test rows)",
    ylabel="RMSE in stars",
    title=f"{dataset.name}: whom does the history help?",
)
ticks = sorted(set(middles.astype(int)))
axes.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
axes.minorticks_off()
axes.legend()
show(figure, "11-errors-by-activity")

# %% [markdown]
# ## Where it is planted: newcomers with a history
#
# Koren's point is another one: evidence *beyond* ratings. MovieLens has none, so take simulated
# data, in which everything is planted. `views` holds films that a user watched and never rated;
# `users` holds what users say about themselves: age group, favourite genre, newsletter.
#
# The last gives (6) its last term. $A(u)$ is the set of attributes of user $u$; each attribute $a$
# of all users has one vector $y_a$:
#
# $$\hat r_{ui} = \mu + b_i + b_u
# + q_i^\top \Big[\, p_u + |N(u)|^{-\frac12} \sum_{j \in N(u)} x_j + \sum_{a \in A(u)} y_a \,\Big]
# \qquad \text{(Koren 6)}$$
#
# One user in three is a newcomer: **all** of their ratings are hidden. For them $p_u$ and $b_u$ say
# nothing at all. What does their history say, what do their attributes, and what do both?

# %% tags=["demo"]
simulation = data.simulate()
people = simulation.users
_classes, film_map = encoding.fit_encoder(simulation.movies["movieId"])
known = simulation.ratings.assign(
    user=simulation.ratings["userId"] - 1,
    item=encoding.encode(simulation.ratings["movieId"], film_map),
)
views = pd.DataFrame(
    {
        "user": simulation.views["userId"] - 1,
        "item": encoding.encode(simulation.views["movieId"], film_map),
    }
)
is_newcomer = np.random.default_rng(0).random(len(people)) < 1 / 3
hidden = is_newcomer[known["user"]]
train, newcomers = known[~hidden], known[hidden]
print(f"{is_newcomer.sum()} newcomers with {len(newcomers):,} hidden ratings")
print(people.head(4).to_string(index=False))

# %% [markdown]
# Your `build_svdpp` needs no change for attributes: call the whole model like a layer, and add
# $q_i^\top \sum_a y_a$ to what it says, with the $q_i$ that it has. Three attributes a user, each a
# row number in one table.

# %% tags=["demo"]
yes_or_no = pd.get_dummies(people.drop(columns="userId"))
attributes = np.stack([np.flatnonzero(row) for row in yes_or_no.to_numpy()]).astype("int32")


def with_attributes(model, n_attributes):
    """A model with a further input, attributes (b, 3), that adds q_i · sum of y_a to the score."""
    user, item = (keras.Input((1,), dtype="int32") for _ in range(2))
    history, of_user = keras.Input((None,), dtype="int32"), keras.Input((3,), dtype="int32")
    y = keras.layers.Embedding(
        n_attributes,
        N_FACTORS,
        embeddings_initializer="zeros",
        embeddings_regularizer=keras.regularizers.L2(1e-3),
        name="attribute_embedding",
    )
    total = keras.ops.sum(y(of_user), axis=1, keepdims=True)
    term = keras.layers.Dot(axes=2)([model.get_layer("item_embedding")(item), total])
    score = keras.ops.reshape(model([user, item, history]), (-1, 1))
    return keras.Model([user, item, history, of_user], score + keras.layers.Flatten()(term))


watched = histories(views, len(people))


unknown = np.full((len(people), 1), -1, dtype="int32")


def told_by(*tables):
    """A function of a frame: users, items, and for each row its user's row of every table."""
    return lambda frame: [*columns(frame), *(table[frame["user"]] for table in tables)]


def train_and_score(model, inputs):
    """Train on everybody but the newcomers; returns the RMSE of newcomers and the seconds."""
    seconds = fit(model, inputs(train), train["rating"].to_numpy("float32"))
    error = predict(model, inputs(newcomers)) - newcomers["rating"].to_numpy()
    return np.sqrt(np.mean(error**2)), seconds


sizes = len(people), len(film_map), N_FACTORS, train["rating"].mean()
n_attributes = yes_or_no.shape[1]
keras.utils.set_random_seed(0)
by_attributes = with_attributes(build_svdpp(*sizes), n_attributes)
contenders = {
    "biased (step 6)": (biases.build_biased_mf(*sizes), columns),
    "+ films watched": (build_svdpp(*sizes), told_by(watched)),
    "+ attributes": (by_attributes, told_by(unknown, attributes)),
    "+ both": (with_attributes(build_svdpp(*sizes), n_attributes), told_by(watched, attributes)),
}
best = simulation.best_rmse_for(newcomers)
error_of, closed = {}, {}
for name, (model, inputs) in contenders.items():
    error_of[name], seconds = train_and_score(model, inputs)
    gap = error_of["biased (step 6)"] - best
    closed[name] = (error_of["biased (step 6)"] - error_of[name]) / gap
    line = f"{name:16} RMSE of newcomers {error_of[name]:.3f}, {closed[name]:4.0%} of the gap"
    print(f"{line}  ({seconds:.1f} s)")
name = "best possible"
print(f"{name:16} RMSE of newcomers {best:.3f}, for who knows all that was planted")

# %% tags=["demo"]
figure, axes = plt.subplots(figsize=(10, 4.5))
places = np.arange(len(error_of))[::-1]
axes.barh(places, list(error_of.values()), height=0.6, color=["C0", "C1", "C2", "C3"])
for place, error in zip(places, error_of.values(), strict=True):
    axes.text(error + 0.005, place, f"{error:.3f}", va="center")
axes.axvline(best, color="black", linestyle="--", linewidth=1.5)
axes.set_yticks(places, list(error_of))
axes.set_xlim(right=1.12 * max(error_of.values()))
axes.set(xlabel="RMSE in stars, users without a rating (dashed: best possible)")
axes.set_title("Simulated newcomers: what is known without a rating")
axes.grid(axis="y", visible=False)
show(figure, "11-newcomers")

# %% [markdown]
# The *gap* is what step 6 loses against somebody who knows all that was planted. Read each line
# beside its control: history alone, attributes alone, both. On this data a newcomer's attributes
# close more of the gap than the history, and most of it stays open: a group is not a person.

# %% [markdown]
# ## Which attributes speak?
#
# Everybody has one age group, one favourite genre, one answer to the newsletter. What the vectors
# of one kind have in common is thus added for everybody, and tells nobody apart: subtract the mean
# of the kind, and see how long what is left is.
#
# A vector that says nothing has a length, too: it has learnt noise. So train once more with the
# attributes **dealt to the wrong people**. The black marks are the lengths that chance gives. A
# single mark is one draw of chance, so look at the bars of a kind together. One kind was planted to
# say nothing. Which?

# %% tags=["demo"]
def own_lengths(model):
    """Length of each attribute's vector, the mean of its kind subtracted: a Series."""
    weights = model.get_layer("attribute_embedding").get_weights()[0]
    y_a = pd.DataFrame(weights, yes_or_no.columns)
    kind = y_a.index.str.partition("_").get_level_values(0)
    return np.sqrt(((y_a - y_a.groupby(kind).transform("mean")) ** 2).sum(axis=1))


dealt = np.random.default_rng(0).permutation(attributes)
keras.utils.set_random_seed(0)
by_chance = with_attributes(build_svdpp(*sizes), n_attributes)
chance_error, _seconds = train_and_score(by_chance, told_by(unknown, dealt))
print(f"attributes of the wrong people: RMSE of newcomers {chance_error:.3f}")

length = own_lengths(by_attributes).sort_values()
chance_length = own_lengths(by_chance)[length.index]
kinds = length.index.str.partition("_").get_level_values(0)
color_of = {kind: f"C{k}" for k, kind in enumerate(people.columns.drop("userId"))}

figure, axes = plt.subplots(figsize=(10, 7))
names = length.index.str.replace("_", ": ")
axes.barh(names, length, color=[color_of[kind] for kind in kinds])
axes.scatter(chance_length, names, color="black", marker="|", s=200, linewidths=2.5, zorder=3)
axes.set(xlabel="length of the attribute's vector (black: of the wrong people's)")
axes.set_title("A vector speaks as far as it is longer than by chance")
axes.tick_params(axis="y", labelsize=12)
axes.grid(axis="y", visible=False)
handles = [plt.Rectangle((0, 0), 1, 1, color=color) for color in color_of.values()]
axes.legend(handles, color_of, loc="lower right")
show(figure, "11-attributes")

# %% [markdown]
# ## To discuss
#
# - A training row's own film is in its user's history, a test row's film is not. What can the model
#   learn from that which will not help it on test rows?
# - In the Netflix competition everybody knew which films the users of the test set had rated, only
#   not how. Why did SVD++ profit there, and would it in a shop?
# - What is $\hat r_{ui}$ of step 6 for a newcomer, and for whom does it differ?
# - $p_u$ must be trained anew for a new user; $x_j$ and $y_a$ need not. What does that mean for a
#   service with a thousand newcomers an hour?
# - Age and favourite genre are told freely here. Which attributes would you rather not use, even if
#   they lowered the error?

# %% [markdown] tags=["answer"]
# *Write your answers here: double-click this text and replace it.*

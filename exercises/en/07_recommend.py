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
# # 7 · From scores to a list
#
# **Day 2 · 100 minutes · 10 points**
#
# At the end of this step you can:
# - leave out what a user has already seen, and know why that comes first;
# - take the best of a row of scores without losing track of which item is which;
# - turn a raw user id into a list of titles, through two id spaces and back;
# - give somebody new a list, from a few ratings and without training;
# - save a model with its id maps, and serve a list from a process that never trained it.
#
# You write four functions: `seen_items` (1 point), `top_n` (3), `recommend` (3) and `fold_in` (3).

# %%
import json
import subprocess
import sys
from pathlib import Path

import recommender_data as data
from autograder import carry_over, check, rate_films, show, use_style

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

use_style()

# %% [markdown]
# ## What a recommender is asked
#
# Nobody asks a service "how many stars will I give this film?". They ask "what shall I watch?". The
# answer is a short list, best first, of films that they do not know yet. Your model of step 6 gives
# a score for every pair (user, item). Three things stand between its scores and the list:
#
# 1. **History.** A model likes best what it has learnt from. Those films have been seen: leave them
#    out.
# 2. **Order.** The best come first, and each score must stay with its item.
# 3. **Names.** The model counts rows 0, 1, 2, …; people and MovieLens do not.

# %% [markdown]
# ## A worked example
#
# One user, five films, the model's scores. The user has seen films 1 and 4.

# %%
scores = np.array([3.1, 4.8, 2.2, 4.0, 4.4])
seen = {1, 4}

print("all, best first:    ", np.argsort(-scores))
left = np.array([0, 2, 3])
print("unseen, their score:", dict(zip(left.tolist(), scores[left].tolist(), strict=True)))
print("order within unseen:", np.argsort(-scores[left]), "- positions, not items!")
print("items, best first:  ", left[np.argsort(-scores[left])])

# %% [markdown]
# `argsort` answers with positions in the array *that it was given*. Given three scores it can only
# say 0, 1 and 2. The last line leads these positions back to the items.

# %% [markdown]
# ## Your turn: who has seen what
#
# A film counts as seen when it has a rating, be it half a star. A user who hated a film does not
# want to be offered it again.
#
# Only the rows of **train** count. The films of validation and test have been seen too, but you are
# going to ask whether the list finds them (step 8). Leave them out of the list, and nothing can be
# found.

# %%
def seen_items(train):
    """The items that each user has rated.

    train: frame with columns user, item (encoded), rating; one row a rating.
    Returns a dict: user (int) -> set of items (ints), for every user of train.
    """
    # TODO: collect each user's items in a set.
    raise NotImplementedError("seen_items")


# %% tags=["check"]
check("seen_items")

# %% [markdown]
# ## Your turn: the best of a row
#
# `scores` holds one number for each item, so the *position is the item*. Two ways lead to the list:
# keep only the unseen items and sort them; or push the seen ones below everything else and sort
# all. Both are right, both have a trap. In the first you must translate positions back into items.
# In the second the seen items still stand at the end, where a long list reaches them.
#
# A catalogue has thousands of items and a list has ten. `np.argpartition` finds the ten best
# without sorting the rest; then only these ten need an order. A full sort gives the same list.
#
# Leave the arguments as they are: the caller still needs the scores.

# %%
def top_n(scores, seen, n=10):
    """The n unseen items of highest score, best first; ties in any order.

    scores: float array (I,), entry i is the score of item i; higher is better, any sign.
    seen: set of items to leave out, may be empty.
    Returns an int array (n,) of items, shorter where fewer are left.
    """
    # TODO: leave out the seen items, order the others by score, cut the list.
    raise NotImplementedError("top_n")


# %% tags=["check"]
check("top_n")

# %% [markdown]
# ## Your turn: titles for a person
#
# Two id spaces meet here:
#
# | | raw (MovieLens) | encoded (model) |
# |---|---|---|
# | user | `raw_user_id` | `user_map[raw_user_id]`, a key of `seen` |
# | film | `movieId`, in `movies` | row of the item table, in `seen`, position in `scores` |
#
# `item_classes` leads back: `item_classes[row]` is the movieId. `movies` has an order of its own
# and films that nobody rated, so go by its column `movieId`, never by position. Titles are no key
# either: there are different films of one name.

# %%
def recommend(model, raw_user_id, user_map, item_classes, seen, movies, n=10):
    """The n best unseen films of a user as a table that people can read.

    model: a Keras model with inputs [user, item], output (b, 1) or (b,).
    raw_user_id: int, the user's id in MovieLens.
    user_map: dict raw id -> row; item_classes: int array (I,), the movieId of every row.
    seen: dict user -> set of items, both encoded, from `seen_items`; a user without a rating in
    train has no entry.
    movies: frame with columns movieId, title; its order is its own, and it may hold more films.
    Returns a frame with columns movieId, title, score (the model's), best first: n rows, or as
    many as are left.
    Raises KeyError for a user who is not in `user_map`.
    """
    # TODO: encode the user, score every item, take the best, look up their ids and titles.
    raise NotImplementedError("recommend")


# %% tags=["check"]
check("recommend")

# %% [markdown]
# ## On MovieLens: one person's list
#
# Train the model of step 6, then look at one user. First what they liked, then what your function
# recommends. The last column says how they rated a film of the list in the hidden test rows. Much
# or all of it is empty, since nobody rates everything that they would have liked.

# %% tags=["demo"]
encoding = carry_over("02_encode_split")
training = carry_over("05_training")
biased = carry_over("06_biases")

dataset = data.load(bad_rows="skip")
ratings, movies = dataset
user_classes, user_map = encoding.fit_encoder(ratings["userId"])
item_classes, item_map = encoding.fit_encoder(ratings["movieId"])
n_users, n_items = len(user_map), len(item_map)


train, val, test = (
    encoding.encoded(part, user_map, item_map) for part in encoding.split_ratings(ratings)
)
keras.utils.set_random_seed(0)
model = biased.build_biased_mf(n_users, n_items, 64, train["rating"].mean())
pairs, val_pairs = (encoding.make_xy(part, user_map, item_map) for part in (train, val))
history = training.compile_and_fit(model, pairs, val_pairs, batch_size=2048)
print(f"{dataset.name}: {len(train):,} training rows, {len(history.history['loss'])} epochs")

# %% tags=["demo"]
seen_in_train = seen_items(train)
n_rated = pd.Series({user: len(items) for user, items in seen_in_train.items()})
user = (n_rated - 100).abs().idxmin()
raw_user_id = int(np.asarray(user_classes)[user])

rows = train[train["user"] == user].merge(movies, on="movieId")
liked = rows.sort_values(["rating", "timestamp"], ascending=False).head(10)
print(f"user {raw_user_id} rated {len(rows)} films of train; they liked")
print(liked[["rating", "title", "genres"]].to_string(index=False))

# %% tags=["demo"]
listed = recommend(model, raw_user_id, user_map, item_classes, seen_in_train, movies)
hidden = test.loc[test["user"] == user, ["movieId", "rating"]]
listed = listed.merge(movies[["movieId", "genres"]], on="movieId")
listed = listed.merge(hidden.rename(columns={"rating": "hidden rating"}), on="movieId", how="left")
print(listed.round(2).to_string(index=False, na_rep=""))

# %% [markdown]
# ## Your turn: somebody new
#
# Everybody so far had a row in the table. Somebody who comes to the site today has none, and
# training anew for every visitor is out of the question. But look at the model with the items' side
# held still:
#
# $$\hat r_{ui} = \mu + b_i + b_u + q_i^\top p_u$$
#
# With $\mu$, $b_i$ and $q_i$ given, the unknowns $b_u$ and $p_u$ enter *linearly*. A few ratings,
# and the best $b_u$ and $p_u$ are the exact solution of a small ridge regression, a system of
# $K + 1$ equations: minimise
#
# $$\sum_{i}\bigl(r_i - \mu - b_i - b_u - q_i^\top p_u\bigr)^2
#   + \lambda\,\bigl(b_u^2 + \lVert p_u\rVert^2\bigr)$$
#
# over the films $i$ that the newcomer rated. Write the regression with a row $(1, q_i)$ for each
# rating, and one vector $(b_u, p_u)$ of unknowns.
#
# The penalty stands there **once**, not once a rating. Why is $\lambda = 5$ so much larger than
# step 6's `l2` of 0.0001? Keras adds `l2` times the squares to the *mean* squared error of a batch.
# Times the number of training ratings (the demonstration above prints it), this is the same penalty
# beside the *sum* of squared errors: about 7 on ml-latest-small, about 4 on the simulated ratings.

# %%
def fold_in(ratings, items, item_factors, item_bias, mu, reg=5.0):
    """The bias and the factors of a new user from a few ratings; the items' side stays.

    ratings: stars, array or list (m,); items: the rated items' rows, ints (m,); m may be 0.
    item_factors: float array (I, K); item_bias: float array (I,); mu: float; reg: float above 0.
    Returns (b_u, p_u), a float and a float array (K,): the exact minimiser of
    sum (r - mu - b_i - b_u - q_i.p_u)^2 + reg (b_u^2 + |p_u|^2), the penalty counted once.
    Without ratings 0.0 and zeros.
    """
    # TODO: what is left of the ratings; a row (1, q_i) a rating; solve for (b_u, p_u) together.
    raise NotImplementedError("fold_in")


# %% tags=["check"]
check("fold_in")

# %% [markdown]
# ## Rate fifteen films, get your list
#
# Now you. Give stars to the films that you have seen, and leave out the others. Your stars stay in
# your folder.

# %% tags=["demo"]
mine = rate_films(movies, ratings)
mine

# %% [markdown]
# The penalty tells something for free. At the minimum the derivative is zero, and that says
# $p_u = \frac{1}{\lambda}\sum_j e_j\, q_j$: each rating pulls $p_u$ towards its film by what is
# left of it, its error $e_j$. So the personal part of a score falls apart into one share for each
# rating,
#
# $$q_i^\top p_u = \frac{1}{\lambda}\sum_j e_j\; q_i^\top q_j$$
#
# and for every film of the list you can say which of your ratings spoke most for it.

# %% tags=["demo"]
def table(name, n_rows):
    return model.get_layer(name).get_weights()[0][:n_rows]


q, b_item = table("item_embedding", n_items), table("item_bias", n_items)[:, 0]
mu, reg = float(train["rating"].mean()), 5.0
names = movies.set_index("movieId")["title"].reindex(np.asarray(item_classes)).to_numpy()

if len(mine) >= 3:
    given_stars, given_items = np.array(list(mine.values())), encoding.encode(list(mine), item_map)
else:
    print("Rate three films or more above. Until then, the first fifteen ratings of that user:")
    first = train[train["user"] == user].head(15)
    given_stars, given_items = first["rating"].to_numpy(), first["item"].to_numpy()

b_u, p_u = fold_in(given_stars, given_items, q, b_item, mu, reg)
errors = given_stars - (mu + b_item[given_items] + b_u + q[given_items] @ p_u)
print(f"bias {b_u:+.2f}, length of p_u {np.linalg.norm(p_u):.2f}")

scores = mu + b_item + b_u + q @ p_u
for item in top_n(scores, set(given_items.tolist()), 10):
    shares = errors * (q[given_items] @ q[item]) / reg
    most = np.argmax(shares)
    because = f"{given_stars[most]:g} stars for {names[given_items[most]]} ({shares[most]:+.3f})"
    taste = f"{q[item] @ p_u:+.2f} by taste"
    print(f"{scores[item]:.2f} ({taste})  {names[item]}, because of {because}")

# %% [markdown]
# Compare the numbers "by taste" with the scores. Fifteen ratings move a score by tenths of a star;
# most of a score is the same for everybody, the mean and the film's own bias. So films that
# everybody likes stand high, and a few ratings should not be believed more than that. Change one
# rating to the contrary and run the cell again: which films come and go?

# %% [markdown]
# ## All lists at once
#
# Asking `recommend` user by user takes a `predict` each. Step 4 had a faster way: one matrix
# product. Look at Koren (4) with the eyes of a single user:
#
# $$\hat r_{ui} = \mu + b_u + b_i + q_i^\top p_u$$
#
# Within one list $\mu$ and $b_u$ are the same for all films: they shift the scores and leave the
# order alone. So $b_i + q_i^\top p_u$ is enough.
#
# This function is given, and later steps carry it over.

# %% tags=["given"]
def ranking_scores(model, n_users, n_items):
    """b_i + q_i · p_u for every pair, a float array (U, I): what orders each user's films."""

    def table(name, n_rows):
        return model.get_layer(name).get_weights()[0][:n_rows]

    p, q = table("user_embedding", n_users), table("item_embedding", n_items)
    return p @ q.T + table("item_bias", n_items)[:, 0]


# %% tags=["demo"]
scores = ranking_scores(model, n_users, n_items)
lists = {user: top_n(scores[user], mine) for user, mine in seen_in_train.items()}
places = np.concatenate(list(lists.values()))
print("same list as before:", set(np.asarray(item_classes)[lists[user]]) == set(listed["movieId"]))
n_films = len(np.unique(places))
print(f"{len(lists):,} lists have {len(places):,} places, filled by {n_films:,} films")
in_lists = np.bincount(places, minlength=n_items)
print(f"the film recommended most is in {in_lists.max() / len(lists):.0%} of the lists")
shared = np.sum(in_lists * (in_lists - 1)) / (len(lists) * (len(lists) - 1))
print(f"two users' lists share {shared:.1f} films on average")

# %% [markdown]
# Now compare three crowds: the films of the catalogue, each once; the films that people rated, each
# as often as they did; and the films in your lists. Where do the lists stand on the scale from
# obscure to famous? The model never saw a count. It shrinks what it knows little about towards the
# mean, and a film near the mean reaches nobody's first ten places.

# %% tags=["demo"]
n_ratings = np.bincount(train["item"], minlength=n_items)
crowds = {
    "catalogue": n_ratings[n_ratings > 0],
    "rated by users": n_ratings[train["item"]],
    "recommended": n_ratings[places],
}
edges = 2 ** np.arange(int(np.log2(n_ratings.max())) + 2)

figure, axes = plt.subplots()
for name, counts in crowds.items():
    shares, _ = np.histogram(counts, edges)
    axes.stairs(shares / len(counts), edges, label=name, linewidth=2.5)
    print(f"{name}: median {np.median(counts):.0f} ratings")
axes.set(xscale="log", xlabel="ratings of the film in train (each step doubles)", ylabel="share")
axes.set_xticks(edges, edges)
axes.minorticks_off()
axes.set_title("The lists are made of well-known films")
axes.legend()
show(figure, "07-popularity-of-lists")

# %% [markdown]
# ## Save, reload, serve one user
#
# A service does not train when a visitor comes. It loads what was trained last night and answers.
# Three things must be saved **together**: the model, the raw ids of its rows (another split or
# another file would give rows other ids), and what each user has seen. A `.keras` file holds the
# layers and the weights, and nothing of the ids.

# %% tags=["demo"]
folder = Path("served")
folder.mkdir(exist_ok=True)
model.save(folder / "model.keras")
np.savez(folder / "ids.npz", users=np.asarray(user_classes), items=np.asarray(item_classes))
history_of = {user: sorted(int(item) for item in items) for user, items in seen_in_train.items()}
(folder / "seen.json").write_text(json.dumps(history_of))

SERVER = """
import json, sys
from pathlib import Path
from time import perf_counter
import keras
import numpy as np

folder, raw_user_id = Path(sys.argv[1]), int(sys.argv[2])
start = perf_counter()
model = keras.models.load_model(folder / "model.keras")
ids = np.load(folder / "ids.npz")
row_of = {int(raw): row for row, raw in enumerate(ids["users"])}
seen = {int(user): items for user, items in json.loads((folder / "seen.json").read_text()).items()}
n_users, n_items = len(ids["users"]), len(ids["items"])
p = model.get_layer("user_embedding").get_weights()[0][:n_users]
q = model.get_layer("item_embedding").get_weights()[0][:n_items]
b = model.get_layer("item_bias").get_weights()[0][:n_items, 0]
print(f"loaded in {perf_counter() - start:.2f} s")

def serve(raw, n=10):
    user = row_of[raw]
    scores = b + q @ p[user]
    scores[seen.get(user, [])] = -np.inf
    best = np.argpartition(-scores, n)[:n]
    return ids["items"][best[np.argsort(-scores[best])]]

times = []
for raw in ids["users"][:200]:
    start = perf_counter()
    serve(int(raw))
    times.append(perf_counter() - start)
print(f"one list takes {1000 * np.median(times):.3f} ms (median of {len(times)} users)")
print(json.dumps(serve(raw_user_id).tolist()))
"""
(folder / "serve.py").write_text(SERVER, encoding="utf-8")
command = [sys.executable, str(folder / "serve.py"), str(folder), str(raw_user_id)]
answer = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
served = []
if answer.returncode == 0:
    *lines, last = answer.stdout.strip().splitlines()
    served = json.loads(last)
    print("\n".join(lines))
    print("same list as `recommend` gave:", set(served) == set(listed["movieId"]))
else:
    print("The fresh process stopped:", (answer.stderr.strip().splitlines() or ["no reason"])[-1])

# %% [markdown]
# The fresh process knows nothing of this notebook, so the agreement of both lists is a test of what
# was saved. A list is a product of one matrix and one vector, and a partial sort; no call of Keras
# is needed. If your process stopped at a layer, your model holds code: a class of your own, which a
# `.keras` file does not carry along, or a `Lambda`, which Keras refuses to load from a file.

# %% [markdown]
# ## To discuss
#
# - Look at the list above next to what the user liked. Which entries would you defend, and by what?
# - Two users, two lists: how many films do they share? What would you change if a shop window with
#   the same ten films for everybody is not what you want?
# - A film has a single rating, five stars. Where does it come in a list sorted by mean rating,
#   where in yours? Which term of step 6 decides?
# - Leave the films of test out of the lists as well. What happens to every measure of how good they
#   are?
# - A user has rated ten films, all of them horror films, all with one star. What does the model
#   know about them, and what would you recommend?

# %% [markdown] tags=["answer"]
# *Write your answers here: double-click this text and replace it.*

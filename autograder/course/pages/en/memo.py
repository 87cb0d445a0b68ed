# %% [markdown]
# # The memo: which model ships, and why?
#
# **Day 3 · 45 minutes · half a page**
#
# You advise a small film service. It shows each member ten films on its first page. You have tried
# several recommenders; the service can run one. Say which, and why. Your reader manages the
# service, knows what a rating is, and has never heard of an embedding.
#
# The table below fills itself from your own models, as far as your functions pass their checks.
# Run the cells, then answer the four questions in your own words.

# %%
from time import perf_counter

import recommender_data as data
from autograder import carry_over, use_style

import keras
import numpy as np
import pandas as pd

use_style()

# %% [markdown]
# ## The recommenders, measured on the same split
#
# - **RMSE** on the test rows: how far off the predicted stars are. Popularity predicts no stars.
# - **nDCG@10**: how well lists of ten hit the hidden films with four stars or more.
# - **ahead**: how far this nDCG is ahead of popularity's, the mean of differences user by user; and
#   **error**, the standard error of these differences. Below twice its size, do not bet on a lead.
# - **coverage**: the share of all films that stand in somebody's list.
# - **popularity**: how many ratings the median film of the lists has in train.
# - **novelty**: how surprising a film of the lists is, in bits (step 8).
# - **seconds**: the time of training and of making the lists, here, once.

# %% tags=["demo"]
encoding = carry_over("02_encode_split")
dot_product = carry_over("04_dot_product")
training = carry_over("05_training")
biased = carry_over("06_biases")
recommending = carry_over("07_recommend")
ranking = carry_over("08_ranking")

ratings, movies = data.load(bad_rows="skip")
user_classes, user_map = encoding.fit_encoder(ratings["userId"])
item_classes, item_map = encoding.fit_encoder(ratings["movieId"])
n_users, n_items, n_factors = len(user_map), len(item_map), 64


train, val, test = (
    encoding.encoded(part, user_map, item_map) for part in encoding.split_ratings(ratings)
)
train_xy, val_xy, test_xy = (
    encoding.make_xy(part, user_map, item_map) for part in (train, val, test)
)
seen = recommending.seen_items(train)
liked = test[test["rating"] >= 4]
relevant = liked.groupby("user")["item"].agg(set).to_dict()

# %% tags=["demo"]
def table_of(model, name, n_rows):
    return model.get_layer(name).get_weights()[0][:n_rows]


def lists_by(scores):
    return {user: recommending.top_n(scores[user], items) for user, items in seen.items()}


def popularity():
    return ranking.popularity_recommendations(train, seen), None


def bias_baseline():
    mu, b_user, b_item = biased.bias_baseline(train, n_users, n_items)
    stars = mu + b_user[test["user"]] + b_item[test["item"]]
    return lists_by(np.tile(b_item, (n_users, 1))), stars


def factors_alone():
    keras.utils.set_random_seed(0)
    model = dot_product.build_mf(n_users, n_items, n_factors)
    training.compile_and_fit(model, train_xy, val_xy)
    p = table_of(model, "user_embedding", n_users)
    q = table_of(model, "item_embedding", n_items)
    stars = dot_product.predict_pairs(model, test["user"].to_numpy(), test["item"].to_numpy())
    return lists_by(dot_product.score_matrix(p, q)), stars


def factors_and_biases():
    keras.utils.set_random_seed(0)
    mu = float(train["rating"].mean())
    model = biased.build_biased_mf(n_users, n_items, n_factors, mu=mu)
    training.compile_and_fit(model, train_xy, val_xy)
    p = table_of(model, "user_embedding", n_users)
    q = table_of(model, "item_embedding", n_items)
    scores = dot_product.score_matrix(p, q) + table_of(model, "item_bias", n_items)[:, 0]
    stars = dot_product.predict_pairs(model, test["user"].to_numpy(), test["item"].to_numpy())
    return lists_by(scores), stars


def ndcg_by_user(lists):
    hidden = relevant.items()
    return np.array([ranking.ndcg_at_k(lists.get(user, []), films, 10) for user, films in hidden])


recommenders = {
    "popularity": popularity,
    "bias baseline": bias_baseline,
    "factors alone": factors_alone,
    "factors and biases": factors_and_biases,
}
n_ratings = np.bincount(train["item"], minlength=n_items)
bits = -np.log2((n_ratings + 1) / (n_users + 1))
rows, by_user = {}, {}
for name, recommender in recommenders.items():
    start = perf_counter()
    lists, stars = recommender()
    seconds = perf_counter() - start
    places = np.concatenate(list(lists.values()))
    by_user[name] = ndcg_by_user(lists)
    ahead = by_user[name] - by_user["popularity"]
    rows[name] = {
        "RMSE": np.nan if stars is None else training.rmse(test["rating"], np.clip(stars, 0.5, 5)),
        "nDCG@10": ranking.evaluate_ranking(lists, relevant, k=10)["ndcg"],
        "ahead": ahead.mean(),
        "error": ahead.std() / np.sqrt(len(ahead)),
        "coverage": len(np.unique(places)) / n_items,
        "popularity": np.median(n_ratings[places]),
        "novelty": bits[places].mean(),
        "seconds": seconds,
    }
pd.DataFrame(rows).T.round(3)

# %% [markdown]
# Add a row for a recommender of your own, if you have one: a function that returns lists and stars.

# %% [markdown]
# ## 1. Which recommender ships?
#
# Name it, and say in one sentence what a member will notice.

# %% [markdown] tags=["answer"]
# *Write your answer here: double-click this text and replace it.*

# %% [markdown]
# ## 2. Which numbers decided, and how sure are you?
#
# Quote at most three numbers of the table. Which difference would you not bet on, and why?

# %% [markdown] tags=["answer"]
# *Write your answer here: double-click this text and replace it.*

# %% [markdown]
# ## 3. Whom does it serve badly?
#
# New members, members with rare tastes, films that nobody has rated yet: choose one, and say what
# the service should do for them.

# %% [markdown] tags=["answer"]
# *Write your answer here: double-click this text and replace it.*

# %% [markdown]
# ## 4. What would you measure after the launch?
#
# The table looks back at films that people found without your lists. What would change your mind?

# %% [markdown] tags=["answer"]
# *Write your answer here: double-click this text and replace it.*

# %% [markdown]
# ## How a memo is read
#
# | | weak | good | excellent |
# |---|---|---|---|
# | decision | none, or all of them | one, in the first sentence | one, with what it costs |
# | evidence | numbers alone | numbers against the baseline | and the chance in them |
# | limits | none | somebody who is served badly | and what to do for them |
# | reader | formulas, layers | plain words | a manager could act on it tomorrow |

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
# # 8 · Judge the list
#
# **Day 2-3 · 115 minutes · 10 points**
#
# At the end of this step you can:
# - judge a list by what it finds: precision, recall and nDCG at k;
# - average over users without flattering yourself;
# - build the baseline that every recommender must beat, popularity, and see how hard that is.
#
# You write six functions: `precision_at_k` (1 point), `recall_at_k` (1), `ndcg_at_k` (3),
# `evaluate_ranking` (2), `popularity_recommendations` (2) and `split_by_time` (1).

# %%
import recommender_data as data
from autograder import carry_over, check, show, use_style

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

use_style()

# %% [markdown]
# ## RMSE is not the question
#
# RMSE asks how far off you are on films that people *chose to rate*. A list is made of films that
# they did not choose yet, thousands of them, and only its first places are looked at. A model can
# be good at one and poor at the other.
#
# So hide a part of what each user likes, make a list from the rest, and ask whether the list finds
# what was hidden. A hidden film counts as **relevant** here when it has four stars or more.
# Everything that the user has not rated in train is a candidate, not only the hidden films: a live
# service does not know what you are going to watch either.

# %% [markdown]
# ## A worked example
#
# Five films are recommended, best first. Two of the three relevant films are among them.

# %%
recommended = [7, 3, 9, 1, 4]
relevant = {3, 4, 8}

hits = np.array([item in relevant for item in recommended], dtype=float)
print("hits by place:     ", hits)
print("precision at 5:    ", hits.sum() / 5)
print("recall at 5:       ", round(hits.sum() / len(relevant), 3))

discounts = 1 / np.log2(np.arange(1, 6) + 1)
print("worth of each place:", discounts.round(3))
print("DCG, what was found:", round((hits * discounts).sum(), 3))
print("the best possible: ", round(discounts[:3].sum(), 3), "- hits in places 1, 2 and 3")
print("nDCG at 5:         ", round((hits * discounts).sum() / discounts[:3].sum(), 3))

# %% [markdown]
# ## Your turn: precision
#
# Of the k places that you had, how many hold something relevant?
#
# $$\mathrm{precision@}k = \frac{\text{hits among the first } k}{k}$$
#
# The denominator is always k. A list that stops early leaves its places empty, and an empty place
# is no hit.

# %%
def precision_at_k(recommended, relevant, k):
    """The share of the first k places that hold a relevant item.

    recommended: items, best first (list or int array), maybe fewer or more than k.
    relevant: set of items. k: int, at least 1.
    Returns a float between 0 and 1.
    """
    # TODO: count the hits among the first k, divide by k.
    ### BEGIN SOLUTION
    return len(set(recommended[:k]) & set(relevant)) / k
    ### END SOLUTION


# %% [markdown] tags=["hint"]
# ### precision_at_k
# 1. Which part of the list does a user see? How many places has it?
# 2. Cut the list at k, count its members that are in the set, divide by k whatever the list's
#    length.
# 3. The size of the intersection of two sets, or a sum of `in` over a slice, over k.

# %% tags=["check"]
check("precision_at_k")

# %% [markdown]
# ## Your turn: recall
#
# Of all that was to be found, how much did you find?
#
# $$\mathrm{recall@}k = \frac{\text{hits among the first } k}{\text{number of relevant items}}$$

# %%
def recall_at_k(recommended, relevant, k):
    """The share of the relevant items that stand in the first k places.

    recommended: items, best first (list or int array), maybe fewer or more than k.
    relevant: set of items, at least one. k: int, at least 1.
    Returns a float between 0 and 1.
    """
    # TODO: count the hits among the first k, divide by the number of relevant items.
    ### BEGIN SOLUTION
    return len(set(recommended[:k]) & set(relevant)) / len(relevant)
    ### END SOLUTION


# %% [markdown] tags=["hint"]
# ### recall_at_k
# 1. What differs from precision: the hits, or what they are a share of?
# 2. The hits are those of precision. A user with fifty relevant films cannot reach 1 with ten
#    places.
# 3. The same count as before, divided by the size of `relevant`.

# %% tags=["check"]
check("recall_at_k")

# %% [markdown]
# ## Your turn: nDCG
#
# Precision and recall do not care where in the list a hit stands. People do. *Discounted cumulative
# gain* gives a hit in place $r = 1, 2, \dots$ the worth $1 / \log_2(r + 1)$ and adds up:
#
# $$\mathrm{DCG@}k = \sum_{r=1}^{k} \frac{\mathrm{hit}_r}{\log_2(r + 1)}$$
#
# How much is a lot? Divide by what the best list could have reached: relevant items in all its
# first places, as many as there are, and no more than k. That is nDCG, between 0 and 1.

# %%
def ndcg_at_k(recommended, relevant, k):
    """Normalised discounted cumulative gain of the first k places, with binary relevance.

    A hit at rank r = 1, 2, ... gains 1 / log2(r + 1); the sum is divided by that of the best
    possible list, which has min(k, number of relevant items) hits in its first places.
    recommended: items, best first (list or int array), maybe fewer or more than k.
    relevant: set of items, at least one. k: int, at least 1.
    Returns a float between 0 and 1.
    """
    # TODO: add up the discounted hits, then divide by the best sum that was possible.
    ### BEGIN SOLUTION
    discounts = 1 / np.log2(np.arange(1, k + 1) + 1)
    gain = sum(
        discount
        for item, discount in zip(recommended[:k], discounts, strict=False)
        if item in relevant
    )
    best = discounts[: min(k, len(relevant))].sum()
    return float(gain / best)
    ### END SOLUTION


# %% [markdown] tags=["hint"]
# ### ndcg_at_k
# 1. In the worked example, why does the best possible sum have three terms, and not two or five?
# 2. Two sums with the same discounts. The first runs over the places of your list that are hits.
#    The second runs over the places of an ideal list, which does not depend on what you
#    recommended.
# 3. An array of discounts for ranks 1..k; the sum of those whose place is a hit; the sum of the
#    first min(k, number of relevant); their quotient.

# %% tags=["check"]
check("ndcg_at_k")

# %% [markdown]
# ## Your turn: all users
#
# A recommender is judged by the mean over users, one vote each. Decide with care whose vote counts:
#
# - a user with nothing relevant in the hidden part could not have been helped: leave them out;
# - a user whom you recommended nothing could have been: they score 0. Otherwise a service that
#   serves only its easiest user would win.

# %%
def evaluate_ranking(recommended, relevant, k):
    """Mean precision, recall and nDCG at k over the users with at least one relevant item.

    recommended: dict user -> items, best first (list or int array); a user may be missing.
    relevant: dict user -> set of items; a set may be empty. k: int, at least 1.
    Returns a dict of floats `precision`, `recall`, `ndcg`; a user without recommendation scores 0.
    """
    # TODO: choose the users, judge each user's list, take the means.
    ### BEGIN SOLUTION
    users = [user for user, items in relevant.items() if len(items) > 0]
    metrics = {"precision": precision_at_k, "recall": recall_at_k, "ndcg": ndcg_at_k}
    return {
        name: float(np.mean([metric(recommended.get(u, []), relevant[u], k) for u in users]))
        for name, metric in metrics.items()
    }
    ### END SOLUTION


# %% [markdown] tags=["hint"]
# ### evaluate_ranking
# 1. Which of the two dicts tells you whose votes count?
# 2. Walk through the users with a relevant item. Look up their list by user, never by position; an
#    absent list is an empty one, and your three functions give it 0.
# 3. A list of users; for each metric a list of values, with `get` and an empty list for absent
#    users; its mean as a float under the metric's name.

# %% tags=["check"]
check("evaluate_ranking")

# %% [markdown]
# ## Your turn: the baseline
#
# Recommend to everybody the films that most people have rated, minus those that they have seen. It
# knows nothing about anybody, and it is hard to beat: what many watch, many will watch.
#
# Only films with a rating in train can be recommended; count them there, and nowhere else.

# %%
def popularity_recommendations(train, seen, n=10):
    """The most rated items of train that each user has not seen; ties in any order.

    train: frame with columns user, item (encoded); one row a rating.
    seen: dict user -> set of items; a list is made for each of its users.
    Returns a dict: user -> int array (n,), most rated first, shorter where fewer items are left.
    """
    # TODO: rank the items once; per user, leave out what is seen, then cut.
    ### BEGIN SOLUTION
    ranking = train["item"].value_counts().index.to_numpy()
    return {user: ranking[~np.isin(ranking, list(items))][:n] for user, items in seen.items()}
    ### END SOLUTION


# %% [markdown] tags=["hint"]
# ### popularity_recommendations
# 1. Which part of the work is the same for all users, and which is not?
# 2. The ranking of the items is made once, from counts of rows. Each user's list is this ranking,
#    in its order, without what they have seen, and only then cut to n.
# 3. `value_counts` gives items in its index, most rated first; a dict over the users of `seen`; a
#    mask or a loop that keeps the order; a slice.

# %% tags=["check"]
check("popularity_recommendations")

# %% [markdown]
# ## Four recommenders on MovieLens
#
# The first three cost you little: films at random, the popular ones, and step 6's rating model. The
# fourth is **the same network**, trained on another question.
#
# Hide the test rows first. What a user liked among them, with four stars or more, is relevant.
# Leave out of the lists only what was seen in train.

# %% tags=["demo"]
encoding = carry_over("02_encode_split")
dot_product = carry_over("04_dot_product")
training = carry_over("05_training")
biased = carry_over("06_biases")
recommending = carry_over("07_recommend")

dataset = data.load(bad_rows="skip")
ratings, movies = dataset
user_classes, user_map = encoding.fit_encoder(ratings["userId"])
item_classes, item_map = encoding.fit_encoder(ratings["movieId"])
n_users, n_items, n_factors = len(user_map), len(item_map), 64


def encoded(frame):
    users = encoding.encode(frame["userId"], user_map)
    items = encoding.encode(frame["movieId"], item_map)
    return frame.assign(user=users, item=items)


train, val, test = map(encoded, encoding.split_ratings(ratings))
seen = recommending.seen_items(train)
relevant = recommending.seen_items(test[test["rating"] >= 4])
print(f"{dataset.name}: {len(relevant):,} of {n_users:,} users liked something in test")

# %% tags=["demo"]
pairs, val_pairs = (encoding.make_xy(part, user_map, item_map) for part in (train, val))
rating_model = biased.build_biased_mf(n_users, n_items, n_factors, train["rating"].mean())
history = training.compile_and_fit(rating_model, pairs, val_pairs, batch_size=2048)
print(f"the rating model: {len(history.history['loss'])} epochs")

# %% [markdown]
# ## The same network, another question
#
# The rating model learns from rows that exist: films that somebody chose to watch. But a list must
# choose among all films, and for most of them there is no row. *That there is a row* is information
# too.
#
# So ask "watched or not?" instead of "how many stars?". Every training row is a 1. For each of them
# draw four films at random for the same user and call them 0: **negative samples**. Most of these
# guesses are right, since nobody has watched much of the catalogue. Draw new ones every epoch, so
# that a wrong guess does not stick. The score becomes a probability through a sigmoid, and the loss
# is binary cross-entropy.

# %% tags=["demo"]
N_NEGATIVES = 4


def with_negatives(train, rng):
    """Pairs of train labelled 1, and four random items for each of them labelled 0."""
    users = np.tile(train["user"], 1 + N_NEGATIVES)
    items = np.concatenate([train["item"], rng.integers(n_items, size=N_NEGATIVES * len(train))])
    watched = np.repeat([1.0, 0.0], [len(train), N_NEGATIVES * len(train)])
    return [users.reshape(-1, 1), items.reshape(-1, 1)], watched


keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)
watched_model = biased.build_biased_mf(n_users, n_items, n_factors, mu=0.0, l2=1e-5)
cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
watched_model.compile(keras.optimizers.Adam(0.01), loss=cross_entropy)
for epoch in range(6):
    inputs, watched = with_negatives(train, rng)
    loss = watched_model.fit(inputs, watched, batch_size=4096, verbose=0).history["loss"][0]
    print(f"epoch {epoch}: loss {loss:.3f}")

# %% [markdown]
# Now everybody's lists. Within one list $\mu$ and $b_u$ change nothing: $b_i + q_i^\top p_u$ ranks.

# %% tags=["demo"]
def ranking_scores(model):
    def table(name, n_rows):
        return model.get_layer(name).get_weights()[0][:n_rows]

    p, q = table("user_embedding", n_users), table("item_embedding", n_items)
    return dot_product.score_matrix(p, q) + table("item_bias", n_items)[:, 0]


def lists_by(scores):
    return {user: recommending.top_n(scores[user], items) for user, items in seen.items()}


lists = {
    "random": lists_by(rng.random((n_users, n_items))),
    "popularity": popularity_recommendations(train, seen),
    "rating model": lists_by(ranking_scores(rating_model)),
    "watched or not": lists_by(ranking_scores(watched_model)),
}
measures = {name: evaluate_ranking(items, relevant, k=10) for name, items in lists.items()}
table = pd.DataFrame(measures).T
print(table.round(3).to_string())

# %% tags=["demo"]
figure, axes = plt.subplots()
table.rename(columns={"ndcg": "nDCG"}).plot.bar(ax=axes, rot=0, width=0.75)
axes.axhline(table.loc["popularity", "ndcg"], color="black", linestyle="--", linewidth=1.5)
axes.set(ylabel="mean over users, at 10", title="Popularity is hard to beat (dashed: its nDCG)")
show(figure, "08-four-recommenders")

# %% [markdown]
# Read the figure from the dashed line. **Popularity is hard to beat.** It was given no taste at
# all, and the rating model, which wins on RMSE, hardly gets past it, if it does. That model is not
# broken: it answers the question that it was trained on, "how many stars, *if* you watch it?". The
# last group has the same layers and as many parameters; only the question and the rows changed.
#
# Be fair in the other direction as well. The hidden rows are films that people found *without* your
# lists, often because they were famous. This test rewards popularity, and it cannot tell a useless
# recommendation from a splendid one that the user never came across. And one split is one split:
# draw another seed before you believe a small difference.

# %% [markdown]
# ## Who gets what?
#
# A mean hides who is served. How personal are the lists, and how famous are their films?

# %% tags=["demo"]
n_ratings = np.bincount(train["item"], minlength=n_items)
for name, items in lists.items():
    places = np.concatenate(list(items.values()))
    print(
        f"{name:15} {len(np.unique(places)):5,} different films, "
        f"median film: {np.median(n_ratings[places]):.0f} ratings in train"
    )

# %% [markdown]
# How much does it matter what counts as a candidate? Rank only the hidden films of each user, those
# they rated in test, and every measure jumps. No live system knows which films these are.

# %% tags=["demo"]
in_test = recommending.seen_items(test)
everything = set(range(n_items))
scores = ranking_scores(rating_model)
easy = {
    user: recommending.top_n(scores[user], everything - items) for user, items in in_test.items()
}
flattered = evaluate_ranking(easy, relevant, k=10)
print(f"all unseen films:    nDCG of the rating model {table.loc['rating model', 'ndcg']:.3f}")
print(f"rated in test only:  nDCG of the rating model {flattered['ndcg']:.3f}")

# %% [markdown]
# ## Your turn: split by time
#
# A random split hides a rating of 2005 and shows the model those of 2015. A live system never has
# that: it knows what came before, and is asked about what comes next. So hide the **last** rows of
# each user, by timestamp.
#
# Each user gives a share of their own rows, to one row: a fifth of seven rows may be one or two.
# Rows of the same second have no order, so any of them may go first. The rows themselves stay as
# they are, with their columns and their labels in the index.

# %%
def split_by_time(ratings, test_fraction=0.2):
    """Hide the last rows of each user.

    ratings: encoded frame, one row a rating, with columns user and timestamp and any others, in
    any order; its index may hold any labels, each once.
    test_fraction: share of each user's rows, to one row, that goes to test.
    Returns two frames (train, test) that together hold every row once, with its columns and its
    label. No row of test is older than a row of train by the same user.
    """
    # TODO: for each row, its place in time among the rows of its user; then two masks.
    ### BEGIN SOLUTION
    by_user = ratings.groupby("user")["timestamp"]
    place_from_the_end = by_user.rank(method="first", ascending=False)
    is_test = place_from_the_end <= (test_fraction * by_user.transform("size")).round()
    return ratings[~is_test], ratings[is_test]
    ### END SOLUTION


# %% [markdown] tags=["hint"]
# ### split_by_time
# 1. What decides that a row is among the last of its user: its own time, or its place among the
#    times of that user? Which other users have a say?
# 2. Give every row its place in time within its user, counted from the latest. A row goes to test
#    when this place is within the user's share. Ties need a place of their own, too.
# 3. A group by user; `rank` of the timestamp within the group, with a method that breaks ties, or
#    a sort by time and a running count; the size of the group, repeated for each of its rows; a
#    comparison; the frame under the mask and under its opposite.

# %% tags=["check"]
check("split_by_time")

# %% [markdown]
# ## To discuss
#
# - RMSE says one thing, nDCG another. Which would you show to a manager, and what would you add?
# - What would the measures be if the lists left out the films of test as well as those of train?
# - Popularity gives nearly the same ten films to everybody. Who loses by that: users, makers of
#   films, the service?
# - A negative sample may be a film that the user will love next week. What does the model learn
#   from it, and why does training work all the same?
# - Which film is relevant: four stars, any rating, watched to the end? Who decides, and what
#   changes?

# %% [markdown] tags=["answer"]
# *Write your answers here: double-click this text and replace it.*

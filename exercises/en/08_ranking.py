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
# # 8 · Judge the list
#
# **Day 2-3 · 115 minutes · 10 points**
#
# At the end of this step you can:
# - judge a list by what it finds: precision, recall and nDCG at k;
# - average over users without flattering yourself;
# - build the baseline that every recommender must beat, popularity, and see how hard that is;
# - ask about the future: split by time, and say what a random split and sampled candidates hide.
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
    raise NotImplementedError("precision_at_k")


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
    raise NotImplementedError("recall_at_k")


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
    raise NotImplementedError("ndcg_at_k")


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
    raise NotImplementedError("evaluate_ranking")


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
    raise NotImplementedError("popularity_recommendations")


# %% tags=["check"]
check("popularity_recommendations")

# %% [markdown]
# ## Recommenders on MovieLens
#
# Hide the test rows. What a user liked among them, with four stars or more, is relevant. Leave out
# of the lists only what was seen in train. The validation rows play the same part wherever
# something is chosen.

# %% tags=["demo"]
encoding = carry_over("02_encode_split")
training = carry_over("05_training")
biased = carry_over("06_biases")
recommending = carry_over("07_recommend")

dataset = data.load(bad_rows="skip")
ratings, movies = dataset
user_classes, user_map = encoding.fit_encoder(ratings["userId"])
item_classes, item_map = encoding.fit_encoder(ratings["movieId"])
n_users, n_items, n_factors = len(user_map), len(item_map), 64


def liked(part):
    return recommending.seen_items(part[part["rating"] >= 4])


train, val, test = (
    encoding.encoded(part, user_map, item_map) for part in encoding.split_ratings(ratings)
)
seen, relevant = recommending.seen_items(train), liked(test)
print(f"{dataset.name}: {len(relevant):,} of {n_users:,} users liked something in test")

# %% [markdown]
# ## The same network, another question
#
# The rating model of step 6 learns from rows that exist: films that somebody chose to watch. But a
# list must choose among all films, and for most of them there is no row. *That there is a row* is
# information too.
#
# So ask "watched or not?" instead of "how many stars?". Every training row is a 1. For each of them
# draw four films at random for the same user and call them 0: **negative samples**. Some of them
# the user has rated; the cell prints how many. Draw new ones every epoch, so that a wrong guess
# does not stick.
#
# Another question brings other settings. Here is all that differs; layers and factors do not:
#
# | | rating model | watched or not |
# |---|---|---|
# | rows | train | train, and four drawn for each |
# | target, loss | stars, squared error | 1 or 0, cross-entropy of a sigmoid |
# | $\mu$ | mean of train | 0 |
# | training | step 5's, until validation stops it | Adam at 0.01, six epochs |
# | rows a batch | 2,048 | 4,096 |
# | penalty | chosen on validation | chosen on validation |
#
# The penalty stands beside another loss in each column, so that neither can borrow the other's.
# Both try the same two.

# %% tags=["demo"]
N_NEGATIVES, PENALTIES = 4, (1e-4, 1e-5)


def fit_stars(train, val, l2):
    pairs, val_pairs = (encoding.make_xy(part, user_map, item_map) for part in (train, val))
    keras.utils.set_random_seed(0)
    model = biased.build_biased_mf(n_users, n_items, n_factors, train["rating"].mean(), l2=l2)
    training.compile_and_fit(model, pairs, val_pairs, batch_size=2048)
    return model


def with_negatives(train, rng):
    """Pairs of train labelled 1, and four random items for each of them labelled 0."""
    users = np.tile(train["user"], 1 + N_NEGATIVES)
    items = np.concatenate([train["item"], rng.integers(n_items, size=N_NEGATIVES * len(train))])
    watched = np.repeat([1.0, 0.0], [len(train), N_NEGATIVES * len(train)])
    return [users.reshape(-1, 1), items.reshape(-1, 1)], watched


def fit_watched(train, _val, l2):
    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    model = biased.build_biased_mf(n_users, n_items, n_factors, mu=0.0, l2=l2)
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01), loss=cross_entropy)
    for _epoch in range(6):
        model.fit(*with_negatives(train, rng), batch_size=4096, verbose=0)
    return model


is_rated = np.zeros((n_users, n_items), dtype=bool)
is_rated[train["user"], train["item"]] = True
(users, items), watched = with_negatives(train, np.random.default_rng(0))
wrong_zeros = is_rated[users[watched == 0], items[watched == 0]].mean()
busiest = is_rated.mean(axis=1).max()
print(f"zeros that the user has rated in train: {wrong_zeros:.1%}")
print(f"the busiest user has rated {busiest:.0%} of the films, the mean user {is_rated.mean():.1%}")

# %% [markdown]
# Now everybody's lists. Within one list $\mu$ and $b_u$ change nothing: $b_i + q_i^\top p_u$ ranks.


# %% tags=["demo"]
def lists_by(scores, seen):
    return {user: recommending.top_n(scores[user], items) for user, items in seen.items()}


def ndcg_of(lists, relevant):
    return evaluate_ranking(lists, relevant, k=10)["ndcg"]


questions = {"rating model": fit_stars, "watched or not": fit_watched}
scores = {
    (name, l2): recommending.ranking_scores(fit(train, val, l2), n_users, n_items)
    for name, fit in questions.items()
    for l2 in PENALTIES
}
grid = pd.DataFrame(
    {
        part: {key: ndcg_of(lists_by(table, seen), hidden) for key, table in scores.items()}
        for part, hidden in (("validation", liked(val)), ("test", relevant))
    }
)
grid.index.names = "question", "penalty"
print("nDCG at 10, 64 factors")
print(grid.round(3).to_string())
chosen = {name: grid.loc[name, "validation"].idxmax() for name in questions}

# %% tags=["demo"]
rng = np.random.default_rng(0)
scores = {
    "random": rng.random((n_users, n_items)),
    "popularity": np.tile(np.bincount(train["item"], minlength=n_items), (n_users, 1)),
    **{name: scores[name, l2] for name, l2 in chosen.items()},
}
lists = {name: lists_by(table, seen) for name, table in scores.items()}
lists["popularity"] = popularity_recommendations(train, seen)
measures = {name: evaluate_ranking(items, relevant, k=10) for name, items in lists.items()}
table = pd.DataFrame(measures).T
print(table.round(3).to_string())

figure, axes = plt.subplots()
table.rename(columns={"ndcg": "nDCG"}).plot.bar(ax=axes, rot=0, width=0.75)
axes.axhline(table.loc["popularity", "ndcg"], color="black", linestyle="--", linewidth=1.5)
axes.set(ylabel="mean over users, at 10", title="Popularity is hard to beat (dashed: its nDCG)")
show(figure, "08-four-recommenders")

# %% [markdown]
# Read the small table first. With the larger penalty, "watched or not?" scores like popularity.
# With the smaller one it is well ahead. For the rating model the larger one is right. So the gain
# needs both, another question and a penalty of its own; with one penalty for both, the penalty
# would have decided. The validation rows choose it, and the test rows agree.
#
# Then read the figure from the dashed line. **Popularity is hard to beat.** It was given no taste
# at all, and the rating model, step 6's best by RMSE, does not get past it. That model is not
# broken: it answers the question that it was trained on, "how many stars, *if* you watch it?".
#
# Be fair in the other direction as well. The hidden rows are films that people found *without* your
# lists, often because they were famous. This test rewards popularity, and it cannot tell a useless
# recommendation from a splendid one that the user never came across. And one split is one split:
# draw another seed before you believe a small difference.

# %% [markdown]
# ## Your turn: split by time
#
# A random split may hide a user's first rating and show the model the last one. A live system never
# has that: it knows what came before, and is asked about what comes next. So hide the **last** rows
# of each user, by timestamp. (Other users' later rows stay in train. Only a cut of all users at one
# moment would take them out, and most users with them; the demonstration shows that.)
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
    raise NotImplementedError("split_by_time")


# %% tags=["check"]
check("split_by_time")

# %% [markdown]
# ## The same recommenders, asked about the future
#
# Hide the last fifth of each user, and for the choice of the epochs the last eighth of what is
# left. So all parts are as large as before. Only the rows in them are others. The penalties stay as
# the validation rows of the random split chose them.

# %% tags=["demo"]
past, future = split_by_time(encoding.encoded(ratings, user_map, item_map))
earlier, recent = split_by_time(past, test_fraction=0.125)
seen_earlier, liked_later = recommending.seen_items(earlier), liked(future)

by_time = {"popularity": popularity_recommendations(earlier, seen_earlier)}
for name, fit in questions.items():
    model = fit(earlier, recent, chosen[name])
    by_time[name] = lists_by(recommending.ranking_scores(model, n_users, n_items), seen_earlier)


def ndcg_by_user(lists, relevant):
    return np.array([ndcg_at_k(lists.get(u, []), items, 10) for u, items in relevant.items()])


rows = {}
for name in by_time:
    now = ndcg_by_user(by_time[name], liked_later)
    ahead = now - ndcg_by_user(by_time["popularity"], liked_later)
    rows[name] = {
        "random split": table.loc[name, "ndcg"],
        "split by time": now.mean(),
        "ahead of popularity": ahead.mean(),
        "standard error": ahead.std() / np.sqrt(len(ahead)),
    }
timed = pd.DataFrame(rows).T
print(timed.round(3).to_string())

unknown = ~future["item"].isin(earlier["item"])
moment = ratings["timestamp"].quantile(0.8)
is_late = ratings["timestamp"] > moment
late_users, known_users = (set(ratings.loc[rows, "userId"]) for rows in (is_late, ~is_late))
newcomers = len(late_users - known_users) / len(late_users)
print(f"films of the future without a rating before: {unknown.mean():.1%} of its rows")
print(f"users active in the last fifth of the whole time line: {len(late_users)}")
print(f"without a single rating before it: {newcomers:.0%} of them")

# %% [markdown]
# The third column is a mean of differences, user by user: the same users judge both lists, so what
# they share drops out. The standard error is that of these differences. Below twice its size, do
# not bet on a lead.
#
# - On `ml-latest-small` all three lose about half of their nDCG. With a random split, they had seen
#   the same users' ratings from after the hidden ones. Popularity is last now, and the large lead
#   of "watched or not" is gone: it is level with the rating model. About one hidden row in ten is
#   of a film without a rating in the earlier part; these recommenders can list such a film by
#   chance at most.
# - On `simulated` nearly all films are known from the start. There the measures change little, and
#   "watched or not" stays ahead.
#
# The last two lines cut all users at one moment, as a launch does. Most of the users who are active
# after it have no rating before it. No table has a row for them: what is left is popularity on the
# first evening, and `fold_in` of step 7 after their first ratings.

# %% [markdown]
# ## Fewer candidates, another result
#
# Scores for all films cost time, so many papers rank the hidden films among a hundred random ones
# only. How much does it matter what counts as a candidate?

# %% tags=["demo"]
everything = set(range(n_items))
rng = np.random.default_rng(0)
hundred = {
    user: items | set(rng.permutation(list(everything - items - seen.get(user, set())))[:100])
    for user, items in relevant.items()
}
in_test = recommending.seen_items(test)


def ndcg_among(table, candidates):
    lists = {u: recommending.top_n(table[u], everything - c) for u, c in candidates.items()}
    return ndcg_of(lists, relevant)


sampled = pd.DataFrame(
    {
        "all unseen films": table["ndcg"],
        "hidden and 100 random": {name: ndcg_among(s, hundred) for name, s in scores.items()},
        "rated in test only": {name: ndcg_among(s, in_test) for name, s in scores.items()},
    }
)
print("nDCG at 10, by what is a candidate")
print(sampled.round(3).to_string())
print("as a multiple of popularity's")
multiple = sampled / sampled.loc["popularity"]
print(multiple.round(2).to_string())

# %% [markdown]
# A hundred random films are mostly unknown ones, so popularity alone tells the hidden films from
# them, and "watched or not" loses a good part of its lead. Among the films rated in test, all of
# which the user chose to watch, even random lists score well, and the rating model wins: that is
# its question. No live system knows which films these are. Krichene and Rendle (KDD 2020) show that
# such a sample can turn the order of recommenders around. So rank all films, or say what you left
# out.

# %% [markdown]
# ## Beyond accuracy
#
# A mean hides who is served, and nDCG does not say whether a list was worth showing. Three more
# numbers say what the lists are like; the table of the course's memo has them too.
#
# - **coverage**: the share of all films that stand in somebody's list;
# - **popularity**: how many ratings the median film of the lists has in train;
# - **novelty**: how surprising a film of the lists is, in bits: $-\log_2$ of the share of users who
#   rated it in train, as if one user more had rated every film. Each bit halves the share.

# %% tags=["demo"]
n_ratings = np.bincount(train["item"], minlength=n_items)
bits = -np.log2((n_ratings + 1) / (n_users + 1))
rows = {}
for name, items in lists.items():
    places = np.concatenate(list(items.values()))
    rows[name] = {
        "nDCG@10": table.loc[name, "ndcg"],
        "coverage": len(np.unique(places)) / n_items,
        "popularity": np.median(n_ratings[places]),
        "novelty": bits[places].mean(),
    }
beyond = pd.DataFrame(rows).T
print(beyond.round(3).to_string())

# %% [markdown]
# Popularity shows the fewest films. The rating model has nearly the same nDCG, covers several times
# as many films, and they are less known. But random lists lead in coverage and novelty, and nobody
# wants them: these numbers say what a list costs or gains beside its hits, and none of them is a
# goal alone. Decide which of them counts *before* you look at the table.

# %% [markdown]
# ## To discuss
#
# - RMSE says one thing, nDCG another. Which would you show to a manager, and what would you add?
# - What would the measures be if the lists left out the films of test as well as those of train?
# - A paper reports a large lead over popularity. Which three questions do you ask about its split,
#   its candidates and its baselines?
# - Popularity fills everybody's lists from one small stock of films. Who loses by that: users,
#   makers of films, the service?
# - A negative sample may be a film that the user will love next week. What does the model learn
#   from it, and why does training work all the same?
# - Which film is relevant: four stars, any rating, watched to the end? Who decides, and what
#   changes?

# %% [markdown] tags=["answer"]
# *Write your answers here: double-click this text and replace it.*

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
# # 13 · Confidence
#
# **Bonus · 45 minutes · 5 points**
#
# At the end of this step you can:
# - turn what people did into a preference and a confidence in it;
# - write the weighted loss of Koren (8), and train a Keras model with it;
# - tell what the zeros contribute from what the weights contribute.
#
# You write three functions: `confidence` (1 point), `weighted_loss` (2) and `fit_weighted` (2).
# These points come on top of the course's hundred.

# %%
import time
from functools import cache

import recommender_data as data
from autograder import carry_over, check, show, use_style

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

use_style()

# %% [markdown]
# ## Not every row deserves the same trust
#
# Stars are rare. A service knows far better what people *did*: how often they watched a film, how
# far they got, what they never touched. Koren's equation (8) gives each known rating a
# **confidence** $c_{ui}$, and its error counts in proportion to it:
#
# $$\min \sum_{(u,i)} c_{ui} \left(r_{ui} - \mu - b_u - b_i - q_i^\top p_u\right)^2
# + \lambda \left(\lVert p_u \rVert^2 + \lVert q_i \rVert^2 + b_u^2 + b_i^2\right)
# \qquad \text{(Koren 8)}$$
#
# The sum of (8) runs over the *known* pairs, as before. Hu, Koren and Volinsky ("Collaborative
# Filtering for Implicit Feedback Datasets", ICDM 2008) take the same weights further, and so does
# this step:
#
# - from what people did they guess a **preference**: $r_{ui} = 1$ if user $u$ watched film $i$,
#   otherwise $0$;
# - they sum over **all** pairs, the zeros too. A user's unwatched films are evidence now, thin as
#   it is;
# - their confidence grows with the count: ten viewings say "likes it" loudly; one says it quietly,
#   for perhaps somebody else chose; and a zero says little, for most people have never heard of
#   most films.

# %% [markdown]
# ## A worked example
#
# Ada has watched a thriller ten times, a comedy once, and a farce never. One number $x$ shall stand
# for all three preferences. Which one? Compute the confidences with $\alpha = 0.5$, then the best
# $x$, by hand first.

# %%
example = pd.DataFrame({"count": [10, 1, 0]}, index=["thriller", "comedy", "farce"])
example["preference"] = (example["count"] > 0).astype(float)
example["confidence"] = 1 + 0.5 * example["count"]
example

# %% [markdown]
# The sum $\sum c\,(r - x)^2$ is smallest where its derivative is zero: $\sum c\,(r - x) = 0$. That
# is at the mean of the preferences **weighted** with the confidences. Without weights, the farce
# would have a third of the say.

# %%
c, r = example["confidence"], example["preference"]
print("all alike:", round(r.mean(), 3), " weighted:", round((c * r).sum() / c.sum(), 3))
for x in (r.mean(), (c * r).sum() / c.sum()):
    print(f"x = {x:.3f}: weighted loss {(c * (r - x) ** 2).sum():.3f}")

# %% [markdown]
# ## Your turn: confidence
#
# The plainest choice of Hu, Koren and Volinsky grows in a straight line from 1:
#
# $$c_{ui} = 1 + \alpha\, n_{ui}$$
#
# $n_{ui}$ is the count. A pair that was never seen keeps confidence 1: little, but not nothing.
# If it had none, "likes everything" would be a perfect answer.

# %%
def confidence(counts, alpha):
    """How much each pair counts: 1 + alpha times its count.

    counts: array of numbers from 0 upwards, of any shape; alpha: float.
    Returns a float array of the same shape.
    """
    # TODO: one expression.
    raise NotImplementedError("confidence")


# %% tags=["check"]
check("confidence")

# %% [markdown]
# ## Your turn: the weighted loss
#
# The first sum of (8), for predictions that you have already and any rows. It is a **sum**, not a
# mean: double all confidences, and the loss doubles, while $\lambda$ stays. So the size of the
# weights matters as soon as there is a penalty.

# %%
def weighted_loss(y_true, y_pred, weights):
    """The data term of Koren (8): the sum over rows of weight times squared error.

    y_true, y_pred, weights: float arrays (m,). Returns a float.
    """
    # TODO: square the errors, weigh them, add up.
    raise NotImplementedError("weighted_loss")


# %% tags=["check"]
check("weighted_loss")

# %% [markdown]
# ## Your turn: train with weights
#
# Keras averages the loss over a batch. It takes a weight for every row into account if you hand it
# one: look through the arguments of `fit`. Its weighted mean divides by the number of rows, not by
# the sum of the weights, so it is (8) up to a constant.
#
# Everything else is as in step 5, but simpler: no validation, no early stopping, all rows.

# %%
def fit_weighted(model, train, weights, epochs=5, seed=0):
    """Train a model on the weighted squared error of Koren (8).

    model: a keras.Model with inputs [user, item] and scores (b, 1), compiled before or not; train:
    ([users, items], y) with int arrays (m, 1) and a float array (m,); weights: float array (m,), 0
    and above.
    epochs: int, all of which are run; seed: int, fixes the order of the rows: the same seed gives
    the same fit. Training starts from the weights that the model has. A row of weight 0 has no
    influence. Returns the keras History.
    """
    # TODO: fix the seed, compile with the squared error, fit with a weight for every row.
    raise NotImplementedError("fit_weighted")


# %% tags=["check"]
check("fit_weighted")

# %% [markdown]
# ## Watching as evidence
#
# MovieLens has no viewing counts. Take what is nearest: a rating says that the film was watched,
# and its stars, in halves, stand in for the count: from 1 (half a star) to 10 (five stars). Pairs
# without a rating count 0. So every film that was rated has the preference 1, **even a hated
# one**; its low count makes the model less sure of it.
#
# All pairs of users and films go in. To keep that small, only films with at least 70 ratings stay,
# and three epochs must do. So hardly a row is cold here, and you learn nothing about new films:
# the weights say no more about a film that nobody watched than (5) did.

# %% tags=["demo"]
encoding = carry_over("02_encode_split")
dot_product = carry_over("04_dot_product")
training = carry_over("05_training")
biases = carry_over("06_biases")
recommending = carry_over("07_recommend")
ranking = carry_over("08_ranking")

MIN_RATINGS, N_FACTORS, SEEDS = 70, 16, (0, 1, 2)

dataset = data.load(bad_rows="skip")
ratings, movies = dataset
n_of_film = ratings["movieId"].map(ratings["movieId"].value_counts())
ratings = ratings[n_of_film >= MIN_RATINGS]
user_classes, user_map = encoding.fit_encoder(ratings["userId"])
item_classes, item_map = encoding.fit_encoder(ratings["movieId"])
n_users, n_items = len(user_map), len(item_map)


splits = {
    seed: [
        encoding.encoded(part, user_map, item_map)
        for part in encoding.split_ratings(ratings, seed=seed)
    ]
    for seed in SEEDS
}
train, val, test = splits[0]
is_cold = ~(test["user"].isin(train["user"]) & test["item"].isin(train["item"]))
print(f"{dataset.name}: {n_users:,} users and {n_items:,} films, {n_users * n_items:,} pairs")
print(f"{len(train) / (n_users * n_items):.1%} of the pairs are watched in train")
print(f"cold test rows: {is_cold.sum()} of {len(test):,}")


def count_matrix(frame):
    """Half stars by user and item, 0 where there is no rating: array (U, I)."""
    counts = np.zeros((n_users, n_items))
    counts[frame["user"], frame["item"]] = 2 * frame["rating"]
    return counts


pairs = np.indices((n_users, n_items)).reshape(2, -1, 1).astype("int32")


def fit_confidence(seed, alpha, penalty):
    """A model of step 6 on all pairs, its errors weighted; the penalty grows with the weights."""
    counts = count_matrix(splits[seed][0]).ravel()
    weights = confidence(counts, alpha)
    keras.utils.set_random_seed(seed)
    model = biases.build_biased_mf(
        n_users, n_items, N_FACTORS, mu=0.0, l2=penalty * weights.mean()
    )
    watched = (counts > 0).astype("float32")
    fit_weighted(model, (list(pairs), watched), weights.astype("float32"), epochs=3, seed=seed)
    return model


# %% [markdown]
# ## What the weights do
#
# Three models of all pairs: without confidence ($\alpha = 0$), with some, and with much, each with
# a penalty of its own (more about that below). For each count, the figure shows what
# the model predicts for training pairs of that count, on average.

# %% tags=["demo"]
def predictions_of(model):
    """Predicted preferences of all pairs: array (U, I)."""
    tables = [
        model.get_layer(f"{side}_{kind}").get_weights()[0][:n]
        for side, n in (("user", n_users), ("item", n_items))
        for kind in ("embedding", "bias")
    ]
    p, b_user, q, b_item = tables
    return dot_product.score_matrix(p, q) + b_user + b_item.T


@cache
def confident(seed, alpha, penalty):
    """The predictions of a fit, and the seconds that it took."""
    start = time.perf_counter()
    table = predictions_of(fit_confidence(seed, alpha, penalty))
    return table, time.perf_counter() - start


PENALTIES = {0.0: (1e-5, 3e-5), 0.3: (3e-5, 6e-5), 3.0: (6e-5, 1.2e-4)}
scores = {
    (alpha, penalty): confident(0, alpha, penalty)[0]
    for alpha, penalties in PENALTIES.items()
    for penalty in penalties
}
counts = count_matrix(train)
by_count = pd.DataFrame(
    {
        alpha: pd.Series(scores[alpha, penalties[0]].ravel()).groupby(counts.ravel()).mean()
        for alpha, penalties in PENALTIES.items()
    }
)
print("mean prediction by count (rows) and α (columns)")
print(by_count.loc[[0, 1, 10]].round(3).to_string())
rise = by_count.loc[10] - by_count.loc[1]
print("count 10 minus count 1:", rise.round(3).to_dict())

figure, axes = plt.subplots()
for number, alpha in enumerate(PENALTIES):
    axes.plot(by_count[alpha], marker="os^"[number], label=f"α = {alpha:g}")
axes.set(xlabel="count (half stars; 0: not watched)", ylabel="mean predicted preference")
axes.set_title("Confidence lifts what was watched towards 1")
axes.legend()
show(figure, "13-preference-by-count")

# %% [markdown]
# Look at both ends. The zeros have the same preference in all three models, but the larger
# $\alpha$, the less say they have beside the ones: the predictions for unwatched films rise, too.
# The last line says how far the prediction rises from half a star to five. The middle curve is the
# steepest; that of $\alpha = 3$ is hardly steeper than that without weights. An error on a
# five-star film costs more there, but so much confidence pulls the half-star film towards 1 as
# well.

# %% [markdown]
# ## How much confidence?
#
# $\alpha$ and the penalty are chosen on **validation** rows, and each $\alpha$ has two penalties to
# choose from: what suits weights of 1 does not suit weights of 10. The measure is nDCG at 10, as in
# step 8; a hidden film is relevant.

# %% tags=["demo"]
def ndcg(score_table, train_rows, hidden_rows):
    """nDCG@10 over users: lists of films unseen in train, judged by the hidden ones."""
    seen = recommending.seen_items(train_rows)
    lists = {user: recommending.top_n(score_table[user], seen[user]) for user in seen}
    return ranking.evaluate_ranking(lists, recommending.seen_items(hidden_rows), k=10)["ndcg"]


def popularity_ndcg(train_rows, hidden_rows):
    seen = recommending.seen_items(train_rows)
    lists = ranking.popularity_recommendations(train_rows, seen)
    return ranking.evaluate_ranking(lists, recommending.seen_items(hidden_rows), k=10)["ndcg"]


validation = pd.Series({key: ndcg(table, train, val) for key, table in scores.items()})
validation.index.names = "α", "penalty"
print(validation.round(3).to_string())
chosen = {alpha: validation[alpha].idxmax() for alpha in PENALTIES}

figure, axes = plt.subplots()
for label, column in ("smaller penalty", 0), ("larger penalty", 1):
    measured = [validation[alpha, penalties[column]] for alpha, penalties in PENALTIES.items()]
    axes.plot(measured, marker="os"[column], markersize=9, label=label)
axes.axhline(popularity_ndcg(train, val), color="black", linestyle="--", linewidth=1.5)
axes.set_xticks(range(len(PENALTIES)), [f"{alpha:g}" for alpha in PENALTIES])
axes.set(xlabel="α", ylabel="nDCG@10 on validation rows", title="Confidence changes little here")
axes.legend(title="dashed: popularity")
show(figure, "13-how-much-confidence")

# %% [markdown]
# The best values of the three $\alpha$ lie closer together than the two penalties of the largest
# $\alpha$. A comparison at one penalty for all would be a comparison of penalties.

# %% [markdown]
# ## Does it pay?
#
# Now the test rows, for three seeds: each draws a split and a start of its own. Beside the model
# with and without confidence: popularity, and the rating model of step 6 with the same number of
# factors, trained on the same rows until its validation RMSE no longer falls. "Little known" leaves
# the more popular half of the films out of the lists and of what is hidden: there popularity helps
# less. Seconds are those of one fit.

# %% tags=["demo"]
def rating_scores(seed):
    start = time.perf_counter()
    train, val, _test = splits[seed]
    parts = [encoding.make_xy(part, user_map, item_map) for part in (train, val)]
    keras.utils.set_random_seed(seed)
    model = biases.build_biased_mf(n_users, n_items, N_FACTORS, train["rating"].mean())
    training.compile_and_fit(model, *parts, patience=1, seed=seed)
    return predictions_of(model), time.perf_counter() - start


def popularity_scores(seed):
    counts = np.bincount(splits[seed][0]["item"], minlength=n_items)
    return np.tile(counts.astype(float), (n_users, 1)), 0.0


best = max((alpha for alpha in PENALTIES if alpha), key=lambda alpha: validation[alpha].max())
recommenders = {
    "popularity": popularity_scores,
    "rating model": rating_scores,
    "all pairs, α = 0": lambda seed: confident(seed, 0.0, chosen[0.0]),
    f"all pairs, α = {best:g}": lambda seed: confident(seed, best, chosen[best]),
}
results = []
for seed in SEEDS:
    train, _val, test = splits[seed]
    n_ratings = np.bincount(train["item"], minlength=n_items)
    is_known = n_ratings >= np.median(n_ratings)
    little_known = test[~is_known[test["item"]]]
    for name, make in recommenders.items():
        table, seconds = make(seed)
        results.append(
            {
                "recommender": name,
                "nDCG": ndcg(table, train, test),
                "little known": ndcg(np.where(is_known, -np.inf, table), train, little_known),
                "seconds": seconds,
            }
        )
results = pd.DataFrame(results)
summary = results.groupby("recommender", sort=False).agg(["mean", "std"]).round(3)
print(summary.to_string())

each = results.set_index("recommender")[["nDCG", "little known"]]
added = each.loc[f"all pairs, α = {best:g}"].to_numpy() - each.loc["all pairs, α = 0"].to_numpy()
added = pd.DataFrame(added, index=pd.Index(SEEDS, name="seed"), columns=each.columns)
print(f"what α = {best:g} adds to α = 0, split by split")
print(added.round(3).to_string())

# %% tags=["demo"]
figure, axes = plt.subplots(figsize=(10, 5.5))
names = list(recommenders)
for offset, (column, label) in enumerate((("nDCG", "all hidden films"), ("little known",) * 2)):
    places = np.arange(len(names)) + 0.36 * offset - 0.18
    axes.bar(places, summary[column]["mean"], width=0.34, label=label)
    for place, name in zip(places, names, strict=True):
        dots = results.loc[results["recommender"] == name, column]
        axes.plot([place] * len(dots), dots, "k.", markersize=7)
axes.set_xticks(range(len(names)), names)
axes.set(ylabel="nDCG@10 on test rows (dots: seeds)", title="The zeros matter; α hardly")
axes.legend()
show(figure, "13-recommenders")

# %% [markdown]
# Read it in this order. The rating model, whose loss sees watched pairs only, does not get past
# popularity when all films count. The same layers, asked "watched or not?" over *all* pairs, do
# clearly better: the zeros carry most of what there is to learn about who watches what.
#
# The weights come on top, and they add far less than the zeros. The cell prints how much, split by
# split: the same split served both models, so look at these differences, not at the spread of the
# dots. Over all hidden films, the sign changes on `ml-latest-small` from split to split. On
# `simulated` every split gains a little, and there it is known why: people choose films by taste
# **and** rate them by taste, so the films with many stars tell more about what they will choose
# next. Among the little-known films, every split gains on both data sets.
#
# Stars stand in for viewings here, and a film rated low was watched once all the same. A real
# viewing count would say more.

# %% [markdown]
# ## To discuss
#
# - Which of these would you trust more, and how would you put it into $c_{ui}$: watched twice,
#   watched to the end, bought, clicked, rated five years ago?
# - Double all confidences. What happens to the minimum of (8) with $\lambda = 0$, and with
#   $\lambda > 0$?
# - A zero may mean "does not like it" or "never saw it". Which films' zeros say more?
# - One user watches everything twice, on two devices. Whose taste does the model learn, and what
#   would you do about it?
# - A million users and a hundred thousand films make too many pairs. Step 8 drew a few zeros at
#   random instead. What confidence should each of the drawn ones have?

# %% [markdown] tags=["answer"]
# *Write your answers here: double-click this text and replace it.*

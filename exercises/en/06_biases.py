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
# # 6 · Baselines and biases
#
# **Day 2 · 105 minutes · 14 points**
#
# At the end of this step you can:
# - say what a model must beat: means, and damped biases whose damping validation has chosen;
# - add biases and a penalty to the model of step 4, Koren (4) and (5);
# - read one table of errors that tells known users and films from unknown ones.
#
# You write four functions: `mean_baselines` (3 points), `bias_baseline` (4), `build_biased_mf` (5)
# and `compare` (2). Fill in a stub, run the check cell below it, read what it says, and go on.

# %%
import recommender_data as data
from autograder import carry_over, check, show, use_style

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

use_style()

# %% [markdown]
# ## What does a number mean on its own?
#
# An error of 0.9 stars is neither good nor bad. It becomes a result beside the error of something
# simple. The simplest predictions of all look at no pair of user and item:
#
# - **global**: the mean of all training ratings, $\mu$, for everybody;
# - **user**: the mean of this user's training ratings;
# - **item**: the mean of this item's training ratings.
#
# A model that does not beat all three is not worth its training.
#
# The equations (3) to (5) below are those of the second half of
# [the paper](https://doi.org/10.1109/MC.2009.263), which you have read by now.

# %% [markdown]
# ## A worked example
#
# Six ratings by three users. Find $\mu$ and every film's mean by hand before you run the cell.

# %%
example = pd.DataFrame(
    {
        "user": ["Ada", "Ben", "Cleo", "Ada", "Ben", "Cleo"],
        "film": ["comedy", "comedy", "comedy", "thriller", "thriller", "farce"],
        "rating": [5.0, 4.0, 4.0, 2.0, 1.0, 5.0],
    }
)
mu = example["rating"].mean()
by_film = example.groupby("film")["rating"].agg(["mean", "count"])
print("mu:", mu)
by_film

# %% [markdown]
# The farce has the highest mean, from a single rating. Would you bet on it against the comedy?
#
# A *bias* is what a film adds to $\mu$. Damping divides its sum of deviations not by the number of
# ratings $n_i$, but by $\lambda + n_i$: as if $\lambda$ further ratings had said $\mu$.
#
# $$b_i = \frac{\sum_u (r_{ui} - \mu)}{\lambda + n_i}$$

# %%
deviations = (example["rating"] - mu).groupby(example["film"]).sum()
pd.DataFrame(
    {
        "sum of deviations": deviations,
        "n": by_film["count"],
        "bias, λ = 0": deviations / by_film["count"],
        "bias, λ = 3": deviations / (3 + by_film["count"]),
    }
).round(3)

# %% [markdown]
# With $\lambda = 3$ the comedy is ahead: three ratings say more than one. A film that nobody rated
# has $n_i = 0$ and an empty sum: its bias is 0, its prediction $\mu$.

# %% [markdown]
# ## Your turn: three means
#
# From here on frames are *encoded*: columns `user` and `item` hold the row numbers of step 2,
# `rating` the stars. Every prediction comes from `train` alone. In `test` there may be users and
# items that `train` has never seen, and they need a prediction too.

# %%
def mean_baselines(train, test):
    """Three predictions for every row of `test`, each a mean of training ratings.

    train, test: encoded frames with columns user, item, rating; m rows in test.
    Returns a dict of float arrays (m,), in the order of test's rows: "global", "user" and "item",
    the mean of all ratings, of the row's user and of the row's item. Without a training rating of
    that user or item: the global mean.
    """
    # TODO: the mean of all, the means by user and by item, looked up for the rows of test.
    raise NotImplementedError("mean_baselines")


# %% tags=["check"]
check("mean_baselines")

# %% [markdown]
# ## Your turn: the bias baseline
#
# Some users are kind, some films are good. Both effects together, before any talk of taste:
#
# $$b_{ui} = \mu + b_i + b_u \qquad \text{(Koren 3)}$$
#
# Equation (3) does not say where the biases come from. A later paper of Koren's, [Factor in the
# Neighbors](https://doi.org/10.1145/1644873.1644874) (2010), gives a simple way: damped means, one
# after the other. Items first, from what $\mu$ leaves unexplained; then users, from what $\mu$
# **and** the items leave:
#
# $$b_i = \frac{\sum_u (r_{ui} - \mu)}{\lambda_i + n_i}
# \qquad\qquad
# b_u = \frac{\sum_i (r_{ui} - \mu - b_i)}{\lambda_u + n_u}$$
#
# $n_i$ and $n_u$ count training ratings; $\lambda_i$ is `reg_item`, $\lambda_u$ is `reg_user`. A
# user who rates only masterpieces is not kind for that: the films have taken their share already.
# For Netflix' ratings that paper takes $\lambda_i = 25$ and $\lambda_u = 10$. Other ratings want
# other values, and you choose them below.

# %%
def bias_baseline(train, n_users, n_items, reg_user=5.0, reg_item=5.0):
    """Damped means for the biases of Koren (3), items first, then users.

    train: encoded frame with columns user, item, rating.
    n_users, n_items: how many users (U) and items (I) there are; not all need a rating in train.
    reg_user, reg_item: how strongly each bias is drawn to zero, in ratings.
    Returns (mu, b_user, b_item): a float, float arrays (U,) and (I,); 0 where there is no rating.
    """
    # TODO: mu, then the items' biases from r - mu, then the users' from r - mu - b_i.
    raise NotImplementedError("bias_baseline")


# %% tags=["check"]
check("bias_baseline")

# %% [markdown]
# ## From the baseline to the model
#
# The baseline knows no taste: it ranks films alike for everybody. Put the dot product of step 4 on
# top:
#
# $$\hat r_{ui} = \mu + b_i + b_u + q_i^\top p_u \qquad \text{(Koren 4)}$$
#
# Now the vectors need to explain only what the biases leave. A film without ratings has a short
# vector and no bias, so its prediction stays near $\mu + b_u$, where step 4 predicted something
# near zero. For a user without ratings it is $\mu + b_i$.

# %% [markdown]
# ## What keeps the factors small
#
# A film with two ratings has $K$ numbers to fit them. It can fit both exactly, and be wrong about
# everybody else. Koren punishes large parameters:
#
# $$\min \sum_{(u,i)} \left(r_{ui} - \hat r_{ui}\right)^2
# + \lambda \left(\lVert p_u \rVert^2 + \lVert q_i \rVert^2 + b_u^2 + b_i^2\right)
# \qquad \text{(Koren 5)}$$
#
# Keras does nearly the same, on another scale. Its loss is the **mean** over a batch, and a penalty
# on a table is added once:
#
# $$\frac1m \sum_{(u,i)} \left(r_{ui} - \hat r_{ui}\right)^2
# + \ell_2 \left(\sum_u \lVert p_u \rVert^2 + \sum_i \lVert q_i \rVert^2\right)$$
#
# Multiply by $m$ to compare: for seventy thousand ratings $\ell_2 = 10^{-4}$ weighs like 7 in a
# sum. A $\lambda$ of 0.1 taken over from a paper would weigh like 7,000, and nothing would be left
# of the vectors.

# %%
n_ratings, by_average_user = 70_000, 115  # training ratings, about as in ml-latest-small
pd.DataFrame(
    [
        {
            "l2": l2,
            "weight in the sum": n_ratings * l2,
            "Koren's λ, for an average user": n_ratings * l2 / by_average_user,
        }
        for l2 in (1e-5, 1e-4, 1e-3, 1e-1)
    ]
).set_index("l2").round(3)

# %% [markdown]
# ## Your turn: the model with biases
#
# ```
# user ─┬─ user_embedding (b, 1, K) ─┐
#       └─ user_bias (b, 1, 1) ──┐   ├─ q·p ─┐
# item ─┬─ item_embedding ───────│───┘       ├── + ── + mu ── (b, 1)
#       └─ item_bias (b, 1, 1) ──┴───────────┘
# ```
#
# Start the factors small and random: a normal distribution with standard deviation 0.01 works well.
# Start the biases at zero, so that the first prediction is $\mu$. `mu` is a plain number; it may
# stay fixed or become a trainable scalar.

# %%
def build_biased_mf(n_users, n_items, n_factors, mu, l2=1e-4):
    """Matrix factorisation with biases, Koren (4): mu + b_i + b_u + q_i · p_u.

    n_users, n_items, n_factors: ints; mu: float; l2: float, the weight of the penalty.
    Returns a keras.Model with inputs [user, item], int arrays (b, 1), and output (b, 1).
    Its layers are `user_embedding` (n_users, K), `item_embedding` (n_items, K), `user_bias`
    (n_users, 1) and `item_bias` (n_items, 1). Its loss contains l2 times the sum of squares of each
    factor table.
    """
    # TODO: step 4's model, two more tables of width 1, one sum, and a penalty on the factor tables.
    raise NotImplementedError("build_biased_mf")


# %% tags=["check"]
check("build_biased_mf")

# %% [markdown]
# ## Your turn: one table for all
#
# A mean over all rows hides where a model fails. Rows whose user or item never occurs in `train`
# are **cold**, the rest **warm**. Report the error of both.

# %%
def compare(predictions, y, cold):
    """Errors of several models on the same rows.

    predictions: dict, model name -> float array (m,); y: ratings, float array (m,).
    cold: bool array (m,), True where the row's user or item is not in train.
    Returns a frame: index the model names, columns `rmse` (all rows), `rmse_warm` and `rmse_cold`;
    the smallest `rmse` first.
    """
    # TODO: three root mean squared errors for every model, then sort.
    raise NotImplementedError("compare")


# %% tags=["check"]
check("compare")

# %% [markdown]
# ## On MovieLens: what must be beaten
#
# Split first, then encode. Users and films of the whole table have a row number, but some films
# never occur in `train`: their test rows are cold. (The users all do, on both data sets.) Read the
# two columns on the right before the one on the left. Predictions are clipped to the scale of the
# ratings, here and below.

# %% tags=["demo"]
encoding = carry_over("02_encode_split")
dot_product = carry_over("04_dot_product")
training = carry_over("05_training")

dataset = data.load(bad_rows="skip")
ratings, movies = dataset
user_classes, user_map = encoding.fit_encoder(ratings["userId"])
item_classes, item_map = encoding.fit_encoder(ratings["movieId"])
n_users, n_items = len(user_map), len(item_map)
lowest, highest = ratings["rating"].min(), ratings["rating"].max()


def bias_predictions(damping, frame):
    """Predictions of the bias baseline for the rows of a frame; damping: (reg_user, reg_item)."""
    mu, b_user, b_item = bias_baseline(train, n_users, n_items, *damping)
    return np.clip(mu + b_user[frame["user"]] + b_item[frame["item"]], lowest, highest)


train, val, test = (
    encoding.encoded(part, user_map, item_map) for part in encoding.split_ratings(ratings)
)
y_test = test["rating"].to_numpy()
cold = ~(test["user"].isin(train["user"]) & test["item"].isin(train["item"])).to_numpy()
print(f"{dataset.name}: {len(train):,} training rows; {cold.mean():.1%} of the test rows are cold")

NETFLIX = (10, 25)
predictions = mean_baselines(train, test)
predictions["biases, Netflix' damping"] = bias_predictions(NETFLIX, test)
baselines = compare(predictions, y_test, cold)
print(baselines.round(3))

# %% [markdown]
# ## Choose the damping
#
# The damping of the last baseline was found on other ratings. A baseline that nobody tuned makes
# every model beside it look good. So give it the same care as the model: try several values, and
# let the validation rows choose. The test rows do not take part.
#
# Here both biases have the same damping $\lambda$. Before you run the cell: what goes wrong without
# damping, on the left, and with much of it, on the right?

# %% tags=["demo"]
dampings = [0, 0.5, 1, 2, 3, 5, 10, 20, 50]
parts = {"training": train, "validation": val}
damping_curves = pd.DataFrame(
    {
        name: [
            training.rmse(frame["rating"], bias_predictions((reg, reg), frame)) for reg in dampings
        ]
        for name, frame in parts.items()
    },
    index=pd.Index(dampings, name="λ"),
)
chosen = float(damping_curves["validation"].idxmin())
netflix = training.rmse(val["rating"], bias_predictions(NETFLIX, val))
print(damping_curves.round(4).to_string())
print(f"lowest on validation: λ = {chosen:g}")
print(f"Netflix' damping: {netflix:.4f} on validation")

figure, axes = plt.subplots()
places = np.arange(len(dampings))
for name in parts:
    axes.plot(places, damping_curves[name], marker="o", label=name)
axes.axhline(netflix, color="black", linestyle=":", label="Netflix' damping, on validation")
axes.set_xticks(places, [f"{reg:g}" for reg in dampings])
axes.set(xlabel="damping of both biases, λ", ylabel="RMSE in stars")
axes.set_title("Training asks for hardly any damping, validation for more")
axes.legend()
show(figure, "06-damping")

predictions["biases, chosen damping"] = bias_predictions((chosen, chosen), test)
mu, b_user, b_item = bias_baseline(train, n_users, n_items, chosen, chosen)

# %% [markdown]
# With little or no damping the baseline fits the training rows best and predicts worse: a film with
# one rating gets this rating as its mean. The curve is flat around its lowest point, so a value
# nearby does as well. `bias_baseline` has 5 as its default for that reason. On your own ratings,
# look again.

# %% [markdown]
# ## Do factors add anything?
#
# Three models, trained alike with your `compile_and_fit`: the dot product alone (step 4), biases
# and factors without a penalty, and with it.

# %% tags=["demo"]
def xy(frame):
    return encoding.make_xy(frame, user_map, item_map)


N_FACTORS = 64
models = {
    "dot product": dot_product.build_mf(n_users, n_items, N_FACTORS),
    "biased, no penalty": build_biased_mf(n_users, n_items, N_FACTORS, mu, l2=0.0),
    "biased": build_biased_mf(n_users, n_items, N_FACTORS, mu),
}
for name, model in models.items():
    history = training.compile_and_fit(model, xy(train), xy(val))
    scores = dot_product.predict_pairs(model, test["user"], test["item"])
    predictions[name] = np.clip(scores, lowest, highest)
    print(f"{name}: {len(history.history['loss'])} epochs")

table = compare(predictions, y_test, cold)
print(table.round(3))

untuned, tuned, best = table.loc[
    ["biases, Netflix' damping", "biases, chosen damping", "biased"], "rmse"
]
print(f"the damping, chosen on validation: {untuned - tuned:.3f} stars")
print(f"factors, beyond that baseline:     {tuned - best:.3f} stars")

# %% [markdown]
# The last two lines split one gain in two. Beside the baseline that nobody tuned, the factors would
# have been given credit for both. What is left for them is the second line.
#
# That gain is a mean over all rows, and small beside the error itself. What it does to the order of
# a user's films is another question: steps 7 and 8 look at lists.

# %% tags=["demo"]
figure, axes = plt.subplots(figsize=(10, 5.5))
table[["rmse_warm", "rmse_cold"]].iloc[::-1].plot.barh(ax=axes, width=0.8)
axes.axvline(table.loc["global", "rmse"], color="black", linestyle="--", linewidth=1.5)
axes.set(xlabel="RMSE in stars (dashed: the global mean, all rows)", ylabel="")
axes.set_title("The dot product fails on cold rows")
axes.legend(["global mean", "warm rows", "cold rows"])
show(figure, "06-baselines-and-models")

# %% [markdown]
# ## What the biases have learnt
#
# Each dot is a film. Its mean rating is on the horizontal axis, $\mu + b_i$ on the vertical one;
# without damping all dots would lie on the diagonal. Films with few ratings are drawn towards
# $\mu$, dashed: on the left by $\lambda$, on the right because a film with few ratings gets few
# steps before training stops. On the right even well-known films leave the diagonal, since the
# factors and the biases of a film's own raters explain a part of its mean.

# %% tags=["demo"]
film_means = train.groupby("item")["rating"].agg(["mean", "count"])
learned = models["biased"].get_layer("item_bias").get_weights()[0][:, 0]

figure, panels = plt.subplots(1, 2, figsize=(13, 6), sharex=True, sharey=True)
for axes, biases in zip(panels, (b_item, learned), strict=True):
    dots = axes.scatter(
        film_means["mean"], mu + biases[film_means.index], c=film_means["count"], s=14, norm="log"
    )
    axes.plot([lowest, highest], [lowest, highest], color="grey", linewidth=1.5)
    axes.axhline(mu, color="black", linestyle="--", linewidth=1.5)
    axes.set_xlabel("mean training rating")
panels[0].set(ylabel="mu + item bias", title="damped means")
panels[1].set_title("trained model")
figure.colorbar(dots, ax=panels, label="training ratings")
figure.suptitle("Few ratings: the bias stays near zero")
show(figure, "06-item-biases")

# %% [markdown]
# ## What the penalty does
#
# The same model with three penalties, each trained for ten epochs. On the left the RMSE of training
# rows (dashed) and validation rows (solid): where do they part? On the right the validation *loss*,
# which is the squared error plus the penalty. Compare where the curves of one colour are lowest on
# either side.

# %% tags=["demo"]
def train_with_penalty(l2, epochs=10):
    """Curves of ten epochs, and test predictions from the best epoch by error and by loss."""
    keras.utils.set_random_seed(0)
    model = build_biased_mf(n_users, n_items, N_FACTORS, mu, l2)
    metric = keras.metrics.RootMeanSquaredError(name="rmse")
    watched = {
        key: keras.callbacks.EarlyStopping(
            key, mode="min", patience=epochs, restore_best_weights=True
        )
        for key in ("val_rmse", "val_loss")
    }
    model.compile(keras.optimizers.Adam(0.01), loss="mse", metrics=[metric])
    inputs, y = xy(train)
    options = {"epochs": epochs, "batch_size": 2048, "callbacks": [*watched.values()], "verbose": 0}
    history = model.fit(inputs, y, validation_data=xy(val), **options)
    found = {}
    for key, callback in watched.items():
        model.set_weights(callback.best_weights)
        scores = dot_product.predict_pairs(model, test["user"], test["item"])
        found[key] = np.clip(scores, lowest, highest)
    return history.history, found


trained = {l2: train_with_penalty(l2) for l2 in (0.0, 1e-4, 1e-3)}

figure, (left, right) = plt.subplots(1, 2, figsize=(13, 6))
stops = {}
for number, (l2, (curves, found)) in enumerate(trained.items()):
    epochs = range(1, len(curves["loss"]) + 1)
    left.plot(epochs, curves["rmse"], color=f"C{number}", linestyle="--")
    left.plot(epochs, curves["val_rmse"], color=f"C{number}", label=f"l2 = {l2:g}")
    right.plot(epochs, curves["val_loss"], color=f"C{number}")
    for key, test_predictions in found.items():
        epoch = int(np.argmin(curves[key]))
        stops[l2, key] = {
            "best epoch": epoch + 1,
            "val_rmse there": curves["val_rmse"][epoch],
            "test RMSE": training.rmse(y_test, test_predictions),
        }
stops = pd.DataFrame.from_dict(stops, orient="index").rename_axis(["l2", "curve that chooses"])
print(stops.round(3).to_string())
left.set(xlabel="epoch", ylabel="RMSE in stars", title="Training (dashed), validation (solid)")
right.set(xlabel="epoch", ylabel="validation loss", title="Validation loss, penalty included")
left.legend()
show(figure, "06-penalty")

# %% [markdown]
# As the vectors grow, so does the penalty. With $10^{-4}$ the loss then rises while the predictions
# still improve. Who stops by the loss stops too early, and sees little use in the penalty. Without
# a penalty the two curves choose the same epoch. So `compile_and_fit` watches `val_rmse`.

# %% [markdown]
# ## To discuss
#
# - How much of the way from the global mean to the best model do the biases go alone? What is left
#   for factors, and what does that say about "taste"?
# - Somebody reports a model that beats "the bias baseline" by a wide margin. What do you ask first?
# - Which model would you ask about a film on its first day? Which column of the table tells you?
#   No row of it is about a *user* on the first day: how would you split the ratings to learn that?
# - Judged by its lowest validation loss, $10^{-4}$ is the worst of the three penalties. Is it?
#   Which column of the last table tells you?
# - A film's bias is the same for everybody. Can biases alone change the order of two users' lists?
# - Koren's $\lambda$ weighs every rating, Keras' $\ell_2$ every row of a table once. Who is
#   punished harder in Keras, relative to the number of their ratings: a user with 20 ratings or one
#   with 2,000?

# %% [markdown] tags=["answer"]
# *Write your answers here: double-click this text and replace it.*

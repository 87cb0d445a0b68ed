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
# # 12 · Time
#
# **Bonus · 60 minutes · 5 points**
#
# At the end of this step you can:
# - let biases change with time, Koren (7): a drift for every user, a step for every film and
#   period;
# - build the features of time from training rows alone;
# - climb the [paper's](https://doi.org/10.1109/MC.2009.263) ladder of models, read with care.
#
# You write three functions: `time_deviation` (2 points), `time_bins` (1) and `build_temporal_mf`
# (2). Fill in a stub, run the check cell below it, read what it says, and go on.

# %%
from time import perf_counter

import recommender_data as data
from autograder import carry_over, check, show, use_style

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.ticker import LogLocator

use_style()

# %% [markdown]
# ## Ratings have a date
#
# People grow stricter or milder. Films come into fashion, or age. So far a rating of 1997 and one
# of 2017 weighed alike. Koren lets the parts of (4) depend on the time $t$ of the rating:
#
# $$\hat r_{ui}(t) = \mu + b_i(t) + b_u(t) + q_i^\top p_u(t) \qquad \text{(Koren 7)}$$
#
# The films' vectors stay: what a film *is* does not change. In this step $p_u$ stays, too; the two
# biases move. How, Koren tells in a paper of its own (KDD 2009), and you rebuild its simplest form:
#
# $$b_u(t) = b_u + \alpha_u \,\mathrm{dev}_u(t) \qquad\qquad b_i(t) = b_i + b_{i,\mathrm{Bin}(t)}$$

# %% [markdown]
# ## A user drifts
#
# Let $t_u$ be the mean time of a user's ratings. Then
#
# $$\mathrm{dev}_u(t) = \operatorname{sign}(t - t_u)\,\lvert t - t_u \rvert^{\beta},
# \qquad \beta = 0.4,$$
#
# counted in days. It is negative before the user's mean time and positive after it. The exponent
# bends it: a week near the mean time changes it more than a week some years away from it. One
# number $\alpha_u$, learnt for each user, says how many stars a unit of it is.

# %% [markdown]
# ## A worked example
#
# Ada rated on days 0, 32 and 64; her mean is day 32, and 32 to the power of 0.4 is 4. Say her
# $\alpha_u$ is 0.05: she grows milder. What is added to her ratings of the three days?

# %%
days = np.array([0.0, 32.0, 64.0])
print("32 ** 0.4 =", round(32**0.4, 6))
print("added, in stars:", 0.05 * np.array([-4.0, 0.0, 4.0]))

curve = np.linspace(-100, 100, 401)
bent = np.where(curve < 0, -1, 1) * np.abs(curve) ** 0.4
figure, axes = plt.subplots(figsize=(8, 4.5))
axes.plot(curve, bent)
axes.plot(days - 32, [-4, 0, 4], "o", color="C3", markersize=10, label="Ada")
axes.set(xlabel="days from the user's mean time", ylabel="dev(t)")
axes.set_title("The days around the mean time count most")
axes.legend()
show(figure, "12-deviation")

# %% [markdown]
# ## Your turn: the deviation
#
# Mind the sign: a negative number to the power of 0.4 is no real number, and NumPy answers NaN.

# %%
def time_deviation(t, t_mean, beta=0.4):
    """Signed, bent distance of times from a mean time: sign(t - t_mean) |t - t_mean|^beta.

    t: float or int array (m,), days. t_mean: float, days, the mean time of one user.
    beta: float above 0, how little it bends.
    Returns a float array (m,), in days^beta; t stays as it is. (Koren, KDD 2009: dev_u.)
    """
    # TODO: the distance, its size to the power of beta, its sign.
    raise NotImplementedError("time_deviation")


# %% tags=["check"]
check("time_deviation")

# %% [markdown]
# ## A film takes steps
#
# Films get too few ratings a day for a curve of their own. Cut the whole period into $B$ **bins**
# and give each film one number a bin. The `edges` cut: bin $k$ reaches from `edges[k]`, included,
# to `edges[k + 1]`, excluded.
#
# Edges are made from training times. Then a later time may lie outside of all: tomorrow does. It
# goes to the nearest bin, the first or the last.
#
# With the edges 0, 10, 20, 30 (three bins), by hand: where do $-5$, 0, 9, 10, 25, 30 and 99 belong?

# %%
pd.DataFrame({"time": [-5, 0, 9, 10, 25, 30, 99], "bin": [0, 0, 0, 1, 2, 2, 2]}).T

# %% [markdown]
# ## Your turn: bins

# %%
def time_bins(timestamps, edges):
    """The bin of every time, from 0 to B - 1.

    timestamps: int array (m,), seconds since 1970. edges: array (B + 1,), rising, B at least 1.
    Returns an int array (m,): bin k is from edges[k], included, to edges[k + 1], excluded; earlier
    times go to bin 0, later ones (edges[B] and after) to bin B - 1.
    """
    # TODO: how many edges lie at or before each time; then mind the two ends.
    raise NotImplementedError("time_bins")


# %% tags=["check"]
check("time_bins")

# %% [markdown]
# ## Your turn: the model
#
# $$\hat r_{ui}(t) = \mu + b_u + \alpha_u \,\mathrm{dev}_u(t) + b_i + b_{i,\mathrm{Bin}(t)}
# + q_i^\top p_u$$
#
# ```
# user, item ── as in step 6: mu + b_u + b_i + q·p ──────────────────┐
# item, bin ─── item * n_bins + bin ── item_bin_bias (I·B, 1) ───────┼── + ── (b, 1)
# user ──────── user_drift (U, 1) ──┐                                │
# deviation (b, 1), floats ─────────┴── times ───────────────────────┘
# ```
#
# A film's bins lie side by side in one table: film 0 has the rows $0 \ldots B - 1$, film 1 the next
# $B$, and so on. Which row is that for item and bin? Integers of `keras.Input` can be multiplied
# and added like arrays. The model is told the deviation and the bin; it knows nothing of dates.
#
# Penalties are yours to choose. A film of ten ratings has two in each of five bins: without a
# penalty these numbers fit noise. The reference takes $10^{-4}$ for drifts and steps as for the
# factors.

# %%
def build_temporal_mf(n_users, n_items, n_factors, n_bins, mu):
    """Matrix factorisation with biases that change with time, Koren (7).

    mu + b_u + alpha_u deviation + b_i + b_{i,bin} + q_i · p_u

    n_users, n_items, n_factors, n_bins: ints; mu: float.
    Returns a keras.Model with inputs [user, item, bin, deviation] and output (b, 1). user, item,
    bin: int arrays (b, 1); deviation: float array (b, 1), of the row's user and time.
    Its layers are `user_embedding` (n_users, K), `item_embedding` (n_items, K), `user_bias`
    (n_users, 1), `item_bias` (n_items, 1), `item_bin_bias` (n_items * n_bins, 1), in which row
    item * n_bins + bin belongs to item and bin, and `user_drift` (n_users, 1); all are trained.
    """
    # TODO: step 6's model, one term from item and bin, one from user and deviation.
    raise NotImplementedError("build_temporal_mf")


# %% tags=["check"]
check("build_temporal_mf")

# %% [markdown]
# ## On MovieLens: does time help?
#
# `clock` makes the features of time: the edges are quantiles of the **training** times (five bins
# with as many ratings each), the mean times $t_u$ are those of training ratings. A user without any
# gets the mean of all.

# %% tags=["demo"]
encoding = carry_over("02_encode_split")
dot_product = carry_over("04_dot_product")
biases = carry_over("06_biases")
implicit = carry_over("11_implicit_feedback")

dataset = data.load(bad_rows="skip")
DAY, N_BINS, N_FACTORS, SEEDS = 86_400, 5, 32, (0, 1, 2)


def encode_frame(ratings):
    """The frame with columns user and item, and how many of each there are."""
    maps = [encoding.fit_encoder(ratings[name])[1] for name in ("userId", "movieId")]
    users = encoding.encode(ratings["userId"], maps[0])
    items = encoding.encode(ratings["movieId"], maps[1])
    return ratings.assign(user=users, item=items), len(maps[0]), len(maps[1])


def clock(train):
    """A function that gives a frame's bins and deviations, (m, 1) each, by the times of train."""
    edges = np.quantile(train["timestamp"], np.linspace(0, 1, N_BINS + 1))
    mean_day = train.groupby("user")["timestamp"].mean() / DAY
    mean_of_all = train["timestamp"].mean() / DAY

    def tell(frame):
        day = frame["timestamp"].to_numpy() / DAY
        deviation = np.zeros((len(frame), 1), dtype="float32")
        for user, rows in frame.groupby("user").indices.items():
            deviation[rows, 0] = time_deviation(day[rows], mean_day.get(user, mean_of_all))
        bins = time_bins(frame["timestamp"].to_numpy(), edges)
        return [np.reshape(bins, (-1, 1)).astype("int32"), deviation]

    return tell


def columns(frame):
    return [frame[[name]].to_numpy("int32") for name in ("user", "item")]


def fit(model, inputs, y, epochs=5, batch_size=1024, rate=0.02):
    """Train with a learning rate that falls to zero; returns the seconds that it took."""
    start = perf_counter()
    steps = epochs * -(-len(y) // batch_size)
    falling = keras.optimizers.schedules.CosineDecay(rate, steps)
    model.compile(keras.optimizers.Adam(falling), loss="mse", steps_per_execution=16)
    model.fit(inputs, y, epochs=epochs, batch_size=batch_size, verbose=0)
    return perf_counter() - start


def predict(model, inputs):
    """Scores, clipped to the scale of the ratings: float array (m,)."""
    scale = dataset.ratings["rating"].min(), dataset.ratings["rating"].max()
    return np.clip(model.predict(inputs, batch_size=8192, verbose=0).reshape(-1), *scale)


def try_out(build, inputs, parts, seed):
    """Train a model on one part of the ratings and ask it about the other.

    build: takes the training ratings' mean, returns the model; inputs: takes a frame, returns the
    model's inputs; parts: the training frame and the test frame. Returns a dict: the model, its
    predictions (m,), and the seconds of the fit.
    """
    train, test = parts
    keras.utils.set_random_seed(seed)
    model = build(train["rating"].mean())
    seconds = fit(model, inputs(train), train["rating"].to_numpy("float32"))
    return {"model": model, "predictions": predict(model, inputs(test)), "seconds": seconds}


# %% [markdown]
# First a look at the data. Each dot is a quarter of a year; its size tells how many ratings it has.
# If the mean moves, it may be the films, the people, or *which* people came: the model must find
# out.

# %% tags=["demo"]
encoded, n_users, n_items = encode_frame(dataset.ratings)
quarter = pd.to_datetime(encoded["timestamp"], unit="s").dt.to_period("Q")
by_quarter = encoded.groupby(quarter)["rating"].agg(["mean", "size"])

times_of = encoded.groupby("user")["timestamp"]
days_of = (times_of.max() - times_of.min()) / DAY
brief_users = days_of <= 7
brief_ratings = encoded["user"].map(brief_users)
print(f"users whose ratings all lie within a week: {brief_users.mean():.0%}")
print(f"ratings that come from them: {brief_ratings.mean():.0%}")
print(f"ratings a film, on average: {len(encoded) / n_items:.1f}")

figure, axes = plt.subplots(figsize=(11, 5.5))
axes.plot(by_quarter.index.to_timestamp(), by_quarter["mean"], color="grey", linewidth=1)
axes.scatter(
    by_quarter.index.to_timestamp(), by_quarter["mean"], s=by_quarter["size"] / 10, color="C0"
)
axes.axhline(encoded["rating"].mean(), color="black", linestyle="--", linewidth=1.5)
axes.set(ylabel="mean rating (dashed: of all)", xlabel="quarter of the rating")
axes.set_title(f"{dataset.name}: the mean rating moves")
show(figure, "12-mean-over-time")

# %% [markdown]
# Now step 6's model and yours on the same three splits, trained alike. A control goes with them, on
# the first split: the same model on the same rows, but with the times dealt out anew, at random.
# What it gains cannot come from time.

# %% tags=["demo"]
def build_biased(mu, n_factors=N_FACTORS):
    return biases.build_biased_mf(n_users, n_items, n_factors, mu)


def build_temporal(mu, n_factors=N_FACTORS):
    return build_temporal_mf(n_users, n_items, n_factors, N_BINS, mu)


def with_time(train):
    """The temporal model's inputs, a function of a frame; the clock is that of train."""
    tell = clock(train)
    return lambda frame: columns(frame) + tell(frame)


def time_terms(model, inputs):
    """The stars that the two terms of time add to each prediction: float array (m,)."""
    user, item, time_bin, deviation = (np.ravel(part) for part in inputs)
    drift, step = (
        model.get_layer(name).get_weights()[0][:, 0] for name in ("user_drift", "item_bin_bias")
    )
    return drift[user] * deviation + step[item * N_BINS + time_bin]


def deal_anew(frames, seed):
    """The frames with their times in another order."""
    draw = np.random.default_rng(seed)
    return [frame.assign(timestamp=draw.permutation(frame["timestamp"])) for frame in frames]


splits, fits, tables = {}, {}, []
for seed in SEEDS:
    train, _val, test = encoding.split_ratings(encoded, seed=seed)
    splits[seed] = parts = train, test
    fits[seed] = {
        "biased (step 6)": try_out(build_biased, columns, parts, seed),
        "temporal": try_out(build_temporal, with_time(train), parts, seed),
    }
    if seed == SEEDS[0]:
        anew_parts = anew = deal_anew(parts, seed)
        fits[seed]["times dealt anew"] = try_out(build_temporal, with_time(anew[0]), anew, seed)
    cold = ~(test["user"].isin(train["user"]) & test["item"].isin(train["item"])).to_numpy()
    tried = pd.DataFrame(fits[seed]).T
    table = biases.compare(tried["predictions"].to_dict(), test["rating"].to_numpy(), cold)
    tables.append(table.assign(seconds=tried["seconds"].astype(float)).rename_axis("model"))

control = tables[0].loc["times dealt anew", "rmse"]
tables[0] = tables[0].drop("times dealt anew")
by_model = pd.concat(tables, keys=SEEDS, names=["seed"]).groupby("model")
summary = by_model.mean()
summary.insert(1, "spread", by_model["rmse"].max() - by_model["rmse"].min())
print(f"{dataset.name}, mean of {len(SEEDS)} splits (spread: largest less smallest rmse)")
print(summary.round({"seconds": 1}).round(4).to_string())
by_seed = pd.concat(tables, keys=SEEDS, axis=1).xs("rmse", axis=1, level=1)
gains = by_seed.loc["biased (step 6)"] - by_seed.loc["temporal"]
print("what time gains on each split:", gains.round(4).tolist())
control_gain = by_seed.loc["biased (step 6)", SEEDS[0]] - control
print("what times dealt anew gain on the first:", round(control_gain, 4))
terms = {
    name: time_terms(fits[SEEDS[0]][name]["model"], with_time(frames[0])(frames[1])).std()
    for name, frames in {"temporal": splits[SEEDS[0]], "times dealt anew": anew_parts}.items()
}
print("spread of the terms of time over the test rows, in stars:")
print({name: round(float(size), 3) for name, size in terms.items()})

# %% [markdown]
# Both models had the same rows on each split, so read the **differences**, split by split, and not
# the spread of one model between splits: both models' errors move together. On ml-latest-small
# time gains little, and on one split next to nothing. Most people there rated everything within a
# week and have hardly a drift to learn, though most *ratings* are by the others; and a film has
# about ten ratings for its five steps. On the simulated ratings, where drifts are planted, time
# gains several times as much, on every split.
#
# Times dealt anew must gain nothing, and they lose. The last line says why: their terms of time
# are not zero. The model has learnt them from the noise of the training rows, and noise that is
# added to a prediction adds to its error. A penalty keeps such terms small, not at zero.
#
# Note what a random split asks: to fill gaps in a past that is otherwise known. Whoever predicts
# *tomorrow* knows no rating of the last bin's end, and may gain less.

# %% [markdown]
# ## Where it is planted: drifts found again
#
# In simulated data every user's $\alpha_u$ is known. Does your model find it, when it has learnt
# from the training rows of a split? Each dot is a user; on the diagonal, the drift learnt is the
# one planted. Users who rated for years are easier to read than those who rated for weeks.

# %% tags=["demo"]
simulation = data.simulate()
if dataset.name == "simulated":
    model = fits[SEEDS[0]]["temporal"]["model"]
else:
    known, *n_known = encode_frame(simulation.ratings)
    known, _val, _test = encoding.split_ratings(known, seed=SEEDS[0])
    keras.utils.set_random_seed(SEEDS[0])
    model = build_temporal_mf(*n_known, N_FACTORS, N_BINS, known["rating"].mean())
    fit(model, with_time(known)(known), known["rating"].to_numpy("float32"))

planted = simulation.truth.user_drift
learnt = np.reshape(model.get_layer("user_drift").get_weights()[0], -1)[: len(planted)]
years = (simulation.truth.user_end - simulation.truth.user_start) / (365.25 * DAY)
long = years >= np.median(years)
for name, users in ("long", long), ("short", ~long):
    agreement = np.corrcoef(learnt[users], planted[users])[0, 1]
    print(f"users with a {name} time of ratings: correlation {agreement:.2f}")

figure, axes = plt.subplots(figsize=(8.5, 6.5))
dots = axes.scatter(planted, learnt, c=years, s=22, cmap="viridis_r")
reach = np.array([planted.min(), planted.max()])
axes.plot(reach, reach, color="black", linestyle="--", linewidth=1.5)
axes.set(
    xlabel="planted drift, stars per day^0.4",
    ylabel="learnt drift",
    title="Simulated users: the drifts are found",
)
figure.colorbar(dots, label="years from first to last rating")
show(figure, "12-drifts")

# %% [markdown]
# ## The ladder
#
# The paper closes with a figure: error against the number of parameters, a line for each kind of
# model, a dot for each number of factors. Here is yours, in its manner, from your own functions of
# steps 4, 6, 11 and 12, with 2, 8 and 32 factors, on the first split. All are trained as above; two
# of the twelve are in the table already, and are not trained again. Few factors must each go a long
# way from their small start, and want large steps. With many factors that can be too much of a good
# thing: a line that turns up again has begun to learn the training rows by heart.
#
# In the paper each rung stands on the one before. Here *implicit* and *temporal* both stand on
# *biased*, alone. The plain model has a panel to itself. One split is one draw: before you believe
# a difference, look how much the gains above differ from split to split.

# %% tags=["demo"]
seed, LONGEST = SEEDS[0], 15
train, test = splits[seed]
history = np.full((n_users, LONGEST), -1, dtype="int32")
for user, items in train.sample(frac=1, random_state=0).groupby("user")["item"]:
    history[user, : len(items)] = items[:LONGEST]

LADDER = {
    "plain": (lambda mu, k: dot_product.build_mf(n_users, n_items, k), columns),
    "biased": (build_biased, columns),
    "implicit": (
        lambda mu, k: implicit.build_svdpp(n_users, n_items, k, mu),
        lambda frame: [*columns(frame), history[frame["user"]]],
    ),
    "temporal": (build_temporal, with_time(train)),
}
made = {"biased": fits[seed]["biased (step 6)"], "temporal": fits[seed]["temporal"]}
rungs = []
for name, (build, inputs) in LADDER.items():
    for k in (2, 8, 32):
        if k == N_FACTORS and name in made:
            tried = made[name]
        else:
            tried = try_out(lambda mu, b=build, k=k: b(mu, k), inputs, (train, test), seed)
        error = tried["predictions"] - test["rating"].to_numpy()
        rung = {"model": name, "factors": k, "parameters": tried["model"].count_params()}
        rungs.append(rung | {"rmse": np.sqrt(np.mean(error**2))})
ladder = pd.DataFrame(rungs)
print(ladder.pivot(index="model", columns="factors", values="rmse").loc[list(LADDER)].round(4))

# %% tags=["demo"]
figure, panels = plt.subplots(1, 2, figsize=(13, 6), width_ratios=(1, 2))
for k, (name, marker) in enumerate(zip(LADDER, "Dos^", strict=True)):
    line = ladder[ladder["model"] == name]
    axes = panels[0 if name == "plain" else 1]
    axes.plot(
        line["parameters"], line["rmse"], color=f"C{k}", marker=marker, markersize=10, label=name
    )
    for _row, dot in line.iterrows():
        place = (0, 9)
        axes.annotate(
            dot["factors"], (dot["parameters"], dot["rmse"]), place, textcoords="offset points",
            ha="center", fontsize=12, color=f"C{k}",
        )  # fmt: skip
for axes in panels:
    axes.set(xscale="log", xlabel="parameters")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 3)))
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.minorticks_off()
    axes.margins(x=0.12, y=0.12)
    axes.legend()
panels[0].set_ylabel("RMSE of test rows, in stars")
figure.suptitle(f"{dataset.name}: the ladder (numbers: factors; mind the two scales)")
show(figure, "12-ladder")

# %% [markdown]
# Biases, one number for each user and film, are a large step: compare *plain* with *biased*, then
# look what all further numbers gain. On Netflix' 100 million ratings each rung of the ladder paid,
# and more factors always did. How is it here: which rung pays for its parameters, on which data,
# and which pays only once there are factors enough?

# %% [markdown]
# ## To discuss
#
# - Two models have the same number of parameters, and one a smaller error. Where does it spend
#   them?
# - A random split lets the model see a user's ratings of next week when it predicts today's. How
#   would you split, if the model were to run tomorrow, and which of the two time terms would
#   suffer?
# - The edges could be made from all rows' times, no rating is looked at. What would be wrong with
#   it?
# - The deviation of a user with ratings on one single day is near zero in all rows. What will
#   $\alpha_u$ be, with a penalty and without?
# - Koren's full model has a vector $p_u(t)$, too. How many parameters would a $p_u$ for each of
#   your five bins have, and how many ratings a user are there to learn them?

# %% [markdown] tags=["answer"]
# *Write your answers here: double-click this text and replace it.*

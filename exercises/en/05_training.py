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
# # 5 · Training
#
# **Day 1-2 · 135 minutes · 13 points**
#
# At the end of this step you can:
# - measure a model's error in stars, and say on which rows;
# - take one step of stochastic gradient descent by hand;
# - train a Keras model, stop it in time, and keep its best epoch;
# - read learning curves.
#
# You write four functions: `rmse` (2 points), `sgd_step` (4), `compile_and_fit` (6) and
# `best_epoch` (1). Fill in a stub, run the check cell below it, read what it says, and go on.

# %%
import recommender_data as data
from autograder import beside, carry_over, check, show, use_style

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

use_style()

# %% [markdown]
# ## What "good" means
#
# The model of step 4 predicts noise: its tables are random. Training moves the numbers in the
# tables until the predictions come close to the ratings. Koren, Bell and Volinsky write down what
# is to become small:
#
# $$\min_{q, p} \sum_{(u,i) \text{ known}} \left(r_{ui} - q_i^\top p_u\right)^2
#   + \lambda \left(\lVert q_i \rVert^2 + \lVert p_u \rVert^2\right) \qquad \text{(Koren 2)}$$
#
# The first term is the squared error of every known rating. The second one keeps the vectors short;
# more about it in a moment.
#
# A sum of squares over thousands of rows says little to a person. So take its mean, and then the
# root: the *root mean squared error*, in stars.
#
# $$\text{RMSE} = \sqrt{\frac 1 m \sum_{k=1}^{m} (r_k - \hat r_k)^2}$$

# %% [markdown]
# ## A worked example
#
# Three ratings, three predictions. Follow the numbers by hand: errors, squares, mean, root.

# %%
ratings_by_hand = np.array([4.0, 2.0, 5.0])
predictions_by_hand = np.array([3.0, 3.0, 3.0])

print("errors: ", ratings_by_hand - predictions_by_hand)
print("squares:", [1.0, 1.0, 4.0], "with mean", (1.0 + 1.0 + 4.0) / 3)
print("root:   ", 2.0**0.5, "stars")

# %% [markdown]
# One trap lies in wait. Keras answers with a column, shape (m, 1), and your ratings are a vector,
# shape (m,). NumPy subtracts one from the other without a word. Look at the shape that comes out:

# %%
column = predictions_by_hand.reshape(-1, 1)
print("column minus vector:", (column - ratings_by_hand).shape)

# %% [markdown]
# ## Your turn: the error in stars

# %%
def rmse(y_true, y_pred):
    """Root mean squared error, in the unit of the ratings.

    y_true, y_pred: arrays (m,) or (m, 1), in any mix.
    Returns a float.
    """
    # TODO: one shape for both, then errors, squares, mean, root.
    raise NotImplementedError("rmse")


# %% tags=["check"]
check("rmse")

# %% [markdown]
# ## One step downhill
#
# Look at one rating alone. The model predicts $\hat r_{ui} = q_i^\top p_u$, and misses by
#
# $$e_{ui} = r_{ui} - q_i^\top p_u .$$
#
# Which small change of $p_u$ makes the squared error smaller? Differentiate:
#
# $$\frac{\partial}{\partial p_u} \left[e_{ui}^2 + \lambda \lVert p_u \rVert^2\right]
#   = -2\, e_{ui}\, q_i + 2 \lambda\, p_u .$$
#
# Step against the gradient. The factor 2 goes into the learning rate $\gamma$, and $q_i$ gets its
# turn in the same way:
#
# $$p_u \leftarrow p_u + \gamma\,(e_{ui}\, q_i - \lambda\, p_u), \qquad
#   q_i \leftarrow q_i + \gamma\,(e_{ui}\, p_u - \lambda\, q_i)$$
#
# Both right-hand sides use the **old** vectors: the gradient is taken at one point.

# %% [markdown]
# ## A step on paper
#
# Ada's vector is $p = (1, 2)$, the film's is $q = (0.5, 1)$. She gives 4 stars. The learning rate
# is $\gamma = 0.1$, and for once there is no penalty: $\lambda = 0$.

# %%
print("prediction:", 0.5 * 1 + 1 * 2)
print("error e:   ", 4 - 2.5)
print("new p:     ", [1 + 0.1 * 1.5 * 0.5, 2 + 0.1 * 1.5 * 1])
print("new q:     ", [0.5 + 0.1 * 1.5 * 1, 1 + 0.1 * 1.5 * 2])
print("prediction:", 0.65 * 1.075 + 1.3 * 2.15)
print("error now: ", 4 - 3.49375)

# %% [markdown]
# One step took the error from 1.5 to 0.506. Had the rating been 1, $e$ would be negative, and both
# vectors would shrink.
#
# Now the penalty. With $\lambda > 0$ every step also pulls both vectors a little towards zero.
# Think of someone with two ratings. Many vectors of $K$ numbers fit two ratings exactly, long ones
# among them, and a long vector makes bold predictions for all other films. The penalty prefers a
# short one: two ratings are thin evidence for bold predictions.

# %% [markdown]
# ## Your turn: one step
#
# Check yourself with the numbers above before you run the check.

# %%
def sgd_step(p, q, rating, lr, reg):
    """One step of stochastic gradient descent on one rating (Koren, below (2)).

    p, q: float arrays (K,), the vectors of the user and of the item; they stay as they are.
    rating: float, in stars. lr: float, the learning rate. reg: float, Koren's lambda.
    Returns (p_new, q_new), arrays (K,), both computed from the old p and q.
    """
    # TODO: the error first, then both new vectors.
    raise NotImplementedError("sgd_step")


# %% tags=["check"]
check("sgd_step")

# %% [markdown]
# ## A picture of the descent
#
# With one factor, $p$ and $q$ are two numbers, and the squared error of a rating of 4 is a
# landscape over a plane. Its valley floor is the curve $q \cdot p = 4$: many pairs of numbers
# predict the same rating.
#
# Watch three walkers. The first two start at different places with the same small learning rate,
# and end at different points of the valley. The third starts where the second did, with a rate
# ten times as large, and jumps across the valley. A fourth one, at $(0, 0)$, never moves at all:
# there $e q = e p = 0$. That is why the tables do not start at zero. And they start at random since
# factors that start alike get the same steps, and stay alike.

# %% tags=["demo"]
def walk(p, q, rating, lr, n_steps):
    """Positions of a walk with one factor: array (n_steps + 1, 2)."""
    path = [(p, q)]
    for _step in range(n_steps):
        p_new, q_new = sgd_step(np.array([p]), np.array([q]), rating, lr, reg=0.0)
        p, q = float(p_new[0]), float(q_new[0])
        path.append((p, q))
    return np.array(path)


walks = {
    "lr = 0.02": walk(0.3, 1.2, 4.0, 0.02, 40),
    "lr = 0.02, another start": walk(3.0, 0.2, 4.0, 0.02, 40),
    "lr = 0.2, the same start": walk(3.0, 0.2, 4.0, 0.2, 6),
}

grid = np.linspace(-0.2, 4, 200)
figure, axes = plt.subplots()
landscape = (4 - np.outer(grid, grid)) ** 2
levels = [0, 0.1, 0.5, 1, 2, 4, 8, 16, 32, 64, 150]
axes.contourf(grid, grid, landscape, levels=levels, cmap="Greys", alpha=0.6)
axes.plot(grid[grid > 0.9], 4 / grid[grid > 0.9], "k:", label="valley: q p = 4")
for label, path in walks.items():
    axes.plot(path[:, 0], path[:, 1], marker="o", markersize=5, label=label)
axes.plot([0], [0], "k*", markersize=14, label="(0, 0): stays here")
axes.set(xlabel="p", ylabel="q", xlim=(-0.2, 4), ylim=(-0.2, 4))
axes.set_title("Small steps slide into the valley, large ones jump across")
axes.legend(loc="upper left", frameon=True, framealpha=1, fontsize=11)
show(figure, "05-steps-on-one-rating")

# %% [markdown]
# ## The same step, thousands of times
#
# That is all of Koren's SGD: run through the ratings, here in random order, take one step for each,
# repeat. You have written it. Split the ratings as in step 2, and let your step learn from all the
# training rows.
#
# A start is needed. Here every vector starts near $\sqrt{3.5 / K}$ in each factor, so that $q \cdot
# p$ is about 3.5 for every pair before the first step.

# %% tags=["demo"]
encoding = carry_over("02_encode_split")
scoring = carry_over("04_dot_product")

dataset = data.load(bad_rows="skip")
ratings, movies = dataset
_classes, user_map = encoding.fit_encoder(ratings["userId"])
_classes, item_map = encoding.fit_encoder(ratings["movieId"])
train, val, test = encoding.split_ratings(ratings, seed=0)
train_xy, val_xy, test_xy = (
    encoding.make_xy(part, user_map, item_map) for part in (train, val, test)
)
print(dataset.name)
print(f"rows: {len(train):,} to train, {len(val):,} to validate, {len(test):,} to test")

# %% tags=["demo"]
def pairwise_scores(p, q, xy):
    """Dot products of the pairs of `([users, items], y)`: array (m,)."""
    (users, items), _y = xy
    return np.sum(p[users[:, 0]] * q[items[:, 0]], axis=1)


n_factors, n_passes = 8, 4
random = np.random.default_rng(0)
p = random.normal((3.5 / n_factors) ** 0.5, 0.1, size=(len(user_map), n_factors))
q = random.normal((3.5 / n_factors) ** 0.5, 0.1, size=(len(item_map), n_factors))
(users, items), stars = train_xy
by_hand = {"train": [], "validation": []}
for _pass in range(n_passes):
    for row in random.permutation(len(stars)):
        u, i = users[row, 0], items[row, 0]
        p[u], q[i] = sgd_step(p[u], q[i], float(stars[row]), lr=0.02, reg=0.05)
    by_hand["train"].append(rmse(stars, pairwise_scores(p, q, train_xy)))
    by_hand["validation"].append(rmse(val_xy[1], pairwise_scores(p, q, val_xy)))
sgd_predictions = pairwise_scores(p, q, test_xy)

figure, axes = plt.subplots()
for label, values in by_hand.items():
    axes.plot(range(1, n_passes + 1), values, marker="o", label=label)
dull = rmse(val_xy[1], np.full(len(val), stars.mean()))
axes.axhline(dull, color="black", linestyle=":", label="global mean, on validation")
axes.set(xlabel="passes through the training rows", ylabel="RMSE in stars")
axes.set_xticks(range(1, n_passes + 1))
axes.set_title("Your step, once for every rating in each pass")
axes.legend()
show(figure, "05-sgd-by-hand")

# %% [markdown]
# ## From steps to `fit`
#
# A Python loop over single ratings is slow. Keras takes a *batch* of rows at once, averages their
# squared errors, and steps along the gradient of that mean. The rest is the same idea:
#
# | word | meaning |
# |---|---|
# | batch | the rows of one step |
# | epoch | one pass through all training rows, in a new random order |
# | optimiser | the rule of the step: SGD, or Adam, which gives every number its own step size |
# | loss | what the steps make smaller: here the mean squared error |
#
# `model.compile` names loss and optimiser, `model.fit` takes the steps. Compiling does not touch
# the weights: training goes on from the weights that the model has.

# %% [markdown]
# ## Three parts, three jobs
#
# - **train** teaches: its errors move the weights;
# - **validation** chooses: it tells when to stop, and which epoch was best;
# - **test** reports: it is opened once, when every choice is made.
#
# The training error falls as long as you train. A model with a vector for everyone can learn many
# ratings by heart, and what it learns by heart does not help with new ones. The validation error
# shows this: it falls at first, then rises. That is *overfitting*, and the lowest point is where
# you want to be.
#
# *Early stopping* watches the error on validation after every epoch. When the lowest value so far
# has not been beaten for `patience` epochs, training ends. By then the weights are past their best,
# so the weights of the best epoch have to be brought back.
#
# Watch the *error*, not the loss. The loss is what the steps make smaller, and from step 6 on it is
# the squared error plus a penalty. What you want to be small is the error alone. Keras measures it
# beside the loss when you hand it a *metric*: a metric named `rmse` gives the curves `rmse` and
# `val_rmse`, and no penalty is in them.

# %% [markdown]
# ## Early stopping on paper
#
# A patience of 2, and these errors on validation. Cover the last column and fill it in yourself.

# %%
pd.DataFrame(
    {
        "val_rmse": [1.30, 1.10, 1.15, 1.05, 1.08, 1.12],
        "without improvement": [0, 0, 1, 0, 1, 2],
        "decision": ["go on", "go on", "go on", "go on", "go on", "stop; bring epoch 3 back"],
    },
    index=pd.Index(range(6), name="epoch"),
)

# %% [markdown]
# ## Your turn: compile and fit
#
# - Loss: the squared error. Optimiser: your choice. Adam with a learning rate of a few thousandths
#   suits these tables.
# - Metric: `keras.metrics.RootMeanSquaredError(name="rmse")`, or one of your own with that name.
# - Stop early by `val_rmse`, and leave the best epoch's weights in the model, **also when the
#   epochs run out** before patience does. Keras' versions differ here; the callback remembers its
#   best weights in any of them.
# - The same seed gives the same curves: something shuffles the rows, and it must know the seed.

# %%
def compile_and_fit(model, train, val, epochs=50, batch_size=512, patience=3, seed=0):
    """Train a rating model with early stopping.

    model: a Keras model with inputs [user, item] and scores (b, 1) or (b,), compiled before or not;
    training starts from the weights that it has.
    train, val: ([users, items], y), int32 arrays (m, 1) each and a float32 array (m,); val is only
    looked at. epochs: int, at most so many. batch_size: int, rows of one step.
    patience: int, epochs without a lower `val_rmse`, however little, before training ends.
    seed: int; the same seed gives the same curves.
    Returns the History; its `history` holds four lists, one value an epoch: `loss` and `val_loss`,
    mean squared errors plus the penalties of the model's layers, if any; `rmse` and `val_rmse`,
    root mean squared errors without penalties. The model is left with the weights of the epoch
    whose `val_rmse` is lowest.
    """
    # TODO: seed, compile with the metric, fit with early stopping, bring the best weights back.
    raise NotImplementedError("compile_and_fit")


# %% tags=["check"]
check("compile_and_fit")

# %% [markdown]
# ## Your turn: the best epoch
#
# `history.history` is a dict of lists, one list a curve: `{"loss": [...], "val_loss": [...],
# "rmse": [...], "val_rmse": [...]}`. In which epoch was a curve lowest? The first one has number 0.

# %%
def best_epoch(history, key="val_rmse"):
    """The epoch in which a curve is lowest.

    history: dict of lists of floats, one value an epoch, as in `History.history`.
    key: str, the curve that chooses.
    Returns an int; the first epoch is 0; of equally low epochs it is the first.
    """
    # TODO: the position of the smallest value.
    raise NotImplementedError("best_epoch")


# %% tags=["check"]
check("best_epoch")

# %% [markdown]
# ## Learning curves
#
# Train the dot product of step 4 with 32 factors. To see what happens after the best epoch, wait
# longer than you normally would: a patience of 6.
#
# Left your training, right the reference's, of a model like yours. Another optimiser, or another
# learning rate, draws other curves, and may be as right.

# %% tags=["demo"]
def plot_curves(axes, curves, best, title):
    """Learning curves in stars, with the best epoch marked."""
    epochs = np.arange(len(curves["rmse"]))
    axes.plot(epochs, curves["rmse"], label="training")
    axes.plot(epochs, curves["val_rmse"], label="validation")
    lowest = curves["val_rmse"][best]
    axes.plot([best], [lowest], "o", color="black", markersize=10, label=f"best epoch: {best}")
    axes.set(xlabel="epoch", ylabel="RMSE in stars", title=title)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.legend()


def train_32_factors(step):
    keras.utils.set_random_seed(0)  # both models start from the same weights
    model = scoring.build_mf(len(user_map), len(item_map), 32)
    history = step.compile_and_fit(model, train_xy, val_xy, patience=6)
    return model, history.history, step.best_epoch(history.history)


def draw_curves(axes, trained):
    _model, curves, best = trained
    plot_curves(axes, curves, best, "32 factors")
    axes.set_ylim(0.4, 1.8)


model, curves, best = beside("05_training", train_32_factors, draw_curves, "05-learning-curves")
print(f"{len(curves['rmse'])} epochs; the best one is number {best}")
for name, key in ("training", "rmse"), ("validation", "val_rmse"):
    then, now = curves[key][best], curves[key][-1]
    print(f"{name} RMSE: {then:.3f} in the best epoch, {now:.3f} at the end")

# %% [markdown]
# ## How to read them
#
# | what you see | what it means | what to try |
# |---|---|---|
# | both fall, and still fall at the end | stopped too soon | more epochs, larger steps |
# | both flat and high | underfitting: the model cannot do better | more factors, more inputs |
# | training falls, validation rises | overfitting | stop earlier, fewer factors, a penalty |
# | jagged, or up and down | steps too large | a smaller learning rate, larger batches |
# | flat at first, then a fall | vectors near zero have small gradients | wait, or another start |
# | validation *below* training | the training error is a mean over a whole epoch | nothing |
#
# Which rows of this table do you find in the figure? Now change one thing, the number of factors,
# and compare: the seed, the patience and the largest number of epochs are those of the first model.
# Before you run the cell: which model will have the larger gap between its two curves at the end?

# %% tags=["demo"]
n_epochs = len(curves["rmse"])
keras.utils.set_random_seed(0)
small = scoring.build_mf(len(user_map), len(item_map), 4)
small_curves = compile_and_fit(small, train_xy, val_xy, epochs=n_epochs, patience=6).history

figure, panels = plt.subplots(1, 2, sharey=True, figsize=(12, 5.5))
for axes, n_factors, shown in (panels[0], 4, small_curves), (panels[1], 32, curves):
    plot_curves(axes, shown, best_epoch(shown), f"{n_factors} factors")
    lowest = min(shown["val_rmse"])
    print(f"{n_factors} factors: best validation RMSE {lowest:.3f}")
panels[0].set_ylim(0.4, 1.8)
show(figure, "05-curves-by-factors")

# %% [markdown]
# ## What a step costs
#
# Your `sgd_step` moves the two rows that a rating names. Keras' Adam is *dense*: it keeps two
# running means for every entry of both tables, and each step works out a change of **every** row,
# also of those that no rating of the batch names. (Rows that a rating has named before move on;
# where no rating has ever been, the change is zero.) A hundred thousand ratings do not make you
# feel that. Many millions do. Here are seconds an epoch on two processors, with 64 factors, for
# made-up ratings with the users and films of MovieLens 25M, beside an Adam that moves the rows of
# the batch only:
#
# | 25 million ratings | steps an epoch | dense | rows of the batch only |
# |---|---|---|---|
# | batches of 1,024 | 24,415 | 2,292 | 42 |
# | batches of 16,384 | 1,526 | 113 | 24 |
# | batches of 65,536 | 382 | 51 | 19 |
#
# The cost of a dense step grows with the tables, however small the batch. So with large tables take
# large batches, or an optimiser that updates rows. A large batch is no gift, though: sixteen times
# fewer steps are sixteen times fewer moves downhill, and want a larger learning rate and a look at
# the validation curve. Which batch would you begin with here: 512, or all of your training rows?

# %% [markdown]
# ## Open the test rows
#
# All choices are made: the epoch by validation, nothing by test. Now the test rows may speak.
#
# Some of them are *cold*: their user or their film has no row in train. Its vector never had a
# step, and is still the small random one that it started with. What does the model predict there?

# %% tags=["demo"]
cold = ~(test["userId"].isin(train["userId"]) & test["movieId"].isin(train["movieId"])).to_numpy()
[test_users, test_items], y = test_xy
predictions = scoring.predict_pairs(model, test_users[:, 0], test_items[:, 0])

levels = np.unique(y)
figure, axes = plt.subplots()
boxes = [predictions[~cold & (y == level)] for level in levels]
axes.boxplot(boxes, positions=levels, widths=0.3, showfliers=False, medianprops={"linewidth": 3})
axes.plot(y[cold], predictions[cold], "o", color="C3", alpha=0.4, label=f"{cold.sum()} cold rows")
axes.plot([0.5, 5], [0.5, 5], color="black", linestyle=":", label="perfect")
axes.set(xlabel="rating in stars", ylabel="predicted stars", xlim=(0.2, 5.3), ylim=(-1, 6.5))
axes.set_xticks(levels, [f"{level:g}" for level in levels])
axes.set_title("Predictions rise with the ratings, but less; cold rows are near zero")
axes.legend(loc="upper left", ncols=2)
show(figure, "05-predicted-against-true")

# %% [markdown]
# A single number would hide this. So report the RMSE of all rows, and of warm and cold rows apart,
# beside the dullest model there is: the mean of the training ratings for everyone and everything.
#
# A model that is worse than this one is not worth its electricity. Is yours?

# %% tags=["demo"]
models = {
    "global mean of train": np.full(len(y), train_xy[1].mean()),
    "Keras, dot product": predictions,
    "your SGD, started near 3.5": sgd_predictions,
}
parts = {"all": np.full(len(y), True), "warm": ~cold, "cold": cold}
table = pd.DataFrame(
    {
        part: [rmse(y[rows], scores[rows]) for scores in models.values()]
        for part, rows in parts.items()
        if rows.any()
    },
    index=list(models),
)
print(f"{cold.mean():.1%} of the test rows are cold")
print(table.round(3).to_string())

figure, axes = plt.subplots(figsize=(10, 5.5))
table.T.plot.bar(ax=axes, rot=0, width=0.75)
axes.set(ylabel="RMSE in stars", title="Warm and cold rows tell different stories")
axes.legend(loc="upper left")
show(figure, "05-test-rmse")

# %% [markdown]
# On the warm rows the dot product has learnt something that the mean does not know. On cold rows it
# predicts about zero stars, and a miss of three and more stars, squared, weighs heavily. On
# MovieLens' small set this is enough to lose against the mean over all rows.
#
# Your own SGD uses the same equation. It differs in where the vectors start, in the rule and the
# number of its steps, in its penalty and in the number of factors. A film that nobody has rated is
# predicted near 3.5 there. The lesson is not that SGD beats Adam: it is that a model needs to know
# the mean. Step 6 builds it in.

# %% [markdown]
# ## To discuss
#
# - A colleague reports an RMSE of 0.62. Which three questions do you ask before you congratulate?
# - You try twenty settings and report the lowest test RMSE. What is wrong, and which part of the
#   data should have chosen?
# - Validation has been flat for two epochs, and then it falls again. What did `patience` do for
#   you, and what does a larger one cost?
# - In the picture of the descent, two walks end at different points of the same valley. What does
#   that mean for the reading of a single factor?
# - Why does `sgd_step` need the error only once, although two vectors move?

# %% [markdown] tags=["answer"]
# *Write your answers here: double-click this text and replace it.*

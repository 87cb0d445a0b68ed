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
# # 14 · Alternating least squares
#
# **Bonus · 60 minutes · 5 points**
#
# At the end of this step you can:
# - write down exactly what matrix factorisation minimises, Koren (2);
# - minimise it without a learning rate, by solving one small linear system after another;
# - say what that costs and gains beside gradient descent.
#
# You write three functions: `objective` (1 point), `als_sweep` (2) and `implicit_als_sweep` (2).
# These points come on top of the course's hundred.

# %%
import time

import recommender_data as data
from autograder import carry_over, check, show, use_style

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

use_style()

# %% [markdown]
# ## One sum to make small
#
# Step 4 predicts with $q_i^\top p_u$; step 5 makes the errors small, step by step. Here is what
# is to be made small, written out:
#
# $$\min_{q, p} \sum_{(u,i)} \left(r_{ui} - q_i^\top p_u\right)^2
# + \lambda \left(\lVert q_i \rVert^2 + \lVert p_u \rVert^2\right)
# \qquad \text{(Koren 2)}$$
#
# The sum runs over the known ratings, and the penalty stands **inside** it. So $\lVert p_u
# \rVert^2$ is paid once for every rating of user $u$: a user with $n_u$ ratings pays $\lambda\,
# n_u \lVert p_u \rVert^2$. That keeps the balance between errors and penalty the same for a user
# with 20 ratings and for one with 2,000.

# %% [markdown]
# ## A worked example
#
# One factor, two users, two films, three ratings. Find the three errors and the three penalties by
# hand before you run the cell.

# %%
ratings_example = pd.DataFrame({"user": [0, 0, 1], "item": [0, 1, 0], "rating": [4.0, 2.0, 5.0]})
p_example, q_example = np.array([[2.0], [1.0]]), np.array([[2.0], [0.5]])
lam = 0.1

rows = ratings_example.assign(p=p_example[ratings_example["user"], 0])
rows["q"] = q_example[ratings_example["item"], 0]
rows["error"] = rows["rating"] - rows["p"] * rows["q"]
rows["penalty"] = lam * (rows["p"] ** 2 + rows["q"] ** 2)
print("objective:", round((rows["error"] ** 2 + rows["penalty"]).sum(), 3))
rows

# %% [markdown]
# ## Fix one side, and the other is easy
#
# Both $p$ and $q$ unknown: products of unknowns, no formula for the minimum. But hold $q$ fixed,
# and each user is a **linear regression** of their own: the ratings are the targets, the vectors
# of the rated films the inputs, and $p_u$ the coefficients. For user 0 above:
#
# $$f(p_0) = (4 - 2 p_0)^2 + (2 - 0.5 p_0)^2 + 2 \cdot 0.1\, p_0^2 + \text{const}$$
#
# Set the derivative to zero: $(2^2 + 0.5^2 + 2 \cdot 0.1)\, p_0 = 2 \cdot 4 + 0.5 \cdot 2$.

# %%
best_p0 = (2 * 4 + 0.5 * 2) / (2**2 + 0.5**2 + 2 * lam)
print("best p_0:", round(best_p0, 3))
for p_0 in (2.0, best_p0, 2.1):
    value = (4 - 2 * p_0) ** 2 + (2 - 0.5 * p_0) ** 2 + 2 * lam * p_0**2
    print(f"p_0 = {p_0:.3f}: {value:.4f}")

# %% [markdown]
# With $K$ factors the same derivative gives $K$ equations. Stack the vectors of the films that user
# $u$ rated into a matrix $Q_u$ ($n_u$ rows, $K$ columns), the ratings into $r_u$:
#
# $$p_u = \left(Q_u^\top Q_u + \lambda\, n_u I\right)^{-1} Q_u^\top r_u
# \qquad\qquad
# q_i = \left(P_i^\top P_i + \lambda\, n_i I\right)^{-1} P_i^\top r_i$$
#
# First all users, with the films as they are; then all films, with the **new** users. That is one
# sweep of *alternating least squares*. Each half can only lower the objective, since each row
# takes the best value there is. There is no learning rate, and no step that is too large.

# %% [markdown]
# ## Your turn: the objective
#
# You need it to see that a sweep never makes it worse.

# %%
def objective(ratings, p, q, reg):
    """Koren (2), its penalty inside the sum over ratings.

    ratings: encoded frame with columns user, item, rating; p, q: float arrays (U, K) and (I, K).
    reg: float, Koren's lambda.
    Returns the sum over rows of (r - q_i · p_u)² + reg (|q_i|² + |p_u|²), a float.
    """
    # TODO: look up both vectors of every row; squared errors and penalties; one sum.
    ### BEGIN SOLUTION
    p_u, q_i = p[ratings["user"]], q[ratings["item"]]
    errors = ratings["rating"].to_numpy() - np.sum(p_u * q_i, axis=1)
    return float(np.sum(errors**2) + reg * (np.sum(p_u**2) + np.sum(q_i**2)))
    ### END SOLUTION


# %% [markdown] tags=["hint"]
# ### objective
# 1. How often does the length of a user's vector enter the sum if that user rated five films?
# 2. Index each table with a column of ids: you get one vector for every rating, repeated where an
#    id is. Then everything has one row a rating.
# 3. Vectors of the rows' users and items; errors from the rowwise products; the sum of squared
#    errors plus reg times the sum of all squared entries of both looked-up arrays.

# %% tags=["check"]
check("objective")

# %% [markdown]
# ## Your turn: one sweep
#
# A user without a rating adds nothing to the sum, whatever their vector. Take the shortest one:
# zero. So start from tables of zeros, and fill in the rows that have ratings.
#
# Solve, do not invert: `np.linalg.solve(A, b)` gives the $x$ with $A x = b$, faster and with less
# rounding than the inverse.

# %%
def als_sweep(ratings, p, q, reg):
    """One sweep of alternating least squares: all users given q, then all items given the new p.

    ratings: encoded frame with columns user, item, rating; p, q: float arrays (U, K) and (I, K).
    reg: float above 0, Koren's lambda.
    Returns (p, q), new float arrays (U, K) and (I, K). Each row is the exact minimiser of
    `objective` given the other table; rows without ratings are zero. The arguments stay as they
    are.
    """
    # TODO: for every user with ratings, solve for p_u; then the same for every item with the new p.
    ### BEGIN SOLUTION
    def solve(own, other, vectors, n_rows):
        others, r = ratings[other].to_numpy(), ratings["rating"].to_numpy()
        n_factors = vectors.shape[1]
        solved = np.zeros((n_rows, n_factors))
        for k, rows in ratings.groupby(own).indices.items():
            x = vectors[others[rows]]
            left = x.T @ x + reg * len(rows) * np.eye(n_factors)
            solved[k] = np.linalg.solve(left, x.T @ r[rows])
        return solved

    new_p = solve("user", "item", q, len(p))
    new_q = solve("item", "user", new_p, len(q))
    return new_p, new_q
    ### END SOLUTION


# %% [markdown] tags=["hint"]
# ### als_sweep
# 1. While you solve for one user, which numbers are known, and which K are not? Which table do the
#    items see: the old users or the new ones?
# 2. Both halves are the same job with users and items exchanged: write a helper once. Its heart
#    is a system of K equations; the penalty stands on the diagonal and grows with the number of
#    ratings.
# 3. In the helper: zeros of the right shape; for each id, the positions of its rows; the other
#    side's vectors at these rows; their products, plus reg times the number of rows on the
#    diagonal; solve against the vectors' products with the ratings. Call it for users, then for
#    items.

# %% tags=["check"]
check("als_sweep")

# %% [markdown]
# ## On MovieLens: what shall be factorised?
#
# Equation (2) has neither $\mu$ nor biases: raw stars would force the vectors to explain that
# most ratings are near 3.5, and a film without ratings, whose vector is zero, would be predicted
# 0 stars. Compare three choices: raw stars; what $\mu$ leaves; what the damped biases of step 6
# leave.

# %% tags=["demo"]
encoding = carry_over("02_encode_split")
dot_product = carry_over("04_dot_product")
training = carry_over("05_training")
biases = carry_over("06_biases")

SEEDS, N_FACTORS, REG, N_SWEEPS = (0, 1, 2), 16, 0.15, 10

dataset = data.load(bad_rows="skip")
ratings, movies = dataset
user_classes, user_map = encoding.fit_encoder(ratings["userId"])
item_classes, item_map = encoding.fit_encoder(ratings["movieId"])
n_users, n_items = len(user_map), len(item_map)
lowest, highest = ratings["rating"].min(), ratings["rating"].max()


def encoded(frame):
    users = encoding.encode(frame["userId"], user_map)
    items = encoding.encode(frame["movieId"], item_map)
    return frame.assign(user=users, item=items)


splits = {seed: list(map(encoded, encoding.split_ratings(ratings, seed=seed))) for seed in SEEDS}
train, val, test = splits[0]
print(f"{dataset.name}: {len(train):,} training rows, {n_users:,} users, {n_items:,} films")


def start_tables(seed):
    rng = np.random.default_rng(seed)
    return tuple(rng.normal(scale=0.1, size=(n, N_FACTORS)) for n in (n_users, n_items))


def predict(p, q, frame, offsets):
    """What is left out of the factorisation, plus the dot products, clipped to the scale."""
    dots = np.sum(p[frame["user"]] * q[frame["item"]], axis=1)
    return np.clip(offsets + dots, lowest, highest)


def run_als(train_rows, offset_of, watched_rows, seed=0, reg=REG):
    """Sweeps on what `offset_of` leaves; tables, and RMSE of the watched rows after each sweep."""
    rest = train_rows.assign(rating=train_rows["rating"] - offset_of(train_rows))
    p, q = start_tables(seed)
    curve = []
    for _sweep in range(N_SWEEPS):
        p, q = als_sweep(rest, p, q, reg)
        predicted = predict(p, q, watched_rows, offset_of(watched_rows))
        curve.append(
            (objective(rest, p, q, reg), training.rmse(watched_rows["rating"], predicted))
        )
    return p, q, pd.DataFrame(curve, columns=["objective", "rmse"])


def damped_biases(train_rows):
    mu, b_user, b_item = biases.bias_baseline(train_rows, n_users, n_items)
    return lambda frame: mu + b_user[frame["user"]] + b_item[frame["item"]]


mu = train["rating"].mean()
choices = {
    "raw stars": lambda frame: np.zeros(len(frame)),
    "minus μ": lambda frame: np.full(len(frame), mu),
    "minus damped biases": damped_biases(train),
}
curves = {name: run_als(train, offset, val)[2] for name, offset in choices.items()}
print(pd.DataFrame({name: curve["rmse"] for name, curve in curves.items()}).round(3).tail(1))

# %% tags=["demo"]
figure, (left, right) = plt.subplots(1, 2, figsize=(13, 5.5))
sweeps = np.arange(1, N_SWEEPS + 1)
for number, (name, curve) in enumerate(curves.items()):
    marker = "os^"[number]
    share = curve["objective"] / curve["objective"].iloc[0]
    left.plot(sweeps, share, marker=marker)
    right.plot(sweeps, curve["rmse"], marker=marker, label=name)
left.set(xlabel="sweep", ylabel="objective, as a share of the first sweep's")
left.set_title("The objective never rises …")
right.axhline(
    training.rmse(val["rating"], damped_biases(train)(val)), color="black", linestyle="--"
)
right.set(xlabel="sweep", ylabel="RMSE in stars, validation rows", ylim=(0.8, 1.3))
right.set_title("… and what it is worth depends")
right.legend(title="dashed: biases alone")
show(figure, "14-sweeps")

# %% [markdown]
# Each curve on the left falls, as it must, most of it in the first sweeps. The curves on the
# right are about rows that were not trained on, and nothing guarantees those. Raw stars need
# several sweeps to learn what the biases know from the start, and where a film of the validation
# rows has no training rating they predict nothing at all: on MovieLens, where such rows are not
# rare, they spoil the mean. So keep the biases outside, and factorise what they leave.

# %% [markdown]
# ## What λ does
#
# A sweep has no learning rate, no batch size and no number of epochs that matters much. What is
# left is $K$ and $\lambda$. They are chosen on validation rows.

# %% tags=["demo"]
REGS = (0.05, 0.1, 0.15, 0.2, 0.3)
offset = choices["minus damped biases"]
rest = train.assign(rating=train["rating"] - offset(train))
by_reg = []
for reg in REGS:
    p, q, curve = run_als(train, offset, val, reg=reg)
    error_on_train = training.rmse(train["rating"], predict(p, q, train, offset(train)))
    by_reg.append({"λ": reg, "train": error_on_train, "validation": curve["rmse"].iloc[-1]})
by_reg = pd.DataFrame(by_reg).set_index("λ")
print(by_reg.round(3).to_string())

figure, axes = plt.subplots()
axes.plot(by_reg.index, by_reg["train"], marker="o", linestyle="--", label="training rows")
axes.plot(by_reg.index, by_reg["validation"], marker="o", label="validation rows")
biases_alone = training.rmse(val["rating"], offset(val))
axes.axhline(biases_alone, color="black", linestyle="--", linewidth=1.5)
axes.set(xlabel="λ", ylabel="RMSE in stars")
axes.set(title="Too small: learnt by heart. Too large: only biases")
axes.legend(title="black: biases alone, validation")
show(figure, "14-lambda")

# %% [markdown]
# ## Beside step 6
#
# The model of step 6 has the same $q_i^\top p_u$, and biases that are learnt together with it.
# Same splits, same number of factors, three seeds; each seed draws a split and a start of its
# own. "Cold" rows have a user or film that the training rows do not have.

# %% tags=["demo"]
def als_model(train_rows, val_rows, seed):
    offset = damped_biases(train_rows)
    p, q, _curve = run_als(train_rows, offset, val_rows, seed, reg=by_reg["validation"].idxmin())
    return lambda frame: predict(p, q, frame, offset(frame))


def gradient_model(train_rows, val_rows, seed):
    parts = [encoding.make_xy(part, user_map, item_map) for part in (train_rows, val_rows)]
    keras.utils.set_random_seed(seed)
    model = biases.build_biased_mf(n_users, n_items, N_FACTORS, train_rows["rating"].mean())
    training.compile_and_fit(model, *parts, seed=seed)
    return lambda frame: np.clip(
        dot_product.predict_pairs(model, frame["user"].to_numpy(), frame["item"].to_numpy()),
        lowest,
        highest,
    )


def bias_model(train_rows, _val_rows, _seed):
    offset = damped_biases(train_rows)
    return lambda frame: np.clip(offset(frame), lowest, highest)


makers = {"damped biases": bias_model, "step 6, Adam": gradient_model, "ALS on the rest": als_model}
tables = []
for seed in SEEDS:
    train, val, test = splits[seed]
    cold = ~(test["user"].isin(train["user"]) & test["item"].isin(train["item"])).to_numpy()
    predictions, seconds = {}, {}
    for name, make in makers.items():
        start = time.perf_counter()
        predict_frame = make(train, val, seed)
        seconds[name] = time.perf_counter() - start
        predictions[name] = predict_frame(test)
    table = biases.compare(predictions, test["rating"].to_numpy(), cold)
    tables.append(table.assign(seconds=pd.Series(seconds)))
print(f"{cold.mean():.1%} of the last split's test rows are cold")
stacked = pd.concat(tables, keys=SEEDS, names=["seed", "model"])
summary = stacked.groupby("model").agg(["mean", "std"]).loc[list(makers)]
print(summary.round(3).to_string())

# %% tags=["demo"]
figure, axes = plt.subplots(figsize=(10, 5))
columns = {"rmse": "all rows", "rmse_warm": "warm rows", "rmse_cold": "cold rows"}
for number, (column, label) in enumerate(columns.items()):
    places = np.arange(len(makers)) + 0.27 * (number - 1)
    bars = summary[column]
    look = {"fmt": "os^"[number], "markersize": 10, "capsize": 6}
    axes.errorbar(places, bars["mean"], yerr=bars["std"], label=label, **look)
axes.set_xticks(range(len(makers)), list(makers))
axes.set(ylabel="RMSE in stars (bars: spread over seeds)")
axes.set(title="Factors help warm rows, not cold ones")
axes.legend()
show(figure, "14-beside-step-6")

# %% [markdown]
# What to see: ALS takes the damped biases and improves them on warm rows; on cold rows its
# vectors are zero, so it is exactly the damped baseline there. Compare its distance from step 6
# with the spread over seeds: do not expect a better model from another way down the hill. Nor do
# the two minimise quite the same. In (2) every rating pays the penalty, in step 6 every row of a
# table pays once; and step 6 learns its biases together with the vectors, where ALS took them as
# they came.
#
# What ALS buys is something else. Rows are independent: a thousand users can be solved on a
# thousand machines. Nothing has to be tuned but $\lambda$ and $K$. And if the sum runs over *all*
# pairs, as in step 13, the sums $Q^\top Q$ can be shared between users, so that the zeros cost
# next to nothing; gradient descent has to visit each of them.

# %%
def implicit_als_sweep(counts, p, q, alpha, reg):
    """One sweep of alternating least squares over all pairs of users and items.

    Minimises the sum over all U x I pairs of (1 + alpha n) (preference - q_i · p_u)², plus
    reg (sum over users of |p_u|² + sum over items of |q_i|²); the preference is 1 where the count n
    is above 0, else 0 (Hu, Koren & Volinsky 2008).
    counts: scipy sparse array (U, I) in CSR format; it stores the counts above 0, no others.
    p, q: float arrays (U, K) and (I, K). alpha: float, 0 and above. reg: float above 0.
    Returns (p, q), new float arrays (U, K) and (I, K): all users given q, then all items given the
    new p, each row the exact minimiser. The arguments stay as they are.
    """
    # TODO: Q'Q + reg I once; for every user, what the stored counts add to both sides; solve.
    ### BEGIN SOLUTION
    def solve(rows, vectors):
        n_factors = vectors.shape[1]
        shared = vectors.T @ vectors + reg * np.eye(n_factors)
        solved = np.zeros((rows.shape[0], n_factors))
        for k in range(rows.shape[0]):
            stored = slice(rows.indptr[k], rows.indptr[k + 1])
            x, extra = vectors[rows.indices[stored]], alpha * rows.data[stored]
            solved[k] = np.linalg.solve(shared + (x.T * extra) @ x, x.T @ (1 + extra))
        return solved

    new_p = solve(counts, q)
    return new_p, solve(counts.T.tocsr(), new_p)
    ### END SOLUTION


# %% [markdown] tags=["hint"]
# ### implicit_als_sweep
# 1. Which part of the two sums is the same for every user, and which items make the difference?
# 2. The left-hand side starts from a matrix that all rows of a half sweep share; each stored count
#    adds alpha n times the product of its vector with itself. The right-hand side has the stored
#    counts alone, each with its full confidence.
# 3. A helper for both halves, with the counts' rows and the other table: the shared products with
#    reg on the diagonal; for each row, its slice of `indices` and `data`; the vectors there; two
#    products; solve. Call it with the counts and q, then with the transposed counts, again in CSR
#    format, and the new p.

# %% tags=["check"]
check("implicit_als_sweep")

# %% [markdown]
# ## To discuss
#
# - The objective never rises. Why is this no proof that the recommender gets better?
# - A new user rates five films tonight. Which part of a sweep gives their vector, and what does
#   it cost? How would you do the same with the Keras model?
# - What happens to the system of equations of a user with two ratings and $K = 16$ if $\lambda =
#   0$?
# - $\lambda n_u$ or $\lambda$ alone on the diagonal: who is pulled harder towards zero in each
#   case, the new user or the old hand?
# - Start both tables at zero. What does one sweep give, and why?

# %% [markdown] tags=["answer"]
# *Write your answers here: double-click this text and replace it.*

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
# # 15 · Bug hunt
#
# **Day 3 · 60 minutes · 0 points**
#
# At the end of this step you can:
# - read other people's recommender code with suspicion;
# - find a mistake that raises no error, by asking for a property that must hold;
# - say what each mistake would have cost.
#
# Ten pieces of code follow, written as you meet them in blog posts and repositories. Each one
# runs. Each one has **exactly one mistake**. Find it, mend it, and run the check cell: the checks
# are those of steps 2 to 10. Nothing here counts for points; you count mistakes found.
#
# **Before you mend anything, run all cells.** The last code cell puts the pieces to work and prints
# a table with two numbers a piece. Keep a copy of the table: it shows what the ten mistakes do
# together. Run the last cell again after a mend, and see which numbers move.

# %%
import recommender_data as data
from autograder import carry_over, check, show, use_style

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, f1_score

EXERCISE = "15_bug_hunt"  # so that `check` and `hint` mean the functions of this exercise
use_style()

# %% [markdown]
# ## How to hunt
#
# A mistake that stops the program is found in a minute. The dear ones give a number, and the number
# looks good. Four questions find most of them:
#
# 1. **What does the docstring promise?** Read it word by word, then look for the line that keeps
#    each promise.
# 2. **What is the smallest example?** Three rows, two films, one genre: work it out on paper first.
# 3. **Which property must hold?** Parts that share nothing, a best list that scores 1, a cosine
#    that never exceeds 1.
# 4. **Which argument could change without anything happening?** Then it is not used, or not where
#    it should be.
#
# A comment tells what somebody meant. Only the code tells what happens.

# %% [markdown]
# ## A worked example
#
# Here is one piece more, an RMSE from a blog. Its comment is right and its code is not. The
# smallest example tells: two errors of 1 and 3 stars have the squares 1 and 9, their mean is 5, its
# root is 2.236.

# %%
def rmse_from_a_blog(y_true: np.ndarray, y_pred: np.ndarray) -> float:
    """Root mean squared error."""
    errors = y_true - y_pred
    # square every error, average, take the root
    return float(np.mean(np.sqrt(errors**2)))


print("the blog says:", rmse_from_a_blog(np.array([4.0, 5.0]), np.array([3.0, 2.0])))
print("by hand:      ", ((1**2 + 3**2) / 2) ** 0.5)

# %% [markdown]
# The root is taken of each square, not of their mean: that is the mean absolute error. The number
# is smaller, so the model looks better than it is. Nobody complains about that.
#
# Now the ten. Change as little as you can: one mistake is one small change.

# %% [markdown]
# ## 1 · The split
#
# From the start of a tutorial, "Collaborative filtering in 100 lines". Its author is delighted with
# the validation error.

# %%
def split_ratings(
    ratings: pd.DataFrame, val_fraction: float = 0.1, test_fraction: float = 0.2, seed: int = 0
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Split ratings at random into (train, val, test), disjoint and complete.

    Fractions are of all rows; the same seed gives the same split.
    """
    # a local generator: nothing depends on NumPy's global state
    order = np.random.default_rng(seed).permutation(len(ratings))
    n_test = round(test_fraction * len(ratings))
    n_val = round(val_fraction * len(ratings))

    # test first, so that it stays the same when val_fraction changes
    test = ratings.iloc[order[:n_test]]
    val = ratings.iloc[order[n_test : n_test + n_val]]
    train = ratings.iloc[order[n_test:]]
    return train, val, test


# %% tags=["check"]
check("split_ratings")

# %% [markdown]
# ## 2 · The training loop
#
# From a repository with four hundred stars. "Early stopping included", says its README.

# %%
def compile_and_fit(
    model: keras.Model, train, val, epochs=50, batch_size=512, patience=3, seed=0
) -> keras.callbacks.History:
    """Train with early stopping and leave the best epoch's weights in the model.

    train, val: ([users, items], y). Validates on val after each epoch and stops when the RMSE has
    not improved for `patience` epochs. The same seed gives the same curves.
    """
    keras.utils.set_random_seed(int(seed))
    metric = keras.metrics.RootMeanSquaredError(name="rmse")
    model.compile(optimizer=keras.optimizers.Adam(0.002), loss="mse", metrics=[metric])
    stopping = keras.callbacks.EarlyStopping(
        monitor="rmse", mode="min", patience=int(patience), restore_best_weights=True
    )
    inputs, y = train
    history = model.fit(
        inputs,
        y,
        validation_data=val,
        epochs=int(epochs),
        batch_size=int(batch_size),
        callbacks=[stopping],
        verbose=0,
    )
    # some versions of Keras restore only after an early stop: do it in any case
    model.set_weights(stopping.best_weights)
    return history


# %% tags=["check"]
check("compile_and_fit")

# %% [markdown]
# ## 3 · The baseline
#
# From an answer on a forum, marked as accepted. It quotes Koren's equation (3) above the code.

# %%
def bias_baseline(
    train: pd.DataFrame, n_users: int, n_items: int, reg_user: float = 5.0, reg_item: float = 5.0
) -> tuple[float, np.ndarray, np.ndarray]:
    """Damped means for Koren (3): r = mu + b_item + b_user, items first, then users.

    Each bias is a sum of what is still unexplained, divided by its damping plus its count; ids
    without a rating get 0. Returns (mu, b_user, b_item).
    """
    mu = train["rating"].mean()
    deviation = train["rating"] - mu

    by_item = deviation.groupby(train["item"])
    b_item = by_item.sum() / (reg_item + by_item.size())

    by_user = deviation.groupby(train["user"])
    b_user = by_user.sum() / (reg_user + by_user.size())

    # one entry an id, also for those that train has never seen
    b_user = b_user.reindex(range(n_users), fill_value=0.0)
    b_item = b_item.reindex(range(n_items), fill_value=0.0)
    return float(mu), b_user.to_numpy(), b_item.to_numpy()


# %% tags=["check"]
check("bias_baseline")

# %% [markdown]
# ## 4 · The model
#
# From a notebook for a competition. "Regularised to avoid overfitting", and yet it overfits.

# %%
def build_biased_mf(
    n_users: int, n_items: int, n_factors: int, mu: float, l2: float = 1e-4
) -> keras.Model:
    """Koren (4): mu + b_i + b_u + q_i . p_u, with an L2 penalty on both factor tables.

    The penalty is l2 times the sum of squares of each table, whatever the batch.
    """

    def table(n_rows, width, name, **options):
        return keras.layers.Embedding(int(n_rows), int(width), name=name, **options)

    # both factor tables start alike and are regularised alike
    options = {
        "embeddings_initializer": keras.initializers.RandomNormal(stddev=0.01),
        "activity_regularizer": keras.regularizers.L2(l2),
    }
    user = keras.Input((1,), dtype="int32", name="user")
    item = keras.Input((1,), dtype="int32", name="item")
    p_u = table(n_users, n_factors, "user_embedding", **options)(user)
    q_i = table(n_items, n_factors, "item_embedding", **options)(item)
    b_u = table(n_users, 1, "user_bias", embeddings_initializer="zeros")(user)
    b_i = table(n_items, 1, "item_bias", embeddings_initializer="zeros")(item)

    score = keras.layers.Add()([keras.layers.Dot(axes=2)([q_i, p_u]), b_u, b_i])
    return keras.Model([user, item], keras.layers.Flatten()(score) + float(mu))


# %% tags=["check"]
check("build_biased_mf")

# %% [markdown]
# ## 5 · The list
#
# From the back end of a small shop. It worked for years, with scores that were probabilities. Then
# somebody put another model behind it.

# %%
def top_n(scores: np.ndarray, seen: set[int], n: int = 10) -> np.ndarray:
    """The n unseen items of highest score, best first; fewer where fewer are left.

    scores: array (I,), higher is better, any sign.
    """
    masked = np.array(scores, dtype=float)  # a copy: the caller's scores stay as they are
    masked[list(seen)] = 0.0  # never recommend what the user knows already
    n_left = len(masked) - len(seen)
    return np.argsort(-masked)[: min(n, n_left)]


# %% tags=["check"]
check("top_n")

# %% [markdown]
# ## 6 · The metric
#
# From an evaluation library in its version 0.3. Its own test asks whether a perfect list scores 1,
# and it does.

# %%
def ndcg_at_k(recommended, relevant: set[int], k: int) -> float:
    """nDCG of the first k places with binary relevance.

    A hit at rank r, counted from 1, gains 1 / log2(r + 1); the sum is divided by that of a list
    that could not be better.
    """

    def dcg(hits) -> float:
        # + 2 keeps the logarithm away from zero
        return sum(hit / np.log2(rank + 2) for rank, hit in enumerate(hits, start=1))

    hits = [item in relevant for item in recommended[:k]]
    ideal = [True] * min(k, len(relevant))
    return float(dcg(hits) / dcg(ideal))


# %% tags=["check"]
check("ndcg_at_k")

# %% [markdown]
# ## 7 · The neighbours
#
# From a post on "item-to-item similarity", with a screenshot: whatever film its author asked about,
# the same blockbusters came out.

# %%
def nearest(embeddings: np.ndarray, index: int, n: int = 10) -> tuple[np.ndarray, np.ndarray]:
    """The n rows most similar to row `index` by cosine, most similar first, without that row.

    Returns (indices, similarities); all other rows where n is larger than their number.
    """
    query = embeddings[index] / np.linalg.norm(embeddings[index])  # a vector of length 1
    similarities = embeddings @ query
    order = np.argsort(-similarities)
    neighbours = order[order != index][:n]  # by its row: a twin may come before the query
    return neighbours, similarities[neighbours]


# %% tags=["check"]
check("nearest")

# %% [markdown]
# ## 8 · The score
#
# From a thesis. Another student repeated the experiment with a smaller test set, and every score
# fell, on the same model.

# %%
def score_genres(y_true: np.ndarray, probabilities: np.ndarray) -> dict[str, float]:
    """Macro average precision, prevalence and macro F1 over the genres present in y_true.

    y_true: zeros and ones, (m, G); probabilities: (m, G); a genre is predicted at 0.5 and above.
    """
    predicted = probabilities >= 0.5
    genres = range(y_true.shape[1])
    ap = [average_precision_score(y_true[:, g], probabilities[:, g]) for g in genres]
    f1 = [f1_score(y_true[:, g], predicted[:, g], zero_division=0) for g in genres]
    share = [y_true[:, g].mean() for g in genres]
    # macro: every genre counts the same, common or rare
    return {"macro_ap": np.mean(ap), "prevalence": np.mean(share), "macro_f1": np.mean(f1)}


# %% tags=["check"]
check("score_genres")

# %% [markdown]
# ## 9 · The inputs
#
# From the loader of a start-up. Training works, and the curve on train falls as it should. "Only
# new data are a problem", says its team.

# %%
def make_xy(ratings: pd.DataFrame, user_map: dict[int, int], item_map: dict[int, int]):
    """Ratings as a model's inputs and target: ([users, items], y).

    users, items: int32 arrays (m, 1), rows of the model's tables; y: stars, a float32 array (m,).
    The maps lead from raw ids to rows. Raises KeyError for an id that its map does not know.
    """

    def column(name: str, row_of: dict[int, int]) -> np.ndarray:
        ids = ratings[name].tolist()
        # rows 0, 1, 2, ... without gaps, as an embedding wants them
        row_of = {raw_id: row for row, raw_id in enumerate(sorted(set(ids)))}
        return np.array([row_of[raw_id] for raw_id in ids], dtype="int32").reshape(-1, 1)

    y = ratings["rating"].to_numpy(dtype="float32")
    return [column("userId", user_map), column("movieId", item_map)], y


# %% tags=["check"]
check("make_xy")

# %% [markdown]
# ## 10 · The measure
#
# From a library of utilities, "works with NumPy and Keras alike". Its author never found a model
# that beat the mean.

# %%
def rmse(y_true: np.ndarray, y_pred: np.ndarray) -> float:
    """Root mean squared error, in stars.

    y_true, y_pred: arrays (m,) or (m, 1), in any mix.
    """
    # float64, so that many small squares add up without loss
    errors = np.asarray(y_true, dtype="float64") - np.asarray(y_pred, dtype="float64")
    return float(np.sqrt(np.mean(errors**2)))


# %% tags=["check"]
check("rmse")

# %% [markdown]
# ## The ten at work
#
# Your pieces, put together. The table has a row for each of them: a number, and another one to
# hold beside it. Some pairs should agree, in others one number should be smaller. Say which before
# you look.
#
# The pieces use each other's results, so one mistake can move many rows. Left in the figure: errors
# on train, validation and test. Validation and test were drawn alike. Right: how often the
# neighbours of some films were rated, beside all films.

# %% tags=["demo"]
encoding = carry_over("02_encode_split")
scoring = carry_over("04_dot_product")
maps = carry_over("09_tsne")
genres = carry_over("10_genres")

dataset = data.load(bad_rows="skip")
ratings, movies = dataset
_classes, user_map = encoding.fit_encoder(ratings["userId"])
item_classes, item_map = encoding.fit_encoder(ratings["movieId"])
n_users, n_items = len(user_map), len(item_map)
parts = dict(zip(("train", "validation", "test"), split_ratings(ratings), strict=True))
xy = {name: make_xy(part, user_map, item_map) for name, part in parts.items()}

(users, items), stars = xy["train"]
train = pd.DataFrame({"user": users[:, 0], "item": items[:, 0], "rating": stars})
mu, b_user, b_item = bias_baseline(train, n_users, n_items)
keras.utils.set_random_seed(0)
model = build_biased_mf(n_users, n_items, 32, mu)
curves = compile_and_fit(model, xy["train"], xy["validation"], epochs=25).history
print(f"{dataset.name}: {len(curves['rmse'])} epochs")

errors = {}
for name, ((users, items), stars) in xy.items():
    users, items = users[:, 0], items[:, 0]
    scores = scoring.predict_pairs(model, users, items)
    errors[name] = {
        "baseline": rmse(stars, mu + b_user[users] + b_item[items]),
        "model": rmse(stars, scores),
    }
errors = pd.DataFrame(errors)
print(errors.round(3).to_string())

# %% tags=["demo"]
few = slice(0, 2_000)  # a table of all pairs of the test rows would not fit into memory
back_again = np.asarray(item_classes)[items] == parts["test"]["movieId"].to_numpy()

rated = ratings.groupby("userId")["movieId"].apply(lambda ids: {item_map[i] for i in ids})
vectors = maps.item_embeddings(model)
below_five = mu + b_item - 5  # the baseline's order of the films, as a score that is never positive
lists = [set(np.asarray(top_n(below_five, seen)).tolist()) for seen in rated]
known = np.mean([len(found & seen) for found, seen in zip(lists, rated, strict=True)])

counts = np.bincount([item_map[i] for i in ratings["movieId"]], minlength=n_items)
often = np.flatnonzero(counts >= 20)
asked = np.random.default_rng(0).permutation(len(often))[:200].tolist()
neighbours = np.concatenate([nearest(vectors[often], film, n=5)[0] for film in asked])
with_double = np.vstack([vectors[often], 5 * vectors[often][:1]])  # film 0 points the same way
_rows, [to_double] = nearest(with_double, 0, n=1)

labels, _names = genres.genre_matrix(movies.set_index("movieId").loc[item_classes[often]])
small_sets = [labels[start : start + 40] for start in range(0, len(labels) - 39, 40)]
by_set = [score_genres(truth, 0.1 + 0.8 * truth)["macro_ap"] for truth in small_sets]

left_over = train["rating"] - mu - b_item[train["item"]]


def user_means(errors):
    """How far from zero the errors of a user are on average, the mean over users."""
    return errors.groupby(train["user"]).mean().abs().mean()


tables = [model.get_layer(f"{name}_embedding").get_weights()[0] for name in ("user", "item")]
in_train = set(parts["train"].index)
best = int(np.argmin(curves["val_rmse"]))
pairs = {
    "split_ratings": (
        ("rows of validation", len(parts["validation"])),
        ("of these not in train", sum(row not in in_train for row in parts["validation"].index)),
    ),
    "compile_and_fit": (
        ("lowest validation RMSE of its curve", curves["val_rmse"][best]),
        ("validation RMSE of its model", errors.loc["model", "validation"]),
    ),
    "bias_baseline": (
        ("users' mean errors, films' biases alone", user_means(left_over)),
        ("with users' biases", user_means(left_over - b_user[train["user"]])),
    ),
    "build_biased_mf": (
        ("loss less squared error", curves["val_loss"][best] - curves["val_rmse"][best] ** 2),
        ("l2 times the squares of its tables", 1e-4 * sum(np.sum(table**2) for table in tables)),
    ),
    "top_n": (
        ("films in a list", np.mean([len(found) for found in lists])),
        ("of these seen", known),
    ),
    "ndcg_at_k": (
        ("one hit, in first place", ndcg_at_k([7, 3, 5], {7}, 3)),
        ("one hit, in second place", ndcg_at_k([3, 7, 5], {7}, 3)),
    ),
    "nearest": (
        ("film 0 and its own multiple", to_double),
        ("a cosine of parallel vectors", 1),
    ),
    "score_genres": (
        ("perfect classifier, all films", score_genres(labels, 0.1 + 0.8 * labels)["macro_ap"]),
        ("the same, by sets of 40 films", np.mean(by_set)),
    ),
    "make_xy": (
        ("test rows", len(back_again)),
        ("that lead back to their film", back_again.sum()),
    ),
    "rmse": (
        ("of two vectors", rmse(stars[few], scores[few])),
        ("of a vector and a column", rmse(stars[few], scores[few].reshape(-1, 1))),
    ),
}
table = pd.DataFrame(
    [(piece, *first, *second) for piece, (first, second) in pairs.items()],
    columns=["piece", "a number", "", "beside it", " "],
)
print(table.to_string(index=False, float_format="{:.3f}".format))

figure, (left, right) = plt.subplots(1, 2, figsize=(12, 5.5))
errors.plot.bar(ax=left, rot=0)
left.set(ylabel="RMSE in stars", title="Validation and test should agree")
left.set_ylim(0, 1.25 * errors.to_numpy().max())
left.legend(loc="upper center", ncols=3)
popularity = counts[often]
bins = np.geomspace(20, popularity.max() + 1, 9)
for label, films in ("all films", popularity), ("neighbours", popularity[neighbours]):
    shares = np.full(len(films), 1 / len(films))
    right.hist(films, bins, weights=shares, histtype="step", linewidth=2.5, label=label)
right.set(xscale="log", xlabel="ratings of the film", ylabel="share of the films")
right.set_xticks([20, 50, 100, 200], ["20", "50", "100", "200"])
right.minorticks_off()
right.set_title("Who are the neighbours?")
right.legend()
show(figure, "15-at-work")

# %% [markdown]
# ## To discuss
#
# - Compare your first table with the last one. Which mistakes made a number look better, and which
#   made it look worse? Which kind is found sooner, and why?
# - For each mistake, write a test of one line that would have caught it.
# - Which of them could you have found without reading the code, from the table alone? Which rows
#   were hidden by another mistake?
# - The shop's list worked for years. Was it right?
# - Two comments explain a mistake as if it were a merit. Which ones? What are comments for?

# %% [markdown] tags=["answer"]
# *Write your answers here: double-click this text and replace it.*

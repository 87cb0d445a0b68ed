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
# # 10 · Genres from embeddings
#
# **Day 3 · 100 minutes · 10 points**
#
# At the end of this step you can:
# - use vectors that were learnt for one task, frozen, as the features of another;
# - train and score a classifier that may give a film several labels;
# - say how much of a score is real, with controls that cannot know the answer.
#
# You write five functions: `genre_matrix` (3 points), `split_items` (2), `fit_genres` (2),
# `predict_genres` (1) and `score_genres` (2). Fill in a stub, run the check cell below it, read
# what it says, and go on.

# %%
import recommender_data as data
from autograder import beside, carry_over, check, show, use_style

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from sklearn.decomposition import TruncatedSVD
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, f1_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

use_style()

# %% [markdown]
# ## Vectors for another task
#
# The item vectors were trained to predict ratings. No genre was ever shown to the model. If a
# simple classifier can still read a film's genres off its vector, then ratings carry genres, and
# the vectors hold them. This is called **probing**: the vectors stay frozen, only the classifier
# learns.
#
# It is useful, too. A film with ratings but without labels gets labels; and a vector that is good
# for two tasks is likely to be good for a third.

# %% [markdown]
# ## A film has several genres
#
# *One of many* and *any of many* are different tasks. A comedy may be a romance as well, so there
# is one yes-or-no question for each genre, and a film's answers need not add up to one.

# %%
example = pd.DataFrame(
    {
        "title": ["The Clumsy Dentist", "Kiss in the Rain", "Android on Europa", "Reel in Brown"],
        "genres": ["Comedy", "Comedy|Romance", "Action|Sci-Fi", "(no genres listed)"],
    }
)
genres = ["Action", "Comedy", "Romance", "Sci-Fi"]
table = [[int(name in text.split("|")) for name in genres] for text in example["genres"]]
pd.DataFrame(table, columns=genres, index=example["title"])

# %% [markdown]
# The last film has a row of zeros: "(no genres listed)" says that nobody filled the field in. It is
# no genre. Labels are as good as the people who gave them: MovieLens also lists "IMAX" among the
# genres, which says how a film was shown and not what it is about. The function keeps every name;
# the demonstration below leaves "IMAX" out.
#
# ## Your turn: labels
#
# A genre that three films have can be neither learnt nor tested. `min_films` leaves such genres
# out. The films stay, all of them, so that row $k$ remains film $k$.


# %%
def genre_matrix(movies, min_films=1):
    """The genres of films as a table of zeros and ones.

    movies: frame with a column `genres`, texts such as "Action|Sci-Fi"; "(no genres listed)" is no
    genre.
    min_films: genres that fewer films have are left out.
    Returns (Y, names): an int8 array (len(movies), G), rows in the order of movies, and the list of
    the G names, those of Y's columns.
    """
    # TODO: split the texts, collect the names, mark who has what, keep what enough films have.
    raise NotImplementedError("genre_matrix")


# %% tags=["check"]
check("genre_matrix")

# %% [markdown]
# ## Your turn: films for learning, films for testing
#
# A classifier can learn its training films by heart. With 64 features and a few hundred films that
# is not even hard. Only films that it has never seen tell what it knows, so some are put aside
# first.
#
# What is split here are **films**, not ratings: `split_items` deals with positions 0 to n − 1, and
# the same positions choose rows of the vectors, of the labels and of the titles.


# %%
def split_items(n_items, test_fraction=0.25, seed=0):
    """Positions of training and test items, drawn at random.

    n_items: int; test_fraction: float, the share of items for the test; seed: int.
    Returns (train, test): two int arrays that hold each of 0..n_items-1 once between them. The same
    seed gives the same split, another seed another one.
    """
    # TODO: shuffle the positions with a generator of that seed, and cut.
    raise NotImplementedError("split_items")


# %% tags=["check"]
check("split_items")

# %% [markdown]
# ## Your turn: the classifier
#
# Put a **head** on the frozen vectors: a small Keras model whose input is a film's vector and whose
# output has one number for each genre. Three decisions make the head multi-label:
#
# - one *sigmoid* for each genre, not a softmax: every genre is a yes-or-no question of its own;
# - *binary cross-entropy*, which scores each of these answers by itself;
# - no hidden layer at first. The head is then a logistic regression for each genre, and its weights
#   can be read. Add a hidden layer only if it scores better on films that it has not seen.
#
# Factors have small and unequal spreads. `keras.layers.Normalization` brings them to one scale; its
# `adapt` takes means and spreads from the training films, and the model keeps them.
#
# The stub has no argument for a seed. The reference therefore draws with a seed of its own
# (`keras.utils.set_random_seed(0)`), and the same films give the same classifier. Any other
# classifier that gives a probability for each genre is right, too, such as scikit-learn's
# one-vs-rest logistic regression. The demonstration shows both.
#
# The two functions belong together: what `fit_genres` returns only `predict_genres` opens. Write
# both, then run both check cells.


# %%
def fit_genres(embeddings, genres):
    """Learn to tell genres from item vectors.

    embeddings: float array (m, K); genres: int8 array (m, G) of zeros and ones, several ones a row.
    Returns a classifier of any kind that `predict_genres` understands. All films count.
    """
    # TODO: a head that answers G yes-or-no questions: scale, sigmoids, binary cross-entropy; fit.
    raise NotImplementedError("fit_genres")


# %%
def predict_genres(classifier, embeddings):
    """How likely each film has each genre.

    classifier: what `fit_genres` returned; embeddings: float array (m, K).
    Returns a float array (m, G) of probabilities between 0 and 1, each genre on its own, as the
    classifier gives them: of many films at 0.8, eight in ten should have the genre.
    """
    # TODO: ask the classifier for probabilities, not for decisions.
    raise NotImplementedError("predict_genres")


# %% tags=["check"]
check("fit_genres")

# %% tags=["check"]
check("predict_genres")

# %% [markdown]
# ## What is a good score?
#
# Say seven films in a hundred are horror. Who says "never" for each is right 93 % of the time:
# **accuracy** rewards silence. Two better questions:
#
# - **Average precision** (AP): sort all films by the probability of a genre. At every film that has
#   the genre, note the precision down to there; take the mean. Films of the same probability share
#   a place: "down to there" includes all of them. Guessing scores the genre's share of films, its
#   **prevalence**, and a little more where films are few (you will see why).
# - **F1**: predict a genre where its probability is 0.5 and above. $F_1 = 2\,TP / (2\,TP + FP +
#   FN)$ asks how many of the predicted films are right and how many of the right films are
#   predicted, in one number.
#
# Both are worked out for each genre, then averaged (*macro*): a rare genre counts as much as a
# common one.

# %% [markdown]
# ## A worked example
#
# Five films, one genre. Films with the genre stand at places 1, 3 and 5 of the list, so the
# precisions there are 1/1, 2/3 and 3/5. At 0.5 and above four films are predicted, two of them
# rightly; one is missed.

# %%
probability = np.array([0.9, 0.8, 0.7, 0.5, 0.2])
has = np.array([1, 0, 1, 0, 1])

precision = np.cumsum(has) / np.arange(1, 6)
print("precision at each place:", precision.round(3))
print("average precision:", precision[has == 1].mean().round(3), " prevalence:", has.mean())
print("F1:", round(2 * 2 / (2 * 2 + 2 + 1), 3))

# %% [markdown]
# ## Your turn: the scores
#
# A genre that no test film has can be neither found nor missed. Leave it out of all three means.


# %%
def score_genres(y_true, probabilities):
    """How well probabilities tell genres, beside what guessing scores.

    y_true: int8 array (m, G) of zeros and ones; probabilities: float array (m, G).
    Returns a dict of floats, means over the genres that at least one film has:
    `macro_ap` average precision, in which films of one probability share a place; `prevalence`
    share of films; `macro_f1` F1, where a genre is predicted at 0.5 and above.
    """
    # TODO: choose the genres that occur; two scores and a share for each of them; three means.
    raise NotImplementedError("score_genres")


# %% tags=["check"]
check("score_genres")

# %% [markdown]
# ## On MovieLens: vectors, labels, split
#
# The model of step 6, trained once more; films with 20 ratings and more; genres that at least 20 of
# them have, without "IMAX". The classifier never sees a rating, the model never sees a genre.

# %% tags=["demo"]
encoding = carry_over("02_encode_split")
training = carry_over("05_training")
biases = carry_over("06_biases")
maps = carry_over("09_tsne")

dataset = data.load(bad_rows="skip")
ratings, movies = dataset
user_classes, user_map = encoding.fit_encoder(ratings["userId"])
item_classes, item_map = encoding.fit_encoder(ratings["movieId"])
parts = encoding.split_ratings(ratings, test_fraction=0.1)
xy_train, xy_val, _xy_test = (encoding.make_xy(part, user_map, item_map) for part in parts)

mu = parts[0]["rating"].mean()
keras.utils.set_random_seed(0)
model = biases.build_biased_mf(len(user_map), len(item_map), n_factors=64, mu=mu)
training.compile_and_fit(model, xy_train, xy_val)

users = encoding.encode(ratings["userId"], user_map)
items = encoding.encode(ratings["movieId"], item_map)
counts = np.bincount(items, minlength=len(item_map))
often = np.flatnonzero(counts >= 20)
films = movies.set_index("movieId").loc[np.asarray(item_classes)[often]]
labels, names = genre_matrix(films, min_films=20)
are_genres = [name != "IMAX" for name in names]
labels, names = labels[:, are_genres], [name for name in names if name != "IMAX"]
a_film = labels.sum(axis=1).mean()
print(f"{dataset.name}: {len(films):,} films, {len(names)} genres, {a_film:.1f} a film")

# %% [markdown]
# ### Is that score good? Ask the controls
#
# The same classifier on four sets of features, each over three splits:
#
# - **embeddings**: the item vectors, frozen;
# - **shuffled embeddings**: the same vectors, dealt to the wrong films. Everything is as before,
#   but they cannot know the answer. What this scores is luck;
# - **mean rating, popularity**: two numbers a film. Whatever they score, the vectors need not be
#   clever for;
# - **who watched it**: 64 numbers from a singular value decomposition of the table "rated or not".
#   It does not look at the stars at all.
#
# Beside them stand the embeddings with **another classifier**, scikit-learn's logistic regression;
# **random probabilities**, which nobody had to learn; and one line that must not be believed: the
# embeddings scored on their own training films.

# %% tags=["demo"]
vectors = maps.item_embeddings(model)[often]
shuffled = np.random.default_rng(0).permutation(vectors)
stars = np.bincount(items, weights=ratings["rating"], minlength=len(item_map))
means = stars[often] / counts[often]
watched = csr_matrix((np.ones(len(items)), (items, users)))[often]
features = {
    "embeddings": vectors,
    "shuffled embeddings": shuffled,
    "mean rating, popularity": np.column_stack([means, np.log(counts[often])]),
    "who watched it": TruncatedSVD(64, random_state=0).fit_transform(watched),
}
SEEDS, SEEN = range(3), "embeddings, on films seen"


def one_regression_a_genre(columns, seed):
    """Probabilities of the test films by scikit-learn's logistic regression."""
    learn, test = split_items(len(films), seed=seed)
    one_a_genre = OneVsRestClassifier(LogisticRegression(C=0.1, max_iter=1000))
    classifier = make_pipeline(StandardScaler(), one_a_genre).fit(columns[learn], labels[learn])
    return classifier.predict_proba(columns[test])


runs = {name: [] for name in (*features, "embeddings, scikit-learn", "random probabilities", SEEN)}
for seed in SEEDS:
    learn, test = split_items(len(films), seed=seed)
    for name, columns in features.items():
        classifier = fit_genres(columns[learn], labels[learn])
        found = predict_genres(classifier, columns[test])
        runs[name].append(score_genres(labels[test], found))
        if name == "embeddings":
            found = predict_genres(classifier, columns[learn])
            runs[SEEN].append(score_genres(labels[learn], found))
    found = one_regression_a_genre(vectors, seed)
    runs["embeddings, scikit-learn"].append(score_genres(labels[test], found))
    found = np.random.default_rng(seed).random((20, *labels[test].shape))
    chance = pd.DataFrame([score_genres(labels[test], each) for each in found]).mean()
    runs["random probabilities"].append(chance.to_dict())
table = pd.DataFrame({name: pd.DataFrame(scores).mean() for name, scores in runs.items()}).T
spread = [np.ptp([score["macro_ap"] for score in scores]) for scores in runs.values()]
table.insert(1, "spread of macro_ap", spread)
print(table.round(3).to_string())

# %% tags=["demo"]
figure, axes = plt.subplots(figsize=(10, 5))
colours = ["C1" if name == SEEN else "C0" for name in table.index[::-1]]
axes.barh(table.index[::-1], table["macro_ap"][::-1], color=colours)
axes.axvline(table["prevalence"].iloc[0], color="black", linestyle="--", linewidth=1.5)
axes.set(xlabel="mean average precision (dashed: prevalence)", xlim=(0, 1))
axes.set_title("Only the score on unseen films, beside its controls, counts")
show(figure, "10-controls")

# %% [markdown]
# What to see:
#
# - Shuffled embeddings score what random probabilities score. So the score of the true ones is not
#   an accident of the method.
# - Both stand a little above the prevalence. That is chance, too: in a random order the first place
#   goes to a film of the genre now and then, and its precision there is 1; where the first places
#   go to other films, less is lost. The fewer test films, the larger is this gain.
# - Mean rating and popularity tell something about genres on ml-latest-small, and nothing on the
#   simulated ratings. Compare the bar of the embeddings with **that** bar, not with zero.
# - Keras' head without a hidden layer and scikit-learn's logistic regression ask the same question
#   with other steps. Which of the two you took matters less than what the features hold.
# - On films that it was fitted on the classifier looks better than it is. How much better depends
#   on how much it can remember; try a hidden layer or a forest.
# - Who watched a film may tell more about its genres than how many stars it got: people choose by
#   genre, and the stars come after. On ml-latest-small it does, by far. On simulated ratings look
#   for yourself.
# - `macro_f1` is low even where the ranking is good: rare genres seldom reach 0.5. Random
#   probabilities say yes half of the time, and on ml-latest-small their F1 is about as high as that
#   of the embeddings. So F1 at 0.5 says little here. Another threshold for each genre would be a
#   choice, to be made on films that are not the test's.

# %% [markdown]
# ### Which genres can be read off?
#
# A long bar is news only beyond its black mark. Left your split, classifier and scores, right the
# reference's. Another classifier draws other bars: are yours longer?


# %% tags=["demo"]
def scores_by_genre(step):
    """Average precision and prevalence of each genre; the test films; their probabilities."""
    learn, test = step.split_items(len(films))
    classifier = step.fit_genres(vectors[learn], labels[learn])
    found = step.predict_genres(classifier, vectors[test])
    precision = [
        step.score_genres(labels[test][:, [genre]], found[:, [genre]])["macro_ap"]
        for genre in range(len(names))
    ]
    scores = {"embeddings": precision, "prevalence": labels[test].mean(axis=0)}
    return pd.DataFrame(scores, index=names), test, found


def draw_genres(axes, scored):
    by_genre = scored[0].loc[common_last]
    axes.barh(by_genre.index, by_genre["embeddings"], label="embeddings")
    style = {"color": "black", "marker": "|", "s": 300, "label": "prevalence"}
    axes.scatter(by_genre["prevalence"], by_genre.index, zorder=3, **style)
    axes.set(xlabel="average precision on unseen films")
    axes.tick_params(axis="y", labelsize=12)
    axes.legend(loc="lower right")


common_last = [names[genre] for genre in np.argsort(labels.sum(axis=0))]
by_genre, test, predicted = beside(
    "10_genres", scores_by_genre, draw_genres, "10-by-genre", size=(15, 8)
)

# %% [markdown]
# The longest bar may belong to a common genre, for which guessing is not bad either. Which genre
# gains most over its mark? Which one gains least, and what would you need to know before you blame
# the vectors?
#
# ### Look at single films
#
# As many genres as the film has, the likeliest ones first. Then the surest mistakes: genres that a
# film does not have, whatever the classifier says. Are they all mistakes?

# %% tags=["demo"]
counts_of_films = counts[often][test]
examples = []
for row in np.argsort(-counts_of_films)[:8]:
    n_genres = labels[test][row].sum()
    likely = np.argsort(-predicted[row])[:n_genres]
    examples.append(
        {
            "film": films["title"].iloc[test[row]],
            "genres": ", ".join(names[g] for g in np.flatnonzero(labels[test][row])),
            "likeliest": ", ".join(f"{names[g]} {predicted[row, g]:.2f}" for g in likely),
        }
    )
print(pd.DataFrame(examples).to_string(index=False))

wrongly = np.where(labels[test] == 1, 0.0, predicted)
rows, columns = np.unravel_index(np.argsort(-wrongly, axis=None)[:8], wrongly.shape)
said = [f"{names[g]} {wrongly[row, g]:.2f}" for row, g in zip(rows, columns, strict=True)]
surest = pd.DataFrame(
    {
        "film": films["title"].iloc[test[rows]].to_numpy(),
        "genres": films["genres"].iloc[test[rows]].to_numpy(),
        "wrongly": said,
    }
)
print("\nSurest mistakes\n" + surest.to_string(index=False))

# %% [markdown]
# ### What is taken for what?
#
# A confusion table for several labels: among test films that **have** the genre of the row, the
# mean probability of the genre of the column, divided by its mean over all test films. A 1 means
# that the row's genre tells nothing; 2 that the column's genre is thought twice as likely.

# %% tags=["demo"]
has = labels[test].astype(float)
lift = (has.T @ predicted) / np.maximum(has.sum(axis=0)[:, None], 1) / predicted.mean(axis=0)

figure, axes = plt.subplots(figsize=(10, 8.5))
image = axes.imshow(np.log2(np.maximum(lift, 0.25)), cmap="RdBu_r", vmin=-2, vmax=2)
axes.set_xticks(range(len(names)), names, rotation=60, ha="right", fontsize=11)
axes.set_yticks(range(len(names)), names, fontsize=11)
axes.grid(visible=False)
axes.set(xlabel="genre predicted", ylabel="genre that the film has")
axes.set_title("Red: thought likelier than for other films")
figure.colorbar(image, ax=axes, label="lift, powers of 2")
show(figure, "10-confusions")

# %% [markdown]
# ## To discuss
#
# - Which control surprised you? What would you have concluded without it?
# - Popular films have long vectors (step 9), and `Normalization` does not undo that. Could the
#   classifier use length instead of direction? How would you find out?
# - Suppose the embeddings were trained on the ratings of the test films as well, as here. Is that a
#   leak? For which question is it one, and for which not?
# - A rare genre has AP 0.3 at prevalence 0.02, a common one 0.6 at 0.45. About which of them do the
#   vectors know more?
# - Would vectors from a model that predicts *what will be watched* do better or worse at this? Bet,
#   then look at the control that ignores the stars.

# %% [markdown] tags=["answer"]
# *Write your answers here: double-click this text and replace it.*

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
# # 9 · Maps of the embedding space
#
# **Day 3 · 90 minutes · 8 points**
#
# At the end of this step you can:
# - take the item vectors out of a trained model and find a film's nearest neighbours;
# - draw a map of all films with t-SNE, coloured by what you know about them;
# - read the main directions of the space, and find users, yourself too, among the films;
# - say what such a map shows, what it hides, and how you know.
#
# You write four functions: `item_embeddings` (1 point), `nearest` (3), `tsne_2d` (2) and `plot_map`
# (2). Fill in a stub, run the check cell below it, read what it says, and go on.

# %%
import recommender_data as data
from autograder import (
    beside,
    carry_over,
    check,
    explore_map,
    picture,
    rate_films,
    show,
    use_style,
)

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from sklearn.decomposition import TruncatedSVD
from sklearn.manifold import TSNE
from sklearn.neighbors import NearestNeighbors

use_style()

# %% [markdown]
# ## What did the model write down about a film?
#
# Nobody told the model what a comedy is. It has seen ratings, and for every item $i$ it has written
# down $K$ numbers, $q_i$. If the same users liked two films, more than the biases say, the steps of
# training drew both vectors towards the same $p_u$, and so towards each other.
#
# So the directions mean something. A single coordinate does not: rotate all $p_u$ and all $q_i$
# alike and every score stays as it is (step 4). Look at vectors **relative to each other**.

# %% [markdown]
# ## Your turn: the vectors
#
# Every model of this course keeps its item vectors in a layer named `item_embedding`. Other layers
# may hold tables of the same shape, and they may stand anywhere: ask for the name.

# %%
def item_embeddings(model):
    """The item vectors of a model: row i is q_i.

    model: a Keras model with a layer named `item_embedding`, whose table has I rows.
    Returns a float32 array (I, K).
    """
    # TODO: find the layer by its name and read its only weight.
    raise NotImplementedError("item_embeddings")


# %% tags=["check"]
check("item_embeddings")

# %% [markdown]
# ## How alike are two films?
#
# The **cosine** compares directions and ignores lengths:
#
# $$\cos(q_i, q_j) = \frac{q_i^\top q_j}{\lVert q_i \rVert\, \lVert q_j \rVert}$$
#
# It is 1 for the same direction, 0 for a right angle, −1 for opposite directions. Why ignore the
# length? A film that many users rated has many errors to set against one penalty, and has a long
# vector; a figure below shows it. With plain dot products the long vectors would be everybody's
# neighbours.

# %% [markdown]
# ## A worked example
#
# Four films, two factors. Which film is most like the farce? Work out the first cosine by hand:
# $(2 \cdot 4 + 0 \cdot 3) / (2 \cdot 5) = 0.8$.

# %%
films = ["farce", "blockbuster", "comedy", "thriller"]
q = np.array([[2.0, 0.0], [4.0, 3.0], [1.0, 0.2], [-0.5, 2.0]])

lengths = np.linalg.norm(q, axis=1)
products = q @ q[0]
pd.DataFrame(
    {
        "length": lengths,
        "dot product with the farce": products,
        "cosine": products / (lengths * lengths[0]),
        "distance": np.linalg.norm(q - q[0], axis=1),
    },
    index=films,
).round(2)

# %% [markdown]
# The dot product prefers the long vector of the blockbuster, even to the farce itself. The cosine
# prefers the comedy. And the farce is most like itself, of course: that is no answer to anybody's
# question.

# %% [markdown]
# ## Your turn: neighbours

# %%
def nearest(embeddings, index, n=10):
    """The n items most like one item, by cosine, without the item itself.

    embeddings: float array (I, K), no row of which is zero; index: the query's row, 0..I-1; n: int.
    Returns (indices, similarities): an int array and a float array of min(n, I - 1) entries, most
    similar first. Another item with the query's very vector may be among them.
    """
    # TODO: cosines of all rows with the query; leave the query out; the n largest, best first.
    raise NotImplementedError("nearest")


# %% tags=["check"]
check("nearest")

# %% [markdown]
# ## From K dimensions to a sheet of paper
#
# No sheet of paper has 64 dimensions, so every map must lie about something. **t-SNE** chooses what
# to be honest about: who is near whom.
#
# - In $K$ dimensions every film $i$ spreads one unit of attention over the others, most on the
#   nearest: $p_{j|i} \propto \exp(-\lVert q_i - q_j \rVert^2 / 2\sigma_i^2)$.
# - $\sigma_i$ is chosen so that the attention reaches about as many films as the **perplexity**
#   says.
# - On the map attention falls off with $1 / (1 + d^2)$. Points are moved, step by step, until
#   attention on the map is as like the attention in $K$ dimensions as can be.
#
# This is van der Maaten and Hinton's "Visualizing Data using t-SNE" (JMLR 9, 2008). A map tries to
# keep who the near neighbours are. It does **not** try to keep: distances between
# clumps, the size of clumps, empty space, left and right.

# %% [markdown]
# ## Your turn: the map
#
# scikit-learn has the algorithm, `TSNE`. It is random, so it takes a seed; and it refuses a
# perplexity that is not below the number of points. Your function must make a map of a few films,
# too: where they are too few for the perplexity asked for, lower it to what they allow.

# %%
def tsne_2d(embeddings, perplexity=30.0, seed=0):
    """A t-SNE map of vectors: near neighbours stay near.

    embeddings: float array (m, K); perplexity: float, about how many neighbours count, lowered
    where m films do not have that many; seed: int, the same seed gives the same map.
    Returns a float array (m, 2).
    """
    # TODO: a perplexity that m points allow; TSNE with it and the seed; the fitted coordinates.
    raise NotImplementedError("tsne_2d")


# %% tags=["check"]
check("tsne_2d")

# %% [markdown]
# ## Your turn: the figure
#
# A map without colours is a cloud. Colour turns it into a question: do films of one genre, one
# decade, one level of fame lie together? Use one colour for each label, name the labels in a
# legend, give the map a title, and write the titles of a few films that everybody knows beside
# their points. matplotlib's colours begin again, after the tenth by default and after the eighth in
# the style of this course: a genre more, and two labels look alike.

# %%
def plot_map(coordinates, labels, titles=None):
    """Draw a map of films, coloured by label.

    coordinates: float array (m, 2), x and y; labels: array (m,) of strings or integers.
    titles: dict index -> text, written at that film's point; None for no texts.
    Returns the matplotlib Axes of a new figure: one colour a label, however many labels there are,
    a legend with all labels, a title.
    """
    # TODO: one scatter a label, a legend, a title, an annotation for every given title.
    raise NotImplementedError("plot_map")


# %% tags=["check"]
check("plot_map")

# %% [markdown]
# ## On MovieLens: train, then take the vectors out
#
# The model of step 6, trained with your own functions. Then keep films with 20 ratings and more:
# the penalty holds the vector of a film with two ratings near zero, and where it points is mostly
# luck. Nothing is left of the random start, though: the same penalty takes the vector of a film
# that train has never seen to zero.

# %% tags=["demo"]
encoding = carry_over("02_encode_split")
training = carry_over("05_training")
biases = carry_over("06_biases")

dataset = data.load(bad_rows="skip")
ratings, movies = dataset
user_classes, user_map = encoding.fit_encoder(ratings["userId"])
item_classes, item_map = encoding.fit_encoder(ratings["movieId"])
train, val, _test = encoding.split_ratings(ratings, test_fraction=0.1)

mu = train["rating"].mean()
keras.utils.set_random_seed(0)
model = biases.build_biased_mf(len(user_map), len(item_map), n_factors=64, mu=mu)
xy_train, xy_val = (encoding.make_xy(part, user_map, item_map) for part in (train, val))
training.compile_and_fit(model, xy_train, xy_val)

counts = np.bincount(encoding.encode(ratings["movieId"], item_map), minlength=len(item_map))
often = np.flatnonzero(counts >= 20)
vectors, popularity = item_embeddings(model)[often], counts[often]
films = movies.set_index("movieId").loc[np.asarray(item_classes)[often]]
print(f"{dataset.name}: {len(films):,} of {len(item_map):,} films have 20 ratings or more")

# %% [markdown]
# The last line but one is worth a second look. `item_classes` says which `movieId` a row of the
# table belongs to, and `movieId` leads to the title. The row number of `movies` would not: rows of
# the two tables drift apart at the first film that nobody rated.

# %% [markdown]
# ### Lengths: the model knows who is famous
#
# The norm of a vector against the number of ratings. Is this a property of the films, or of the
# data?

# %% tags=["demo"]
norms = np.linalg.norm(vectors, axis=1)
correlation = np.corrcoef(norms, np.log(popularity))[0, 1]
print(f"correlation of norm and log popularity: {correlation:.2f}")

figure, axes = plt.subplots()
axes.scatter(popularity, norms, s=16, alpha=0.6, linewidths=0)
axes.set(xscale="log", xlabel="ratings", ylabel="length of the film's vector")
axes.set_xticks([20, 50, 100, 200], ["20", "50", "100", "200"])
axes.minorticks_off()
axes.set_title("Films with more ratings have longer vectors")
show(figure, "09-norms-and-popularity")

# %% [markdown]
# ### Neighbours
#
# Five films that many people know, and the films whose vectors point the same way. Judge them
# yourself: which neighbours would you have recommended, and which ones have only their decade in
# common?

# %% tags=["demo"]
known = np.argsort(-popularity)[:40:8].tolist()
rows = []
for film in known:
    indices, similarities = nearest(vectors, film, n=5)
    for index, similarity in zip(indices, similarities, strict=True):
        rows.append((films["title"].iloc[film], films["title"].iloc[index], similarity))
neighbours = pd.DataFrame(rows, columns=["film", "neighbour", "cosine"])
print(neighbours.round(2).to_string(index=False))

# %% [markdown]
# ### Three colourings of one map
#
# One map, three questions. Labels: a few genres that should be easy to tell (a film takes the first
# that applies, the others are left out of that figure), three levels of popularity, five eras.
#
# First the map by genre: yours, and beside it the reference's of the same vectors. Another start
# gives another map of the same vectors, turned or mirrored perhaps, and as right. Are the same
# films together?

# %% tags=["demo"]
SHOWN = ("Animation", "Horror", "Sci-Fi", "Crime", "Romance")


def genre_of(genres):
    return next((name for name in SHOWN if name in genres.split("|")), "other")


def bands(values, edges, names):
    cut = pd.cut(values, edges, right=False, labels=names)
    return np.array(["unknown" if pd.isna(band) else band for band in cut])


years = films["title"].str.extract(r"\((\d{4})\)\s*$")[0].astype(float).to_numpy()
labels = {
    "genre": np.array([genre_of(genres) for genres in films["genres"]]),
    "popularity": bands(
        popularity, [20, 40, 80, np.inf], ["20-39 ratings", "40-79 ratings", "80 ratings or more"]
    ),
    "era": bands(
        years,
        [0, 1970, 1980, 1990, 2000, np.inf],
        ["1900-1969", "1970-1979", "1980-1989", "1990-1999", "2000 or later"],
    ),
}
shown = labels["genre"] != "other"


def map_by_genre(step):
    places = step.tsne_2d(vectors)
    axes = step.plot_map(places[shown], labels["genre"][shown])
    axes.set_title("Genre: local clumps, no continents")
    return places, picture(axes)


def draw_picture(axes, drawn):
    _places, image = drawn
    axes.imshow(image)
    axes.set_axis_off()


places, _image = beside(
    "09_tsne", map_by_genre, draw_picture, "09-map-by-genre", size=(18, 6.5), share=False
)

# %% [markdown]
# The same map, coloured by popularity and by era. The texts are much-rated films, chosen far apart
# and at different heights, so that they can be read.

# %% tags=["demo"]
def far_apart(places, candidates, n):
    """Positions of n candidates, far from each other, whose texts stand at different heights."""
    chosen = [candidates[0]]
    line = 0.045 * np.ptp(places[:, 1])
    while len(chosen) < n:
        gaps = np.linalg.norm(places[candidates][:, None] - places[chosen][None], axis=2)
        heights = np.abs(places[candidates, 1][:, None] - places[chosen, 1][None])
        gaps[heights.min(axis=1) < line] = -1
        chosen.append(candidates[gaps.min(axis=1).argmax()])
    return chosen


def titled(rows):
    return {row: films["title"].iloc[row].partition(" (")[0] for row in rows}


well_known = np.argsort(-popularity)[:100]
famous = titled(far_apart(places, well_known, 9))
for name, figure_name in ("popularity", "09-map-by-popularity"), ("era", "09-map-by-era"):
    axes = plot_map(places, labels[name], famous)
    axes.set_title(f"The same map of {len(films):,} films, coloured by {name}")
    show(axes.figure, figure_name)

# %% [markdown]
# ### Explore it
#
# A picture with nine titles hides the other films. Point at a film to read its title, search for
# one that you know, change the colours, and click: its neighbours are those of `nearest`, in the
# space of the vectors. Often they lie elsewhere on the map.

# %% tags=["demo"]
explore_map(places, vectors, films, popularity)

# %% [markdown]
# Eyes find clumps in any cloud, so count. Take a film's ten nearest neighbours: how many have its
# label? And how many would have it by chance? The first row leaves "other" out, which is no genre.

# %% tags=["demo"]
def ten_nearest(points, metric="euclidean"):
    search = NearestNeighbors(n_neighbors=11, metric=metric).fit(points)
    return search.kneighbors(return_distance=False, n_neighbors=10)


def agreement(neighbours, kinds):
    asked = kinds != "other"
    return np.mean(kinds[neighbours[asked]] == kinds[asked, None])


def by_chance(kinds):
    asked = kinds[kinds != "other"]
    return np.mean([np.mean(kinds == kind) for kind in asked])


in_space, on_map = ten_nearest(vectors, "cosine"), ten_nearest(places)
table = pd.DataFrame(
    {
        name: {
            "by chance": by_chance(kinds),
            "nearest by cosine": agreement(in_space, kinds),
            "nearest on the map": agreement(on_map, kinds),
        }
        for name, kinds in labels.items()
    }
).T
print(table.round(2).to_string())

# %% [markdown]
# Read the maps with the table beside them. Compare each number with "by chance" in its row.
#
# - **Era** shows on the map and in the vectors: films of one time lie together, in bands and
#   patches. Users rate what was in the cinemas when they were there, and tastes go with it.
# - **Popularity** shows as well. t-SNE goes by distances, in which lengths count, and much-rated
#   films have long vectors: on average they stand further out than the others.
# - **Genre** shows as small local clumps, not as continents, and better in the vectors than on the
#   map: two dimensions had no room for it. Step 10 measures how much genre the vectors really hold.
#
# On simulated ratings the truth is known: genre and era both drive taste there, so both should
# show.

# %% [markdown]
# ### The same films, another seed
#
# A map is one of many. Which statements survive a second one?

# %% tags=["demo"]
again = tsne_2d(vectors, seed=1)
axes = plot_map(again, labels["era"], titled(far_apart(again, well_known, 9)))
axes.set_title("The same vectors, another seed, coloured by era")
show(axes.figure, "09-map-another-seed")


def kept(some, others):
    return np.mean([np.isin(row, other).mean() for row, other in zip(some, others, strict=True)])


def distances(points):
    return np.linalg.norm(points[:, None] - points[None], axis=2)[np.triu_indices(len(points), 1)]


print(f"near neighbours on map 1 that are so on map 2: {kept(on_map, ten_nearest(again)):.0%}")
space_kept = kept(ten_nearest(vectors), on_map)
print(f"near neighbours in space (Euclid) that are so on map 1: {space_kept:.0%}")
in_far, one_far, two_far = (distances(points) for points in (vectors, places, again))
far = in_far > np.median(in_far)
alike = np.corrcoef([in_far[far], one_far[far], two_far[far]])
print(f"larger distances, space and map 1: correlation {alike[0, 1]:.2f}")
print(f"larger distances, map 1 and map 2: correlation {alike[1, 2]:.2f}")
if np.allclose(places, again, atol=1e-3 * np.ptp(places)):
    print("Both maps are the same: the start of your tsne_2d does not depend on the seed.")
else:
    print("The maps differ: the seed has a part in the start of your tsne_2d.")

# %% [markdown]
# Left and right, up and down mean nothing. How does your map start?
#
# - With `init="random"` the **seed** decides. Then the second map may be turned or mirrored, and
#   about half of the near neighbours or more stay near.
# - With `init="pca"`, scikit-learn's default, the **data** decide, up to the seed's small part in
#   an approximate PCA. Small differences may grow: two seeds may give one map or two. One map is as
#   right, and says nothing about how far to trust it.
#
# Either way, compare with the space itself: many of a film's true neighbours are not its neighbours
# on the map. Two maps may agree with each other more than either agrees with the space, for both
# squeeze the same vectors into the same two dimensions. So never read neighbours off the map while
# you hold the vectors: `nearest` asks the space itself.

# %% [markdown]
# ### The same films, another training
#
# The vectors themselves are one of many, too. Train the same model once more, from another start:
# which neighbours does a film keep?

# %% tags=["demo"]
keras.utils.set_random_seed(1)
other_model = biases.build_biased_mf(len(user_map), len(item_map), n_factors=64, mu=mu)
training.compile_and_fit(other_model, xy_train, xy_val, seed=1)
other_vectors = item_embeddings(other_model)[often]

stable = np.array(
    [
        np.isin(nearest(vectors, film)[0], nearest(other_vectors, film)[0]).mean()
        for film in range(len(films))
    ]
)
print(f"of ten neighbours, {10 * stable.mean():.1f} are neighbours after the other training")
print(f"by chance it would be {10 * 10 / (len(films) - 1):.1f}")
order = np.argsort(popularity)
few, many = (stable[half].mean() for half in np.array_split(order, 2))
print(f"the less rated half of the films keeps {few:.0%}, the more rated half {many:.0%}")

# %% [markdown]
# A neighbour that comes and goes with the start of the training is not a fact about the films.
# Before you tell anybody "people who like A like B", train twice.

# %% [markdown]
# ### The main directions
#
# Figure 3 of the paper draws films along the first two vectors of a factorisation and reads the two
# ends of each. Your coordinates cannot be read one by one (they may be rotated), but the directions
# in which the vectors spread **most** can be found: a singular value decomposition of the centred
# vectors gives them, the widest first. Their signs are arbitrary.
#
# Which words would you write at the ends of the axes? Then look at the correlations: how much of
# each direction is only fame, age or mean rating?

# %% tags=["demo"]
centre = vectors.mean(axis=0)
_left, spreads, directions = np.linalg.svd(vectors - centre, full_matrices=False)
plane = (vectors - centre) @ directions[:2].T
rated_as = ratings.groupby("movieId")["rating"].mean().reindex(films.index).to_numpy()
dated = ~np.isnan(years)
for k in range(2):
    along = plane[:, k]
    ends = well_known[np.argsort(along[well_known])]
    print(f"direction {k + 1}: {spreads[k] ** 2 / np.sum(spreads**2):.0%} of the spread")
    print("  one end:  ", "; ".join(titled(ends[:5]).values()))
    print("  other end:", "; ".join(titled(ends[:-6:-1]).values()))
    for what, values, rows in (
        ("log popularity", np.log(popularity), slice(None)),
        ("year", years, dated),
        ("mean rating", rated_as, slice(None)),
    ):
        print(f"  correlation with {what}: {np.corrcoef(along[rows], values[rows])[0, 1]:+.2f}")

# %% [markdown]
# ### Users among the films, and you
#
# A user's vector $p_u$ has the same $K$ coordinates as the films, so the plane of the two main
# directions has room for users, too, as in figure 2 of the paper. A user stands in the direction of
# what they like more than others do: $q_i^\top p_u$ is largest for films far out in that direction.
# Only the direction of a user can be compared with films; all users are drawn on one scale.
#
# If you rated three films or more in step 7, your stars are read from your folder, `fold_in` makes
# your vector, and a star says where you are. Which films lie in your direction, and do you agree?

# %% tags=["demo"]
recommending = carry_over("07_recommend")
mine = rate_films(movies, ratings)
known_item = {raw: row for raw, row in item_map.items() if raw in mine}
p = model.get_layer("user_embedding").get_weights()[0][: len(user_map)]
b_item = model.get_layer("item_bias").get_weights()[0][: len(item_map), 0]

if len(known_item) >= 3:
    who, stars = "you", [mine[raw] for raw in known_item]
    rows = np.array(list(known_item.values()))
    q_all = item_embeddings(model)[: len(item_map)]
    _bias, taste = recommending.fold_in(stars, rows, q_all, b_item, float(mu))
else:
    who, taste = "one user", p[np.linalg.norm(p, axis=1).argmax()]
    print("No stars of yours were found: the star is the user with the longest vector instead.")

by_taste = well_known[np.argsort(-(vectors[well_known] @ taste))]
print(f"of much-rated films, {who} should like most:", "; ".join(titled(by_taste[:5]).values()))
print("and least:", "; ".join(titled(by_taste[:-6:-1]).values()))

crowd = p @ directions[:2].T
scale = np.abs(plane).max() / np.abs(crowd).max()
axes = plot_map(plane, labels["era"], titled(far_apart(plane, well_known, 12)))
axes.scatter(*(scale * crowd).T, marker="+", s=40, color="grey", linewidths=1, label="users")
x, y = scale * (directions[:2] @ taste)
axes.scatter(x, y, marker="*", s=420, color="#D55E00", edgecolors="black", zorder=5, label=who)
axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
axes.set(xlabel="first direction", ylabel="second direction")
axes.set_title("Films and users in the plane of the two main directions")
show(axes.figure, "09-directions")

# %% [markdown]
# ### Another model's map: who watched, not how many stars
#
# Replace every rating by a 1, "watched", and factorise that table. No star is left in it. The map
# of *these* vectors stands beside the map of the ratings' vectors, in the same colours, and the
# table counts neighbours as before.

# %% tags=["demo"]
rated = csr_matrix(
    (
        np.ones(len(ratings), dtype="float32"),
        (
            encoding.encode(ratings["movieId"], item_map),
            encoding.encode(ratings["userId"], user_map),
        ),
    )
)[often]
watched_vectors = TruncatedSVD(64, random_state=0).fit_transform(rated)
watched_places = tsne_2d(watched_vectors)

figure, panels = plt.subplots(1, 2, figsize=(18, 6.5))
for axes, (what, drawn) in zip(
    panels, {"ratings": places, "watched": watched_places}.items(), strict=True
):
    coloured = plot_map(drawn[shown], labels["genre"][shown])
    coloured.set_title(f"Vectors of {what}, coloured by genre")
    axes.imshow(picture(coloured))
    axes.set_axis_off()
show(figure, "09-map-of-watched")

in_watched = ten_nearest(watched_vectors, "cosine")
both = pd.DataFrame(
    {
        name: {
            "by chance": by_chance(kinds),
            "ratings, by cosine": agreement(in_space, kinds),
            "watched, by cosine": agreement(in_watched, kinds),
        }
        for name, kinds in labels.items()
    }
).T
print(both.round(2).to_string())
print(f"ten neighbours by ratings that are so by watching: {kept(in_space, in_watched):.0%}")

# %% [markdown]
# Two models of the same people put other films side by side: a neighbour is a fact about films
# **and** about what the model was trained to predict. On ml-latest-small the "watched" vectors hold
# more genre: people choose by genre, and the stars come after. On the simulated ratings the stars
# are planted to follow genre; compare the two columns yourself.

# %% [markdown]
# ## Write three sentences
#
# Say in three sentences what this embedding space shows. Give each sentence its evidence: a number
# of a table beside its chance, a pair of films that are neighbours after both trainings, or a
# statement that survived another seed. One of the three should say what the map does **not** show.

# %% [markdown] tags=["answer"]
# *Write your three sentences here: double-click this text and replace it.*

# %% [markdown]
# ## To discuss
#
# - Two clumps lie far apart on the map. What may you say about them? What would you compute to be
#   sure?
# - Normalise every vector to length 1 and draw the map again. Which of the three colourings changes
#   most?
# - Somebody hands every seed of `TSNE` the same start, an array, and the maps look alike. Is that
#   evidence that the picture is true?
# - Era is not among the model's inputs. How did it get into the vectors?
# - A colleague colours a map by genre and writes "the model has understood genre". Which control
#   would you ask for?

# %% [markdown] tags=["answer"]
# *Write your answers here: double-click this text and replace it.*

# ---
# jupyter:
#   autograder:
#     language: fr
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
# # 1 · Explorer les notes
#
# **Jour 1 · 45 minutes · 6 points**
#
# À la fin de cette étape, vous savez :
# - lire un tableau de notes et dire ce que sont une ligne, un utilisateur et un item ;
# - mesurer à quel point ce tableau est creux (sparse) ;
# - mettre en évidence la longue traîne (long tail) : peu de films ont beaucoup de notes, beaucoup
#   de films en ont peu.
#
# Vous écrivez trois fonctions : `load_ratings` (1 point), `summarise` (3) et `item_counts` (2).
# Complétez une fonction, exécutez la cellule de vérification qui la suit, lisez ce qu'elle dit,
# puis continuez.

# %%
from pathlib import Path
from tempfile import TemporaryDirectory

import recommender_data as data
from autograder import beside, check, show, use_style

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

use_style()

# %% [markdown]
# ## Ce que sait un système de recommandation
#
# [MovieLens](https://movielens.org) demande à ses membres de noter des films, d'une demi-étoile à
# cinq étoiles. L'équipe qui l'a créé, [GroupLens](https://grouplens.org/datasets/movielens/),
# publie les réponses. Chaque réponse est une ligne :
#
# | colonne | signification |
# |---|---|
# | `userId` | qui a noté |
# | `movieId` | quel film |
# | `rating` | de 0,5 à 5,0 étoiles |
# | `timestamp` | quand, en secondes depuis le 1er janvier 1970 (UTC) |
#
# Rien d'autre n'entre dans les modèles des étapes 1 à 9. Ni l'âge, ni l'intrigue, ni les acteurs :
# seulement qui a donné combien d'étoiles à quoi (et, à l'étape 12, quand). Dans ce cours, un film
# est un *item* : les deux mots ont le même sens.
#
# La plupart des modèles viennent d'un seul article : Koren, Bell et Volinsky, [Matrix Factorization
# Techniques for Recommender Systems](https://doi.org/10.1109/MC.2009.263) (IEEE Computer, 2009).
# Vous en lirez la première moitié avant l'étape 4.

# %% [markdown]
# ## Un exemple détaillé
#
# Trois utilisateurs et un catalogue de cinq films. Comptez vous aussi, sur papier.

# %%
example = pd.DataFrame(
    [
        (1, 10, 4.0, 964982703),
        (1, 20, 3.5, 964982931),
        (1, 47, 5.0, 964983815),
        (2, 10, 2.0, 1445714835),
        (2, 47, 4.5, 1445714952),
        (7, 10, 3.0, 1306463578),
    ],
    columns=["userId", "movieId", "rating", "timestamp"],
)
example_movies = pd.DataFrame(
    {
        "movieId": [10, 20, 30, 47, 90],
        "title": ["Une farce", "Un western", "Jamais vu", "Un thriller", "Pas vu non plus"],
    }
)
example

# %% [markdown]
# Les mêmes six lignes sous forme de tableau, avec une ligne par utilisateur et une colonne par
# film. Un tiret est une case que personne n'a remplie.
#
# | | film 10 | film 20 | film 47 |
# |---|---|---|---|
# | **utilisateur 1** | 4,0 | 3,5 | 5,0 |
# | **utilisateur 2** | 2,0 | – | 4,5 |
# | **utilisateur 7** | 3,0 | – | – |
#
# Les films 30 et 90 figurent au catalogue, mais personne ne les a notés. Ils n'ont pas de colonne :
# les notes seules ne permettent pas d'apprendre quoi que ce soit à leur sujet.
#
# La *densité* du tableau est la part de ses cases qui sont remplies :
#
# $$\text{densité} = \frac{\text{notes}}{U \times I}$$
#
# Ici, $U = 3$ utilisateurs et $I = 3$ items donnent neuf cases, dont six sont remplies.

# %%
print("films au catalogue :", len(example_movies))
print("densité :", 6 / (3 * 3))
print("note moyenne :", (4.0 + 3.5 + 5.0 + 2.0 + 4.5 + 3.0) / 6)

# %% [markdown]
# Les identifiants sont des noms, pas des quantités. L'utilisateur 7 ne vaut pas sept fois
# l'utilisateur 1, et il n'y a pas ici d'utilisateurs 3 à 6. Attention au plus grand identifiant :
# il ne compte rien.

# %% [markdown]
# ## À vous : lire le fichier
#
# MovieLens distribue ses notes dans un fichier texte, avec une ligne pour les noms des colonnes :
#
# ```
# userId,movieId,rating,timestamp
# 1,10,4.0,964982703
# 1,20,3.5,964982931
# ```
#
# Lisez-le et regardez le type de chaque colonne. Les identifiants et les timestamps sont des
# nombres entiers ; les étoiles, non.

# %%
def load_ratings(path):
    """Les notes d'un fichier comme `ratings.csv` de MovieLens : une ligne par note.

    path : str ou Path d'un fichier texte à virgules dont la première ligne nomme les colonnes.
    Renvoie un DataFrame avec les colonnes userId, movieId, timestamp (int64) et rating (float64,
    en étoiles).
    """
    # À FAIRE : lire le fichier dans un DataFrame.
    raise NotImplementedError("load_ratings")


# %% tags=["check"]
check("load_ratings")

# %% [markdown]
# ## À vous : un tableau en cinq nombres
#
# Les articles sur les systèmes de recommandation décrivent leurs données par des nombres comme
# ceux-ci. Comptez ce qui se trouve dans les notes fournies : un item est un film qui a au moins une
# note.
#
# La densité est une part, entre 0 et 1. Son complément, un moins la densité, est le taux de vide
# (sparsity).

# %%
def summarise(ratings):
    """Taille, densité et moyenne d'un tableau de notes.

    ratings : DataFrame avec les colonnes userId, movieId, rating, timestamp ; aucun utilisateur
    ne note deux fois le même item.
    Renvoie un dictionnaire : `n_users`, `n_items` (ceux qui ont au moins une note) et
    `n_ratings`, des entiers ; `density`, la part des U x I cases qui sont remplies ;
    `mean_rating`, la moyenne de toutes les notes, en étoiles.
    """
    # À FAIRE : compter les utilisateurs, les items et les notes ; puis diviser.
    raise NotImplementedError("summarise")


# %% tags=["check"]
check("summarise")

# %% [markdown]
# ## À vous : combien de fois chaque film a-t-il été noté ?
#
# Dans l'exemple, le film 10 a trois notes, le film 47 en a deux et le film 20 une seule. Triés
# ainsi, du film le plus noté au moins noté, ces effectifs dessinent la *longue traîne*.

# %%
def item_counts(ratings):
    """Combien de fois chaque item a été noté, le plus noté en premier.

    ratings : DataFrame avec les colonnes userId, movieId, rating, timestamp.
    Renvoie une Series d'effectifs, avec movieId pour index ; chaque item de `ratings` y figure
    une fois.
    """
    # À FAIRE : compter les lignes de chaque film, et trier.
    raise NotImplementedError("item_counts")


# %% tags=["check"]
check("item_counts")

# %% [markdown]
# ## Sur MovieLens : les nombres
#
# Passons au vrai tableau. D'abord un aller-retour par un fichier, avec votre propre fonction de
# lecture ; puis vos cinq nombres, et les deux qui induisent en erreur.
#
# Les vrais fichiers ont des défauts. `bad_rows="skip"` écarte toute ligne illisible et la signale ;
# sans cette option, le chargement s'arrête sur une erreur.

# %% tags=["demo"]
dataset = data.load(bad_rows="skip")
ratings, movies = dataset

with TemporaryDirectory() as folder:
    path = Path(folder) / "ratings.csv"
    ratings.to_csv(path, index=False)
    print("première ligne du fichier :", path.read_text(encoding="utf-8").partition("\n")[0])
    print(load_ratings(path).dtypes)

summary = summarise(ratings)
print(f"\n{dataset.name}")
for name, value in summary.items():
    print(f"  {name:12} {value:,.4g}" if isinstance(value, float) else f"  {name:12} {value:,}")

largest = summary["n_ratings"] / (ratings["userId"].max() * ratings["movieId"].max())
print(f"films au catalogue, notés ou non : {len(movies):,}")
print(f"densité, si les plus grands identifiants étaient les tailles : {largest:.2%} au lieu de "
      f"{summary['density']:.2%}")

# %% [markdown]
# ## À quoi ressemble un tableau creux
#
# Chaque point noir est une note, chaque case blanche un film qu'un utilisateur n'a pas noté. En
# haut : des utilisateurs et des films tirés au hasard. En bas : les utilisateurs les plus actifs et
# les films les plus notés. La tâche du système de recommandation est de remplir le blanc.

# %% tags=["demo"]
rng = np.random.default_rng(0)
counts = item_counts(ratings)
activity = ratings["userId"].value_counts()
n_rows, n_columns = min(100, len(activity)), min(200, len(counts))

corners = {
    "Tirage au hasard": (
        rng.choice(activity.index, n_rows, replace=False),
        rng.choice(counts.index, n_columns, replace=False),
    ),
    "Le coin le plus rempli": (activity.index[:n_rows], counts.index[:n_columns]),
}
figure, panels = plt.subplots(2, 1, figsize=(10, 9.5))
for axes, (title, (users, items)) in zip(panels, corners.items(), strict=True):
    inside = ratings[ratings["userId"].isin(users) & ratings["movieId"].isin(items)]
    cells = inside.pivot(index="userId", columns="movieId", values="rating")
    filled = cells.reindex(index=users, columns=items).notna()
    axes.imshow(filled, cmap="gray_r", interpolation="nearest", aspect="auto", vmin=0, vmax=1)
    axes.grid(False)
    axes.spines[:].set_visible(True)
    axes.set(
        xlabel=f"{n_columns} films",
        ylabel=f"{n_rows} utilisateurs",
        title=f"{title} : {filled.to_numpy().mean():.1%} des cases sont remplies",
    )
show(figure, "01-sparsity")

# %% [markdown]
# ## Les étoiles
#
# On note ce que l'on a choisi de regarder : les notes basses sont donc plus rares que les notes
# élevées. Sur MovieLens, les étoiles entières sont plus fréquentes que les demi-étoiles : une note
# est une habitude autant qu'une mesure. Le trait est la moyenne, la plus simple de toutes les
# prédictions. Vous la retrouverez à l'étape 6.

# %% tags=["demo"]
stars = np.arange(0.5, 5.5, 0.5)
shares = ratings["rating"].value_counts(normalize=True).reindex(stars, fill_value=0)

figure, axes = plt.subplots()
axes.bar(stars, shares, width=0.4)
axes.axvline(summary["mean_rating"], color="C3", label=f"moyenne : {summary['mean_rating']:.2f} "
                                                       f"étoiles")
axes.set(
    xlabel="étoiles", ylabel="part des notes", title="Les notes élevées sont fréquentes, les notes "
                                                     "basses rares"
)
axes.set_xticks(stars)
axes.legend(loc="upper left")
show(figure, "01-stars")

# %% [markdown]
# ## La longue traîne
#
# Les films, du plus noté au moins noté. Les deux axes sont logarithmiques : une graduation vers la
# droite ou vers le bas correspond à un facteur dix. Quelques films ont des centaines de notes. Sur
# MovieLens, la courbe finit par une longue marche plate : les films qui n'ont qu'une note.
#
# `beside` trace la figure deux fois : avec vos fonctions, et avec celles de la solution de
# référence.

# %% tags=["demo"]
def draw_tail(axes, counts):
    axes.loglog(np.arange(1, len(counts) + 1), counts)
    axes.set(xlabel="rang du film (1 = le plus noté)", ylabel="notes du film")
    axes.set_title("la longue traîne")


counts = beside("01_explore", lambda step: step.item_counts(ratings), draw_tail, "01-long-tail")

titles = movies.set_index("movieId")["title"]
print("Les plus notés :")
for movie_id, count in counts.head(5).items():
    print(f"  {count:5,}  {titles[movie_id]}")
print(f"films avec une seule note : {(counts == 1).mean():.0%} de tous les films notés")
print(f"films avec moins de dix notes : {(counts < 10).mean():.0%}")

# %% [markdown]
# Les mêmes effectifs, cumulés. Si tous les films étaient également populaires, la courbe suivrait
# la ligne en tirets.

# %% tags=["demo"]
share_of_ratings = counts.cumsum() / counts.sum()
share_of_films = np.arange(1, len(counts) + 1) / len(counts)
top = share_of_ratings[share_of_films <= 0.1].max()

figure, axes = plt.subplots()
axes.plot(share_of_films, share_of_ratings)
axes.plot([0, 1], [0, 1], "--", color="gray", label="films également populaires")
label = f"un dixième des films : {top:.0%} des notes"
axes.axvline(0.1, color="C3", linewidth=1.5, label=label)
axes.set(
    xlabel="part des films, du plus noté au moins noté",
    ylabel="part des notes",
    title="Une petite partie des films reçoit la plupart des notes",
)
axes.legend(loc="lower right")
show(figure, "01-cumulative-share")

# %% [markdown]
# ## À discuter
#
# - Un film a une seule note : cinq étoiles. Est-ce le meilleur film du catalogue ? Avec quelle
#   certitude le diriez-vous ?
# - Pourquoi personne n'a-t-il noté certains films ? Une note manquante signifie-t-elle que le film
#   déplaît, ou rien du tout ?
# - Une boutique recommande à tout le monde les films les plus notés. Quels clients sont bien
#   servis, et que devient la traîne au bout d'un an ?
# - La densité baisse quand le nombre de films augmente plus vite que le nombre de notes par
#   utilisateur. La tâche du système de recommandation devient-elle plus difficile, plus facile, ou
#   ni l'un ni l'autre ?

# %% [markdown] tags=["answer"]
# *Écrivez vos réponses ici : double-cliquez sur ce texte et remplacez-le.*

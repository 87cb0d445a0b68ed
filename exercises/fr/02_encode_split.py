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
# # 2 · Encoder les identifiants, découper les notes
#
# **Jour 1 · 75 minutes · 11 points**
#
# À la fin de cette étape, vous savez :
# - transformer les identifiants d'un catalogue en numéros de ligne sans trous, et inversement ;
# - séparer l'apprentissage de l'évaluation, sans fuite de données (leak) ;
# - donner les notes à Keras dans les formes (shapes) et les types qu'il attend.
#
# Vous écrivez quatre fonctions : `fit_encoder` (3 points), `encode` (2), `split_ratings` (4) et
# `make_xy` (2). Complétez une fonction, exécutez la cellule de vérification qui la suit, lisez ce
# qu'elle dit, puis continuez.

# %%
import recommender_data as data
from autograder import check, show, use_style

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

use_style()

# %% [markdown]
# ## Les identifiants sont des noms, les lignes des numéros
#
# Bientôt, chaque film recevra un vecteur : une ligne d'une table de $I$ lignes, numérotées de $0$ à
# $I - 1$. Les identifiants de MovieLens ne conviennent pas à une telle table. Ils commencent à 1 et
# ils ont des trous : des films retirés, ou que personne n'a notés.
#
# Chaque film a donc besoin d'un second numéro, son *index*. La liste des identifiants, dans l'ordre
# des index, s'appelle ici `classes` ; le dictionnaire qui mène de l'identifiant à l'index s'appelle
# `mapping`. L'un sert à l'aller, l'autre au retour.

# %% [markdown]
# ## Un exemple détaillé
#
# Cinq notes nomment trois films. Vérifiez à la main qu'un aller-retour vous ramène au point de
# départ.

# %%
example_ids = [47, 10, 47, 318, 10]
example_classes = np.array([10, 47, 318])
example_mapping = {10: 0, 47: 1, 318: 2}

print("le film 47 a l'index", example_mapping[47])
print("l'index 1 est le film", example_classes[1])
print("aller et retour :", [int(example_classes[example_mapping[x]]) for x in example_ids])

# %% [markdown]
# Trois films, trois lignes. Une table dimensionnée d'après le plus grand identifiant aurait 319
# lignes, dont 316 ne serviraient à personne.
#
# L'ordre des films est libre : `classes` pourrait tout aussi bien être `[47, 10, 318]`, avec `{47:
# 0, 10: 1, 318: 2}`. L'important est que les deux s'accordent.

# %% [markdown]
# ## À vous : ajuster un encodeur
#
# Ajustez-le une seule fois, sur tous les identifiants pour lesquels vous voudrez un jour une ligne.
# Un film doit avoir le même numéro partout où il apparaît : dans l'entraînement, dans la
# validation, dans la liste que vous montrez à un utilisateur.

# %%
def fit_encoder(raw_ids):
    """Numérote les identifiants distincts à partir de 0, sans trous.

    raw_ids : entiers (m,), sous forme de liste, de tableau ou de Series ; un identifiant peut y
    figurer plusieurs fois.
    Renvoie (classes, mapping) : `classes`, les n identifiants distincts, tableau d'entiers (n,),
    dans un ordre quelconque ; `mapping`, un dictionnaire qui mène de l'identifiant brut à
    l'index, de 0 à n - 1, tel que classes[mapping[x]] == x.
    """
    # À FAIRE : trouver les identifiants distincts, puis les numéroter.
    raise NotImplementedError("fit_encoder")


# %% tags=["check"]
check("fit_encoder")

# %% [markdown]
# ## À vous : encoder
#
# Une liste d'identifiants devient maintenant un tableau d'index. Utilisez le dictionnaire que vous
# recevez : il peut ranger les films dans un autre ordre que le vôtre.
#
# Et un identifiant que le dictionnaire ne connaît pas ? Il n'y a pas de ligne pour lui. Un index
# inventé donnerait en silence à ce film le vecteur d'un autre, et vous ne vous en apercevriez
# jamais. Échouez bruyamment, et dites de quel identifiant il s'agit.

# %%
def encode(raw_ids, mapping):
    """Index des identifiants.

    raw_ids : entiers (m,), sous forme de liste, de tableau ou de Series ; mapping : dictionnaire
    qui mène de l'identifiant brut à l'index.
    Renvoie un tableau int32 (m,) : l'élément k est mapping[raw_ids[k]].
    Lève KeyError, avec l'identifiant dans son texte, pour un identifiant absent de `mapping`.
    """
    # À FAIRE : chercher chaque identifiant.
    raise NotImplementedError("encode")


# %% tags=["check"]
check("encode")

# %% [markdown]
# ## Apprendre et évaluer
#
# Un modèle qui a vu une note peut la répéter. Cela ne prouve rien pour les films que vous n'avez
# pas encore vus. Avant tout apprentissage, on répartit donc les lignes en trois parties :
#
# | partie | à quoi elle peut servir |
# |---|---|
# | entraînement (train) | ajuster |
# | validation | choisir : combien de facteurs, quand s'arrêter |
# | test | mesurer, une seule fois, tout à la fin |
#
# Une *fuite de données* est tout chemin par lequel des lignes de test atteignent ce qui a été
# ajusté ou choisi. La plus fréquente est aussi la plus simple : on tire les lignes de test, mais on
# ne les retire jamais des lignes d'entraînement.

# %% [markdown]
# ## Quelles lignes ?
#
# - **Pas les dernières lignes du fichier.** Le fichier est trié par utilisateur : les dernières
#   lignes sont celles des derniers utilisateurs, tous inconnus du modèle. On ne peut rien dire de
#   $p_u$ sans une note de $u$.
# - **Pas des utilisateurs entiers**, pour la même raison.
# - **Des lignes tirées au hasard** : parmi toutes les lignes, ou parmi celles de chaque
#   utilisateur. Les deux conviennent ici.
#
# Le tirage dépend d'une graine (seed) : vous pouvez ainsi refaire le même découpage, ou un autre
# quand vous voulez voir quelle était la part de chance.
#
# Voici six lignes, réparties à la main avec des fractions d'un sixième et de deux sixièmes.
# Regardez les numéros de ligne : chacun figure une fois, et aucune partie n'est un bloc.

# %%
example = pd.DataFrame(
    {
        "userId": [1, 1, 1, 2, 2, 2],
        "movieId": [10, 47, 318, 10, 47, 318],
        "rating": [4.0, 5.0, 3.0, 2.0, 4.0, 5.0],
    }
)
example_parts = {"entraînement": [0, 2, 4], "validation": [5], "test": [1, 3]}
for name, rows in example_parts.items():
    print(name, example.iloc[rows].to_numpy().tolist())

# %% [markdown]
# ## À vous : découper
#
# Les deux fractions sont des parts de *toutes* les lignes. Quand elles ne tombent pas juste, une
# ligne de plus ou de moins par utilisateur ne gêne pas. Ne jetez aucune ligne, pas même celles des
# films que l'entraînement ne voit jamais : elles font partie de la vérité, et l'étape 6 a une
# réponse pour elles.

# %%
def split_ratings(ratings, val_fraction=0.1, test_fraction=0.2, seed=0):
    """Répartit les lignes au hasard entre entraînement, validation et test.

    ratings : DataFrame, une ligne par note ; son index peut contenir n'importe quelles
    étiquettes, chacune une fois.
    val_fraction, test_fraction : parts de toutes les lignes, éventuellement 0 ; le reste va à
    train.
    seed : entier ; la même graine donne le même découpage, une autre graine un autre découpage.
    Renvoie trois DataFrames (train, val, test) qui, ensemble, contiennent chaque ligne
    exactement une fois.
    """
    # À FAIRE : mélanger les positions des lignes, les couper en trois, prendre les lignes.
    raise NotImplementedError("split_ratings")


# %% tags=["check"]
check("split_ratings")

# %% [markdown]
# ## À vous : ce que Keras attend
#
# Les modèles des étapes suivantes ont deux entrées, les utilisateurs et les items, et une cible.
# Keras les associe ligne par ligne : la ligne $k$ de chacun appartient à la note $k$.
#
# $$\underbrace{\text{utilisateurs}}_{(m,\,1)},\quad \underbrace{\text{items}}_{(m,\,1)}
# \quad\longrightarrow\quad \underbrace{y}_{(m,)}$$
#
# Les identifiants sont des entiers (ils désignent des lignes), les étoiles sont des flottants (on
# les prédit).

# %%
def make_xy(ratings, user_map, item_map):
    """Les notes sous forme d'entrées et de cible d'un modèle Keras.

    ratings : DataFrame avec les colonnes userId, movieId, rating (m lignes).
    user_map, item_map : dictionnaires qui mènent de l'identifiant brut à l'index, comme
    `fit_encoder` les fait.
    Renvoie ([users, items], y) : deux tableaux int32 (m, 1) et un tableau float32 (m,), lignes
    dans l'ordre.
    Lève KeyError, avec l'identifiant dans son texte, pour un identifiant absent de son
    dictionnaire.
    """
    # À FAIRE : encoder les deux colonnes, remettre le résultat en colonnes, et prendre les étoiles.
    raise NotImplementedError("make_xy")


# %% tags=["check"]
check("make_xy")

# %% [markdown]
# ## Fourni : tout un tableau d'un coup
#
# Des étapes ultérieures ont besoin d'un tableau avec les deux numéros de ligne à côté des
# identifiants bruts. Cette fonction est fournie. `carry_over("02_encode_split")` l'apportera avec
# vos fonctions.

# %% tags=["given"]
def encoded(ratings, user_map, item_map):
    """Les notes avec deux colonnes de plus : `user` et `item`, les index de leurs identifiants
    bruts."""
    users = encode(ratings["userId"], user_map)
    items = encode(ratings["movieId"], item_map)
    return ratings.assign(user=users, item=items)


# %% [markdown]
# ## Sur MovieLens : les identifiants, avant et après
#
# Chaque bande est une suite de nombres, de 0 jusqu'au dernier. Le foncé signifie que beaucoup des
# nombres à cet endroit correspondent à un film noté, le blanc qu'aucun n'y correspond. Avant, la
# plupart des nombres ne désignent rien. Après, chaque nombre est un film.

# %% tags=["demo"]
dataset = data.load(bad_rows="skip")
ratings, movies = dataset
user_classes, user_map = fit_encoder(ratings["userId"])
item_classes, item_map = fit_encoder(ratings["movieId"])

before = np.unique(ratings["movieId"])
after = np.unique(encode(ratings["movieId"], item_map))
print(f"{dataset.name} : {len(item_map):,} films notés, le plus grand movieId est {before.max():,}")
by_id, by_index = 32 * (before.max() + 1), 32 * len(item_map)
print(f"avec 32 facteurs par ligne : {by_id:,} poids par identifiant, {by_index:,} par index")

figure, panels = plt.subplots(2, 1, figsize=(10, 5))
strips = [("Avant : les identifiants", "movieId", before), ("Après : les index", "index", after)]
for axes, (title, name, numbers) in zip(panels, strips, strict=True):
    end = int(numbers.max()) + 1
    n_bins = min(200, end)
    used, _edges = np.histogram(numbers, bins=n_bins, range=(0, end))
    share = used / np.histogram(np.arange(end), bins=n_bins, range=(0, end))[0]
    strip = axes.imshow(
        share[None, :], cmap="Blues", vmin=0, vmax=1, aspect="auto", extent=(0, end, 0, 1)
    )
    axes.set(title=title, xlabel=f"{name}, de 0 à {end - 1:,}", yticks=[])
    axes.grid(False)
figure.colorbar(strip, ax=panels, label="part des nombres utilisés")
show(figure, "02-ids")

# %% [markdown]
# ## L'effet d'une fuite sur l'erreur mesurée
#
# Le modèle est aussi simple que possible : la moyenne des notes du film dans l'entraînement, et la
# moyenne de toutes les notes pour un film que l'entraînement n'a pas vu. On l'ajuste deux fois :
# honnêtement, sur les lignes d'entraînement, et avec une fuite, sur des lignes d'entraînement dont
# celles de test n'ont jamais été retirées. On mesure les deux sur les mêmes lignes de test.

# %% tags=["demo"]
train, val, test = split_ratings(ratings)
leaky_train = pd.concat([train, test])


def film_mean_errors(fitted_on, measured_on):
    """Erreurs, en étoiles, quand on prédit la moyenne de chaque film ; un film sans note reçoit
    la moyenne de toutes les notes."""
    means = fitted_on.groupby("movieId")["rating"].mean()
    predicted = measured_on["movieId"].map(means).fillna(fitted_on["rating"].mean())
    return measured_on["rating"] - predicted


def root_mean_square(errors):
    return float(np.sqrt(np.mean(errors**2)))


errors = {
    "sans fuite": film_mean_errors(train, test),
    "avec fuite": film_mean_errors(leaky_train, test),
}
for name, values in errors.items():
    print(f"{name:7} RMSE de test des moyennes par film : {root_mean_square(values):.3f} étoile")
print(f"moyenne globale seule : {root_mean_square(test['rating'] - train['rating'].mean()):.3f} "
      f"étoile")

# %% [markdown]
# Avec la fuite, le même modèle paraît meilleur qu'il n'est. D'où vient le gain ? Regroupez les
# lignes de test selon le nombre de notes de leur film dans l'entraînement. Moins un film y a de
# notes, plus la note à prédire pèse elle-même dans sa moyenne avec fuite. Un film que
# l'entraînement n'a jamais vu est « prédit » sans aucune erreur quand c'est sa seule note qui fuit.

# %% tags=["demo"]
n_in_train = test["movieId"].map(train["movieId"].value_counts()).fillna(0)
edges = [-1, 0, 2, 5, 20, 100, np.inf]
names = ["aucune", "1-2", "3-5", "6-20", "21-100", "plus"]
group = pd.cut(n_in_train, edges, labels=names).rename("notes d'entraînement")

table = pd.DataFrame(
    {
        name: values.groupby(group, observed=True).apply(root_mean_square)
        for name, values in errors.items()
    }
)
table["lignes de test"] = group.value_counts()
print(table.round(3).to_string())

figure, axes = plt.subplots()
positions = np.arange(len(table))
for offset, name in (-0.2, "sans fuite"), (0.2, "avec fuite"):
    axes.bar(positions + offset, table[name], width=0.4, label=name)
axes.set_xticks(positions, table.index)
axes.set(
    xlabel="notes du film dans l'entraînement",
    ylabel="RMSE sur les lignes de test, en étoiles",
    title="Une fuite flatte le plus là où il y a le moins de données",
)
axes.legend()
show(figure, "02-leak")

# %% [markdown]
# On ne trouve pas une fuite en regardant l'erreur : une erreur plus petite ressemble à un succès.
# On la trouve en regardant les lignes. Deux lignes de code suffisent, et vous pouvez les exécuter
# sur tout découpage que vous recevrez.

# %% tags=["demo"]
for name, part in {"sans fuite": train, "avec fuite": leaky_train}.items():
    shared = part.merge(test, on=["userId", "movieId"])
    print(f"{name:7} lignes à la fois dans l'entraînement et dans le test : {len(shared):,}")

# %% [markdown]
# ## Quelle est la part de chance dans un découpage ?
#
# Une autre graine donne un autre jeu de test, et une autre erreur. Deux modèles mesurés sur les
# mêmes lignes de test partagent la chance du tirage : leur écart bouge moins que chacune des deux
# erreurs. Comparez donc les modèles sur les mêmes lignes, découpage par découpage, et regardez les
# écarts.

# %% tags=["demo"]
by_seed, ahead = [], []
for seed in range(10):
    train_again, _val, test_again = split_ratings(ratings, seed=seed)
    by_seed.append(root_mean_square(film_mean_errors(train_again, test_again)))
    dull = root_mean_square(test_again["rating"] - train_again["rating"].mean())
    ahead.append(dull - by_seed[-1])
for name, values in {"moyennes par film": by_seed, "avance sur la moyenne globale": ahead}.items():
    print(f"{name} : de {min(values):.3f} à {max(values):.3f} étoile, étendue {np.ptp(values):.3f}")

# %% [markdown]
# ## À discuter
#
# - Vous ajustez l'encodeur sur toutes les notes, lignes de test comprises. Est-ce une fuite ?
#   Qu'est-ce que cela apprend au modèle sur le jeu de test, et qu'est-ce que cela ne lui apprend
#   pas ?
# - En service, un système de recommandation prédit l'avenir. Qu'est-ce qui changerait si les lignes
#   de test étaient les plus récentes de chaque utilisateur ? À quelle question chacun des deux
#   découpages répond-il ?
# - Quelqu'un complète un film sans note par la moyenne de *toutes* les notes, avant le découpage.
#   Où est la fuite ?
# - La validation a choisi le nombre d'époques. Pourquoi n'a-t-on plus le droit de présenter son
#   erreur comme l'erreur du modèle ?

# %% [markdown] tags=["answer"]
# *Écrivez vos réponses ici : double-cliquez sur ce texte et remplacez-le.*

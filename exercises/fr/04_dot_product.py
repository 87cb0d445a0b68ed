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
# # 4 · Une note est un produit scalaire
#
# **Jour 1 · 90 minutes · 10 points**
#
# À la fin de cette étape, vous savez :
# - écrire l'équation (1) de Koren sous forme de modèle Keras à deux entrées ;
# - y placer des poids choisis et prédire le même nombre, à la main et à la machine ;
# - calculer le score de chaque film pour chaque utilisateur par un seul produit de matrices.
#
# Vous écrivez trois fonctions : `build_mf` (6 points), `predict_pairs` (2) et `score_matrix` (2).
# Complétez une fonction, exécutez la cellule de vérification qui la suit, lisez ce qu'elle dit,
# puis continuez.

# %%
from time import perf_counter

import recommender_data as data
from autograder import carry_over, check, show, use_style

import keras
import matplotlib.pyplot as plt
import numpy as np

use_style()

# %% [markdown]
# ## De deux vecteurs à une note
#
# L'étape 3 a donné à chaque utilisateur $u$ un vecteur $p_u$ et à chaque item $i$ un vecteur $q_i$,
# chacun de $K$ nombres : une ligne d'une table d'embeddings. [Koren, Bell et Volinsky
# (2009)](https://doi.org/10.1109/MC.2009.263) prédisent la note à partir de ces deux lignes
# seulement :
#
# $$\hat r_{ui} = q_i^\top p_u = \sum_{k=1}^{K} q_{ik}\, p_{uk} \qquad \text{(Koren 1)}$$
#
# Un facteur $k$ compte quand il est présent des deux côtés : un utilisateur qui aime la comédie
# ($p_{uk}$ grand) et un film qui en est une ($q_{ik}$ grand) augmentent la note ; un utilisateur
# qui ne l'aime pas ($p_{uk} < 0$) la diminue.

# %% [markdown]
# ## Un exemple détaillé
#
# Deux facteurs, disons *humour* et *suspense* ; deux utilisateurs ; trois films. Suivez le calcul à
# la main.

# %%
p = np.array([[1.0, 0.5], [0.0, 2.0]])  # Ada aime les deux, Ben seulement le suspense
q = np.array([[3.0, 1.0], [0.5, 2.0], [2.0, 0.0]])  # une comédie, un thriller, une farce

print("Ada et la comédie :", 1.0 * 3.0 + 0.5 * 1.0)
print("Ben et la comédie :", 0.0 * 3.0 + 2.0 * 1.0)
print("Ben et le thriller :", p[1] @ q[1])

# %% [markdown]
# ## Comment s'écrit un modèle fonctionnel
#
# Une couche est d'abord *construite*, une fois, avec ses réglages, puis *appelée* comme une
# fonction : un tenseur entre, le tenseur suivant sort. Tout commence par `keras.Input` ; sa forme
# (shape) est celle d'une ligne, sans le lot (batch). Un tenseur de modèle a une forme, mais pas
# encore de nombres. Le [guide de l'API fonctionnelle (Functional
# API)](https://keras.io/guides/functional_api/) de Keras en montre davantage. Voici un modèle qui
# transforme des étoiles, de 0,5 à 5, en points, de 10 à 100 :

# %% tags=["demo"]
stars = keras.Input((1,))  # un tuple : un nombre par ligne
points = keras.layers.Rescaling(20.0, name="times_20")(stars)  # construite, puis appelée
example = keras.Model([stars], points)  # les entrées, puis la sortie

print("formes :", stars.shape, points.shape, "- None est le lot, de longueur quelconque")
print("points :", example.predict(np.array([[0.5], [5.0]]), verbose=0).tolist())
print("la couche :", example.get_layer("times_20"))

# %% [markdown]
# Pour appeler une couche qui réunit deux tenseurs en un seul, on lui passe une liste : `layer([one,
# other])`. Keras parle de couches de fusion (*merging layers*) ; certaines additionnent ou
# multiplient, et l'une d'elles calcule des produits scalaires.

# %% [markdown]
# ## À vous : le modèle
#
# Un modèle fonctionnel est un graphe de couches. Dessinez-le avant de l'écrire :
#
# ```
# user (b, 1) ── user_embedding ── (b, 1, K) ──┐
#                                              ├── q·p ── (b, 1)
# item (b, 1) ── item_embedding ── (b, 1, K) ──┘
# ```
#
# `b` est le lot : autant de paires (utilisateur, item) que vous voulez, chacune avec sa propre
# note. $K$ est l'argument `n_factors`. Si vous ne vous y retrouvez plus, affichez la forme après
# chaque couche.

# %%
def build_mf(n_users, n_items, n_factors):
    """Factorisation de matrice, Koren (1) : le score d'une paire est q_i · p_u, et rien d'autre.

    n_users, n_items, n_factors : des entiers.
    Renvoie un keras.Model avec les entrées [user, item], tableaux d'entiers (b, 1), et la sortie
    (b, 1).
    Ses tables sont des couches nommées `user_embedding` (n_users, K) et `item_embedding`
    (n_items, K) ; une ligne de plus, pour les identifiants inconnus, est permise. Toutes deux
    démarrent au hasard et sont entraînables.
    """
    # À FAIRE : deux entrées, deux embeddings, un produit scalaire, un modèle.
    raise NotImplementedError("build_mf")


# %% tags=["check"]
check("build_mf")

# %% [markdown]
# ## À vous : prédire
#
# Keras forme des paires ligne par ligne : la première ligne de la première entrée va avec la
# première ligne de la seconde, et ainsi de suite. Donnez-lui deux colonnes, il en rend une.
# `predict_pairs` cache ces détails et travaille avec de simples vecteurs.

# %%
def predict_pairs(model, users, items):
    """Scores de paires : l'élément k est le score que le modèle donne à (users[k], items[k]).

    model : un modèle Keras avec les entrées [user, item], chacune (b, 1), et la sortie (b, 1).
    users, items : tableaux d'entiers (m,).
    Renvoie un tableau de flottants (m,).
    """
    # À FAIRE : donner aux identifiants la forme que veut le modèle, prédire (sans affichage :
    # verbose=0) et renvoyer un tableau à plat.
    raise NotImplementedError("predict_pairs")


# %% tags=["check"]
check("predict_pairs")

# %% [markdown]
# Et maintenant, le même exemple, à la machine. Placez les vecteurs d'Ada, de Ben et des films dans
# un modèle à vous, et prédisez les trois paires que vous avez calculées à la main : 3,5, 2 et 4.

# %% tags=["demo"]
small = build_mf(n_users=2, n_items=3, n_factors=2)
for name, planted in ("user_embedding", p), ("item_embedding", q):
    table = small.get_layer(name).get_weights()[0]
    table[: len(planted)] = planted
    small.get_layer(name).set_weights([table])

small.summary()
print(predict_pairs(small, users=np.array([0, 1, 1]), items=np.array([0, 0, 1])))

# %% [markdown]
# ## À vous : chaque film pour chaque utilisateur
#
# Un utilisateur et un film, c'est un produit scalaire. Tous les utilisateurs et tous les films, ce
# sont tous les produits scalaires : un seul produit de matrices entre les deux tables. Plus bas,
# vous mesurerez ce que l'on y gagne.
#
# $$\hat R = P\,Q^\top, \qquad P \in \mathbb R^{U \times K},\quad Q \in \mathbb R^{I \times K}$$

# %%
def score_matrix(user_factors, item_factors):
    """Scores de toutes les paires : l'élément [u, i] est q_i · p_u.

    user_factors : tableau (U, K) ; item_factors : tableau (I, K).
    Renvoie un tableau (U, I).
    """
    # À FAIRE : un produit de matrices.
    raise NotImplementedError("score_matrix")


# %% tags=["check"]
check("score_matrix")

# %% [markdown]
# ## Sur MovieLens : un modèle qui ne sait encore rien
#
# Avant l'entraînement, les tables sont aléatoires : les scores sont du bruit autour de zéro.
# Regardez-les tout de même : les formes sont justes, et l'étendue montre le chemin que
# l'entraînement doit parcourir.

# %% tags=["demo"]
encoding = carry_over("02_encode_split")

dataset = data.load(bad_rows="skip")
ratings, movies = dataset
user_classes, user_map = encoding.fit_encoder(ratings["userId"])
item_classes, item_map = encoding.fit_encoder(ratings["movieId"])
[users, items], y = encoding.make_xy(ratings, user_map, item_map)

model = build_mf(len(user_map), len(item_map), 32)
scores = predict_pairs(model, users[:, 0], items[:, 0])
print(f"{dataset.name} : {len(y):,} notes, {model.count_params():,} paramètres")

figure, axes = plt.subplots()
axes.hist(y, bins=np.arange(0.25, 5.5, 0.5), label="notes", alpha=0.8)
axes.hist(scores, bins=40, label="scores avant entraînement", alpha=0.8)
axes.set(xlabel="étoiles", ylabel="paires", title="Avant l'entraînement, tous les scores sont "
                                                  "proches de zéro")
axes.set_yscale("log")
axes.set_ylim(top=20 * len(y))
axes.legend(loc="upper center", ncols=2)
show(figure, "04-untrained-scores")

# %% [markdown]
# Le tableau complet des scores est un seul produit. Quel est le gain de temps par rapport au calcul
# paire par paire ?

# %% tags=["demo"]
P = model.get_layer("user_embedding").get_weights()[0]
Q = model.get_layer("item_embedding").get_weights()[0]

start = perf_counter()
R = np.asarray(score_matrix(P, Q))
whole = perf_counter() - start
start = perf_counter()
predict_pairs(model, np.zeros(len(Q), dtype=int), np.arange(len(Q)))
one_user = perf_counter() - start
print(f"le tableau complet, {R.size:,} scores : {1000 * whole:.0f} ms")
print(f"la ligne d'un utilisateur, {len(Q):,} scores, par `predict` : {1000 * one_user:.0f} ms")

# %% [markdown]
# ## À discuter
#
# - On double le vecteur d'un film. Que deviennent ses scores, et l'ordre de la liste d'un
#   utilisateur ?
# - Faites tourner les deux tables par la même matrice orthogonale. Quels scores changent ?
#   Qu'est-ce que cela dit du sens d'un facteur pris seul ?
# - Un nouvel utilisateur n'a rien noté. Quelle ligne de la table est la sienne, et que
#   prédit-elle ?

# %% [markdown] tags=["answer"]
# *Écrivez vos réponses ici : double-cliquez sur ce texte et remplacez-le.*

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
# # 7 · Des scores à une liste
#
# **Jour 2 · 100 minutes · 10 points**
#
# À la fin de cette étape, vous savez :
# - laisser de côté ce qu'un utilisateur a déjà vu, et dire pourquoi cela vient en premier ;
# - prendre les meilleurs d'une ligne de scores sans perdre de vue quel item est lequel ;
# - passer d'un identifiant d'utilisateur brut à une liste de titres, par deux espaces
#   d'identifiants, aller et retour ;
# - donner une liste à quelqu'un de nouveau, à partir de quelques notes et sans entraînement ;
# - enregistrer un modèle avec ses correspondances d'identifiants, et servir une liste depuis un
#   processus qui ne l'a jamais entraîné.
#
# Vous écrivez quatre fonctions : `seen_items` (1 point), `top_n` (3), `recommend` (3) et `fold_in`
# (3).

# %%
import json
import subprocess
import sys
from pathlib import Path

import recommender_data as data
from autograder import carry_over, check, rate_films, show, use_style

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

use_style()

# %% [markdown]
# ## Ce qu'on demande à un système de recommandation
#
# Personne ne demande à un service « combien d'étoiles vais-je donner à ce film ? ». On lui demande
# « que regarder ? ». La réponse est une courte liste, le meilleur d'abord, de films que la personne
# ne connaît pas encore. Votre modèle de l'étape 6 donne un score à chaque paire (utilisateur,
# item). Trois choses séparent ses scores de la liste :
#
# 1. **L'historique.** Un modèle préfère ce qui lui a servi à apprendre. Ces films ont été vus :
#    laissez-les de côté.
# 2. **L'ordre.** Les meilleurs viennent en premier, et chaque score doit rester avec son item.
# 3. **Les noms.** Le modèle compte des lignes 0, 1, 2, … ; les gens et MovieLens, non.

# %% [markdown]
# ## Un exemple détaillé
#
# Un utilisateur, cinq films, les scores du modèle. L'utilisateur a vu les films 1 et 4.

# %%
scores = np.array([3.1, 4.8, 2.2, 4.0, 4.4])
seen = {1, 4}

print("tous, le meilleur d'abord : ", np.argsort(-scores))
left = np.array([0, 2, 3])
print("non vus, et leur score :    ", dict(zip(left.tolist(), scores[left].tolist(), strict=True)))
print("ordre parmi les non vus :   ", np.argsort(-scores[left]), "- des positions, pas des items !")
print("items, le meilleur d'abord :", left[np.argsort(-scores[left])])

# %% [markdown]
# `argsort` répond par des positions dans le tableau *qu'on lui a donné*. Avec trois scores, il ne
# peut dire que 0, 1 et 2. La dernière ligne ramène ces positions aux items.

# %% [markdown]
# ## À vous : qui a vu quoi
#
# Un film compte comme vu dès qu'il a une note, fût-elle d'une demi-étoile. Un utilisateur qui a
# détesté un film n'a pas envie qu'on le lui propose à nouveau.
#
# Seules comptent les lignes de **train**. Les films de validation et de test ont été vus aussi,
# mais vous allez demander si la liste les retrouve (étape 8). Si vous les retirez de la liste, il
# n'y a plus rien à retrouver.

# %%
def seen_items(train):
    """Les items que chaque utilisateur a notés.

    train : DataFrame avec les colonnes user, item (encodées), rating ; une ligne par note.
    Renvoie un dict : utilisateur (int) -> set d'items (ints), pour chaque utilisateur de train.
    """
    # À FAIRE : rassembler les items de chaque utilisateur dans un set.
    raise NotImplementedError("seen_items")


# %% tags=["check"]
check("seen_items")

# %% [markdown]
# ## À vous : les meilleurs d'une ligne
#
# `scores` contient un nombre par item, de sorte que *la position est l'item*. Deux chemins mènent à
# la liste : ne garder que les items non vus et les trier ; ou repousser les items vus au-dessous de
# tout le reste et tout trier. Les deux sont justes, les deux ont un piège. Dans le premier, il faut
# retraduire des positions en items. Dans le second, les items vus sont toujours là, à la fin, et
# une longue liste les atteint.
#
# Un catalogue a des milliers d'items, et une liste en a dix. `np.argpartition` trouve les dix
# meilleurs sans trier le reste ; il suffit ensuite d'ordonner ces dix-là. Un tri complet donne la
# même liste.
#
# Laissez les arguments tels quels : l'appelant a encore besoin des scores.

# %%
def top_n(scores, seen, n=10):
    """Les n items non vus de plus haut score, le meilleur d'abord ; ex æquo dans un ordre
    quelconque.

    scores : tableau de flottants (I,), la valeur i est le score de l'item i ; plus c'est haut,
    mieux c'est, signe quelconque.
    seen : set d'items à laisser de côté, éventuellement vide.
    Renvoie un tableau d'entiers (n,), les items, plus court s'il en reste moins.
    """
    # À FAIRE : laisser de côté les items vus, ordonner les autres par score, couper la liste.
    raise NotImplementedError("top_n")


# %% tags=["check"]
check("top_n")

# %% [markdown]
# ## À vous : des titres pour une personne
#
# Deux espaces d'identifiants se rencontrent ici :
#
# | | brut (MovieLens) | encodé (modèle) |
# |---|---|---|
# | utilisateur | `raw_user_id` | `user_map[raw_user_id]`, une clé de `seen` |
# | film | `movieId`, dans `movies` | ligne de la table des items, dans `seen`, position dans `scores` |
#
# `item_classes` permet le retour : `item_classes[row]` est le movieId. `movies` a son propre ordre
# et des films que personne n'a notés : passez donc par sa colonne `movieId`, jamais par la
# position. Les titres ne sont pas une clé non plus : il y a des films différents qui portent le
# même nom.

# %%
def recommend(model, raw_user_id, user_map, item_classes, seen, movies, n=10):
    """Les n meilleurs films non vus d'un utilisateur, dans un tableau lisible.

    model : un modèle Keras avec les entrées [user, item] et la sortie (b, 1) ou (b,).
    raw_user_id : entier, l'identifiant de l'utilisateur dans MovieLens.
    user_map : dict identifiant brut -> ligne ; item_classes : tableau d'entiers (I,), le movieId
    de chaque ligne.
    seen : dict utilisateur -> set d'items, tous deux encodés, issu de `seen_items` ; un
    utilisateur sans note dans train n'y figure pas.
    movies : DataFrame avec les colonnes movieId, title ; son ordre lui est propre, et il peut
    contenir d'autres films.
    Renvoie un DataFrame avec les colonnes movieId, title, score (celui du modèle), le meilleur
    d'abord : n lignes, ou autant qu'il en reste.
    Lève KeyError pour un utilisateur qui n'est pas dans `user_map`.
    """
    # À FAIRE : encoder l'utilisateur, donner un score à chaque item, prendre les meilleurs,
    # chercher leurs identifiants et leurs titres.
    raise NotImplementedError("recommend")


# %% tags=["check"]
check("recommend")

# %% [markdown]
# ## Sur MovieLens : la liste d'une personne
#
# Entraînez le modèle de l'étape 6, puis regardez un utilisateur. D'abord ce qu'il a aimé, ensuite
# ce que votre fonction recommande. La dernière colonne dit comment il a noté un film de la liste
# dans les lignes de test cachées. Elle est en grande partie vide, ou même entièrement, car personne
# ne note tout ce qui lui aurait plu.

# %% tags=["demo"]
encoding = carry_over("02_encode_split")
training = carry_over("05_training")
biased = carry_over("06_biases")

dataset = data.load(bad_rows="skip")
ratings, movies = dataset
user_classes, user_map = encoding.fit_encoder(ratings["userId"])
item_classes, item_map = encoding.fit_encoder(ratings["movieId"])
n_users, n_items = len(user_map), len(item_map)


train, val, test = (
    encoding.encoded(part, user_map, item_map) for part in encoding.split_ratings(ratings)
)
keras.utils.set_random_seed(0)
model = biased.build_biased_mf(n_users, n_items, 64, train["rating"].mean())
pairs, val_pairs = (encoding.make_xy(part, user_map, item_map) for part in (train, val))
history = training.compile_and_fit(model, pairs, val_pairs, batch_size=2048)
print(f"{dataset.name} : {len(train):,} lignes d'entraînement, {len(history.history['loss'])} "
      f"époques")

# %% tags=["demo"]
seen_in_train = seen_items(train)
n_rated = pd.Series({user: len(items) for user, items in seen_in_train.items()})
user = (n_rated - 100).abs().idxmin()
raw_user_id = int(np.asarray(user_classes)[user])

rows = train[train["user"] == user].merge(movies, on="movieId")
liked = rows.sort_values(["rating", "timestamp"], ascending=False).head(10)
print(f"l'utilisateur {raw_user_id} a noté {len(rows)} films d'entraînement ; ses préférés :")
print(liked[["rating", "title", "genres"]].to_string(index=False))

# %% tags=["demo"]
listed = recommend(model, raw_user_id, user_map, item_classes, seen_in_train, movies)
hidden = test.loc[test["user"] == user, ["movieId", "rating"]]
listed = listed.merge(movies[["movieId", "genres"]], on="movieId")
listed = listed.merge(hidden.rename(columns={"rating": "note cachée"}), on="movieId", how="left")
print(listed.round(2).to_string(index=False, na_rep=""))

# %% [markdown]
# ## À vous : quelqu'un de nouveau
#
# Jusqu'ici, tout le monde avait une ligne dans la table. Quelqu'un qui arrive sur le site
# aujourd'hui n'en a pas, et il n'est pas question de réentraîner pour chaque visiteur. Mais
# regardez le modèle en gardant fixe le côté des items :
#
# $$\hat r_{ui} = \mu + b_i + b_u + q_i^\top p_u$$
#
# Une fois $\mu$, $b_i$ et $q_i$ donnés, les inconnues $b_u$ et $p_u$ interviennent de façon
# *linéaire*. Quelques notes suffisent : les meilleurs $b_u$ et $p_u$ sont la solution exacte d'une
# petite régression ridge, un système de $K + 1$ équations : minimiser
#
# $$\sum_{i}\bigl(r_i - \mu - b_i - b_u - q_i^\top p_u\bigr)^2
#   + \lambda\,\bigl(b_u^2 + \lVert p_u\rVert^2\bigr)$$
#
# sur les films $i$ que la nouvelle personne a notés. Écrivez la régression avec une ligne $(1,
# q_i)$ par note, et un seul vecteur $(b_u, p_u)$ d'inconnues.
#
# La pénalité y figure **une fois**, pas une fois par note. Pourquoi $\lambda = 5$ est-il tellement
# plus grand que le `l2` de 0,0001 de l'étape 6 ? Keras ajoute `l2` fois les carrés à l'erreur
# quadratique *moyenne* d'un lot. En multipliant par le nombre de notes d'entraînement (la
# démonstration ci-dessus l'affiche), on obtient la même pénalité à côté de la *somme* des erreurs
# au carré : environ 7 sur ml-latest-small, environ 4 sur les notes simulées.

# %%
def fold_in(ratings, items, item_factors, item_bias, mu, reg=5.0):
    """Le biais et les facteurs d'un nouvel utilisateur à partir de quelques notes ; le côté des
    items ne bouge pas.

    ratings : étoiles, tableau ou liste (m,) ; items : les lignes des items notés, entiers (m,) ;
    m peut valoir 0.
    item_factors : tableau de flottants (I, K) ; item_bias : tableau de flottants (I,) ; mu :
    float ; reg : float supérieur à 0.
    Renvoie (b_u, p_u), un float et un tableau de flottants (K,) : ceux qui minimisent exactement
    somme (r - mu - b_i - b_u - q_i.p_u)^2 + reg (b_u^2 + |p_u|^2), la pénalité comptée une seule
    fois.
    Sans notes : 0.0 et des zéros.
    """
    # À FAIRE : ce qui reste des notes ; une ligne (1, q_i) par note ; résoudre pour (b_u, p_u)
    # ensemble.
    raise NotImplementedError("fold_in")


# %% tags=["check"]
check("fold_in")

# %% [markdown]
# ## Notez quinze films, recevez votre liste
#
# À votre tour maintenant. Donnez des étoiles aux films que vous avez vus, et laissez les autres de
# côté. Vos étoiles restent dans votre dossier.

# %% tags=["demo"]
mine = rate_films(movies, ratings)
mine

# %% [markdown]
# La pénalité nous apprend quelque chose au passage. Au minimum, la dérivée est nulle, ce qui donne
# $p_u = \frac{1}{\lambda}\sum_j e_j\, q_j$ : chaque note tire $p_u$ vers son film, avec une force
# proportionnelle à la part de la note que le modèle n'explique pas, son erreur $e_j$. La partie
# personnelle d'un score se décompose donc en une part par note,
#
# $$q_i^\top p_u = \frac{1}{\lambda}\sum_j e_j\; q_i^\top q_j$$
#
# et pour chaque film de la liste vous pouvez dire laquelle de vos notes a le plus plaidé pour lui.

# %% tags=["demo"]
def table(name, n_rows):
    return model.get_layer(name).get_weights()[0][:n_rows]


q, b_item = table("item_embedding", n_items), table("item_bias", n_items)[:, 0]
mu, reg = float(train["rating"].mean()), 5.0
names = movies.set_index("movieId")["title"].reindex(np.asarray(item_classes)).to_numpy()

if len(mine) >= 3:
    given_stars, given_items = np.array(list(mine.values())), encoding.encode(list(mine), item_map)
else:
    print("Notez au moins trois films ci-dessus. En attendant, voici les quinze premières notes "
          "de cet utilisateur :")
    first = train[train["user"] == user].head(15)
    given_stars, given_items = first["rating"].to_numpy(), first["item"].to_numpy()

b_u, p_u = fold_in(given_stars, given_items, q, b_item, mu, reg)
errors = given_stars - (mu + b_item[given_items] + b_u + q[given_items] @ p_u)
print(f"biais {b_u:+.2f}, longueur de p_u {np.linalg.norm(p_u):.2f}")

scores = mu + b_item + b_u + q @ p_u
for item in top_n(scores, set(given_items.tolist()), 10):
    shares = errors * (q[given_items] @ q[item]) / reg
    most = np.argmax(shares)
    because = f"{given_stars[most]:g} étoiles à {names[given_items[most]]} ({shares[most]:+.3f})"
    taste = f"{q[item] @ p_u:+.2f} dû aux goûts"
    print(f"{scores[item]:.2f} ({taste})  {names[item]}, en raison de {because}")

# %% [markdown]
# Comparez les nombres « dû aux goûts » aux scores. Quinze notes déplacent un score de quelques
# dixièmes d'étoile ; l'essentiel d'un score est le même pour tout le monde, la moyenne et le biais
# propre du film. Les films que tout le monde aime sont donc en haut de la liste, et c'est
# raisonnable : quelques notes ne méritent pas qu'on leur fasse davantage confiance. Remplacez une
# note par son contraire et exécutez de nouveau la cellule : quels films apparaissent, lesquels
# disparaissent ?

# %% [markdown]
# ## Toutes les listes d'un coup
#
# Interroger `recommend` utilisateur par utilisateur demande chaque fois un `predict`. L'étape 4
# avait un moyen plus rapide : un seul produit de matrices. Écrivez l'équation (4) de Koren pour un
# seul utilisateur :
#
# $$\hat r_{ui} = \mu + b_u + b_i + q_i^\top p_u$$
#
# Dans une même liste, $\mu$ et $b_u$ sont les mêmes pour tous les films : ils décalent les scores
# sans toucher à l'ordre. Il suffit donc de $b_i + q_i^\top p_u$.
#
# Cette fonction vous est donnée, et les étapes suivantes la reprennent.

# %% tags=["given"]
def ranking_scores(model, n_users, n_items):
    """b_i + q_i · p_u pour chaque paire, un tableau de flottants (U, I) : ce qui ordonne les
    films de chaque utilisateur."""

    def table(name, n_rows):
        return model.get_layer(name).get_weights()[0][:n_rows]

    p, q = table("user_embedding", n_users), table("item_embedding", n_items)
    return p @ q.T + table("item_bias", n_items)[:, 0]


# %% tags=["demo"]
scores = ranking_scores(model, n_users, n_items)
lists = {user: top_n(scores[user], mine) for user, mine in seen_in_train.items()}
places = np.concatenate(list(lists.values()))
print("même liste qu'avant :", set(np.asarray(item_classes)[lists[user]]) == set(listed["movieId"]))
n_films = len(np.unique(places))
print(f"{len(lists):,} listes ont {len(places):,} places, occupées par {n_films:,} films")
in_lists = np.bincount(places, minlength=n_items)
print(f"le film le plus recommandé est dans {in_lists.max() / len(lists):.0%} des listes")
shared = np.sum(in_lists * (in_lists - 1)) / (len(lists) * (len(lists) - 1))
print(f"les listes de deux utilisateurs ont en moyenne {shared:.1f} films en commun")

# %% [markdown]
# Comparez maintenant trois populations : les films du catalogue, chacun une fois ; les films que
# les gens ont notés, chacun autant de fois qu'il l'a été ; et les films de vos listes. Où les
# listes se placent-elles sur l'échelle qui va de l'obscur au célèbre ? Le modèle n'a jamais vu
# d'effectif. Il ramène vers la moyenne ce qu'il connaît mal (c'est le rétrécissement, ou
# shrinkage), et un film proche de la moyenne n'arrive chez personne dans les dix premières places.

# %% tags=["demo"]
n_ratings = np.bincount(train["item"], minlength=n_items)
crowds = {
    "catalogue": n_ratings[n_ratings > 0],
    "notés par les utilisateurs": n_ratings[train["item"]],
    "recommandés": n_ratings[places],
}
edges = 2 ** np.arange(int(np.log2(n_ratings.max())) + 2)

figure, axes = plt.subplots()
for name, counts in crowds.items():
    shares, _ = np.histogram(counts, edges)
    axes.stairs(shares / len(counts), edges, label=name, linewidth=2.5)
    print(f"{name} : médiane de {np.median(counts):.0f} notes")
axes.set(xscale="log", xlabel="notes du film dans train (chaque cran double)", ylabel="part")
axes.set_xticks(edges, edges)
axes.minorticks_off()
axes.set_title("Les listes sont faites de films connus")
axes.legend()
show(figure, "07-popularity-of-lists")

# %% [markdown]
# ## Enregistrer, recharger, servir un utilisateur
#
# Un service n'entraîne pas quand un visiteur arrive. Il charge ce qui a été entraîné la nuit
# précédente, et il répond. Trois choses doivent être enregistrées **ensemble** : le modèle, les
# identifiants bruts de ses lignes (un autre découpage ou un autre fichier donnerait d'autres
# identifiants aux lignes), et ce que chaque utilisateur a vu. Un fichier `.keras` contient les
# couches et les poids, et rien des identifiants.

# %% tags=["demo"]
folder = Path("served")
folder.mkdir(exist_ok=True)
model.save(folder / "model.keras")
np.savez(folder / "ids.npz", users=np.asarray(user_classes), items=np.asarray(item_classes))
history_of = {user: sorted(int(item) for item in items) for user, items in seen_in_train.items()}
(folder / "seen.json").write_text(json.dumps(history_of))

SERVER = """
import json, sys
from pathlib import Path
from time import perf_counter
import keras
import numpy as np

folder, raw_user_id = Path(sys.argv[1]), int(sys.argv[2])
start = perf_counter()
model = keras.models.load_model(folder / "model.keras")
ids = np.load(folder / "ids.npz")
row_of = {int(raw): row for row, raw in enumerate(ids["users"])}
seen = {int(user): items for user, items in json.loads((folder / "seen.json").read_text()).items()}
n_users, n_items = len(ids["users"]), len(ids["items"])
p = model.get_layer("user_embedding").get_weights()[0][:n_users]
q = model.get_layer("item_embedding").get_weights()[0][:n_items]
b = model.get_layer("item_bias").get_weights()[0][:n_items, 0]
print(f"chargement en {perf_counter() - start:.2f} s")

def serve(raw, n=10):
    user = row_of[raw]
    scores = b + q @ p[user]
    scores[seen.get(user, [])] = -np.inf
    best = np.argpartition(-scores, n)[:n]
    return ids["items"][best[np.argsort(-scores[best])]]

times = []
for raw in ids["users"][:200]:
    start = perf_counter()
    serve(int(raw))
    times.append(perf_counter() - start)
print(f"une liste prend {1000 * np.median(times):.3f} ms (médiane sur {len(times)} utilisateurs)")
print(json.dumps(serve(raw_user_id).tolist()))
"""
(folder / "serve.py").write_text(SERVER, encoding="utf-8")
command = [sys.executable, str(folder / "serve.py"), str(folder), str(raw_user_id)]
answer = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
served = []
if answer.returncode == 0:
    *lines, last = answer.stdout.strip().splitlines()
    served = json.loads(last)
    print("\n".join(lines))
    print("même liste que celle de `recommend` :", set(served) == set(listed["movieId"]))
else:
    print("Le nouveau processus s'est "
          "interrompu :", (answer.stderr.strip().splitlines() or ["aucune raison donnée"])[-1])

# %% [markdown]
# Le nouveau processus ne sait rien de ce notebook : l'accord des deux listes est donc un test de ce
# qui a été enregistré. Une liste, c'est le produit d'une matrice et d'un vecteur, puis un tri
# partiel ; aucun appel à Keras n'est nécessaire. Si votre processus s'est interrompu sur une
# couche, c'est que votre modèle contient du code : une classe à vous, qu'un fichier `.keras`
# n'emporte pas, ou une couche `Lambda`, que Keras refuse de charger depuis un fichier.

# %% [markdown]
# ## À discuter
#
# - Regardez la liste ci-dessus à côté de ce que l'utilisateur a aimé. Quels films défendriez-vous,
#   et avec quels arguments ?
# - Deux utilisateurs, deux listes : combien de films ont-elles en commun ? Que changeriez-vous si
#   vous ne vouliez pas d'une vitrine qui montre les dix mêmes films à tout le monde ?
# - Un film a une seule note, cinq étoiles. Où vient-il dans une liste triée par note moyenne, et où
#   dans la vôtre ? Quel terme de l'étape 6 en décide ?
# - Retirez aussi des listes les films de test. Qu'arrive-t-il à chaque mesure de leur qualité ?
# - Un utilisateur a noté dix films, tous des films d'horreur, tous avec une étoile. Que sait le
#   modèle de cet utilisateur, et que recommanderiez-vous ?

# %% [markdown] tags=["answer"]
# *Écrivez vos réponses ici : double-cliquez sur ce texte et remplacez-le.*

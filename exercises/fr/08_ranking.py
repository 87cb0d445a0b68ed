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
# # 8 · Évaluer des listes
#
# **Jour 2-3 · 115 minutes · 10 points**
#
# À la fin de cette étape, vous savez :
# - évaluer une liste d'après ce qu'elle trouve : précision, rappel et nDCG à k ;
# - faire la moyenne sur les utilisateurs sans embellir vos résultats ;
# - construire le modèle de référence (baseline) que tout système de recommandation doit battre, la
#   popularité, et voir combien c'est difficile ;
# - poser la question de l'avenir : découper selon le temps, et dire ce que cachent un découpage
#   aléatoire et un échantillon de candidats.
#
# Vous écrivez six fonctions : `precision_at_k` (1 point), `recall_at_k` (1), `ndcg_at_k` (3),
# `evaluate_ranking` (2), `popularity_recommendations` (2) et `split_by_time` (1).

# %%
import recommender_data as data
from autograder import carry_over, check, show, use_style

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

use_style()

# %% [markdown]
# ## La RMSE répond à une autre question
#
# La RMSE mesure de combien vous vous trompez sur les films que les gens *ont choisi de noter*. Une
# liste, elle, se compose de films qu'ils n'ont pas encore choisis. Il y en a des milliers, et
# seules les premières places sont regardées. Un modèle peut être bon dans un cas et mauvais dans
# l'autre.
#
# Cachez donc une partie de ce que chaque utilisateur aime, faites une liste avec le reste, et
# regardez si la liste retrouve ce qui était caché. Ici, un film caché est **pertinent**
# (*relevant*) s'il a quatre étoiles ou plus. Tout ce que l'utilisateur n'a pas noté dans le jeu
# d'entraînement est candidat, pas seulement les films cachés : un service en production ne sait pas
# non plus ce que vous allez regarder.

# %% [markdown]
# ## Un exemple détaillé
#
# Cinq films sont recommandés, le meilleur en premier. Deux des trois films pertinents en font
# partie : ce sont les succès (*hits*).

# %%
recommended = [7, 3, 9, 1, 4]
relevant = {3, 4, 8}

hits = np.array([item in relevant for item in recommended], dtype=float)
print("succès par place :      ", hits)
print("précision à 5 :         ", hits.sum() / 5)
print("rappel à 5 :            ", round(hits.sum() / len(relevant), 3))

discounts = 1 / np.log2(np.arange(1, 6) + 1)
print("valeur de chaque place :", discounts.round(3))
print("DCG, ce qui est trouvé :", round((hits * discounts).sum(), 3))
print("le maximum possible :   ", round(discounts[:3].sum(), 3), "- succès aux places 1, 2 et 3")
print("nDCG à 5 :              ", round((hits * discounts).sum() / discounts[:3].sum(), 3))

# %% [markdown]
# ## À vous : la précision
#
# Des k places dont vous disposiez, combien contiennent quelque chose de pertinent ?
#
# $$\mathrm{precision@}k = \frac{\text{succès jusqu'à la place } k}{k}$$
#
# Le dénominateur est toujours k. Une liste qui s'arrête trop tôt laisse des places vides, et une
# place vide n'est pas un succès.


# %%
def precision_at_k(recommended, relevant, k):
    """La part des k premières places qui contiennent un item pertinent.

    recommended : items, le meilleur en premier (liste ou tableau d'entiers), éventuellement
    moins ou plus de k.
    relevant : ensemble d'items. k : entier, au moins 1.
    Renvoie un flottant entre 0 et 1.
    """
    # À FAIRE : compter les succès parmi les k premiers, diviser par k.
    raise NotImplementedError("precision_at_k")


# %% tags=["check"]
check("precision_at_k")

# %% [markdown]
# ## À vous : le rappel
#
# De tout ce qu'il y avait à trouver, quelle part avez-vous trouvée ?
#
# $$\mathrm{recall@}k = \frac{\text{succès jusqu'à la place } k}{\text{nombre d'items pertinents}}$$


# %%
def recall_at_k(recommended, relevant, k):
    """La part des items pertinents qui figurent dans les k premières places.

    recommended : items, le meilleur en premier (liste ou tableau d'entiers), éventuellement
    moins ou plus de k.
    relevant : ensemble d'items, au moins un. k : entier, au moins 1.
    Renvoie un flottant entre 0 et 1.
    """
    # À FAIRE : compter les succès parmi les k premiers, diviser par le nombre d'items pertinents.
    raise NotImplementedError("recall_at_k")


# %% tags=["check"]
check("recall_at_k")

# %% [markdown]
# ## À vous : le nDCG
#
# La précision et le rappel ne regardent pas à quelle place de la liste se trouve un succès. Les
# gens, si. Le *gain cumulé avec décote* (*discounted cumulative gain*, DCG) donne à un succès à la
# place $r = 1, 2, \dots$ la valeur $1 / \log_2(r + 1)$, puis additionne ces valeurs :
#
# $$\mathrm{DCG@}k = \sum_{r=1}^{k} \frac{\mathrm{hit}_r}{\log_2(r + 1)}$$
#
# À partir de combien est-ce beaucoup ? Divisez par ce que la meilleure liste aurait pu atteindre :
# des items pertinents à toutes ses premières places, autant qu'il en existe, mais pas plus de k.
# C'est le nDCG, entre 0 et 1.


# %%
def ndcg_at_k(recommended, relevant, k):
    """Gain cumulé avec décote, normalisé (nDCG), des k premières places, avec une pertinence
    binaire.

    Un succès au rang r = 1, 2, ... rapporte 1 / log2(r + 1) ; la somme est divisée par celle de
    la meilleure liste possible, qui a min(k, nombre d'items pertinents) succès à ses premières
    places.
    recommended : items, le meilleur en premier (liste ou tableau d'entiers), éventuellement
    moins ou plus de k.
    relevant : ensemble d'items, au moins un. k : entier, au moins 1.
    Renvoie un flottant entre 0 et 1.
    """
    # À FAIRE : additionner les succès avec leur décote, puis diviser par la meilleure somme
    # possible.
    raise NotImplementedError("ndcg_at_k")


# %% tags=["check"]
check("ndcg_at_k")

# %% [markdown]
# ## À vous : tous les utilisateurs
#
# Un système de recommandation se juge à la moyenne sur les utilisateurs, une voix pour chacun.
# Décidez avec soin à qui vous donnez une voix :
#
# - un utilisateur sans rien de pertinent dans la partie cachée ne pouvait pas être aidé : ne le
#   comptez pas ;
# - un utilisateur à qui vous n'avez rien recommandé aurait pu l'être : son score est 0. Sinon, un
#   service qui ne sert que son utilisateur le plus facile à satisfaire gagnerait.


# %%
def evaluate_ranking(recommended, relevant, k):
    """Moyenne de la précision, du rappel et du nDCG à k sur les utilisateurs qui ont au moins un
    item pertinent.

    recommended : dictionnaire utilisateur -> items, le meilleur en premier (liste ou tableau
    d'entiers) ; un utilisateur peut y manquer.
    relevant : dictionnaire utilisateur -> ensemble d'items ; un ensemble peut être vide. k :
    entier, au moins 1.
    Renvoie un dictionnaire de flottants `precision`, `recall`, `ndcg` ; un utilisateur sans
    recommandation a un score de 0.
    """
    # À FAIRE : choisir les utilisateurs, évaluer la liste de chacun, calculer les moyennes.
    raise NotImplementedError("evaluate_ranking")


# %% tags=["check"]
check("evaluate_ranking")

# %% [markdown]
# ## À vous : le modèle de référence
#
# Recommandez à tout le monde les films que le plus de gens ont notés, moins ceux que la personne a
# déjà vus. Ce modèle ne sait rien de personne, et il est difficile à battre : ce que beaucoup
# regardent, beaucoup le regarderont.
#
# Seuls les films qui ont une note dans le jeu d'entraînement peuvent être recommandés ; c'est là
# qu'il faut compter, et nulle part ailleurs.


# %%
def popularity_recommendations(train, seen, n=10):
    """Les items les plus notés de train que chaque utilisateur n'a pas vus ; ex æquo dans un
    ordre quelconque.

    train : DataFrame avec les colonnes user, item (encodées) ; une ligne par note.
    seen : dictionnaire utilisateur -> ensemble d'items ; une liste est faite pour chacun de ses
    utilisateurs.
    Renvoie un dictionnaire : utilisateur -> tableau d'entiers (n,), le plus noté en premier,
    plus court s'il reste moins d'items.
    """
    # À FAIRE : classer les items une seule fois ; par utilisateur, écarter ce qui est vu, puis
    # couper.
    raise NotImplementedError("popularity_recommendations")


# %% tags=["check"]
check("popularity_recommendations")

# %% [markdown]
# ## Des systèmes de recommandation sur MovieLens
#
# Cachez les lignes de test. Ce qu'un utilisateur y a aimé, avec quatre étoiles ou plus, est
# pertinent. N'écartez des listes que ce qui a été vu dans le jeu d'entraînement. Les lignes de
# validation jouent le même rôle partout où il faut choisir quelque chose.

# %% tags=["demo"]
encoding = carry_over("02_encode_split")
training = carry_over("05_training")
biased = carry_over("06_biases")
recommending = carry_over("07_recommend")

dataset = data.load(bad_rows="skip")
ratings, movies = dataset
user_classes, user_map = encoding.fit_encoder(ratings["userId"])
item_classes, item_map = encoding.fit_encoder(ratings["movieId"])
n_users, n_items, n_factors = len(user_map), len(item_map), 64


def liked(part):
    return recommending.seen_items(part[part["rating"] >= 4])


train, val, test = (
    encoding.encoded(part, user_map, item_map) for part in encoding.split_ratings(ratings)
)
seen, relevant = recommending.seen_items(train), liked(test)
print(f"{dataset.name} : {len(relevant):,} utilisateurs sur {n_users:,} ont aimé un film du jeu "
      f"de test")

# %% [markdown]
# ## Le même réseau, une autre question
#
# Le modèle de notes de l'étape 6 apprend à partir de lignes qui existent : des films que quelqu'un
# a choisi de regarder. Mais une liste doit choisir parmi tous les films, et pour la plupart il n'y
# a pas de ligne. *Qu'il y ait une ligne* est aussi une information.
#
# Demandez donc « vu ou non ? » au lieu de « combien d'étoiles ? ». Chaque ligne d'entraînement est
# un 1. Pour chacune, tirez au hasard quatre films pour le même utilisateur et donnez-leur la valeur
# 0 : ce sont des **exemples négatifs** (*negative samples*). L'utilisateur en a noté quelques-uns ;
# la cellule affiche combien. Refaites le tirage à chaque époque, pour qu'une erreur ne reste pas.
#
# Une autre question demande d'autres réglages. Voici tout ce qui diffère ; les couches et les
# facteurs sont les mêmes :
#
# | | modèle de notes | vu ou non |
# |---|---|---|
# | lignes | entraînement | entraînement, et quatre tirées pour chacune |
# | cible, fonction de perte | étoiles, erreur quadratique | 1 ou 0, entropie croisée d'une sigmoïde |
# | $\mu$ | moyenne du jeu d'entraînement | 0 |
# | entraînement | celui de l'étape 5, jusqu'à ce que la validation l'arrête | Adam à 0,01, six époques |
# | lignes par lot | 2 048 | 4 096 |
# | pénalité | choisie sur la validation | choisie sur la validation |
#
# Dans chaque colonne, la pénalité accompagne une autre fonction de perte : aucun des deux modèles
# ne peut donc emprunter celle de l'autre. Les deux essaient les deux mêmes valeurs.

# %% tags=["demo"]
N_NEGATIVES, PENALTIES = 4, (1e-4, 1e-5)


def fit_stars(train, val, l2):
    pairs, val_pairs = (encoding.make_xy(part, user_map, item_map) for part in (train, val))
    keras.utils.set_random_seed(0)
    model = biased.build_biased_mf(n_users, n_items, n_factors, train["rating"].mean(), l2=l2)
    training.compile_and_fit(model, pairs, val_pairs, batch_size=2048)
    return model


def with_negatives(train, rng):
    """Les paires de train, étiquetées 1, et pour chacune quatre items au hasard, étiquetés 0."""
    users = np.tile(train["user"], 1 + N_NEGATIVES)
    items = np.concatenate([train["item"], rng.integers(n_items, size=N_NEGATIVES * len(train))])
    watched = np.repeat([1.0, 0.0], [len(train), N_NEGATIVES * len(train)])
    return [users.reshape(-1, 1), items.reshape(-1, 1)], watched


def fit_watched(train, _val, l2):
    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    model = biased.build_biased_mf(n_users, n_items, n_factors, mu=0.0, l2=l2)
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01), loss=cross_entropy)
    for _epoch in range(6):
        model.fit(*with_negatives(train, rng), batch_size=4096, verbose=0)
    return model


is_rated = np.zeros((n_users, n_items), dtype=bool)
is_rated[train["user"], train["item"]] = True
(users, items), watched = with_negatives(train, np.random.default_rng(0))
wrong_zeros = is_rated[users[watched == 0], items[watched == 0]].mean()
busiest = is_rated.mean(axis=1).max()
print(f"zéros que l'utilisateur a notés dans train : {wrong_zeros:.1%}")
print(f"l'utilisateur le plus actif a noté {busiest:.0%} des films, l'utilisateur moyen "
      f"{is_rated.mean():.1%}")

# %% [markdown]
# Maintenant, les listes de tout le monde. Dans une même liste, $\mu$ et $b_u$ ne changent rien :
# c'est $b_i + q_i^\top p_u$ qui fait le classement.


# %% tags=["demo"]
def lists_by(scores, seen):
    return {user: recommending.top_n(scores[user], items) for user, items in seen.items()}


def ndcg_of(lists, relevant):
    return evaluate_ranking(lists, relevant, k=10)["ndcg"]


questions = {"modèle de notes": fit_stars, "vu ou non": fit_watched}
scores = {
    (name, l2): recommending.ranking_scores(fit(train, val, l2), n_users, n_items)
    for name, fit in questions.items()
    for l2 in PENALTIES
}
grid = pd.DataFrame(
    {
        part: {key: ndcg_of(lists_by(table, seen), hidden) for key, table in scores.items()}
        for part, hidden in (("validation", liked(val)), ("test", relevant))
    }
)
grid.index.names = "question", "pénalité"
print("nDCG à 10, 64 facteurs")
print(grid.round(3).to_string())
chosen = {name: grid.loc[name, "validation"].idxmax() for name in questions}

# %% tags=["demo"]
rng = np.random.default_rng(0)
scores = {
    "hasard": rng.random((n_users, n_items)),
    "popularité": np.tile(np.bincount(train["item"], minlength=n_items), (n_users, 1)),
    **{name: scores[name, l2] for name, l2 in chosen.items()},
}
lists = {name: lists_by(table, seen) for name, table in scores.items()}
lists["popularité"] = popularity_recommendations(train, seen)
measures = {name: evaluate_ranking(items, relevant, k=10) for name, items in lists.items()}
table = pd.DataFrame(measures).T
print(table.round(3).to_string())

figure, axes = plt.subplots()
table.rename(columns={"ndcg": "nDCG"}).plot.bar(ax=axes, rot=0, width=0.75)
axes.axhline(table.loc["popularité", "ndcg"], color="black", linestyle="--", linewidth=1.5)
axes.set(ylabel="moyenne sur les "
                "utilisateurs, à 10", title="La popularité est difficile à battre (tirets : son "
                                            "nDCG)")
show(figure, "08-four-recommenders")

# %% [markdown]
# Lisez d'abord le petit tableau. Avec la plus grande pénalité, « vu ou non ? » a un score voisin de
# celui de la popularité. Avec la plus petite, il est loin devant. Pour le modèle de notes, c'est la
# plus grande qui convient. Le gain demande donc les deux : une autre question, et une pénalité qui
# lui soit propre ; avec une seule pénalité pour les deux, c'est la pénalité qui aurait décidé. Les
# lignes de validation la choisissent, et les lignes de test confirment.
#
# Lisez ensuite la figure à partir de la ligne en tirets. **La popularité est difficile à battre.**
# On ne lui a donné aucun goût, et le modèle de notes, le meilleur de l'étape 6 selon la RMSE, ne la
# dépasse pas. Ce modèle n'est pas défaillant : il répond à la question sur laquelle il a été
# entraîné, « combien d'étoiles, *si* vous le regardez ? ».
#
# Soyez juste aussi dans l'autre sens. Les lignes cachées sont des films que les gens ont trouvés
# *sans* vos listes, souvent parce qu'ils étaient célèbres. Ce test récompense la popularité, et il
# ne distingue pas une recommandation inutile d'une excellente recommandation que l'utilisateur n'a
# jamais croisée. Et un découpage n'est qu'un découpage : changez de graine avant de croire à une
# petite différence.

# %% [markdown]
# ## À vous : découper selon le temps
#
# Un découpage aléatoire peut cacher la première note d'un utilisateur et montrer la dernière au
# modèle. Un système en production ne connaît jamais cette situation : il sait ce qui est venu
# avant, et on l'interroge sur ce qui vient après. Cachez donc les **dernières** lignes de chaque
# utilisateur, d'après leur timestamp. (Les lignes plus tardives des autres utilisateurs restent
# dans le jeu d'entraînement. Seule une coupure de tous les utilisateurs au même moment les
# retirerait, et la plupart des utilisateurs avec elles ; la démonstration le montre.)
#
# Chaque utilisateur donne une part de ses propres lignes, à une ligne près : un cinquième de sept
# lignes, c'est une ou deux. Les lignes de la même seconde n'ont pas d'ordre, donc n'importe
# laquelle peut passer en premier. Les lignes elles-mêmes restent comme elles sont, avec leurs
# colonnes et leurs étiquettes dans l'index.


# %%
def split_by_time(ratings, test_fraction=0.2):
    """Cache les dernières lignes de chaque utilisateur.

    ratings : DataFrame encodé, une ligne par note, avec les colonnes user et timestamp et
    n'importe quelles autres, dans n'importe quel ordre ; son index peut avoir des étiquettes
    quelconques, chacune une seule fois.
    test_fraction : part des lignes de chaque utilisateur, à une ligne près, qui va dans test.
    Renvoie deux DataFrames (train, test) qui, ensemble, contiennent chaque ligne une fois, avec
    ses colonnes et son étiquette. Aucune ligne de test n'est plus ancienne qu'une ligne de train
    du même utilisateur.
    """
    # À FAIRE : pour chaque ligne, sa place dans le temps parmi les lignes de son utilisateur ; puis
    # deux masques.
    raise NotImplementedError("split_by_time")


# %% tags=["check"]
check("split_by_time")

# %% [markdown]
# ## Les mêmes systèmes, interrogés sur l'avenir
#
# Cachez le dernier cinquième des lignes de chaque utilisateur et, pour choisir le nombre d'époques,
# le dernier huitième de ce qui reste. Ainsi, toutes les parties sont aussi grandes qu'avant. Seules
# leurs lignes sont différentes. Les pénalités restent celles que les lignes de validation du
# découpage aléatoire ont choisies.

# %% tags=["demo"]
past, future = split_by_time(encoding.encoded(ratings, user_map, item_map))
earlier, recent = split_by_time(past, test_fraction=0.125)
seen_earlier, liked_later = recommending.seen_items(earlier), liked(future)

by_time = {"popularité": popularity_recommendations(earlier, seen_earlier)}
for name, fit in questions.items():
    model = fit(earlier, recent, chosen[name])
    by_time[name] = lists_by(recommending.ranking_scores(model, n_users, n_items), seen_earlier)


def ndcg_by_user(lists, relevant):
    return np.array([ndcg_at_k(lists.get(u, []), items, 10) for u, items in relevant.items()])


rows = {}
for name in by_time:
    now = ndcg_by_user(by_time[name], liked_later)
    ahead = now - ndcg_by_user(by_time["popularité"], liked_later)
    rows[name] = {
        "découpage aléatoire": table.loc[name, "ndcg"],
        "découpage temporel": now.mean(),
        "avance sur la popularité": ahead.mean(),
        "erreur type": ahead.std() / np.sqrt(len(ahead)),
    }
timed = pd.DataFrame(rows).T
print(timed.round(3).to_string())

unknown = ~future["item"].isin(earlier["item"])
moment = ratings["timestamp"].quantile(0.8)
is_late = ratings["timestamp"] > moment
late_users, known_users = (set(ratings.loc[rows, "userId"]) for rows in (is_late, ~is_late))
newcomers = len(late_users - known_users) / len(late_users)
print(f"lignes de l'avenir dont le film n'a aucune note avant : {unknown.mean():.1%}")
print(f"utilisateurs actifs dans le dernier cinquième de toute la durée : {len(late_users)}")
print(f"sans une seule note auparavant : {newcomers:.0%} d'entre eux")

# %% [markdown]
# La troisième colonne est une moyenne de différences, utilisateur par utilisateur : les mêmes
# utilisateurs jugent les deux listes, et ce qu'elles ont en commun s'élimine. L'erreur type est
# celle de ces différences. Si l'avance n'atteint pas deux fois l'erreur type, ne pariez pas dessus.
#
# - Sur `ml-latest-small`, les trois systèmes perdent environ la moitié de leur nDCG. Avec un
#   découpage aléatoire, ils avaient vu des notes des mêmes utilisateurs, données après celles qui
#   étaient cachées. La popularité est maintenant dernière, et la grande avance de « vu ou non » a
#   disparu : ce modèle fait jeu égal avec le modèle de notes. Environ une ligne cachée sur dix
#   concerne un film sans note dans la partie précédente ; ces systèmes ne peuvent placer un tel
#   film dans une liste que par hasard.
# - Sur `simulated`, presque tous les films sont connus dès le début. Les mesures y changent peu, et
#   « vu ou non » reste devant.
#
# Les deux dernières lignes coupent tous les utilisateurs au même moment, comme le fait un
# lancement. La plupart des utilisateurs actifs après ce moment n'ont aucune note avant. Aucune
# table n'a de ligne pour eux : il reste la popularité le premier soir, et `fold_in` de l'étape 7
# après leurs premières notes.

# %% [markdown]
# ## Moins de candidats, un autre résultat
#
# Calculer un score pour tous les films prend du temps. Beaucoup d'articles ne classent donc les
# films cachés que parmi une centaine de films tirés au hasard. Le choix des candidats compte-t-il
# beaucoup ?

# %% tags=["demo"]
everything = set(range(n_items))
rng = np.random.default_rng(0)
hundred = {
    user: items | set(rng.permutation(list(everything - items - seen.get(user, set())))[:100])
    for user, items in relevant.items()
}
in_test = recommending.seen_items(test)


def ndcg_among(table, candidates):
    lists = {u: recommending.top_n(table[u], everything - c) for u, c in candidates.items()}
    return ndcg_of(lists, relevant)


sampled = pd.DataFrame(
    {
        "tous les films non vus": table["ndcg"],
        "cachés et 100 au hasard": {name: ndcg_among(s, hundred) for name, s in scores.items()},
        "notés dans test seulement": {name: ndcg_among(s, in_test) for name, s in scores.items()},
    }
)
print("nDCG à 10, selon ce qui est candidat")
print(sampled.round(3).to_string())
print("en multiples de celui de la popularité")
multiple = sampled / sampled.loc["popularité"]
print(multiple.round(2).to_string())

# %% [markdown]
# Cent films au hasard sont surtout des films inconnus : la popularité suffit à en distinguer les
# films cachés, et « vu ou non » perd une bonne partie de son avance. Parmi les films notés dans le
# jeu de test, que l'utilisateur a tous choisi de regarder, même des listes au hasard ont un bon
# score, et le modèle de notes gagne : c'est sa question. Aucun système en production ne sait quels
# sont ces films. Krichene et Rendle (KDD 2020) montrent qu'un tel échantillon peut inverser l'ordre
# des systèmes. Classez donc tous les films, ou dites ce que vous avez laissé de côté.

# %% [markdown]
# ## Au-delà de l'exactitude
#
# Une moyenne cache qui est bien servi, et le nDCG ne dit pas si une liste valait la peine d'être
# montrée. Trois autres nombres disent à quoi ressemblent les listes ; le tableau du mémo du cours
# les contient aussi.
#
# - **couverture** : la part de tous les films qui figurent dans la liste de quelqu'un ;
# - **popularité**, la colonne : combien de notes le film médian des listes a dans le jeu
#   d'entraînement ;
# - **nouveauté** : à quel point un film des listes surprend, en bits : $-\log_2$ de la part des
#   utilisateurs qui l'ont noté dans le jeu d'entraînement, comme si un utilisateur de plus avait
#   noté tous les films. Chaque bit divise cette part par deux.

# %% tags=["demo"]
n_ratings = np.bincount(train["item"], minlength=n_items)
bits = -np.log2((n_ratings + 1) / (n_users + 1))
rows = {}
for name, items in lists.items():
    places = np.concatenate(list(items.values()))
    rows[name] = {
        "nDCG@10": table.loc[name, "ndcg"],
        "couverture": len(np.unique(places)) / n_items,
        "popularité": np.median(n_ratings[places]),
        "nouveauté": bits[places].mean(),
    }
beyond = pd.DataFrame(rows).T
print(beyond.round(3).to_string())

# %% [markdown]
# La popularité montre le moins de films. Le modèle de notes a presque le même nDCG, couvre
# plusieurs fois plus de films, et ceux-ci sont moins connus. Mais ce sont les listes au hasard qui
# l'emportent en couverture et en nouveauté, et personne n'en veut : ces nombres disent ce qu'une
# liste coûte ou apporte en plus de ses succès, et aucun n'est un but à lui seul. Décidez lequel
# compte *avant* de regarder le tableau.

# %% [markdown]
# ## À discuter
#
# - La RMSE dit une chose, le nDCG une autre. Laquelle de ces mesures montreriez-vous à la
#   direction, et qu'ajouteriez-vous ?
# - Que seraient les mesures si les listes écartaient les films du jeu de test en plus de ceux du
#   jeu d'entraînement ?
# - Un article annonce une grande avance sur la popularité. Quelles trois questions posez-vous sur
#   son découpage, ses candidats et ses modèles de référence ?
# - La popularité remplit les listes de tout le monde avec un petit stock de films. Qui y perd : les
#   utilisateurs, celles et ceux qui font des films, le service ?
# - Un exemple négatif peut être un film que l'utilisateur adorera la semaine prochaine. Qu'en
#   apprend le modèle, et pourquoi l'entraînement marche-t-il quand même ?
# - Quel film est pertinent : quatre étoiles, une note quelconque, un film regardé jusqu'au bout ?
#   Qui décide, et qu'est-ce que cela change ?

# %% [markdown] tags=["answer"]
# *Écrivez vos réponses ici : double-cliquez sur ce texte et remplacez-le.*

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
# # 13 · La confiance
#
# **Bonus · 45 minutes · 5 points**
#
# À la fin de cette étape, vous savez :
# - transformer ce que les gens ont fait en une préférence et en une confiance dans cette
#   préférence ;
# - écrire la fonction de perte pondérée de Koren (8), et entraîner un modèle Keras avec elle ;
# - distinguer ce qu'apportent les zéros de ce qu'apportent les poids.
#
# Vous écrivez trois fonctions : `confidence` (1 point), `weighted_loss` (2) et `fit_weighted` (2).
# Ces points s'ajoutent aux cent points du cours.

# %%
import time
from functools import cache

import recommender_data as data
from autograder import carry_over, check, show, use_style

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

use_style()

# %% [markdown]
# ## Toutes les lignes ne méritent pas la même confiance
#
# Les étoiles sont rares. Un service sait bien mieux ce que les gens ont *fait* : combien de fois
# ils ont regardé un film, jusqu'où, ce qu'ils n'ont jamais touché. L'équation (8) de Koren donne à
# chaque note connue une **confiance** (confidence) $c_{ui}$, et l'erreur sur cette note compte en
# proportion :
#
# $$\min \sum_{(u,i)} c_{ui} \left(r_{ui} - \mu - b_u - b_i - q_i^\top p_u\right)^2
# + \lambda \left(\lVert p_u \rVert^2 + \lVert q_i \rVert^2 + b_u^2 + b_i^2\right)
# \qquad \text{(Koren 8)}$$
#
# La somme de (8) porte sur les paires *connues*, comme avant. Hu, Koren et Volinsky
# (« Collaborative Filtering for Implicit Feedback Datasets », ICDM 2008) poussent les mêmes poids
# plus loin, et cette étape aussi :
#
# - de ce que les gens ont fait, ils déduisent une **préférence** : $r_{ui} = 1$ si l'utilisateur
#   $u$ a vu le film $i$, sinon $0$ ;
# - ils additionnent sur **toutes** les paires, zéros compris. Les films qu'un utilisateur n'a pas
#   vus apportent maintenant une information, même mince ;
# - leur confiance grandit avec le compte : dix visionnages disent « aime ce film » à voix haute ;
#   un seul le dit à voix basse, car quelqu'un d'autre a peut-être choisi ; et un zéro dit peu de
#   chose, car la plupart des gens n'ont jamais entendu parler de la plupart des films.

# %% [markdown]
# ## Un exemple détaillé
#
# Ada a vu un thriller dix fois, une comédie une fois, et une farce jamais. Un seul nombre $x$ doit
# représenter les trois préférences. Lequel ? Calculez les confiances avec $\alpha = 0.5$, puis le
# meilleur $x$, d'abord à la main.

# %%
example = pd.DataFrame({"compte": [10, 1, 0]}, index=["thriller", "comédie", "farce"])
example["préférence"] = (example["compte"] > 0).astype(float)
example["confiance"] = 1 + 0.5 * example["compte"]
example

# %% [markdown]
# La somme $\sum c\,(r - x)^2$ est la plus petite là où sa dérivée est nulle : $\sum c\,(r - x) =
# 0$. C'est le cas à la moyenne des préférences **pondérée** par les confiances. Sans les poids, la
# farce aurait un tiers des voix.

# %%
c, r = example["confiance"], example["préférence"]
print("à poids égaux :", round(r.mean(), 3), " pondéré :", round((c * r).sum() / c.sum(), 3))
for x in (r.mean(), (c * r).sum() / c.sum()):
    print(f"x = {x:.3f} : perte pondérée {(c * (r - x) ** 2).sum():.3f}")

# %% [markdown]
# ## À vous : la confiance
#
# Le choix le plus simple de Hu, Koren et Volinsky croît en ligne droite à partir de 1 :
#
# $$c_{ui} = 1 + \alpha\, n_{ui}$$
#
# $n_{ui}$ est le compte : le nombre de visionnages. Une paire jamais vue garde la confiance 1 :
# c'est peu, mais ce n'est pas rien. Si elle n'en avait aucune, « aime tout » serait une réponse
# parfaite.

# %%
def confidence(counts, alpha):
    """Combien chaque paire compte : 1 + alpha fois son compte.

    counts : tableau de nombres à partir de 0, de forme quelconque ; alpha : float.
    Renvoie un tableau de flottants de la même forme.
    """
    # À FAIRE : une seule expression.
    raise NotImplementedError("confidence")


# %% tags=["check"]
check("confidence")

# %% [markdown]
# ## À vous : la fonction de perte pondérée
#
# C'est la première somme de (8), pour des prédictions que vous avez déjà et des lignes quelconques.
# C'est une **somme**, pas une moyenne : doublez toutes les confiances, et la perte double, alors
# que $\lambda$ ne change pas. La taille des poids compte donc dès qu'il y a une pénalité.

# %%
def weighted_loss(y_true, y_pred, weights):
    """Le terme de données de Koren (8) : la somme sur les lignes du poids fois l'erreur au
    carré.

    y_true, y_pred, weights : tableaux de flottants (m,). Renvoie un float.
    """
    # À FAIRE : mettre les erreurs au carré, les pondérer, additionner.
    raise NotImplementedError("weighted_loss")


# %% tags=["check"]
check("weighted_loss")

# %% [markdown]
# ## À vous : entraîner avec des poids
#
# Keras fait la moyenne de la perte sur un lot (batch). Il tient compte d'un poids pour chaque ligne
# si vous le lui donnez : parcourez les arguments de `fit`. Sa moyenne pondérée divise par le nombre
# de lignes, et non par la somme des poids : c'est donc (8) à une constante près.
#
# Tout le reste est comme à l'étape 5, mais plus simple : pas de validation, pas d'arrêt anticipé,
# toutes les lignes.

# %%
def fit_weighted(model, train, weights, epochs=5, seed=0):
    """Entraîne un modèle sur l'erreur quadratique pondérée de Koren (8).

    model : un keras.Model avec les entrées [user, item] et des scores (b, 1), déjà compilé ou
    non ; train : ([users, items], y) avec des tableaux d'entiers (m, 1) et un tableau de
    flottants (m,) ; weights : tableau de flottants (m,), de 0 ou plus.
    epochs : entier, nombre d'époques, toutes exécutées ; seed : entier, fixe l'ordre des
    lignes : la même graine donne le même apprentissage. L'entraînement part des poids que le
    modèle a déjà. Une ligne de poids 0 n'a aucune influence. Renvoie l'objet History de Keras.
    """
    # À FAIRE : fixer la graine, compiler avec l'erreur quadratique, entraîner avec un poids pour
    # chaque ligne.
    raise NotImplementedError("fit_weighted")


# %% tags=["check"]
check("fit_weighted")

# %% [markdown]
# ## Ce que révèle le visionnage
#
# MovieLens ne compte pas les visionnages. Prenez ce qui s'en approche le plus : une note dit que le
# film a été vu, et ses étoiles, comptées en demi-étoiles, remplacent le compte : de 1 (une
# demi-étoile) à 10 (cinq étoiles). Les paires sans note comptent 0. Chaque film noté a donc la
# préférence 1, **même un film détesté** ; son faible compte rend le modèle moins sûr à son sujet.
#
# Toutes les paires d'utilisateurs et de films entrent dans le calcul. Pour qu'il reste petit, seuls
# les films d'au moins 70 notes sont gardés, et trois époques doivent suffire. Presque aucune ligne
# n'est donc froide ici, et vous n'apprenez rien sur les nouveaux films : sur un film que personne
# n'a vu, les poids n'en disent pas plus que (5).

# %% tags=["demo"]
encoding = carry_over("02_encode_split")
dot_product = carry_over("04_dot_product")
training = carry_over("05_training")
biases = carry_over("06_biases")
recommending = carry_over("07_recommend")
ranking = carry_over("08_ranking")

MIN_RATINGS, N_FACTORS, SEEDS = 70, 16, (0, 1, 2)

dataset = data.load(bad_rows="skip")
ratings, movies = dataset
n_of_film = ratings["movieId"].map(ratings["movieId"].value_counts())
ratings = ratings[n_of_film >= MIN_RATINGS]
user_classes, user_map = encoding.fit_encoder(ratings["userId"])
item_classes, item_map = encoding.fit_encoder(ratings["movieId"])
n_users, n_items = len(user_map), len(item_map)


splits = {
    seed: [
        encoding.encoded(part, user_map, item_map)
        for part in encoding.split_ratings(ratings, seed=seed)
    ]
    for seed in SEEDS
}
train, val, test = splits[0]
is_cold = ~(test["user"].isin(train["user"]) & test["item"].isin(train["item"]))
print(f"{dataset.name} : {n_users:,} utilisateurs et {n_items:,} films, {n_users * n_items:,} "
      f"paires")
print(f"{len(train) / (n_users * n_items):.1%} des paires sont vues dans train")
print(f"lignes de test froides : {is_cold.sum()} sur {len(test):,}")


def count_matrix(frame):
    """Demi-étoiles par utilisateur et item, 0 là où il n'y a pas de note : tableau (U, I)."""
    counts = np.zeros((n_users, n_items))
    counts[frame["user"], frame["item"]] = 2 * frame["rating"]
    return counts


pairs = np.indices((n_users, n_items)).reshape(2, -1, 1).astype("int32")


def fit_confidence(seed, alpha, penalty):
    """Un modèle de l'étape 6 sur toutes les paires, aux erreurs pondérées ; la pénalité grandit
    avec les poids."""
    counts = count_matrix(splits[seed][0]).ravel()
    weights = confidence(counts, alpha)
    keras.utils.set_random_seed(seed)
    model = biases.build_biased_mf(
        n_users, n_items, N_FACTORS, mu=0.0, l2=penalty * weights.mean()
    )
    watched = (counts > 0).astype("float32")
    fit_weighted(model, (list(pairs), watched), weights.astype("float32"), epochs=3, seed=seed)
    return model


# %% [markdown]
# ## Ce que font les poids
#
# Voici trois modèles de toutes les paires : sans confiance ($\alpha = 0$), avec un peu de
# confiance, avec beaucoup, chacun avec sa propre pénalité (on y revient plus bas). Pour chaque
# compte, la figure montre ce que le modèle prédit en moyenne pour les paires d'entraînement qui ont
# ce compte.

# %% tags=["demo"]
def predictions_of(model):
    """Préférences prédites de toutes les paires : tableau (U, I)."""
    tables = [
        model.get_layer(f"{side}_{kind}").get_weights()[0][:n]
        for side, n in (("user", n_users), ("item", n_items))
        for kind in ("embedding", "bias")
    ]
    p, b_user, q, b_item = tables
    return dot_product.score_matrix(p, q) + b_user + b_item.T


@cache
def confident(seed, alpha, penalty):
    """Les prédictions d'un apprentissage, et sa durée en secondes."""
    start = time.perf_counter()
    table = predictions_of(fit_confidence(seed, alpha, penalty))
    return table, time.perf_counter() - start


PENALTIES = {0.0: (1e-5, 3e-5), 0.3: (3e-5, 6e-5), 3.0: (6e-5, 1.2e-4)}
scores = {
    (alpha, penalty): confident(0, alpha, penalty)[0]
    for alpha, penalties in PENALTIES.items()
    for penalty in penalties
}
counts = count_matrix(train)
by_count = pd.DataFrame(
    {
        alpha: pd.Series(scores[alpha, penalties[0]].ravel()).groupby(counts.ravel()).mean()
        for alpha, penalties in PENALTIES.items()
    }
)
print("prédiction moyenne par compte (lignes) et α (colonnes)")
print(by_count.loc[[0, 1, 10]].round(3).to_string())
rise = by_count.loc[10] - by_count.loc[1]
print("compte 10 moins compte 1 :", rise.round(3).to_dict())

figure, axes = plt.subplots()
for number, alpha in enumerate(PENALTIES):
    axes.plot(by_count[alpha], marker="os^"[number], label=f"α = {alpha:g}")
axes.set(xlabel="compte (demi-étoiles ; 0 : non vu)", ylabel="préférence prédite moyenne")
axes.set_title("La confiance pousse vers 1 ce qui a été vu")
axes.legend()
show(figure, "13-preference-by-count")

# %% [markdown]
# Regardez les deux bouts. Les zéros ont la même préférence dans les trois modèles, mais plus
# $\alpha$ est grand, moins ils ont leur mot à dire face aux uns : les prédictions montent aussi
# pour les films non vus. La dernière ligne dit de combien la prédiction monte entre une demi-étoile
# et cinq étoiles. La courbe du milieu est la plus raide ; celle de $\alpha = 3$ ne l'est guère plus
# que celle sans poids. Une erreur sur un film à cinq étoiles y coûte plus cher, mais tant de
# confiance tire aussi vers 1 le film à une demi-étoile.

# %% [markdown]
# ## Quelle dose de confiance ?
#
# $\alpha$ et la pénalité sont choisis sur les lignes de **validation**, et chaque $\alpha$ a le
# choix entre deux pénalités : ce qui convient à des poids de 1 ne convient pas à des poids de 10.
# La mesure est le nDCG à 10, comme à l'étape 8 ; un film caché est pertinent.

# %% tags=["demo"]
def ndcg(score_table, train_rows, hidden_rows):
    """nDCG@10 sur les utilisateurs : listes de films non vus dans train, jugées d'après les
    films cachés."""
    seen = recommending.seen_items(train_rows)
    lists = {user: recommending.top_n(score_table[user], seen[user]) for user in seen}
    return ranking.evaluate_ranking(lists, recommending.seen_items(hidden_rows), k=10)["ndcg"]


def popularity_ndcg(train_rows, hidden_rows):
    seen = recommending.seen_items(train_rows)
    lists = ranking.popularity_recommendations(train_rows, seen)
    return ranking.evaluate_ranking(lists, recommending.seen_items(hidden_rows), k=10)["ndcg"]


validation = pd.Series({key: ndcg(table, train, val) for key, table in scores.items()})
validation.index.names = "α", "pénalité"
print(validation.round(3).to_string())
chosen = {alpha: validation[alpha].idxmax() for alpha in PENALTIES}

figure, axes = plt.subplots()
for label, column in ("petite pénalité", 0), ("grande pénalité", 1):
    measured = [validation[alpha, penalties[column]] for alpha, penalties in PENALTIES.items()]
    axes.plot(measured, marker="os"[column], markersize=9, label=label)
axes.axhline(popularity_ndcg(train, val), color="black", linestyle="--", linewidth=1.5)
axes.set_xticks(range(len(PENALTIES)), [f"{alpha:g}" for alpha in PENALTIES])
axes.set(xlabel="α", ylabel="nDCG@10 sur les lignes de "
                            "validation", title="La confiance change peu de chose ici")
axes.legend(title="tirets : popularité")
show(figure, "13-how-much-confidence")

# %% [markdown]
# Les meilleures valeurs des trois $\alpha$ sont plus proches entre elles que les deux pénalités du
# plus grand $\alpha$. Comparer avec une même pénalité pour tous, ce serait comparer des pénalités.

# %% [markdown]
# ## Est-ce payant ?
#
# Place aux lignes de test, pour trois graines : chacune tire son propre découpage et son propre
# point de départ. À côté du modèle avec et sans confiance : la popularité, et le modèle de notes de
# l'étape 6 avec le même nombre de facteurs, entraîné sur les mêmes lignes jusqu'à ce que sa RMSE de
# validation ne baisse plus. « Peu connus » retire la moitié la plus populaire des films, aussi bien
# des listes que de ce qui est caché : là, la popularité aide moins. Les secondes sont celles d'un
# seul apprentissage.

# %% tags=["demo"]
def rating_scores(seed):
    start = time.perf_counter()
    train, val, _test = splits[seed]
    parts = [encoding.make_xy(part, user_map, item_map) for part in (train, val)]
    keras.utils.set_random_seed(seed)
    model = biases.build_biased_mf(n_users, n_items, N_FACTORS, train["rating"].mean())
    training.compile_and_fit(model, *parts, patience=1, seed=seed)
    return predictions_of(model), time.perf_counter() - start


def popularity_scores(seed):
    counts = np.bincount(splits[seed][0]["item"], minlength=n_items)
    return np.tile(counts.astype(float), (n_users, 1)), 0.0


best = max((alpha for alpha in PENALTIES if alpha), key=lambda alpha: validation[alpha].max())
recommenders = {
    "popularité": popularity_scores,
    "modèle de notes": rating_scores,
    "toutes paires, α = 0": lambda seed: confident(seed, 0.0, chosen[0.0]),
    f"toutes paires, α = {best:g}": lambda seed: confident(seed, best, chosen[best]),
}
results = []
for seed in SEEDS:
    train, _val, test = splits[seed]
    n_ratings = np.bincount(train["item"], minlength=n_items)
    is_known = n_ratings >= np.median(n_ratings)
    little_known = test[~is_known[test["item"]]]
    for name, make in recommenders.items():
        table, seconds = make(seed)
        results.append(
            {
                "méthode": name,
                "nDCG": ndcg(table, train, test),
                "peu connus": ndcg(np.where(is_known, -np.inf, table), train, little_known),
                "secondes": seconds,
            }
        )
results = pd.DataFrame(results)
summary = results.groupby("méthode", sort=False).agg(["mean", "std"]).round(3)
print(summary.to_string())

each = results.set_index("méthode")[["nDCG", "peu connus"]]
added = each.loc[f"toutes paires, α = "
                 f"{best:g}"].to_numpy() - each.loc["toutes paires, α = 0"].to_numpy()
added = pd.DataFrame(added, index=pd.Index(SEEDS, name="seed"), columns=each.columns)
print(f"ce que α = {best:g} ajoute à α = 0, découpage par découpage")
print(added.round(3).to_string())

# %% tags=["demo"]
figure, axes = plt.subplots(figsize=(10, 5.5))
names = list(recommenders)
for offset, (column, label) in enumerate((("nDCG", "tous les films "
                                                   "cachés"), ("peu connus",) * 2)):
    places = np.arange(len(names)) + 0.36 * offset - 0.18
    axes.bar(places, summary[column]["mean"], width=0.34, label=label)
    for place, name in zip(places, names, strict=True):
        dots = results.loc[results["méthode"] == name, column]
        axes.plot([place] * len(dots), dots, "k.", markersize=7)
axes.set_xticks(range(len(names)), names)
axes.set(ylabel="nDCG@10 sur les lignes de test (points : "
                "graines)", title="Les zéros comptent ; α presque pas")
axes.legend()
show(figure, "13-recommenders")

# %% [markdown]
# Lisez dans cet ordre. Le modèle de notes, dont la perte ne voit que les paires vues, ne dépasse
# pas la popularité quand tous les films comptent. Les mêmes couches, à qui l'on demande « vu ou
# non ? » sur *toutes* les paires, font nettement mieux : les zéros portent l'essentiel de ce qu'il
# y a à apprendre sur qui regarde quoi.
#
# Les poids viennent en plus, et ils ajoutent bien moins que les zéros. La cellule affiche combien,
# découpage par découpage : le même découpage a servi aux deux modèles, regardez donc ces
# différences, et non la dispersion des points. Sur l'ensemble des films cachés, dans
# `ml-latest-small`, le signe change d'un découpage à l'autre. Dans `simulated`, chaque découpage
# gagne un peu, et là, on sait pourquoi : les gens choisissent les films selon leurs goûts **et**
# les notent selon leurs goûts ; les films qui ont beaucoup d'étoiles en disent donc plus sur ce
# qu'ils choisiront ensuite. Parmi les films peu connus, chaque découpage gagne, sur les deux jeux
# de données.
#
# Ici, les étoiles remplacent les visionnages, et un film mal noté a tout de même été vu une fois.
# Un vrai compte des visionnages en dirait plus.

# %% [markdown]
# ## À discuter
#
# - Auxquels de ces signes feriez-vous le plus confiance, et comment les traduiriez-vous dans
#   $c_{ui}$ : vu deux fois, vu jusqu'au bout, acheté, cliqué, noté il y a cinq ans ?
# - Doublez toutes les confiances. Qu'arrive-t-il au minimum de (8) avec $\lambda = 0$, et avec
#   $\lambda > 0$ ?
# - Un zéro peut vouloir dire « n'aime pas » ou « ne connaît pas ». Pour quels films les zéros en
#   disent-ils plus ?
# - Un utilisateur regarde tout deux fois, sur deux appareils. De qui le modèle apprend-il les
#   goûts, et que feriez-vous ?
# - Un million d'utilisateurs et cent mille films font trop de paires. À l'étape 8, on tirait plutôt
#   quelques zéros au hasard. Quelle confiance faudrait-il donner à chaque zéro tiré ?

# %% [markdown] tags=["answer"]
# *Écrivez vos réponses ici : double-cliquez sur ce texte et remplacez-le.*

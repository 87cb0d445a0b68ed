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
# # 10 · Des genres à partir des embeddings
#
# **Jour 3 · 100 minutes · 10 points**
#
# À la fin de cette étape, vous savez :
# - réutiliser des représentations (embeddings) apprises pour une tâche, figées, comme variables
#   d'entrée (*features*) d'une autre ;
# - entraîner et évaluer un classifieur qui peut donner plusieurs étiquettes à un film ;
# - dire quelle part d'un score est réelle, avec des contrôles qui ne peuvent pas connaître la
#   réponse.
#
# Vous écrivez cinq fonctions : `genre_matrix` (3 points), `split_items` (2), `fit_genres` (2),
# `predict_genres` (1) et `score_genres` (2). Complétez une fonction, exécutez la cellule de
# vérification qui la suit, lisez ce qu'elle dit, puis continuez.

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
# ## Des vecteurs pour une autre tâche
#
# Les vecteurs des items ont été entraînés pour prédire des notes. Aucun genre n'a jamais été montré
# au modèle. Si un classifieur simple peut quand même lire les genres d'un film dans son vecteur,
# c'est que les notes renseignent sur les genres, et que les vecteurs gardent cette information.
# Cela s'appelle un **sondage** (*probing*) : les vecteurs restent figés, seul le classifieur
# apprend.
#
# C'est utile aussi. Un film qui a des notes mais pas d'étiquettes en reçoit ; et un vecteur qui
# sert bien à deux tâches servira sans doute à une troisième.

# %% [markdown]
# ## Un film a plusieurs genres
#
# *Un seul parmi plusieurs* et *plusieurs à la fois* sont deux tâches différentes. Une comédie peut
# aussi être une romance : il y a donc une question à réponse oui ou non pour chaque genre, et la
# somme des réponses d'un film n'a pas besoin de valoir un.

# %%
example = pd.DataFrame(
    {
        "title": ["Le Dentiste "
                  "maladroit", "Baiser sous la pluie", "Un androïde sur Europe", "Bobine en brun"],
        "genres": ["Comedy", "Comedy|Romance", "Action|Sci-Fi", "(no genres listed)"],
    }
)
genres = ["Action", "Comedy", "Romance", "Sci-Fi"]
table = [[int(name in text.split("|")) for name in genres] for text in example["genres"]]
pd.DataFrame(table, columns=genres, index=example["title"])

# %% [markdown]
# Le dernier film a une ligne de zéros : "(no genres listed)" veut dire que personne n'a rempli le
# champ. Ce n'est pas un genre. Les étiquettes valent ce que valent les gens qui les ont données :
# MovieLens range aussi "IMAX" parmi les genres, ce qui dit comment un film a été projeté et non de
# quoi il parle. La fonction garde tous les noms ; la démonstration plus bas laisse "IMAX" de côté.
#
# ## À vous : les étiquettes
#
# Un genre que seuls trois films ont ne peut être ni appris ni testé. `min_films` laisse de tels
# genres de côté. Les films restent, tous, pour que la ligne $k$ soit toujours celle du film $k$.


# %%
def genre_matrix(movies, min_films=1):
    """Les genres des films sous forme d'un tableau de zéros et de uns.

    movies : DataFrame avec une colonne `genres`, des textes comme "Action|Sci-Fi" ; "(no genres
    listed)" n'est pas un genre.
    min_films : les genres que moins de films ont sont laissés de côté.
    Renvoie (Y, names) : un tableau int8 (len(movies), G), lignes dans l'ordre de movies, et la
    liste des G noms, ceux des colonnes de Y.
    """
    # À FAIRE : séparer les textes, rassembler les noms, marquer qui a quoi, garder ce que
    # suffisamment de films ont.
    raise NotImplementedError("genre_matrix")


# %% tags=["check"]
check("genre_matrix")

# %% [markdown]
# ## À vous : des films pour apprendre, des films pour tester
#
# Un classifieur peut apprendre par cœur ses films d'entraînement. Avec 64 variables et quelques
# centaines de films, ce n'est même pas difficile. Seuls des films qu'il n'a jamais vus disent ce
# qu'il sait : quelques-uns sont donc d'abord mis de côté.
#
# Ce qui est découpé ici, ce sont des **films**, non des notes : `split_items` traite les positions
# 0 à n − 1, et les mêmes positions choisissent des lignes des vecteurs, des étiquettes et des
# titres.


# %%
def split_items(n_items, test_fraction=0.25, seed=0):
    """Positions des items d'entraînement et de test, tirées au hasard.

    n_items : entier ; test_fraction : flottant, la part des items pour le test ; seed : entier.
    Renvoie (train, test) : deux tableaux d'entiers qui, à eux deux, contiennent une fois chacun
    des nombres 0..n_items-1. La même graine donne le même découpage, une autre graine un autre.
    """
    # À FAIRE : mélanger les positions avec un générateur de cette graine, et couper.
    raise NotImplementedError("split_items")


# %% tags=["check"]
check("split_items")

# %% [markdown]
# ## À vous : le classifieur
#
# Posez une **tête** sur les vecteurs figés : un petit modèle Keras dont l'entrée est le vecteur
# d'un film et dont la sortie a un nombre par genre. Trois décisions rendent la tête
# multi-étiquette :
#
# - une *sigmoïde* par genre, et non un softmax : chaque genre est une question à part, à réponse
#   oui ou non ;
# - l'*entropie croisée binaire*, qui évalue chacune de ces réponses séparément ;
# - pas de couche cachée au début. La tête est alors une régression logistique pour chaque genre, et
#   ses poids peuvent se lire. N'ajoutez une couche cachée que si elle fait mieux sur des films
#   qu'elle n'a pas vus.
#
# Les dispersions des facteurs sont petites et inégales. `keras.layers.Normalization` les ramène à
# une même échelle ; son `adapt` prend les moyennes et les dispersions des films d'entraînement, et
# le modèle les garde.
#
# La fonction à compléter n'a pas d'argument pour une graine. La solution de référence tire donc
# avec une graine à elle (`keras.utils.set_random_seed(0)`), et les mêmes films donnent le même
# classifieur. Tout autre classifieur qui donne une probabilité pour chaque genre est juste aussi,
# par exemple la régression logistique « un contre tous » (*one-vs-rest*) de scikit-learn. La
# démonstration montre les deux.
#
# Les deux fonctions vont ensemble : ce que `fit_genres` renvoie, seul `predict_genres` l'ouvre.
# Écrivez les deux, puis exécutez les deux cellules de vérification.


# %%
def fit_genres(embeddings, genres):
    """Apprend à reconnaître les genres à partir des vecteurs des items.

    embeddings : tableau de flottants (m, K) ; genres : tableau int8 (m, G) de zéros et de uns,
    plusieurs uns par ligne.
    Renvoie un classifieur, de n'importe quel type que `predict_genres` sait utiliser. Tous les
    films comptent.
    """
    # À FAIRE : une tête qui répond à G questions par oui ou non : échelle, sigmoïdes, entropie
    # croisée binaire ; fit.
    raise NotImplementedError("fit_genres")


# %%
def predict_genres(classifier, embeddings):
    """La probabilité de chaque genre pour chaque film.

    classifier : ce que `fit_genres` a renvoyé ; embeddings : tableau de flottants (m, K).
    Renvoie un tableau de flottants (m, G) de probabilités entre 0 et 1, chaque genre séparément,
    telles que le classifieur les donne : parmi de nombreux films à 0.8, huit sur dix devraient
    avoir le genre.
    """
    # À FAIRE : demander au classifieur des probabilités, et non des décisions.
    raise NotImplementedError("predict_genres")


# %% tags=["check"]
check("fit_genres")

# %% tags=["check"]
check("predict_genres")

# %% [markdown]
# ## Qu'est-ce qu'un bon score ?
#
# Supposons que sept films sur cent soient des films d'horreur. Répondre « jamais » pour chacun,
# c'est avoir raison dans 93 % des cas : l'**exactitude** (*accuracy*) récompense le silence. Voici
# deux meilleures questions :
#
# - La **précision moyenne** (*average precision*, AP) : triez tous les films d'après la probabilité
#   d'un genre. À chaque film qui a ce genre, notez la précision jusque-là ; prenez la moyenne. Les
#   films de même probabilité partagent une place : « jusque-là » les comprend tous. Répondre au
#   hasard donne la part des films qui ont le genre, sa **prévalence**, et un peu plus quand il y a
#   peu de films (vous verrez pourquoi).
# - La mesure **F1** : prédisez un genre à partir d'une probabilité de 0,5. $F_1 = 2\,TP / (2\,TP +
#   FP + FN)$ dit en un seul nombre quelle part des films prédits est juste et quelle part des films
#   justes est prédite.
#
# Les deux se calculent pour chaque genre, puis on en fait la moyenne (*macro*) : un genre rare
# compte autant qu'un genre courant.

# %% [markdown]
# ## Un exemple détaillé
#
# Cinq films, un genre. Les films qui ont le genre sont aux places 1, 3 et 5 de la liste, et les
# précisions y valent donc 1/1, 2/3 et 3/5. À partir de 0,5, quatre films sont prédits, dont deux à
# raison ; un film est manqué.

# %%
probability = np.array([0.9, 0.8, 0.7, 0.5, 0.2])
has = np.array([1, 0, 1, 0, 1])

precision = np.cumsum(has) / np.arange(1, 6)
print("précision à chaque place :", precision.round(3))
print("précision moyenne :", precision[has == 1].mean().round(3), " prévalence :", has.mean())
print("F1:", round(2 * 2 / (2 * 2 + 2 + 1), 3))

# %% [markdown]
# ## À vous : les scores
#
# Un genre qu'aucun film de test n'a ne peut être ni trouvé ni manqué. Laissez-le en dehors des
# trois moyennes.


# %%
def score_genres(y_true, probabilities):
    """Dans quelle mesure des probabilités reconnaissent les genres, à côté de ce que donne le
    hasard.

    y_true : tableau int8 (m, G) de zéros et de uns ; probabilities : tableau de flottants (m,
    G).
    Renvoie un dictionnaire de flottants, des moyennes sur les genres qu'au moins un film a :
    `macro_ap` précision moyenne, où les films de même probabilité partagent une place ;
    `prevalence` part des films ; `macro_f1` F1, où un genre est prédit à partir de 0.5.
    """
    # À FAIRE : choisir les genres qui apparaissent ; deux scores et une part pour chacun ; trois
    # moyennes.
    raise NotImplementedError("score_genres")


# %% tags=["check"]
check("score_genres")

# %% [markdown]
# ## Sur MovieLens : vecteurs, étiquettes, découpage
#
# Le modèle de l'étape 6, entraîné une fois de plus ; les films qui ont 20 notes ou plus ; les
# genres qu'au moins 20 d'entre eux ont, sans "IMAX". Le classifieur ne voit jamais une note, le
# modèle ne voit jamais un genre.

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
print(f"{dataset.name} : {len(films):,} films, {len(names)} genres, {a_film:.1f} par film")

# %% [markdown]
# ### Ce score est-il bon ? Interrogez les contrôles
#
# Le même classifieur sur quatre jeux de variables, chacun sur trois découpages :
#
# - **embeddings** : les vecteurs des items, figés ;
# - **embeddings mélangés** : les mêmes vecteurs, attribués aux mauvais films. Tout est comme avant,
#   mais ils ne peuvent pas connaître la réponse. Leur score n'est que du hasard ;
# - **note moyenne, popularité** : deux nombres par film. Pour atteindre leur score, nul besoin de
#   vecteurs intelligents ;
# - **qui l'a vu** : 64 nombres tirés d'une décomposition en valeurs singulières (*SVD*) du tableau
#   « noté ou non ». Elle ne regarde pas du tout les étoiles.
#
# À côté d'eux figurent les embeddings avec un **autre classifieur**, la régression logistique de
# scikit-learn ; des **probabilités au hasard**, que personne n'a eu à apprendre ; et une ligne
# qu'il ne faut pas croire : les embeddings évalués sur leurs propres films d'entraînement.

# %% tags=["demo"]
vectors = maps.item_embeddings(model)[often]
shuffled = np.random.default_rng(0).permutation(vectors)
stars = np.bincount(items, weights=ratings["rating"], minlength=len(item_map))
means = stars[often] / counts[often]
watched = csr_matrix((np.ones(len(items)), (items, users)))[often]
features = {
    "embeddings": vectors,
    "embeddings mélangés": shuffled,
    "note moyenne, popularité": np.column_stack([means, np.log(counts[often])]),
    "qui l'a vu": TruncatedSVD(64, random_state=0).fit_transform(watched),
}
SEEDS, SEEN = range(3), "embeddings, sur les films vus"


def one_regression_a_genre(columns, seed):
    """Probabilités des films de test par la régression logistique de scikit-learn."""
    learn, test = split_items(len(films), seed=seed)
    one_a_genre = OneVsRestClassifier(LogisticRegression(C=0.1, max_iter=1000))
    classifier = make_pipeline(StandardScaler(), one_a_genre).fit(columns[learn], labels[learn])
    return classifier.predict_proba(columns[test])


runs = {name: [] for name in (*features, "embeddings, scikit-learn", "probabilités au "
                                                                     "hasard", SEEN)}
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
    runs["probabilités au hasard"].append(chance.to_dict())
table = pd.DataFrame({name: pd.DataFrame(scores).mean() for name, scores in runs.items()}).T
spread = [np.ptp([score["macro_ap"] for score in scores]) for scores in runs.values()]
table.insert(1, "étendue de macro_ap", spread)
print(table.round(3).to_string())

# %% tags=["demo"]
figure, axes = plt.subplots(figsize=(10, 5))
colours = ["C1" if name == SEEN else "C0" for name in table.index[::-1]]
axes.barh(table.index[::-1], table["macro_ap"][::-1], color=colours)
axes.axvline(table["prevalence"].iloc[0], color="black", linestyle="--", linewidth=1.5)
axes.set(xlabel="moyenne des précisions moyennes (tirets : prévalence)", xlim=(0, 1))
axes.set_title("Seul compte le score sur des films non vus, à côté de ses contrôles")
show(figure, "10-controls")

# %% [markdown]
# Ce qu'il faut voir :
#
# - Les embeddings mélangés ont le score des probabilités au hasard. Le score des vrais embeddings
#   n'est donc pas un artefact de la méthode.
# - Les deux sont un peu au-dessus de la prévalence. C'est aussi le hasard : dans un ordre
#   aléatoire, la première place revient de temps en temps à un film du genre, et sa précision y
#   vaut 1 ; quand les premières places reviennent à d'autres films, on y perd moins. Moins il y a
#   de films de test, plus ce gain est grand.
# - La note moyenne et la popularité disent quelque chose des genres sur ml-latest-small, et rien
#   sur les notes simulées. Comparez la barre des embeddings à **cette** barre-là, et non à zéro.
# - La tête Keras sans couche cachée et la régression logistique de scikit-learn posent la même
#   question avec d'autres pas d'apprentissage. Votre choix entre les deux compte moins que ce que
#   contiennent les variables.
# - Sur les films avec lesquels il a été entraîné, le classifieur a l'air meilleur qu'il n'est. De
#   combien, cela dépend de ce qu'il peut retenir ; essayez une couche cachée ou une forêt.
# - Savoir qui a vu un film peut en dire plus sur ses genres que le nombre d'étoiles qu'il a
#   reçues : les gens choisissent par genre, et les étoiles viennent après. Sur ml-latest-small,
#   c'est le cas, et de loin. Sur les notes simulées, regardez vous-même.
# - `macro_f1` est bas même quand le classement est bon : les genres rares atteignent rarement 0,5.
#   Les probabilités au hasard disent oui une fois sur deux, et sur ml-latest-small leur F1 est à
#   peu près aussi élevé que celui des embeddings. Le F1 à 0,5 dit donc peu de chose ici. Un autre
#   seuil pour chaque genre serait un choix, à faire sur des films qui ne sont pas ceux du test.

# %% [markdown]
# ### Quels genres peut-on lire ?
#
# Une longue barre n'apprend rien tant qu'elle ne dépasse pas sa marque noire. À gauche votre
# découpage, votre classifieur et vos scores, à droite ceux de la solution de référence. Un autre
# classifieur dessine d'autres barres : les vôtres sont-elles plus longues ?


# %% tags=["demo"]
def scores_by_genre(step):
    """Précision moyenne et prévalence de chaque genre ; les films de test ; leurs probabilités."""
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
    style = {"color": "black", "marker": "|", "s": 300, "label": "prévalence"}
    axes.scatter(by_genre["prevalence"], by_genre.index, zorder=3, **style)
    axes.set(xlabel="précision moyenne sur des films non vus")
    axes.tick_params(axis="y", labelsize=12)
    axes.legend(loc="lower right")


common_last = [names[genre] for genre in np.argsort(labels.sum(axis=0))]
by_genre, test, predicted = beside(
    "10_genres", scores_by_genre, draw_genres, "10-by-genre", size=(15, 8)
)

# %% [markdown]
# La barre la plus longue appartient peut-être à un genre courant, pour lequel répondre au hasard
# n'est pas mauvais non plus. Quel genre gagne le plus par rapport à sa marque ? Lequel gagne le
# moins, et que devriez-vous savoir avant d'accuser les vecteurs ?
#
# ### Regardez des films un par un
#
# Autant de genres que le film en a, les plus probables en premier. Ensuite les erreurs commises
# avec le plus d'assurance : des genres qu'un film n'a pas, quoi qu'en dise le classifieur.
# Sont-elles toutes des erreurs ?

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
            "les plus probables": ", ".join(f"{names[g]} {predicted[row, g]:.2f}" for g in likely),
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
        "à tort": said,
    }
)
print("\nErreurs commises avec le plus d'assurance\n" + surest.to_string(index=False))

# %% [markdown]
# ### Qu'est-ce qui est pris pour quoi ?
#
# Une table de confusion pour plusieurs étiquettes : parmi les films de test qui **ont** le genre de
# la ligne, la probabilité moyenne du genre de la colonne, divisée par sa moyenne sur tous les films
# de test. Un 1 veut dire que le genre de la ligne n'apprend rien ; un 2, que le genre de la colonne
# est jugé deux fois plus probable.

# %% tags=["demo"]
has = labels[test].astype(float)
lift = (has.T @ predicted) / np.maximum(has.sum(axis=0)[:, None], 1) / predicted.mean(axis=0)

figure, axes = plt.subplots(figsize=(10, 8.5))
image = axes.imshow(np.log2(np.maximum(lift, 0.25)), cmap="RdBu_r", vmin=-2, vmax=2)
axes.set_xticks(range(len(names)), names, rotation=60, ha="right", fontsize=11)
axes.set_yticks(range(len(names)), names, fontsize=11)
axes.grid(visible=False)
axes.set(xlabel="genre prédit", ylabel="genre que le film a")
axes.set_title("Rouge : jugé plus probable que pour les autres films")
figure.colorbar(image, ax=axes, label="lift, puissances de 2")
show(figure, "10-confusions")

# %% [markdown]
# ## À discuter
#
# - Quel contrôle vous a surpris ? Qu'auriez-vous conclu sans lui ?
# - Les films populaires ont des vecteurs longs (étape 9), et `Normalization` n'annule pas cela. Le
#   classifieur pourrait-il utiliser la longueur au lieu de la direction ? Comment le
#   découvririez-vous ?
# - Supposons que les embeddings aient été entraînés aussi sur les notes des films de test, comme
#   ici. Est-ce une fuite de données ? Pour quelle question en est-ce une, et pour laquelle non ?
# - Un genre rare a une AP de 0,3 pour une prévalence de 0,02, un genre courant une AP de 0,6 pour
#   0,45. Sur lequel des deux les vecteurs en savent-ils le plus ?
# - Les vecteurs d'un modèle qui prédit *ce qui sera regardé* feraient-ils mieux ou moins bien ici ?
#   Pariez, puis regardez le contrôle qui ignore les étoiles.

# %% [markdown] tags=["answer"]
# *Écrivez vos réponses ici : double-cliquez sur ce texte et remplacez-le.*

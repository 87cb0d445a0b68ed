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
# # 15 · Chasse aux bugs
#
# **Jour 3 · 60 minutes · 0 points**
#
# À la fin de cette étape, vous savez :
# - lire avec méfiance le code de recommandation des autres ;
# - trouver un bug qui ne lève aucune erreur, en vous demandant quelle propriété doit être vraie ;
# - dire ce que chaque bug aurait coûté.
#
# Voici dix extraits de code, écrits comme on en rencontre dans des blogs et des dépôts. Chacun
# s'exécute. Chacun contient **exactement un bug**. Trouvez-le, réparez-le et exécutez la cellule de
# vérification : les vérifications sont celles des étapes 2 à 10. Rien ici ne rapporte de points ;
# vous comptez les bugs trouvés.
#
# **Avant de réparer quoi que ce soit, exécutez toutes les cellules.** La dernière cellule de code
# fait travailler les extraits et affiche un tableau avec deux nombres par extrait. Gardez une copie
# de ce tableau : il montre ce que les dix bugs produisent ensemble. Exécutez de nouveau la dernière
# cellule après une réparation, et voyez quels nombres bougent.

# %%
import recommender_data as data
from autograder import carry_over, check, show, use_style

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, f1_score

EXERCISE = "15_bug_hunt"  # pour que `check` et `hint` désignent les fonctions de cet exercice
use_style()

# %% [markdown]
# ## Comment mener la chasse
#
# Un bug qui arrête le programme se trouve en une minute. Ceux qui coûtent cher donnent un nombre,
# et ce nombre a bonne allure. Quatre questions permettent d'en trouver la plupart :
#
# 1. **Que promet la docstring ?** Lisez-la mot à mot, puis cherchez la ligne qui tient chaque
#    promesse.
# 2. **Quel est le plus petit exemple ?** Trois lignes, deux films, un genre : traitez-le d'abord
#    sur papier.
# 3. **Quelle propriété doit être vraie ?** Des parties qui ne partagent rien, une liste parfaite
#    qui obtient 1, un cosinus qui ne dépasse jamais 1.
# 4. **Quel argument pourrait changer sans que rien ne se passe ?** C'est qu'il n'est pas utilisé,
#    ou pas là où il devrait l'être.
#
# Un commentaire dit ce que quelqu'un a voulu faire. Seul le code dit ce qui se passe.

# %% [markdown]
# ## Un exemple détaillé
#
# Voici un extrait de plus, une RMSE tirée d'un blog. Son commentaire est juste, son code ne l'est
# pas. Le plus petit exemple le montre : deux erreurs de 1 et 3 étoiles ont pour carrés 1 et 9, leur
# moyenne est 5, sa racine 2,236.

# %%
def rmse_from_a_blog(y_true: np.ndarray, y_pred: np.ndarray) -> float:
    """Racine de l'erreur quadratique moyenne."""
    errors = y_true - y_pred
    # mettre chaque erreur au carré, faire la moyenne, prendre la racine
    return float(np.mean(np.sqrt(errors**2)))


print("le blog dit :", rmse_from_a_blog(np.array([4.0, 5.0]), np.array([3.0, 2.0])))
print("à la main :  ", ((1**2 + 3**2) / 2) ** 0.5)

# %% [markdown]
# La racine est prise sur chaque carré, et non sur leur moyenne : on obtient l'erreur absolue
# moyenne. Ce nombre est plus petit, le modèle paraît donc meilleur qu'il n'est. Personne ne s'en
# plaint.
#
# Place aux dix. Changez le moins possible : un bug, c'est un seul petit changement.

# %% [markdown]
# ## 1 · Le découpage
#
# Tiré du début d'un tutoriel, « Le filtrage collaboratif en 100 lignes ». Son auteur est ravi de
# l'erreur de validation.

# %%
def split_ratings(
    ratings: pd.DataFrame, val_fraction: float = 0.1, test_fraction: float = 0.2, seed: int = 0
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Découpe les notes au hasard en (train, val, test), disjoints et complets.

    Les fractions portent sur toutes les lignes ; la même graine donne le même découpage.
    """
    # un générateur local : rien ne dépend de l'état global de NumPy
    order = np.random.default_rng(seed).permutation(len(ratings))
    n_test = round(test_fraction * len(ratings))
    n_val = round(val_fraction * len(ratings))

    # test d'abord, pour qu'il reste le même quand val_fraction change
    test = ratings.iloc[order[:n_test]]
    val = ratings.iloc[order[n_test : n_test + n_val]]
    train = ratings.iloc[order[n_test:]]
    return train, val, test


# %% tags=["check"]
check("split_ratings")

# %% [markdown]
# ## 2 · La boucle d'entraînement
#
# Tirée d'un dépôt qui compte quatre cents étoiles. « Arrêt anticipé inclus », annonce son README.

# %%
def compile_and_fit(
    model: keras.Model, train, val, epochs=50, batch_size=512, patience=3, seed=0
) -> keras.callbacks.History:
    """Entraîne avec arrêt anticipé et laisse dans le modèle les poids de la meilleure époque.

    train, val : ([users, items], y). Valide sur val après chaque époque et s'arrête quand la
    RMSE ne s'est pas améliorée pendant `patience` époques. La même graine donne les mêmes
    courbes.
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
    # certaines versions de Keras ne restaurent qu'après un arrêt anticipé : le faire dans tous les
    # cas
    model.set_weights(stopping.best_weights)
    return history


# %% tags=["check"]
check("compile_and_fit")

# %% [markdown]
# ## 3 · Le modèle de référence
#
# Tiré d'une réponse sur un forum, marquée comme acceptée. Elle cite l'équation (3) de Koren
# au-dessus du code.

# %%
def bias_baseline(
    train: pd.DataFrame, n_users: int, n_items: int, reg_user: float = 5.0, reg_item: float = 5.0
) -> tuple[float, np.ndarray, np.ndarray]:
    """Moyennes amorties pour Koren (3) : r = mu + b_item + b_user, les items d'abord, les
    utilisateurs ensuite.

    Chaque biais est une somme de ce qui est encore inexpliqué, divisée par son amortissement
    plus son nombre de notes ; les identifiants sans note reçoivent 0. Renvoie (mu, b_user,
    b_item).
    """
    mu = train["rating"].mean()
    deviation = train["rating"] - mu

    by_item = deviation.groupby(train["item"])
    b_item = by_item.sum() / (reg_item + by_item.size())

    by_user = deviation.groupby(train["user"])
    b_user = by_user.sum() / (reg_user + by_user.size())

    # une valeur par identifiant, même pour ceux que train n'a jamais vus
    b_user = b_user.reindex(range(n_users), fill_value=0.0)
    b_item = b_item.reindex(range(n_items), fill_value=0.0)
    return float(mu), b_user.to_numpy(), b_item.to_numpy()


# %% tags=["check"]
check("bias_baseline")

# %% [markdown]
# ## 4 · Le modèle
#
# Tiré d'un notebook écrit pour un concours. « Régularisé pour éviter le surapprentissage », et
# pourtant il surapprend.

# %%
def build_biased_mf(
    n_users: int, n_items: int, n_factors: int, mu: float, l2: float = 1e-4
) -> keras.Model:
    """Koren (4) : mu + b_i + b_u + q_i . p_u, avec une pénalité L2 sur les deux tables de
    facteurs.

    La pénalité est l2 fois la somme des carrés de chaque table, quel que soit le lot.
    """

    def table(n_rows, width, name, **options):
        return keras.layers.Embedding(int(n_rows), int(width), name=name, **options)

    # les deux tables de facteurs partent de la même façon et sont régularisées de la même façon
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
# ## 5 · La liste
#
# Tirée du serveur d'une petite boutique en ligne. Le code a fonctionné pendant des années, avec des
# scores qui étaient des probabilités. Puis quelqu'un a placé un autre modèle derrière.

# %%
def top_n(scores: np.ndarray, seen: set[int], n: int = 10) -> np.ndarray:
    """Les n items non vus de plus haut score, le meilleur d'abord ; moins s'il en reste moins.

    scores : tableau (I,), plus c'est haut, mieux c'est, signe quelconque.
    """
    masked = np.array(scores, dtype=float)  # une copie : les scores de l'appelant ne changent pas
    masked[list(seen)] = 0.0  # ne jamais recommander ce que l'utilisateur connaît déjà
    n_left = len(masked) - len(seen)
    return np.argsort(-masked)[: min(n, n_left)]


# %% tags=["check"]
check("top_n")

# %% [markdown]
# ## 6 · La métrique
#
# Tirée d'une bibliothèque d'évaluation, en version 0.3. Le test de la bibliothèque demande si une
# liste parfaite obtient 1, et c'est le cas.

# %%
def ndcg_at_k(recommended, relevant: set[int], k: int) -> float:
    """nDCG des k premières places, avec une pertinence binaire.

    Un succès au rang r, compté à partir de 1, rapporte 1 / log2(r + 1) ; la somme est divisée
    par celle d'une liste qui ne pourrait pas être meilleure.
    """

    def dcg(hits) -> float:
        # + 2 garde le logarithme loin de zéro
        return sum(hit / np.log2(rank + 2) for rank, hit in enumerate(hits, start=1))

    hits = [item in relevant for item in recommended[:k]]
    ideal = [True] * min(k, len(relevant))
    return float(dcg(hits) / dcg(ideal))


# %% tags=["check"]
check("ndcg_at_k")

# %% [markdown]
# ## 7 · Les voisins
#
# Tirés d'un article de blog sur la « similarité item-item », avec une capture d'écran : quel que
# soit le film demandé par l'auteur, les mêmes blockbusters sortaient.

# %%
def nearest(embeddings: np.ndarray, index: int, n: int = 10) -> tuple[np.ndarray, np.ndarray]:
    """Les n lignes les plus semblables à la ligne `index` d'après le cosinus, la plus semblable
    d'abord, sans cette ligne elle-même.

    Renvoie (indices, similarities) ; toutes les autres lignes quand n dépasse leur nombre.
    """
    query = embeddings[index] / np.linalg.norm(embeddings[index])  # un vecteur de longueur 1
    similarities = embeddings @ query
    order = np.argsort(-similarities)
    neighbours = order[order != index][:n]  # par sa ligne : un jumeau peut précéder la requête
    return neighbours, similarities[neighbours]


# %% tags=["check"]
check("nearest")

# %% [markdown]
# ## 8 · Le score
#
# Tiré d'un mémoire de fin d'études. Une autre personne a répété l'expérience avec un jeu de test
# plus petit, et tous les scores ont baissé, sur le même modèle.

# %%
def score_genres(y_true: np.ndarray, probabilities: np.ndarray) -> dict[str, float]:
    """Précision moyenne macro, prévalence et F1 macro sur les genres présents dans y_true.

    y_true : zéros et uns, (m, G) ; probabilities : (m, G) ; un genre est prédit à partir de 0.5.
    """
    predicted = probabilities >= 0.5
    genres = range(y_true.shape[1])
    ap = [average_precision_score(y_true[:, g], probabilities[:, g]) for g in genres]
    f1 = [f1_score(y_true[:, g], predicted[:, g], zero_division=0) for g in genres]
    share = [y_true[:, g].mean() for g in genres]
    # macro : chaque genre compte autant, fréquent ou rare
    return {"macro_ap": np.mean(ap), "prevalence": np.mean(share), "macro_f1": np.mean(f1)}


# %% tags=["check"]
check("score_genres")

# %% [markdown]
# ## 9 · Les entrées
#
# Tirées du module de chargement d'une start-up. L'entraînement fonctionne, et la courbe sur train
# descend comme il faut. « Seules les nouvelles données posent problème », dit l'équipe.

# %%
def make_xy(ratings: pd.DataFrame, user_map: dict[int, int], item_map: dict[int, int]):
    """Les notes sous forme d'entrées et de cible d'un modèle : ([users, items], y).

    users, items : tableaux int32 (m, 1), lignes des tables du modèle ; y : étoiles, un tableau
    float32 (m,). Les dictionnaires mènent des identifiants bruts aux lignes. Lève KeyError pour
    un identifiant absent de son dictionnaire.
    """

    def column(name: str, row_of: dict[int, int]) -> np.ndarray:
        ids = ratings[name].tolist()
        # les lignes 0, 1, 2, ... sans trous, comme un embedding les veut
        row_of = {raw_id: row for row, raw_id in enumerate(sorted(set(ids)))}
        return np.array([row_of[raw_id] for raw_id in ids], dtype="int32").reshape(-1, 1)

    y = ratings["rating"].to_numpy(dtype="float32")
    return [column("userId", user_map), column("movieId", item_map)], y


# %% tags=["check"]
check("make_xy")

# %% [markdown]
# ## 10 · La mesure
#
# Tirée d'une bibliothèque d'utilitaires, qui « fonctionne aussi bien avec NumPy qu'avec Keras ».
# Son auteur n'a jamais trouvé de modèle qui batte la moyenne.

# %%
def rmse(y_true: np.ndarray, y_pred: np.ndarray) -> float:
    """Racine de l'erreur quadratique moyenne, en étoiles.

    y_true, y_pred : tableaux (m,) ou (m, 1), de la même forme ou non.
    """
    # float64, pour que beaucoup de petits carrés s'additionnent sans perte
    errors = np.asarray(y_true, dtype="float64") - np.asarray(y_pred, dtype="float64")
    return float(np.sqrt(np.mean(errors**2)))


# %% tags=["check"]
check("rmse")

# %% [markdown]
# ## Les dix au travail
#
# Vos extraits, réunis. Le tableau a une ligne pour chacun : un nombre, et un autre à mettre en
# regard. Certaines paires devraient concorder, dans d'autres un nombre devrait être plus petit.
# Dites lesquelles avant de regarder.
#
# Les extraits utilisent les résultats les uns des autres : un seul bug peut donc faire bouger
# beaucoup de lignes. À gauche de la figure : les erreurs d'entraînement, de validation et de test.
# Validation et test ont été tirés de la même façon. À droite : combien de fois les voisins de
# quelques films ont été notés, à côté de tous les films.

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
parts = dict(zip(("entraînement", "validation", "test"), split_ratings(ratings), strict=True))
xy = {name: make_xy(part, user_map, item_map) for name, part in parts.items()}

(users, items), stars = xy["entraînement"]
train = pd.DataFrame({"user": users[:, 0], "item": items[:, 0], "rating": stars})
mu, b_user, b_item = bias_baseline(train, n_users, n_items)
keras.utils.set_random_seed(0)
model = build_biased_mf(n_users, n_items, 32, mu)
curves = compile_and_fit(model, xy["entraînement"], xy["validation"], epochs=25).history
print(f"{dataset.name} : {len(curves['rmse'])} époques")

errors = {}
for name, ((users, items), stars) in xy.items():
    users, items = users[:, 0], items[:, 0]
    scores = scoring.predict_pairs(model, users, items)
    errors[name] = {
        "référence": rmse(stars, mu + b_user[users] + b_item[items]),
        "modèle": rmse(stars, scores),
    }
errors = pd.DataFrame(errors)
print(errors.round(3).to_string())

# %% tags=["demo"]
few = slice(0, 2_000)  # une table de toutes les paires de test ne tiendrait pas en mémoire
back_again = np.asarray(item_classes)[items] == parts["test"]["movieId"].to_numpy()

rated = ratings.groupby("userId")["movieId"].apply(lambda ids: {item_map[i] for i in ids})
vectors = maps.item_embeddings(model)
below_five = mu + b_item - 5  # l'ordre des films selon la référence, en score jamais positif
lists = [set(np.asarray(top_n(below_five, seen)).tolist()) for seen in rated]
known = np.mean([len(found & seen) for found, seen in zip(lists, rated, strict=True)])

counts = np.bincount([item_map[i] for i in ratings["movieId"]], minlength=n_items)
often = np.flatnonzero(counts >= 20)
asked = np.random.default_rng(0).permutation(len(often))[:200].tolist()
neighbours = np.concatenate([nearest(vectors[often], film, n=5)[0] for film in asked])
with_double = np.vstack([vectors[often], 5 * vectors[often][:1]])  # le film 0 a la même direction
_rows, [to_double] = nearest(with_double, 0, n=1)

labels, _names = genres.genre_matrix(movies.set_index("movieId").loc[item_classes[often]])
small_sets = [labels[start : start + 40] for start in range(0, len(labels) - 39, 40)]
by_set = [score_genres(truth, 0.1 + 0.8 * truth)["macro_ap"] for truth in small_sets]

left_over = train["rating"] - mu - b_item[train["item"]]


def user_means(errors):
    """À quelle distance de zéro se trouvent en moyenne les erreurs d'un utilisateur, moyenne sur
    les utilisateurs."""
    return errors.groupby(train["user"]).mean().abs().mean()


tables = [model.get_layer(f"{name}_embedding").get_weights()[0] for name in ("user", "item")]
in_train = set(parts["entraînement"].index)
best = int(np.argmin(curves["val_rmse"]))
pairs = {
    "split_ratings": (
        ("lignes de validation", len(parts["validation"])),
        ("dont absentes de "
         "l'entraînement", sum(row not in in_train for row in parts["validation"].index)),
    ),
    "compile_and_fit": (
        ("RMSE de validation minimale de sa courbe", curves["val_rmse"][best]),
        ("RMSE de validation de son modèle", errors.loc["modèle", "validation"]),
    ),
    "bias_baseline": (
        ("erreurs moyennes des utilisateurs, biais des films seuls", user_means(left_over)),
        ("avec les biais des utilisateurs", user_means(left_over - b_user[train["user"]])),
    ),
    "build_biased_mf": (
        ("perte moins erreur au carré", curves["val_loss"][best] - curves["val_rmse"][best] ** 2),
        ("l2 fois les carrés de ses tables", 1e-4 * sum(np.sum(table**2) for table in tables)),
    ),
    "top_n": (
        ("films dans une liste", np.mean([len(found) for found in lists])),
        ("dont déjà vus", known),
    ),
    "ndcg_at_k": (
        ("un succès, en première place", ndcg_at_k([7, 3, 5], {7}, 3)),
        ("un succès, en deuxième place", ndcg_at_k([3, 7, 5], {7}, 3)),
    ),
    "nearest": (
        ("le film 0 et son propre multiple", to_double),
        ("un cosinus de vecteurs parallèles", 1),
    ),
    "score_genres": (
        ("classifieur parfait, tous les "
         "films", score_genres(labels, 0.1 + 0.8 * labels)["macro_ap"]),
        ("le même, par groupes de 40 films", np.mean(by_set)),
    ),
    "make_xy": (
        ("lignes de test", len(back_again)),
        ("qui ramènent à leur film", back_again.sum()),
    ),
    "rmse": (
        ("de deux vecteurs", rmse(stars[few], scores[few])),
        ("d'un vecteur et d'une colonne", rmse(stars[few], scores[few].reshape(-1, 1))),
    ),
}
table = pd.DataFrame(
    [(piece, *first, *second) for piece, (first, second) in pairs.items()],
    columns=["extrait", "un nombre", "", "en regard", " "],
)
print(table.to_string(index=False, float_format="{:.3f}".format))

figure, (left, right) = plt.subplots(1, 2, figsize=(12, 5.5))
errors.plot.bar(ax=left, rot=0)
left.set(ylabel="RMSE en étoiles", title="Validation et test devraient concorder")
left.set_ylim(0, 1.25 * errors.to_numpy().max())
left.legend(loc="upper center", ncols=3)
popularity = counts[often]
bins = np.geomspace(20, popularity.max() + 1, 9)
for label, films in ("tous les films", popularity), ("voisins", popularity[neighbours]):
    shares = np.full(len(films), 1 / len(films))
    right.hist(films, bins, weights=shares, histtype="step", linewidth=2.5, label=label)
right.set(xscale="log", xlabel="notes du film", ylabel="part des films")
right.set_xticks([20, 50, 100, 200], ["20", "50", "100", "200"])
right.minorticks_off()
right.set_title("Qui sont les voisins ?")
right.legend()
show(figure, "15-at-work")

# %% [markdown]
# ## À discuter
#
# - Comparez votre premier tableau au dernier. Quels bugs ont rendu un nombre plus flatteur, et
#   lesquels l'ont rendu moins bon ? Quelle sorte se découvre plus tôt, et pourquoi ?
# - Pour chaque bug, écrivez un test d'une ligne qui l'aurait attrapé.
# - Lesquels auriez-vous pu trouver sans lire le code, d'après le seul tableau ? Quelles lignes
#   étaient cachées par un autre bug ?
# - La liste de la boutique a fonctionné pendant des années. Était-elle juste ?
# - Deux commentaires expliquent un bug comme si c'était une qualité. Lesquels ? À quoi servent les
#   commentaires ?

# %% [markdown] tags=["answer"]
# *Écrivez vos réponses ici : double-cliquez sur ce texte et remplacez-le.*

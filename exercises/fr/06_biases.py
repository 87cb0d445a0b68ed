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
# # 6 · Modèles de référence et biais
#
# **Jour 2 · 105 minutes · 14 points**
#
# À la fin de cette étape, vous savez :
# - dire ce qu'un modèle doit battre : des moyennes, et des biais amortis, avec un amortissement
#   choisi en validation ;
# - ajouter des biais et une pénalité au modèle de l'étape 4, équations (4) et (5) de Koren ;
# - lire un seul tableau d'erreurs, qui distingue les utilisateurs et les films connus des inconnus.
#
# Vous écrivez quatre fonctions : `mean_baselines` (3 points), `bias_baseline` (4),
# `build_biased_mf` (5) et `compare` (2). Complétez une fonction, exécutez la cellule de
# vérification qui la suit, lisez ce qu'elle dit, puis continuez.

# %%
import recommender_data as data
from autograder import carry_over, check, show, use_style

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

use_style()

# %% [markdown]
# ## Que dit un nombre tout seul ?
#
# Une erreur de 0,9 étoile n'est ni bonne ni mauvaise. Elle devient un résultat à côté de l'erreur
# d'un modèle simple, un modèle de référence (baseline). Les prédictions les plus simples ne
# regardent aucune paire (utilisateur, item) :
#
# - **global** : la moyenne de toutes les notes d'entraînement, $\mu$, pour tout le monde ;
# - **user** : la moyenne des notes d'entraînement de cet utilisateur ;
# - **item** : la moyenne des notes d'entraînement de cet item.
#
# Un modèle qui ne bat pas les trois ne mérite pas d'être entraîné.
#
# Les équations (3) à (5) ci-dessous sont celles de la seconde moitié de
# [l'article](https://doi.org/10.1109/MC.2009.263), que vous avez lue entre-temps.

# %% [markdown]
# ## Un exemple détaillé
#
# Six notes données par trois utilisateurs. Calculez à la main $\mu$ et la moyenne de chaque film
# avant d'exécuter la cellule.

# %%
example = pd.DataFrame(
    {
        "user": ["Ada", "Ben", "Cleo", "Ada", "Ben", "Cleo"],
        "film": ["comédie", "comédie", "comédie", "thriller", "thriller", "farce"],
        "rating": [5.0, 4.0, 4.0, 2.0, 1.0, 5.0],
    }
)
mu = example["rating"].mean()
by_film = example.groupby("film")["rating"].agg(["mean", "count"])
print("mu :", mu)
by_film

# %% [markdown]
# La farce a la moyenne la plus haute, avec une seule note. Parieriez-vous sur elle contre la
# comédie ?
#
# Un *biais* est ce qu'un film ajoute à $\mu$. L'amortissement (damping) divise la somme de ses
# écarts non pas par le nombre de notes $n_i$, mais par $\lambda + n_i$ : comme si $\lambda$ notes
# de plus avaient valu $\mu$.
#
# $$b_i = \frac{\sum_u (r_{ui} - \mu)}{\lambda + n_i}$$

# %%
deviations = (example["rating"] - mu).groupby(example["film"]).sum()
pd.DataFrame(
    {
        "somme des écarts": deviations,
        "n": by_film["count"],
        "biais, λ = 0": deviations / by_film["count"],
        "biais, λ = 3": deviations / (3 + by_film["count"]),
    }
).round(3)

# %% [markdown]
# Avec $\lambda = 3$, la comédie passe devant : trois notes en disent plus qu'une. Un film que
# personne n'a noté a $n_i = 0$ et une somme vide : son biais est 0, sa prédiction $\mu$.

# %% [markdown]
# ## À vous : trois moyennes
#
# À partir d'ici, les DataFrames sont *encodés* : les colonnes `user` et `item` contiennent les
# numéros de ligne de l'étape 2, `rating` les étoiles. Chaque prédiction vient de `train` seul. Dans
# `test`, il peut y avoir des utilisateurs et des items que `train` n'a jamais vus, et il leur faut
# une prédiction à eux aussi.

# %%
def mean_baselines(train, test):
    """Trois prédictions pour chaque ligne de `test`, chacune étant une moyenne de notes
    d'entraînement.

    train, test : DataFrames encodés avec les colonnes user, item, rating ; m lignes dans test.
    Renvoie un dict de tableaux de flottants (m,), dans l'ordre des lignes de test : "global",
    "user" et "item", la moyenne de toutes les notes, de l'utilisateur de la ligne et de l'item
    de la ligne. Sans note d'entraînement de cet utilisateur ou de cet item : la moyenne globale.
    """
    # À FAIRE : la moyenne de tout, les moyennes par utilisateur et par item, à chercher pour les
    # lignes de test.
    raise NotImplementedError("mean_baselines")


# %% tags=["check"]
check("mean_baselines")

# %% [markdown]
# ## À vous : le modèle de référence avec biais
#
# Certains utilisateurs sont indulgents, certains films sont bons. Voici les deux effets réunis,
# avant même de parler de goûts :
#
# $$b_{ui} = \mu + b_i + b_u \qquad \text{(Koren 3)}$$
#
# L'équation (3) ne dit pas d'où viennent les biais. Un article plus tardif de Koren, [Factor in the
# Neighbors](https://doi.org/10.1145/1644873.1644874) (2010), donne un moyen simple : des moyennes
# amorties, l'une après l'autre. D'abord les items, à partir de ce que $\mu$ laisse inexpliqué ;
# ensuite les utilisateurs, à partir de ce que laissent $\mu$ **et** les items :
#
# $$b_i = \frac{\sum_u (r_{ui} - \mu)}{\lambda_i + n_i}
# \qquad\qquad
# b_u = \frac{\sum_i (r_{ui} - \mu - b_i)}{\lambda_u + n_u}$$
#
# $n_i$ et $n_u$ comptent les notes d'entraînement ; $\lambda_i$ est `reg_item`, $\lambda_u$ est
# `reg_user`. Un utilisateur qui ne note que des chefs-d'œuvre n'est pas indulgent pour autant : les
# films ont déjà pris leur part. Pour les notes de Netflix, cet article prend $\lambda_i = 25$ et
# $\lambda_u = 10$. D'autres notes demandent d'autres valeurs, et vous les choisissez plus bas.

# %%
def bias_baseline(train, n_users, n_items, reg_user=5.0, reg_item=5.0):
    """Moyennes amorties pour les biais de Koren (3), les items d'abord, les utilisateurs
    ensuite.

    train : DataFrame encodé avec les colonnes user, item, rating.
    n_users, n_items : nombre d'utilisateurs (U) et d'items (I) ; tous n'ont pas forcément une
    note dans train.
    reg_user, reg_item : force avec laquelle chaque biais est tiré vers zéro, en nombre de notes.
    Renvoie (mu, b_user, b_item) : un float, des tableaux de flottants (U,) et (I,) ; 0 s'il n'y
    a aucune note.
    """
    # À FAIRE : mu, puis les biais des items d'après r - mu, puis ceux des utilisateurs d'après r -
    # mu - b_i.
    raise NotImplementedError("bias_baseline")


# %% tags=["check"]
check("bias_baseline")

# %% [markdown]
# ## Du modèle de référence au modèle complet
#
# Le modèle de référence ne connaît pas les goûts : il classe les films de la même façon pour tout
# le monde. Ajoutez-lui le produit scalaire de l'étape 4 :
#
# $$\hat r_{ui} = \mu + b_i + b_u + q_i^\top p_u \qquad \text{(Koren 4)}$$
#
# Désormais, les vecteurs n'ont plus à expliquer que ce que les biais laissent. Un film sans notes a
# un vecteur court et pas de biais : sa prédiction reste donc proche de $\mu + b_u$, là où l'étape 4
# prédisait une valeur proche de zéro. Pour un utilisateur sans notes, c'est $\mu + b_i$.

# %% [markdown]
# ## Ce qui garde les facteurs petits
#
# Un film qui a deux notes dispose de $K$ nombres pour s'y ajuster. Il peut reproduire les deux
# exactement, et se tromper pour tous les autres. Koren pénalise les grands paramètres :
#
# $$\min \sum_{(u,i)} \left(r_{ui} - \hat r_{ui}\right)^2
# + \lambda \left(\lVert p_u \rVert^2 + \lVert q_i \rVert^2 + b_u^2 + b_i^2\right)
# \qquad \text{(Koren 5)}$$
#
# Keras fait presque la même chose, à une autre échelle. Sa perte est la **moyenne** sur un lot, et
# une pénalité sur une table est ajoutée une seule fois :
#
# $$\frac1m \sum_{(u,i)} \left(r_{ui} - \hat r_{ui}\right)^2
# + \ell_2 \left(\sum_u \lVert p_u \rVert^2 + \sum_i \lVert q_i \rVert^2\right)$$
#
# Multipliez par $m$ pour comparer : pour soixante-dix mille notes, $\ell_2 = 10^{-4}$ pèse comme 7
# dans une somme. Un $\lambda$ de 0,1 repris d'un article pèserait comme 7 000, et il ne resterait
# rien des vecteurs.

# %%
n_ratings, by_average_user = 70_000, 115  # notes d'entraînement, à peu près comme dans
                                          # ml-latest-small
pd.DataFrame(
    [
        {
            "l2": l2,
            "poids dans la somme": n_ratings * l2,
            "λ de Koren, pour un utilisateur moyen": n_ratings * l2 / by_average_user,
        }
        for l2 in (1e-5, 1e-4, 1e-3, 1e-1)
    ]
).set_index("l2").round(3)

# %% [markdown]
# ## À vous : le modèle avec biais
#
# ```
# user ─┬─ user_embedding (b, 1, K) ─┐
#       └─ user_bias (b, 1, 1) ──┐   ├─ q·p ─┐
# item ─┬─ item_embedding ───────│───┘       ├── + ── + mu ── (b, 1)
#       └─ item_bias (b, 1, 1) ──┴───────────┘
# ```
#
# Faites partir les facteurs de petites valeurs aléatoires : une loi normale d'écart-type 0,01
# convient bien. Faites partir les biais de zéro, pour que la première prédiction soit $\mu$. `mu`
# est un simple nombre ; il peut rester fixe ou devenir un scalaire entraînable.

# %%
def build_biased_mf(n_users, n_items, n_factors, mu, l2=1e-4):
    """Factorisation de matrice avec biais, Koren (4) : mu + b_i + b_u + q_i · p_u.

    n_users, n_items, n_factors : entiers ; mu : float ; l2 : float, le poids de la pénalité.
    Renvoie un keras.Model avec les entrées [user, item], tableaux d'entiers (b, 1), et la sortie
    (b, 1).
    Ses couches sont `user_embedding` (n_users, K), `item_embedding` (n_items, K), `user_bias`
    (n_users, 1) et `item_bias` (n_items, 1). Sa perte contient l2 fois la somme des carrés de
    chaque table de facteurs.
    """
    # À FAIRE : le modèle de l'étape 4, deux tables de plus, de largeur 1, une somme, et une
    # pénalité sur les tables de facteurs.
    raise NotImplementedError("build_biased_mf")


# %% tags=["check"]
check("build_biased_mf")

# %% [markdown]
# ## À vous : un tableau pour tous
#
# Une moyenne sur toutes les lignes cache les endroits où un modèle échoue. Les lignes dont
# l'utilisateur ou l'item n'apparaît jamais dans `train` sont **froides**, les autres **chaudes**.
# Donnez l'erreur des unes et des autres.

# %%
def compare(predictions, y, cold):
    """Erreurs de plusieurs modèles sur les mêmes lignes.

    predictions : dict, nom du modèle -> tableau de flottants (m,) ; y : notes, tableau de
    flottants (m,).
    cold : tableau de booléens (m,), True si l'utilisateur ou l'item de la ligne n'est pas dans
    train.
    Renvoie un DataFrame : en index les noms des modèles, en colonnes `rmse` (toutes les lignes),
    `rmse_warm` et `rmse_cold` ; la plus petite `rmse` en premier.
    """
    # À FAIRE : trois racines de l'erreur quadratique moyenne par modèle, puis trier.
    raise NotImplementedError("compare")


# %% tags=["check"]
check("compare")

# %% [markdown]
# ## Sur MovieLens : ce qu'il faut battre
#
# Découper d'abord, encoder ensuite. Les utilisateurs et les films de tout le tableau ont un numéro
# de ligne, mais certains films n'apparaissent jamais dans `train` : leurs lignes de test sont
# froides. (Les utilisateurs, eux, y apparaissent tous, dans les deux jeux de données.) Lisez les
# deux colonnes de droite avant celle de gauche. Les prédictions sont ramenées à l'échelle des
# notes, ici et plus bas.

# %% tags=["demo"]
encoding = carry_over("02_encode_split")
dot_product = carry_over("04_dot_product")
training = carry_over("05_training")

dataset = data.load(bad_rows="skip")
ratings, movies = dataset
user_classes, user_map = encoding.fit_encoder(ratings["userId"])
item_classes, item_map = encoding.fit_encoder(ratings["movieId"])
n_users, n_items = len(user_map), len(item_map)
lowest, highest = ratings["rating"].min(), ratings["rating"].max()


def bias_predictions(damping, frame):
    """Prédictions du modèle de référence avec biais pour les lignes d'un DataFrame ; damping :
    (reg_user, reg_item)."""
    mu, b_user, b_item = bias_baseline(train, n_users, n_items, *damping)
    return np.clip(mu + b_user[frame["user"]] + b_item[frame["item"]], lowest, highest)


train, val, test = (
    encoding.encoded(part, user_map, item_map) for part in encoding.split_ratings(ratings)
)
y_test = test["rating"].to_numpy()
cold = ~(test["user"].isin(train["user"]) & test["item"].isin(train["item"])).to_numpy()
print(f"{dataset.name} : {len(train):,} lignes d'entraînement ; {cold.mean():.1%} des lignes de "
      f"test sont froides")

NETFLIX = (10, 25)
predictions = mean_baselines(train, test)
predictions["biais, amortissement de Netflix"] = bias_predictions(NETFLIX, test)
baselines = compare(predictions, y_test, cold)
print(baselines.round(3))

# %% [markdown]
# ## Choisir l'amortissement
#
# L'amortissement du dernier modèle de référence a été trouvé sur d'autres notes. Un modèle de
# référence que personne n'a réglé fait paraître bon tout modèle placé à côté de lui. Accordez-lui
# donc le même soin qu'au modèle : essayez plusieurs valeurs, et laissez choisir les lignes de
# validation. Les lignes de test n'y prennent pas part.
#
# Ici, les deux biais ont le même amortissement $\lambda$. Avant d'exécuter la cellule : qu'est-ce
# qui ne va pas sans amortissement, à gauche, et avec beaucoup d'amortissement, à droite ?

# %% tags=["demo"]
dampings = [0, 0.5, 1, 2, 3, 5, 10, 20, 50]
parts = {"entraînement": train, "validation": val}
damping_curves = pd.DataFrame(
    {
        name: [
            training.rmse(frame["rating"], bias_predictions((reg, reg), frame)) for reg in dampings
        ]
        for name, frame in parts.items()
    },
    index=pd.Index(dampings, name="λ"),
)
chosen = float(damping_curves["validation"].idxmin())
netflix = training.rmse(val["rating"], bias_predictions(NETFLIX, val))
print(damping_curves.round(4).to_string())
print(f"minimum en validation : λ = {chosen:g}")
print(f"amortissement de Netflix : {netflix:.4f} en validation")

figure, axes = plt.subplots()
places = np.arange(len(dampings))
for name in parts:
    axes.plot(places, damping_curves[name], marker="o", label=name)
axes.axhline(netflix, color="black", linestyle=":", label="amortissement de Netflix, en validation")
axes.set_xticks(places, [f"{reg:g}" for reg in dampings])
axes.set(xlabel="amortissement des deux biais, λ", ylabel="RMSE en étoiles")
axes.set_title("L'entraînement veut peu d'amortissement, la validation davantage")
axes.legend()
show(figure, "06-damping")

predictions["biais, amortissement choisi"] = bias_predictions((chosen, chosen), test)
mu, b_user, b_item = bias_baseline(train, n_users, n_items, chosen, chosen)

# %% [markdown]
# Avec peu ou pas d'amortissement, le modèle de référence s'ajuste au mieux aux lignes
# d'entraînement et prédit moins bien : un film qui n'a qu'une note reçoit cette note pour moyenne.
# La courbe est plate autour de son minimum, si bien qu'une valeur voisine convient tout autant.
# C'est pour cela que `bias_baseline` a 5 pour valeur par défaut. Sur vos propres notes, regardez de
# nouveau.

# %% [markdown]
# ## Les facteurs apportent-ils quelque chose ?
#
# Trois modèles, entraînés de la même façon avec votre `compile_and_fit` : le produit scalaire seul
# (étape 4), biais et facteurs sans pénalité, puis avec.

# %% tags=["demo"]
def xy(frame):
    return encoding.make_xy(frame, user_map, item_map)


N_FACTORS = 64
models = {
    "produit scalaire": dot_product.build_mf(n_users, n_items, N_FACTORS),
    "avec biais, sans pénalité": build_biased_mf(n_users, n_items, N_FACTORS, mu, l2=0.0),
    "avec biais": build_biased_mf(n_users, n_items, N_FACTORS, mu),
}
for name, model in models.items():
    history = training.compile_and_fit(model, xy(train), xy(val))
    scores = dot_product.predict_pairs(model, test["user"], test["item"])
    predictions[name] = np.clip(scores, lowest, highest)
    print(f"{name} : {len(history.history['loss'])} époques")

table = compare(predictions, y_test, cold)
print(table.round(3))

untuned, tuned, best = table.loc[
    ["biais, amortissement de Netflix", "biais, amortissement choisi", "avec biais"], "rmse"
]
print(f"l'amortissement, choisi en validation : {untuned - tuned:.3f} étoile")
print(f"les facteurs, au-delà de ces biais :    {tuned - best:.3f} étoile")

# %% [markdown]
# Les deux dernières lignes partagent un même gain en deux. Face au modèle de référence que personne
# n'a réglé, on aurait attribué l'ensemble aux facteurs. Ce qui leur revient est la seconde ligne.
#
# Ce gain est une moyenne sur toutes les lignes, et il est petit à côté de l'erreur elle-même. Ce
# qu'il change à l'ordre des films d'un utilisateur est une autre question : les étapes 7 et 8
# regardent des listes.

# %% tags=["demo"]
figure, axes = plt.subplots(figsize=(10, 5.5))
table[["rmse_warm", "rmse_cold"]].iloc[::-1].plot.barh(ax=axes, width=0.8)
axes.axvline(table.loc["global", "rmse"], color="black", linestyle="--", linewidth=1.5)
axes.set(xlabel="RMSE en étoiles (tirets : la moyenne globale, toutes les lignes)", ylabel="")
axes.set_title("Le produit scalaire échoue sur les lignes froides")
axes.legend(["moyenne globale", "lignes chaudes", "lignes froides"])
show(figure, "06-baselines-and-models")

# %% [markdown]
# ## Ce que les biais ont appris
#
# Chaque point est un film. Sa note moyenne est sur l'axe horizontal, $\mu + b_i$ sur l'axe
# vertical ; sans amortissement, tous les points seraient sur la diagonale. Les films qui ont peu de
# notes sont tirés vers $\mu$, en tirets : à gauche par $\lambda$, à droite parce qu'un film qui a
# peu de notes fait peu de pas avant la fin de l'entraînement. À droite, même des films bien connus
# quittent la diagonale, car les facteurs et les biais des personnes qui ont noté le film expliquent
# une partie de sa moyenne.

# %% tags=["demo"]
film_means = train.groupby("item")["rating"].agg(["mean", "count"])
learned = models["avec biais"].get_layer("item_bias").get_weights()[0][:, 0]

figure, panels = plt.subplots(1, 2, figsize=(13, 6), sharex=True, sharey=True)
for axes, biases in zip(panels, (b_item, learned), strict=True):
    dots = axes.scatter(
        film_means["mean"], mu + biases[film_means.index], c=film_means["count"], s=14, norm="log"
    )
    axes.plot([lowest, highest], [lowest, highest], color="grey", linewidth=1.5)
    axes.axhline(mu, color="black", linestyle="--", linewidth=1.5)
    axes.set_xlabel("note moyenne d'entraînement")
panels[0].set(ylabel="mu + biais de l'item", title="moyennes amorties")
panels[1].set_title("modèle entraîné")
figure.colorbar(dots, ax=panels, label="notes d'entraînement")
figure.suptitle("Peu de notes : le biais reste près de zéro")
show(figure, "06-item-biases")

# %% [markdown]
# ## L'effet de la pénalité
#
# Le même modèle avec trois pénalités, entraîné chaque fois pendant dix époques. À gauche, la RMSE
# des lignes d'entraînement (tirets) et des lignes de validation (trait plein) : où se
# séparent-elles ? À droite, la *perte* de validation, c'est-à-dire l'erreur quadratique plus la
# pénalité. Comparez, d'un côté à l'autre, l'endroit où les courbes d'une même couleur sont au plus
# bas.

# %% tags=["demo"]
def train_with_penalty(l2, epochs=10):
    """Courbes de dix époques, et prédictions de test de la meilleure époque selon l'erreur et
    selon la perte."""
    keras.utils.set_random_seed(0)
    model = build_biased_mf(n_users, n_items, N_FACTORS, mu, l2)
    metric = keras.metrics.RootMeanSquaredError(name="rmse")
    watched = {
        key: keras.callbacks.EarlyStopping(
            key, mode="min", patience=epochs, restore_best_weights=True
        )
        for key in ("val_rmse", "val_loss")
    }
    model.compile(keras.optimizers.Adam(0.01), loss="mse", metrics=[metric])
    inputs, y = xy(train)
    options = {"epochs": epochs, "batch_size": 2048, "callbacks": [*watched.values()], "verbose": 0}
    history = model.fit(inputs, y, validation_data=xy(val), **options)
    found = {}
    for key, callback in watched.items():
        model.set_weights(callback.best_weights)
        scores = dot_product.predict_pairs(model, test["user"], test["item"])
        found[key] = np.clip(scores, lowest, highest)
    return history.history, found


trained = {l2: train_with_penalty(l2) for l2 in (0.0, 1e-4, 1e-3)}

figure, (left, right) = plt.subplots(1, 2, figsize=(13, 6))
stops = {}
for number, (l2, (curves, found)) in enumerate(trained.items()):
    epochs = range(1, len(curves["loss"]) + 1)
    left.plot(epochs, curves["rmse"], color=f"C{number}", linestyle="--")
    left.plot(epochs, curves["val_rmse"], color=f"C{number}", label=f"l2 = {l2:g}")
    right.plot(epochs, curves["val_loss"], color=f"C{number}")
    for key, test_predictions in found.items():
        epoch = int(np.argmin(curves[key]))
        stops[l2, key] = {
            "meilleure époque": epoch + 1,
            "val_rmse atteinte": curves["val_rmse"][epoch],
            "RMSE de test": training.rmse(y_test, test_predictions),
        }
stops = pd.DataFrame.from_dict(stops, orient="index").rename_axis(["l2", "courbe qui choisit"])
print(stops.round(3).to_string())
left.set(xlabel="époque", ylabel="RMSE en étoiles", title="Entraînement (tirets), validation "
                                                          "(trait plein)")
right.set(xlabel="époque", ylabel="perte de validation", title="Perte de validation, pénalité "
                                                               "comprise")
left.legend()
show(figure, "06-penalty")

# %% [markdown]
# Quand les vecteurs grandissent, la pénalité grandit aussi. Avec $10^{-4}$, la perte monte alors
# que les prédictions s'améliorent encore. Si l'on s'arrête d'après la perte, on s'arrête trop tôt,
# et l'on ne voit guère l'utilité de la pénalité. Sans pénalité, les deux courbes choisissent la
# même époque. C'est pourquoi `compile_and_fit` surveille `val_rmse`.

# %% [markdown]
# ## À discuter
#
# - De la moyenne globale au meilleur modèle, quelle part du chemin les biais font-ils à eux seuls ?
#   Que reste-t-il pour les facteurs, et qu'est-ce que cela dit des « goûts » ?
# - Quelqu'un annonce un modèle qui bat de loin « le modèle de référence avec biais ». Que
#   demandez-vous d'abord ?
# - Quel modèle interrogeriez-vous sur un film le jour de sa sortie ? Quelle colonne du tableau vous
#   le dit ? Aucune ligne ne concerne un *utilisateur* à son premier jour : comment découperiez-vous
#   les notes pour l'apprendre ?
# - À en juger par sa plus petite perte de validation, $10^{-4}$ est la pire des trois pénalités.
#   L'est-elle ? Quelle colonne du dernier tableau vous le dit ?
# - Le biais d'un film est le même pour tout le monde. Les biais peuvent-ils, à eux seuls, donner
#   aux listes de deux utilisateurs un ordre différent ?
# - Le $\lambda$ de Koren compte à chaque note, le $\ell_2$ de Keras une seule fois par ligne d'une
#   table. Qui est le plus pénalisé dans Keras, par rapport au nombre de ses notes : un utilisateur
#   qui a 20 notes, ou un autre qui en a 2 000 ?

# %% [markdown] tags=["answer"]
# *Écrivez vos réponses ici : double-cliquez sur ce texte et remplacez-le.*

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
# # 11 · Retour implicite
#
# **Bonus · 60 minutes · 5 points**
#
# À la fin de cette étape, vous savez :
# - distinguer ce que font les utilisateurs de ce qu'ils disent, et vous servir des deux : Koren
#   (6), connu sous le nom de SVD++ ;
# - donner à un modèle des listes de longueurs différentes, complétées par du remplissage (padding),
#   sans que ce remplissage compte ;
# - dire quand de telles informations sont utiles, et montrer qu'elles peuvent l'être, sur des
#   données construites pour cela.
#
# Vous écrivez deux fonctions : `implicit_factors` (2 points) et `build_svdpp` (3). Complétez une
# fonction, exécutez la cellule de vérification qui la suit, lisez ce qu'elle dit, puis continuez.

# %%
from time import perf_counter

import recommender_data as data
from autograder import carry_over, check, show, use_style

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

use_style()

# %% [markdown]
# ## Ce que font les utilisateurs, en plus de ce qu'ils disent
#
# Une note est un retour *explicite* (explicit feedback) : quelqu'un a dit ce qu'il pensait. La
# plupart des gens ne le disent jamais. Mais ils regardent, cherchent, mettent dans une liste et
# *choisissent ce qu'ils notent* : c'est le retour **implicite** (implicit feedback). Une personne
# qui a vu neuf westerns aime les westerns, quelles que soient les étoiles qu'elle a données, et
# même si elle n'en a donné aucune.
#
# On note $N(u)$ l'ensemble des items auxquels l'utilisateur $u$ a eu affaire. Koren donne à chaque
# item $j$ un second vecteur $x_j$ : non pas ce qu'est le film, mais ce que le fait de le regarder
# dit de la personne.

# %% [markdown]
# ## Un utilisateur est ce qu'il a regardé
#
# $$\hat r_{ui} = \mu + b_i + b_u
# + q_i^\top \Big[\, p_u + |N(u)|^{-\frac12} \sum_{j \in N(u)} x_j \,\Big]
# \qquad \text{(Koren 6, without attributes)}$$
#
# L'expression entre crochets prend la place de $p_u$ dans (4). $p_u$ ne s'apprend que sur les notes
# de cet utilisateur. Les $x_j$ s'apprennent sur celles de tout le monde : un utilisateur sans
# aucune note, mais avec un historique, a de quoi s'appuyer.

# %% [markdown]
# ## Un exemple détaillé
#
# Deux facteurs, *humour* et *suspense*, et quatre films. Ben n'a rien noté : son $p_u$ est nul. Il
# a vu le thriller et le film de braquage. Calculez à la main son expression entre crochets : deux
# vecteurs, leur somme, divisée par $\sqrt 2$.

# %%
films = ["comédie", "thriller", "braquage", "farce"]
x = np.array([[1.0, 0.0], [0.0, 2.0], [0.4, 1.0], [1.2, 0.1]])
watched = ["thriller", "braquage"]
rows = [films.index(film) for film in watched]

total = x[rows].sum(axis=0)
print("somme :", total, " divisée par la racine de 2 :", (total / np.sqrt(2)).round(3))

# %% [markdown]
# ## Pourquoi la racine ?
#
# Des vecteurs qui pointent dans toutes les directions se compensent en partie : la somme de $n$
# vecteurs est environ $\sqrt n$ fois plus longue qu'un seul, et non $n$ fois. En divisant par
# $\sqrt n$, on garde à l'expression entre crochets la même longueur, que l'historique soit court ou
# long. Une moyenne ne le ferait pas : elle s'efface à mesure que la personne regarde des films,
# alors qu'on en sait davantage sur elle.
#
# Ci-dessous, pour chaque $n$, la longueur moyenne de la somme de $n$ vecteurs aléatoires, divisée
# de trois façons.

# %%
draw = np.random.default_rng(0)
lengths = {
    n: np.linalg.norm(draw.normal(size=(2000, n, 2)).sum(axis=1), axis=1).mean()
    for n in (1, 4, 16, 64)
}
pd.DataFrame(
    {
        "somme": lengths,
        "somme / racine de n": {n: length / np.sqrt(n) for n, length in lengths.items()},
        "mean": {n: length / n for n, length in lengths.items()},
    }
).rename_axis("n").round(2)

# %% [markdown]
# ## À vous : les facteurs d'un utilisateur
#
# L'expression entre crochets de (6) pour un utilisateur. Un $N(u)$ vide n'ajoute rien : il reste
# $p_u$ seul.

# %%
def implicit_factors(p_u, item_vectors, items):
    """Les facteurs d'un utilisateur avec retour implicite : les crochets de Koren (6).

    p_u : tableau de flottants (K,). item_vectors : tableau de flottants (I, K), la ligne j est
    x_j.
    items : tableau d'entiers (n,), les lignes des items de N(u) ; peut être vide.
    Renvoie un tableau de flottants (K,) : p_u plus la somme des vecteurs des items divisée par
    la racine de n ; pour un N(u) vide, il est égal à p_u. Les arguments restent inchangés.
    """
    # À FAIRE : choisir les lignes, additionner, diviser par la racine de leur nombre, ajouter p_u ;
    # attention à n = 0.
    raise NotImplementedError("implicit_factors")


# %% tags=["check"]
check("implicit_factors")

# %% [markdown]
# ## Des historiques de longueurs différentes
#
# Un lot (batch) est un rectangle, des historiques n'en forment pas un. On les **complète** donc
# (padding) : la ligne $k$ de `history` contient les items du $N(u)$ d'un utilisateur, et $-1$
# partout où il n'y en a pas. Regardez ce qui se passe si l'on cherche ce remplissage dans la table
# comme un item.

# %%
history = np.array([[1, 2, -1], [0, -1, -1], [-1, -1, -1]])
print("lignes que NumPy trouve pour Ben :", x[history[0]].tolist())

# %% [markdown]
# Le dernier film s'est glissé dans la liste. NumPy compte à partir de la fin ; Keras, sur un CPU,
# peut faire de même ou lever une erreur, et sur d'autres machines il répond par des zéros. Le
# remplissage ne doit donc jamais atteindre la table, ou bien il faut jeter ce qu'il en rapporte, à
# l'aide d'un *masque* : 1 là où il y a un item, 0 là où il y a du remplissage.
#
# ```
# history (b, H) ─┬─ masque (b, H) ── combien (b, 1) ──────────────┐
#                 └─ ligne 0 si -1 ── implicit_embedding (b, H, K) ┴─ × masque, somme, / racine (b, K)
# ```
#
# Le masque sert aussi à compter : $|N(u)|$ est le nombre d'items, pas la longueur $H$ de la ligne.
# Ne divisez pas par zéro pour une ligne qui n'est que du remplissage : un seul NaN gâche tous les
# poids en un pas.

# %% [markdown]
# ## À vous : SVD++
#
# C'est le modèle de l'étape 6 avec une troisième entrée et une troisième table de facteurs. Les
# vecteurs $x_j$ ont leur propre table, ce ne sont pas les $q_i$. Le choix des pénalités vous
# revient. La solution de référence prend les $10^{-4}$ de l'étape 6 pour $p$ et $q$, et $5 \cdot
# 10^{-4}$ pour $x$ : tous les films d'un utilisateur parlent à la fois dans chaque prédiction, il
# faut donc que ces vecteurs restent petits (valeur choisie sur les lignes de validation).

# %%
def build_svdpp(n_users, n_items, n_factors, mu):
    """Factorisation de matrice avec retour implicite, Koren (6) sans attributs (SVD++).

    mu + b_i + b_u + q_i · (p_u + |N|^(-1/2) fois la somme des x_j sur les items j de N)

    n_users, n_items, n_factors : entiers ; mu : float.
    Renvoie un keras.Model avec les entrées [user, item, history] et la sortie (b, 1). user,
    item : tableaux d'entiers (b, 1) ; history : tableau d'entiers (b, H), H quelconque : les
    items de N dans n'importe quel ordre, et -1 à n'importe quelle place pour le remplissage, qui
    n'ajoute rien et n'est pas compté. Une ligne qui n'est que remplissage laisse p_u seul.
    Ses couches sont `user_embedding` (n_users, K), `item_embedding` et `implicit_embedding`
    (n_items, K), `user_bias` (n_users, 1) et `item_bias` (n_items, 1) ; toutes sont entraînées.
    Une table peut avoir une ligne de plus, au début ou à la fin ; une ligne lue par le
    remplissage n'ajoute rien, même après l'entraînement.
    """
    # À FAIRE : le modèle de l'étape 6, avec un masque, une somme masquée sur `implicit_embedding`,
    # et sa racine.
    raise NotImplementedError("build_svdpp")


# %% tags=["check"]
check("build_svdpp")

# %% [markdown]
# ## Sur MovieLens : est-ce utile ?
#
# MovieLens indique qui a *noté* quoi, et rien d'autre de ce que les gens ont fait. $N(u)$ est donc
# l'ensemble des films qu'un utilisateur a notés dans **train** (ceux de test révéleraient ce qu'il
# faut prédire). Les longs historiques coûtent du temps : ici, 30 films de chaque utilisateur, tirés
# au hasard, représentent l'ensemble.
#
# Les deux modèles s'entraînent de la même façon : 32 facteurs, 4 époques par lots de 1 024 avec un
# taux d'apprentissage décroissant, trois découpages.

# %% tags=["demo"]
encoding = carry_over("02_encode_split")
biases = carry_over("06_biases")

dataset = data.load(bad_rows="skip")
ratings = dataset.ratings
user_classes, user_map = encoding.fit_encoder(ratings["userId"])
item_classes, item_map = encoding.fit_encoder(ratings["movieId"])
n_users, n_items = len(user_map), len(item_map)
encoded = ratings.assign(
    user=encoding.encode(ratings["userId"], user_map),
    item=encoding.encode(ratings["movieId"], item_map),
)
N_FACTORS, LONGEST, SEEDS = 32, 30, (0, 1, 2)


def histories(frame, n_users, seed=0):
    """Historiques complétés : tableau int32 (U, H), au plus `LONGEST` items par utilisateur,
    tirés au sort."""
    padded = np.full((n_users, LONGEST), -1, dtype="int32")
    drawn = frame.sample(frac=1, random_state=seed)
    for user, items in drawn.groupby("user")["item"]:
        padded[user, : len(items)] = items[:LONGEST]
    return padded


def columns(frame):
    return [frame[[name]].to_numpy("int32") for name in ("user", "item")]


def fit(model, inputs, y, epochs=4, batch_size=1024):
    """Entraîne avec un taux d'apprentissage qui descend à zéro ; renvoie la durée en secondes."""
    start = perf_counter()
    steps = epochs * -(-len(y) // batch_size)
    rate = keras.optimizers.schedules.CosineDecay(0.02, steps)
    model.compile(keras.optimizers.Adam(rate), loss="mse", steps_per_execution=16)
    model.fit(inputs, y, epochs=epochs, batch_size=batch_size, verbose=0)
    return perf_counter() - start


def predict(model, inputs):
    """Scores, ramenés à l'échelle des notes : tableau de flottants (m,)."""
    scores = model.predict(inputs, batch_size=8192, verbose=0).reshape(-1)
    return np.clip(scores, ratings["rating"].min(), ratings["rating"].max())


# %% tags=["demo"]
def compare_on_split(seed):
    """Les deux modèles sur un découpage : un tableau des erreurs et des durées, et les carrés
    des erreurs par ligne de test."""
    train, _val, test = encoding.split_ratings(encoded, seed=seed)
    y, mu = train["rating"].to_numpy("float32"), train["rating"].mean()
    cold = ~(test["user"].isin(train["user"]) & test["item"].isin(train["item"])).to_numpy()
    history = histories(train, n_users)

    def with_history(frame):
        return [*columns(frame), history[frame["user"]]]

    contenders = {
        "biais (étape 6)": (biases.build_biased_mf, columns),
        "implicite (SVD++)": (build_svdpp, with_history),
    }
    predictions, seconds = {}, {}
    for name, (build, inputs) in contenders.items():
        keras.utils.set_random_seed(seed)
        model = build(n_users, n_items, N_FACTORS, mu)
        seconds[name] = fit(model, inputs(train), y)
        predictions[name] = predict(model, inputs(test))
    table = biases.compare(predictions, test["rating"].to_numpy(), cold)
    rows = pd.DataFrame(predictions).sub(test["rating"].to_numpy(), axis=0) ** 2
    rows["notes "
         "d'entraînement"] = test["user"].map(train["user"].value_counts()).fillna(0).to_numpy()
    return table.assign(seconds=pd.Series(seconds)).rename_axis("modèle"), rows


tables, squares = zip(*map(compare_on_split, SEEDS), strict=True)
by_model = pd.concat(tables, keys=SEEDS, names=["graine"]).groupby("modèle")
summary = by_model.mean()
summary.insert(1, "étendue", by_model["rmse"].max() - by_model["rmse"].min())
print(f"{dataset.name}, moyenne de {len(SEEDS)} découpages (étendue : plus grande rmse moins la "
      f"plus petite)")
print(summary.round({"seconds": 1}).round(4).to_string())
by_seed = pd.concat(tables, keys=SEEDS, axis=1).xs("rmse", axis=1, level=1)
gains = by_seed.loc["biais (étape 6)"] - by_seed.loc["implicite (SVD++)"]
print("ce que le retour implicite fait gagner sur chaque découpage :", gains.round(4).tolist())

# %% [markdown]
# Les deux modèles ont eu les mêmes lignes sur chaque découpage : jugez donc les **différences**,
# découpage par découpage. (La colonne « étendue » dit de combien l'erreur d'un même modèle varie
# d'un découpage à l'autre. Les deux erreurs varient ensemble, et cette étendue cacherait un gain
# que tous les découpages montrent.) Regardez ensuite le prix à payer en secondes.
#
# Sur ml-latest-small, SVD++ ne gagne rien : les deux modèles se valent. Le fait d'avoir *noté* un
# film n'apprend pas grand-chose que la note ne dise mieux, et 610 personnes, c'est peu pour
# apprendre environ 9 000 vecteurs $x_j$. Sur les notes simulées, SVD++ gagne à chaque découpage,
# car ces utilisateurs choisissent ce qui leur convient bien plus strictement que de vraies
# personnes.
#
# La figure pose la question : *de qui* prédit-on mieux les notes ? Elle range les lignes de test
# selon le nombre de notes d'entraînement de leur utilisateur.

# %% tags=["demo"]
all_squares = pd.concat(squares)
groups = pd.qcut(all_squares["notes d'entraînement"], 5, duplicates="drop")
by_group = all_squares.groupby(groups, observed=True)
errors = np.sqrt(by_group[list(summary.index)].mean())

figure, axes = plt.subplots(figsize=(10, 5.5))
middles = by_group["notes d'entraînement"].median()
for name, marker in zip(errors, "os", strict=True):
    axes.plot(middles, errors[name], marker=marker, markersize=9, label=name)
axes.set(
    xscale="log",
    xlabel="notes d'entraînement de l'utilisateur (médianes de cinq groupes égaux de lignes de "
           "test)",
    ylabel="RMSE en étoiles",
    title=f"{dataset.name} : à qui l'historique est-il utile ?",
)
ticks = sorted(set(middles.astype(int)))
axes.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
axes.minorticks_off()
axes.legend()
show(figure, "11-errors-by-activity")

# %% [markdown]
# ## Là où l'effet existe par construction : des nouveaux venus avec un historique
#
# L'idée de Koren est ailleurs : dans les informations *au-delà* des notes. MovieLens n'en a pas.
# Prenez donc des données simulées, où tout est connu par construction. `views` contient des films
# qu'un utilisateur a vus sans jamais les noter ; `users` contient ce que les utilisateurs disent
# d'eux-mêmes : tranche d'âge, genre préféré, newsletter.
#
# Ce dernier tableau donne à (6) son dernier terme. $A(u)$ est l'ensemble des attributs de
# l'utilisateur $u$ ; à chaque attribut $a$ correspond un seul vecteur $y_a$, le même pour tous les
# utilisateurs :
#
# $$\hat r_{ui} = \mu + b_i + b_u
# + q_i^\top \Big[\, p_u + |N(u)|^{-\frac12} \sum_{j \in N(u)} x_j + \sum_{a \in A(u)} y_a \,\Big]
# \qquad \text{(Koren 6)}$$
#
# Un utilisateur sur trois est un nouveau venu : **toutes** ses notes sont cachées. Pour lui, $p_u$
# et $b_u$ ne disent rien du tout. Que dit son historique, que disent ses attributs, et que disent
# les deux ensemble ?

# %% tags=["demo"]
simulation = data.simulate()
people = simulation.users
_classes, film_map = encoding.fit_encoder(simulation.movies["movieId"])
known = simulation.ratings.assign(
    user=simulation.ratings["userId"] - 1,
    item=encoding.encode(simulation.ratings["movieId"], film_map),
)
views = pd.DataFrame(
    {
        "user": simulation.views["userId"] - 1,
        "item": encoding.encode(simulation.views["movieId"], film_map),
    }
)
is_newcomer = np.random.default_rng(0).random(len(people)) < 1 / 3
hidden = is_newcomer[known["user"]]
train, newcomers = known[~hidden], known[hidden]
print(f"{is_newcomer.sum()} nouveaux venus avec {len(newcomers):,} notes cachées")
print(people.head(4).to_string(index=False))

# %% [markdown]
# Votre `build_svdpp` ne change pas pour les attributs : appelez le modèle entier comme une couche,
# et ajoutez $q_i^\top \sum_a y_a$ à ce qu'il renvoie, avec les $q_i$ qu'il possède. Trois attributs
# par utilisateur, chacun étant un numéro de ligne dans une même table.

# %% tags=["demo"]
yes_or_no = pd.get_dummies(people.drop(columns="userId"))
attributes = np.stack([np.flatnonzero(row) for row in yes_or_no.to_numpy()]).astype("int32")


def with_attributes(model, n_attributes):
    """Un modèle avec une entrée de plus, les attributs (b, 3), qui ajoute q_i · somme des y_a au
    score."""
    user, item = (keras.Input((1,), dtype="int32") for _ in range(2))
    history, of_user = keras.Input((None,), dtype="int32"), keras.Input((3,), dtype="int32")
    y = keras.layers.Embedding(
        n_attributes,
        N_FACTORS,
        embeddings_initializer="zeros",
        embeddings_regularizer=keras.regularizers.L2(1e-3),
        name="attribute_embedding",
    )
    total = keras.ops.sum(y(of_user), axis=1, keepdims=True)
    term = keras.layers.Dot(axes=2)([model.get_layer("item_embedding")(item), total])
    score = keras.ops.reshape(model([user, item, history]), (-1, 1))
    return keras.Model([user, item, history, of_user], score + keras.layers.Flatten()(term))


watched = histories(views, len(people))


unknown = np.full((len(people), 1), -1, dtype="int32")


def told_by(*tables):
    """Une fonction d'un DataFrame : les utilisateurs, les items et, pour chaque ligne, la ligne
    de son utilisateur dans chaque table."""
    return lambda frame: [*columns(frame), *(table[frame["user"]] for table in tables)]


def train_and_score(model, inputs):
    """Entraîne sur tout le monde sauf les nouveaux venus ; renvoie leur RMSE et la durée en
    secondes."""
    seconds = fit(model, inputs(train), train["rating"].to_numpy("float32"))
    error = predict(model, inputs(newcomers)) - newcomers["rating"].to_numpy()
    return np.sqrt(np.mean(error**2)), seconds


sizes = len(people), len(film_map), N_FACTORS, train["rating"].mean()
n_attributes = yes_or_no.shape[1]
keras.utils.set_random_seed(0)
by_attributes = with_attributes(build_svdpp(*sizes), n_attributes)
contenders = {
    "biais (étape 6)": (biases.build_biased_mf(*sizes), columns),
    "+ films vus": (build_svdpp(*sizes), told_by(watched)),
    "+ attributs": (by_attributes, told_by(unknown, attributes)),
    "+ les "
    "deux": (with_attributes(build_svdpp(*sizes), n_attributes), told_by(watched, attributes)),
}
best = simulation.best_rmse_for(newcomers)
error_of, closed = {}, {}
for name, (model, inputs) in contenders.items():
    error_of[name], seconds = train_and_score(model, inputs)
    gap = error_of["biais (étape 6)"] - best
    closed[name] = (error_of["biais (étape 6)"] - error_of[name]) / gap
    line = f"{name:16} RMSE des nouveaux venus {error_of[name]:.3f}, {closed[name]:4.0%} de l'écart"
    print(f"{line}  ({seconds:.1f} s)")
name = "minimum possible"
print(f"{name:16} RMSE des nouveaux venus {best:.3f}, pour qui connaît toute la simulation")

# %% tags=["demo"]
figure, axes = plt.subplots(figsize=(10, 4.5))
places = np.arange(len(error_of))[::-1]
axes.barh(places, list(error_of.values()), height=0.6, color=["C0", "C1", "C2", "C3"])
for place, error in zip(places, error_of.values(), strict=True):
    axes.text(error + 0.005, place, f"{error:.3f}", va="center")
axes.axvline(best, color="black", linestyle="--", linewidth=1.5)
axes.set_yticks(places, list(error_of))
axes.set_xlim(right=1.12 * max(error_of.values()))
axes.set(xlabel="RMSE en étoiles, utilisateurs sans aucune note (tirets : minimum possible)")
axes.set_title("Nouveaux venus simulés : ce que l'on sait sans aucune note")
axes.grid(axis="y", visible=False)
show(figure, "11-newcomers")

# %% [markdown]
# L'*écart* est ce que l'étape 6 perd par rapport à qui connaît toute la simulation. Lisez chaque
# ligne à côté de son témoin : l'historique seul, les attributs seuls, les deux. Sur ces données,
# les attributs d'un nouveau venu comblent une plus grande part de l'écart que l'historique, et la
# plus grande partie reste à combler : un groupe n'est pas une personne.

# %% [markdown]
# ## Quels attributs parlent ?
#
# Chacun a une tranche d'âge, un genre préféré, une réponse au sujet de la newsletter. Ce que les
# vecteurs d'une même catégorie ont en commun s'ajoute donc pour tout le monde et ne distingue
# personne : soustrayez la moyenne de la catégorie, et regardez la longueur de ce qui reste.
#
# Un vecteur qui ne dit rien a lui aussi une longueur : il a appris du bruit. Entraînez donc encore
# une fois, avec des attributs **distribués aux mauvaises personnes**. Les traits noirs sont les
# longueurs que donne le hasard. Un trait isolé n'est qu'un tirage au hasard : regardez donc
# ensemble les barres d'une même catégorie. Une catégorie a été conçue pour ne rien dire. Laquelle ?

# %% tags=["demo"]
def own_lengths(model):
    """Longueur du vecteur de chaque attribut, moyenne de sa catégorie soustraite : une Series."""
    weights = model.get_layer("attribute_embedding").get_weights()[0]
    y_a = pd.DataFrame(weights, yes_or_no.columns)
    kind = y_a.index.str.partition("_").get_level_values(0)
    return np.sqrt(((y_a - y_a.groupby(kind).transform("mean")) ** 2).sum(axis=1))


dealt = np.random.default_rng(0).permutation(attributes)
keras.utils.set_random_seed(0)
by_chance = with_attributes(build_svdpp(*sizes), n_attributes)
chance_error, _seconds = train_and_score(by_chance, told_by(unknown, dealt))
print(f"attributs des mauvaises personnes : RMSE des nouveaux venus {chance_error:.3f}")

length = own_lengths(by_attributes).sort_values()
chance_length = own_lengths(by_chance)[length.index]
kinds = length.index.str.partition("_").get_level_values(0)
color_of = {kind: f"C{k}" for k, kind in enumerate(people.columns.drop("userId"))}

figure, axes = plt.subplots(figsize=(10, 7))
names = length.index.str.replace("_", ": ")
axes.barh(names, length, color=[color_of[kind] for kind in kinds])
axes.scatter(chance_length, names, color="black", marker="|", s=200, linewidths=2.5, zorder=3)
axes.set(xlabel="longueur du vecteur de l'attribut (en noir : attributs mal distribués)")
axes.set_title("Un vecteur ne parle que s'il est plus long que par hasard")
axes.tick_params(axis="y", labelsize=12)
axes.grid(axis="y", visible=False)
handles = [plt.Rectangle((0, 0), 1, 1, color=color) for color in color_of.values()]
axes.legend(handles, color_of, loc="lower right")
show(figure, "11-attributes")

# %% [markdown]
# ## À discuter
#
# - Le film d'une ligne d'entraînement figure dans l'historique de son utilisateur ; celui d'une
#   ligne de test n'y figure pas. Que peut en apprendre le modèle qui ne l'aidera pas sur les lignes
#   de test ?
# - Lors du concours Netflix, tout le monde savait quels films les utilisateurs du jeu de test
#   avaient notés, mais pas avec quelle note. Pourquoi SVD++ en a-t-il profité, et en profiterait-il
#   dans une boutique ?
# - Que vaut le $\hat r_{ui}$ de l'étape 6 pour un nouveau venu, et pour qui est-il différent ?
# - Il faut réapprendre $p_u$ pour un nouvel utilisateur ; pour $x_j$ et $y_a$, ce n'est pas
#   nécessaire. Qu'est-ce que cela implique pour un service qui accueille mille nouveaux venus par
#   heure ?
# - Ici, l'âge et le genre préféré sont donnés librement. Quels attributs préféreriez-vous ne pas
#   utiliser, même s'ils réduisaient l'erreur ?

# %% [markdown] tags=["answer"]
# *Écrivez vos réponses ici : double-cliquez sur ce texte et remplacez-le.*

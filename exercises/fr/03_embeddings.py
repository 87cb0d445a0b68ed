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
# # 3 · Représentations vectorielles (embeddings)
#
# **Jour 1 · 45 minutes · 8 points**
#
# À la fin de cette étape, vous savez :
# - dire ce qu'est un embedding : une table avec une ligne par identifiant ;
# - montrer que lire une ligne revient à multiplier un vecteur one-hot par une matrice ;
# - prévoir la forme (shape) de ce que renvoie un embedding, et son nombre de paramètres.
#
# Vous écrivez quatre fonctions : `make_embedding` (3 points), `lookup_numpy` (2), `onehot_matmul`
# (2) et `count_parameters` (1). Complétez une fonction, exécutez la cellule de vérification qui la
# suit, lisez ce qu'elle dit, puis continuez.

# %%
from textwrap import shorten
from time import perf_counter

import recommender_data as data
from autograder import carry_over, check, show, use_style

import keras
import matplotlib.pyplot as plt
import numpy as np

use_style()

# %% [markdown]
# ## Un identifiant est un nom, pas une quantité
#
# L'étape 2 a donné à chaque film un nombre de $0$ à $I - 1$. Un réseau pourrait multiplier ce
# nombre par un poids ; alors le film 200 compterait toujours deux fois plus que le film 100. C'est
# absurde : le nombre dit seulement de quel film il s'agit.
#
# Donnez plutôt à chaque film $K$ nombres qui lui sont propres, et laissez l'entraînement les
# choisir. Écrits les uns sous les autres, ils forment une matrice $W$ avec une ligne par film.
# Cette table s'appelle un *embedding*, et la ligne du film $i$ est son vecteur, le $q_i$ de
# [Koren](https://doi.org/10.1109/MC.2009.263). Les utilisateurs ont une table eux aussi ; ses
# lignes sont les $p_u$.
#
# $$W \in \mathbb R^{I \times K}, \qquad q_i = W_{i,:}$$

# %% [markdown]
# ## Un exemple détaillé
#
# Quatre films, deux facteurs : une table de huit nombres. Lire un vecteur, c'est prendre une ligne.

# %%
example_table = np.array([[0.1, 0.2], [1.0, -1.0], [3.0, 0.5], [0.0, 2.0]])

print("film 2 :", example_table[2])
print("films 2, 0 et de nouveau 2 :")
print(example_table[[2, 0, 2]])

# %% [markdown]
# La même chose par une multiplication. Un vecteur *one-hot* contient un 1 à la place du film et des
# 0 partout ailleurs. Multipliez-le par la table : chaque ligne est prise autant de fois que le dit
# le vecteur, une fois ou pas du tout.
#
# $$\begin{pmatrix} 0 & 0 & 1 & 0 \end{pmatrix}
# \begin{pmatrix} 0.1 & 0.2 \\ 1 & -1 \\ 3 & 0.5 \\ 0 & 2 \end{pmatrix}
# = \begin{pmatrix} 3 & 0.5 \end{pmatrix}$$

# %%
example_one_hot = np.array([0, 0, 1, 0])

print("one-hot du film 2 :", example_one_hot)
print("fois la table :    ", example_one_hot @ example_table)

# %% [markdown]
# Pourquoi s'en soucier, si la lecture est tellement plus simple ? Parce que le produit est une
# couche comme une autre : linéaire, avec $W$ pour poids. $W$ a donc un gradient, et l'entraînement
# peut le modifier. La lecture (lookup) est la même couche, sans les multiplications par zéro.
#
# Seules les lignes demandées participent : l'erreur d'un lot (batch) n'a donc un gradient que pour
# ces lignes.

# %% [markdown]
# ## À vous : une couche
#
# Dans Keras, une telle table est une couche, `keras.layers.Embedding`. Elle prend des identifiants
# de n'importe quelle forme et ajoute derrière eux un axe de longueur $K$ :
#
# | identifiants | vecteurs |
# |---|---|
# | `(b,)` | `(b, K)` |
# | `(b, 1)` | `(b, 1, K)` |
# | `(b, 5)` | `(b, 5, K)` |
#
# À vous de réfléchir à trois choses : la taille de la table, ses valeurs de départ et le nom de la
# couche. L'étape 4 a deux tables dans un même modèle, et les retrouve par leurs noms.

# %%
def make_embedding(n_ids, n_factors, name=None):
    """Une table de vecteurs entraînable, une ligne par identifiant 0, 1, …, n_ids - 1.

    n_ids, n_factors : entiers. name : le nom de la couche, un str ; avec None, Keras en choisit
    un.
    Renvoie un keras.layers.Embedding dont les poids ont la forme (n_ids, n_factors) ; une ligne
    de plus, pour les identifiants inconnus, est permise. La table démarre au hasard : ses lignes
    diffèrent, et ses colonnes aussi.
    """
    # À FAIRE : une couche Embedding de la bonne taille, avec son nom.
    raise NotImplementedError("make_embedding")


# %% tags=["check"]
check("make_embedding")

# %% [markdown]
# Une couche neuve n'a pas de poids : Keras les crée quand la couche est *construite*, au plus tard
# à son premier appel. Regardez-le se produire, et comparez les formes au tableau ci-dessus.

# %% tags=["demo"]
layer = make_embedding(4, 2)
print("tableaux de poids avant le premier appel :", len(layer.get_weights()))
for ids in np.array([2, 0, 2]), np.array([[2], [0], [2]]), np.zeros((3, 5), dtype=int):
    print("identifiants", ids.shape, "-> vecteurs", tuple(layer(ids).shape))
print("tableaux de poids maintenant :", len(layer.get_weights()))
print(layer.get_weights()[0])

# %% [markdown]
# ## À vous : la lecture
#
# Oubliez Keras. À partir de la table et de quelques identifiants, renvoyez leurs lignes, dans
# l'ordre des identifiants. Un identifiant peut revenir plusieurs fois : un lot contient beaucoup de
# notes d'un même film.

# %%
def lookup_numpy(weights, ids):
    """Lignes d'une table : la ligne k de la réponse est la ligne de `weights` qui appartient à
    ids[k].

    weights : tableau (n, K). ids : tableau d'entiers (m,), chacun de 0 à n - 1, dans un ordre
    quelconque, avec des répétitions possibles.
    Renvoie un tableau (m, K).
    """
    # À FAIRE : indexer la table avec les identifiants.
    raise NotImplementedError("lookup_numpy")


# %% tags=["check"]
check("lookup_numpy")

# %% [markdown]
# ## À vous : le produit
#
# Et maintenant, le détour. Écrivez les vecteurs one-hot de $m$ identifiants les uns sous les
# autres : une matrice $X$ de $m$ lignes, chacune aussi longue que la table a de lignes.
#
# $$X \in \{0, 1\}^{m \times n}, \qquad X W \in \mathbb R^{m \times K}$$
#
# Construisez $X$, puis multipliez. Le produit lit la table *entière* ; aucune ligne n'en est
# extraite. (On le verrait avec une table qui contient un `nan` dans une ligne qu'aucun identifiant
# ne demande, car $0 \cdot \mathrm{nan}$ donne `nan`.)

# %%
def onehot_matmul(weights, ids):
    """La même chose qu'une lecture, par un produit de matrices : vecteurs one-hot fois table.

    weights : tableau (n, K). ids : tableau d'entiers (m,), chacun de 0 à n - 1, dans un ordre
    quelconque, avec des répétitions possibles.
    Renvoie un tableau (m, K) : la matrice one-hot (m, n) fois weights.
    """
    # À FAIRE : construire la matrice one-hot, la multiplier par la table.
    raise NotImplementedError("onehot_matmul")


# %% tags=["check"]
check("onehot_matmul")

# %% [markdown]
# ## Une même réponse, deux prix
#
# Les deux donnent les mêmes nombres. La lecture touche $m$ lignes, le produit les touche toutes les
# $n$, pour chacun des $m$ identifiants. Lisez 64 identifiants dans des tables de plus en plus
# grandes, et voyez ce que coûte chacune de vos deux fonctions.


# %% tags=["demo"]
def seconds(function, *arguments, repeats=20):
    """La plus courte de plusieurs durées d'exécution, en secondes."""
    times = []
    for _repeat in range(repeats):
        start = perf_counter()
        function(*arguments)
        times.append(perf_counter() - start)
    return min(times)


rng = np.random.default_rng(0)
table_sizes = [100, 300, 1000, 3000]
timings = {lookup_numpy: [], onehot_matmul: []}
for n in table_sizes:
    table = rng.normal(size=(n, 16)).astype("float32")
    ids = rng.integers(n, size=64)
    assert np.allclose(lookup_numpy(table, ids), onehot_matmul(table, ids))
    for function, times in timings.items():
        times.append(seconds(function, table, ids))

figure, axes = plt.subplots()
for function, times in timings.items():
    axes.plot(table_sizes, 1e6 * np.array(times), marker="o", markersize=9, label=function.__name__)
axes.set(
    xscale="log",
    yscale="log",
    xlabel="lignes de la table",
    ylabel="microsecondes pour 64 identifiants",
    title="Le produit paie pour chaque ligne, la lecture pour les lignes utiles",
)
axes.set_xticks(table_sizes, labels=[f"{n:,}" for n in table_sizes])
axes.minorticks_off()
axes.legend()
show(figure, "03-lookup-and-product")
ratio = timings[onehot_matmul][-1] / timings[lookup_numpy][-1]
print(f"{table_sizes[-1]:,} lignes : le produit prend {ratio:,.0f} fois plus de temps")

# %% [markdown]
# ## Prédire avant de calculer
#
# Une table pour 4 films avec 2 facteurs, et un lot de 5 identifiants. Écrivez votre prédiction à la
# place de chaque `None` ; une forme s'écrit comme un tuple. Exécutez la cellule seulement ensuite :
# Keras répond à côté de vous.

# %% tags=["demo"]
predicted = {
    "vecteurs pour des identifiants (5,)": None,
    "vecteurs pour des identifiants (5, 1)": None,
    "nombres dans la table": None,
}

small = keras.layers.Embedding(4, 2)
computed = [tuple(small(np.zeros(shape, dtype=int)).shape) for shape in ((5,), (5, 1))]
computed.append(small.count_params())
for (what, guess), answer in zip(predicted.items(), computed, strict=True):
    remark = "comme prédit" if guess == answer else f"vous aviez prédit {guess}"
    print(f"{what}: {answer} ({remark})")

# %% [markdown]
# ## À vous : compter
#
# Le modèle de l'étape 4 n'est rien d'autre que deux tables : une ligne de $K$ nombres par
# utilisateur, une ligne de $K$ nombres par item. Combien de nombres doit-il apprendre ? Prédisez
# d'abord, sur papier : 4 films, 3 utilisateurs, 2 facteurs. Puis écrivez la fonction et
# interrogez-la.

# %%
def count_parameters(n_users, n_items, n_factors):
    """Le nombre de paramètres des deux tables de l'étape 4, celle des utilisateurs et celle des
    items.

    n_users, n_items, n_factors : entiers. Les tables ont une ligne par utilisateur ou par item
    et une colonne par facteur. Une ligne de réserve pour les identifiants inconnus compte dans
    les deux tables ou dans aucune.
    Renvoie un entier.
    """
    # À FAIRE : les éléments des deux tables.
    raise NotImplementedError("count_parameters")


# %% tags=["check"]
check("count_parameters")

# %% [markdown]
# ## Sur MovieLens : paramètres et notes
#
# Chaque facteur ajoute un nombre par utilisateur et par film. Les notes, elles, restent aussi
# nombreuses. Là où la courbe croise le nombre de notes, le modèle a autant de paramètres qu'il y a
# de notes.

# %% tags=["demo"]
dataset = data.load(bad_rows="skip")
ratings, movies = dataset
encoding = carry_over("02_encode_split")
user_classes, user_map = encoding.fit_encoder(ratings["userId"])
item_classes, item_map = encoding.fit_encoder(ratings["movieId"])
n_users, n_items = len(user_map), len(item_map)

factors = np.arange(1, 129)
parameters = [count_parameters(n_users, n_items, k) for k in factors.tolist()]
enough = next((k for k, n in zip(factors, parameters, strict=True) if n >= len(ratings)), None)
print(f"{dataset.name} : {n_users:,} utilisateurs, {n_items:,} films, {len(ratings):,} notes")
first = enough or "plus de 128"
print(f"premier K avec autant de paramètres que de notes : {first}")
print(f"K = 64 : {parameters[63]:,} paramètres, {parameters[63] / len(ratings):.1f} par note")

figure, axes = plt.subplots()
axes.plot(factors, np.array(parameters) / 1000, label="paramètres des deux tables")
axes.axhline(len(ratings) / 1000, color="C1", linestyle="--", label="notes")
axes.set(
    xlabel="nombre de facteurs K",
    ylabel="milliers",
    title=f"{dataset.name} : les paramètres augmentent avec K, pas les notes",
    xlim=(0, 128),
    ylim=(0, None),
)
axes.legend()
show(figure, "03-parameters")

# %% [markdown]
# Avoir plus de paramètres que de notes ne veut pas encore dire que chaque note peut être apprise
# par cœur. Les notes se pressent dans un coin du tableau, celui des utilisateurs les plus actifs et
# des films les plus notés. Là, beaucoup de notes se partagent peu de lignes : il faut donc à ce
# coin plus de facteurs pour avoir autant de paramètres que de notes. Pour un film qui n'a qu'une
# note, un seul facteur suffit. Comparez :

# %% tags=["demo"]
busiest = ratings["userId"].value_counts().index[:200]
most_rated = ratings["movieId"].value_counts().index[:300]
inside = ratings["userId"].isin(busiest) & ratings["movieId"].isin(most_rated)
n_rows = len(busiest) + len(most_rated)
corner = int(np.ceil(inside.sum() / n_rows))
print(f"table entière : {len(ratings):,} notes, {n_users + n_items:,} lignes : K = {enough}")
print(f"coin le plus rempli : {inside.sum():,} notes, {n_rows:,} lignes : K = {corner}")
singles = int((ratings["movieId"].value_counts() == 1).sum())
print(f"films avec une seule note : {singles:,}")

# %% [markdown]
# Pour un même $K$, un modèle peut donc apprendre par cœur ses films rares et manquer de facteurs
# dans le coin. L'arrêt anticipé de l'étape 5 et les pénalités de l'étape 6 l'empêchent d'apprendre
# par cœur ce qu'il pourrait.

# %% [markdown]
# ## À quoi ressemble une table non entraînée
#
# Les lignes ci-dessous appartiennent aux films les plus notés, mais aucune note ne les a encore
# touchées. Cherchez un motif : des films que vous savez proches ont-ils des lignes qui se
# ressemblent ?

# %% tags=["demo"]
films = make_embedding(n_items, 16, name="item_embedding")
films(np.zeros(1, dtype=int))
table = films.get_weights()[0]

titles = movies.set_index("movieId")["title"]
popular = ratings["movieId"].value_counts().index[:12]
rows = lookup_numpy(table, np.array([item_map[movie_id] for movie_id in popular]))

figure, (left, right) = plt.subplots(1, 2, figsize=(13, 5.5), width_ratios=[2, 1])
reach = np.abs(table).max()
colours = left.imshow(rows, cmap="PuOr", vmin=-reach, vmax=reach, aspect="auto")
labels = [shorten(titles[movie_id], 34, placeholder=" …") for movie_id in popular]
left.set_yticks(range(len(popular)), labels=labels, fontsize=11)
left.set(xlabel="facteur", title="Une table non entraînée n'est que du bruit")
left.grid(False)
figure.colorbar(colours, ax=left, label="poids")
right.hist(table.ravel(), bins=40)
right.set(xlabel="poids", ylabel="éléments de la table entière", title="Ses nombres sont petits")
show(figure, "03-untrained-table")

# %% [markdown]
# Même le bruit a des plus proches voisins. Demandez à la table non entraînée quel film est le plus
# proche du premier, d'après le cosinus de l'angle entre leurs vecteurs :

# %% tags=["demo"]
directions = table / np.linalg.norm(table, axis=1, keepdims=True)
first = item_map[popular[0]]
cosines = directions[:n_items] @ directions[first]
cosines[first] = -1
nearest = int(np.argmax(cosines))
print(f"le plus proche de {titles[popular[0]]} : {titles[item_classes[nearest]]}")
print(f"leur cosinus : {cosines[nearest]:.2f}")

largest = {}
for n_factors in (4, 16, 64):
    noise = np.random.default_rng(0).normal(size=(n_items, n_factors))
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    largest[n_factors] = float(np.max(noise[1:] @ noise[0]))
    print(f"{n_factors} facteurs de bruit : plus grand cosinus {largest[n_factors]:.2f}")

# %% [markdown]
# La réponse n'a aucun sens. Parmi beaucoup de films, il s'en trouve un qui pointe par hasard à peu
# près dans la même direction, et moins il y a de facteurs, plus il est proche. Souvenez-vous-en
# quand l'étape 9 interrogera une table entraînée.

# %% [markdown]
# ## À discuter
#
# - Les deux tables partent de zéro. Écrivez le gradient de $(r - q_i^\top p_u)^2$ par rapport à
#   $p_u$ et à $q_i$. Que fera l'entraînement ?
# - Un film est dans la table, mais personne ne l'a noté. Que sera sa ligne après l'entraînement ?
# - Deux utilisateurs échangent leurs identifiants, partout. Qu'est-ce qui change dans la table, et
#   dans les prédictions ?
# - Quelqu'un divise tous les identifiants par le plus grand, « pour normaliser l'entrée ».
#   Qu'est-ce qui s'est perdu ?
# - Le catalogue double. Que deviennent la taille de la table et la durée d'une lecture de 64
#   identifiants ?

# %% [markdown] tags=["answer"]
# *Écrivez vos réponses ici : double-cliquez sur ce texte et remplacez-le.*

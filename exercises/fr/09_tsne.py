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
# # 9 · Cartes de l'espace des embeddings
#
# **Jour 3 · 90 minutes · 8 points**
#
# À la fin de cette étape, vous savez :
# - extraire d'un modèle entraîné les vecteurs des items, et trouver les plus proches voisins d'un
#   film ;
# - dessiner une carte de tous les films avec t-SNE, coloriée d'après ce que vous savez d'eux ;
# - lire les directions principales de l'espace, et situer des utilisateurs parmi les films, vous
#   compris ;
# - dire ce que montre une telle carte, ce qu'elle cache, et comment vous le savez.
#
# Vous écrivez quatre fonctions : `item_embeddings` (1 point), `nearest` (3), `tsne_2d` (2) et
# `plot_map` (2). Complétez une fonction, exécutez la cellule de vérification qui la suit, lisez ce
# qu'elle dit, puis continuez.

# %%
import recommender_data as data
from autograder import (
    beside,
    carry_over,
    check,
    explore_map,
    picture,
    rate_films,
    show,
    use_style,
)

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from sklearn.decomposition import TruncatedSVD
from sklearn.manifold import TSNE
from sklearn.neighbors import NearestNeighbors

use_style()

# %% [markdown]
# ## Qu'est-ce que le modèle a retenu d'un film ?
#
# Personne n'a dit au modèle ce qu'est une comédie. Il a vu des notes et, pour chaque item $i$, il a
# retenu $K$ nombres, $q_i$ : sa représentation vectorielle (*embedding*). Si les mêmes utilisateurs
# ont aimé deux films, au-delà de ce que disent les biais, les pas de l'entraînement ont tiré les
# deux vecteurs vers les mêmes $p_u$, et donc l'un vers l'autre.
#
# Les directions ont donc un sens. Une coordonnée isolée n'en a pas : faites tourner de la même
# façon tous les $p_u$ et tous les $q_i$, et chaque score reste le même (étape 4). Regardez les
# vecteurs **les uns par rapport aux autres**.

# %% [markdown]
# ## À vous : les vecteurs
#
# Tous les modèles de ce cours gardent les vecteurs de leurs items dans une couche nommée
# `item_embedding`. D'autres couches peuvent contenir des tables de la même forme, et elles peuvent
# se trouver n'importe où : demandez la couche par son nom.

# %%
def item_embeddings(model):
    """Les vecteurs des items d'un modèle : la ligne i est q_i.

    model : un modèle Keras avec une couche nommée `item_embedding`, dont la table a I lignes.
    Renvoie un tableau float32 (I, K).
    """
    # À FAIRE : trouver la couche par son nom et lire son seul poids.
    raise NotImplementedError("item_embeddings")


# %% tags=["check"]
check("item_embeddings")

# %% [markdown]
# ## À quel point deux films se ressemblent-ils ?
#
# Le **cosinus** compare les directions et ignore les longueurs :
#
# $$\cos(q_i, q_j) = \frac{q_i^\top q_j}{\lVert q_i \rVert\, \lVert q_j \rVert}$$
#
# Il vaut 1 pour la même direction, 0 pour un angle droit, −1 pour des directions opposées. Pourquoi
# ignorer la longueur ? Quand beaucoup d'utilisateurs ont noté un film, ses nombreuses erreurs
# pèsent plus lourd dans la fonction de perte que sa seule pénalité : son vecteur devient long (une
# figure le montre plus bas). Avec le simple produit scalaire, les vecteurs longs seraient les
# voisins de tout le monde.

# %% [markdown]
# ## Un exemple détaillé
#
# Quatre films, deux facteurs. Quel film ressemble le plus à la farce ? Calculez le premier cosinus
# à la main : $(2 \cdot 4 + 0 \cdot 3) / (2 \cdot 5) = 0.8$.

# %%
films = ["farce", "blockbuster", "comédie", "thriller"]
q = np.array([[2.0, 0.0], [4.0, 3.0], [1.0, 0.2], [-0.5, 2.0]])

lengths = np.linalg.norm(q, axis=1)
products = q @ q[0]
pd.DataFrame(
    {
        "longueur": lengths,
        "produit scalaire avec la farce": products,
        "cosine": products / (lengths * lengths[0]),
        "distance": np.linalg.norm(q - q[0], axis=1),
    },
    index=films,
).round(2)

# %% [markdown]
# Le produit scalaire préfère le vecteur long du blockbuster, même à la farce elle-même. Le cosinus
# préfère la comédie. Et la farce ressemble bien sûr surtout à elle-même : cela ne répond à aucune
# question.

# %% [markdown]
# ## À vous : les voisins

# %%
def nearest(embeddings, index, n=10):
    """Les n items qui ressemblent le plus à un item, d'après le cosinus, sans cet item lui-même.

    embeddings : tableau de flottants (I, K), dont aucune ligne n'est nulle ; index : la ligne de
    la requête, 0..I-1 ; n : entier.
    Renvoie (indices, similarities) : un tableau d'entiers et un tableau de flottants de min(n,
    I - 1) éléments, le plus semblable en premier. Un autre item qui a exactement le vecteur de
    la requête peut en faire partie.
    """
    # À FAIRE : cosinus de toutes les lignes avec la requête ; écarter la requête ; les n plus
    # grands, le meilleur en premier.
    raise NotImplementedError("nearest")


# %% tags=["check"]
check("nearest")

# %% [markdown]
# ## De K dimensions à une feuille de papier
#
# Aucune feuille de papier n'a 64 dimensions : toute carte doit donc mentir sur quelque chose.
# **t-SNE** choisit sur quoi dire la vérité : qui est proche de qui.
#
# - En $K$ dimensions, chaque film $i$ répartit une unité d'attention sur les autres, surtout sur
#   les plus proches : $p_{j|i} \propto \exp(-\lVert q_i - q_j \rVert^2 / 2\sigma_i^2)$.
# - $\sigma_i$ est choisi pour que l'attention porte sur à peu près autant de films que l'indique la
#   **perplexité**.
# - Sur la carte, l'attention décroît comme $1 / (1 + d^2)$. Les points sont déplacés, pas à pas,
#   jusqu'à ce que l'attention sur la carte ressemble le plus possible à l'attention en $K$
#   dimensions.
#
# C'est la méthode de l'article « Visualizing Data using t-SNE » de van der Maaten et Hinton (JMLR
# 9, 2008). Une carte essaie de conserver les voisins proches. Elle n'essaie **pas** de conserver
# les distances entre amas, la taille des amas, les espaces vides, la gauche et la droite.

# %% [markdown]
# ## À vous : la carte
#
# L'algorithme est dans scikit-learn : `TSNE`. Il est aléatoire, et prend donc une graine ; il
# refuse une perplexité qui n'est pas inférieure au nombre de points. Votre fonction doit aussi
# savoir faire une carte de quelques films seulement : s'ils sont trop peu nombreux pour la
# perplexité demandée, ramenez-la à ce qu'ils permettent.

# %%
def tsne_2d(embeddings, perplexity=30.0, seed=0):
    """Une carte t-SNE de vecteurs : les voisins proches restent proches.

    embeddings : tableau de flottants (m, K) ; perplexity : flottant, à peu près combien de
    voisins comptent, réduite si m films n'en ont pas autant ; seed : entier, la même graine
    donne la même carte.
    Renvoie un tableau de flottants (m, 2).
    """
    # À FAIRE : une perplexité que m points permettent ; TSNE avec elle et la graine ; les
    # coordonnées obtenues.
    raise NotImplementedError("tsne_2d")


# %% tags=["check"]
check("tsne_2d")

# %% [markdown]
# ## À vous : la figure
#
# Une carte sans couleurs est un nuage. La couleur en fait une question : les films d'un même genre,
# d'une même décennie ou d'un même niveau de célébrité sont-ils ensemble ? Utilisez une couleur par
# étiquette, nommez les étiquettes dans une légende, donnez un titre à la carte, et écrivez les
# titres de quelques films que tout le monde connaît à côté de leurs points. Les couleurs de
# matplotlib recommencent, après la dixième par défaut et après la huitième dans le style de ce
# cours : un genre de plus, et deux étiquettes se confondent.

# %%
def plot_map(coordinates, labels, titles=None):
    """Dessine une carte de films, coloriée par étiquette.

    coordinates : tableau de flottants (m, 2), x et y ; labels : tableau (m,) de chaînes ou
    d'entiers.
    titles : dictionnaire index -> texte, écrit au point de ce film ; None pour aucun texte.
    Renvoie l'Axes matplotlib d'une nouvelle figure : une couleur par étiquette, quel que soit le
    nombre d'étiquettes, une légende avec toutes les étiquettes, un titre.
    """
    # À FAIRE : un nuage de points (scatter) par étiquette, une légende, un titre, une annotation
    # pour chaque titre donné.
    raise NotImplementedError("plot_map")


# %% tags=["check"]
check("plot_map")

# %% [markdown]
# ## Sur MovieLens : entraîner, puis extraire les vecteurs
#
# C'est le modèle de l'étape 6, entraîné avec vos propres fonctions. Gardez ensuite les films qui
# ont 20 notes ou plus : la pénalité maintient près de zéro le vecteur d'un film qui a deux notes,
# et sa direction doit presque tout au hasard. Rien ne reste pourtant du départ aléatoire : la même
# pénalité ramène à zéro le vecteur d'un film que le jeu d'entraînement n'a jamais vu.

# %% tags=["demo"]
encoding = carry_over("02_encode_split")
training = carry_over("05_training")
biases = carry_over("06_biases")

dataset = data.load(bad_rows="skip")
ratings, movies = dataset
user_classes, user_map = encoding.fit_encoder(ratings["userId"])
item_classes, item_map = encoding.fit_encoder(ratings["movieId"])
train, val, _test = encoding.split_ratings(ratings, test_fraction=0.1)

mu = train["rating"].mean()
keras.utils.set_random_seed(0)
model = biases.build_biased_mf(len(user_map), len(item_map), n_factors=64, mu=mu)
xy_train, xy_val = (encoding.make_xy(part, user_map, item_map) for part in (train, val))
training.compile_and_fit(model, xy_train, xy_val)

counts = np.bincount(encoding.encode(ratings["movieId"], item_map), minlength=len(item_map))
often = np.flatnonzero(counts >= 20)
vectors, popularity = item_embeddings(model)[often], counts[often]
films = movies.set_index("movieId").loc[np.asarray(item_classes)[often]]
print(f"{dataset.name} : {len(films):,} films sur {len(item_map):,} ont 20 notes ou plus")

# %% [markdown]
# L'avant-dernière ligne mérite un deuxième regard. `item_classes` dit à quel `movieId` appartient
# une ligne de la table, et `movieId` mène au titre. Le numéro de ligne de `movies` n'y mènerait
# pas : les lignes des deux tables se décalent dès le premier film que personne n'a noté.

# %% [markdown]
# ### Les longueurs : le modèle sait qui est célèbre
#
# La norme d'un vecteur en fonction du nombre de notes. Est-ce une propriété des films, ou des
# données ?

# %% tags=["demo"]
norms = np.linalg.norm(vectors, axis=1)
correlation = np.corrcoef(norms, np.log(popularity))[0, 1]
print(f"corrélation entre norme et log de la popularité : {correlation:.2f}")

figure, axes = plt.subplots()
axes.scatter(popularity, norms, s=16, alpha=0.6, linewidths=0)
axes.set(xscale="log", xlabel="notes", ylabel="longueur du vecteur du film")
axes.set_xticks([20, 50, 100, 200], ["20", "50", "100", "200"])
axes.minorticks_off()
axes.set_title("Les films plus notés ont des vecteurs plus longs")
show(figure, "09-norms-and-popularity")

# %% [markdown]
# ### Voisins
#
# Cinq films que beaucoup connaissent, et les films dont les vecteurs pointent dans la même
# direction. Jugez vous-même : quels voisins auriez-vous recommandés, et lesquels n'ont en commun
# que leur décennie ?

# %% tags=["demo"]
known = np.argsort(-popularity)[:40:8].tolist()
rows = []
for film in known:
    indices, similarities = nearest(vectors, film, n=5)
    for index, similarity in zip(indices, similarities, strict=True):
        rows.append((films["title"].iloc[film], films["title"].iloc[index], similarity))
neighbours = pd.DataFrame(rows, columns=["film", "voisin", "cosine"])
print(neighbours.round(2).to_string(index=False))

# %% [markdown]
# ### Trois coloriages d'une même carte
#
# Une carte, trois questions. Les étiquettes : quelques genres qui devraient se distinguer
# facilement (un film prend le premier qui convient, les autres films n'apparaissent pas dans cette
# figure), trois niveaux de popularité, cinq périodes.
#
# D'abord la carte par genre : la vôtre et, à côté, celle de la solution de référence, avec les
# mêmes vecteurs. Un autre départ donne une autre carte des mêmes vecteurs, peut-être tournée ou en
# miroir, et tout aussi juste. Les mêmes films sont-ils ensemble ?

# %% tags=["demo"]
SHOWN = ("Animation", "Horror", "Sci-Fi", "Crime", "Romance")


def genre_of(genres):
    return next((name for name in SHOWN if name in genres.split("|")), "autre")


def bands(values, edges, names):
    cut = pd.cut(values, edges, right=False, labels=names)
    return np.array(["inconnue" if pd.isna(band) else band for band in cut])


years = films["title"].str.extract(r"\((\d{4})\)\s*$")[0].astype(float).to_numpy()
labels = {
    "genre": np.array([genre_of(genres) for genres in films["genres"]]),
    "popularité": bands(
        popularity, [20, 40, 80, np.inf], ["20-39 notes", "40-79 notes", "80 notes ou plus"]
    ),
    "période": bands(
        years,
        [0, 1970, 1980, 1990, 2000, np.inf],
        ["1900-1969", "1970-1979", "1980-1989", "1990-1999", "2000 et après"],
    ),
}
shown = labels["genre"] != "autre"


def map_by_genre(step):
    places = step.tsne_2d(vectors)
    axes = step.plot_map(places[shown], labels["genre"][shown])
    axes.set_title("Genre : des amas locaux, pas de continents")
    return places, picture(axes)


def draw_picture(axes, drawn):
    _places, image = drawn
    axes.imshow(image)
    axes.set_axis_off()


places, _image = beside(
    "09_tsne", map_by_genre, draw_picture, "09-map-by-genre", size=(18, 6.5), share=False
)

# %% [markdown]
# La même carte, coloriée par popularité, puis par période. Les textes sont les titres de films très
# notés, choisis loin les uns des autres et à des hauteurs différentes, pour rester lisibles.

# %% tags=["demo"]
def far_apart(places, candidates, n):
    """Positions de n candidats, loin les uns des autres, dont les textes sont à des hauteurs
    différentes."""
    chosen = [candidates[0]]
    line = 0.045 * np.ptp(places[:, 1])
    while len(chosen) < n:
        gaps = np.linalg.norm(places[candidates][:, None] - places[chosen][None], axis=2)
        heights = np.abs(places[candidates, 1][:, None] - places[chosen, 1][None])
        gaps[heights.min(axis=1) < line] = -1
        chosen.append(candidates[gaps.min(axis=1).argmax()])
    return chosen


def titled(rows):
    return {row: films["title"].iloc[row].partition(" (")[0] for row in rows}


well_known = np.argsort(-popularity)[:100]
famous = titled(far_apart(places, well_known, 9))
for name, figure_name in ("popularité", "09-map-by-popularity"), ("période", "09-map-by-era"):
    axes = plot_map(places, labels[name], famous)
    axes.set_title(f"La même carte de {len(films):,} films, coloriée par {name}")
    show(axes.figure, figure_name)

# %% [markdown]
# ### Explorez-la
#
# Une image avec neuf titres cache les autres films. Passez la souris sur un film pour lire son
# titre, cherchez-en un que vous connaissez, changez les couleurs, et cliquez : ses voisins sont
# ceux de `nearest`, dans l'espace des vecteurs. Souvent, ils sont ailleurs sur la carte.

# %% tags=["demo"]
explore_map(places, vectors, films, popularity)

# %% [markdown]
# L'œil trouve des amas dans n'importe quel nuage : comptez donc. Prenez les dix plus proches
# voisins d'un film : combien ont son étiquette ? Et combien l'auraient par hasard ? La première
# ligne laisse « autre » de côté, car ce n'est pas un genre.

# %% tags=["demo"]
def ten_nearest(points, metric="euclidean"):
    search = NearestNeighbors(n_neighbors=11, metric=metric).fit(points)
    return search.kneighbors(return_distance=False, n_neighbors=10)


def agreement(neighbours, kinds):
    asked = kinds != "autre"
    return np.mean(kinds[neighbours[asked]] == kinds[asked, None])


def by_chance(kinds):
    asked = kinds[kinds != "autre"]
    return np.mean([np.mean(kinds == kind) for kind in asked])


in_space, on_map = ten_nearest(vectors, "cosine"), ten_nearest(places)
table = pd.DataFrame(
    {
        name: {
            "par hasard": by_chance(kinds),
            "proches par cosinus": agreement(in_space, kinds),
            "proches sur la carte": agreement(on_map, kinds),
        }
        for name, kinds in labels.items()
    }
).T
print(table.round(2).to_string())

# %% [markdown]
# Lisez les cartes avec le tableau à côté. Comparez chaque nombre à « par hasard » dans sa ligne.
#
# - La **période** se voit sur la carte et dans les vecteurs : les films d'une même période sont
#   ensemble, par bandes et par plaques. Les utilisateurs notent ce qui passait au cinéma quand ils
#   y allaient, et les goûts vont avec.
# - La **popularité** se voit aussi. t-SNE s'appuie sur les distances, où les longueurs comptent, et
#   les films très notés ont des vecteurs longs : en moyenne, ils se trouvent plus à l'extérieur que
#   les autres.
# - Le **genre** apparaît sous forme de petits amas locaux, non de continents, et mieux dans les
#   vecteurs que sur la carte : deux dimensions n'avaient pas de place pour lui. L'étape 10 mesure
#   combien d'information sur le genre les vecteurs contiennent vraiment.
#
# Avec les notes simulées, on connaît la vérité : le genre et la période y déterminent tous deux les
# goûts, et devraient donc se voir tous les deux.

# %% [markdown]
# ### Les mêmes films, une autre graine
#
# Une carte n'est qu'une carte parmi d'autres. Quelles affirmations résistent à une deuxième carte ?

# %% tags=["demo"]
again = tsne_2d(vectors, seed=1)
axes = plot_map(again, labels["période"], titled(far_apart(again, well_known, 9)))
axes.set_title("Les mêmes vecteurs, une autre graine, coloriés par période")
show(axes.figure, "09-map-another-seed")


def kept(some, others):
    return np.mean([np.isin(row, other).mean() for row, other in zip(some, others, strict=True)])


def distances(points):
    return np.linalg.norm(points[:, None] - points[None], axis=2)[np.triu_indices(len(points), 1)]


print(f"voisins proches sur la carte 1 qui le sont aussi sur la carte 2 : "
      f"{kept(on_map, ten_nearest(again)):.0%}")
space_kept = kept(ten_nearest(vectors), on_map)
print(f"voisins proches dans l'espace (Euclide) qui le sont aussi sur la carte 1 : "
      f"{space_kept:.0%}")
in_far, one_far, two_far = (distances(points) for points in (vectors, places, again))
far = in_far > np.median(in_far)
alike = np.corrcoef([in_far[far], one_far[far], two_far[far]])
print(f"grandes distances, espace et carte 1 : corrélation {alike[0, 1]:.2f}")
print(f"grandes distances, carte 1 et carte 2 : corrélation {alike[1, 2]:.2f}")
if np.allclose(places, again, atol=1e-3 * np.ptp(places)):
    print("Les deux cartes sont les mêmes : le départ de votre tsne_2d ne dépend pas de la graine.")
else:
    print("Les cartes sont différentes : la graine joue un rôle dans le départ de votre tsne_2d.")

# %% [markdown]
# La gauche et la droite, le haut et le bas ne veulent rien dire. Comment votre carte
# commence-t-elle ?
#
# - Avec `init="random"`, c'est la **graine** qui décide. La deuxième carte peut alors être tournée
#   ou en miroir, et environ la moitié des voisins proches, ou davantage, restent proches.
# - Avec `init="pca"`, la valeur par défaut de scikit-learn, ce sont les **données** qui décident,
#   presque seules : la graine n'intervient qu'un peu, car l'ACP (*PCA*) est approchée. De petites
#   différences peuvent grandir : avec deux graines, on obtient parfois la même carte, parfois deux
#   cartes différentes. Obtenir une seule carte est tout aussi juste, mais ne dit rien de la
#   confiance qu'elle mérite.
#
# Dans les deux cas, comparez avec l'espace lui-même : beaucoup des vrais voisins d'un film ne sont
# pas ses voisins sur la carte. Deux cartes peuvent s'accorder entre elles mieux qu'avec l'espace,
# car toutes deux font entrer les mêmes vecteurs dans les deux mêmes dimensions. Ne lisez donc
# jamais des voisins sur la carte tant que vous avez les vecteurs : `nearest` interroge l'espace
# lui-même.

# %% [markdown]
# ### Les mêmes films, un autre entraînement
#
# Les vecteurs eux-mêmes ne sont qu'un résultat parmi d'autres. Entraînez le même modèle une fois de
# plus, avec un autre départ : quels voisins un film garde-t-il ?

# %% tags=["demo"]
keras.utils.set_random_seed(1)
other_model = biases.build_biased_mf(len(user_map), len(item_map), n_factors=64, mu=mu)
training.compile_and_fit(other_model, xy_train, xy_val, seed=1)
other_vectors = item_embeddings(other_model)[often]

stable = np.array(
    [
        np.isin(nearest(vectors, film)[0], nearest(other_vectors, film)[0]).mean()
        for film in range(len(films))
    ]
)
print(f"sur dix voisins, {10 * stable.mean():.1f} sont voisins après l'autre entraînement")
print(f"par hasard, ce serait {10 * 10 / (len(films) - 1):.1f}")
order = np.argsort(popularity)
few, many = (stable[half].mean() for half in np.array_split(order, 2))
print(f"la moitié la moins notée des films garde {few:.0%} de ses voisins, la plus notée "
      f"{many:.0%}")

# %% [markdown]
# Un voisin qui va et vient avec le départ de l'entraînement n'est pas une propriété des films.
# Avant de dire à quelqu'un « les gens qui aiment A aiment B », entraînez deux fois.

# %% [markdown]
# ### Les directions principales
#
# La figure 3 de l'article place les films d'après les deux premiers vecteurs d'une factorisation,
# puis compare les films qui se trouvent aux deux extrémités de chaque axe. Vos coordonnées ne
# peuvent pas se lire une par une (elles peuvent être tournées), mais on peut trouver les directions
# dans lesquelles les vecteurs s'étalent **le plus** : une décomposition en valeurs singulières
# (*SVD*) des vecteurs centrés les donne, de la plus étalée à la moins étalée. Leurs signes sont
# arbitraires.
#
# Quels mots écririez-vous aux bouts des axes ? Regardez ensuite les corrélations : quelle part de
# chaque direction n'est que la célébrité, l'âge ou la note moyenne ?

# %% tags=["demo"]
centre = vectors.mean(axis=0)
_left, spreads, directions = np.linalg.svd(vectors - centre, full_matrices=False)
plane = (vectors - centre) @ directions[:2].T
rated_as = ratings.groupby("movieId")["rating"].mean().reindex(films.index).to_numpy()
dated = ~np.isnan(years)
for k in range(2):
    along = plane[:, k]
    ends = well_known[np.argsort(along[well_known])]
    print(f"direction {k + 1} : {spreads[k] ** 2 / np.sum(spreads**2):.0%} de l'étalement")
    print("  un bout :     ", "; ".join(titled(ends[:5]).values()))
    print("  l'autre bout :", "; ".join(titled(ends[:-6:-1]).values()))
    for what, values, rows in (
        ("log de la popularité", np.log(popularity), slice(None)),
        ("année", years, dated),
        ("note moyenne", rated_as, slice(None)),
    ):
        print(f"  corrélation avec {what} : {np.corrcoef(along[rows], values[rows])[0, 1]:+.2f}")

# %% [markdown]
# ### Les utilisateurs parmi les films, et vous
#
# Le vecteur d'un utilisateur, $p_u$, a les mêmes $K$ coordonnées que les films : le plan des deux
# directions principales a donc aussi de la place pour les utilisateurs, comme dans la figure 2 de
# l'article. Un utilisateur se trouve dans la direction de ce qu'il aime plus que les autres :
# $q_i^\top p_u$ est le plus grand pour les films qui sont loin dans cette direction. Seule la
# direction d'un utilisateur peut se comparer aux films ; tous les utilisateurs sont dessinés à la
# même échelle.
#
# Si vous avez noté trois films ou plus à l'étape 7, vos notes sont lues dans votre dossier,
# `fold_in` en fait votre vecteur, et une étoile montre où vous êtes. Quels films sont dans votre
# direction, et êtes-vous d'accord ?

# %% tags=["demo"]
recommending = carry_over("07_recommend")
mine = rate_films(movies, ratings)
known_item = {raw: row for raw, row in item_map.items() if raw in mine}
p = model.get_layer("user_embedding").get_weights()[0][: len(user_map)]
b_item = model.get_layer("item_bias").get_weights()[0][: len(item_map), 0]

if len(known_item) >= 3:
    who, stars = "vous", [mine[raw] for raw in known_item]
    rows = np.array(list(known_item.values()))
    q_all = item_embeddings(model)[: len(item_map)]
    _bias, taste = recommending.fold_in(stars, rows, q_all, b_item, float(mu))
else:
    who, taste = "un utilisateur", p[np.linalg.norm(p, axis=1).argmax()]
    print("Aucune note de votre part n'a été trouvée : l'étoile montre l'utilisateur qui a le "
          "vecteur le plus long.")

by_taste = well_known[np.argsort(-(vectors[well_known] @ taste))]
print(f"parmi les films très notés, en tête pour {who} :", "; ".join(titled(by_taste[:5]).values()))
print("et en dernier :", "; ".join(titled(by_taste[:-6:-1]).values()))

crowd = p @ directions[:2].T
scale = np.abs(plane).max() / np.abs(crowd).max()
axes = plot_map(plane, labels["période"], titled(far_apart(plane, well_known, 12)))
axes.scatter(*(scale * crowd).T, marker="+", s=40, color="grey", linewidths=1, label="utilisateurs")
x, y = scale * (directions[:2] @ taste)
axes.scatter(x, y, marker="*", s=420, color="#D55E00", edgecolors="black", zorder=5, label=who)
axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
axes.set(xlabel="première direction", ylabel="deuxième direction")
axes.set_title("Films et utilisateurs dans le plan des deux directions principales")
show(axes.figure, "09-directions")

# %% [markdown]
# ### La carte d'un autre modèle : qui a vu, et non combien d'étoiles
#
# Remplacez chaque note par un 1, « vu », et factorisez ce tableau. Il n'y reste aucune étoile. La
# carte de *ces* vecteurs se trouve à côté de la carte des vecteurs des notes, avec les mêmes
# couleurs, et le tableau compte les voisins comme avant.

# %% tags=["demo"]
rated = csr_matrix(
    (
        np.ones(len(ratings), dtype="float32"),
        (
            encoding.encode(ratings["movieId"], item_map),
            encoding.encode(ratings["userId"], user_map),
        ),
    )
)[often]
watched_vectors = TruncatedSVD(64, random_state=0).fit_transform(rated)
watched_places = tsne_2d(watched_vectors)

figure, panels = plt.subplots(1, 2, figsize=(18, 6.5))
for axes, (what, drawn) in zip(
    panels, {"notes": places, "vu": watched_places}.items(), strict=True
):
    coloured = plot_map(drawn[shown], labels["genre"][shown])
    coloured.set_title(f"Vecteurs « {what} », coloriés par genre")
    axes.imshow(picture(coloured))
    axes.set_axis_off()
show(figure, "09-map-of-watched")

in_watched = ten_nearest(watched_vectors, "cosine")
both = pd.DataFrame(
    {
        name: {
            "par hasard": by_chance(kinds),
            "notes, par cosinus": agreement(in_space, kinds),
            "vu, par cosinus": agreement(in_watched, kinds),
        }
        for name, kinds in labels.items()
    }
).T
print(both.round(2).to_string())
print(f"dix voisins selon les notes qui le sont aussi selon « vu » : "
      f"{kept(in_space, in_watched):.0%}")

# %% [markdown]
# Deux modèles des mêmes gens rapprochent des films différents : un voisinage tient aux films **et**
# à ce que le modèle a appris à prédire. Sur ml-latest-small, les vecteurs « vu » contiennent plus
# d'information sur le genre : les gens choisissent par genre, et les étoiles viennent après. Dans
# les notes simulées, les étoiles sont construites pour suivre le genre ; comparez vous-même les
# deux colonnes.

# %% [markdown]
# ## Écrivez trois phrases
#
# Dites en trois phrases ce que montre cet espace d'embeddings. Donnez à chaque phrase sa preuve :
# un nombre d'un tableau, à côté de ce que donne le hasard, une paire de films qui sont voisins
# après les deux entraînements, ou une affirmation qui a résisté à une autre graine. L'une des trois
# doit dire ce que la carte ne montre **pas**.

# %% [markdown] tags=["answer"]
# *Écrivez vos trois phrases ici : double-cliquez sur ce texte et remplacez-le.*

# %% [markdown]
# ## À discuter
#
# - Deux amas sont loin l'un de l'autre sur la carte. Qu'avez-vous le droit d'en dire ? Que
#   calculeriez-vous pour vous en assurer ?
# - Normalisez chaque vecteur à la longueur 1 et redessinez la carte. Lequel des trois coloriages
#   change le plus ?
# - Quelqu'un donne à chaque graine de `TSNE` le même départ, un tableau, et les cartes se
#   ressemblent. Est-ce une preuve que l'image est vraie ?
# - La période n'est pas une entrée du modèle. Comment est-elle arrivée dans les vecteurs ?
# - Dans votre équipe, quelqu'un colorie une carte par genre et écrit « le modèle a compris le
#   genre ». Quel contrôle demanderiez-vous ?

# %% [markdown] tags=["answer"]
# *Écrivez vos réponses ici : double-cliquez sur ce texte et remplacez-le.*

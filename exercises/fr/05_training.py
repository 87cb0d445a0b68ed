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
# # 5 · Entraînement
#
# **Jour 1-2 · 135 minutes · 13 points**
#
# À la fin de cette étape, vous savez :
# - mesurer l'erreur d'un modèle en étoiles, et dire sur quelles lignes ;
# - faire à la main un pas de descente de gradient stochastique ;
# - entraîner un modèle Keras, l'arrêter à temps et garder sa meilleure époque ;
# - lire des courbes d'apprentissage.
#
# Vous écrivez quatre fonctions : `rmse` (2 points), `sgd_step` (4), `compile_and_fit` (6) et
# `best_epoch` (1). Complétez une fonction, exécutez la cellule de vérification qui la suit, lisez
# ce qu'elle dit, puis continuez.

# %%
import recommender_data as data
from autograder import beside, carry_over, check, show, use_style

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

use_style()

# %% [markdown]
# ## Ce que veut dire « bon »
#
# Le modèle de l'étape 4 prédit du bruit : ses tables sont aléatoires. L'entraînement modifie les
# nombres des tables jusqu'à ce que les prédictions se rapprochent des notes. Koren, Bell et
# Volinsky écrivent ce qui doit devenir petit :
#
# $$\min_{q, p} \sum_{(u,i) \text{ connus}} \left(r_{ui} - q_i^\top p_u\right)^2
#   + \lambda \left(\lVert q_i \rVert^2 + \lVert p_u \rVert^2\right) \qquad \text{(Koren 2)}$$
#
# Le premier terme est l'erreur quadratique de chaque note connue. Le second garde les vecteurs
# courts ; nous y revenons dans un instant.
#
# Une somme de carrés sur des milliers de lignes ne dit pas grand-chose à qui la lit. Prenez donc sa
# moyenne, puis la racine : c'est la *racine de l'erreur quadratique moyenne (root mean squared
# error, RMSE)*, en étoiles.
#
# $$\text{RMSE} = \sqrt{\frac 1 m \sum_{k=1}^{m} (r_k - \hat r_k)^2}$$

# %% [markdown]
# ## Un exemple détaillé
#
# Trois notes, trois prédictions. Suivez les nombres à la main : erreurs, carrés, moyenne, racine.

# %%
ratings_by_hand = np.array([4.0, 2.0, 5.0])
predictions_by_hand = np.array([3.0, 3.0, 3.0])

print("erreurs :", ratings_by_hand - predictions_by_hand)
print("carrés : ", [1.0, 1.0, 4.0], "de moyenne", (1.0 + 1.0 + 4.0) / 3)
print("racine : ", 2.0**0.5, "étoiles")

# %% [markdown]
# Un piège vous attend. Keras répond par une colonne, de forme (shape) (m, 1), et vos notes sont un
# vecteur, de forme (m,). NumPy soustrait l'une de l'autre sans rien dire. Regardez la forme qui en
# sort :

# %%
column = predictions_by_hand.reshape(-1, 1)
print("colonne moins vecteur :", (column - ratings_by_hand).shape)

# %% [markdown]
# ## À vous : l'erreur en étoiles

# %%
def rmse(y_true, y_pred):
    """Racine de l'erreur quadratique moyenne, dans l'unité des notes.

    y_true, y_pred : tableaux (m,) ou (m, 1), de la même forme ou non.
    Renvoie un float.
    """
    # À FAIRE : une seule forme pour les deux, puis erreurs, carrés, moyenne, racine.
    raise NotImplementedError("rmse")


# %% tags=["check"]
check("rmse")

# %% [markdown]
# ## Un pas vers le bas
#
# Regardez une seule note. Le modèle prédit $\hat r_{ui} = q_i^\top p_u$, et se trompe de
#
# $$e_{ui} = r_{ui} - q_i^\top p_u .$$
#
# Quel petit changement de $p_u$ rend l'erreur quadratique plus petite ? Dérivons :
#
# $$\frac{\partial}{\partial p_u} \left[e_{ui}^2 + \lambda \lVert p_u \rVert^2\right]
#   = -2\, e_{ui}\, q_i + 2 \lambda\, p_u .$$
#
# Faites un pas dans le sens opposé au gradient. Le facteur 2 passe dans le taux d'apprentissage
# (learning rate) $\gamma$, et $q_i$ bouge à son tour de la même façon :
#
# $$p_u \leftarrow p_u + \gamma\,(e_{ui}\, q_i - \lambda\, p_u), \qquad
#   q_i \leftarrow q_i + \gamma\,(e_{ui}\, p_u - \lambda\, q_i)$$
#
# Les deux membres de droite utilisent les **anciens** vecteurs : le gradient se prend en un seul
# point.

# %% [markdown]
# ## Un pas sur papier
#
# Le vecteur d'Ada est $p = (1, 2)$, celui du film est $q = (0.5, 1)$. Elle donne 4 étoiles. Le taux
# d'apprentissage est $\gamma = 0.1$ et, pour une fois, il n'y a pas de pénalité : $\lambda = 0$.

# %%
print("prédiction :     ", 0.5 * 1 + 1 * 2)
print("erreur e :       ", 4 - 2.5)
print("nouveau p :      ", [1 + 0.1 * 1.5 * 0.5, 2 + 0.1 * 1.5 * 1])
print("nouveau q :      ", [0.5 + 0.1 * 1.5 * 1, 1 + 0.1 * 1.5 * 2])
print("prédiction :     ", 0.65 * 1.075 + 1.3 * 2.15)
print("nouvelle erreur :", 4 - 3.49375)

# %% [markdown]
# Un pas a ramené l'erreur de 1,5 à 0,506. Si la note avait été 1, $e$ serait négatif, et les deux
# vecteurs raccourciraient.
#
# Voyons maintenant la pénalité. Avec $\lambda > 0$, chaque pas tire aussi un peu les deux vecteurs
# vers zéro. Pensez à quelqu'un qui n'a donné que deux notes. Beaucoup de vecteurs de $K$ nombres
# reproduisent deux notes exactement, et certains sont longs. Or un vecteur long fait des
# prédictions audacieuses pour tous les autres films. La pénalité préfère un vecteur court : deux
# notes, c'est bien peu pour des prédictions audacieuses.

# %% [markdown]
# ## À vous : un pas
#
# Essayez votre fonction sur les nombres ci-dessus avant de lancer la vérification.

# %%
def sgd_step(p, q, rating, lr, reg):
    """Un pas de descente de gradient stochastique sur une note (Koren, après l'équation (2)).

    p, q : tableaux de flottants (K,), les vecteurs de l'utilisateur et de l'item ; ils restent
    tels quels.
    rating : float, en étoiles. lr : float, le taux d'apprentissage. reg : float, le lambda de
    Koren.
    Renvoie (p_new, q_new), tableaux (K,), tous deux calculés à partir des anciens p et q.
    """
    # À FAIRE : l'erreur d'abord, puis les deux nouveaux vecteurs.
    raise NotImplementedError("sgd_step")


# %% tags=["check"]
check("sgd_step")

# %% [markdown]
# ## La descente en image
#
# Avec un seul facteur, $p$ et $q$ sont deux nombres, et l'erreur quadratique d'une note de 4 est un
# paysage au-dessus d'un plan. Le fond de sa vallée est la courbe $q \cdot p = 4$ : beaucoup de
# paires de nombres prédisent la même note.
#
# Observez trois marcheurs. Les deux premiers partent d'endroits différents avec le même petit taux
# d'apprentissage, et arrivent en deux points différents de la vallée. Le troisième part du même
# endroit que le deuxième, avec un taux dix fois plus grand, et saute par-dessus la vallée. Un
# quatrième, en $(0, 0)$, ne bouge jamais : là, $e q = e p = 0$. C'est pourquoi les tables ne
# partent pas de zéro. Et elles partent de valeurs aléatoires, car des facteurs identiques au départ
# font les mêmes pas, et restent identiques.

# %% tags=["demo"]
def walk(p, q, rating, lr, n_steps):
    """Positions d'une marche à un seul facteur : tableau (n_steps + 1, 2)."""
    path = [(p, q)]
    for _step in range(n_steps):
        p_new, q_new = sgd_step(np.array([p]), np.array([q]), rating, lr, reg=0.0)
        p, q = float(p_new[0]), float(q_new[0])
        path.append((p, q))
    return np.array(path)


walks = {
    "lr = 0.02": walk(0.3, 1.2, 4.0, 0.02, 40),
    "lr = 0.02, autre départ": walk(3.0, 0.2, 4.0, 0.02, 40),
    "lr = 0.2, même départ": walk(3.0, 0.2, 4.0, 0.2, 6),
}

grid = np.linspace(-0.2, 4, 200)
figure, axes = plt.subplots()
landscape = (4 - np.outer(grid, grid)) ** 2
levels = [0, 0.1, 0.5, 1, 2, 4, 8, 16, 32, 64, 150]
axes.contourf(grid, grid, landscape, levels=levels, cmap="Greys", alpha=0.6)
axes.plot(grid[grid > 0.9], 4 / grid[grid > 0.9], "k:", label="vallée : q p = 4")
for label, path in walks.items():
    axes.plot(path[:, 0], path[:, 1], marker="o", markersize=5, label=label)
axes.plot([0], [0], "k*", markersize=14, label="(0, 0) : reste ici")
axes.set(xlabel="p", ylabel="q", xlim=(-0.2, 4), ylim=(-0.2, 4))
axes.set_title("Les petits pas glissent dans la vallée, les grands sautent par-dessus")
axes.legend(loc="upper left", frameon=True, framealpha=1, fontsize=11)
show(figure, "05-steps-on-one-rating")

# %% [markdown]
# ## Le même pas, des milliers de fois
#
# C'est toute la descente de gradient stochastique (SGD) de Koren : parcourir les notes, ici dans un
# ordre aléatoire, faire un pas pour chacune, recommencer. Ce pas, vous l'avez déjà écrit. Découpez
# les notes comme à l'étape 2, et laissez votre pas apprendre sur toutes les lignes d'entraînement.
#
# Il faut un point de départ. Ici, chaque vecteur part d'une valeur proche de $\sqrt{3.5 / K}$ pour
# chaque facteur, de sorte que $q \cdot p$ vaut environ 3,5 pour toute paire avant le premier pas.

# %% tags=["demo"]
encoding = carry_over("02_encode_split")
scoring = carry_over("04_dot_product")

dataset = data.load(bad_rows="skip")
ratings, movies = dataset
_classes, user_map = encoding.fit_encoder(ratings["userId"])
_classes, item_map = encoding.fit_encoder(ratings["movieId"])
train, val, test = encoding.split_ratings(ratings, seed=0)
train_xy, val_xy, test_xy = (
    encoding.make_xy(part, user_map, item_map) for part in (train, val, test)
)
print(dataset.name)
print(f"lignes : {len(train):,} pour entraîner, {len(val):,} pour valider, {len(test):,} pour "
      f"tester")

# %% tags=["demo"]
def pairwise_scores(p, q, xy):
    """Produits scalaires des paires de `([users, items], y)` : tableau (m,)."""
    (users, items), _y = xy
    return np.sum(p[users[:, 0]] * q[items[:, 0]], axis=1)


n_factors, n_passes = 8, 4
random = np.random.default_rng(0)
p = random.normal((3.5 / n_factors) ** 0.5, 0.1, size=(len(user_map), n_factors))
q = random.normal((3.5 / n_factors) ** 0.5, 0.1, size=(len(item_map), n_factors))
(users, items), stars = train_xy
by_hand = {"entraînement": [], "validation": []}
for _pass in range(n_passes):
    for row in random.permutation(len(stars)):
        u, i = users[row, 0], items[row, 0]
        p[u], q[i] = sgd_step(p[u], q[i], float(stars[row]), lr=0.02, reg=0.05)
    by_hand["entraînement"].append(rmse(stars, pairwise_scores(p, q, train_xy)))
    by_hand["validation"].append(rmse(val_xy[1], pairwise_scores(p, q, val_xy)))
sgd_predictions = pairwise_scores(p, q, test_xy)

figure, axes = plt.subplots()
for label, values in by_hand.items():
    axes.plot(range(1, n_passes + 1), values, marker="o", label=label)
dull = rmse(val_xy[1], np.full(len(val), stars.mean()))
axes.axhline(dull, color="black", linestyle=":", label="moyenne globale, en validation")
axes.set(xlabel="passages sur les lignes d'entraînement", ylabel="RMSE en étoiles")
axes.set_xticks(range(1, n_passes + 1))
axes.set_title("Votre pas, une fois par note à chaque passage")
axes.legend()
show(figure, "05-sgd-by-hand")

# %% [markdown]
# ## Des pas à `fit`
#
# Une boucle Python sur des notes une à une est lente. Keras prend un *lot (batch)* de lignes à la
# fois, fait la moyenne de leurs erreurs quadratiques et avance selon le gradient de cette moyenne.
# Pour le reste, l'idée est la même :
#
# | mot | sens |
# |---|---|
# | lot (batch) | les lignes d'un pas |
# | époque (epoch) | un passage sur toutes les lignes d'entraînement, dans un nouvel ordre aléatoire |
# | optimiseur (optimizer) | la règle du pas : SGD, ou Adam, qui donne à chaque nombre sa propre longueur de pas |
# | fonction de perte (loss) | ce que les pas font diminuer : ici, l'erreur quadratique moyenne |
#
# `model.compile` désigne la fonction de perte et l'optimiseur, `model.fit` fait les pas. Compiler
# ne touche pas aux poids : l'entraînement continue à partir des poids du modèle.

# %% [markdown]
# ## Trois jeux, trois rôles
#
# - l'**entraînement** enseigne : ses erreurs déplacent les poids ;
# - la **validation** choisit : elle dit quand s'arrêter, et quelle époque était la meilleure ;
# - le **test** rend compte : on l'ouvre une seule fois, quand tous les choix sont faits.
#
# L'erreur d'entraînement diminue aussi longtemps que vous entraînez. Un modèle qui a un vecteur
# pour chacun peut apprendre beaucoup de notes par cœur, et ce qu'il sait par cœur ne l'aide pas
# pour de nouvelles notes. L'erreur de validation le montre : elle diminue d'abord, puis remonte.
# C'est le *surapprentissage (overfitting)*, et le point le plus bas est celui que vous visez.
#
# L'*arrêt anticipé (early stopping)* surveille l'erreur de validation après chaque époque. Quand la
# plus petite valeur obtenue n'a pas été battue pendant `patience` époques, l'entraînement s'arrête.
# À ce moment, les poids ont dépassé leur meilleur état : il faut donc revenir à ceux de la
# meilleure époque.
#
# Surveillez l'*erreur*, pas la perte. La perte est ce que les pas font diminuer ; à partir de
# l'étape 6, c'est l'erreur quadratique plus une pénalité. Ce que vous voulez petit, c'est l'erreur
# seule. Keras la mesure à côté de la perte si vous lui donnez une *métrique (metric)* : une
# métrique nommée `rmse` donne les courbes `rmse` et `val_rmse`, sans aucune pénalité dedans.

# %% [markdown]
# ## L'arrêt anticipé sur papier
#
# Une patience de 2, et ces erreurs de validation. Cachez la dernière colonne et complétez-la
# vous-même.

# %%
pd.DataFrame(
    {
        "val_rmse": [1.30, 1.10, 1.15, 1.05, 1.08, 1.12],
        "sans progrès": [0, 0, 1, 0, 1, 2],
        "décision": ["continuer", "continuer", "continuer", "continuer", "continuer", "arrêter ; "
                                                                                      "revenir à "
                                                                                      "l'époque 3"],
    },
    index=pd.Index(range(6), name="epoch"),
)

# %% [markdown]
# ## À vous : compiler et entraîner
#
# - Fonction de perte : l'erreur quadratique. Optimiseur : à votre choix. Adam avec un taux
#   d'apprentissage de quelques millièmes convient à ces tables.
# - Métrique : `keras.metrics.RootMeanSquaredError(name="rmse")`, ou une métrique à vous qui porte
#   ce nom.
# - Arrêt anticipé d'après `val_rmse` : laissez dans le modèle les poids de la meilleure époque,
#   **même si les époques s'épuisent** avant la patience. Les versions de Keras diffèrent sur ce
#   point ; dans toutes, le callback garde en mémoire ses meilleurs poids.
# - La même graine donne les mêmes courbes : quelque chose mélange les lignes, et doit connaître la
#   graine.

# %%
def compile_and_fit(model, train, val, epochs=50, batch_size=512, patience=3, seed=0):
    """Entraîne un modèle de notes avec arrêt anticipé.

    model : un modèle Keras avec les entrées [user, item] et des scores (b, 1) ou (b,), compilé
    auparavant ou non ; l'entraînement part des poids qu'il possède.
    train, val : ([users, items], y), des tableaux int32 (m, 1) pour chacun et un tableau float32
    (m,) ; val est seulement observé. epochs : entier, nombre maximal d'époques. batch_size :
    entier, nombre de lignes d'un pas.
    patience : entier, nombre d'époques sans baisse de `val_rmse`, si petite soit-elle, avant la
    fin de l'entraînement.
    seed : entier ; la même graine donne les mêmes courbes.
    Renvoie l'objet History ; son attribut `history` contient quatre listes, une valeur par
    époque : `loss` et `val_loss`, les erreurs quadratiques moyennes plus les pénalités des
    couches du modèle, s'il y en a ; `rmse` et `val_rmse`, les racines de l'erreur quadratique
    moyenne sans pénalités. Le modèle garde à la fin les poids de l'époque dont la `val_rmse` est
    la plus basse.
    """
    # À FAIRE : fixer la graine, compiler avec la métrique, entraîner avec arrêt anticipé, revenir
    # aux meilleurs poids.
    raise NotImplementedError("compile_and_fit")


# %% tags=["check"]
check("compile_and_fit")

# %% [markdown]
# ## À vous : la meilleure époque
#
# `history.history` est un dict de listes, une liste par courbe : `{"loss": [...], "val_loss":
# [...], "rmse": [...], "val_rmse": [...]}`. À quelle époque une courbe était-elle au plus bas ? La
# première porte le numéro 0.

# %%
def best_epoch(history, key="val_rmse"):
    """L'époque où une courbe est au plus bas.

    history : dict de listes de floats, une valeur par époque, comme dans `History.history`.
    key : str, la courbe qui choisit.
    Renvoie un int ; la première époque est 0 ; à égalité, c'est la première qui compte.
    """
    # À FAIRE : la position de la plus petite valeur.
    raise NotImplementedError("best_epoch")


# %% tags=["check"]
check("best_epoch")

# %% [markdown]
# ## Courbes d'apprentissage
#
# Entraînez le produit scalaire de l'étape 4 avec 32 facteurs. Pour voir ce qui se passe après la
# meilleure époque, attendez plus longtemps que vous ne le feriez d'ordinaire : une patience de 6.
#
# À gauche, votre entraînement ; à droite, celui de la solution de référence, sur un modèle
# semblable au vôtre. Un autre optimiseur ou un autre taux d'apprentissage trace d'autres courbes,
# qui peuvent être tout aussi justes.

# %% tags=["demo"]
def plot_curves(axes, curves, best, title):
    """Courbes d'apprentissage en étoiles, avec la meilleure époque marquée."""
    epochs = np.arange(len(curves["rmse"]))
    axes.plot(epochs, curves["rmse"], label="entraînement")
    axes.plot(epochs, curves["val_rmse"], label="validation")
    lowest = curves["val_rmse"][best]
    axes.plot([best], [lowest], "o", color="black", markersize=10, label=f"meilleure époque : "
                                                                         f"{best}")
    axes.set(xlabel="époque", ylabel="RMSE en étoiles", title=title)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.legend()


def train_32_factors(step):
    keras.utils.set_random_seed(0)  # les deux modèles partent des mêmes poids
    model = scoring.build_mf(len(user_map), len(item_map), 32)
    history = step.compile_and_fit(model, train_xy, val_xy, patience=6)
    return model, history.history, step.best_epoch(history.history)


def draw_curves(axes, trained):
    _model, curves, best = trained
    plot_curves(axes, curves, best, "32 factors")
    axes.set_ylim(0.4, 1.8)


model, curves, best = beside("05_training", train_32_factors, draw_curves, "05-learning-curves")
print(f"{len(curves['rmse'])} époques ; la meilleure porte le numéro {best}")
for name, key in ("entraînement", "rmse"), ("validation", "val_rmse"):
    then, now = curves[key][best], curves[key][-1]
    print(f"RMSE ({name}) : {then:.3f} à la meilleure époque, {now:.3f} à la fin")

# %% [markdown]
# ## Comment les lire
#
# | ce que vous voyez | ce que cela veut dire | ce que vous pouvez essayer |
# |---|---|---|
# | les deux baissent, et baissent encore à la fin | arrêt trop tôt | plus d'époques, des pas plus grands |
# | les deux sont plates et hautes | sous-apprentissage (underfitting) : le modèle ne peut pas faire mieux | plus de facteurs, plus d'entrées |
# | l'entraînement baisse, la validation monte | surapprentissage | arrêter plus tôt, moins de facteurs, une pénalité |
# | en dents de scie, ou avec des hauts et des bas | les pas sont trop grands | un taux d'apprentissage plus petit, des lots plus grands |
# | plates d'abord, puis une chute | des vecteurs proches de zéro ont de petits gradients | attendre, ou un autre départ |
# | validation *en dessous* de l'entraînement | l'erreur d'entraînement est une moyenne sur toute une époque | rien |
#
# Quelles lignes de ce tableau retrouvez-vous dans la figure ? Changez maintenant une seule chose,
# le nombre de facteurs, et comparez : la graine, la patience et le nombre maximal d'époques sont
# ceux du premier modèle. Avant d'exécuter la cellule : quel modèle aura, à la fin, le plus grand
# écart entre ses deux courbes ?

# %% tags=["demo"]
n_epochs = len(curves["rmse"])
keras.utils.set_random_seed(0)
small = scoring.build_mf(len(user_map), len(item_map), 4)
small_curves = compile_and_fit(small, train_xy, val_xy, epochs=n_epochs, patience=6).history

figure, panels = plt.subplots(1, 2, sharey=True, figsize=(12, 5.5))
for axes, n_factors, shown in (panels[0], 4, small_curves), (panels[1], 32, curves):
    plot_curves(axes, shown, best_epoch(shown), f"{n_factors} factors")
    lowest = min(shown["val_rmse"])
    print(f"{n_factors} facteurs : meilleure RMSE de validation {lowest:.3f}")
panels[0].set_ylim(0.4, 1.8)
show(figure, "05-curves-by-factors")

# %% [markdown]
# ## Ce que coûte un pas
#
# Votre `sgd_step` déplace les deux lignes que désigne une note. L'Adam de Keras est *dense* : il
# tient à jour deux moyennes mobiles pour chaque nombre des deux tables, et chaque pas calcule un
# changement pour **toutes** les lignes, y compris celles qu'aucune note du lot ne désigne. (Les
# lignes qu'une note a désignées auparavant continuent de bouger ; là où il n'y a jamais eu de note,
# le changement est nul.) Avec cent mille notes, vous ne le sentez pas. Avec des millions, si. Voici
# le nombre de secondes par époque sur deux processeurs, avec 64 facteurs, pour des notes inventées
# avec les utilisateurs et les films de MovieLens 25M, à côté d'un Adam qui ne déplace que les
# lignes du lot :
#
# | 25 millions de notes | pas par époque | dense | lignes du lot seulement |
# |---|---|---|---|
# | lots de 1 024 | 24 415 | 2 292 | 42 |
# | lots de 16 384 | 1 526 | 113 | 24 |
# | lots de 65 536 | 382 | 51 | 19 |
#
# Le coût d'un pas dense augmente avec les tables, si petit que soit le lot. Avec de grandes tables,
# prenez donc de grands lots, ou un optimiseur qui ne met à jour que les lignes concernées. Mais un
# grand lot n'est pas un cadeau : seize fois moins de pas, c'est seize fois moins de déplacements
# vers le bas. Il faut alors un taux d'apprentissage plus grand, et garder un œil sur la courbe de
# validation. Par quel lot commenceriez-vous ici : 512, ou toutes vos lignes d'entraînement ?

# %% [markdown]
# ## Ouvrir les lignes de test
#
# Tous les choix sont faits : l'époque d'après la validation, rien d'après le test. Les lignes de
# test peuvent maintenant parler.
#
# Certaines sont *froides* : leur utilisateur ou leur film n'a aucune ligne dans le jeu
# d'entraînement. Le vecteur correspondant n'a jamais fait un pas : c'est encore le petit vecteur
# aléatoire du départ. Que prédit le modèle dans ce cas ?

# %% tags=["demo"]
cold = ~(test["userId"].isin(train["userId"]) & test["movieId"].isin(train["movieId"])).to_numpy()
[test_users, test_items], y = test_xy
predictions = scoring.predict_pairs(model, test_users[:, 0], test_items[:, 0])

levels = np.unique(y)
figure, axes = plt.subplots()
boxes = [predictions[~cold & (y == level)] for level in levels]
axes.boxplot(boxes, positions=levels, widths=0.3, showfliers=False, medianprops={"linewidth": 3})
axes.plot(y[cold], predictions[cold], "o", color="C3", alpha=0.4, label=f"{cold.sum()} lignes "
                                                                        f"froides")
axes.plot([0.5, 5], [0.5, 5], color="black", linestyle=":", label="parfait")
axes.set(xlabel="note en étoiles", ylabel="étoiles prédites", xlim=(0.2, 5.3), ylim=(-1, 6.5))
axes.set_xticks(levels, [f"{level:g}" for level in levels])
axes.set_title("Les prédictions suivent les notes, en moins fort ; à froid : près de zéro")
axes.legend(loc="upper left", ncols=2)
show(figure, "05-predicted-against-true")

# %% [markdown]
# Un seul nombre cacherait cela. Donnez donc la RMSE de toutes les lignes, puis celle des lignes
# chaudes et celle des lignes froides à part, à côté du modèle le plus simpliste qui soit : la
# moyenne des notes d'entraînement, pour tout le monde et pour tous les films.
#
# Un modèle moins bon que celui-là ne vaut pas l'électricité qu'il consomme. Et le vôtre ?

# %% tags=["demo"]
models = {
    "moyenne globale (entraînement)": np.full(len(y), train_xy[1].mean()),
    "Keras, produit scalaire": predictions,
    "votre SGD, départ près de 3.5": sgd_predictions,
}
parts = {"toutes": np.full(len(y), True), "chaudes": ~cold, "froides": cold}
table = pd.DataFrame(
    {
        part: [rmse(y[rows], scores[rows]) for scores in models.values()]
        for part, rows in parts.items()
        if rows.any()
    },
    index=list(models),
)
print(f"{cold.mean():.1%} des lignes de test sont froides")
print(table.round(3).to_string())

figure, axes = plt.subplots(figsize=(10, 5.5))
table.T.plot.bar(ax=axes, rot=0, width=0.75)
axes.set(ylabel="RMSE en étoiles", title="Lignes chaudes et lignes froides racontent deux "
                                         "histoires")
axes.legend(loc="upper left")
show(figure, "05-test-rmse")

# %% [markdown]
# Sur les lignes chaudes, le produit scalaire a appris quelque chose que la moyenne ne sait pas. Sur
# les lignes froides, il prédit environ zéro étoile, et une erreur de trois étoiles ou plus, mise au
# carré, pèse lourd. Sur le petit jeu de MovieLens, cela suffit pour perdre face à la moyenne sur
# l'ensemble des lignes.
#
# Votre propre SGD utilise la même équation. Il diffère par le point de départ des vecteurs, par la
# règle et le nombre de ses pas, par sa pénalité et par le nombre de facteurs. Pour un film que
# personne n'a noté, il prédit près de 3,5. La leçon n'est pas que SGD bat Adam : c'est qu'un modèle
# doit connaître la moyenne. L'étape 6 l'y intègre.

# %% [markdown]
# ## À discuter
#
# - Une collègue annonce une RMSE de 0,62. Quelles sont les trois questions que vous lui posez avant
#   de la féliciter ?
# - Vous essayez vingt réglages et vous annoncez la plus petite RMSE de test. Qu'est-ce qui ne va
#   pas, et quelle partie des données aurait dû choisir ?
# - La validation stagne pendant deux époques, puis elle baisse à nouveau. À quoi `patience` vous
#   a-t-elle servi, et que coûte une valeur plus grande ?
# - Dans l'image de la descente, deux marches se terminent en deux points différents de la même
#   vallée. Qu'est-ce que cela implique pour la lecture d'un facteur isolé ?
# - Pourquoi `sgd_step` n'a-t-il besoin de l'erreur qu'une seule fois, alors que deux vecteurs
#   bougent ?

# %% [markdown] tags=["answer"]
# *Écrivez vos réponses ici : double-cliquez sur ce texte et remplacez-le.*

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
# # 14 · Moindres carrés alternés
#
# **Bonus · 60 minutes · 5 points**
#
# À la fin de cette étape, vous savez :
# - écrire exactement ce que minimise la factorisation de matrice, Koren (2) ;
# - le minimiser sans taux d'apprentissage, en résolvant un petit système linéaire après l'autre ;
# - dire ce que cela coûte et ce que cela rapporte par rapport à la descente de gradient ;
# - additionner sur toutes les paires au prix des seules paires vues, et recommander avec le
#   résultat.
#
# Vous écrivez trois fonctions : `objective` (1 point), `als_sweep` (2) et `implicit_als_sweep` (2).
# Ces points s'ajoutent aux cent points du cours.

# %%
import time

import recommender_data as data
from autograder import carry_over, check, show, use_style

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy.sparse import csr_array

use_style()

# %% [markdown]
# ## Une somme à rendre petite
#
# L'étape 4 prédit avec $q_i^\top p_u$ ; l'étape 5 réduit les erreurs pas à pas. Voici, écrit en
# entier, ce que Koren cherche à rendre petit :
#
# $$\min_{q, p} \sum_{(u,i)} \left(r_{ui} - q_i^\top p_u\right)^2
# + \lambda \left(\lVert q_i \rVert^2 + \lVert p_u \rVert^2\right)
# \qquad \text{(Koren 2)}$$
#
# La somme porte sur les notes connues, et la pénalité se trouve **à l'intérieur**. On paie donc
# $\lVert p_u \rVert^2$ une fois pour chaque note de l'utilisateur $u$ : un utilisateur qui a $n_u$
# notes paie $\lambda\, n_u \lVert p_u \rVert^2$. L'équilibre entre erreurs et pénalité reste ainsi
# le même pour un utilisateur qui a 20 notes et pour un autre qui en a 2 000.

# %% [markdown]
# ## Un exemple détaillé
#
# Un facteur, deux utilisateurs, deux films, trois notes. Trouvez les trois erreurs et les trois
# pénalités à la main avant d'exécuter la cellule.

# %%
ratings_example = pd.DataFrame({"user": [0, 0, 1], "item": [0, 1, 0], "rating": [4.0, 2.0, 5.0]})
p_example, q_example = np.array([[2.0], [1.0]]), np.array([[2.0], [0.5]])
lam = 0.1

rows = ratings_example.assign(p=p_example[ratings_example["user"], 0])
rows["q"] = q_example[ratings_example["item"], 0]
rows["erreur"] = rows["rating"] - rows["p"] * rows["q"]
rows["pénalité"] = lam * (rows["p"] ** 2 + rows["q"] ** 2)
print("objectif :", round((rows["erreur"] ** 2 + rows["pénalité"]).sum(), 3))
rows

# %% [markdown]
# ## Fixez un côté, et l'autre devient facile
#
# Si $p$ et $q$ sont tous deux inconnus, on a des produits d'inconnues, et aucune formule pour le
# minimum. Mais fixez $q$, et chaque utilisateur devient une **régression linéaire** à lui seul :
# les notes sont les cibles, les vecteurs des films notés sont les entrées, et $p_u$ les
# coefficients. Pour l'utilisateur 0 ci-dessus :
#
# $$f(p_0) = (4 - 2 p_0)^2 + (2 - 0.5 p_0)^2 + 2 \cdot 0.1\, p_0^2 + \text{cste}$$
#
# Annulez la dérivée : $(2^2 + 0.5^2 + 2 \cdot 0.1)\, p_0 = 2 \cdot 4 + 0.5 \cdot 2$.

# %%
best_p0 = (2 * 4 + 0.5 * 2) / (2**2 + 0.5**2 + 2 * lam)
print("meilleur p_0 :", round(best_p0, 3))
for p_0 in (2.0, best_p0, 2.1):
    value = (4 - 2 * p_0) ** 2 + (2 - 0.5 * p_0) ** 2 + 2 * lam * p_0**2
    print(f"p_0 = {p_0:.3f}: {value:.4f}")

# %% [markdown]
# Avec $K$ facteurs, la même dérivée donne $K$ équations. Empilez les vecteurs des films notés par
# l'utilisateur $u$ dans une matrice $Q_u$ ($n_u$ lignes, $K$ colonnes), et les notes dans $r_u$ :
#
# $$p_u = \left(Q_u^\top Q_u + \lambda\, n_u I\right)^{-1} Q_u^\top r_u
# \qquad\qquad
# q_i = \left(P_i^\top P_i + \lambda\, n_i I\right)^{-1} P_i^\top r_i$$
#
# D'abord tous les utilisateurs, avec les films tels qu'ils sont ; puis tous les films, avec les
# **nouveaux** utilisateurs. C'est une passe (sweep) des *moindres carrés alternés* (alternating
# least squares, ALS). Chaque moitié ne peut que faire baisser l'objectif, puisque chaque ligne
# prend la meilleure valeur possible. Il n'y a ni taux d'apprentissage, ni pas trop grand.

# %% [markdown]
# ## À vous : l'objectif
#
# Il vous servira à vérifier qu'une passe ne le dégrade jamais.


# %%
def objective(ratings, p, q, reg):
    """Koren (2), avec sa pénalité à l'intérieur de la somme sur les notes.

    ratings : DataFrame encodé avec les colonnes user, item, rating ; p, q : tableaux de
    flottants (U, K) et (I, K).
    reg : float, le lambda de Koren.
    Renvoie la somme sur les lignes de (r - q_i · p_u)² + reg (|q_i|² + |p_u|²), un float.
    """
    # À FAIRE : chercher les deux vecteurs de chaque ligne ; erreurs au carré et pénalités ; une
    # seule somme.
    raise NotImplementedError("objective")


# %% tags=["check"]
check("objective")

# %% [markdown]
# ## À vous : une passe
#
# Un utilisateur sans note n'ajoute rien à la somme, quel que soit son vecteur. Prenez le plus
# court : zéro. Partez donc de tables de zéros, et remplissez les lignes qui ont des notes.
#
# Résolvez, n'inversez pas : `np.linalg.solve(A, b)` donne le $x$ tel que $A x = b$, plus vite et
# avec moins d'erreurs d'arrondi que l'inverse.


# %%
def als_sweep(ratings, p, q, reg):
    """Une passe des moindres carrés alternés : tous les utilisateurs étant donné q, puis tous
    les items étant donné le nouveau p.

    ratings : DataFrame encodé avec les colonnes user, item, rating ; p, q : tableaux de
    flottants (U, K) et (I, K).
    reg : float supérieur à 0, le lambda de Koren.
    Renvoie (p, q), de nouveaux tableaux de flottants (U, K) et (I, K). Chaque ligne minimise
    exactement `objective` étant donné l'autre table ; les lignes sans note sont nulles. Les
    arguments restent inchangés.
    """

    # À FAIRE : pour chaque utilisateur qui a des notes, résoudre pour p_u ; puis de même pour
    # chaque item avec le nouveau p.
    raise NotImplementedError("als_sweep")


# %% tags=["check"]
check("als_sweep")

# %% [markdown]
# ## Sur MovieLens : que faut-il factoriser ?
#
# L'équation (2) n'a ni $\mu$ ni biais : avec les étoiles brutes, les vecteurs devraient expliquer
# que la plupart des notes sont proches de 3,5, et un film sans note, dont le vecteur est nul,
# serait prédit à 0 étoile. Comparez trois choix : les étoiles brutes ; ce qui reste après $\mu$ ;
# ce qui reste après les biais amortis de l'étape 6. Trois graines, chacune avec son propre
# découpage et son propre point de départ ; tous les choix rencontrent les trois mêmes.

# %% tags=["demo"]
encoding = carry_over("02_encode_split")
dot_product = carry_over("04_dot_product")
training = carry_over("05_training")
biases = carry_over("06_biases")
recommending = carry_over("07_recommend")
ranking = carry_over("08_ranking")

SEEDS, N_FACTORS, REG, N_SWEEPS = (0, 1, 2), 16, 0.15, 6

dataset = data.load(bad_rows="skip")
ratings, movies = dataset
user_classes, user_map = encoding.fit_encoder(ratings["userId"])
item_classes, item_map = encoding.fit_encoder(ratings["movieId"])
n_users, n_items = len(user_map), len(item_map)
lowest, highest = ratings["rating"].min(), ratings["rating"].max()


splits = {
    seed: [
        encoding.encoded(part, user_map, item_map)
        for part in encoding.split_ratings(ratings, seed=seed)
    ]
    for seed in SEEDS
}
print(f"{dataset.name} : {len(splits[0][0]):,} lignes d'entraînement, {n_users:,} utilisateurs, "
      f"{n_items:,} films")


def start_tables(seed, n_factors):
    rng = np.random.default_rng(seed)
    return tuple(rng.normal(scale=0.1, size=(n, n_factors)) for n in (n_users, n_items))


def predict(p, q, frame, offsets):
    """Ce qui est laissé hors de la factorisation, plus les produits scalaires, ramené à
    l'échelle des notes."""
    dots = np.sum(p[frame["user"]] * q[frame["item"]], axis=1)
    return np.clip(offsets + dots, lowest, highest)


def run_als(train_rows, offset_of, watched_rows, seed=0, reg=REG):
    """Des passes sur ce que laisse `offset_of` ; les tables, et la RMSE des lignes observées
    après chaque passe."""
    rest = train_rows.assign(rating=train_rows["rating"] - offset_of(train_rows))
    p, q = start_tables(seed, N_FACTORS)
    curve = []
    for _sweep in range(N_SWEEPS):
        p, q = als_sweep(rest, p, q, reg)
        predicted = predict(p, q, watched_rows, offset_of(watched_rows))
        curve.append((objective(rest, p, q, reg), training.rmse(watched_rows["rating"], predicted)))
    return p, q, pd.DataFrame(curve, columns=["objectif", "rmse"])


def damped_biases(train_rows):
    mu, b_user, b_item = biases.bias_baseline(train_rows, n_users, n_items)
    return lambda frame: mu + b_user[frame["user"]] + b_item[frame["item"]]


def train_mean(train_rows):
    mu = train_rows["rating"].mean()
    return lambda frame: np.full(len(frame), mu)


def nothing(_train_rows):
    return lambda frame: np.zeros(len(frame))


choices = {"étoiles brutes": nothing, "moins μ": train_mean, "moins biais amortis": damped_biases}
curves = {
    (name, seed): run_als(train_rows, choice(train_rows), val_rows, seed)[2]
    for name, choice in choices.items()
    for seed, (train_rows, val_rows, _test) in splits.items()
}
left_out = pd.Series({key: curve["rmse"].iloc[-1] for key, curve in curves.items()}).unstack(0)
left_out = left_out[list(choices)].rename_axis("graine")
print("RMSE des lignes de validation après la dernière passe")
print(left_out.round(4).to_string())
kept_outside = left_out["moins biais amortis"] - left_out["moins μ"]
print("« moins biais amortis » face à « moins μ », graine par "
      "graine :", kept_outside.round(4).tolist())
best_choice = left_out.mean().idxmin()
print("le meilleur en moyenne :", best_choice)

# %% tags=["demo"]
figure, (left, right) = plt.subplots(1, 2, figsize=(13, 5.5))
sweeps = np.arange(1, N_SWEEPS + 1)
for number, name in enumerate(choices):
    curve, marker = curves[name, 0], "os^"[number]
    share = curve["objectif"] / curve["objectif"].iloc[0]
    left.plot(sweeps, share, marker=marker)
    right.plot(sweeps, curve["rmse"], marker=marker, label=name)
left.set(xlabel="passe", ylabel="objectif, rapporté à celui de la première passe")
left.set_title("L'objectif ne remonte jamais …")
train, val, test = splits[0]
right.axhline(
    training.rmse(val["rating"], damped_biases(train)(val)), color="black", linestyle="--"
)
right.set(xlabel="passe", ylabel="RMSE en étoiles, lignes de validation", ylim=(0.8, 1.3))
right.set_title("… mais son intérêt dépend du choix")
right.legend(title="tirets : les biais seuls")
show(figure, "14-sweeps")

# %% [markdown]
# Chaque courbe de gauche descend, comme il se doit, surtout dans les premières passes. Les courbes
# de droite portent sur des lignes qui n'ont pas servi à l'entraînement, et là, rien n'est garanti.
# Les étoiles brutes ont besoin de plusieurs passes pour apprendre ce que les biais savent dès le
# début. Dans `ml-latest-small`, quelques films des lignes de validation n'ont aucune note
# d'entraînement : les étoiles brutes ne prédisent rien du tout pour eux, et ces lignes gâchent la
# moyenne. Sur les deux jeux de données, et dans chacun des trois découpages, l'erreur la plus
# faible s'obtient avec les biais amortis à l'extérieur et les vecteurs pour ce qui reste.

# %% [markdown]
# ## Ce que fait λ
#
# Une passe n'a ni taux d'apprentissage ni taille de lot. Il reste à choisir $K$, $\lambda$ et le
# nombre de passes. Ici, les lignes de validation choisissent $\lambda$ ; $K$ et le nombre de passes
# ne changent pas.

# %% tags=["demo"]
REGS = (0.05, 0.1, 0.15, 0.2, 0.3)
offset = choices[best_choice](train)
by_reg = []
for reg in REGS:
    p, q, curve = run_als(train, offset, val, reg=reg)
    error_on_train = training.rmse(train["rating"], predict(p, q, train, offset(train)))
    by_reg.append({"λ": reg, "entraînement": error_on_train, "validation": curve["rmse"].iloc[-1]})
by_reg = pd.DataFrame(by_reg).set_index("λ")
best_reg = by_reg["validation"].idxmin()
print(by_reg.round(3).to_string())

figure, axes = plt.subplots()
axes.plot(by_reg.index, by_reg["entraînement"], marker="o", linestyle="--", label="lignes "
                                                                                  "d'entraînement")
axes.plot(by_reg.index, by_reg["validation"], marker="o", label="lignes de validation")
offset_alone = training.rmse(val["rating"], offset(val))
axes.axhline(offset_alone, color="black", linestyle="--", linewidth=1.5)
axes.set(xlabel="λ", ylabel="RMSE en étoiles")
axes.set(title="Trop petit : appris par cœur. Trop grand : vecteurs trop courts")
axes.legend(title=f"noir : {best_choice}, sans vecteurs")
show(figure, "14-lambda")

# %% [markdown]
# ## Face à l'étape 6
#
# Le modèle de l'étape 6 a le même $q_i^\top p_u$, et des biais appris en même temps. Mêmes
# découpages, même nombre de facteurs, les trois mêmes graines. Les lignes « froides » ont un
# utilisateur ou un film absent des lignes d'entraînement. Comme tous les modèles rencontrent les
# mêmes découpages, regardez leurs différences découpage par découpage : qu'un découpage soit facile
# ou non n'y joue plus.


# %% tags=["demo"]
def als_model(train_rows, val_rows, seed):
    offset = choices[best_choice](train_rows)
    p, q, _curve = run_als(train_rows, offset, val_rows, seed, reg=best_reg)
    return lambda frame: predict(p, q, frame, offset(frame))


def gradient_model(train_rows, val_rows, seed):
    parts = [encoding.make_xy(part, user_map, item_map) for part in (train_rows, val_rows)]
    keras.utils.set_random_seed(seed)
    model = biases.build_biased_mf(n_users, n_items, N_FACTORS, train_rows["rating"].mean())
    training.compile_and_fit(model, *parts, seed=seed)
    return lambda frame: np.clip(
        dot_product.predict_pairs(model, frame["user"].to_numpy(), frame["item"].to_numpy()),
        lowest,
        highest,
    )


def bias_model(train_rows, _val_rows, _seed):
    offset = damped_biases(train_rows)
    return lambda frame: np.clip(offset(frame), lowest, highest)


makers = {"biais amortis": bias_model, "étape 6, Adam": gradient_model, "ALS": als_model}
tables = []
for seed in SEEDS:
    train, val, test = splits[seed]
    cold = ~(test["user"].isin(train["user"]) & test["item"].isin(train["item"])).to_numpy()
    predictions, seconds = {}, {}
    for name, make in makers.items():
        start = time.perf_counter()
        predict_frame = make(train, val, seed)
        seconds[name] = time.perf_counter() - start
        predictions[name] = predict_frame(test)
    table = biases.compare(predictions, test["rating"].to_numpy(), cold)
    tables.append(table.assign(seconds=pd.Series(seconds)))
print(f"{cold.mean():.1%} des lignes de test du dernier découpage sont froides")
stacked = pd.concat(tables, keys=SEEDS, names=["graine", "modèle"])
summary = stacked.groupby("modèle").mean().loc[list(makers)]
print(summary.round(3).to_string())
by_seed = stacked["rmse"].unstack("modèle")
paired = by_seed.drop(columns="ALS").rsub(by_seed["ALS"], axis=0)
print("RMSE de l'ALS moins celle de l'autre modèle, découpage par découpage")
print(paired.round(4).to_string())

# %% tags=["demo"]
figure, axes = plt.subplots(figsize=(10, 5))
columns = {"rmse": "toutes les lignes", "rmse_warm": "lignes chaudes", "rmse_cold": "lignes "
                                                                                    "froides"}
for number, (column, label) in enumerate(columns.items()):
    for seed in SEEDS:
        places = np.arange(len(makers)) + 0.2 * (number - 1)
        values = stacked.loc[seed, column][list(makers)]
        axes.plot(places, values, "os^"[number], color=f"C{number}", label="" if seed else label)
axes.set_xticks(range(len(makers)), list(makers))
axes.set(ylabel="RMSE en étoiles (une marque par découpage)")
axes.set(title="Les facteurs aident les lignes chaudes, pas les froides")
axes.legend()
show(figure, "14-beside-step-6")

# %% [markdown]
# L'ALS prend les biais amortis et les améliore sur les lignes chaudes. Sur les lignes froides, l'un
# des deux vecteurs de l'ALS est nul : il y est donc exactement égal au modèle de référence amorti.
# Le modèle de l'étape 6 le devance sur chaque découpage, et cette avance est plus grande que la
# variation de ces différences d'un découpage à l'autre. Une résolution sans taux d'apprentissage ne
# fait donc pas un meilleur modèle. Les deux ne minimisent pas la même somme. Dans (2), chaque note
# paie la pénalité ; à l'étape 6, chaque ligne d'une table paie une fois. L'étape 6 apprend ses
# biais en même temps que les vecteurs ; l'ALS les prend tels qu'ils sont.
#
# Ce que l'ALS apporte est ailleurs : ni taux d'apprentissage ni arrêt anticipé, une fraction des
# secondes ici, et des lignes indépendantes les unes des autres : on peut résoudre mille
# utilisateurs sur mille machines.

# %% [markdown]
# ## À vous : toutes les paires, au prix des seules paires vues
#
# L'étape 13 demande « vu ou non ? » pour *toutes* les paires. Hu, Koren et Volinsky
# (« Collaborative Filtering for Implicit Feedback Datasets », ICDM 2008) résolvent cela avec l'ALS.
# Avec les comptes $n_{ui}$, la préférence est $r_{ui} = 1$ là où $n_{ui} > 0$, et $0$ sinon :
#
# $$\min_{q, p} \sum_{u} \sum_{i} (1 + \alpha\, n_{ui}) \left(r_{ui} - q_i^\top p_u\right)^2
# + \lambda \Big(\sum_u \lVert p_u \rVert^2 + \sum_i \lVert q_i \rVert^2\Big)$$
#
# Ici, la pénalité se trouve **à l'extérieur** de la somme : chaque ligne d'une table paie une fois.
# Annulez de nouveau la dérivée. Le membre de gauche fait maintenant la somme sur *tous* les films,
# vus ou non. Mais séparez chaque poids en $1$ et $\alpha\, n_{ui}$ : la partie qui contient le $1$
# est la même pour tous les utilisateurs :
#
# $$p_u = \Big(\underbrace{Q^\top Q + \lambda I}_{\text{une fois pour tous}}
# + \underbrace{\textstyle\sum_{i:\, n_{ui} > 0} \alpha\, n_{ui}\, q_i q_i^\top}_{\text{films
# vus seulement}}\Big)^{-1} \sum_{i:\, n_{ui} > 0} (1 + \alpha\, n_{ui})\, q_i$$
#
# Les zéros ne coûtent donc presque rien, si vous calculez $Q^\top Q$ avant la boucle sur les
# utilisateurs. C'est un conseil : si vous le recalculez pour chaque utilisateur, vous obtenez les
# mêmes tables, mais plus tard, et la vérification compare les tables. Les comptes arrivent dans un
# tableau creux (sparse) au format CSR, qui ne stocke que ce qui n'est pas nul : la ligne $u$ a ses
# colonnes dans `indices` et ses valeurs dans `data`, de la place `indptr[u]` à `indptr[u + 1]`.

# %%
counts_example = csr_array(np.array([[3, 0, 0, 1], [0, 0, 2, 0]]))
stored = slice(counts_example.indptr[0], counts_example.indptr[1])
print("l'utilisateur "
      "0 a vu", counts_example.indices[stored], "ce nombre de fois :", counts_example.data[stored])

q_four, alpha = np.array([[1.0], [2.0], [0.5], [1.0]]), 0.5
all_four = sum((1 + alpha * n) * q**2 for n, q in zip([3, 0, 0, 1], q_four[:, 0], strict=True))
shared = (q_four.T @ q_four).item()
watched_only = alpha * (3 * 1.0**2 + 1 * 1.0**2)
print("somme sur tous les films :", all_four, " partie "
                                              "commune :", shared, "+ films vus :", watched_only)


# %%
def implicit_als_sweep(counts, p, q, alpha, reg):
    """Une passe des moindres carrés alternés sur toutes les paires d'utilisateurs et d'items.

    Minimise la somme sur les U x I paires de (1 + alpha n) (préférence - q_i · p_u)², plus reg
    (somme sur les utilisateurs de |p_u|² + somme sur les items de |q_i|²) ; la préférence est 1
    là où le compte n est supérieur à 0, sinon 0 (Hu, Koren et Volinsky 2008).
    counts : tableau creux de scipy (U, I) au format CSR ; il stocke les comptes supérieurs à 0,
    aucun autre.
    p, q : tableaux de flottants (U, K) et (I, K). alpha : float, 0 ou plus. reg : float
    supérieur à 0.
    Renvoie (p, q), de nouveaux tableaux de flottants (U, K) et (I, K) : tous les utilisateurs
    étant donné q, puis tous les items étant donné le nouveau p, chaque ligne minimisant
    exactement la somme. Les arguments restent inchangés.
    """

    # À FAIRE : Q'Q + reg I une fois ; pour chaque utilisateur, ce que les comptes stockés ajoutent
    # aux deux membres ; résoudre.
    raise NotImplementedError("implicit_als_sweep")


# %% tags=["check"]
check("implicit_als_sweep")

# %% [markdown]
# ## Des listes à partir de ce qui a été vu
#
# Le compte est celui de l'étape 13 : les demi-étoiles. Comme à l'étape 8, un film caché est
# pertinent à partir de quatre étoiles, et la mesure est le nDCG à 10. $\alpha$ et $\lambda$ sont
# choisis sur des **plis internes** du premier découpage : ses lignes d'entraînement et de
# validation sont découpées de nouveau, deux fois, et ses lignes de test n'ont pas leur mot à dire.
# Là, chaque choix dispose de quatre passes. Ensuite, six passes sur les lignes d'entraînement et de
# validation réunies fournissent les listes pour les lignes de test.

# %% tags=["demo"]
ALPHAS, IMPLICIT_REGS = (0.1, 0.3, 1), (10, 30, 90)
N_IMPLICIT, N_INNER = 32, 2


def counts_of(frame):
    """Demi-étoiles par utilisateur et item : tableau creux (U, I)."""
    places = frame["user"].to_numpy(), frame["item"].to_numpy()
    return csr_array((2 * frame["rating"].to_numpy(), places), shape=(n_users, n_items))


def implicit_scores(frame, alpha, reg, seed=0, n_sweeps=6):
    counts, (p, q) = counts_of(frame), start_tables(seed, N_IMPLICIT)
    for _sweep in range(n_sweeps):
        p, q = implicit_als_sweep(counts, p, q, alpha, reg)
    return dot_product.score_matrix(p, q)


def ndcg(scores, known_rows, hidden_rows):
    """nDCG@10 sur les utilisateurs : listes de films qui ne sont pas parmi les lignes connues."""
    seen = recommending.seen_items(known_rows)
    lists = {user: recommending.top_n(scores[user], items) for user, items in seen.items()}
    relevant = recommending.seen_items(hidden_rows[hidden_rows["rating"] >= 4])
    return ranking.evaluate_ranking(lists, relevant, k=10)["ndcg"]


learn = pd.concat(splits[0][:2])
inner = [encoding.split_ratings(learn, val_fraction=0, seed=seed) for seed in range(N_INNER)]
inner_ndcg = {}
for reg in IMPLICIT_REGS:
    for alpha in ALPHAS:
        by_fold = []
        for known, _val, hidden in inner:
            scores = implicit_scores(known, alpha, reg, n_sweeps=4)
            by_fold.append(ndcg(scores, known, hidden))
        inner_ndcg[reg, alpha] = np.mean(by_fold)
inner_ndcg = pd.Series(inner_ndcg).rename_axis(["λ", "α"])
best_penalty, best_alpha = inner_ndcg.idxmax()
print("nDCG à 10, moyenne des plis internes")
print(inner_ndcg.unstack().round(3).to_string())


# %% tags=["demo"]
def popularity_scores(learn, _seed):
    return np.tile(np.bincount(learn["item"], minlength=n_items), (n_users, 1))


def star_scores(learn, seed):
    """La part des items dans ce que prédit l'ALS : leurs biais amortis, et les produits
    scalaires."""
    offset = damped_biases(learn)
    p, q, _curve = run_als(learn, offset, learn[:1], seed)
    _mu, _b_user, b_item = biases.bias_baseline(learn, n_users, n_items)
    return dot_product.score_matrix(p, q) + b_item


def watched_scores(learn, seed):
    return implicit_scores(learn, best_alpha, best_penalty, seed)


by_split = {}
for seed in SEEDS:
    learn, test = pd.concat(splits[seed][:2]), splits[seed][2]
    for name, make in (
        ("popularité", popularity_scores),
        ("ALS, étoiles", star_scores),
        ("ALS, films vus", watched_scores),
    ):
        start = time.perf_counter()
        scores = make(learn, seed)
        seconds = time.perf_counter() - start
        by_split[name, seed] = {"nDCG": ndcg(scores, learn, test), "seconds": seconds}
by_split = pd.DataFrame(by_split).T
lists_table = by_split["nDCG"].unstack(0)[["popularité", "ALS, étoiles", "ALS, films vus"]]
print("nDCG à 10 sur les lignes de test, découpage par découpage")
print(lists_table.rename_axis("graine").round(3).to_string())
print("secondes d'un "
      "apprentissage :", by_split["seconds"].groupby(level=0).mean().round(1).to_dict())

# %% [markdown]
# Comparez les deux dernières colonnes. La méthode est la même, mais pas la somme. Sur les notes
# connues, l'ALS prédit bien les étoiles et fait des listes moins bonnes que la popularité : rien
# dans (2) ne porte sur les films que l'utilisateur n'a pas choisis. Sur toutes les paires, il
# devance de loin la popularité, sur chaque découpage. Le tableau précédent montre que $\alpha$ et
# $\lambda$ vont ensemble : un plus grand $\alpha$ demande un plus grand $\lambda$, ou du moins pas
# un plus petit.
#
# Pour cette somme, une simple descente de gradient, paire après paire, devrait visiter chaque zéro.
# Le $Q^\top Q$ commun épargne ces visites à l'ALS ; l'étape 8 les épargnait en tirant quatre zéros
# pour chaque film vu. Il existe des voies encore plus simples vers des listes à partir de ce qui a
# été vu : EASE (Steck 2019, sur la page de lectures) trouve des poids entre les films avec une
# seule inversion de matrice.

# %% [markdown]
# ## À discuter
#
# - L'objectif ne remonte jamais. Pourquoi cela ne prouve-t-il pas que les recommandations
#   s'améliorent ?
# - Un nouvel utilisateur note cinq films ce soir. Quelle partie d'une passe donne son vecteur, et
#   combien cela coûte-t-il ? Comment feriez-vous la même chose avec le modèle Keras ?
# - Que devient le système d'équations d'un utilisateur qui a deux notes, avec $K = 16$, si $\lambda
#   = 0$ ?
# - $\lambda n_u$ ou $\lambda$ seul sur la diagonale : dans chaque cas, qui est tiré le plus fort
#   vers zéro, le nouvel utilisateur ou l'habitué ?
# - Partez de zéro pour les deux tables. Que donne une passe, et pourquoi ?

# %% [markdown] tags=["answer"]
# *Écrivez vos réponses ici : double-cliquez sur ce texte et remplacez-le.*

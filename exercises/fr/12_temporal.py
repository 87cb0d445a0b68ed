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
# # 12 · Le temps
#
# **Bonus · 60 minutes · 5 points**
#
# À la fin de cette étape, vous savez :
# - faire varier les biais avec le temps, Koren (7) : une dérive pour chaque utilisateur, un palier
#   pour chaque film et chaque période ;
# - construire les variables de temps à partir des seules lignes d'entraînement ;
# - gravir l'échelle des modèles de l'[article](https://doi.org/10.1109/MC.2009.263), et la lire
#   avec prudence.
#
# Vous écrivez trois fonctions : `time_deviation` (2 points), `time_bins` (1) et `build_temporal_mf`
# (2). Complétez une fonction, exécutez la cellule de vérification qui la suit, lisez ce qu'elle
# dit, puis continuez.

# %%
from time import perf_counter

import recommender_data as data
from autograder import carry_over, check, show, use_style

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.ticker import LogLocator

use_style()

# %% [markdown]
# ## Les notes ont une date
#
# Les gens deviennent plus sévères ou plus indulgents. Des films reviennent à la mode, d'autres
# vieillissent. Jusqu'ici, une note de 1997 et une note de 2017 pesaient autant. Koren fait dépendre
# les termes de (4) de l'instant $t$ de la note :
#
# $$\hat r_{ui}(t) = \mu + b_i(t) + b_u(t) + q_i^\top p_u(t) \qquad \text{(Koren 7)}$$
#
# Les vecteurs des films restent fixes : ce qu'un film *est* ne change pas. Dans cette étape, $p_u$
# reste fixe aussi ; ce sont les deux biais qui bougent. Koren explique comment dans un autre
# article (KDD 2009), dont vous reconstruisez la forme la plus simple :
#
# $$b_u(t) = b_u + \alpha_u \,\mathrm{dev}_u(t) \qquad\qquad b_i(t) = b_i + b_{i,\mathrm{Bin}(t)}$$

# %% [markdown]
# ## Un utilisateur dérive
#
# Soit $t_u$ l'instant moyen des notes d'un utilisateur. Alors
#
# $$\mathrm{dev}_u(t) = \operatorname{sign}(t - t_u)\,\lvert t - t_u \rvert^{\beta},
# \qquad \beta = 0.4,$$
#
# compté en jours. Cet écart est négatif avant l'instant moyen de l'utilisateur, et positif après.
# L'exposant le courbe : une semaine le change davantage près de l'instant moyen qu'à quelques
# années de là. Un nombre $\alpha_u$, appris pour chaque utilisateur, dit combien d'étoiles vaut une
# unité de cet écart.

# %% [markdown]
# ## Un exemple détaillé
#
# Ada a noté les jours 0, 32 et 64 ; son jour moyen est le jour 32, et 32 à la puissance 0,4 vaut 4.
# Supposons que son $\alpha_u$ soit de 0,05 : elle devient plus indulgente. Qu'ajoute-t-on à ses
# notes de ces trois jours ?

# %%
days = np.array([0.0, 32.0, 64.0])
print("32 ** 0.4 =", round(32**0.4, 6))
print("ajout, en étoiles :", 0.05 * np.array([-4.0, 0.0, 4.0]))

curve = np.linspace(-100, 100, 401)
bent = np.where(curve < 0, -1, 1) * np.abs(curve) ** 0.4
figure, axes = plt.subplots(figsize=(8, 4.5))
axes.plot(curve, bent)
axes.plot(days - 32, [-4, 0, 4], "o", color="C3", markersize=10, label="Ada")
axes.set(xlabel="jours depuis l'instant moyen de l'utilisateur", ylabel="dev(t)")
axes.set_title("Les jours autour de l'instant moyen comptent le plus")
axes.legend()
show(figure, "12-deviation")

# %% [markdown]
# ## À vous : l'écart
#
# Attention au signe : un nombre négatif à la puissance 0,4 n'est pas un nombre réel, et NumPy
# répond NaN.

# %%
def time_deviation(t, t_mean, beta=0.4):
    """Distance signée et courbée entre des instants et un instant moyen : sign(t - t_mean) |t -
    t_mean|^beta.

    t : tableau de flottants ou d'entiers (m,), en jours. t_mean : float, en jours, l'instant
    moyen d'un utilisateur.
    beta : float supérieur à 0 ; plus il est grand, moins la distance est courbée.
    Renvoie un tableau de flottants (m,), en jours^beta ; t reste inchangé. (Koren, KDD 2009 :
    dev_u.)
    """
    # À FAIRE : la distance, sa grandeur à la puissance beta, son signe.
    raise NotImplementedError("time_deviation")


# %% tags=["check"]
check("time_deviation")

# %% [markdown]
# ## Un film évolue par paliers
#
# Les films reçoivent trop peu de notes par jour pour avoir chacun leur courbe. Découpez toute la
# période en $B$ **intervalles** (bins), et donnez à chaque film un nombre par intervalle. Les
# bornes `edges` font le découpage : l'intervalle $k$ va de `edges[k]`, incluse, à `edges[k + 1]`,
# exclue.
#
# Les bornes viennent des dates d'entraînement. Une date ultérieure peut donc se trouver en dehors
# de tous les intervalles : celle de demain, par exemple. Elle va dans l'intervalle le plus proche,
# le premier ou le dernier.
#
# Avec les bornes 0, 10, 20, 30 (trois intervalles), à la main : où vont $-5$, 0, 9, 10, 25, 30 et
# 99 ?

# %%
pd.DataFrame({"instant": [-5, 0, 9, 10, 25, 30, 99], "bin": [0, 0, 0, 1, 2, 2, 2]}).T

# %% [markdown]
# ## À vous : les intervalles

# %%
def time_bins(timestamps, edges):
    """L'intervalle de chaque instant, de 0 à B - 1.

    timestamps : tableau d'entiers (m,), en secondes depuis 1970. edges : tableau (B + 1,),
    croissant, B au moins 1.
    Renvoie un tableau d'entiers (m,) : l'intervalle k va de edges[k], incluse, à edges[k + 1],
    exclue ; les instants antérieurs vont dans l'intervalle 0, les instants ultérieurs (à partir
    de edges[B]) dans l'intervalle B - 1.
    """
    # À FAIRE : combien de bornes se trouvent avant chaque instant ou à cet instant ; puis attention
    # aux deux extrémités.
    raise NotImplementedError("time_bins")


# %% tags=["check"]
check("time_bins")

# %% [markdown]
# ## À vous : le modèle
#
# $$\hat r_{ui}(t) = \mu + b_u + \alpha_u \,\mathrm{dev}_u(t) + b_i + b_{i,\mathrm{Bin}(t)}
# + q_i^\top p_u$$
#
# ```
# user, item ── comme à l'étape 6 : mu + b_u + b_i + q·p ────────────┐
# item, bin ─── item * n_bins + bin ── item_bin_bias (I·B, 1) ───────┼── + ── (b, 1)
# user ──────── user_drift (U, 1) ──┐                                │
# deviation (b, 1), flottants ──────┴── produit ─────────────────────┘
# ```
#
# Les intervalles d'un film sont côte à côte dans une seule table : le film 0 a les lignes $0 \ldots
# B - 1$, le film 1 les $B$ suivantes, et ainsi de suite. Quelle ligne correspond à un item et à un
# intervalle ? Les entiers de `keras.Input` se multiplient et s'additionnent comme des tableaux. Le
# modèle reçoit l'écart et l'intervalle ; il ne sait rien des dates.
#
# Le choix des pénalités vous revient. Un film qui a dix notes en a deux dans chacun de ses cinq
# intervalles : sans pénalité, ces nombres s'ajustent au bruit. La solution de référence prend
# $10^{-4}$ pour les dérives et les paliers, comme pour les facteurs.

# %%
def build_temporal_mf(n_users, n_items, n_factors, n_bins, mu):
    """Factorisation de matrice avec des biais qui changent avec le temps, Koren (7).

    mu + b_u + alpha_u écart + b_i + b_{i,bin} + q_i · p_u

    n_users, n_items, n_factors, n_bins : entiers ; mu : float.
    Renvoie un keras.Model avec les entrées [user, item, bin, deviation] et la sortie (b, 1).
    user, item, bin : tableaux d'entiers (b, 1) ; deviation : tableau de flottants (b, 1), pour
    l'utilisateur et l'instant de la ligne.
    Ses couches sont `user_embedding` (n_users, K), `item_embedding` (n_items, K), `user_bias`
    (n_users, 1), `item_bias` (n_items, 1), `item_bin_bias` (n_items * n_bins, 1), dont la ligne
    item * n_bins + bin correspond à l'item et à l'intervalle, et `user_drift` (n_users, 1) ;
    toutes sont entraînées.
    """
    # À FAIRE : le modèle de l'étape 6, un terme pour l'item et l'intervalle, un terme pour
    # l'utilisateur et l'écart.
    raise NotImplementedError("build_temporal_mf")


# %% tags=["check"]
check("build_temporal_mf")

# %% [markdown]
# ## Sur MovieLens : le temps est-il utile ?
#
# `clock` fabrique les variables de temps : les bornes sont des quantiles des dates
# d'**entraînement** (cinq intervalles contenant autant de notes chacun), les instants moyens $t_u$
# sont ceux des notes d'entraînement. Un utilisateur qui n'en a aucune reçoit la moyenne de toutes.

# %% tags=["demo"]
encoding = carry_over("02_encode_split")
dot_product = carry_over("04_dot_product")
biases = carry_over("06_biases")
implicit = carry_over("11_implicit_feedback")

dataset = data.load(bad_rows="skip")
DAY, N_BINS, N_FACTORS, SEEDS = 86_400, 5, 32, (0, 1, 2)


def encode_frame(ratings):
    """Le DataFrame avec les colonnes user et item, et le nombre d'utilisateurs et d'items."""
    maps = [encoding.fit_encoder(ratings[name])[1] for name in ("userId", "movieId")]
    users = encoding.encode(ratings["userId"], maps[0])
    items = encoding.encode(ratings["movieId"], maps[1])
    return ratings.assign(user=users, item=items), len(maps[0]), len(maps[1])


def clock(train):
    """Une fonction qui donne les intervalles et les écarts d'un DataFrame, (m, 1) chacun, selon
    les dates de train."""
    edges = np.quantile(train["timestamp"], np.linspace(0, 1, N_BINS + 1))
    mean_day = train.groupby("user")["timestamp"].mean() / DAY
    mean_of_all = train["timestamp"].mean() / DAY

    def tell(frame):
        day = frame["timestamp"].to_numpy() / DAY
        deviation = np.zeros((len(frame), 1), dtype="float32")
        for user, rows in frame.groupby("user").indices.items():
            deviation[rows, 0] = time_deviation(day[rows], mean_day.get(user, mean_of_all))
        bins = time_bins(frame["timestamp"].to_numpy(), edges)
        return [np.reshape(bins, (-1, 1)).astype("int32"), deviation]

    return tell


def columns(frame):
    return [frame[[name]].to_numpy("int32") for name in ("user", "item")]


def fit(model, inputs, y, epochs=5, batch_size=1024, rate=0.02):
    """Entraîne avec un taux d'apprentissage qui descend à zéro ; renvoie la durée en secondes."""
    start = perf_counter()
    steps = epochs * -(-len(y) // batch_size)
    falling = keras.optimizers.schedules.CosineDecay(rate, steps)
    model.compile(keras.optimizers.Adam(falling), loss="mse", steps_per_execution=16)
    model.fit(inputs, y, epochs=epochs, batch_size=batch_size, verbose=0)
    return perf_counter() - start


def predict(model, inputs):
    """Scores, ramenés à l'échelle des notes : tableau de flottants (m,)."""
    scale = dataset.ratings["rating"].min(), dataset.ratings["rating"].max()
    return np.clip(model.predict(inputs, batch_size=8192, verbose=0).reshape(-1), *scale)


def try_out(build, inputs, parts, seed):
    """Entraîne un modèle sur une partie des notes et l'interroge sur l'autre.

    build : reçoit la moyenne des notes d'entraînement, renvoie le modèle ; inputs : reçoit un
    DataFrame, renvoie les entrées du modèle ; parts : les DataFrames d'entraînement et de test.
    Renvoie un dict : le modèle, ses prédictions (m,) et la durée de l'apprentissage en secondes.
    """
    train, test = parts
    keras.utils.set_random_seed(seed)
    model = build(train["rating"].mean())
    seconds = fit(model, inputs(train), train["rating"].to_numpy("float32"))
    return {"modèle": model, "predictions": predict(model, inputs(test)), "seconds": seconds}


# %% [markdown]
# Regardez d'abord les données. Chaque point est un trimestre ; sa taille indique le nombre de
# notes. Si la moyenne bouge, cela peut venir des films, des gens, ou de *qui* est venu noter : au
# modèle de le découvrir.

# %% tags=["demo"]
encoded, n_users, n_items = encode_frame(dataset.ratings)
quarter = pd.to_datetime(encoded["timestamp"], unit="s").dt.to_period("Q")
by_quarter = encoded.groupby(quarter)["rating"].agg(["mean", "size"])

times_of = encoded.groupby("user")["timestamp"]
days_of = (times_of.max() - times_of.min()) / DAY
brief_users = days_of <= 7
brief_ratings = encoded["user"].map(brief_users)
print(f"utilisateurs dont toutes les notes tiennent en une semaine : {brief_users.mean():.0%}")
print(f"notes qui viennent d'eux : {brief_ratings.mean():.0%}")
print(f"notes par film, en moyenne : {len(encoded) / n_items:.1f}")

figure, axes = plt.subplots(figsize=(11, 5.5))
axes.plot(by_quarter.index.to_timestamp(), by_quarter["mean"], color="grey", linewidth=1)
axes.scatter(
    by_quarter.index.to_timestamp(), by_quarter["mean"], s=by_quarter["size"] / 10, color="C0"
)
axes.axhline(encoded["rating"].mean(), color="black", linestyle="--", linewidth=1.5)
axes.set(ylabel="note moyenne (tirets : de toutes les notes)", xlabel="trimestre de la note")
axes.set_title(f"{dataset.name} : la note moyenne bouge")
show(figure, "12-mean-over-time")

# %% [markdown]
# Voici maintenant le modèle de l'étape 6 et le vôtre sur les trois mêmes découpages, entraînés de
# la même façon. Un témoin les accompagne sur le premier découpage : le même modèle sur les mêmes
# lignes, mais avec des dates redistribuées au hasard. Ce qu'il gagne ne peut pas venir du temps.

# %% tags=["demo"]
def build_biased(mu, n_factors=N_FACTORS):
    return biases.build_biased_mf(n_users, n_items, n_factors, mu)


def build_temporal(mu, n_factors=N_FACTORS):
    return build_temporal_mf(n_users, n_items, n_factors, N_BINS, mu)


def with_time(train):
    """Les entrées du modèle temporel, sous forme de fonction d'un DataFrame ; l'horloge est
    celle de train."""
    tell = clock(train)
    return lambda frame: columns(frame) + tell(frame)


def time_terms(model, inputs):
    """Les étoiles que les deux termes de temps ajoutent à chaque prédiction : tableau de
    flottants (m,)."""
    user, item, time_bin, deviation = (np.ravel(part) for part in inputs)
    drift, step = (
        model.get_layer(name).get_weights()[0][:, 0] for name in ("user_drift", "item_bin_bias")
    )
    return drift[user] * deviation + step[item * N_BINS + time_bin]


def deal_anew(frames, seed):
    """Les DataFrames avec leurs dates dans un autre ordre."""
    draw = np.random.default_rng(seed)
    return [frame.assign(timestamp=draw.permutation(frame["timestamp"])) for frame in frames]


splits, fits, tables = {}, {}, []
for seed in SEEDS:
    train, _val, test = encoding.split_ratings(encoded, seed=seed)
    splits[seed] = parts = train, test
    fits[seed] = {
        "avec biais (étape 6)": try_out(build_biased, columns, parts, seed),
        "temporel": try_out(build_temporal, with_time(train), parts, seed),
    }
    if seed == SEEDS[0]:
        anew_parts = anew = deal_anew(parts, seed)
        fits[seed]["dates redistribuées"] = try_out(build_temporal, with_time(anew[0]), anew, seed)
    cold = ~(test["user"].isin(train["user"]) & test["item"].isin(train["item"])).to_numpy()
    tried = pd.DataFrame(fits[seed]).T
    table = biases.compare(tried["predictions"].to_dict(), test["rating"].to_numpy(), cold)
    tables.append(table.assign(seconds=tried["seconds"].astype(float)).rename_axis("modèle"))

control = tables[0].loc["dates redistribuées", "rmse"]
tables[0] = tables[0].drop("dates redistribuées")
by_model = pd.concat(tables, keys=SEEDS, names=["graine"]).groupby("modèle")
summary = by_model.mean()
summary.insert(1, "étendue", by_model["rmse"].max() - by_model["rmse"].min())
print(f"{dataset.name}, moyenne de {len(SEEDS)} découpages (étendue : plus grande rmse moins la "
      f"plus petite)")
print(summary.round({"seconds": 1}).round(4).to_string())
by_seed = pd.concat(tables, keys=SEEDS, axis=1).xs("rmse", axis=1, level=1)
gains = by_seed.loc["avec biais (étape 6)"] - by_seed.loc["temporel"]
print("ce que le temps fait gagner sur chaque découpage :", gains.round(4).tolist())
control_gain = by_seed.loc["avec biais (étape 6)", SEEDS[0]] - control
print("ce que gagnent les dates redistribuées sur le premier :", round(control_gain, 4))
terms = {
    name: time_terms(fits[SEEDS[0]][name]["modèle"], with_time(frames[0])(frames[1])).std()
    for name, frames in {"temporel": splits[SEEDS[0]], "dates redistribuées": anew_parts}.items()
}
print("dispersion des termes de temps sur les lignes de test, en étoiles :")
print({name: round(float(size), 3) for name, size in terms.items()})

# %% [markdown]
# Les deux modèles ont eu les mêmes lignes sur chaque découpage : lisez donc les **différences**,
# découpage par découpage, et non l'étendue d'un modèle entre les découpages, car les erreurs des
# deux modèles varient ensemble. Sur ml-latest-small, le temps fait gagner peu, et presque rien sur
# un des découpages. La plupart des gens y ont tout noté en une semaine et n'ont guère de dérive à
# apprendre, même si la plupart des *notes* viennent des autres ; et un film a environ dix notes
# pour ses cinq paliers. Sur les notes simulées, où les dérives existent par construction, le temps
# fait gagner plusieurs fois plus, sur chaque découpage.
#
# Les dates redistribuées ne doivent rien gagner, et elles perdent. La dernière ligne dit pourquoi :
# leurs termes de temps ne sont pas nuls. Le modèle les a appris dans le bruit des lignes
# d'entraînement, et un bruit ajouté à une prédiction s'ajoute à son erreur. Une pénalité garde ces
# termes petits, mais pas à zéro.
#
# Remarquez ce que demande un découpage aléatoire : combler les trous d'un passé connu par ailleurs.
# Si l'on prédit *demain*, on ne connaît aucune note de la fin du dernier intervalle, et l'on gagne
# peut-être moins.

# %% [markdown]
# ## Là où l'effet existe par construction : des dérives retrouvées
#
# Dans les données simulées, le $\alpha_u$ de chaque utilisateur est connu. Votre modèle le
# retrouve-t-il, après avoir appris sur les lignes d'entraînement d'un découpage ? Chaque point est
# un utilisateur ; sur la diagonale, la dérive apprise est celle de la simulation. Les utilisateurs
# qui ont noté pendant des années sont plus faciles à cerner que ceux qui ont noté pendant des
# semaines.

# %% tags=["demo"]
simulation = data.simulate()
if dataset.name == "simulated":
    model = fits[SEEDS[0]]["temporel"]["modèle"]
else:
    known, *n_known = encode_frame(simulation.ratings)
    known, _val, _test = encoding.split_ratings(known, seed=SEEDS[0])
    keras.utils.set_random_seed(SEEDS[0])
    model = build_temporal_mf(*n_known, N_FACTORS, N_BINS, known["rating"].mean())
    fit(model, with_time(known)(known), known["rating"].to_numpy("float32"))

planted = simulation.truth.user_drift
learnt = np.reshape(model.get_layer("user_drift").get_weights()[0], -1)[: len(planted)]
years = (simulation.truth.user_end - simulation.truth.user_start) / (365.25 * DAY)
long = years >= np.median(years)
for name, users in ("longue", long), ("courte", ~long):
    agreement = np.corrcoef(learnt[users], planted[users])[0, 1]
    print(f"utilisateurs à {name} période de notation : corrélation {agreement:.2f}")

figure, axes = plt.subplots(figsize=(8.5, 6.5))
dots = axes.scatter(planted, learnt, c=years, s=22, cmap="viridis_r")
reach = np.array([planted.min(), planted.max()])
axes.plot(reach, reach, color="black", linestyle="--", linewidth=1.5)
axes.set(
    xlabel="dérive simulée, en étoiles par jour^0.4",
    ylabel="dérive apprise",
    title="Utilisateurs simulés : les dérives sont retrouvées",
)
figure.colorbar(dots, label="années entre la première et la dernière note")
show(figure, "12-drifts")

# %% [markdown]
# ## L'échelle des modèles
#
# L'article se termine par une figure : l'erreur en fonction du nombre de paramètres, une courbe par
# type de modèle, un point par nombre de facteurs. Voici la vôtre, dans le même style, tirée de vos
# propres fonctions des étapes 4, 6, 11 et 12, avec 2, 8 et 32 facteurs, sur le premier découpage.
# Tous les modèles sont entraînés comme ci-dessus ; deux des douze sont déjà dans le tableau et ne
# sont pas réentraînés. Quand les facteurs sont peu nombreux, chacun a un long chemin à parcourir
# depuis sa petite valeur de départ, et demande de grands pas. Avec beaucoup de facteurs, le mieux
# peut devenir l'ennemi du bien : une courbe qui remonte a commencé à apprendre par cœur les lignes
# d'entraînement.
#
# Dans l'article, chaque échelon repose sur le précédent. Ici, *implicite* et *temporel* reposent
# tous deux sur *avec biais*, et sur lui seul. Le modèle simple a un graphique à part. Un découpage
# n'est qu'un tirage : avant de croire à une différence, regardez de combien les gains ci-dessus
# varient d'un découpage à l'autre.

# %% tags=["demo"]
seed, LONGEST = SEEDS[0], 15
train, test = splits[seed]
history = np.full((n_users, LONGEST), -1, dtype="int32")
for user, items in train.sample(frac=1, random_state=0).groupby("user")["item"]:
    history[user, : len(items)] = items[:LONGEST]

LADDER = {
    "simple": (lambda mu, k: dot_product.build_mf(n_users, n_items, k), columns),
    "avec biais": (build_biased, columns),
    "implicite": (
        lambda mu, k: implicit.build_svdpp(n_users, n_items, k, mu),
        lambda frame: [*columns(frame), history[frame["user"]]],
    ),
    "temporel": (build_temporal, with_time(train)),
}
made = {"avec biais": fits[seed]["avec biais (étape 6)"], "temporel": fits[seed]["temporel"]}
rungs = []
for name, (build, inputs) in LADDER.items():
    for k in (2, 8, 32):
        if k == N_FACTORS and name in made:
            tried = made[name]
        else:
            tried = try_out(lambda mu, b=build, k=k: b(mu, k), inputs, (train, test), seed)
        error = tried["predictions"] - test["rating"].to_numpy()
        rung = {"modèle": name, "facteurs": k, "paramètres": tried["modèle"].count_params()}
        rungs.append(rung | {"rmse": np.sqrt(np.mean(error**2))})
ladder = pd.DataFrame(rungs)
print(ladder.pivot(index="modèle", columns="facteurs", values="rmse").loc[list(LADDER)].round(4))

# %% tags=["demo"]
figure, panels = plt.subplots(1, 2, figsize=(13, 6), width_ratios=(1, 2))
for k, (name, marker) in enumerate(zip(LADDER, "Dos^", strict=True)):
    line = ladder[ladder["modèle"] == name]
    axes = panels[0 if name == "simple" else 1]
    axes.plot(
        line["paramètres"], line["rmse"], color=f"C{k}", marker=marker, markersize=10, label=name
    )
    for _row, dot in line.iterrows():
        place = (0, 9)
        axes.annotate(
            dot["facteurs"], (dot["paramètres"], dot["rmse"]), place, textcoords="offset points",
            ha="center", fontsize=12, color=f"C{k}",
        )  # fmt: skip
for axes in panels:
    axes.set(xscale="log", xlabel="paramètres")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 3)))
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.minorticks_off()
    axes.margins(x=0.12, y=0.12)
    axes.legend()
panels[0].set_ylabel("RMSE des lignes de test, en étoiles")
figure.suptitle(f"{dataset.name} : l'échelle des modèles (nombres : facteurs ; attention aux deux "
                f"axes)")
show(figure, "12-ladder")

# %% [markdown]
# Les biais, un nombre par utilisateur et par film, sont une grande marche : comparez *simple* et
# *avec biais*, puis regardez ce que tous les autres nombres font gagner. Sur les 100 millions de
# notes de Netflix, chaque échelon se révélait payant, et ajouter des facteurs l'était toujours. Et
# ici : quel échelon vaut ses paramètres, sur quelles données, et lequel ne les vaut que lorsqu'il y
# a assez de facteurs ?

# %% [markdown]
# ## À discuter
#
# - Deux modèles ont le même nombre de paramètres, et l'un des deux a une erreur plus faible. À quoi
#   emploie-t-il les siens ?
# - Un découpage aléatoire montre au modèle les notes qu'un utilisateur donnera la semaine
#   prochaine, alors qu'il prédit celles d'aujourd'hui. Comment découperiez-vous si le modèle devait
#   servir demain, et lequel des deux termes de temps en souffrirait ?
# - On pourrait tirer les bornes des dates de toutes les lignes, puisqu'on n'y regarde aucune note.
#   Quel serait le problème ?
# - L'écart d'un utilisateur qui a tout noté en un seul jour est proche de zéro sur toutes les
#   lignes. Que deviendra $\alpha_u$, avec une pénalité et sans ?
# - Le modèle complet de Koren a aussi un vecteur $p_u(t)$. Combien de paramètres aurait un $p_u$
#   pour chacun de vos cinq intervalles, et combien y a-t-il de notes par utilisateur pour les
#   apprendre ?

# %% [markdown] tags=["answer"]
# *Écrivez vos réponses ici : double-cliquez sur ce texte et remplacez-le.*

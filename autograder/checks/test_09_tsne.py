"""Checks of `09_tsne`: item embeddings, neighbours by cosine, maps by t-SNE, and their figure."""

import numpy as np

from autograder.checking import value_causes
from autograder.checking.asserts import (
    alike,
    array,
    checks,
    close,
    crash_means,
    fail,
    integers,
    is_multiple,
    pair,
    require,
    shape_of,
)
from autograder.checking.proxies import Proxy
from autograder.checking.value_causes import Cause
from autograder.checks.support.ratings import require_unchanged
from autograder.util.i18n import _

TABLES = ("user_embedding", "item_offset", "item_embedding")


# item_embeddings


def draw_tables(rng, order, n_users, n_items, n_factors) -> dict:
    """Return the tables of a model by layer name, in this order of layers."""
    rows = {"user_embedding": n_users, "item_offset": n_items, "item_embedding": n_items}
    return {name: rng.normal(size=(rows[name], n_factors)).astype("float32") for name in order}


def read_embeddings(submission, tables):
    """Return the table that the learner's function reads from a model that holds `tables`."""
    model = submission.given.length_model(tables)
    got = submission.item_embeddings(model)
    want = tables["item_embedding"]
    array(
        got,
        want.shape,
        mistakes={
            "weights-left-in-list": shape_of(got) == (1, *want.shape),
            "users-for-items": shape_of(got) == tables["user_embedding"].shape,
            "item-table-transposed": shape_of(got) == want.shape[::-1],
            "rows-of-the-table-missing": _is_shorter(shape_of(got), want.shape),
        },
    )
    return got


@checks("item_embeddings", share=1)
def test_embeddings_are_the_item_table(submission, rng):
    """Row i holds item i's K weights in the layer `item_embedding`, wherever that layer stands."""
    orders = (TABLES, TABLES[::-1], ("user_embedding", "item_embedding", "item_offset"))
    for order in orders:
        tables = draw_tables(rng, order, n_users=6, n_items=9, n_factors=4)
        got, want = array(read_embeddings(submission, tables)), tables["item_embedding"]
        mistakes = {
            "embeddings-normalised": alike(got, unit(want)),
            "table-of-another-layer": any(alike(got, table) for table in tables.values()),
        }
        close(got, want, mistakes=mistakes)


def _is_shorter(shape, wanted) -> bool:
    """Return whether a shape is that of a table with fewer rows, of the same width."""
    return len(shape or ()) == 2 and shape[1] == wanted[1] and shape[0] < wanted[0]


@checks("item_embeddings", share=1)
def test_a_large_table_comes_whole(submission, rng):
    """Every item has its row, however many there are, also an item whose weights are all zero."""
    tables = draw_tables(
        rng, TABLES, n_users=4, n_items=33_000 + int(rng.integers(99)), n_factors=2
    )
    tables["item_embedding"][rng.integers(900, size=3)] = 0
    got = read_embeddings(submission, tables)
    close(array(got), tables["item_embedding"])


@checks("item_embeddings", share=1)
def test_embeddings_are_float32(submission, rng):
    """The table comes as it is, in float32, also where there are as many users as items."""
    tables = draw_tables(rng, TABLES, n_users=7, n_items=7, n_factors=3)
    got = read_embeddings(submission, tables)
    close(
        array(got),
        tables["item_embedding"],
        mistakes={
            "users-for-items": alike(got, tables["user_embedding"]),
            "embeddings-normalised": alike(got, unit(tables["item_embedding"])),
        },
    )
    dtype = np.asarray(got).dtype
    cause = value_causes.of_type(dtype, "float32")
    require(dtype == np.float32, _("an array of {dtype}").format(dtype=dtype), cause=cause)


# nearest


def unit(vectors) -> np.ndarray:
    """Return the rows scaled to length 1."""
    vectors = np.asarray(vectors, dtype="float64")
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def draw_vectors(rng, n_items=23, n_factors=5) -> np.ndarray:
    """Return item vectors of very different lengths, float32."""
    lengths = rng.uniform(0.2, 6, size=(n_items, 1))
    return (lengths * rng.normal(size=(n_items, n_factors))).astype("float32")


def _two_arrays(got) -> tuple:
    """Return the answer as (indices, similarities); reject one array, and a list of pairs."""
    must = _("the answer is a pair (indices, similarities)")
    shape = shape_of(got) or ()
    pairs = len(shape) == 2 and shape[1] == 2 and isinstance(got, list)
    mistakes = {"similarities-left-out": len(shape) == 1, "pairs-of-neighbours": pairs}
    require(not any(mistakes.values()) or len(shape) == 0, got, must, mistakes)
    return pair(got, must=must)


def _all_whole(value) -> bool:
    """Return whether a value is an array of whole numbers that are not all alike."""
    if len(shape_of(value) or ()) != 1:
        return False
    numbers = array(value)
    return alike(numbers, np.round(numbers), rtol=0, atol=0) and np.ptp(numbers) > 0


def check_neighbours(got, embeddings, index, n) -> np.ndarray:
    """Return the indices; reject an answer that is not the query's min(n, I - 1) nearest items."""
    n_items = len(embeddings)
    size = min(n, n_items - 1)
    indices, similarities = _two_arrays(got)
    must = _("{size} neighbours of film {index}, of {n_items} films").format(
        size=size, index=index, n_items=n_items
    )
    own = shape_of(indices) == (n_items,) or index in np.ravel(np.asarray(indices, dtype=object))
    mistakes = {
        "query-own-neighbour": own,
        "similarities-first": _all_whole(similarities) and not _all_whole(indices),
        "one-neighbour-short": not own and shape_of(indices) == (size - 1,),
        "neighbours-limited": not own and 1 < (shape_of(indices) or (size,))[0] < size - 1,
    }
    indices = integers(indices, (size,), must, mistakes)
    similarities = array(similarities, (size,), must)
    cosines = unit(embeddings) @ unit(embeddings)[index]
    others = np.delete(np.arange(n_items), index)
    best = np.sort(cosines[others])[::-1][:size]
    twins = others[cosines[others] > 0.9999]
    require(
        np.isin(indices, np.arange(n_items)).all() and len(set(indices.tolist())) == size,
        indices,
        _("indices are rows of the embeddings, each at most once"),
        cause=Cause("no-rows-of-embeddings", _NO_ROWS),
    )
    by_place = alike(cosines[others[np.minimum(indices, len(others) - 1)]], similarities)
    twin_missing = not np.isin(twins, indices).all()
    require(
        index not in indices,
        _("film {index} among its own neighbours {indices}").format(index=index, indices=indices),
        _("the query is left out, whatever else is like it"),
        {
            "place-among-others": by_place,
            "first-neighbour-dropped": twin_missing,
            "query-own-neighbour": not by_place and not twin_missing,
        },
    )
    close(
        similarities,
        best,
        _("the similarities are the largest cosines, largest first: {best}").format(best=best[:3]),
        {
            "opposites-taken-for-near": alike(similarities, _by_size(cosines[others])[:size]),
            **_wrong_similarities(similarities, indices, embeddings, index, cosines, others, best),
        },
        otherwise=lambda: _cause_of_neighbours(indices, cosines, best),
    )
    close(
        cosines[indices],
        similarities,
        _("similarities[k] is the cosine of the film indices[k] with the query"),
        {"place-among-others": by_place},
        otherwise=lambda: Cause("similarities-of-other-rows", _OTHER_ROWS),
    )
    return indices


def _by_size(cosines) -> np.ndarray:
    """Return cosines in falling order of their size, whatever their signs."""
    sorted_by_size: np.ndarray = cosines[np.argsort(-np.abs(cosines))]
    return sorted_by_size


def _cause_of_neighbours(indices, cosines, best) -> Cause:
    """Tell whether the films are right, so that only their similarities are wrong."""
    if alike(np.sort(cosines[indices]), np.sort(best)):
        return Cause("numbers-of-neighbours-off", _NUMBERS_OFF)
    return Cause("other-neighbours", _OTHER_NEIGHBOURS)


_NUMBERS_OFF = _(
    "The films are the right ones, and the numbers beside them are no cosines. For the vectors "
    "(1, 0) and (1, 1), what does your formula give, and what is the cosine?"
)
_OTHER_NEIGHBOURS = _(
    "Other films were taken for the nearest: vectors were shortened otherwise, compared with "
    "another row, or cut before the sort. Which vector is each one compared with?"
)
_NO_ROWS = _(
    "An index comes twice or lies outside of the table, so that it names no film or the same one "
    "again. From which array are the indices read, and how long is it?"
)
_OTHER_ROWS = _(
    "Indices and similarities are in different orders: one of them was sorted or cut without the "
    "other. Which line sorts, and what does it sort?"
)


def _by_columns(embeddings, index) -> np.ndarray:
    """Return products of the query with every film, after division by the columns' lengths."""
    scaled = unit(np.asarray(embeddings).T).T
    return scaled @ scaled[index]


def _wrong_similarities(got, indices, embeddings, index, cosines, others, best) -> dict:
    products = embeddings @ embeddings[index]
    lengths = np.linalg.norm(embeddings, axis=1)
    distances = np.linalg.norm(embeddings - embeddings[index], axis=1)
    by_distance = others[np.argsort(distances[others])][: len(got)]
    centred = unit(embeddings - embeddings.mean(axis=1, keepdims=True))
    correlations = np.sort((centred @ centred[index])[others])[::-1]
    unlike = others[cosines[others] < 0.999]
    return {
        "twins-left-out": len(unlike) < len(others)
        and alike(got, np.sort(cosines[unlike])[::-1][: len(got)]),
        "correlation-for-cosine": alike(got, correlations[: len(got)]),
        "least-similar-first": alike(got, np.sort(cosines[others])[: len(got)]),
        "dot-for-cosine": alike(got, products[indices]),
        "one-length-divided": alike(got, products[indices] / lengths[index])
        or alike(got, products[indices] / lengths[indices]),
        "one-length-for-all": is_multiple(got, products[indices], atol=1e-7)
        and not alike(got, products[indices]),
        "euclid-for-cosine": alike(indices, by_distance),
        "distance-for-similarity": any(
            alike(got, value)
            for away in (1 - cosines[indices], np.sqrt(np.maximum(2 - 2 * cosines[indices], 0)))
            for value in (away, -away, 1 - away, 1 / (1 + away))
            if not alike(value, cosines[indices])
        ),
        "neighbours-unsorted": alike(np.sort(got)[::-1], best),
        "sign-of-cosine-lost": alike(got, np.sort(np.abs(cosines[others]))[::-1][: len(got)]),
        "columns-made-unit": alike(
            got, np.sort(_by_columns(embeddings, index)[others])[::-1][: len(got)]
        ),
    }


@checks("nearest", share=2)
def test_neighbours_have_the_largest_cosines(submission, rng):
    """Neighbours are those of the largest cosine with the query, most similar first."""
    embeddings = draw_vectors(rng)
    for index, n in (0, 5), (11, 7), (22, 4), (int(rng.integers(1, 22)), 1):
        check_neighbours(submission.nearest(embeddings, index, n), embeddings, index, n)


@checks("nearest", share=2)
def test_only_the_query_is_left_out(submission, rng):
    """The query is left out; another film of the same direction comes first, its cosine being 1."""
    embeddings = draw_vectors(rng)
    same = np.sort(rng.choice(len(embeddings), size=3, replace=False))
    embeddings[same] = embeddings[same[0]]
    for index in same.tolist():
        check_neighbours(submission.nearest(embeddings, index, n=6), embeddings, index, 6)
    embeddings[same] *= np.array([[1.0], [2.0], [0.5]], dtype="float32")
    for index in same.tolist():
        check_neighbours(submission.nearest(embeddings, index, n=6), embeddings, index, 6)


@checks("nearest", share=1)
def test_any_number_of_neighbours(submission, rng):
    """n neighbours, ten unless told; where n is above I - 1, all I - 1 others."""
    embeddings = draw_vectors(rng)
    check_neighbours(submission.nearest(embeddings, 3), embeddings, 3, 10)
    for n_items, n in (23, 22), (12, 12), (9, 10), (6, 40), (2, 3):
        few, index = embeddings[:n_items], n_items - 1
        check_neighbours(submission.nearest(few, index, n=n), few, index, n)
    check_neighbours(submission.nearest(embeddings[:7], 2), embeddings[:7], 2, 10)


@checks("nearest", share=1)
def test_a_long_table_and_a_long_list(submission, rng):
    """Any film of a large table may be a neighbour, and a list may be as long as the table."""
    embeddings = draw_vectors(rng, 33_000 + int(rng.integers(99)), 6)
    for index, n in (len(embeddings) - 2, 12), (140, 1_100):
        check_neighbours(submission.nearest(embeddings, index, n), embeddings, index, n)


@checks("nearest", share=1)
def test_a_query_changes_no_embedding(submission, rng):
    """The embeddings stay as they were, and the answer is right."""
    embeddings = draw_vectors(rng)
    kept = submission.keep(embeddings)
    for index, n in (17, 8), (4, 8):
        got = submission.nearest(embeddings=kept, index=index, n=n)
        check_neighbours(got, embeddings, index, n)
        after = array(submission.read(kept))
        close(
            after,
            embeddings,
            _("the embeddings are not changed by a query"),
            {"embeddings-changed": alike(after, unit(embeddings))},
        )


# tsne_2d


def draw_clusters(rng, n_clusters=8, size=14, n_factors=12):
    """Return rings of films that lie far apart, in shuffled rows.

    A random rotation turns all axes, so that no coordinate names a cluster. All vectors have about
    the same length, so that neighbours by distance are neighbours by cosine.

    Returns:
        The embeddings, float32 (n_clusters * size, n_factors), and the cluster of each row.
    """
    order = rng.permutation(n_clusters * size)
    clusters = order // size
    angles = 2 * np.pi * (order % size) / size
    vectors = 0.25 * rng.normal(size=(len(order), n_factors))
    vectors[np.arange(len(order)), clusters] += 12
    vectors[:, -2:] += 4 * np.column_stack([np.cos(angles), np.sin(angles)])
    turn = np.linalg.qr(rng.normal(size=(n_factors, n_factors)))[0]
    return (vectors @ turn).astype("float32"), clusters


def map_of(submission, embeddings, *arguments, **keywords) -> np.ndarray:
    """Return a map as a float array (m, 2); reject another shape and values that are not finite."""
    m = len(embeddings)
    with crash_means(perplexity_not_lowered="perplexity"):
        got = submission.tsne_2d(embeddings, *arguments, **keywords)
    places = array(
        got,
        (m, 2),
        _("a map has one point a film, of two coordinates: shape ({m}, 2)").format(m=m),
        {"map-transposed": shape_of(got) == (2, m)},
    )
    _require_finite(places, got)
    require(
        np.ptp(places, axis=0).all(),
        got,
        _("the points lie apart in both directions"),
        cause=Cause("map-without-width", _NO_WIDTH),
    )
    return places


def _require_finite(places, got) -> None:
    must = _("all coordinates are finite numbers")
    require(np.isfinite(places).all(), got, must, cause=Cause("map-not-finite", _NOT_FINITE))


_NO_WIDTH = _(
    "All points share a coordinate: the map is a line or a single point. What went in, and how "
    "many components were asked for?"
)
_NOT_FINITE = _(
    "A coordinate is NaN or infinite: divided by a length or a spread of zero, before or after the "
    "map was made. Which of your own lines divides?"
)
_MIXED = _(
    "Films that are near each other come out far apart: chance, too few steps, or another table "
    "made this map. What goes in, and what is done to it on the way?"
)
_LOST = _(
    "Clusters are found, and inside of them the films stand in another order than the embeddings "
    "say. Which method looks at every film's own neighbours?"
)
_DEFAULTS = _(
    "The argument, where it is left out, is another one than promised. "
    "What stands behind it in the first line of the stub?"
)


def spread_of(places) -> float:
    return float(np.ptp(places, axis=0).max())


def same_map(one, other) -> bool:
    """Return whether two maps agree up to the rounding of a thousand steps."""
    return alike(one, other, rtol=0, atol=0.03 * spread_of(other))


def distances_in(points) -> np.ndarray:
    """Return the distances between all points; the diagonal is infinite."""
    points = np.asarray(points, dtype="float64")
    distances = np.linalg.norm(points[:, None] - points[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    return distances


def is_projection(places, embeddings) -> bool:
    """Return whether a map is a linear function of the embeddings, plus a constant."""
    columns = np.column_stack([embeddings, np.ones(len(embeddings))]).astype("float64")
    weights = np.linalg.lstsq(columns, places, rcond=None)[0]
    return same_map(columns @ weights, places)


def require_neighbours(places, embeddings, clusters) -> None:
    """Reject a map on which the nearest points of a point are not the nearest films."""
    distances = distances_in(places)
    near = np.argsort(distances, axis=1)[:, :4]
    own = np.mean(clusters[near] == clusters[:, None], axis=1)
    share = float(own.mean())
    early, late = own[: len(own) // 2].mean(), own[-10:].mean()
    require(
        share >= 0.8 and late >= 0.5,
        _("a map on which {share:.0%} of a film's neighbours are of its own cluster").format(
            share=min(share, late) if late < 0.5 <= early else share
        ),
        _("films of one tight cluster, far from all others, stay together on the map"),
        lambda: {
            "projection-for-tsne": is_projection(places, embeddings),
            "rows-of-the-map-shuffled": share < 0.3 and _is_clustered(distances),
            "later-rows-not-mapped": early > 0.7 and late < 0.5,
        },
        Cause("map-mixes-clusters", _MIXED),
    )
    nearest_films = np.argsort(distances_in(embeddings), axis=1)[:, :4]
    kept = [
        np.isin(two, films).mean() for two, films in zip(near[:, :2], nearest_films, strict=True)
    ]
    share = float(np.mean(kept))
    require(
        share >= 0.7,
        _(
            "a map on which {share:.0%} of a film's two neighbours are among its nearest four"
        ).format(share=share),
        _("within a cluster, too, films that are near each other stay near on the map"),
        lambda: {
            "projection-for-tsne": is_projection(places, embeddings),
            "clusters-without-neighbours": share < 0.6,
        },
        Cause("neighbours-lost", _LOST),
    )


def require_own_places(places, embeddings) -> None:
    """Reject a map on which many films stand where another film does."""
    distances = distances_in(places)
    apart = np.median(np.sort(distances, axis=1)[:, 2])
    share = float(np.mean(distances.min(axis=1) < 0.03 * apart))
    require(
        share < 0.25,
        _("a map on which {share:.0%} of the films stand at another film's place").format(
            share=share
        ),
        _("films of different vectors have places of their own"),
        {"places-copied": True},
    )


def _is_clustered(distances) -> bool:
    """Return whether points lie in tight groups of any films; the diagonal is infinite."""
    fourth = np.sort(distances, axis=1)[:, 3]
    return bool(fourth.mean() < 0.15 * distances[np.isfinite(distances)].mean())


def first_map(submission, rng):
    """Return (embeddings, cluster of each row, map), with perplexity 5 and seed 0.

    Several checks share this map.
    """

    def make():
        embeddings, clusters = draw_clusters(rng)
        return embeddings, clusters, map_of(submission, embeddings, 5.0, 0)

    return submission.once("map", make)


def shows_everything(submission, rng) -> bool:
    """Return whether five maps, and some of few films, show every property that a check states.

    If they do not, each check makes maps for its own property and names the fault.
    """
    own = rng.spawn(1)[0]  # draws nothing from the check's generator
    return submission.jointly("every property", lambda: _joint_maps(submission, own))


def _joint_maps(submission, rng) -> bool:
    """Make maps; raise or return False where a property does not show."""
    embeddings, clusters = draw_clusters(rng)
    near = map_of(submission, embeddings, 5.0, 0)
    require_neighbours(near, embeddings, clusters)
    require_own_places(near, embeddings)
    default = map_of(submission, embeddings)
    some = map_of(submission, embeddings, perplexity=18.0, seed=0)
    if same_map(default, near) or same_map(default, some):
        return False
    if not same_map(map_of(submission, embeddings, perplexity=30.0, seed=0), default):
        return False
    map_of_few(submission, embeddings[:6])
    map_of_few(submission, embeddings[:4], perplexity=50.0)
    one, again = (
        map_of_few(submission, embeddings[:16], perplexity=16, seed=7) for _time in range(2)
    )
    others, clusters = draw_clusters(rng, n_clusters=5, size=14)
    require_neighbours(map_of(submission, others, perplexity=5.0, seed=7), others, clusters)
    return same_map(one, again)


@checks("tsne_2d", share=1)
def test_clusters_stay_together(submission, rng):
    """Near neighbours stay near: tight clusters that lie far apart do not mix on the map."""
    if shows_everything(submission, rng):
        return
    embeddings, clusters, places = first_map(submission, rng)
    require_neighbours(places, embeddings, clusters)
    require_own_places(places, embeddings)
    embeddings, clusters = draw_clusters(rng, n_clusters=5, size=14)
    require_neighbours(map_of(submission, embeddings, 5.0, 0), embeddings, clusters)


@checks("tsne_2d", share=1)
def test_same_seed_same_map(submission, rng):
    """The same seed gives the same map; without a seed given, it is 0."""
    if shows_everything(submission, rng):
        return
    embeddings, clusters, first = first_map(submission, rng)
    require_neighbours(first, embeddings, clusters)
    _require_again(submission, embeddings, first, seed=0)
    require(
        same_map(map_of(submission, embeddings, perplexity=5.0), first),
        _("without a seed, another map than with seed=0"),
        cause=Cause("default-not-kept", _DEFAULTS),
    )
    another = map_of(submission, embeddings, perplexity=5.0, seed=7)
    require_neighbours(another, embeddings, clusters)
    _require_again(submission, embeddings, another, seed=7)


def _require_again(submission, embeddings, first, seed):
    """Reject a map that differs from the first map where the seed is the same."""
    again = map_of(submission, embeddings, perplexity=5.0, seed=seed)
    require(
        same_map(again, first),
        _("two maps that differ by up to {d:.3g}").format(d=np.abs(again - first).max()),
        mistakes={"map-seed-ignored": True},
    )


@checks("tsne_2d", share=1)
def test_perplexity_counts(submission, rng):
    """Another perplexity gives another map; without one given, it is 30."""
    if shows_everything(submission, rng):
        return
    embeddings, clusters = draw_clusters(rng)
    few = map_of(submission, embeddings, perplexity=4.0, seed=3)
    require_neighbours(few, embeddings, clusters)
    default = map_of(submission, embeddings, seed=3)
    require(
        not same_map(default, few),
        _("the same map for perplexity 4 as for 30"),
        mistakes={"perplexity-ignored": True},
    )
    some = map_of(submission, embeddings, perplexity=18.0, seed=3)
    require(
        not same_map(default, some),
        _("the same map for perplexity 18 as for 30, of {m} films").format(m=len(embeddings)),
        _("a perplexity that {m} films allow is not lowered").format(m=len(embeddings)),
        {"perplexity-limited": True},
    )
    require(
        same_map(map_of(submission, embeddings, perplexity=30.0, seed=3), default),
        _("without a perplexity, another map than with perplexity=30"),
        cause=Cause("default-not-kept", _DEFAULTS),
    )


@checks("tsne_2d", share=1)
def test_few_films_have_a_map_too(submission, rng):
    """A perplexity too large for m films is lowered: few films have a map, and stay unchanged."""
    if shows_everything(submission, rng):
        return
    embeddings, clusters, places = first_map(submission, rng)
    require_neighbours(places, embeddings, clusters)
    for m, keywords in (6, {}), (16, {"perplexity": 16}), (4, {"perplexity": 50.0}):
        map_of_few(submission, embeddings[:m], **keywords)


def map_of_few(submission, embeddings, **keywords) -> np.ndarray:
    """Return a map of few films as floats (m, 2); reject a call that changes its argument."""
    kept = submission.keep(embeddings)
    with crash_means(perplexity_not_lowered="perplexity"):
        got = submission.tsne_2d(kept, **keywords)
    few = array(got, (len(embeddings), 2))
    _require_finite(few, got)
    require(
        np.ptp(few, axis=0).all(),
        got,
        _("the points lie apart in both directions, also where films are few"),
        cause=Cause("map-without-width", _NO_WIDTH),
    )
    close(
        array(submission.read(kept)),
        embeddings,
        _("the embeddings are not changed by a map"),
        otherwise=value_causes.argument_changed,
    )
    return few


# plot_map

NAMES = (
    *("comedy", "western", "noir", "horror", "musical", "thriller", "romance", "crime", "family"),
    *("anime", "epic", "satire", "sport", "biopic", "fantasy", "mystery", "slasher", "heist"),
    *("parody", "war"),
)


def draw_map(rng, n_labels=4, m=20):
    """Return points well apart and labels in no order: (coordinates (m, 2), labels (m,))."""
    side = int(np.ceil(np.sqrt(1.2 * m)))
    grid = np.argwhere(np.ones((side, side)))[rng.permutation(side**2)[:m]]
    coordinates = 5.0 * grid * [1.0, -1.0] + rng.uniform(-1, 1, size=(m, 2))
    names = rng.permutation(NAMES)[:n_labels]
    return coordinates, rng.permutation(np.resize(names, m))


def drawing_of(submission, coordinates, labels, **titles) -> dict:
    """Return the contents of the learner's figure (see `axes.read_axes`); close the figure."""
    before = submission.given.open_figures()
    try:
        axes = submission.plot_map(coordinates, labels, **titles)
        drawn = read_map(submission, axes)
        with submission.unrecorded():
            drawn["limits"] = limits_of(axes)
            drawn["far"] = far_texts(axes) if drawn["texts"] else []
    finally:
        submission.given.close_figures(before)
    return drawn


def limits_of(axes) -> np.ndarray:
    """Return the limits of both axes, lower and upper ones: (2, 2)."""
    return np.sort([array(limits, (2,)) for limits in (axes.get_xlim(), axes.get_ylim())], axis=1)


def far_texts(axes) -> list[str]:
    """Return the texts that stand far from what they point at, without an arrow.

    Far is a quarter of the axes' width or height, or 150 points.
    """
    size = np.ptp(limits_of(axes), axis=1)
    found = []
    for text in axes.texts:
        unit = getattr_of(text, "anncoords")
        if unit is None or getattr_of(text, "arrow_patch") is not None:
            continue
        away = array(list(text.get_position()), (2,))
        if unit in ("offset points", "offset pixels"):
            is_far = np.abs(away).max() > 150
        else:
            place = array(list(text.xy), (2,))
            is_far = unit == "data" and (np.abs(away - place) > size / 4).any()
        if is_far:
            found.append(str(text.get_text()).strip())
    return found


def getattr_of(thing, name):
    """Return an attribute of an object on the learner's side; None where it has none."""
    try:
        return getattr(thing, name)
    except AttributeError:
        return None


def read_map(submission, axes) -> dict:
    """Return the contents of an Axes (see `axes.read_axes`); reject any other answer."""
    drawn = submission.given.drawing(axes) if isinstance(axes, Proxy) else None
    if drawn is None:
        figure = repr(axes) == "<Figure>" or isinstance(axes, tuple)
        fail(
            axes,
            _("the answer is the matplotlib Axes that holds the map"),
            {"axes-not-returned": axes is None, "figure-for-axes": figure},
            value_causes.of_kind(axes, _("an Axes")),
        )
    return drawn


MARKERS_AT_ONCE = 10_000


def colours_at(drawn, coordinates) -> list[set]:
    """Return the colours of the markers at each place; an empty set at a place without a marker."""
    found: list[set] = [set() for _place in coordinates]
    for start in range(0, len(drawn["points"]), MARKERS_AT_ONCE):
        points = drawn["points"][start : start + MARKERS_AT_ONCE]
        markers = np.array([[x, y] for x, y, _colours in points], dtype=float)
        distances = np.linalg.norm(coordinates[:, None] - markers[None], axis=2)
        distances[np.isnan(distances)] = np.inf
        for k in np.flatnonzero(distances.min(axis=0) < 0.05):
            found[int(distances[:, k].argmin())].update(map(tuple, points[k][2]))
    return found


def has_markers(drawn, coordinates) -> bool:
    """Return whether a marker, of whatever colour, stands at every place."""
    points = [[x, y, [(0, 0, 0)]] for x, y, _colours in drawn["points"]]
    return all(colours_at({"points": points}, coordinates))


def colours_of_labels(drawn, coordinates, labels) -> dict:
    """Return for each label the colours that all of its points have, and no other point."""
    colours = colours_at(drawn, coordinates)
    drawn_labels = {label for found, label in zip(colours, labels.tolist(), strict=True) if found}
    missing = sum(not found for found in colours)
    require(
        missing == 0,
        _("{missing} of {m} points are not drawn at their place").format(
            missing=missing, m=len(labels)
        ),
        _("there is a marker at each row of the coordinates, x first"),
        {
            "coordinates-exchanged": all(colours_at(drawn, coordinates[:, ::-1])),
            "labels-not-drawn": drawn_labels != set(labels.tolist())
            and missing
            == sum(label not in drawn_labels for label in labels.tolist())
            < len(labels),
            "later-points-not-drawn": 0 < missing < len(labels)
            and all(colours[: len(labels) - missing]),
            "markers-transparent": missing > 0 and has_markers(drawn, coordinates),
        },
        Cause("points-elsewhere", _ELSEWHERE),
    )
    result = {}
    for label in dict.fromkeys(labels.tolist()):
        own = [found for found, other in zip(colours, labels, strict=True) if other == label]
        others = [found for found, other in zip(colours, labels, strict=True) if other != label]
        result[label] = set.intersection(*own) - set.union(*others)
    return result


def require_colours(submission, drawn, coordinates, labels) -> dict:
    """Return the colours by label; reject a map on which a label has no colour of its own."""
    colours = colours_of_labels(drawn, coordinates, labels)
    plain = [label for label, own in colours.items() if not own]
    at_points = colours_at(drawn, coordinates)
    require(
        not plain,
        _("no colour that all films of {label}, and no others, have").format(
            label=repr(plain and plain[0])
        ),
        _("films of one label share a colour, films of different labels do not"),
        {
            "points-one-colour": all(found == at_points[0] for found in at_points),
            "colour-by-point": len(set(map(frozenset, at_points))) > len(colours),
            "colours-begin-again": 1 < len(set(map(frozenset, at_points))) < len(colours)
            and _is_by_label(at_points, labels),
        },
        Cause("colours-shared", _SHARED),
    )
    if "limits" in drawn:
        require_in_sight(drawn, coordinates)
    return colours


def _is_by_label(at_points, labels) -> bool:
    """Return whether all points of one label have the same colours."""
    pairs = set(zip(labels.tolist(), map(frozenset, at_points), strict=True))
    return len(pairs) == len(set(labels.tolist()))


def require_in_sight(drawn, coordinates) -> None:
    """Reject an Axes whose limits leave points outside."""
    low, high = drawn["limits"].T
    hidden = int(np.sum(((coordinates < low) | (coordinates > high)).any(axis=1)))
    require(
        hidden == 0,
        _("{n} of {m} points lie outside of the limits of the axes").format(
            n=hidden, m=len(coordinates)
        ),
        _("all films are in sight"),
        cause=Cause("limits-too-narrow", _NARROW),
    )


_NARROW = _(
    "The axes end before the map does: limits were set by hand, or from some of the films. "
    "Which line sets them?"
)
_ELSEWHERE = _(
    "Markers are missing or stand elsewhere than the coordinates say: only some rows are drawn, or "
    "they were scaled or picked by something else. How many points does each `scatter` get?"
)
_SHARED = _(
    "Two labels have the same colour, or films of one label have several: colour does not follow "
    "the label. From what does each film get its colour?"
)
_LEGEND = _(
    "The legend does not name every label: an entry is missing, or is called something else. "
    "What gives an entry its text?"
)
_SOME_TITLES = _(
    "Some titles are written, and this one is not. Over which of the given titles does the loop "
    "run, and what is written for each?"
)
_OFF_PLACE = _(
    "The title stands beside another film: its index is used for something else than a row of the "
    "coordinates, or x and y are exchanged. Where is row {film} on the map?"
)


@checks("plot_map", share=2)
def test_every_label_has_its_colour(submission, rng):
    """Every film is a marker at its coordinates, and films share a colour if they share a label."""
    for n_labels, m in (4, 20), (2, 130):
        coordinates, labels = draw_map(rng, n_labels, m)
        places, kinds = submission.keep(coordinates), submission.keep(labels)
        drawn = drawing_of(submission, places, kinds)
        require_colours(submission, drawn, coordinates, labels)
        require_unchanged(submission, places, coordinates)
        require_unchanged(submission, kinds, labels)
    coordinates, names = draw_map(rng, 3)
    numbers = np.array([0, 7, 25])[np.unique(names, return_inverse=True)[1]]
    require_colours(submission, drawing_of(submission, coordinates, numbers), coordinates, numbers)


@checks("plot_map", share=1)
def test_each_map_has_axes_of_its_own(submission, rng):
    """A second map leaves the first one as it is, even if that one is still open."""
    before = submission.given.open_figures()
    (first, kinds), (second, labels) = draw_map(rng), draw_map(rng)
    second = second + 1000
    try:
        axes = submission.plot_map(first, kinds)
        one = submission.given.drawing(axes) if isinstance(axes, Proxy) else None
        drawn = read_map(submission, submission.plot_map(second, labels))
        after = one and submission.given.drawing(axes)
    finally:
        submission.given.close_figures(before)
    n, m = (len(each["points"]) if each else 0 for each in (one, after))
    require(
        m <= n,
        _("{n} points on the first map, {m} after the second call").format(n=n, m=m),
        mistakes={"map-on-an-earlier-figure": True},
    )
    require_colours(submission, drawn, second, labels)


@checks("plot_map", share=1)
def test_a_legend_names_the_labels(submission, rng):
    """A legend names every label in its colour, and a title says what the map shows."""
    for n_labels in 3, 5:
        coordinates, labels = draw_map(rng, n_labels)
        drawn = drawing_of(submission, coordinates=coordinates, labels=labels, titles=None)
        colours = require_colours(submission, drawn, coordinates, labels)
        legend = drawn["legend"]
        for label, own in colours.items():
            entries = [set(map(tuple, shown)) for text, shown in legend if str(label) in text]
            require(
                entries,
                _("a legend of {names}").format(names=[text for text, _shown in legend]),
                _("the legend has an entry for every label, here {label}").format(
                    label=repr(label)
                ),
                {"legend-missing": not legend, "legend-of-one-entry": len(legend) == 1},
                Cause("legend-incomplete", _LEGEND),
            )
            require(
                any(own & shown or not shown for shown in entries),
                _("{label} has another colour in the legend than on the map").format(
                    label=repr(label)
                ),
                mistakes={"legend-colours-exchanged": True},
            )
        require(
            drawn["title"],
            _("a map without a title"),
            _("the map has a title that says what it shows"),
            {"map-without-title": True},
        )


@checks("plot_map", share=1)
def test_titles_stand_at_their_films(submission, rng):
    """Each given title is written at the film whose index it has, and changes no argument."""
    for n_titles, m in (4, 20), (1, 20), (24, 60):
        coordinates, labels = draw_map(rng, 4, m)
        films = rng.permutation(len(labels))[:n_titles].tolist()
        if n_titles > 1 and 0 not in films:
            films[1] = 0
        titles = {
            film: f"Film {chr(65 + k)}-{film} ({1950 + film})" for k, film in enumerate(films)
        }
        kept = submission.keep(titles)
        drawn = drawing_of(submission, coordinates, labels, titles=kept)
        for film, title in titles.items():
            places = np.array([[x, y] for text, x, y in drawn["texts"] if title in text])
            require(
                len(places) > 0,
                _("texts on the map: {texts}").format(
                    texts=[text for text, *_xy in drawn["texts"]][:4]
                ),
                _("the map shows the title {title}").format(title=repr(title)),
                {"titles-not-written": not drawn["texts"]},
                Cause("some-titles-missing", _SOME_TITLES),
            )
            distances = np.linalg.norm(coordinates[:, None] - places[None], axis=2)
            at = set(distances.argmin(axis=0).tolist())
            require(
                at == {film},
                _("{title} stands at film {at}").format(
                    title=repr(title), at=max(at - {film}, default=film)
                ),
                _("a title stands at the film of its index, here {film}").format(film=film),
                {"titles-by-position": list(titles).index(film) in at},
                Cause("title-beside-another", _OFF_PLACE.format(film=film)),
            )
            size = np.ptp(coordinates, axis=0)
            off = (np.abs(places - coordinates[film]) > size / 4).any()
            require(
                not off and title not in drawn["far"],
                _("{title} stands far away from film {film}").format(title=repr(title), film=film),
                _("a title is written at its film, or an arrow leads from it to the film"),
                {"titles-far-away": True},
            )
        require_unchanged(submission, kept, titles)


@checks("plot_map", share=1)
def test_many_labels_have_as_many_colours(submission, rng):
    """Twenty labels have twenty colours, and no film is out of sight."""
    for n_labels in 11, len(NAMES):
        coordinates, labels = draw_map(rng, n_labels, 120)
        drawn = drawing_of(submission, coordinates, labels)
        require_colours(submission, drawn, coordinates, labels)

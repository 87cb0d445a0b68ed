"""Answers that imitate what a check looks at, without the work, earn no full points."""

import pytest

from autograder.running.known_answers import verdict_on

NUMPY_MODEL = """
class _Table:
    def __init__(self, shape):
        self.w = np.random.normal(scale=0.05, size=shape).astype("float32")
    def get_weights(self):
        return [self.w.copy()]
    def set_weights(self, w):
        self.w = np.array(w[0], dtype="float32")
    @property
    def trainable_variables(self):
        return [self.w]

class _Model:
    input_shape = [(None, 1), (None, 1)]
    def __init__(self, u, i, k):
        self.t = {"user_embedding": _Table((u, k)), "item_embedding": _Table((i, k))}
    def get_layer(self, name):
        return self.t[name]
    def get_weights(self):
        return [t.w.copy() for t in self.t.values()]
    def set_weights(self, ws):
        for t, w in zip(self.t.values(), ws):
            t.set_weights([w])
    def __call__(self, x, training=False):
        u, i = (np.asarray(c).reshape(-1) for c in x)
        p, q = (t.w for t in self.t.values())
        return np.sum(p[u] * q[i], axis=1, keepdims=True)
    def compile(self, **k):
        pass
    def train_on_batch(self, x, y):
        for t in self.t.values():
            t.w = t.w * 0.99

def build_mf(n_users, n_items, n_factors):
    return _Model(n_users, n_items, n_factors)
"""

LYING_SIGNATURE = """
import inspect, os
_right = tsne_2d

def tsne_2d(*arguments, **keywords):
    if len(arguments) < 2:
        keywords.setdefault("perplexity", 3.0)
    if len(arguments) < 3:
        keywords.setdefault("seed", int.from_bytes(os.urandom(2), "big"))
    return _right(*arguments, **keywords)

tsne_2d.__signature__ = inspect.signature(_right)
"""


def test_a_class_of_numpy_is_no_keras_model():
    report = verdict_on("build_mf", NUMPY_MODEL)
    assert report.points == 0
    assert {check.misconception for check in report.checks} == {"no-keras-model"}


def test_a_signature_that_lies_about_its_defaults_is_found_out():
    report = verdict_on("tsne_2d", LYING_SIGNATURE)
    wrong = {check.id.split("::")[-1] for check in report.checks if check.outcome == "failed"}
    assert wrong == {"test_same_seed_same_map", "test_perplexity_counts"}


ARGMAX_MAP = """
def tsne_2d(embeddings, perplexity=30.0, seed=0):
    x = np.asarray(embeddings, dtype=float)
    group = x.argmax(axis=1)
    angles = 2 * np.pi * group / x.shape[1]
    rng = np.random.default_rng([int(seed), int(10 * perplexity)])
    places = 20 * np.column_stack([np.cos(angles), np.sin(angles)])
    return places + rng.normal(size=places.shape)
"""

ONE_THRESHOLD_A_COORDINATE = """
def fit_genres(embeddings, genres):
    x, has = np.asarray(embeddings), np.asarray(genres).astype(bool)
    n = has.shape[1]
    middles = [(x[has[:, g], g].mean() + x[~has[:, g], g].mean()) / 2 for g in range(n)]
    signs = [np.sign(x[has[:, g], g].mean() - x[~has[:, g], g].mean()) for g in range(n)]
    return np.array(middles), np.array(signs)

def predict_genres(classifier, embeddings):
    middles, signs = classifier
    x = np.asarray(embeddings)[:, : len(middles)]
    return 1 / (1 + np.exp(-3 * signs * (x - middles)))
"""

BEST_COORDINATE = """
def fit_genres(embeddings, genres):
    x, has = np.asarray(embeddings), np.asarray(genres).astype(bool)
    rules = []
    for own in has.T:
        gap = x[own].mean(axis=0) - x[~own].mean(axis=0)
        best = np.abs(gap).argmax()
        rules.append((best, (x[own, best].mean() + x[~own, best].mean()) / 2, np.sign(gap[best])))
    return rules

def predict_genres(classifier, embeddings):
    x = np.asarray(embeddings)
    columns = [1 / (1 + np.exp(-3 * sign * (x[:, k] - at))) for k, at, sign in classifier]
    return np.column_stack(columns)
"""

NO_LEARNING = """
def fit_genres(embeddings, genres):
    return np.asarray(genres).mean(axis=0) > 0.5, np.shape(genres)[1]

def predict_genres(classifier, embeddings):
    turned, n = classifier
    p = 1 / (1 + np.exp(-3 * np.asarray(embeddings, dtype=float)[:, :n]))
    return p if np.mean(turned) < 0.5 else 1 - p
"""


def points_of(function, code):
    """Return the points of an answer on several seeds; a shortcut must not live on one's luck."""
    return {verdict_on(function, code, seed).points for seed in (1, 20_261, 31_415)}


def test_a_map_by_the_largest_coordinate_earns_nothing():
    assert points_of("tsne_2d", ARGMAX_MAP) == {0}


@pytest.mark.parametrize("function", ["fit_genres", "predict_genres"])
@pytest.mark.parametrize("code", [ONE_THRESHOLD_A_COORDINATE, BEST_COORDINATE, NO_LEARNING])
def test_genres_read_from_single_coordinates_earn_nothing(function, code):
    assert points_of(function, code) == {0}

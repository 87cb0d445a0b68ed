"""The exercises' words about Keras, scikit-learn, NumPy and matplotlib hold for the installed ones.

Each test quotes the words that it tries. `docs/truth.md` lists the words with their exercises.
"""

import inspect
from itertools import permutations

import numpy as np
import pytest

keras = pytest.importorskip("keras")


def small_model(penalty=None):
    """Return a model of one embedding table (3, 2), whose score is the sum of a row."""
    ids = keras.Input((1,), dtype="int32")
    table = keras.layers.Embedding(3, 2, name="table", **(penalty or {}))
    return keras.Model(ids, keras.ops.sum(table(ids), axis=2))


def rows_of(model):
    return model.get_layer("table").get_weights()[0]


def ids_of(*rows):
    return np.array(rows).reshape(-1, 1)


def test_a_new_layer_has_no_weights_before_its_first_call():
    layer = keras.layers.Embedding(4, 2)
    assert layer.get_weights() == []
    for shape in (3,), (3, 1), (3, 5):
        assert tuple(layer(np.zeros(shape, dtype=int)).shape) == (*shape, 2)
    [table] = layer.get_weights()
    assert len(np.unique(table)) == table.size


def test_compiling_does_not_touch_the_weights():
    model = small_model()
    before = rows_of(model).copy()
    model.compile("adam", loss="mse")
    assert (rows_of(model) == before).all()


def test_a_dense_step_moves_rows_that_were_named_before_and_no_others():
    model = small_model()
    model.compile("adam", loss="mse")
    start = rows_of(model).copy()
    model.fit(ids_of(0), np.array([4.0]), verbose=0)
    first = rows_of(model).copy()
    model.fit(ids_of(1), np.array([4.0]), verbose=0)
    second = rows_of(model)
    assert (second[0] != first[0]).all()
    assert (second[2] == start[2]).all()


def test_a_penalty_on_a_table_is_added_once_to_the_mean():
    model = small_model({"embeddings_regularizer": keras.regularizers.L2(0.1)})
    model.compile("adam", loss="mse")
    for rows in ids_of(0, 1), ids_of(0, 1, 1, 0, 2):
        errors = 4 - rows_of(model)[rows[:, 0]].sum(axis=1)
        loss = model.evaluate(rows, np.full(len(rows), 4.0), verbose=0)
        assert loss == pytest.approx(np.mean(errors**2) + 0.1 * np.sum(rows_of(model) ** 2), 1e-4)


def test_a_penalty_on_a_layers_output_depends_on_the_batch():
    model = small_model({"activity_regularizer": keras.regularizers.L2(0.1)})
    model.get_layer("table").set_weights([np.array([[0.0, 0], [5, 5], [0, 0]])])
    model.compile("adam", loss="mse")
    calm, wild = (
        model.evaluate(ids_of(row), rows_of(model)[[row]].sum(axis=1), verbose=0) for row in (0, 1)
    )
    assert calm == pytest.approx(0, abs=1e-6)
    assert wild > 1


def test_a_weighted_mean_divides_by_the_number_of_rows():
    model = small_model()
    model.get_layer("table").set_weights([np.zeros((3, 2))])
    model.compile(keras.optimizers.SGD(1.0), loss="mse")
    weights = np.array([2.0, 0, 0, 0])
    model.fit(ids_of(0, 1, 1, 1), np.ones(4), sample_weight=weights, batch_size=4, verbose=0)
    assert rows_of(model)[0] == pytest.approx(2 * 2 / 4)  # twice the error, times weight over rows
    assert (rows_of(model)[1:] == 0).all()


def test_the_callback_remembers_its_best_weights_also_when_the_epochs_run_out():
    model = small_model()
    model.compile("adam", loss="mse")
    stopping = keras.callbacks.EarlyStopping("val_loss", patience=9, restore_best_weights=True)
    pairs = ids_of(0, 1, 2), np.array([4.0, 3, 2])
    model.fit(*pairs, validation_data=pairs, epochs=2, callbacks=[stopping], verbose=0)
    assert stopping.best_weights is not None


def test_a_seed_wants_a_python_int():
    with pytest.raises(ValueError, match="integer"):
        keras.utils.set_random_seed(np.int64(1))
    keras.utils.set_random_seed(1)


def test_a_file_of_keras_carries_no_code(tmp_path):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Lambda(lambda x: 2 * x)])
    model.save(tmp_path / "model.keras")
    with pytest.raises(ValueError, match=r"safe_mode|unsafe"):
        keras.models.load_model(tmp_path / "model.keras")


def test_tsne_refuses_a_perplexity_that_is_not_below_the_number_of_points():
    from sklearn.manifold import TSNE

    points = np.random.default_rng(0).normal(size=(10, 3))
    with pytest.raises(ValueError, match="perplexity"):
        TSNE(2, perplexity=10.0, init="random").fit_transform(points)
    assert TSNE(2, perplexity=9.0, init="random").fit_transform(points).shape == (10, 2)
    assert inspect.signature(TSNE).parameters["init"].default == "pca"


def test_colours_begin_again_after_the_tenth():
    import matplotlib as mpl
    import matplotlib.pyplot as plt

    with mpl.rc_context(mpl.rcParamsDefault):
        figure, axes = plt.subplots()
        drawn = [axes.scatter([0], [0]).get_facecolor()[0].tolist() for _label in range(11)]
        plt.close(figure)
    assert drawn[10] == drawn[0]
    assert len({tuple(colour) for colour in drawn}) == 10


def test_average_precision_of_a_random_order_is_above_the_share_and_less_so_with_many_films():
    from sklearn.metrics import average_precision_score

    gains = []
    for n_films in (4, 8):
        has = np.zeros(n_films, dtype=int)
        has[: n_films // 4] = 1
        orders = set(permutations(has.tolist()))
        places = -np.arange(n_films)
        mean = np.mean([average_precision_score(order, places) for order in orders])
        gains.append(mean - has.mean())
    assert gains[0] > gains[1] > 0


def test_average_precision_of_a_genre_that_no_film_has_is_zero():
    from sklearn.metrics import average_precision_score

    with pytest.warns(UserWarning, match="No positive class"):
        assert average_precision_score([0, 0, 0], [0.9, 0.5, 0.1]) == 0


@pytest.mark.filterwarnings("ignore:invalid value")
def test_a_negative_number_to_a_broken_power_is_nan():
    assert np.isnan(np.float64(-1.0) ** 0.4)


def test_map_answers_nan_for_an_id_that_it_does_not_know():
    import pandas as pd

    assert pd.Series([1, 2]).map(pd.Series({1: 3.0})).isna().tolist() == [False, True]
    assert np.bincount([1], weights=[0.5], minlength=3).tolist() == [0, 0.5, 0]

"""Quick training gives the numbers that Keras gives, to the last bit, whatever is trained."""

from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from keras.src.backend.tensorflow import trainer

from autograder.sandbox import quick_training

pytestmark = pytest.mark.slow

ROWS = 90
rng = np.random.default_rng(7)
USERS, ITEMS = (rng.integers(9, size=(ROWS, 1)).astype("int32") for _ in range(2))
STARS = rng.integers(1, 11, size=ROWS).astype("float32") / 2
FACTS = rng.normal(size=(ROWS, 4))
GENRES = (rng.random((ROWS, 3)) < 0.4).astype("int8")


@pytest.fixture
def quick(monkeypatch) -> Iterator[None]:
    """Undo the installation after the test."""
    for owner, name in (
        (trainer.TFEpochIterator, "__init__"),
        (trainer.TFEpochIterator, "_get_iterator"),
        (trainer.TensorFlowTrainer, "_make_function"),
    ):
        monkeypatch.setattr(owner, name, getattr(owner, name))
    return None


def factors(**options: Any) -> keras.Model:
    user, item = (keras.Input((1,), dtype="int32") for _ in range(2))
    p, q = (keras.layers.Embedding(9, 3)(each) for each in (user, item))
    model = keras.Model([user, item], keras.layers.Flatten()(keras.layers.Dot(axes=2)([p, q])))
    metric = keras.metrics.RootMeanSquaredError(name="rmse")
    model.compile(keras.optimizers.Adam(0.01), loss="mse", metrics=[metric], **options)
    return model


def head(*layers: Any, loss: str = "binary_crossentropy", **options: Any) -> keras.Model:
    model = keras.Sequential([keras.Input((4,)), *layers, keras.layers.Dense(3, "sigmoid")])
    model.compile(keras.optimizers.Adam(0.02), loss=loss, **options)
    return model


class Batches(keras.callbacks.Callback):
    """Notes the loss after each batch, which shows the order of the rows."""

    def __init__(self) -> None:
        super().__init__()
        self.losses: list[float] = []

    def on_train_batch_end(self, batch, logs=None):
        self.losses.append(float(logs["loss"]))


def fitted(model: keras.Model, *arrays: Any, **options: Any) -> list[Any]:
    """Return all numbers of a training: curves, losses by batch, weights."""
    noted = Batches()
    given = {"epochs": 3, "batch_size": 32, "verbose": 0, **options}
    given["callbacks"] = [noted, *given.get("callbacks", [])]
    history = model.fit(*arrays, **given)
    return [history.history, noted.losses, model.get_weights()]


def rows_that_fill_their_batches() -> Any:
    return fitted(factors(), [USERS, ITEMS], STARS, batch_size=30)


def a_last_batch_with_fewer_rows() -> Any:
    return fitted(factors(), [USERS, ITEMS], STARS)


def one_batch() -> Any:
    return fitted(factors(), [USERS, ITEMS], STARS, batch_size=512)


def in_the_order_of_the_rows() -> Any:
    return fitted(factors(), [USERS, ITEMS], STARS, shuffle=False)


def shuffled_batches() -> Any:
    return fitted(factors(), [USERS, ITEMS], STARS, shuffle="batch")


def two_trainings_without_a_seed_between() -> Any:
    model = factors()
    first = fitted(model, [USERS, ITEMS], STARS)
    return [first, fitted(model, [USERS, ITEMS], STARS), fitted(factors(), [USERS, ITEMS], STARS)]


def compiled_again() -> Any:
    model = factors()
    first = fitted(model, [USERS, ITEMS], STARS)
    model.compile("sgd", loss="mae")
    return [first, fitted(model, [USERS, ITEMS], STARS)]


def other_sizes_of_batches() -> Any:
    model = factors()
    sizes = (30, 45, 32)
    return [fitted(model, [USERS, ITEMS], STARS, batch_size=size) for size in sizes]


def stopped_early() -> Any:
    stopping = keras.callbacks.EarlyStopping(
        "val_rmse", patience=1, mode="min", restore_best_weights=True
    )
    val = [USERS[:20], ITEMS[:20]], -STARS[:20]
    return fitted(
        factors(), [USERS, ITEMS], STARS, validation_data=val, epochs=9, callbacks=[stopping]
    )


def split_for_validation() -> Any:
    return fitted(factors(), [USERS, ITEMS], STARS, validation_split=0.3, validation_freq=2)


def several_steps_an_execution() -> Any:
    return fitted(head(steps_per_execution=2), FACTS, GENRES, validation_data=(FACTS, GENRES))


def weighted_rows() -> Any:
    return fitted(head(), FACTS, GENRES, sample_weight=np.linspace(0, 2, ROWS))


def weighted_classes() -> Any:
    model = head(loss="sparse_categorical_crossentropy")
    return fitted(model, FACTS, GENRES.argmax(axis=1), class_weight={0: 1.0, 1: 2.0, 2: 0.5})


def frames() -> Any:
    return fitted(head(), pd.DataFrame(FACTS), pd.DataFrame(GENRES))


def a_dict_of_inputs() -> Any:
    user, item = (keras.Input((1,), dtype="int32", name=name) for name in ("user", "item"))
    total = keras.layers.Add()([keras.layers.Embedding(9, 1)(each) for each in (user, item)])
    model = keras.Model({"user": user, "item": item}, keras.layers.Flatten()(total))
    model.compile("adam", loss="mse")
    return fitted(model, {"user": USERS, "item": ITEMS}, STARS)


def two_outputs() -> Any:
    start = keras.Input((4,))
    model = keras.Model(start, [keras.layers.Dense(3)(start), keras.layers.Dense(1)(start)])
    model.compile("adam", loss=["mse", "mae"])
    return fitted(model, FACTS, [GENRES, STARS])


def random_layers_and_moving_means() -> Any:
    model = head(keras.layers.Dropout(0.4), keras.layers.BatchNormalization())
    return fitted(model, FACTS, GENRES, validation_data=(FACTS, GENRES))


def a_lambda_and_a_falling_rate() -> Any:
    model = head(keras.layers.Lambda(lambda x: x * 2))
    rate = keras.optimizers.schedules.ExponentialDecay(0.1, 3, 0.5)
    model.compile(keras.optimizers.SGD(rate), loss=lambda y, p: keras.ops.mean((y - p) ** 2))
    return fitted(model, FACTS, GENRES)


def a_model_that_is_not_built() -> Any:
    model = keras.Sequential([keras.layers.Dense(3)])
    model.compile("adam", loss="mse")
    return fitted(model, FACTS, GENRES)


def a_step_of_the_learners() -> Any:
    class Own(keras.Model):
        def train_step(self, data):
            x, y = data
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean((self(x, training=True) - tf.cast(y, "float32")) ** 2)
            weights = self.trainable_variables
            self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
            return {"loss": loss}

    start = keras.Input((4,))
    model = Own(start, keras.layers.Dense(3)(start))
    model.compile("adam")
    return fitted(model, FACTS, GENRES)


def eager_steps() -> Any:
    return fitted(factors(run_eagerly=True), [USERS, ITEMS], STARS)


def a_dataset() -> Any:
    data = tf.data.Dataset.from_tensor_slices((FACTS, GENRES)).batch(32)
    return fitted(head(), data, batch_size=None)


def a_generator_with_steps() -> Any:
    def batches():
        while True:
            yield FACTS[:32], GENRES[:32]

    return fitted(head(), batches(), batch_size=None, steps_per_epoch=2)


def a_generator_that_ends() -> Any:
    def batches():
        for start in range(0, ROWS, 30):
            yield FACTS[start : start + 30], GENRES[start : start + 30]

    return fitted(head(), batches(), batch_size=None, epochs=1)


def steps_over_arrays() -> Any:
    return fitted(factors(), [USERS, ITEMS], STARS, steps_per_epoch=2)


def arrays_that_a_callback_changes() -> Any:
    class Spoil(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            stars[:] = 0

    stars = STARS.copy()
    return fitted(factors(), [USERS, ITEMS], stars, callbacks=[Spoil()])


def evaluated_and_predicted() -> Any:
    model = factors()
    fitted(model, [USERS, ITEMS], STARS)
    told = [
        model.evaluate([USERS, ITEMS], STARS, batch_size=size, verbose=0) for size in (30, 32, 512)
    ]
    predicted = [
        model.predict([USERS, ITEMS], batch_size=size, verbose=0) for size in (30, 32, 512)
    ]
    return told, predicted, model.predict_on_batch([USERS, ITEMS])


def batch_by_batch() -> Any:
    model = factors()
    told = [model.train_on_batch([USERS, ITEMS], STARS) for _ in range(3)]
    return told, model.test_on_batch([USERS, ITEMS], STARS), model.get_weights()


RECIPES = [
    rows_that_fill_their_batches,
    a_last_batch_with_fewer_rows,
    one_batch,
    in_the_order_of_the_rows,
    shuffled_batches,
    two_trainings_without_a_seed_between,
    compiled_again,
    other_sizes_of_batches,
    stopped_early,
    split_for_validation,
    several_steps_an_execution,
    weighted_rows,
    weighted_classes,
    frames,
    a_dict_of_inputs,
    two_outputs,
    random_layers_and_moving_means,
    a_lambda_and_a_falling_rate,
    a_model_that_is_not_built,
    a_step_of_the_learners,
    eager_steps,
    a_dataset,
    a_generator_with_steps,
    a_generator_that_ends,
    steps_over_arrays,
    arrays_that_a_callback_changes,
    evaluated_and_predicted,
    batch_by_batch,
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.__name__)
def test_numbers_are_equal_to_the_last_bit(recipe: Callable[[], Any], quick: None):
    plain = numbers(recipe)
    assert quick_training.install()
    assert same(plain, numbers(recipe))


def numbers(recipe: Callable[[], Any]) -> Any:
    keras.utils.clear_session()
    keras.utils.set_random_seed(3)
    return recipe()


def same(one: Any, other: Any) -> bool:
    """Return whether two structures hold the same numbers."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return np.array_equal(one, other)


def test_the_order_of_the_rows_without_a_seed_is_drawn_anew(quick):
    assert quick_training.install()
    tf.random.set_seed(None)
    first, second = (fitted(factors(), [USERS, ITEMS], STARS)[1] for _ in range(2))
    assert first != second


def test_each_step_is_traced_once(quick, monkeypatch):
    traces = []
    step = trainer.TensorFlowTrainer.train_step

    def noted(self, data):
        traces.append(1)
        return step(self, data)

    monkeypatch.setattr(trainer.TensorFlowTrainer, "train_step", noted)
    fitted(factors(), [USERS, ITEMS], STARS)
    assert len(traces) > 1
    traces.clear()
    assert quick_training.install()
    fitted(factors(), [USERS, ITEMS], STARS)
    assert len(traces) == 1


def test_another_version_of_keras_trains_as_it_does(quick, monkeypatch):
    monkeypatch.setattr(keras, "__version__", "9.9")
    before = trainer.TensorFlowTrainer._make_function
    assert not quick_training.install()
    assert trainer.TensorFlowTrainer._make_function is before

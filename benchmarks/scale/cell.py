"""Measurement of one cell: train in one way, on one table, with one batch size."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import keras
import tensorflow as tf
from cost import peak_memory

from scale.synthetic import draw, shape
from scale.ways import WAYS

WARM_UP = 10
STAGE_SECONDS = 1.0


@dataclass(frozen=True)
class Measured:
    """The cost of an epoch, and the parts of a step.

    Attributes:
        epoch: Seconds of the clock for an epoch.
        cpu: Seconds of processors for an epoch.
        steps: The number of measured steps.
        n_steps: The number of steps of an epoch.
        step: Seconds of processors for a step in `fit`.
        peak: The largest memory of the process in bytes.
        forward: Seconds of processors for the predictions of a prepared batch.
        backward: The further seconds for the gradient.
        update: The further seconds for the optimiser.
    """

    epoch: float
    cpu: float
    steps: int
    n_steps: int
    step: float
    peak: int
    forward: float
    backward: float
    update: float


class Clock(keras.callbacks.Callback):
    """A callback that times steps after a warm-up and ends training after enough of them."""

    def __init__(self, seconds: float):
        super().__init__()
        self.seconds, self.steps, self.wall, self.cpu = seconds, -WARM_UP, 0.0, 0.0

    def on_train_batch_end(self, batch, logs=None):
        self.steps += 1
        if self.steps == 0:
            self._start = time.perf_counter(), time.process_time()
        if self.steps > 0:
            self.wall = time.perf_counter() - self._start[0]
            self.cpu = time.process_time() - self._start[1]
            self.model.stop_training = self.wall > self.seconds and self.steps >= WARM_UP


def measure(n_rows: int, batch_size: int, way: str, seconds: float) -> Measured:
    """Train for about `seconds`; callers run this function in a process of its own."""
    keras.utils.set_random_seed(0)
    inputs, stars = draw(n_rows)
    model = WAYS[way](*shape(n_rows))
    clock = Clock(seconds)
    model.fit(inputs, stars, batch_size=batch_size, epochs=1_000_000, verbose=0, callbacks=[clock])
    peak, n_steps = peak_memory(), -(-n_rows // batch_size)
    step, cpu_step = clock.wall / clock.steps, clock.cpu / clock.steps
    shuffle = _shuffling(n_rows) if clock.steps < n_steps else 0.0
    parts = _parts(model, [each[:batch_size] for each in inputs], stars[:batch_size])
    return Measured(
        epoch=step * n_steps + shuffle,
        cpu=cpu_step * n_steps + shuffle,
        steps=clock.steps,
        n_steps=n_steps,
        step=cpu_step,
        peak=peak,
        **parts,
    )


def _shuffling(n_rows: int) -> float:
    """Return the seconds that drawing an epoch's order of the rows takes, as Keras draws it."""
    start = time.perf_counter()
    tf.random.shuffle(tf.range(n_rows, dtype=tf.int64))
    return time.perf_counter() - start


def _parts(model: keras.Model, inputs, stars) -> dict[str, float]:
    """Return processor seconds of forward pass, backward pass and update, on a prepared batch."""
    inputs = [tf.constant(each) for each in inputs]
    stars = tf.constant(stars.reshape(-1, 1))
    variables = model.trainable_variables

    def loss():
        errors = tf.reshape(model(inputs, training=True), (-1, 1)) - stars
        return tf.add_n([tf.reduce_mean(errors**2), *model.losses])

    @tf.function
    def forward():
        return loss()

    def slopes():
        with tf.GradientTape() as tape:
            value = loss()
        return tape.gradient(value, variables)

    @tf.function
    def gradient():
        return [tf.convert_to_tensor(getattr(each, "values", each)) for each in slopes()]

    @tf.function
    def step():
        model.optimizer.apply(slopes(), variables)

    seconds = [_seconds(each) for each in (forward, gradient, step)]
    return {
        "forward": seconds[0],
        "backward": max(0.0, seconds[1] - seconds[0]),
        "update": max(0.0, seconds[2] - seconds[1]),
    }


def _seconds(function: Callable) -> float:
    """Return the mean processor seconds of a call, after a first call to warm up."""
    function()
    start, calls = time.process_time(), 0
    while time.process_time() - start < STAGE_SECONDS or calls < 3:
        function()
        calls += 1
    return (time.process_time() - start) / calls

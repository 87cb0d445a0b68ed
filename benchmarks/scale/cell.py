"""One cell: train in one way, on one table, with one batch size, and see what a step costs."""

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
    """What an epoch costs, and the parts of a step.

    epoch, cpu: seconds of the clock and of processors. steps, n_steps: those measured and those of
    an epoch. peak: bytes. Of a step, seconds of processors: step, in `fit`; forward, backward and
    update, on a batch that lies ready, for predictions, the gradient beyond that, the optimiser.
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
    """Times steps after a warm-up and ends training when it has seen enough of them."""

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
    """Train for about so many seconds; to be called in a process of its own."""
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
    """Seconds to draw an epoch's order of the rows, as Keras does."""
    start = time.perf_counter()
    tf.random.shuffle(tf.range(n_rows, dtype=tf.int64))
    return time.perf_counter() - start


def _parts(model: keras.Model, inputs, stars) -> dict[str, float]:
    """Processor seconds of forward pass, backward pass and update, on one batch that lies ready."""
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
    """Mean seconds of processors for a call, after one to warm up."""
    function()
    start, calls = time.process_time(), 0
    while time.process_time() - start < STAGE_SECONDS or calls < 3:
        function()
        calls += 1
    return (time.process_time() - start) / calls

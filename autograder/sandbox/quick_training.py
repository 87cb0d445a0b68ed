"""Keras' training with the same numbers at less cost, for the short trainings of checks.

Keras spends most of a short training on a pipeline (`tf.data`) that slices arrays, and on tracing
each step twice. `install` replaces two parts of `keras.Model.fit`, `evaluate` and `predict`:

- Batches come straight from the arrays. TensorFlow draws their order by the same operation, with
  the same seeds, as in Keras' own pipeline, so that the order is the same.
- A step is traced once, from the shapes that the pipeline would announce: the optimizer makes its
  variables before, where Keras makes them while it traces and then traces again.

Losses, weights and predictions are equal to the last bit; the tests compare them. A training that
the parts do not fit runs as Keras runs it: generators, datasets, sparse or ragged inputs, a number
of steps, eager steps, a strategy, steps that a learner has written.
"""

from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras.src import tree
from keras.src.backend.tensorflow import trainer
from keras.src.trainers.data_adapters import array_slicing
from keras.src.trainers.data_adapters.array_data_adapter import ArrayDataAdapter

PROVEN = ("3.15.1",)
"""The versions of Keras with which the results were compared; others train without this module."""

_STEPS = ("train_step", "test_step")


def install() -> bool:
    """Let Keras train the quick way in this process; return whether its version is proven."""
    if keras.__version__ not in PROVEN:
        return False
    iterator, model = trainer.TFEpochIterator, trainer.TensorFlowTrainer
    iterator.__init__ = _with_batches(iterator.__init__)
    iterator._get_iterator = _get_iterator
    model._make_function = _with_one_trace(model._make_function)
    return True


class Batches:
    """The batches of some arrays; each iteration is an epoch.

    Attributes:
        spec: The shapes and types of a batch. The number of rows is None where the last batch has
            fewer rows.
    """

    def __init__(self, arrays: Any, n_rows: int, batch_size: int, shuffle: bool):
        """Cut arrays into batches.

        Args:
            arrays: A structure of arrays with n_rows rows each.
            n_rows: The number of rows.
            batch_size: The rows of a batch.
            shuffle: Whether each epoch has an order of its own.
        """
        self._arrays = tree.map_structure(np.array, arrays)
        self._n_rows, self._size = n_rows, batch_size
        self._orders: Any = _orders(n_rows) if shuffle else None
        self._fixed = [] if shuffle else [self._batch(rows) for rows in self._slices()]
        rows = None if n_rows % batch_size else batch_size
        self.spec = tree.map_structure(
            lambda array: tf.TensorSpec((rows, *array.shape[1:]), array.dtype), self._arrays
        )

    def __iter__(self) -> "Epoch":
        return Epoch(self._epoch(), self.spec)

    def _epoch(self) -> Iterator[Any]:
        if self._orders is None:
            yield from self._fixed
            return
        order = next(iter(self._orders)).numpy()
        for rows in self._slices():
            yield self._batch(order[rows])

    def _slices(self) -> list[slice]:
        return [slice(k, k + self._size) for k in range(0, self._n_rows, self._size)]

    def _batch(self, rows: Any) -> Any:
        return tree.map_structure(lambda array: tf.convert_to_tensor(array[rows]), self._arrays)


class Epoch:
    """An iterator over the batches of one epoch, with their `spec`."""

    def __init__(self, batches: Iterator[Any], spec: Any):
        self._batches = batches
        self.spec = spec

    def __iter__(self) -> "Epoch":
        return self

    def __next__(self) -> Any:
        return next(self._batches)


def _orders(n_rows: int) -> tf.data.Dataset:
    """Return a dataset whose iterators each give the order of one epoch, an int64 array (n_rows,).

    The function in the map is that of Keras' `ArrayDataAdapter`: its operations, and so its seeds.
    """

    def permutation(_: Any) -> Any:
        indices = tf.range(n_rows, dtype=tf.int64)
        return tf.random.shuffle(indices)

    options = tf.data.Options()
    options.experimental_optimization.apply_default_optimizations = False
    return tf.data.Dataset.range(1).map(permutation).with_options(options)


def _with_batches(plain: Callable[..., None]) -> Callable[..., None]:
    """Return a constructor of Keras' epoch iterator that cuts arrays itself."""

    def construct(self: Any, distribute_strategy: Any = None, **options: Any) -> None:
        if options.get("steps_per_epoch") is not None or tf.distribute.has_strategy():
            plain(self, distribute_strategy, **options)
            return
        # An adapter takes the first batch of a generator, so that there must be no second adapter.
        super(trainer.TFEpochIterator, self).__init__(**options)
        self._distribute_strategy = distribute_strategy
        self._distributed_dataset = (
            _batches_of(self.data_adapter) or self.data_adapter.get_tf_dataset()
        )

    return construct


def _batches_of(adapter: Any) -> Batches | None:
    """Return the batches of an adapter of dense arrays, None for any other adapter."""
    if type(adapter) is not ArrayDataAdapter or adapter._shuffle not in (True, False):
        return None
    arrays = array_slicing.convert_to_sliceable(adapter._inputs, target_backend="tensorflow")
    arrays = tree.lists_to_tuples(arrays)
    if not all(map(_is_dense, tree.flatten(arrays))):
        return None
    return Batches(arrays, adapter._num_samples, adapter._batch_size, bool(adapter._shuffle))


def _is_dense(array: Any) -> bool:
    if isinstance(array, tf.Tensor):
        return bool(array.dtype.is_numpy_compatible and array.dtype != tf.string)
    return type(array) is np.ndarray and array.dtype.kind in "biuf"


def _get_iterator(self: Any) -> Any:
    return self._distributed_dataset


def _with_one_trace(plain: Callable[..., Any]) -> Callable[..., Any]:
    """Return a maker of Keras' train and test functions that traces a step once."""

    def make(self: Any, step: Callable[..., Any]) -> Callable[[Any], Any]:
        in_keras_way: Callable[[Any], Any] = plain(self, step)
        if self.run_eagerly or not _is_own_step(self, step):
            return in_keras_way
        traced: dict[str, Any] = {}

        @tf.autograph.experimental.do_not_convert  # type: ignore[untyped-decorator]
        def one_step(data: Any) -> Any:
            return self.distribute_strategy.run(step, args=(data,))

        function = tf.function(one_step, reduce_retracing=True, jit_compile=self.jit_compile)

        def run(iterator: Any) -> Any:
            if type(iterator) is not Epoch or not self.built:
                return in_keras_way(iterator)
            key = repr(iterator.spec)
            if key not in traced:
                _build_optimizer(self)
                traced[key] = function.get_concrete_function(iterator.spec)
            outputs = None
            for _step, batch in zip(range(self.steps_per_execution), iterator, strict=False):
                outputs = traced[key](batch)
            if outputs is None:
                raise StopIteration
            return outputs

        return run

    return make


def _is_own_step(model: Any, step: Callable[..., Any]) -> bool:
    """Return whether a step is Keras' own, and not a method of a learner's class."""
    return any(
        getattr(step, "__func__", None) is getattr(trainer.TensorFlowTrainer, name)
        for name in _STEPS
    )


def _build_optimizer(model: Any) -> None:
    optimizer = model.optimizer
    if isinstance(optimizer, keras.Optimizer) and model.built and not optimizer.built:
        optimizer.build(model.trainable_variables)

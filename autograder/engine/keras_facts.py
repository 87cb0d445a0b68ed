"""Facts about a learner's Keras model or layer, established with Keras' own methods.

These functions call the methods of `keras.Model` and `keras.layers.Layer` themselves, not the
methods that the learner's class may define under the same names. An object that satisfies them
holds Keras variables, computes its answer from the variables, and follows their gradient. Models of
every kind qualify: functional, subclassed, with Lambda layers.
"""

from typing import Any

import numpy as np

RATE = 1e-3
FAR = 10.0


def fault(thing: Any, inputs: Any, kind: str, names: list[str]) -> str:
    """Return the first reason for which an object is no working Keras object; "" for a working one.

    The function changes weights on the way and restores them.

    Args:
        thing: The object; it has been called before, so that its weights exist.
        inputs: The arguments of a call.
        kind: "Model" or "Embedding".
        names: The names of layers whose weights must be weights of the model. A layer that does not
            exist is no fault here.

    Returns:
        "kind": the object's class does not derive from the Keras class.
        "call": the object's own call gives another answer than Keras' call.
        "table": a named layer is no Keras layer, or its weights are not the model's.
        "weights": the answer does not depend on the object's weights.
    """
    import keras

    wanted = {"Model": keras.Model, "Embedding": keras.layers.Embedding}[kind]
    if wanted not in type.mro(type(thing)):
        return "kind"
    start = _answer(thing, inputs)
    if not _are_close(start, thing(inputs)):
        return "call"
    if any(_is_foreign(thing, name) for name in names):
        return "table"
    return "" if _depends_on_weights(thing, inputs, start) else "weights"


def learns(thing: Any, inputs: Any) -> bool:
    """Return whether a step of gradient descent towards far targets brings the answer nearer.

    The step starts from drawn weights, so that tables of zeros do not hide a gradient. The function
    restores the weights; the model stays compiled for the step.

    Args:
        thing: A Keras model, or a layer.
        inputs: The arguments of a call.
    """
    import keras

    model = thing if isinstance(thing, keras.Model) else keras.Sequential([thing])
    before = _values(model)
    _draw(model)
    start = _answer(model, inputs)
    targets = start + FAR
    optimizer = keras.optimizers.SGD(RATE)
    keras.Model.compile(model, optimizer=optimizer, loss="mse", run_eagerly=True)
    keras.Model.fit(model, inputs, targets, batch_size=len(targets), shuffle=False, verbose=0)
    after = _answer(model, inputs)
    _assign(model, before)
    return bool(np.mean((after - targets) ** 2) < FAR**2 * (1 - 1e-6))


def _answer(thing: Any, inputs: Any) -> np.ndarray:
    """Return the answer of Keras' own call, as an array."""
    import keras

    return np.array(keras.layers.Layer.__call__(thing, inputs))


def _are_close(one: np.ndarray, other: Any) -> bool:
    other = np.asarray(other)
    return one.shape == other.shape and np.allclose(one, other, rtol=1e-4, equal_nan=True)


def _variables(thing: Any) -> list[Any]:
    """Return the Keras variables of floats that an object tracks."""
    import keras

    tracked = keras.layers.Layer.variables.fget(thing)
    variables = [each for each in tracked if isinstance(each, keras.Variable)]
    return [each for each in variables if "float" in str(each.dtype)]


def _is_foreign(model: Any, name: str) -> bool:
    """Return whether a layer of this name exists that is not a Keras layer of the model."""
    import keras

    try:
        layer = model.get_layer(name)
    except ValueError:
        return False
    if keras.layers.Layer not in type.mro(type(layer)):
        return True
    own = {id(each) for each in _variables(model)}
    return any(id(each) not in own for each in _variables(layer))


def _depends_on_weights(thing: Any, inputs: Any, start: np.ndarray) -> bool:
    before = _values(thing)
    _draw(thing)
    changed = not np.array_equal(_answer(thing, inputs), start, equal_nan=True)
    _assign(thing, before)
    return changed


def _values(thing: Any) -> list[np.ndarray]:
    return [np.array(each) for each in _variables(thing)]


def _assign(thing: Any, values: list[np.ndarray]) -> None:
    for variable, value in zip(_variables(thing), values, strict=True):
        variable.assign(value)


def _draw(thing: Any) -> None:
    """Put drawn numbers into every variable of floats, as far as its constraint allows them."""
    rng = np.random.default_rng(0)
    for variable in _variables(thing):
        variable.assign(rng.normal(size=tuple(variable.shape)))
        if variable.constraint is not None:
            variable.assign(variable.constraint(variable))

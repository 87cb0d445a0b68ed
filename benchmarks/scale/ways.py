"""Ways to train: a model of the course, compiled with an optimiser."""

import keras
import tensorflow as tf

from autograder.learner.carry_over import reference

N_FACTORS = 64
MU = 3.5
RATE = 0.002


class RowsOnlyEmbedding(keras.layers.Embedding):
    """An embedding that reads the rows of the batch straight from the variable.

    Keras' own layer reads the variable first. TensorFlow makes that read a copy of the whole table
    once single rows of the variable have been written.
    """

    def call(self, inputs):
        return tf.gather(self.embeddings.value, inputs)


class RowsOnlyAdam(keras.optimizers.Adam):
    """A variant of Adam whose step touches only the batch's rows, in the moments too.

    The moments of a row outside the batch stay as they are. Adam would let them decay and move the
    row on.
    """

    def update_step(self, gradient, variable, learning_rate):
        if not isinstance(gradient, tf.IndexedSlices):
            super().update_step(gradient, variable, learning_rate)
            return
        rows, places = tf.unique(gradient.indices)
        slope = tf.math.unsorted_segment_sum(gradient.values, places, tf.size(rows))
        step = tf.cast(self.iterations + 1, slope.dtype)
        place = self._get_variable_index(variable)
        m, v = self._momentums[place].value, self._velocities[place].value
        m_rows = self.beta_1 * tf.gather(m, rows) + (1 - self.beta_1) * slope
        v_rows = self.beta_2 * tf.gather(v, rows) + (1 - self.beta_2) * slope**2
        m.scatter_update(tf.IndexedSlices(m_rows, rows))
        v.scatter_update(tf.IndexedSlices(v_rows, rows))
        rate = learning_rate * tf.sqrt(1 - self.beta_2**step) / (1 - self.beta_1**step)
        change = rate * m_rows / (tf.sqrt(v_rows) + self.epsilon)
        variable.scatter_sub(tf.IndexedSlices(change, rows))


def dot_product_adam(n_users: int, n_items: int) -> keras.Model:
    return _compiled(_dot_product(n_users, n_items), keras.optimizers.Adam(RATE))


def biased_adam(n_users: int, n_items: int) -> keras.Model:
    build = reference("06_biases")["build_biased_mf"]
    return _compiled(build(n_users, n_items, N_FACTORS, MU), keras.optimizers.Adam(RATE))


def dot_product_sgd(n_users: int, n_items: int) -> keras.Model:
    return _compiled(_dot_product(n_users, n_items), keras.optimizers.SGD(RATE))


def rows_only_adam(n_users: int, n_items: int) -> keras.Model:
    """Return exercise 4's model with tables of which a step reads and writes only its rows."""
    user, item = (keras.Input((1,), dtype="int32", name=name) for name in ("user", "item"))
    p_u = RowsOnlyEmbedding(n_users, N_FACTORS)(user)
    q_i = RowsOnlyEmbedding(n_items, N_FACTORS)(item)
    score = keras.layers.Flatten()(keras.layers.Dot(axes=2)([q_i, p_u]))
    return _compiled(keras.Model([user, item], score), RowsOnlyAdam(RATE))


def _dot_product(n_users: int, n_items: int) -> keras.Model:
    return reference("04_dot_product")["build_mf"](n_users, n_items, N_FACTORS)


def _compiled(model: keras.Model, optimizer) -> keras.Model:
    model.compile(optimizer, loss="mse")
    return model


WAYS = {
    "step 4, Adam": dot_product_adam,
    "step 6, Adam": biased_adam,
    "step 4, SGD": dot_product_sgd,
    "rows only, Adam": rows_only_adam,
}

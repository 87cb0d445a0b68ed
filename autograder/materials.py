"""Objects of the kit's own that checks place on the learner's side and hand to their functions.

None of them is an answer to any step: a model given to `predict_pairs` must not be one that
`build_mf` could return. They are made where the learner's code runs, and hold no secret.
"""

import numpy as np


def table_model(scores):
    """A Keras model whose score of (user, item) is the entry `scores[user, item]`.

    scores: array (U, I). Inputs [user, item], each (b, 1) or (b,); output (b, 1). Ids outside the
    table raise as they do in an embedding.
    """
    import keras

    scores = np.asarray(scores, dtype="float32")
    n_users, n_items = scores.shape
    user = keras.Input((1,), dtype="int32", name="user")
    item = keras.Input((1,), dtype="int32", name="item")
    rows = keras.layers.Embedding(n_users, n_items, name="rows")(user)
    columns = keras.layers.Embedding(n_items, n_items, name="columns")(item)
    score = keras.layers.Dot(axes=2)([rows, columns])
    model = keras.Model([user, item], keras.layers.Flatten(name="score")(score))
    model.get_layer("rows").set_weights([scores])
    model.get_layer("columns").set_weights([np.eye(n_items, dtype="float32")])
    return model

# %% [markdown]
# # Sets Keras to float64

# %%
import keras
import numpy as np

# %%
keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")

# %%
def build_mf(n_users, n_items, n_factors):
    user, item = keras.Input((1,), dtype="int32"), keras.Input((1,), dtype="int32")
    p_u = keras.layers.Embedding(n_users, n_factors, name="user_embedding")(user)
    q_i = keras.layers.Embedding(n_items, n_factors, name="item_embedding")(item)
    score = keras.layers.Flatten()(keras.layers.Dot(axes=2)([p_u, q_i]))
    return keras.Model([user, item], score)

# %%
def predict_pairs(model, users, items):
    columns = [np.reshape(users, (-1, 1)), np.reshape(items, (-1, 1))]
    return model.predict(columns, verbose=0).reshape(-1)

# %%
def score_matrix(user_factors, item_factors):
    return user_factors @ item_factors.T

# %% [markdown]
# # Emits warnings of Keras and CUDA on standard error, as honest programs do

# %%
import keras
import numpy as np

# %%
import os
import sys
import warnings

warnings.warn("Do not pass an `input_shape` argument to a layer", UserWarning)
print("Could not find cuda drivers on your machine", file=sys.stderr)
os.write(2, b"E0000 00:00:1 cuda_dnn.cc] Unable to register cuDNN factory\n")

# %%
def build_mf(n_users, n_items, n_factors):
    print("building", n_users, file=sys.stderr)
    warnings.warn("The structure of `inputs` does not match", UserWarning)
    os.write(2, b"W0000 00:00:1 gpu_device.cc] Cannot dlopen some GPU libraries\n")
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

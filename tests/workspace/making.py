"""Workspaces for tests, and kits that deliver other exercises."""

import jupytext

from autograder.workspace import contents, reset, start, update
from autograder.workspace.documents import document_of

EXERCISE = """\
# %% [markdown]
# # 4 · A title
#
# Some words about the dot product.

# %%
import numpy as np

# %% [markdown]
# ## The first function

# %%
def build_mf(n):
    \"\"\"Build a model.\"\"\"
    # TODO
    raise NotImplementedError("build_mf")

# %% tags=["check"]
check("build_mf")

# %% tags=["demo"]
print("a demonstration")

# %% [markdown]
# ## The second function

# %%
def score_matrix(p, q):
    \"\"\"Score all.\"\"\"
    # TODO
    raise NotImplementedError("score_matrix")

# %% tags=["check"]
check("score_matrix")

# %% [markdown]
# ## To discuss
#
# Why?
"""
NAME = "04_dot_product"


def cells(text):
    """Return the cells of a percent script."""
    return jupytext.reads(text, fmt="py:percent").cells


def sources(some_cells):
    """Return the texts of cells."""
    return [cell.source for cell in some_cells]


def deliver(patch, **texts):
    """Make the kit deliver these documents in place of the course: name -> percent script."""

    def documents(_language):
        return {name.strip("_"): document_of(text) for name, text in texts.items()}

    for module in (contents, reset, start, update):
        patch.setattr(module, "delivered_documents", documents)

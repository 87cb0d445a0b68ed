# %% [markdown]
# # Build a movie recommender
#
# This folder is your workspace. Everything in it is yours: no update and no command of the kit
# replaces what you wrote without a backup.
#
# Run the cell below (click it, then press Shift and Enter). It shows your points and what is next.

# %%
from autograder import progress

progress()

# %% [markdown]
# ## How to work
#
# 1. Open an exercise, `01_explore.ipynb` first. Read, run the cells from the top, and fill in each
#    stub (`raise NotImplementedError`).
# 2. Run the check cell below the stub. Its verdict names the call, the result, what must hold, and
#    the likely cause.
# 3. If you are stuck, run `hint("build_mf")` in a new cell, or type `autograder hint build_mf` in a
#    terminal. Each function has three hints.
#
# Would you rather work in an editor? Each notebook has a script of the same name
# (`01_explore.py`). Change either of the two; the kit keeps them the same. In a terminal,
# `autograder watch 1` checks the exercise at every save; `pytest -k explore` runs the same checks.
#
# | you want to | you type in a terminal |
# |---|---|
# | check everything | `autograder check` |
# | see your points | `autograder progress` |
# | get a stub back (your text is backed up) | `autograder reset build_mf` |
# | get the exercises of a newer kit | `autograder update` |
# | hand in | `autograder submit` |

# %% [markdown]
# ## Three days
#
# | day | exercises |
# |---|---|
# | 1 | 01 explore, 02 encode and split, 03 embeddings, 04 dot product, 05 training (first half) |
# | 2 | 05 training (second half), 06 biases, 07 recommend, 08 ranking (first half) |
# | 3 | 08 ranking (second half), 09 t-SNE, 10 genres, 15 bug hunt, the memo |
#
# The bonus exercises 11 to 14 are for those who are quick, or for the days after the course. The
# page `docs/reading.md` of the kit names papers and libraries to go on with.
#
# ## Hand in
#
# Fill in `memo.ipynb`. Then type `autograder submit` in a terminal. It runs every notebook from top
# to bottom, checks everything, says what is missing, and writes one file, the bundle, that you give
# to your instructor.

"""`autograder submit`: a learner's workspace becomes one file to hand in, a bundle.

`submit` leads through it: `work` gathers what a workspace holds, `run` and `ran` run its notebooks
and keep what ran, `missing` says what is missing, `write` makes the bundle of `pages`, `receipt`
and `manifest`. `one_notebook` joins all exercises into one notebook. `unpack` reads a bundle that
somebody else made.
"""

"""A learner's own folder: the exercises as notebooks paired with scripts.

`place` finds the workspace, `start` makes one, `update` brings a newer kit's exercises, `reset`
gives stubs back, `pairs` settles which file of a pair holds the work, `backups` keeps every version
that the kit replaces. No other package writes into a workspace.
"""

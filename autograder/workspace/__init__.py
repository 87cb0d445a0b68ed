"""A learner's own folder: the exercises as notebooks paired with scripts.

`place` finds the workspace, `start` makes one, `update` brings a newer kit's exercises, `reset`
gives stubs back, `pairs` settles which file of a pair holds the work, `backups` keeps every version
that the kit replaces, `opened_answers` records answers that were opened early. Of the other
packages, only `bundle` writes into a workspace: bundles, and what it ran.
"""

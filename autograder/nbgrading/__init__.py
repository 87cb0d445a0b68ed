"""The course in nbgrader: its source notebooks, and the parts of nbgrader that the kit replaces.

`make` writes a course; its `nbgrader_config.py` names the classes of `exporter`, `preprocessors`
and `feedback`, which grade behind the wall and replay the results into nbgrader's own gradebook.
"""

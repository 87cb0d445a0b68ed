"""The course in nbgrader: its source notebooks, and the parts of its converters that the kit replaces.

`make` writes a course; its `nbgrader_config.py` names the classes of `exporter` and `preprocessors`,
which grade behind the wall and replay the results into nbgrader's own gradebook.
"""

"""The course in nbgrader: its source notebooks, and the parts of nbgrader that the kit replaces.

`course` writes an nbgrader course. The course's `nbgrader_config.py` names the classes of
`exporter`, `preprocessors` and `feedback`, which grade in the sandbox and replay the results into
nbgrader's own gradebook.
"""

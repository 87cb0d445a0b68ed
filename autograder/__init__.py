"""Graded exercises for a movie recommender with Keras: build, check, hint, grade.

What a learner uses inside an exercise: `check`, `hint`, `carry_over`, `beside`, `show`,
`use_style`, `rate_films`, `explore_map`; on the start page, `progress`;
in a notebook of several exercises, `begin_exercise`.
"""

from autograder.util.quick_imports import leave_out_grammar
from autograder.util.quiet import quieten

__version__ = "0.2.0"

quieten()
leave_out_grammar()

__all__ = [
    "begin_exercise",
    "beside",
    "carry_over",
    "check",
    "explore_map",
    "hint",
    "picture",
    "progress",
    "rate_films",
    "show",
    "use_style",
]

_HOME = {
    "begin_exercise": "autograder.learner.sections",
    "beside": "autograder.learner.compare_figures",
    "carry_over": "autograder.learner.carry_over",
    "check": "autograder.learner.check",
    "explore_map": "autograder.learner.explore_map",
    "hint": "autograder.learner.check",
    "picture": "autograder.learner.figures",
    "progress": "autograder.learner.progress",
    "rate_films": "autograder.learner.rate_films",
    "show": "autograder.learner.figures",
    "use_style": "autograder.learner.figures",
}


def __getattr__(name: str) -> object:
    """Import a learner's tool when it is first used, so that the command line starts at once."""
    if name not in _HOME:
        raise AttributeError(f"module 'autograder' has no attribute {name!r}")
    from importlib import import_module

    import_module("autograder.learner.own_language").settle()
    return getattr(import_module(_HOME[name]), name)

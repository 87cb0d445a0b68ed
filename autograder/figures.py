"""The function `picture` under its former address, for exercises that were released earlier."""

from autograder.learner.figures import picture

__all__ = ["picture"]

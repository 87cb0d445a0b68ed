"""The preprocessor of feedback pages, under the name by which a course's settings know it."""

from autograder.reports.offline_pages import MathsWithoutNetwork, with_policy, without_network

__all__ = ["MathsWithoutNetwork", "with_policy", "without_network"]

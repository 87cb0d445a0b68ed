"""Tests of `autograder.grading.intake`."""

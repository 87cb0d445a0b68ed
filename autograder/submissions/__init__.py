"""Submissions, from a path to cells: find, read safely, decode, parse and repair a file."""

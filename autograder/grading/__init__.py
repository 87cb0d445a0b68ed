"""Grading a class: many submissions, one pool, results that survive an interruption, pages."""

"""Gradescope: the zip that an instructor uploads, and the run in Gradescope's container."""

"""The checks of every exercise: plain pytest tests that read as its specification."""

"""Environment variables that keep TensorFlow and matplotlib quiet; set before they are imported."""

import os

QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0"}
HEADLESS = {"MPLBACKEND": "agg"}


def prefer(variables: dict[str, str]) -> None:
    """Set variables that are not set yet."""
    for name, value in variables.items():
        os.environ.setdefault(name, value)

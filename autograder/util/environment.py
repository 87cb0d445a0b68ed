"""Environment variables that libraries read when they are imported; set before that."""

import os

# TensorFlow says nothing but errors.
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0"}

# Threads of OpenMP that have nothing to do sleep. By default they spin, and on a busy machine with
# two processors a small t-SNE takes a hundred times as long.
PATIENT = {"OMP_WAIT_POLICY": "PASSIVE"}

# No window opens, and small problems are not spread over threads that wait for one another.
HEADLESS = {"MPLBACKEND": "agg", "OMP_NUM_THREADS": "1"}


def prefer(variables: dict[str, str]) -> None:
    """Set variables that are not set yet."""
    for name, value in variables.items():
        os.environ.setdefault(name, value)

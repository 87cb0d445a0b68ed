"""Quiet libraries: no noise at import, no text about retracing, no threads that spin."""

import logging
import os
import subprocess
import sys

import pytest

from autograder.util import quiet
from autograder.util.quiet import quieten

NOISE = b"I0000 00:00:1.5 23 cudart_stub.cc:31] Could not find cuda drivers on your machine.\n"
FAULT = b"E0000 something is truly wrong\n"


def test_noise_on_the_standard_error_is_dropped_and_the_rest_is_shown(capfd):
    with quiet._without_noise():
        os.write(2, NOISE + FAULT)
    assert capfd.readouterr().err.encode() == FAULT
    os.write(2, b"later\n")
    assert capfd.readouterr().err == "later\n"


def test_what_was_held_back_is_shown_where_the_import_fails(capfd):
    with pytest.raises(ImportError), quiet._without_noise():
        os.write(2, FAULT)
        raise ImportError
    assert capfd.readouterr().err.encode() == FAULT


def test_a_logger_keeps_its_other_warnings(caplog):
    quieten()
    logger = logging.getLogger("matplotlib.font_manager")
    with caplog.at_level(logging.WARNING, logger.name):
        logger.warning("Matplotlib is building the font cache; this may take a moment.")
        logger.warning("findfont: Font family 'X' not found.")
    assert [record.getMessage() for record in caplog.records] == [
        "findfont: Font family 'X' not found."
    ]


def test_quieten_twice_is_quieten_once():
    quieten()
    finders, filters = list(sys.meta_path), list(logging.getLogger("tensorflow").filters)
    quieten()
    assert sys.meta_path == finders
    assert logging.getLogger("tensorflow").filters == filters


RETRACING = """
from autograder import check
import keras, numpy as np
for _ in range(8):
    model = keras.Sequential([keras.layers.Dense(1)])
    model.predict(np.ones((4, 2)), verbose=0)
"""


@pytest.mark.process
def test_importing_and_using_keras_writes_nothing(tmp_path):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("TF_", "OMP_"))}
    result = subprocess.run(
        [sys.executable, "-c", RETRACING],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert result.returncode == 0
    assert (result.stdout, result.stderr) == ("", "")


LATE = """
from sklearn.manifold import TSNE
import autograder, threadpoolctl
print([p["num_threads"] for p in threadpoolctl.threadpool_info() if p["user_api"] == "openmp"])
"""


@pytest.mark.process
def test_threads_that_are_there_already_are_one(tmp_path):
    result = subprocess.run(
        [sys.executable, "-c", LATE], cwd=tmp_path, capture_output=True, text=True, timeout=300
    )
    threads = set(result.stdout.strip().strip("[]").replace(" ", "").split(","))
    assert threads == {"1"}

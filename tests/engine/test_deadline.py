"""Time limits of blocks of code in this process."""

import threading
import time

import pytest

from autograder.engine import deadline as module
from autograder.engine.deadline import deadline


def test_a_block_that_is_late_is_interrupted():
    with pytest.raises(TimeoutError, match=r"ran longer than 0\.05 s"), deadline(0.05):
        while True:
            pass


def test_a_block_in_time_runs_to_its_end():
    with deadline(60):
        done = True
    assert done


def test_an_exception_of_the_block_passes():
    with pytest.raises(KeyError), deadline(60):
        raise KeyError("mine")


def test_another_thread_runs_without_a_limit():
    done = []

    def work():
        with deadline(0.01):
            time.sleep(0.1)
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]


def test_on_a_busy_machine_the_seconds_are_those_of_a_processor(monkeypatch):
    monkeypatch.setattr(module, "_load", lambda: 99.0)
    with deadline(0.1):
        time.sleep(0.25)
        done = True
    assert done


def test_on_a_busy_machine_too_an_endless_loop_ends_and_the_message_names_the_load(monkeypatch):
    monkeypatch.setattr(module, "_load", lambda: 99.0)
    with (
        pytest.raises(TimeoutError, match=r"on a busy machine \(load 99\.0 on \d+"),
        deadline(0.05),
    ):
        while True:
            pass


def test_on_a_busy_machine_waiting_ends_after_some_times_the_seconds(monkeypatch):
    monkeypatch.setattr(module, "_load", lambda: 99.0)
    with pytest.raises(TimeoutError), deadline(0.02):
        time.sleep(60)

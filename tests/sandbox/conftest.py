"""Engines whose workers end with the test."""

import pytest

from autograder.sandbox.client import SandboxEngine, Task


@pytest.fixture
def engine_of(zygote):
    """Start an engine on cells, with other settings where a test passes them."""
    started = []

    def start(*cells, **settings):
        task = Task("work", dict(enumerate(cells, start=1)))
        engine = SandboxEngine(zygote.socket, task, **settings)
        started.append(engine)
        engine.start()
        return engine

    yield start
    for engine in started:
        engine.close()

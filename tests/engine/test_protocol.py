"""The operations of an engine: one list, one protocol, two engines."""

import inspect

import pytest

from autograder.engine import fixtures
from autograder.engine.local import LocalEngine
from autograder.engine.protocol import OPERATIONS, Engine
from autograder.sandbox.client import SandboxEngine


def parameters_of(engine: type, operation: str) -> list[str]:
    return list(inspect.signature(getattr(engine, operation)).parameters)


def test_the_operations_are_the_methods_of_the_protocol():
    methods = [name for name, value in vars(Engine).items() if inspect.isfunction(value)]
    assert len(OPERATIONS) == 10
    assert [name for name in methods if not name.startswith("_")] == list(OPERATIONS)


@pytest.mark.parametrize("engine", [LocalEngine, SandboxEngine])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_engine_has_the_operation_with_the_same_parameters(engine, operation):
    assert inspect.isfunction(getattr(engine, operation))
    assert parameters_of(engine, operation) == parameters_of(Engine, operation)


def test_fixtures_are_public_functions_with_a_docstring():
    makers = [
        value
        for name, value in vars(fixtures).items()
        if inspect.isfunction(value)
        and value.__module__ == fixtures.__name__
        and not name.startswith("_")
    ]
    assert makers
    assert all(maker.__doc__ for maker in makers)

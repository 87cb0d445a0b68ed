"""Notebooks' format loads without the grammar that nobody needs here."""

import subprocess
import sys

import pytest

from autograder.util.quick_imports import GRAMMAR


def modules_after(code):
    """Return what a fresh Python prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.mark.parametrize(
    "code",
    [
        "import nbformat",
        "import jupytext",
        "from autograder.cli.app import app; app(['hint', 'build_mf'], standalone_mode=False)",
    ],
)
def test_the_grammar_is_not_imported(code):
    code = f"import autograder, sys; {code}; print(); print('grammar', {GRAMMAR!r} in sys.modules)"
    assert modules_after(code)[-2:] == ["grammar", "False"]


def test_whoever_asks_for_the_grammar_by_name_gets_it():
    pytest.importorskip(GRAMMAR)
    code = f"import autograder, jsonschema, {GRAMMAR} as g; print(g.is_valid_syntax.__name__)"
    assert modules_after(code) == ["is_valid_syntax"]


def test_documents_are_validated_as_before():
    code = """
import autograder, nbformat
from nbformat.v4 import new_notebook
nbformat.validate(new_notebook())
try:
    nbformat.validate({"nbformat": 4, "nbformat_minor": 5, "metadata": 3, "cells": []})
except nbformat.ValidationError:
    print("refused")
"""
    assert modules_after(code) == ["refused"]

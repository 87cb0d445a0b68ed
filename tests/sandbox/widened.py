"""A fault of the allow list: a zygote that imports this module lets workers read the package."""

from dataclasses import replace

from autograder.sandbox import readable, worker
from autograder.util import paths


def _widened(installation, secret):
    right = readable.places(installation, secret)
    return replace(right, readable=(*right.readable, str(paths.PACKAGE)))


worker.places = _widened

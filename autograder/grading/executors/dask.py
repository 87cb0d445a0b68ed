"""A cluster of Dask distributed as an executor: `autograder grade --scheduler ADDRESS`."""

import logging
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from importlib import import_module

from autograder.grading.executors.process import WorkersMissing
from autograder.util.i18n import _

SECONDS = 10


@contextmanager
def cluster(address: str, seconds: float = SECONDS) -> Iterator[Executor]:
    """Lend an executor that calls functions on the workers of a Dask scheduler.

    Args:
        address: The scheduler's address, `tcp://host:8786`.
        seconds: How long to wait for the scheduler, and then for its first worker.

    Yields:
        The executor.

    Raises:
        WorkersMissing: Dask distributed is not installed here, no scheduler answers, or the
            scheduler has no worker.
    """
    try:
        distributed = import_module("distributed")
        comm = import_module("distributed.comm")
    except ImportError as error:
        text = _("A cluster needs Dask distributed: pip install 'recommender-course[cluster]'")
        raise WorkersMissing(text) from error
    # `WorkersMissing` reports a lost connection in one sentence; Dask's log would repeat it.
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
    try:
        comm.get_address_host(address)
        client = distributed.Client(address, timeout=seconds, set_as_default=False)
    except (OSError, ValueError) as error:
        text = _("No Dask scheduler answers at {address}: {reason}")
        raise WorkersMissing(text.format(address=address, reason=error)) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=seconds)
        except TimeoutError as error:
            text = _("The Dask scheduler at {address} has no workers.")
            raise WorkersMissing(text.format(address=address)) from error
        yield client.get_executor()

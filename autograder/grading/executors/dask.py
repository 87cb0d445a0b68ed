"""A cluster of Dask distributed as an executor: `autograder grade --scheduler ADDRESS`."""

import logging
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from autograder.grading.executors.process import WorkersMissing
from autograder.util.i18n import _

SECONDS = 10


@contextmanager
def cluster(address: str, seconds: float = SECONDS) -> Iterator[Executor]:
    """An executor whose workers are those of the Dask scheduler at an address, `tcp://host:8786`.

    Raises `WorkersMissing` where Dask distributed is not installed here, or where after so many
    seconds no scheduler answers, or it has no worker.
    """
    try:
        from distributed import Client
        from distributed.comm import get_address_host
    except ImportError as error:
        text = _("A cluster needs Dask distributed: pip install 'recommender-course[cluster]'")
        raise WorkersMissing(text) from error
    # What becomes of the connection is told below, in one sentence.
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
    try:
        get_address_host(address)
        client = Client(address, timeout=seconds, set_as_default=False)
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

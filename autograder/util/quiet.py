"""Quiet and quick libraries: no messages of TensorFlow's at import, no threads that wait busily.

TensorFlow's C++ code writes to the standard error of the process before any setting holds. In a
notebook that text is a red box, which stays in what a learner hands in.
"""

import contextlib
import importlib.machinery
import logging
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from types import ModuleType
from typing import Any

from autograder.util.environment import PATIENT, QUIET, prefer

_NOISE = re.compile(
    rb"All log messages before absl::InitializeLog|cudart_stub|cuda_\w+\.cc|port\.cc|"
    rb"cpu_feature_guard|computation_placer|gpu_device\.cc|TF-TRT Warning|oneDNN custom operations|"
    rb"rebuild TensorFlow with the appropriate compiler flags|Unable to register cu\w+ factory"
)
_IDLE_WARNINGS = {
    "tensorflow": "triggered tf.function retracing",
    "matplotlib.font_manager": "font cache",
}


def quieten() -> None:
    """Set the variables that libraries read at import, and drop messages that help no learner.

    Where scikit-learn was imported before, its threads spin already: then one thread works alone.
    """
    prefer(QUIET | PATIENT)
    if "sklearn" in sys.modules:
        import threadpoolctl

        threadpoolctl.threadpool_limits(limits=1, user_api="openmp")
    for name, part in _IDLE_WARNINGS.items():
        logger = logging.getLogger(name)
        if not any(isinstance(each, _Without) for each in logger.filters):
            logger.addFilter(_Without(part))
    known = any(isinstance(finder, _TensorFlowFinder) for finder in sys.meta_path)
    if not known and "tensorflow" not in sys.modules:
        sys.meta_path.insert(0, _TensorFlowFinder())


class _Without(logging.Filter):
    """A filter that drops the records with some words in them."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = words

    def filter(self, record: logging.LogRecord) -> bool:
        return self._words not in str(record.msg)


class _TensorFlowFinder:
    """A finder that makes TensorFlow's first import quiet, and then is gone."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return TensorFlow's spec, whose loader drops noise; None for any other module."""
        if fullname != "tensorflow":
            return None
        with contextlib.suppress(ValueError):
            sys.meta_path.remove(self)
        spec = importlib.machinery.PathFinder.find_spec(fullname)
        if spec is not None and spec.loader is not None:
            loader: Any = spec.loader
            with contextlib.suppress(AttributeError):
                loader.exec_module = _quiet(loader.exec_module)
        return spec


def _quiet(run: Callable[[ModuleType], None]) -> Callable[[ModuleType], None]:
    def quiet_run(module: ModuleType) -> None:
        with _without_noise():
            run(module)

    return quiet_run


@contextlib.contextmanager
def _without_noise() -> Iterator[None]:
    """Hold back what is written to the process's standard error; show it without the noise."""
    import tempfile

    try:
        held = tempfile.TemporaryFile()  # noqa: SIM115
    except OSError:
        yield
        return
    with held:
        try:
            before = os.dup(2)
        except OSError:
            yield
            return
        try:
            os.dup2(held.fileno(), 2)
            yield
        finally:
            os.dup2(before, 2)
            os.close(before)
            held.seek(0)
            rest = b"".join(line for line in held if not _NOISE.search(line))
            if rest.strip():
                os.write(2, rest)

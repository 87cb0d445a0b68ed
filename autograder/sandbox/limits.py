"""Limits on a worker's processes: memory, processor time, files (rlimits).

The supervisor watches the memory of all processes of a worker together (see `supervisor`).
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

MB = 2**20

# A judge that answers for a function may use this much, whatever the arguments of a worker.
ANSWER_MEMORY = 1024 * MB


@dataclass(frozen=True)
class Limits:
    """Limits on what a worker uses.

    Attributes:
        memory: Bytes of data beyond the data at the fork, for a process and for all processes of
            the worker together.
        cpu_seconds: Processor time of a process, in seconds.
        processes: Processes and threads of the worker, beside four for each processor.
        disk: Bytes in the scratch folder.
        file_size: Bytes in a file.
        descriptors: Open files of a process.
    """

    memory: int = 1536 * MB
    cpu_seconds: int = 900
    processes: int = 64
    disk: int = 64 * MB
    file_size: int = 32 * MB
    descriptors: int = 256


@dataclass(frozen=True)
class MemoryInUse:
    """Memory that a process uses before the limits on memory apply.

    Attributes:
        data: Bytes of private data (`VmData`).
        mapped: Bytes of address space (`VmSize`).
    """

    data: int
    mapped: int


def memory_in_use() -> MemoryInUse:
    """Measure the memory of this process; a child may be unable to read /proc."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    sizes = {name: text for name, _colon, text in (line.partition(":") for line in lines)}
    data, mapped = (int(sizes[name].split()[0]) * 1024 for name in ("VmData", "VmSize"))
    return MemoryInUse(data, mapped)


def set_limits(limits: Limits, in_use: MemoryInUse) -> None:
    """Limit this process and its children.

    Args:
        limits: The limits; a lower limit that stands already stays.
        in_use: The memory of the process before the limits.

    Raises:
        OSError: The kernel refuses a limit.
    """
    import resource

    wanted = {
        resource.RLIMIT_CPU: limits.cpu_seconds,
        resource.RLIMIT_DATA: in_use.data + limits.memory,
        resource.RLIMIT_AS: in_use.mapped + 4 * limits.memory,
        resource.RLIMIT_NPROC: limits.processes + 4 * (os.cpu_count() or 1),
        resource.RLIMIT_FSIZE: limits.file_size,
        resource.RLIMIT_NOFILE: limits.descriptors,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    for kind, value in wanted.items():
        _soft, most = resource.getrlimit(kind)
        value = value if most == resource.RLIM_INFINITY else min(value, most)
        resource.setrlimit(kind, (value, value))


@contextmanager
def memory_for_an_answer(most: int = ANSWER_MEMORY) -> Iterator[None]:
    """Let this process use only `most` further bytes of data in the block.

    An allocation beyond them raises MemoryError.
    """
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limit = memory_in_use().data + most
    for bound in (soft, hard):
        limit = limit if bound == resource.RLIM_INFINITY else min(limit, bound)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))

"""The filter of system calls, run by an interpreter of its instructions, and in a worker."""

import platform
import sys

import pytest

from autograder.checking.proxies import SubmissionProxy
from autograder.sandbox import syscall_filter
from autograder.sandbox.syscall_filter import _filters

EPERM, ENOSYS, ALLOWED, KILLED = 1, 38, 0, "killed"
TABLE = syscall_filter._TABLE
MACHINES = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}


@pytest.fixture(params=MACHINES)
def machine(request, monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: request.param)
    return request.param


def outcome(filters, machine, number, *arguments):
    """Return what the kernel does with a system call: an error number, `ALLOWED` or `KILLED`."""
    fields = {0: number, 4: MACHINES[machine]}
    for k, argument in enumerate([*arguments, *[0] * 6][:6]):
        fields |= {16 + 8 * k: argument & 0xFFFF_FFFF, 20 + 8 * k: argument >> 32}
    tests = {
        0x15: lambda a, operand: a == operand,
        0x35: lambda a, operand: a >= operand,
        0x45: lambda a, operand: bool(a & operand),
    }
    value = at = 0
    while True:
        code, if_true, if_false, operand = filters[at]
        at += 1
        if code == 0x20:
            value = fields[operand]
        elif code == 0x54:
            value &= operand
        elif code == 0x06:
            returned = {0x7FFF_0000: ALLOWED, 0x8000_0000: KILLED}
            return returned.get(operand, operand & 0xFFFF)
        else:
            at += if_true if tests[code](value, operand) else if_false


def numbers(group, machine):
    column = list(MACHINES).index(machine)
    return {name: pair[column] for name, pair in group.items() if pair[column] >= 0}


@pytest.mark.parametrize("on_files", [False, True])
@pytest.mark.parametrize("on_processes", [False, True])
def test_the_table_decides_on_every_number(machine, on_files, on_processes):
    filters = _filters(on_files, on_processes)
    expected = {
        number: ALLOWED
        for group in TABLE["allowed"].values()
        for number in numbers(group, machine).values()
    }
    for group, allowed in (("on_files", on_files), ("on_processes", on_processes)):
        for number in numbers(TABLE[group], machine).values():
            expected[number] = ALLOWED if allowed else EPERM
    expected |= dict.fromkeys(numbers(TABLE["refused"], machine).values(), EPERM)
    for number in range(700):
        wanted = expected.get(number, ENOSYS)
        assert outcome(filters, machine, number) == wanted, number
    assert len(filters) < 4096
    assert max(max(if_true, if_false) for _code, if_true, if_false, _operand in filters) < 256


def test_no_call_stands_in_two_groups():
    others = (TABLE[group] for group in ("on_files", "on_processes", "refused"))
    groups = [*TABLE["allowed"].values(), *others]
    names = [name for group in groups for name in group]
    assert len(names) == len(set(names))
    for machine in MACHINES:
        found = [n for group in groups for n in numbers(group, machine).values()]
        assert len(found) == len(set(found))


def test_arguments_decide_on_some_calls(machine):
    filters = _filters(True, True)
    number = {
        name: n
        for group in TABLE["allowed"].values()
        for name, n in numbers(group, machine).items()
    }
    threads, new_user = 0x3D0F00, 0x1000_0000
    assert outcome(filters, machine, number["clone"], threads) == ALLOWED
    assert outcome(filters, machine, number["clone"], new_user | 17) == EPERM
    private, shared_file, shared_memory = 0x22, 0x01, 0x21
    assert outcome(filters, machine, number["mmap"], 0, 0, 0, private) == ALLOWED
    assert outcome(filters, machine, number["mmap"], 0, 0, 0, shared_file) == ALLOWED
    assert outcome(filters, machine, number["mmap"], 0, 0, 0, shared_memory) == EPERM
    dumpable, name = 4, 15
    assert outcome(filters, machine, number["prctl"], dumpable) == EPERM
    assert outcome(filters, machine, number["prctl"], name) == ALLOWED
    assert outcome(filters, machine, number["prlimit64"], 77) == ALLOWED
    assert outcome(_filters(True, False), machine, number["prlimit64"], 77) == EPERM
    assert outcome(_filters(True, False), machine, number["prlimit64"], 0) == ALLOWED


def test_calls_of_another_machine_and_of_the_x32_mode_do_not_pass(machine):
    filters = _filters(True, True)
    other = next(name for name in MACHINES if name != machine)
    assert outcome(filters, other, 0) == KILLED
    assert outcome(filters, machine, 0x4000_0000) == EPERM


UNLISTED = """
import ctypes
kernel = ctypes.CDLL(None, use_errno=True)

def outcome(number):
    kernel.syscall(number, 0, 0, 0, 0)
    return ctypes.get_errno()
"""

POOLS = """
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import keras
import numpy as np

class Data(keras.utils.PyDataset):
    def __len__(self):
        return 2

    def __getitem__(self, index):
        return np.ones((4, 2)), np.ones((4, 1))

def pool():
    with multiprocessing.get_context("fork").Pool(2) as pool:
        return pool.map(abs, [-1, -2])

def executor():
    with ProcessPoolExecutor(2, multiprocessing.get_context("fork")) as executor:
        return list(executor.map(abs, [-3]))

def dataset(processes):
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    history = model.fit(Data(workers=2, use_multiprocessing=processes), verbose=0)
    return len(history.history["loss"])
"""


linux_only = pytest.mark.skipif(sys.platform != "linux", reason="the sandbox needs Linux")


@linux_only
def test_a_worker_has_no_call_that_the_table_does_not_name(engine_of):
    submission = SubmissionProxy(engine_of(UNLISTED))
    assert submission.outcome(1_000) == ENOSYS
    reboot = {"x86_64": 169, "aarch64": 142}[platform.machine()]
    assert submission.outcome(reboot) == ENOSYS


@linux_only
@pytest.mark.process
def test_honest_code_may_use_processes_of_its_own(engine_of):
    engine = engine_of(POOLS)
    submission = SubmissionProxy(engine)
    assert submission.pool() == [1, 2]
    assert submission.executor() == [3]
    assert submission.dataset(False) == 1
    assert submission.dataset(True) == 1
    assert not engine.notes
    assert not engine.audit_log

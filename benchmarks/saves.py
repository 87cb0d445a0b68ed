"""Seconds from a save to its verdict in a terminal.

    python benchmarks/saves.py [--saves 20]

`autograder watch` runs in a terminal of its own on a finished exercise, one of whose functions
returns another number at each save. A verdict has come when the terminal shows that number.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import jupytext
import pexpect

from autograder import course
from autograder.util import paths
from autograder.util.environment import QUIET, prefer

FUNCTIONS = ("summarise", "split_ratings", "score_matrix", "precision_at_k", "genre_matrix")
PAUSE = 0.7


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--saves", type=int, default=20, help="number of saves (default: 20)")
    parser.add_argument("functions", nargs="*", default=FUNCTIONS, help="functions to save")
    arguments = parser.parse_args()
    prefer(QUIET)
    print(f"{'function':20}{'first':>8}{'median':>8}{'longest':>8}")
    for function in arguments.functions:
        first, *seconds = saved(function, arguments.saves)
        print(f"{function:20}{first:8.2f}{median(seconds):8.2f}{max(seconds):8.2f}", flush=True)


def saved(function: str, n: int) -> list[float]:
    """Return the seconds until the verdict on the initial file, then on each of n saves."""
    exercise = course.step_of_function(function).name
    notebook = jupytext.read(paths.solutions() / f"{exercise}.py")
    [cell] = [c for c in notebook.cells if f"def {function}(" in c.source]
    signature = f"def {function}(*arguments, **keywords):"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{exercise}.py"

        def save(number: int) -> None:
            cell.source = f"{signature}\n    return {number}\n"
            jupytext.write(notebook, path, fmt="py:percent")

        save(1000)
        start = time.perf_counter()
        command = ["-m", "autograder", "watch", str(path)]
        terminal = pexpect.spawn(sys.executable, command, dimensions=(50, 120), timeout=60)
        terminal.expect(r"\b1000\b")
        seconds = [time.perf_counter() - start]
        for number in range(1001, 1001 + n):
            time.sleep(PAUSE)
            start = time.perf_counter()
            save(number)
            terminal.expect(rf"\b{number}\b")
            seconds.append(time.perf_counter() - start)
        terminal.send("q")
        terminal.expect(pexpect.EOF)
    return seconds


if __name__ == "__main__":
    main()

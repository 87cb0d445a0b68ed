"""Seconds of each exercise with all its demonstrations.

    python benchmarks/demonstrations.py [--exercises 12,13] [--sets simulated] [--only cells]

The script runs every solution on simulated ratings and, where MOVIELENS_DIR is set, on
ml-latest-small:

- as a script and as a notebook: seconds of everything, TensorFlow's import and checks included;
- cell by cell: seconds of the cells tagged `demo` alone, seconds of processors in brackets. The
  script imports TensorFlow before, and runs all other cells without counting them. On a quiet
  machine with two cores the demonstrations of one exercise must stay within `LIMITS`; the table
  marks longer times.

`--cells` prints the seconds of each demonstration, too.
"""

import argparse
import importlib
import linecache
import os
import subprocess
import sys
import tempfile
import time
import types
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import jupytext
from cost import Cost, alone, metered

from autograder import course
from autograder.util import paths
from autograder.util.environment import QUIET, prefer

LIMITS = {"simulated": 20.0, "ml-latest-small": 90.0}
KINDS = ("script", "notebook", "cells")


def main() -> None:
    arguments = _arguments()
    columns = [(kind, name) for name in arguments.sets for kind in arguments.only]
    print(f"{'seconds':22}" + "".join(f"{f'{kind}, {name}':>28}" for kind, name in columns))
    with tempfile.TemporaryDirectory() as folder:
        for exercise in arguments.exercises:
            texts, details = [], []
            for kind, name in columns:
                if kind == "cells":
                    costs = _demonstrations(exercise, name, Path(folder))
                    texts.append(_shown(costs, LIMITS[name]))
                    details += [(name, *row) for row in costs or ()]
                else:
                    texts.append(_time(exercise, kind, name, Path(folder)))
            print(f"{exercise:22}" + "".join(f"{text:>28}" for text in texts), flush=True)
            for name, first_line, cost in details if arguments.cells else ():
                print(f"    {name}: {cost.wall:6.2f} ({cost.cpu:6.2f})  {first_line}")


def _arguments() -> argparse.Namespace:
    sets = ["simulated", *(["ml-latest-small"] if os.environ.get("MOVIELENS_DIR") else [])]
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--exercises", default="", help="names or numbers, with commas (default: all)"
    )
    parser.add_argument("--sets", nargs="+", choices=LIMITS, default=sets, help="data sets")
    parser.add_argument("--only", nargs="+", choices=KINDS, default=KINDS, help="kinds of runs")
    parser.add_argument(
        "--cells", action="store_true", help="print the seconds of each demonstration"
    )
    arguments = parser.parse_args()
    wanted = [name for name in arguments.exercises.split(",") if name]
    steps = [course.step(name) for name in wanted] or course.steps()
    arguments.exercises = [step.name for step in steps]
    return arguments


def _time(exercise: str, kind: str, name: str, folder: Path) -> str:
    script = paths.solutions() / f"{exercise}.py"
    command = [sys.executable, str(script)]
    if kind == "notebook":
        notebook = folder / f"{exercise}.ipynb"
        jupytext.write(jupytext.read(script), notebook)
        command = [sys.executable, "-m", "jupyter", "execute", "--timeout=600", str(notebook)]
    environment = {**QUIET, **os.environ, "COURSE_DATA": name}
    start = time.perf_counter()
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    seconds = time.perf_counter() - start
    return f"{seconds:.1f}" if result.returncode == 0 else f"failed ({seconds:.1f})"


def _demonstrations(exercise: str, name: str, folder: Path) -> list[tuple[str, Cost]] | None:
    """Return the first line and the cost of each demonstration; None where a cell fails."""
    try:
        return alone(run_cells, exercise, name, folder)
    except (Exception, BrokenProcessPool) as error:
        print(f"{exercise}, {name}: {type(error).__name__}: {error}", file=sys.stderr)
        return None


def run_cells(exercise: str, name: str, folder: Path) -> list[tuple[str, Cost]]:
    """Run the cells of a solution in this process; return the costs of its demonstrations.

    This function changes the working folder and the environment of the process.
    """
    prefer(QUIET)
    os.environ["COURSE_DATA"] = name
    os.chdir(folder)
    importlib.import_module("keras")
    script = paths.solutions() / f"{exercise}.py"
    module = sys.modules[exercise] = types.ModuleType(exercise)
    module.__file__ = str(script)
    costs = []
    for number, cell in enumerate(jupytext.read(script).cells, start=1):
        if cell.cell_type != "code":
            continue
        filename = f"<{exercise}, cell {number}>"
        lines = cell.source.splitlines(keepends=True)
        linecache.cache[filename] = (len(cell.source), None, lines, filename)
        code = compile(cell.source, filename, "exec")
        with metered() as cost:
            exec(code, module.__dict__)
        if "demo" in cell.metadata.get("tags", ()):
            costs.append((lines[0].rstrip(), cost))
    return costs


def _shown(costs: list[tuple[str, Cost]] | None, limit: float) -> str:
    if costs is None:
        return "failed"
    wall, cpu = (sum(getattr(cost, kind) for _line, cost in costs) for kind in ("wall", "cpu"))
    return f"{'' if wall < limit else 'too long: '}{wall:.1f} ({cpu:.1f})"


if __name__ == "__main__":
    main()

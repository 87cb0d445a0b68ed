"""How long each exercise takes with all its demonstrations: `python benchmarks/demonstrations.py`.

Runs every solution as a script and as a notebook, on simulated ratings and, where MOVIELENS_DIR is
set, on ml-latest-small; prints seconds, the import of TensorFlow included, and marks failures.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import jupytext

from autograder import course, paths
from autograder.environment import QUIET


def main() -> None:
    sets = ["simulated", *(["ml-latest-small"] if os.environ.get("MOVIELENS_DIR") else [])]
    columns = [(kind, name) for name in sets for kind in ("script", "notebook")]
    print(f"{'seconds':20}" + "".join(f"{f'{kind}, {name}':>28}" for kind, name in columns))
    with tempfile.TemporaryDirectory() as folder:
        for step in course.steps():
            times = [_time(step.name, kind, name, Path(folder)) for kind, name in columns]
            print(f"{step.name:20}" + "".join(f"{text:>28}" for text in times), flush=True)


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


if __name__ == "__main__":
    main()

"""`python -m autograder.grading.gradescope ROOT`: grade the submission in a container."""

import sys
from pathlib import Path

from autograder.util.environment import QUIET, prefer

if __name__ == "__main__":
    prefer(QUIET)
    from autograder.grading.gradescope.container import run

    sys.exit(run(Path(sys.argv[1])))

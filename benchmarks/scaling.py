"""Cost of an epoch of training as the rating table grows: seconds, memory, and the parts of a step.

    python benchmarks/scaling.py [--rows 0.1 1 10 25] [--batch 1024 4096 16384 65536]
        [--ways NAME ...] [--seconds 8] [--markdown | --write DOCUMENT]

Rows are in millions, of simulated ratings. 25 million rows have the users, films and long tail of
MovieLens 25M. With fewer rows the users shrink in proportion and the films by the square root.

Each cell of the table has a process of its own, which holds all rows and trains vectors of 64
factors until --seconds have passed after a warm-up. The script extrapolates an epoch from these
steps. All 64 cells take about half an hour on two processors. --write puts the tables into the
region `scaling` of a Markdown document.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

from autograder.util.environment import HEADLESS, QUIET, prefer

prefer(QUIET | HEADLESS)

from cost import MB, alone  # noqa: E402
from scale.cell import WARM_UP, Measured, measure  # noqa: E402
from scale.synthetic import MILLION, shape  # noqa: E402
from scale.ways import N_FACTORS, WAYS  # noqa: E402
from tables import Table, circumstances, write_region  # noqa: E402

ROWS = 0.1, 1.0, 10.0, 25.0
BATCHES = 1024, 4096, 16384, 65536
PACKAGES = "tensorflow", "keras", "numpy"

Cells = dict[tuple[float, int, str], Measured]


def main() -> None:
    options = _options()
    cells: Cells = {}
    for rows in options.rows:
        for batch in options.batch:
            for way in options.ways:
                found = alone(measure, int(rows * MILLION), batch, way, options.seconds)
                cells[rows, batch, way] = found
                progress = f"{rows:g} M rows, {batch} a batch, {way}: {found.epoch:.1f} s an epoch"
                print(progress, flush=True)
    tables = _epochs(cells, options), _memory(cells, options), _steps(cells, options)
    for table in tables:
        print("\n" + (table.markdown() if options.markdown else table.plain()), flush=True)
    if options.write:
        write_region(options.write, "scaling", "\n\n".join(each.markdown() for each in tables))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", nargs="+", type=float, default=ROWS, help="rows in millions")
    parser.add_argument("--batch", nargs="+", type=int, default=BATCHES, help="batch sizes")
    parser.add_argument("--ways", nargs="+", default=list(WAYS), choices=WAYS, metavar="NAME")
    parser.add_argument("--seconds", type=float, default=8.0, help="seconds of training a cell")
    parser.add_argument("--markdown", action="store_true", help="print the tables as Markdown")
    parser.add_argument("--write", type=Path, metavar="DOCUMENT", help="the document to refresh")
    return parser.parse_args()


def _epochs(cells: Cells, options) -> Table:
    notes = [
        circumstances(PACKAGES),
        "Seconds of the clock, of processors in brackets. ~ marks an epoch that was worked out "
        f"from the steps of {options.seconds:g} seconds, after {WARM_UP} to warm up, and the time "
        "to shuffle; the others were trained in full.",
    ]

    def shown(cell: Measured) -> str:
        about = "~" if cell.steps < cell.n_steps else ""
        return f"{about}{_short(cell.epoch)} ({_short(cell.cpu)})"

    return _by_batch(f"Seconds an epoch, {N_FACTORS} factors", cells, options, shown, notes)


def _memory(cells: Cells, options) -> Table:
    notes = [
        "Memory of the process, with its libraries, NumPy's arrays and TensorFlow's copy of them."
    ]
    heading = "Peak memory, MB"
    return _by_batch(heading, cells, options, lambda cell: f"{cell.peak / MB:.0f}", notes)


def _by_batch(
    heading: str, cells: Cells, options, shown: Callable[[Measured], str], notes: list[str]
) -> Table:
    rows = [
        [
            f"{n_rows:g} M",
            *(f"{n:,}" for n in shape(int(n_rows * MILLION))),
            way,
            *(shown(cells[n_rows, batch, way]) for batch in options.batch),
        ]
        for n_rows in options.rows
        for way in options.ways
    ]
    batches = (f"batch {batch:,}" for batch in options.batch)
    return Table(heading, ["rows", "users", "items", "way", *batches], rows, notes)


def _steps(cells: Cells, options) -> Table:
    """Return the table of a step's parts, at one batch size."""
    batch = 4096 if 4096 in options.batch else options.batch[0]
    rows = []
    for n_rows in options.rows:
        for way in options.ways:
            cell = cells[n_rows, batch, way]
            parts = cell.forward, cell.backward, cell.update, cell.step
            rows.append([f"{n_rows:g} M", way, *(f"{1000 * part:.1f}" for part in parts)])
    notes = [
        "forward: look rows up, multiply, penalty; backward: the gradient beyond that; update: "
        "the optimiser. These three on one batch that lies ready, again and again, which is kind "
        "to caches; in fit: a step of training, other rows every time, Keras' loop and the "
        "feeding of data with it."
    ]
    columns = "rows", "way", "forward", "backward", "update", "in fit"
    return Table(f"Processor milliseconds of a step, batch {batch:,}", columns, rows, notes)


def _short(seconds: float) -> str:
    return f"{seconds:.1f}" if seconds < 10 else f"{seconds:.0f}"


if __name__ == "__main__":
    main()

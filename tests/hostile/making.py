"""Hostile submissions that a repository cannot store; each function creates one in an empty folder.

`MAKERS[name](folder)` creates the submission of `make = name` in `expected.toml`.
"""

import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

HONEST = Path(__file__).parent / "00_honest" / "08_ranking.py"
SCRIPT, NOTEBOOK = HONEST.name, HONEST.with_suffix(".ipynb").name


def folder(place: Path) -> None:
    """Make a folder with the name of a script."""
    (place / SCRIPT).mkdir()
    (place / SCRIPT / SCRIPT).write_bytes(HONEST.read_bytes())


def symlink(place: Path) -> None:
    """Make a symbolic link to a file outside of the tree that holds right answers."""
    elsewhere = place.parent / f"{place.name}-elsewhere"
    elsewhere.mkdir(exist_ok=True)
    (elsewhere / SCRIPT).write_bytes(HONEST.read_bytes())
    (place / SCRIPT).symlink_to(elsewhere / SCRIPT)


def dangling_symlink(place: Path) -> None:
    (place / SCRIPT).symlink_to(place / "nowhere.py")


def symlink_loop(place: Path) -> None:
    (place / SCRIPT).symlink_to(SCRIPT)


def huge(place: Path) -> None:
    """Write 500 MB: right answers, then zeros that take no room on most disks."""
    with (place / SCRIPT).open("wb") as file:
        file.write(HONEST.read_bytes())
        file.truncate(500 * 2**20)


def fifo(place: Path) -> None:
    """Make a pipe, whose reader waits for a writer that never comes."""
    os.mkfifo(place / SCRIPT)


def device(place: Path) -> None:
    """Make a symbolic link to endless zeros."""
    (place / SCRIPT).symlink_to("/dev/zero")


def archive(place: Path) -> None:
    """Write a ZIP archive that holds the honest script."""
    with zipfile.ZipFile(place / "08_ranking.zip", "w") as packed:
        packed.write(HONEST, SCRIPT)


def archive_named_as_a_notebook(place: Path) -> None:
    archive(place)
    (place / "08_ranking.zip").rename(place / NOTEBOOK)


def deep_json(place: Path) -> None:
    _write(place / NOTEBOOK, "[" * 100_000 + "]" * 100_000)


def huge_number(place: Path) -> None:
    """Write a notebook whose metadata hold a number of a million digits."""
    text = _notebook(_cells()).replace('"nbformat"', f'"size": {"9" * 1_000_000}, "nbformat"')
    _write(place / NOTEBOOK, text)


def both_forms(place: Path) -> None:
    """Write a wrong script and, newer by a minute, the right notebook."""
    _write(place / SCRIPT, "# %%\nprecision_at_k = None\n")
    _write(place / NOTEBOOK, _notebook(_cells()))
    _make_older(place / SCRIPT)


def both_forms_script_newer(place: Path) -> None:
    """Write a wrong notebook and, newer by a minute, the right script."""
    _write(place / NOTEBOOK, _notebook(["precision_at_k = None"]))
    (place / SCRIPT).write_bytes(HONEST.read_bytes())
    _make_older(place / NOTEBOOK)


def many_cells(place: Path) -> None:
    """Write ten thousand cells that do nothing, and the right answers."""
    _write(place / SCRIPT, HONEST.read_text(encoding="utf-8") + "\n# %%\npass\n" * 10_000)


def big_cell(place: Path) -> None:
    """Write a cell of 10 MB, and the right answers."""
    line = "filler = 'all work and no play makes Jack a dull boy'\n"
    _append_cell(place, line * (10 * 2**20 // len(line)))


def long_line(place: Path) -> None:
    """Write a line of 1 MB, and the right answers."""
    _append_cell(place, f"numbers = [{'1234567, ' * (2**20 // 9)}]\n")


def deep_expression(place: Path) -> None:
    """Write an expression of 100,000 brackets, and the right answers."""
    _append_cell(place, f"deep = {'(' * 100_000}1{')' * 100_000}\nminus = {'-' * 100_000}1\n")


def null_bytes(place: Path) -> None:
    _append_cell(place, "text = 'a\0b'\n\0\n")


def _append_cell(place: Path, source: str) -> None:
    _write(place / SCRIPT, HONEST.read_text(encoding="utf-8") + "\n# %%\n" + source)


def _cells() -> list[str]:
    """Return the sources of the code cells of the honest submission."""
    return HONEST.read_text(encoding="utf-8").split("# %%\n")[1:]


def _notebook(sources: list[str]) -> str:
    cells = [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": f"cell-{number}",
            "metadata": {},
            "outputs": [],
            "source": source,
        }
        for number, source in enumerate(sources)
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _make_older(path: Path) -> None:
    """Set a file's time a minute back."""
    time = path.stat().st_mtime - 60
    os.utime(path, (time, time))


MAKERS: dict[str, Callable[[Path], None]] = {
    maker.__name__: maker
    for maker in (
        folder,
        symlink,
        dangling_symlink,
        symlink_loop,
        huge,
        fifo,
        device,
        archive,
        archive_named_as_a_notebook,
        deep_json,
        huge_number,
        both_forms,
        both_forms_script_newer,
        many_cells,
        big_cell,
        long_line,
        deep_expression,
        null_bytes,
    )
}

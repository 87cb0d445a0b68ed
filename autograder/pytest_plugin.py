"""pytest in a workspace: `pytest` and `pytest -k dot_product` check the exercises.

The wheel installs this plugin into every pytest of its environment. Outside of a workspace, and
where a path is named, the plugin does nothing.
"""

from pathlib import Path

import pytest

from autograder.workspace.place import MARKER

_PACKAGE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> None:
    """Name the checks as what to run, before pytest looks for its conftest files."""
    options = early_config.known_args_namespace
    folder = early_config.invocation_params.dir
    if options.file_or_dir or not _is_workspace(folder):
        return
    checks = str(_PACKAGE)
    args.append(checks)
    options.file_or_dir = [checks]


def _is_workspace(folder: Path) -> bool:
    return any((place / MARKER).is_file() for place in (folder, *folder.parents))

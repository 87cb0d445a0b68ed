"""The folders that an author of exercises writes to; only a checkout of the project has them."""

import os
from pathlib import Path

from autograder.util import paths
from autograder.util.i18n import _


class NoCheckout(RuntimeError):
    """The package is installed without its sources; the text says what an author needs."""


def require_checkout() -> None:
    """Reject an installed package, or sources that this user cannot change.

    Raises:
        NoCheckout: `solutions/` does not lie beside the package, or cannot be written to.
    """
    solutions = paths.PACKAGE.parent / "solutions"
    if paths.course_root() != paths.PACKAGE.parent or not solutions.is_dir():
        text = _(
            "Authors of exercises need a checkout of the project, and {path} is an installed "
            "package. Clone the repository and install it with: python -m pip install -e ."
        )
        raise NoCheckout(text.format(path=paths.PACKAGE))
    if not os.access(solutions, os.W_OK):
        text = _("The folder {path} cannot be written to. Check out the project as your own user.")
        raise NoCheckout(text.format(path=solutions))


def alternatives_file(exercise: str) -> Path:
    """Return the file of an exercise's right alternatives, which may be missing."""
    return paths.course_root() / "tests" / "bank" / "alternatives" / f"{exercise}.toml"

"""Figures of demonstrations: readable on a projector, shown in notebooks, saved by scripts."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from autograder.util.checking import is_checking
from autograder.util.i18n import _
from autograder.util.text import print_visible

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's palette, which colour-blind people can tell apart.
PALETTE = (
    "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#F0E442", "#000000",
)  # fmt: skip

_STYLE: dict[str, Any] = {
    "figure.figsize": (9, 5.5),
    "figure.dpi": 110,
    "figure.constrained_layout.use": True,
    "font.size": 14,
    "axes.titlesize": 16,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.alpha": 0.3,
    "lines.linewidth": 2.5,
    "legend.frameon": False,
}

FOLDER = Path("figures")


def show(figure: "Figure", name: str) -> None:
    """Show a figure in a notebook; in a script, save it as `figures/<name>.png` and print so.

    While checks run the script, the figure is closed and nothing is saved.

    Args:
        figure: The figure, which is closed afterwards.
        name: The name of the file, without a suffix.
    """
    import matplotlib.pyplot as plt

    if in_notebook():
        from IPython.display import display

        display(figure)  # type: ignore[no-untyped-call]
    elif not is_checking():
        FOLDER.mkdir(exist_ok=True)
        path = FOLDER / f"{name}.png"
        figure.savefig(path)
        print_visible(_("Figure: {path}").format(path=path))
    plt.close(figure)


def picture(axes: "Axes") -> "np.ndarray":
    """Return the whole figure of an Axes as an image, and close the figure.

    Returns:
        Red, green, blue and opacity: uint8 array (height, width, 4).
    """
    import matplotlib.pyplot as plt
    import numpy as np
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure = cast("Figure", axes.figure)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    image = np.array(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
    plt.close(figure)
    return image


def in_notebook() -> bool:
    """Return whether this code runs in a Jupyter kernel."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return hasattr(shell, "kernel")


def use_style() -> None:
    """Set large type, thick lines and the palette; in a script, a backend without windows."""
    import matplotlib as mpl
    from cycler import cycler
    from matplotlib import style

    if not in_notebook():
        mpl.use("agg")
    style.use(_STYLE)
    mpl.rcParams["axes.prop_cycle"] = cycler(color=PALETTE)

"""Figures of demonstrations: readable on a projector, shown in notebooks, saved by scripts."""

import sys
from pathlib import Path

from autograder.util.i18n import _

# Okabe and Ito's palette, which colour-blind people can tell apart.
PALETTE = (
    "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#F0E442", "#000000",
)  # fmt: skip

_STYLE = {
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


def show(figure, name: str) -> None:
    """Show a figure in a notebook; in a script, save it as `figures/<name>.png` and say so."""
    import matplotlib.pyplot as plt

    if in_notebook():
        from IPython.display import display

        display(figure)
    else:
        FOLDER.mkdir(exist_ok=True)
        path = FOLDER / f"{name}.png"
        figure.savefig(path)
        print(_("Figure: {path}").format(path=path))
    plt.close(figure)


def picture(axes):
    """The whole figure of an Axes as an image: uint8 array (height, width, 4); it is closed."""
    import matplotlib.pyplot as plt
    import numpy as np
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(axes.figure)
    canvas.draw()
    image = np.array(canvas.buffer_rgba())
    plt.close(axes.figure)
    return image


def in_notebook() -> bool:
    """Whether this code runs in a Jupyter kernel."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return hasattr(shell, "kernel")


def use_style() -> None:
    """Large type, thick lines, the palette; without a notebook, a backend that opens no window."""
    import matplotlib as mpl
    from cycler import cycler

    if not in_notebook():
        mpl.use("agg")
    mpl.rcParams.update(_STYLE)
    mpl.rcParams["axes.prop_cycle"] = cycler(color=PALETTE)

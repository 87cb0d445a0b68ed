"""Read the drawing on a matplotlib Axes as plain data: points, colours, texts, legend, title.

The way of drawing does not matter: `scatter` or `plot`, one call for each label or for all labels,
`annotate` or `text`, a legend of the axes or of the figure.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np

Colours = list[tuple[float, ...]]
"""Colours as (red, green, blue), each from 0 to 1."""


def read_axes(axes: Any) -> dict[str, Any] | None:
    """Return the content of an Axes; None for any other object.

    Returns:
        title: The titles of axes and figure, one str.
        points: A list of (x, y, colours), one tuple a marker, its face's colour first.
        texts: A list of (text, x, y), the texts of `annotate` and `text` with the place that they
            point at.
        legend: A list of (text, colours), one tuple an entry.
    """
    from matplotlib.axes import Axes

    if not isinstance(axes, Axes):
        return None
    return {
        "title": _title(axes),
        "points": [
            *(point for part in axes.collections for point in _points_of_collection(part)),
            *(point for line in axes.lines for point in _points_of_line(line)),
        ],
        "texts": [_text(text) for text in axes.texts if text.get_visible()],
        "legend": [entry for legend in _legends(axes) for entry in _entries(legend)],
    }


def _title(axes: Any) -> str:
    titles = [axes.get_title(loc) for loc in ("left", "center", "right")]
    return " ".join([*titles, axes.figure.get_suptitle()]).strip()


def _points_of_collection(collection: Any) -> list[tuple[float, float, Colours]]:
    from matplotlib.collections import PathCollection

    if not isinstance(collection, PathCollection) or not collection.get_visible():
        return []
    collection.update_scalarmappable()
    places = _filled(collection.get_offsets())
    sides = [s for s in (collection.get_facecolor(), collection.get_edgecolor()) if len(s)]
    return [
        (float(x), float(y), _visible(side[k % len(side)] for side in sides))
        for k, (x, y) in enumerate(places)
    ]


def _points_of_line(line: Any) -> list[tuple[float, float, Colours]]:
    if line.get_marker() in {None, "None", "none", "", " "} or not line.get_visible():
        return []
    places = zip(line.get_xdata(orig=False), line.get_ydata(orig=False), strict=True)
    return [(float(x), float(y), _colours(line)) for x, y in places]


def _text(text: Any) -> tuple[str, float, float]:
    in_data = getattr(text, "xycoords", None) == "data"
    x, y = text.xy if in_data else text.get_position()
    return text.get_text().strip(), float(x), float(y)


def _legends(axes: Any) -> list[Any]:
    from matplotlib.legend import Legend

    own = [part for part in axes.get_children() if isinstance(part, Legend)]
    return [*own, *axes.figure.legends]


def _entries(legend: Any) -> list[tuple[str, Colours]]:
    texts = [text.get_text().strip() for text in legend.get_texts()]
    return [
        (text, _colours(handle)) for text, handle in zip(texts, legend.legend_handles, strict=False)
    ]


def _colours(artist: Any) -> Colours:
    """Return the colours of a line, a patch or a collection."""
    if hasattr(artist, "get_markerfacecolor"):
        if artist.get_marker() in {None, "None", "none", "", " "}:
            return _visible([artist.get_color()])
        return _visible([artist.get_markerfacecolor(), artist.get_markeredgecolor()])
    sides: list[Any] = [
        getattr(artist, name, list)() for name in ("get_facecolor", "get_edgecolor")
    ]
    return _visible(row for side in sides for row in np.reshape(side, (-1, 4)))


def _visible(colours: Iterable[Any]) -> Colours:
    """Return red, green and blue of the colours that are not transparent."""
    from matplotlib.colors import to_rgba

    rows = [to_rgba(colour) for colour in colours]
    return [tuple(round(float(part), 3) for part in row[:3]) for row in rows if row[3] > 0]


def same_drawing(one: Any, other: Any) -> bool:
    """Return whether lines, bars, markers and pictures of two Axes agree, up to rounding."""
    parts, others = _numbers(one), _numbers(other)
    return len(parts) == len(others) and all(
        part.shape == its.shape and np.allclose(part, its, rtol=1e-3, atol=1e-6, equal_nan=True)
        for part, its in zip(parts, others, strict=True)
    )


def _numbers(axes: Any) -> list[np.ndarray]:
    """Return the numbers that an Axes draws, one array a part."""
    parts = [
        *(line.get_xydata() for line in axes.lines),
        *(np.array([bar.get_bbox().bounds]) for bar in axes.patches if hasattr(bar, "get_bbox")),
        *(collection.get_offsets() for collection in axes.collections),
        *(image.get_array() for image in axes.images),
    ]
    return [_filled(part) for part in parts]


def _filled(numbers: Any) -> np.ndarray:
    """Return numbers as a float array, with NaN for masked entries."""
    return np.asarray(np.ma.filled(np.ma.asarray(numbers, dtype=float), np.nan))

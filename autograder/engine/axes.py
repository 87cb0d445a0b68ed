"""What is drawn on a matplotlib Axes, as plain data: points, colours, texts, legend and title.

It does not matter how something was drawn: `scatter` or `plot`, one call a label or one for all,
`annotate` or `text`, a legend of the axes or of the figure.
"""

import numpy as np


def read_axes(axes) -> dict | None:
    """The content of an Axes; None for anything else.

    "title": the titles of axes and figure, one str.
    "points": list of (x, y, colours), a marker each.
    "texts": list of (text, x, y), what `annotate` and `text` wrote and the place they point at.
    "legend": list of (text, colours), an entry each.
    Colours are lists of (red, green, blue) from 0 to 1, a marker's face before its edge.
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


def _title(axes) -> str:
    titles = [axes.get_title(loc) for loc in ("left", "center", "right")]
    return " ".join([*titles, axes.figure.get_suptitle()]).strip()


def _points_of_collection(collection) -> list[tuple]:
    from matplotlib.collections import PathCollection

    if not isinstance(collection, PathCollection) or not collection.get_visible():
        return []
    collection.update_scalarmappable()
    places = np.ma.filled(np.ma.asarray(collection.get_offsets(), dtype=float), np.nan)
    sides = [s for s in (collection.get_facecolor(), collection.get_edgecolor()) if len(s)]
    return [
        (float(x), float(y), _visible(side[k % len(side)] for side in sides))
        for k, (x, y) in enumerate(places)
    ]


def _points_of_line(line) -> list[tuple]:
    if line.get_marker() in {None, "None", "none", "", " "} or not line.get_visible():
        return []
    places = zip(line.get_xdata(orig=False), line.get_ydata(orig=False), strict=True)
    return [(float(x), float(y), _colours(line)) for x, y in places]


def _text(text) -> tuple[str, float, float]:
    in_data = getattr(text, "xycoords", None) == "data"
    x, y = text.xy if in_data else text.get_position()
    return text.get_text().strip(), float(x), float(y)


def _legends(axes) -> list:
    from matplotlib.legend import Legend

    return [part for part in axes.get_children() if isinstance(part, Legend)] + axes.figure.legends


def _entries(legend) -> list[tuple]:
    texts = [text.get_text().strip() for text in legend.get_texts()]
    return [
        (text, _colours(handle)) for text, handle in zip(texts, legend.legend_handles, strict=False)
    ]


def _colours(artist) -> list[tuple]:
    """The colours of a line, a patch or a collection."""
    if hasattr(artist, "get_markerfacecolor"):
        if artist.get_marker() in {None, "None", "none", "", " "}:
            return _visible([artist.get_color()])
        return _visible([artist.get_markerfacecolor(), artist.get_markeredgecolor()])
    sides = [getattr(artist, name, list)() for name in ("get_facecolor", "get_edgecolor")]
    return _visible(row for side in sides for row in np.reshape(side, (-1, 4)))


def _visible(colours) -> list[tuple]:
    """Red, green and blue of the colours that can be seen."""
    from matplotlib.colors import to_rgba

    rows = [to_rgba(colour) for colour in colours]
    return [tuple(round(float(part), 3) for part in row[:3]) for row in rows if row[3] > 0]


def same_drawing(one, other) -> bool:
    """Whether two Axes show the same numbers: lines, bars, markers and pictures, up to rounding."""
    parts, others = _numbers(one), _numbers(other)
    return len(parts) == len(others) and all(
        part.shape == its.shape and np.allclose(part, its, rtol=1e-3, atol=1e-6, equal_nan=True)
        for part, its in zip(parts, others, strict=True)
    )


def _numbers(axes) -> list[np.ndarray]:
    """What an Axes draws, one array a part."""
    parts = [
        *(line.get_xydata() for line in axes.lines),
        *(np.array([bar.get_bbox().bounds]) for bar in axes.patches if hasattr(bar, "get_bbox")),
        *(collection.get_offsets() for collection in axes.collections),
        *(image.get_array() for image in axes.images),
    ]
    return [np.ma.filled(np.ma.asarray(part, dtype=float), np.nan) for part in parts]

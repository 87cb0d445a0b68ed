"""A map of films to explore in a notebook: hover, search, colours, the neighbours of a film.

The map is one piece of HTML without a network. JupyterLab, VS Code and the HTML page of a notebook
show it.
"""

import html
import json
import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.util.i18n import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

N_NEIGHBOURS = 8

_SCRIPT = Path(__file__).with_suffix(".js")
_YEAR = re.compile(r"\((\d{4})\)\s*$")
_FORMATS = {"IMAX", "(no genres listed)", ""}
_PAGE = """\
<div id="{id}" style="font-family:sans-serif;font-size:14px;color:#000;background:#fff;padding:8px">
<div style="margin-bottom:6px"><label>{search} <input list="{id}-titles" size="34"></label>
<datalist id="{id}-titles"></datalist>
<label style="margin-left:1em">{colour} <select><option value="genre">{genre}</option>
<option value="era">{era}</option>{popularity}</select></label></div>
<div style="display:flex;flex-wrap:wrap;gap:12px"><div>
<canvas role="img" aria-label="{label}" style="width:720px;max-width:100%;height:auto;\
border:1px solid #ccc"></canvas>
<div class="legend"></div><div class="tip" aria-live="polite" style="min-height:1.4em"></div></div>
<div class="side" aria-live="polite" style="width:20em"></div></div>
</div>
<script>
{script}(document.getElementById("{id}"), {films}, {words});
</script>
"""


class ExplorableMap:
    """A map of films; a notebook shows it as HTML, a terminal as one sentence."""

    def __init__(self, films: list[dict[str, Any]]) -> None:
        """Show films, each with place, title, year, genres, number of ratings and neighbours."""
        self.films = films

    def __repr__(self) -> str:
        return _("A map of {n} films, to explore in a notebook.").format(n=len(self.films))

    def _repr_html_(self) -> str:
        words = {
            "choose": _("Click a film, or search for its title, to see its neighbours."),
            "none": _("no genre"),
            "others": _("others"),
            "ratings": _("{n} ratings"),
        }
        counted = any(film["ratings"] is not None for film in self.films)
        popularity = f'<option value="popularity">{html.escape(_("popularity"))}</option>'
        return _PAGE.format(
            id=f"map-{secrets.token_hex(6)}",
            search=html.escape(_("Film:")),
            colour=html.escape(_("Colour:")),
            genre=html.escape(_("genre")),
            era=html.escape(_("era")),
            popularity=popularity if counted else "",
            label=html.escape(_("Map of the films"), quote=True),
            script=_SCRIPT.read_text(encoding="utf-8").rstrip(),
            films=_as_script(self.films),
            words=_as_script(words),
        )


def explore_map(
    coordinates: "np.ndarray",
    embeddings: "np.ndarray",
    movies: "pd.DataFrame",
    n_ratings: "Sequence[int] | np.ndarray | None" = None,
) -> ExplorableMap:
    """Return a map of films to explore in a notebook.

    Args:
        coordinates: The places of the films, float, shape (m, 2).
        embeddings: The vectors by whose cosine neighbours are found, float, shape (m, K).
        movies: A frame with the column `title` and, where there are genres, `genres` ("A|B"); row k
            is the film of row k of the arrays.
        n_ratings: The number of ratings of each film, int, shape (m,); None where it is unknown.

    Raises:
        ValueError: The lengths differ, or a coordinate is not finite.
    """
    places = np.asarray(coordinates, dtype=float)
    vectors = np.asarray(embeddings, dtype=float)
    lengths = {len(places), len(vectors), len(movies)}
    lengths |= set() if n_ratings is None else {len(n_ratings)}
    if len(lengths) > 1 or places.ndim != 2 or places.shape[1] != 2:
        text = _("coordinates (m, 2), embeddings (m, K) and movies need one row a film each")
        raise ValueError(text)
    if not np.isfinite(places).all():
        raise ValueError(_("a coordinate is NaN or infinite"))
    low, high = (places.min(axis=0), places.max(axis=0)) if len(places) else (0.0, 1.0)
    shown = (places - low) / np.maximum(np.asarray(high) - low, 1e-12)
    near, cosines = _neighbours(vectors)
    genres = movies["genres"] if "genres" in movies else [""] * len(movies)
    films = []
    for k, (title, listed) in enumerate(zip(movies["title"], genres, strict=True)):
        year = _YEAR.search(str(title))
        films.append(
            {
                "x": round(float(shown[k, 0]), 4),
                "y": round(float(shown[k, 1]), 4),
                "title": str(title),
                "year": int(year[1]) if year else None,
                "genres": [part for part in str(listed).split("|") if part not in _FORMATS],
                "ratings": None if n_ratings is None else int(n_ratings[k]),
                "near": near[k].tolist(),
                "cosines": [round(float(cosine), 2) for cosine in cosines[k]],
            }
        )
    return ExplorableMap(films)


def _neighbours(vectors: "np.ndarray") -> tuple["np.ndarray", "np.ndarray"]:
    """Return the nearest films of each film by cosine, and the cosines: (m, n) each."""
    units = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    n = min(N_NEIGHBOURS, max(len(units) - 1, 0))
    near = np.empty((len(units), n), dtype=int)
    cosines = np.empty((len(units), n))
    for start in range(0, len(units), 1024):
        rows = np.arange(start, min(start + 1024, len(units)))
        products = units[rows] @ units.T
        products[np.arange(len(rows)), rows] = -np.inf
        near[rows] = np.argsort(-products, axis=1, kind="stable")[:, :n]
        cosines[rows] = np.take_along_axis(products, near[rows], axis=1)
    return near, cosines


def _as_script(value: object) -> str:
    """Return JSON that cannot end the script which holds it."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c").replace("\u2028", " ")

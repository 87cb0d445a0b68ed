"""The merge of three texts of an exercise: the delivered one, the learner's, the new kit's.

The rules, cell by cell:

- A cell that the learner left alone becomes the new kit's cell, or goes where the new kit has none.
- A cell that the learner changed stays where the new kit's cell is the delivered one.
- Where both changed, both stay. In an exercise's function the learner's code stays and the new stub
  stands below it as text. Other cells of the learner's stand below the new cell, with a mark.
- A changed cell that the new kit no longer has stays, with a mark.
- A cell of the learner's own stays below the cell that it stood below.

Merging a result once more changes nothing, so that an interrupted update can begin anew.
"""

import re
from copy import deepcopy
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from autograder.util.i18n import _
from autograder.workspace.documents import functions_in

if TYPE_CHECKING:
    from nbformat import NotebookNode

    Cells = list[NotebookNode]

LIKENESS = 0.5
MAX_COMPARED = 4_000

_CHECKED = re.compile(r'^\s*check\("([\w.]+)"\)\s*$')


@dataclass
class Merged:
    """The result of a merge.

    Attributes:
        cells: The cells of the result.
        changes: What the new kit changed, a sentence each, in the order of the exercise.
        conflicts: The places where both changed, a sentence each.
    """

    cells: "Cells" = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)


def merge(delivered: "Cells", mine: "Cells", new: "Cells", version: str) -> Merged:
    """Merge three texts of one exercise.

    Args:
        delivered: The cells as the kit delivered them.
        mine: The learner's cells.
        new: The cells of the new kit.
        version: The version of the new kit, for the marks.

    Returns:
        The cells and what changed. Cells of the learner's keep their outputs and names.
    """
    return _Merge(delivered, mine, new, version).result()


class _Merge:
    def __init__(self, delivered: "Cells", mine: "Cells", new: "Cells", version: str) -> None:
        self._delivered, self._mine, self._new = delivered, mine, new
        self._version = version
        self._merged = Merged()
        # Every map is from a position to a position.
        self._new_to_mine = _equal(new, mine)
        taken = set(self._new_to_mine.values())
        self._new_to_old = _matches(new, delivered)
        self._old_to_mine = {
            old: own
            for old, own in _matches(delivered, mine).items()
            if own not in taken or _same(delivered[old], mine[own])
        }

    def result(self) -> Merged:
        """Return the merged cells."""
        slots: list[tuple[int | None, Cells]] = []
        used: set[int] = set()
        for position, cell in enumerate(self._new):
            own = self._partner(position)
            if own is not None and own in used:
                own = None
            cells = self._merged_cell(position, cell, own)
            if own is not None:
                used.add(own)
            slots.append((own, cells))
        self._insert_rest(slots, used)
        self._merged.cells = [cell for _own, cells in slots for cell in cells]
        return self._merged

    def _partner(self, position: int) -> int | None:
        """Return the learner's cell that belongs to a cell of the new kit."""
        if position in self._new_to_mine:
            return self._new_to_mine[position]
        old = self._new_to_old.get(position)
        if old is not None:
            return self._old_to_mine.get(old)
        return None

    def _merged_cell(self, position: int, cell: "NotebookNode", own: int | None) -> "Cells":
        old = self._new_to_old.get(position)
        if own is None:
            return self._without_partner(cell, old)
        mine = self._mine[own]
        if _same(mine, cell):
            return [_updated(mine, cell)]
        if old is not None and _same(mine, self._delivered[old]):
            self._merged.changes.append(_("changed: {cell}").format(cell=_name(cell)))
            return [_updated(mine, cell)]
        if old is not None and _same(cell, self._delivered[old]):
            return [mine]
        return self._both(cell, mine)

    def _without_partner(self, cell: "NotebookNode", old: int | None) -> "Cells":
        """Return what stands in the place of a cell that the learner does not have."""
        function = _function(cell)
        if old is not None and _same(cell, self._delivered[old]):
            deleted_on_purpose = function is None or self._defined_by_learner(function)
            return [] if deleted_on_purpose else [deepcopy(cell)]
        if function is not None and self._defined_by_learner(function):
            return self._stub_as_text(cell, function)
        self._merged.changes.append(_("new: {cell}").format(cell=_name(cell)))
        return [deepcopy(cell)]

    def _both(self, cell: "NotebookNode", mine: "NotebookNode") -> "Cells":
        """Return both versions of a cell that the learner and the new kit changed."""
        function = _function(cell)
        if function is not None and function in functions_in(mine):
            return [mine, *self._stub_as_text(cell, function)]
        text = _("changed by you and by the new kit, both stay: {cell}")
        self._merged.conflicts.append(text.format(cell=_name(cell)))
        note = _("Your own version of the cell above, kept by the update to {version}.")
        return [deepcopy(cell), *self._marked(note), mine]

    def _stub_as_text(self, cell: "NotebookNode", function: str) -> "Cells":
        note = _(
            "The update to {version} brought another stub of `{function}`. Your code stays; the "
            "new stub is:"
        )
        block = f"\n\n```python\n{cell.source}\n```"
        found = self._marked(note, block, function=function)
        if found:
            text = _("{function}: your code stays, the new stub stands below it as text")
            self._merged.conflicts.append(text.format(function=function))
        return found

    def _marked(self, note: str, block: str = "", **names: str) -> "Cells":
        """Return a cell of text with a note, or none where the learner has the cell already."""
        import nbformat

        source = f"> {note.format(version=self._version, **names)}{block}"
        if any(cell.source.strip() == source.strip() for cell in self._mine):
            return []
        cell = nbformat.v4.new_markdown_cell(source)
        return [cell]

    def _defined_by_learner(self, function: str) -> bool:
        return any(function in functions_in(cell) for cell in self._mine)

    def _insert_rest(self, slots: "list[tuple[int | None, Cells]]", used: set[int]) -> None:
        """Put the learner's other cells below the cells that they stood below."""
        kept_old = {own: old for old, own in self._old_to_mine.items()}
        still_taught = set(self._new_to_old.values())
        anchor = -1
        before: Cells = []
        after: dict[int, Cells] = {}
        places = {own: place for place, (own, _cells) in enumerate(slots) if own is not None}
        for own, cell in enumerate(self._mine):
            if own in used:
                anchor = places[own]
                continue
            old = kept_old.get(own)
            if old is not None and _same(cell, self._delivered[old]):
                self._merged.changes.append(_("gone: {cell}").format(cell=_name(cell)))
                continue
            cells = [cell]
            if old is not None and old not in still_taught:
                cells = [*self._gone(cell), cell]
            (before if anchor < 0 else after.setdefault(anchor, [])).extend(cells)
        for place, cells in after.items():
            slots[place][1].extend(cells)
        if before:
            slots.insert(0, (None, before))

    def _gone(self, cell: "NotebookNode") -> "Cells":
        text = _("no longer in the course, your text stays: {cell}")
        note = _("The cell below is no longer in the course since {version}. Your text stays.")
        found = self._marked(note)
        if found:
            self._merged.conflicts.append(text.format(cell=_name(cell)))
        return found


def _matches(one: "Cells", other: "Cells") -> dict[int, int]:
    """Return which cells of two texts belong together: by function, text, likeness, or place."""
    pairs = _by_key(one, other)
    pairs |= {k: v for k, v in _equal(one, other).items() if k not in pairs}
    _drop_doubles(pairs)
    free_one = [k for k in range(len(one)) if k not in pairs]
    taken = set(pairs.values())
    free_other = [k for k in range(len(other)) if k not in taken]
    likeness = sorted(
        (
            (_likeness(one[a], other[b]), -abs(a - b), a, b)
            for a in free_one
            for b in free_other
            if _key(one[a]) is None and _key(other[b]) is None
        ),
        reverse=True,
    )
    for ratio, _distance, a, b in likeness:
        if ratio >= LIKENESS and a not in pairs and b not in taken:
            pairs[a] = b
            taken.add(b)
    return pairs | _alone_in_their_gaps(one, other, pairs)


def _alone_in_their_gaps(one: "Cells", other: "Cells", pairs: dict[int, int]) -> dict[int, int]:
    """Return the cells that were written anew: each alone between the same two neighbours."""
    found = {}
    taken = set(pairs.values())
    for a, cell in enumerate(one):
        before = pairs.get(a - 1, -1) if a else -1
        after = pairs.get(a + 1, len(other)) if a + 1 < len(one) else len(other)
        b = before + 1
        has_neighbours = (a == 0 or a - 1 in pairs) and (a + 1 == len(one) or a + 1 in pairs)
        if a in pairs or not has_neighbours or after != b + 1 or b in taken:
            continue
        alike = cell.cell_type == other[b].cell_type and _tags(cell) == _tags(other[b])
        if alike and _key(cell) is None and _key(other[b]) is None:
            found[a] = b
    return found


def _by_key(one: "Cells", other: "Cells") -> dict[int, int]:
    """Return the cells that define or check the same function."""
    places: dict[tuple[str, str], int] = {}
    for place, cell in enumerate(other):
        for key in _keys(cell):
            places.setdefault(key, place)
    found: dict[int, int] = {}
    for place, cell in enumerate(one):
        own = _key(cell)
        if own is not None and own in places:
            found[place] = places[own]
    return found


def _equal(one: "Cells", other: "Cells") -> dict[int, int]:
    """Return the cells with the same text, in the same order."""
    texts, others = ([(c.cell_type, c.source.strip()) for c in cells] for cells in (one, other))
    matcher = SequenceMatcher(None, texts, others, autojunk=False)
    pairs = {
        block.a + k: block.b + k
        for block in matcher.get_matching_blocks()
        for k in range(block.size)
    }
    taken = set(pairs.values())
    for a, text in enumerate(texts):  # cells that moved
        if a not in pairs and text[1]:
            place = next((b for b, t in enumerate(others) if t == text and b not in taken), None)
            if place is not None:
                pairs[a] = place
                taken.add(place)
    return pairs


def _drop_doubles(pairs: dict[int, int]) -> None:
    """Drop every pair whose second cell an earlier pair has."""
    seen: set[int] = set()
    for key in list(pairs):
        if pairs[key] in seen:
            del pairs[key]
        else:
            seen.add(pairs[key])


def _likeness(one: "NotebookNode", other: "NotebookNode") -> float:
    if one.cell_type != other.cell_type:
        return 0.0
    words, others = (cell.source[:MAX_COMPARED].split() for cell in (one, other))
    matcher = SequenceMatcher(None, words, others, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= LIKENESS else 0.0


def _key(cell: "NotebookNode") -> tuple[str, str] | None:
    keys = _keys(cell)
    return keys[0] if keys else None


def _keys(cell: "NotebookNode") -> list[tuple[str, str]]:
    if cell.cell_type != "code":
        return []
    checked = _CHECKED.match(cell.source)
    if checked:
        return [("check", checked[1])]
    return [("function", name) for name in functions_in(cell)]


def _function(cell: "NotebookNode") -> str | None:
    found = functions_in(cell)
    return found[0] if found else None


def _tags(cell: "NotebookNode") -> set[str]:
    return set(cell.metadata.get("tags", ()))


def _same(one: "NotebookNode", other: "NotebookNode") -> bool:
    return bool(one.cell_type == other.cell_type and one.source.strip() == other.source.strip())


def _updated(mine: "NotebookNode", new: "NotebookNode") -> "NotebookNode":
    """Return the new kit's cell with the learner's outputs where the code is the same."""
    cell = deepcopy(new)
    cell["id"] = mine.get("id", cell.get("id"))
    if cell.cell_type == "code" and _same(mine, new):
        cell["outputs"] = mine.get("outputs", [])
        cell["execution_count"] = mine.get("execution_count")
    return cell


def _name(cell: "NotebookNode") -> str:
    """Return a few words by which a learner finds a cell."""
    function = _function(cell)
    if function is not None:
        return f"{function}()"
    line = next((line.strip("# *_>") for line in cell.source.splitlines() if line.strip()), "")
    return line if len(line) <= 60 else f"{line[:59]}…"

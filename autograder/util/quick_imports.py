"""Imports that cost a second and serve nobody here: they are left out while a library loads.

`jsonschema`, which comes with notebooks' format, imports `rfc3987_syntax` if it is installed, as it
is beside Jupyter. That module builds a grammar when it is imported, which takes longer than all
else that a short command does. The grammar checks addresses of the format "iri", which no notebook
has.
"""

import sys
from typing import Any

GRAMMAR, IMPORTER = "rfc3987_syntax", "jsonschema._format"


class _WithoutGrammar:
    """A finder that refuses the grammar as long as `jsonschema` is being imported.

    It has no base class, because `importlib.abc` would itself cost every command its start.
    """

    def find_spec(self, fullname: str, _path: Any = None, _target: Any = None) -> None:
        """Return None, so that another finder finds the module.

        Raises:
            ModuleNotFoundError: `jsonschema` asks, which then does without.
        """
        if fullname == GRAMMAR and _is_being_imported(IMPORTER):
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
        return None


def leave_out_grammar() -> None:
    """Let `jsonschema` do without its slow grammar; any other import of the grammar works."""
    if not any(isinstance(finder, _WithoutGrammar) for finder in sys.meta_path):
        sys.meta_path.insert(0, _WithoutGrammar())


def _is_being_imported(name: str) -> bool:
    spec = getattr(sys.modules.get(name), "__spec__", None)
    return bool(getattr(spec, "_initializing", False))

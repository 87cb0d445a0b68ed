"""Translation of every message: English is the source, catalogues lie in `locale/`."""

import gettext
from pathlib import Path

_translations = gettext.translation(
    "autograder", localedir=Path(__file__).parent / "locale", fallback=True
)

_ = _translations.gettext
ngettext = _translations.ngettext

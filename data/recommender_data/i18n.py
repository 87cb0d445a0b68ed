"""Translation: English is the source; catalogues of other languages lie in `locale/`."""

import gettext
from pathlib import Path

_translations = gettext.translation(
    "recommender_data", localedir=Path(__file__).parent / "locale", fallback=True
)


def _(message: str) -> str:
    """Return a message in the user's language, or unchanged where no catalogue holds it."""
    return _translations.gettext(message)

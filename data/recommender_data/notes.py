"""Print notes on what was read, on terminals of any encoding."""

import sys


def tell(text: str) -> None:
    """Print a note; a character that the terminal's encoding lacks is shown by its code."""
    try:
        print(text, flush=True)
    except UnicodeEncodeError:
        encoding = sys.stdout.encoding or "ascii"
        print(text.encode(encoding, "backslashreplace").decode(encoding), flush=True)

"""Questions that a person answers by yes or no, in the words of their language."""

import typer

from autograder.util.i18n import _
from autograder.util.text import visible


def confirmed(question: str) -> bool:
    """Ask a question until somebody answers it; an empty answer is a no.

    English answers count in every language.

    Args:
        question: The question; it may hold a file's name, so its hidden characters are spelled out.

    Raises:
        typer.Abort: Nobody is there to answer.
    """
    yes = {"y", "yes", *str(_("y yes")).split()}
    no = {"", "n", "no", *str(_("n no")).split()}
    prompt = _("{question} [y/N]").format(question=visible(question))
    while True:
        answer = typer.prompt(str(prompt), default="", show_default=False).strip().casefold()
        if answer in yes | no:
            return answer in yes
        print(_("Answer with y (yes) or n (no)."))

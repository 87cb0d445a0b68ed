"""A notebook that holds several exercises."""

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from autograder.submissions.sections import beginning
from autograder.workspace.documents import KERNEL, document_of


def whole_notebook(texts):
    """Return the text of a notebook of exercises: name -> percent script."""
    cells = []
    for name, text in texts.items():
        cells += [new_code_cell(beginning(name)), *document_of(text).cells]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    return nbformat.writes(new_notebook(cells=cells, metadata={"kernelspec": KERNEL}))

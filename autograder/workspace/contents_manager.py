"""Jupyter's contents manager for a workspace: pairs are settled before a notebook opens.

`autograder lab` names this class in JupyterLab's settings. Elsewhere it is Jupytext's own manager.
"""

import asyncio
from pathlib import Path
from typing import Any

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from jupytext.async_contentsmanager import build_async_jupytext_contents_manager_class

from autograder.util.atomic import NotWritten
from autograder.workspace.documents import UnreadableDocument
from autograder.workspace.pairs import settle
from autograder.workspace.place import DamagedWorkspace, found_from

_SUFFIXES = (".ipynb", ".py")

_Jupytext: Any = build_async_jupytext_contents_manager_class(AsyncLargeFileManager)


class PairedContentsManager(_Jupytext):  # type: ignore[misc]
    """Jupytext's contents manager, which first lets the file that counts replace its pair."""

    async def get(self, path: str, content: bool = True, *args: Any, **kwargs: Any) -> Any:
        """Return a file as Jupytext does, after its pair was settled.

        Args:
            path: The file, from the server's root.
            content: Whether the content is wanted, too.
            args: As in Jupytext's manager.
            kwargs: As in Jupytext's manager.
        """
        if content and Path(path).suffix in _SUFFIXES:
            note = await asyncio.to_thread(_settled, Path(self._get_os_path(path)))
            if note:
                self.log.warning(note)
        return await super().get(path, content, *args, **kwargs)


def _settled(path: Path) -> str:
    """Settle the pair of a file in a workspace; return a sentence where something was done."""
    try:
        workspace = found_from(path.parent)
        if workspace is None or path.parent != workspace.root:
            return ""
        settled = settle(workspace, path.stem)
    except (DamagedWorkspace, UnreadableDocument, NotWritten) as error:
        return str(error)
    return settled.note if settled else ""

"""GroupLens' archives over HTTPS, kept in a local cache."""

import errno
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from autograder.util.i18n import _
from data.errors import DataError

GROUPLENS = "https://files.grouplens.org/datasets/movielens"
TIMEOUT = (5, 30)
"""Seconds to connect, and seconds of silence after which a server counts as gone."""


class Unreachable(Exception):
    """The network, or the server, cannot be reached; the text says why."""


def fetch(archive: str, sha256: str) -> Path:
    """The path of an archive in the cache, downloaded if it is missing or damaged there.

    archive: the file's name. The folder is COURSE_CACHE, else the system's place for caches; the
    server is MOVIELENS_URL, else GroupLens. A file gets its final name only when its checksum is
    right. Raises Unreachable, and DataError for every other failure.
    """
    import pooch

    pooch.get_logger().setLevel("WARNING")
    folder = Path(os.environ.get("COURSE_CACHE") or pooch.os_cache("recommender-course"))
    folder = folder.expanduser()
    url = f"{(os.environ.get('MOVIELENS_URL') or GROUPLENS).rstrip('/')}/{archive}"
    try:
        path = pooch.retrieve(
            url, known_hash=f"sha256:{sha256}", fname=archive, path=folder, downloader=_download
        )
    except Unreachable as error:
        if (folder / archive).exists():
            damaged = _("{reason}, and {path} is damaged")
            raise Unreachable(damaged.format(reason=error, path=folder / archive)) from error
        raise
    except ValueError as error:
        raise DataError(
            _(
                "{url} is not the file that was expected: its SHA-256 is not {sha256}. Nothing was "
                "kept. Try again; if it happens again, something on the way alters downloads, or "
                "the file was replaced: fetch it by hand and name its folder in MOVIELENS_DIR."
            ).format(url=url, sha256=sha256)
        ) from error
    except OSError as error:
        raise _cannot_store(folder, error) from error
    return Path(path)


def _download(url: str, output_file: str, _pooch: object) -> None:
    """Write one file, for pooch, which checks and renames it."""
    import pooch
    import requests

    print(_("Downloading {url}").format(url=url), flush=True)
    answers = []
    transfer = pooch.HTTPDownloader(
        progressbar=sys.stderr.isatty(),
        chunk_size=2**16,
        timeout=TIMEOUT,
        hooks={"response": lambda response, **_options: answers.append(response)},
    )
    try:
        transfer(url, output_file, None)
    except requests.exceptions.SSLError as error:
        raise DataError(
            _(
                "{url}: the connection is not secure ({reason}). Check the clock of this computer "
                "and the proxy of this network, then try again."
            ).format(url=url, reason=error)
        ) from error
    except requests.HTTPError as error:
        raise DataError(
            _(
                "{url}: the server answered {status} {reason}. Try again later, or fetch the file "
                "by hand and name its folder in MOVIELENS_DIR."
            ).format(url=url, status=error.response.status_code, reason=error.response.reason)
        ) from error
    except (requests.ConnectionError, requests.Timeout) as error:
        if not answers:
            host = urlsplit(url).netloc
            raise Unreachable(_("{host} cannot be reached").format(host=host)) from error
        raise _cut(url, error) from error
    except requests.RequestException as error:
        raise _cut(url, error) from error


def _cut(url: str, error: Exception) -> DataError:
    return DataError(
        _("{url}: the download failed ({reason}). Nothing was kept: try again.").format(
            url=url, reason=error
        )
    )


def _cannot_store(folder: Path, error: OSError) -> DataError:
    if error.errno == errno.ENOSPC:
        return DataError(
            _(
                "{folder}: the disk is full. Nothing was kept. Free some space, or name a folder "
                "on another disk in COURSE_CACHE."
            ).format(folder=folder)
        )
    return DataError(
        _(
            "{folder}: the cache cannot be used ({reason}). Name a folder that you may write to "
            "in COURSE_CACHE."
        ).format(folder=folder, reason=error)
    )

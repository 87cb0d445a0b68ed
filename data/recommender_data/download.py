"""Download GroupLens' archives over HTTPS into a local cache."""

import errno
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from recommender_data.errors import DataError
from recommender_data.i18n import _

GROUPLENS = "https://files.grouplens.org/datasets/movielens"
TIMEOUT = (5, 30)
"""Seconds to connect, and seconds of silence after which a server counts as unreachable."""


class Unreachable(Exception):
    """A failure to reach the network or the server.

    Attributes:
        host: The server's name and port.
        damaged: The archive in the cache whose checksum is wrong; None where the cache holds
            no archive.
    """

    def __init__(self, host: str, damaged: Path | None = None) -> None:
        """Name the server, and the damaged archive in the cache if there is one."""
        super().__init__(host, damaged)
        self.host = host
        self.damaged = damaged


def fetch(archive: str, sha256: str) -> Path:
    """Return the path of an archive in the cache; download a missing or damaged archive first.

    The cache is the folder COURSE_CACHE, else the system's folder for caches. The server is
    MOVIELENS_URL, else GroupLens. A download gets its final name only after its checksum has
    proved right.

    Args:
        archive: The file's name.
        sha256: The checksum of the archive, in hexadecimal.

    Raises:
        Unreachable: The network or the server cannot be reached.
        DataError: The download failed in another way, or the cache cannot be used.
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
            raise Unreachable(error.host, folder / archive) from error
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
    """Write one file for pooch, which verifies and renames the file."""
    import pooch
    import requests

    print(_("Downloading {url}").format(url=url), flush=True)
    answers: list[requests.Response] = []
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
            raise Unreachable(urlsplit(url).netloc) from error
        raise _interrupted(url, error) from error
    except requests.RequestException as error:
        raise _interrupted(url, error) from error


def _interrupted(url: str, error: Exception) -> DataError:
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

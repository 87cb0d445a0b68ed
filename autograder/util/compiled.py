"""Compiled catalogues: `.mo` files, made of the `.po` files when a wheel is built or on demand.

The build of a wheel loads this file by its path, so it imports nothing of the kit. Babel is
imported only where a catalogue is compiled.
"""

import contextlib
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale
    from babel.messages.catalog import Catalog

MESSAGES, DATA, VERDICTS = "autograder", "recommender_data", ".verdicts"
NUMBERS, PLURALS, STATE = "numbers", "plurals", "state"
"""The contexts of entries that the kit adds: signs of numbers, singulars of plurals, the state."""

DECIMAL, GROUP, PERCENT, COMPLETE = "decimal", "group", "percent", "complete"


def compiled(locale_folder: Path, language: str, domain: str) -> Path | None:
    """Return a compiled catalogue, made anew where a `.po` file or this module is newer.

    Args:
        locale_folder: The folder of all languages.
        language: One of them.
        domain: The name of the catalogue.

    Returns:
        The file; None where the language has no such catalogue.
    """
    folder = locale_folder / language / "LC_MESSAGES"
    sources = sorted(folder.glob("*.po"))
    target = folder / f"{MESSAGES}.mo"
    if sources and _newest([*sources, Path(__file__)]) > _newest([target]):
        folder = compile_language(locale_folder, language)
    found = folder / f"{domain}.mo"
    return found if found.is_file() else None


def compile_language(locale_folder: Path, language: str) -> Path:
    """Compile all catalogues of a language.

    The catalogue `autograder` holds the messages, the verdicts of all exercises and their hints,
    since a message stands in one of them only. Every other catalogue becomes a file of its own.

    Args:
        locale_folder: The folder of all languages.
        language: One of them.

    Returns:
        The folder of the compiled files: beside the `.po` files, or a temporary folder where
        these files cannot be written.
    """
    folder = locale_folder / language / "LC_MESSAGES"
    catalogues = {path.stem: _read(path, language) for path in sorted(folder.glob("*.po"))}
    contents = _contents(catalogues, language)
    try:
        _write(folder, contents)
    except OSError:
        folder = Path(tempfile.mkdtemp(prefix="autograder-locale-"))
        _write(folder, contents)
    return folder


def _contents(catalogues: "dict[str, Catalog]", language: str) -> dict[str, bytes]:
    from babel import Locale

    general = [name for name in catalogues if name == MESSAGES or name.endswith(VERDICTS)]
    is_complete = all(_is_complete(catalogue) for catalogue in catalogues.values())
    state = [(STATE, COMPLETE, "yes")] if is_complete else []
    contents = {
        name: _packed([catalogue], language, additions=state if name == DATA else ())
        for name, catalogue in catalogues.items()
        if name not in general
    }
    numbers = _numbers(Locale.parse(language))
    hints = (name for name in catalogues if name not in general)
    contents[MESSAGES] = _packed(
        [catalogues[name] for name in general],
        language,
        hints=[catalogues[name] for name in hints],
        additions=[*numbers, *_plurals(catalogues.values()), *state],
    )
    return contents


def _packed(
    catalogues: "list[Catalog]",
    language: str,
    hints: "Iterable[Catalog]" = (),
    additions: Iterable[tuple[str, str, str]] = (),
) -> bytes:
    """Return some catalogues as the content of one `.mo` file."""
    import io

    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo

    # The same catalogues give the same bytes, whatever the date and the version of Babel. That
    # version's own rule for plurals may have another number of forms than the catalogues.
    headers = [("Language", language), ("Content-Type", "text/plain; charset=utf-8")]
    headers += [("Plural-Forms", catalogue.plural_forms) for catalogue in catalogues[:1]]

    class Compiled(Catalog):
        mime_headers = property(lambda self: headers)

    merged = Compiled(fuzzy=False)
    chosen = chain.from_iterable(catalogues)
    of_hints = (e for e in chain.from_iterable(hints) if _is_hint(e.auto_comments))
    for entry in chain(chosen, of_hints):
        if entry.id and not entry.fuzzy and all(_forms(entry.string)):
            merged.add(entry.id, entry.string)
    for context, text, value in additions:
        merged.add(text, value, context=context)
    buffer = io.BytesIO()
    write_mo(buffer, merged)
    return buffer.getvalue()


def _is_hint(comments: list[str]) -> bool:
    return any(comment.startswith("hint of ") for comment in comments)


def _is_complete(catalogue: "Catalog") -> bool:
    return all(not e.fuzzy and all(_forms(e.string)) for e in catalogue if e.id)


def _forms(text: str | Iterable[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ("",))


def _numbers(locale: "Locale") -> Iterator[tuple[str, str, str]]:
    """Yield the signs of numbers in a language."""
    symbols = locale.number_symbols.get("latn", locale.number_symbols)
    yield NUMBERS, DECIMAL, symbols["decimal"]
    yield NUMBERS, GROUP, symbols["group"]
    pattern = locale.percent_formats[None].pattern
    yield NUMBERS, PERCENT, re.sub(r".*[0#](?=[^0#]*%)", "", pattern)


def _plurals(catalogues: "Iterable[Catalog]") -> Iterator[tuple[str, str, str]]:
    """Yield the singular of each plural."""
    for entry in chain.from_iterable(catalogues):
        if isinstance(entry.id, (list, tuple)):
            yield PLURALS, entry.id[1], entry.id[0]


def _read(path: Path, language: str) -> "Catalog":
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        return read_po(file, locale=language)


def _write(folder: Path, contents: dict[str, bytes]) -> None:
    """Write the files; the catalogue of messages, whose age counts, comes last."""
    for name in sorted(contents, key=lambda name: name == MESSAGES):
        descriptor, unfinished = tempfile.mkstemp(dir=folder, prefix=f".{name}-")
        try:
            with open(descriptor, "wb") as file:
                file.write(contents[name])
            os.chmod(unfinished, 0o644)
            os.replace(unfinished, folder / f"{name}.mo")
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(unfinished)
            raise


def _newest(files: Iterable[Path]) -> int:
    """Return the latest time at which some files were changed; 0 where there is no file."""
    times = []
    for path in files:
        with contextlib.suppress(OSError):
            times.append(path.stat().st_mtime_ns)
    return max(times, default=0)

"""The one writer of files: each is made under another name, and takes its own when it is whole."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from glob import escape
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from lightsim.errors import OutputError

__all__ = ["Content", "is_partial", "remove_files", "write_file", "write_files", "writing"]

Content = str | bytes | Callable[[BinaryIO], object]
"""Of a file: a text (in UTF-8), bytes, or what writes them into an open file."""

_PARTIAL = ".lightsim-partial-"
# Of the 255 bytes that file systems allow, some are for the prefix and the process.
_LONGEST = 200


def write_file(path: Path, content: Content) -> None:
    """Write one file, whole and on its disk, or not at all; its folder is made if need be.

    A file that was there stays as it was until the new one takes its name. Raises `OutputError`
    where that cannot be done.
    """
    write_files(path.parent, {path.name: content})


def write_files(
    folder: Path,
    contents: Mapping[str, Content],
    *,
    gone: Iterable[str] = (),
    advice: str | None = None,
) -> None:
    """Write files of a folder by name; all of them are made before the first takes its name.

    The folder is made if need be, and files named in `gone` are removed from it. What goes wrong
    before all are made leaves everything as it was, and no new folder. Raises `OutputError` where
    a file cannot be written; `advice` says what to do then.
    """
    paths = {folder / name: content for name, content in contents.items()}
    folders = {folder, *(path.parent for path in paths)}
    made = {new for own in folders for new in (own, *own.parents) if not new.exists()}
    try:
        for own in folders:
            with writing(own, advice):
                own.mkdir(parents=True, exist_ok=True)
        for path, content in paths.items():
            with writing(path, advice):
                _remove_abandoned(path)
                _make(_partial(path), content)
        for path in paths:
            with writing(path, advice):
                _partial(path).replace(path)
        remove_files(folder, gone, advice=advice)
    finally:
        for path in paths:
            with suppress(OSError):
                _partial(path).unlink(missing_ok=True)
        for new in sorted(made, reverse=True):  # those within before those that hold them
            with suppress(OSError):
                new.rmdir()  # which only an empty folder lets happen


def remove_files(folder: Path, names: Iterable[str], *, advice: str | None = None) -> None:
    """Remove files of a folder, those that are there; `OutputError` where it cannot be done."""
    for name in names:
        with writing(folder / name, advice):
            (folder / name).unlink(missing_ok=True)


@contextmanager
def writing(path: Path, advice: str | None = None) -> Iterator[None]:
    """Raises `OutputError` that names `path` in place of what the system raises."""
    try:
        yield
    except OSError as error:
        rest = "" if advice is None else f"; {advice}"
        why = error.strerror or error
        raise OutputError(f"{path}: cannot be written: {why}{rest}") from None


def is_partial(path: Path) -> bool:
    """Whether a file is one that a killed process was still making."""
    return path.name.startswith(_PARTIAL)


def _partial(path: Path) -> Path:
    """Where this process makes a file: two processes that write one path share no bytes."""
    return path.with_name(f"{_PARTIAL}{os.getpid()}-{_short(path.name)}")


def _short(name: str) -> str:
    """A file's name, or a digest of one so long that no room would be left for more."""
    own = os.fsencode(name)
    return name if len(own) <= _LONGEST else sha256(own).hexdigest()


def _remove_abandoned(path: Path) -> None:
    """Remove what killed processes left of this file.

    Windows has no signal 0, which only asks: there nothing is removed.
    """
    if os.name != "posix":
        return
    for other in path.parent.glob(f"{_PARTIAL}*-{escape(_short(path.name))}"):
        process = other.name.removeprefix(_PARTIAL).partition("-")[0]
        if process.isdecimal() and not _is_alive(int(process)):
            with suppress(OSError):
                other.unlink()


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True  # another user's
    return True


def _make(path: Path, content: Content) -> None:
    path.unlink(missing_ok=True)  # what a killed process left, be it a link to elsewhere
    with path.open("xb") as file:
        if isinstance(content, str):
            file.write(content.encode())
        elif isinstance(content, bytes):
            file.write(content)
        else:
            content(file)
        file.flush()
        # Else a machine that stops may keep the new name and lose what it names.
        os.fsync(file.fileno())

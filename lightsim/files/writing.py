"""The only writer of files: a file is made under a temporary name, then renamed."""

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
"""The content of a file: a text (in UTF-8), bytes, or a function that writes into an open file."""

_PARTIAL = ".lightsim-partial-"
# File systems allow 255 bytes for a name; the prefix and the process number need some of them.
_LONGEST = 200


def write_file(path: Path, content: Content) -> None:
    """Write one file completely, or not at all; its folder is made if it is missing.

    The data are on disk before the file takes its name, and an existing file stays unchanged until
    then. Raises `OutputError` if the file cannot be written.
    """
    write_files(path.parent, {path.name: content})


def write_files(
    folder: Path,
    contents: Mapping[str, Content],
    *,
    gone: Iterable[str] = (),
    advice: str | None = None,
) -> None:
    """Write files into a folder by name; all files are made before the first takes its name.

    The folder is made if it is missing, and the files named in `gone` are removed from it. An error
    before all files are made leaves everything unchanged, with no new folder. Raises `OutputError`
    if a file cannot be written; `advice` says what the user can do then.
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
        for new in sorted(made, reverse=True):  # inner folders before outer folders
            with suppress(OSError):
                new.rmdir()  # succeeds only for an empty folder


def remove_files(folder: Path, names: Iterable[str], *, advice: str | None = None) -> None:
    """Remove the existing files among `names` from a folder; raises `OutputError` on failure."""
    for name in names:
        with writing(folder / name, advice):
            (folder / name).unlink(missing_ok=True)


@contextmanager
def writing(path: Path, advice: str | None = None) -> Iterator[None]:
    """Turn errors of the system inside the context into an `OutputError` that names `path`."""
    try:
        yield
    except OSError as error:
        rest = "" if advice is None else f"; {advice}"
        why = error.strerror or error
        raise OutputError(f"{path}: cannot be written: {why}{rest}") from None


def is_partial(path: Path) -> bool:
    """Whether a file is the incomplete file of a killed process."""
    return path.name.startswith(_PARTIAL)


def _partial(path: Path) -> Path:
    """The temporary path of this process for a file: two processes never write to the same file."""
    return path.with_name(f"{_PARTIAL}{os.getpid()}-{_short(path.name)}")


def _short(name: str) -> str:
    """The name of a file, or a digest of a name that is too long to be extended."""
    own = os.fsencode(name)
    return name if len(own) <= _LONGEST else sha256(own).hexdigest()


def _remove_abandoned(path: Path) -> None:
    """Remove the incomplete files that killed processes left of this file.

    Windows has no signal 0 to ask whether a process runs, so nothing is removed there.
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
        return True  # the process belongs to another user
    return True


def _make(path: Path, content: Content) -> None:
    path.unlink(missing_ok=True)  # a file left by a killed process, even a link to elsewhere
    with path.open("xb") as file:
        if isinstance(content, str):
            file.write(content.encode())
        elif isinstance(content, bytes):
            file.write(content)
        else:
            content(file)
        file.flush()
        # Without fsync, a power failure may keep the new name and lose the content of the file.
        os.fsync(file.fileno())

"""The place of a study's trials: named by its file or by an option, and written into its file.

A study file may name a database, or a file in its own folder. So a user who runs somebody else's
study file writes to no other folder unless the command line names it.
"""

from __future__ import annotations

import os
from pathlib import Path, PurePath

from dse.study.storage_names import check_storage, file_of, is_url, without_password
from lightsim.errors import InputError

__all__ = ["as_written", "check_named", "named_by_file"]


def check_named(storage: str, where: str) -> None:
    """Raise `InputError` unless a study file may name this storage."""
    check_storage(storage, where)
    path = file_of(storage)
    if path is not None and not _is_inside(path):
        raise InputError(
            where,
            f"is '{str(path)[:80]}', outside the study file's folder",
            "accepted: a file in that folder (storage=FILE may name any), or a database",
        )


def named_by_file(storage: str, study_file: Path) -> str:
    """A storage that a study file names. The path of a file is relative to the study file's
    folder."""
    return _moved(storage, study_file.parent)


def as_written(storage: str, folder: Path) -> str | None:
    """A storage as the study file in `folder` names it; None for a file outside `folder`."""
    path = file_of(storage)
    if path is None:
        return without_password(storage)
    inside = PurePath(os.path.relpath(path.absolute(), folder.absolute()))
    if not _is_inside(inside):
        return None
    return storage.replace(str(path), str(inside)) if is_url(storage) else str(inside)


def _moved(storage: str, folder: Path) -> str:
    path = file_of(storage)
    if path is None:
        return storage
    moved = str(folder / path)
    return storage.replace(str(path), moved, 1) if is_url(storage) else moved


def _is_inside(path: PurePath) -> bool:
    return not path.is_absolute() and ".." not in path.parts

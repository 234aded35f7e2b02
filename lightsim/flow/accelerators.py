"""Accelerator files of any template, read and written through the doors of its wing."""

from __future__ import annotations

from pathlib import Path

from lightsim.flow.templates import find_template, opened, template_of_file
from lightsim.hardware.device import Board
from lightsim.template.design import Design

__all__ = ["dump_accelerator", "load_accelerator"]


def load_accelerator(path: str | Path, board: Board | None = None) -> Design:
    """The checked accelerator that a file describes, of the template that the file names.

    Keys that the file leaves out take the values of the board. If the file names a board, `board`
    must be the same board. Raises `InputError` for a file that cannot be accepted.
    """
    template = template_of_file(str(path))
    return opened(template, lambda row: row.read, "accelerator files")(str(path), board)[0]


def dump_accelerator(accelerator: Design) -> str:
    """The text of an accelerator file; loading this text gives an equal accelerator.

    A board outside the catalogue must be passed to the loader again. Raises `InputError` for an
    accelerator whose template writes no files.
    """
    template = find_template(accelerator.template, f"accelerator '{accelerator.name}'")
    return opened(template, lambda row: row.write, "writer of accelerator files")(accelerator)

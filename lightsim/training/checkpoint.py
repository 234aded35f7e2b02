"""Checkpoints: everything that a training needs to go on as if it had never stopped."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from lightsim.errors import InputError
from lightsim.training.history import Epoch, dump_history, load_history

__all__ = ["Checkpoint", "load_checkpoint", "save_checkpoint"]


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """The state after `epoch` epochs of stage number `stage`.

    `model` and `optimiser` are their `state_dict`s; `about` says what is trained on what, and a
    checkpoint of anything else is refused.
    """

    about: str
    stage: int
    epoch: int
    model: dict[str, Any]
    optimiser: dict[str, Any]
    history: Sequence[Epoch]


def save_checkpoint(own: Checkpoint, path: Path) -> None:
    """Write a checkpoint: at every moment the file is the old one or the new one, whole."""
    content = {
        "about": own.about,
        "stage": own.stage,
        "epoch": own.epoch,
        "model": own.model,
        "optimiser": own.optimiser,
        "history": dump_history(own.history),
    }
    partial = path.with_name(f".{path.name}.partial")
    try:
        with partial.open("wb") as opened:
            torch.save(content, opened)
            opened.flush()
            os.fsync(opened.fileno())
        partial.replace(path)
    except OSError as error:
        raise InputError(str(path), f"cannot be written: {error.strerror or error}") from None


def load_checkpoint(path: Path, about: str) -> Checkpoint | None:
    """The checkpoint of a file, None where there is none.

    Raises `InputError` for a file that is damaged, and for the checkpoint of another training.
    """
    if not path.exists():
        return None
    accepted = "delete it to begin this seed again"
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
        history = load_history(content.pop("history"))
        found = Checkpoint(history=history, **content)
    except OSError as error:
        raise InputError(str(path), f"cannot be read ({error.strerror or error})") from None
    except Exception:  # what a damaged file raises is not told apart by its reader
        raise InputError(str(path), "is not a checkpoint, or damaged", accepted) from None
    if found.about != about:
        raise InputError(str(path), "is of other images or another recipe", accepted)
    return found

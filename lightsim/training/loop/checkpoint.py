"""Checkpoints: all the state that a stopped training needs to continue with the same result."""

from __future__ import annotations

import hashlib
import io
import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import torch

from lightsim.errors import InputError
from lightsim.files.regular import open_file, unreadable
from lightsim.files.writing import write_file
from lightsim.training.loop.history import Epoch, dump_history, load_history

__all__ = ["ACCEPTED", "Checkpoint", "damaged", "load_checkpoint", "save_checkpoint"]

ACCEPTED = "delete it to begin this seed again"
"""The advice for a checkpoint that cannot be continued."""

# A checkpoint file has four parts: _MAGIC, the SHA-256 of the last part in hexadecimal digits, a
# line feed, and the bytes that torch writes. torch checks no sum, so a flipped bit would become a
# wrong weight.
_MAGIC = b"lightsim checkpoint 2\n"
_DIGITS = 64
_TORCH = b"PK"  # the first bytes of old checkpoints without a sum
_KEYS = {"about", "stage", "epoch", "model", "optimiser", "history"}


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """The state of a training after `epoch` epochs of stage number `stage`.

    `model` and `optimiser` are `state_dict`s. `about` describes the training (model, recipe, data);
    a checkpoint with another description is refused.
    """

    about: str
    stage: int
    epoch: int
    model: dict[str, Any]
    optimiser: dict[str, Any]
    history: Sequence[Epoch]


def save_checkpoint(own: Checkpoint, path: Path) -> None:
    """Write a checkpoint; at every moment the file is the old or the new one, complete."""
    content = {
        "about": own.about,
        "stage": own.stage,
        "epoch": own.epoch,
        "model": own.model,
        "optimiser": own.optimiser,
        "history": dump_history(own.history),
    }
    packed = io.BytesIO()
    torch.save(content, packed)
    head = _MAGIC + hashlib.sha256(packed.getbuffer()).hexdigest().encode() + b"\n"

    def write(file: BinaryIO) -> None:
        file.write(head)
        file.write(packed.getbuffer())

    write_file(path, write)


def load_checkpoint(path: Path, about: str) -> Checkpoint | None:
    """The checkpoint in a file, None if there is no file.

    Raises `InputError` for a file that cannot be read, that has no sum or a sum that differs from
    its content, and for the checkpoint of another training.
    """
    if not os.path.lexists(path):
        return None
    content = _content(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the warnings of torch do not name the file
            found = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
        if set(found) != _KEYS:
            raise damaged(path, "its keys are others")
        history = load_history(found.pop("history"))
        kept = Checkpoint(history=history, **found)
    except InputError:
        raise
    except Exception:  # torch can raise many errors for wrong content
        raise damaged(path, "its content is of another kind") from None
    if kept.about != about:
        raise InputError(str(path), "is of other images or another recipe", ACCEPTED)
    return kept


def damaged(path: Path, reason: str) -> InputError:
    """The error for a checkpoint that cannot be continued."""
    problem = f"is not a checkpoint of this training, or damaged ({reason})"
    return InputError(str(path), problem, ACCEPTED)


def _content(path: Path) -> bytes:
    """The bytes for torch, after a check of their sum."""
    with open_file(path, ACCEPTED) as opened:
        try:
            head = opened.read(len(_MAGIC))
            if head.startswith(_TORCH):
                raise damaged(path, "it has no checksum, as those of earlier versions")
            if head != _MAGIC:
                raise damaged(path, "it begins otherwise" if head else "it is empty")
            told = opened.read(_DIGITS + 1)
            content = opened.read()
        except OSError as error:
            raise unreadable(path, error, ACCEPTED) from None
    if told != hashlib.sha256(content).hexdigest().encode() + b"\n":
        raise damaged(path, "its checksum is another")
    return content

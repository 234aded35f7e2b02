"""From what a user names to what is run: board, accelerator, scheme, images."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError, unknown_name
from lightsim.estimation import check_budget, default_accelerator, estimate
from lightsim.flow.limits import check_activations
from lightsim.hardware.accelerator import Accelerator
from lightsim.hardware.board_file import find_board
from lightsim.hardware.device import Board
from lightsim.hardware.file import load_design
from lightsim.hardware.pe_kinds import PE_KINDS
from lightsim.hardware.validation import validate_accelerator
from lightsim.network.layer import Network
from lightsim.numerics.scheme import Scheme, scheme
from lightsim.quantisation.synthetic import synthetic_images
from lightsim.quantisation.trained import trained_schemes
from lightsim.quantisation.workload import Workload

__all__ = [
    "DEFAULT_BOARD",
    "DEFAULT_SCHEME",
    "choose_images",
    "default_scheme",
    "resolve_accelerator",
]

DEFAULT_BOARD = "zc706"
DEFAULT_SCHEME = "flightnn"


def default_scheme(network: Network) -> str:
    """The scheme that a network is run under unless another is named: `flightnn`, or where it
    has trained weights, but none for that, the first that it has."""
    trained = trained_schemes(network)
    return DEFAULT_SCHEME if DEFAULT_SCHEME in trained or not trained else trained[0]


def resolve_accelerator(
    board_name: str | None,
    accelerator: str | Accelerator | None,
    scheme_name: str | None,
    default: str = DEFAULT_SCHEME,
) -> tuple[Board | None, Accelerator, Scheme]:
    """The board, the accelerator and the scheme, each from the others where it is not given,
    the scheme from `default` where nothing says it.

    `accelerator` is None for the board's default, the name of a PE kind for the board's default
    of that kind, a path to a TOML file, or an `Accelerator`. Raises `InputError` for unknown
    names and contradictions and `BudgetError` for a design that does not fit its board.
    """
    if isinstance(accelerator, Accelerator) or _is_file(accelerator):
        return _given(board_name, accelerator, scheme_name)
    board = find_board(DEFAULT_BOARD if board_name is None else board_name)
    chosen = scheme(default if scheme_name is None else scheme_name)
    if accelerator not in (None, "default", *PE_KINDS):
        known = ["default", *PE_KINDS]
        raise unknown_name("--accelerator", "accelerator or file", str(accelerator), known)
    pe = None if accelerator in (None, "default") else str(accelerator)
    if pe is not None and chosen.name not in PE_KINDS[pe].runs:
        raise InputError(
            "--accelerator",
            f"PE kind '{pe}' cannot run scheme '{chosen.name}'",
            f"accepted schemes: {', '.join(sorted(PE_KINDS[pe].runs))}",
        )
    return board, default_accelerator(board, chosen, pe=pe), chosen


def _is_file(accelerator: str | None) -> bool:
    if accelerator is None:
        return False
    return accelerator.endswith(".toml") or "/" in accelerator or Path(accelerator).is_file()


def _given(
    board_name: str | None, accelerator: str | Accelerator | None, scheme_name: str | None
) -> tuple[Board | None, Accelerator, Scheme]:
    board = None if board_name is None else find_board(board_name)
    if isinstance(accelerator, Accelerator):
        built = accelerator
        validate_accelerator(built)
    else:
        built, board = load_design(str(accelerator), board)
    if board is None and built.board is not None:
        board = find_board(built.board, "accelerator: board")
    if board is not None and built.board is not None and board.name != built.board:
        raise InputError(
            "--board",
            f"'{board.name}' is not the board of accelerator '{built.name}'",
            f"accepted: {built.board}, or no --board",
        )
    if scheme_name is not None and scheme_name != built.scheme:
        scheme(scheme_name)
        raise InputError(
            "--scheme",
            f"'{scheme_name}', but accelerator '{built.name}' is built for '{built.scheme}'",
            f"accepted: {built.scheme}, or no --scheme",
        )
    if board is not None:
        check_budget(built, board, estimate(built, board.device))
    return board, built, scheme(built.scheme)


def choose_images(workload: Workload, count: int, seed: int) -> NDArray[np.int16]:
    """The first held-out images of a trained network, else `count` seeded random ones.

    Raises `InputError` for more images than there are, or than memory should hold.
    """
    held_out = workload.held_out
    if held_out is None:
        check_activations(workload.network, count)
        return synthetic_images(workload.network, count, seed)
    if count > len(held_out.images):
        raise InputError(
            "--images",
            f"{count}, but '{workload.network.name}' has {len(held_out.images)} held-out images",
            f"accepted: 1 to {len(held_out.images)}",
        )
    return held_out.images[:count]

"""From what a user names to what is run: board, accelerator, scheme, images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError, unknown_name
from lightsim.flow.limits import check_activations
from lightsim.hardware.board_file import find_board
from lightsim.hardware.device import Board
from lightsim.hardware.pe_kinds import PE_KINDS
from lightsim.network.layer import Network
from lightsim.numerics.formats.scheme import Scheme, scheme
from lightsim.quantisation.stored.trained import trained_schemes
from lightsim.quantisation.synthetic.workload import synthetic_images
from lightsim.quantisation.synthetic_filters import without_room
from lightsim.quantisation.workload import Workload
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.description.file import load_design, names_a_file
from lightsim.tiled.description.validation import validate_accelerator
from lightsim.tiled.estimation import check_budget, default_accelerator, estimate

if TYPE_CHECKING:
    from lightsim.tiled.optimum.default import BestDefault

__all__ = [
    "DEFAULT_BOARD",
    "DEFAULT_SCHEME",
    "Machine",
    "choose_images",
    "default_for",
    "default_scheme",
    "resolve_accelerator",
    "resolve_machine",
]

DEFAULT_BOARD = "zc706"
DEFAULT_SCHEME = "flightnn"


def default_scheme(network: Network) -> str:
    """The scheme that a network is run under unless another is named: `flightnn`, or where it
    has trained weights, but none for that, the first that it has."""
    trained = trained_schemes(network)
    return DEFAULT_SCHEME if DEFAULT_SCHEME in trained or not trained else trained[0]


@dataclass(frozen=True, slots=True, eq=False)
class Machine:
    """What a user names of a machine: `accelerator` is None where it is the board's default, of
    the PE kind `pe` where one is named."""

    board: Board | None
    scheme: Scheme
    accelerator: Accelerator | None = None
    pe: str | None = None


def resolve_machine(
    board_name: str | None,
    accelerator: str | Accelerator | None,
    scheme_name: str | None,
    default: str = DEFAULT_SCHEME,
) -> Machine:
    """The board, the accelerator and the scheme, each from the others where it is not given,
    the scheme from `default` where nothing says it.

    `accelerator` is None for the board's default, the name of a PE kind for the board's default
    of that kind, a path to a TOML file, or an `Accelerator`. Raises `InputError` for unknown
    names and contradictions and `BudgetError` for a given design that does not fit its board.
    """
    if isinstance(accelerator, Accelerator) or (
        accelerator is not None and names_a_file(accelerator)
    ):
        board, built, chosen = _given(board_name, accelerator, scheme_name)
        return Machine(board, chosen, built)
    named = find_board(DEFAULT_BOARD if board_name is None else board_name)
    chosen = scheme(default if scheme_name is None else scheme_name)
    if accelerator not in (None, "default", *PE_KINDS):
        known = ["default", *PE_KINDS]
        raise unknown_name("accelerator", "accelerator or file", str(accelerator), known)
    pe = None if accelerator in (None, "default") else str(accelerator)
    if pe is not None and chosen.name not in PE_KINDS[pe].runs:
        raise InputError(
            "accelerator",
            f"PE kind '{pe}' cannot run scheme '{chosen.name}'",
            f"accepted schemes: {', '.join(sorted(PE_KINDS[pe].runs))}",
        )
    return Machine(named, chosen, pe=pe)


def resolve_accelerator(
    board_name: str | None,
    accelerator: str | Accelerator | None,
    scheme_name: str | None,
    default: str = DEFAULT_SCHEME,
) -> tuple[Board | None, Accelerator, Scheme]:
    """`resolve_machine` where no network is known: the board's default is that of
    `default_accelerator`. Raises `BudgetError` too where not even one lane fits."""
    machine = resolve_machine(board_name, accelerator, scheme_name, default)
    built = machine.accelerator
    if built is None:
        assert machine.board is not None
        built = default_accelerator(machine.board, machine.scheme, pe=machine.pe)
    return machine.board, built, machine.scheme


def default_for(machine: Machine, workload: Workload, images: int = 1) -> BestDefault | None:
    """The best default accelerator for a network, where the user names none; `images` together
    are what its bound is for. Raises as `best_default` does."""
    if machine.accelerator is not None or machine.board is None:
        return None
    # Only those who ask for a default load the bound's kernels.
    from lightsim.tiled.optimum.default import best_default

    return best_default(workload, machine.board, pe=machine.pe, images=images)


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
            "board",
            f"'{board.name}' is not the board of accelerator '{built.name}'",
            f"accepted: {built.board}, or board=None",
        )
    if scheme_name is not None and scheme_name != built.scheme:
        scheme(scheme_name)
        raise InputError(
            "scheme",
            f"'{scheme_name}', but accelerator '{built.name}' is built for '{built.scheme}'",
            f"accepted: {built.scheme}, or scheme=None",
        )
    if board is not None:
        check_budget(built, board, estimate(built, board.device))
    return board, built, scheme(built.scheme)


def choose_images(workload: Workload, count: int, seed: int) -> NDArray[np.int16]:
    """The first held-out images of a trained network, else `count` seeded random ones.

    Of a workload in outline nobody looks at the images: zeros that take no room stand for them.
    Raises `InputError` for more images than there are, or than memory should hold.
    """
    held_out = workload.held_out
    if workload.in_outline:
        shape = workload.network.input_shape
        return without_room((count, shape.channels, shape.height, shape.width))
    if held_out is None:
        check_activations(workload.network, count)
        return synthetic_images(workload.network, count, seed)
    if count > len(held_out.images):
        raise InputError(
            "images",
            f"{count}, but '{workload.network.name}' has {len(held_out.images)} held-out images",
            f"accepted: 1 to {len(held_out.images)}",
        )
    return held_out.images[:count]

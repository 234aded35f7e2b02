"""The user's names resolved to the objects of a run: board, accelerator, scheme, images."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import BudgetError, InputError, unknown_name
from lightsim.flow.given.limits import check_activations
from lightsim.flow.templates import check_target, names_a_file, opened, template_of
from lightsim.hardware.board_file import find_board
from lightsim.hardware.budget import shortage
from lightsim.hardware.device import Board
from lightsim.hardware.part import Part, total
from lightsim.hardware.pe_kinds import PE_KINDS
from lightsim.hardware.scheme_file import find_scheme
from lightsim.network.layer import Network
from lightsim.numerics.formats.scheme import Scheme, scheme
from lightsim.quantisation.stored.trained import trained_schemes
from lightsim.quantisation.synthetic.workload import synthetic_images
from lightsim.quantisation.synthetic_filters import without_room
from lightsim.quantisation.workload import Workload
from lightsim.template.design import BestDesign, Design
from lightsim.template.doors import Template

__all__ = [
    "DEFAULT_BOARD",
    "DEFAULT_SCHEME",
    "Machine",
    "choose_images",
    "default_for",
    "default_scheme",
    "parts_of",
    "resolve_accelerator",
    "resolve_machine",
]

DEFAULT_BOARD = "zc706"
DEFAULT_SCHEME = "flightnn"


def default_scheme(network: Network) -> str:
    """The scheme of a network if the user names none.

    The scheme is `flightnn`, or, if the network has trained weights but none for `flightnn`, the
    first scheme with trained weights.
    """
    trained = trained_schemes(network)
    return DEFAULT_SCHEME if DEFAULT_SCHEME in trained or not trained else trained[0]


@dataclass(frozen=True, slots=True, eq=False)
class Machine:
    """A machine as the user names it.

    `accelerator` is None for the board's default accelerator; `pe` then names its PE kind, or is
    None.
    """

    template: Template
    board: Board | None
    scheme: Scheme
    accelerator: Design | None = None
    pe: str | None = None


def resolve_machine(
    template: Template,
    board_name: str | None,
    accelerator: str | Design | None,
    scheme_name: str | None,
    default: str = DEFAULT_SCHEME,
) -> Machine:
    """The board, the accelerator and the scheme; each follows from the others if it is not given.

    `default` is the scheme if nothing else determines it. `accelerator` is None for the board's
    default accelerator, the name of a PE kind for the default accelerator of this kind, a path to a
    TOML file, or an accelerator of `template`. Raises `InputError` for unknown names and
    contradictions, and `BudgetError` for a given design that does not fit its board.
    """
    if accelerator is not None and (not isinstance(accelerator, str) or names_a_file(accelerator)):
        board, built, chosen = _given(template, board_name, accelerator, scheme_name)
        return Machine(template, board, chosen, built)
    named = find_board(DEFAULT_BOARD if board_name is None else board_name)
    chosen = find_scheme(default if scheme_name is None else scheme_name)
    if accelerator not in (None, "default", *PE_KINDS):
        known = ["default", *PE_KINDS]
        raise unknown_name("accelerator", "accelerator or file", str(accelerator), known)
    pe = None if accelerator in (None, "default") else str(accelerator)
    if pe is not None and not PE_KINDS[pe].takes(chosen):
        raise InputError(
            "accelerator",
            f"PE kind '{pe}' cannot run scheme '{chosen.name}'",
            f"accepted schemes: {', '.join(sorted(PE_KINDS[pe].runs))}",
        )
    return Machine(template, named, chosen, pe=pe)


def resolve_accelerator(
    board_name: str | None,
    accelerator: str | Design | None,
    scheme_name: str | None,
) -> tuple[Board | None, Design, Scheme]:
    """`resolve_machine` without a network: a default accelerator is the board's default for any
    network.

    Also raises `BudgetError` if the board has no room for a default accelerator.
    """
    template = template_of(None, accelerator)
    machine = resolve_machine(template, board_name, accelerator, scheme_name)
    built = machine.accelerator
    return machine.board, _default(machine) if built is None else built, machine.scheme


def default_for(
    machine: Machine, workload: Workload, images: int = 1, target_fps: float | None = None
) -> tuple[Design, BestDesign | None]:
    """The accelerator of a run, and the proof about it if it is a default accelerator.

    The bound is for `images` images together. `target_fps` is the rate in images per second that an
    accelerator made for the network must reach. Raises the errors of the template's doors. Raises
    `InputError` for a rate if the accelerator is given, or if the template makes no accelerators
    for a rate.
    """
    if target_fps is not None:
        check_target(machine.template, machine.accelerator, target_fps)
    if machine.accelerator is not None:
        return machine.accelerator, None
    if machine.template.fold is not None:
        assert machine.board is not None
        fold = machine.template.fold.open()
        return fold(workload, machine.board, pe=machine.pe, target_fps=target_fps), None
    if machine.template.best is None:
        return _default(machine), None
    assert machine.board is not None
    best = machine.template.best.open()(workload, machine.board, pe=machine.pe, images=images)
    return best.accelerator, best


def _default(machine: Machine) -> Design:
    """The default accelerator of a board for any network."""
    assert machine.board is not None
    default = opened(machine.template, lambda row: row.default, "default accelerator")
    return default(machine.board, machine.scheme, pe=machine.pe)


def parts_of(template: Template, design: Design, board: Board | None) -> tuple[Part, ...]:
    """The parts of a design on a board's device."""
    resources = opened(template, lambda row: row.resources, "estimate of resources")
    return resources(design, board.device if board else None)


def _given(
    template: Template,
    board_name: str | None,
    accelerator: str | Design,
    scheme_name: str | None,
) -> tuple[Board | None, Design, Scheme]:
    board = None if board_name is None else find_board(board_name)
    if isinstance(accelerator, str):
        built, board = opened(template, lambda row: row.read, "accelerator files")(
            accelerator, board
        )
    else:
        built = accelerator
        opened(template, lambda row: row.check, "rules to check a design by")(built)
    if board is None and built.board is not None:
        board = find_board(built.board, "accelerator: board")
    if board is not None and built.board is not None and board.name != built.board:
        raise InputError(
            "board",
            f"'{board.name}' is not the board of accelerator '{built.name}'",
            f"accepted: {built.board}, or board=None",
        )
    if scheme_name is not None and find_scheme(scheme_name).name != built.scheme:
        raise InputError(
            "scheme",
            f"'{scheme_name}', but accelerator '{built.name}' is built for '{built.scheme}'",
            f"accepted: {built.scheme}, or scheme=None",
        )
    if board is not None:
        _check_fit(template, built, board)
    return board, built, scheme(built.scheme)


def _check_fit(template: Template, design: Design, board: Board) -> None:
    """Raises `BudgetError` for a design that does not fit its board, with the wing's advice."""
    parts = parts_of(template, design, board)
    if template.fit is not None:
        template.fit.open()(design, board, parts)
        return
    short = shortage(design.name, total(parts), board)
    if short is not None:
        raise BudgetError(short)


def choose_images(workload: Workload, count: int, seed: int) -> NDArray[np.int16]:
    """Images int16[count, channels, height, width] for a run.

    A trained network gets its first held-out images, another network gets `count` random images
    from `seed`. For a workload in outline the images are never read, so they are zeros that take no
    memory. Raises `InputError` for more images than there are, or than fit memory.
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
            f"accepted: 1 to {len(held_out.images)}{_more(workload, len(held_out.images))}",
        )
    return held_out.images[:count]


def _more(workload: Workload, count: int) -> str:
    """How more test images than a network comes with are had, where they can be."""
    files = workload.network.trained
    if files is None or files.dataset is None or count >= (files.test_images or 0):
        return ""
    return f", or all {files.test_images:,} of {files.data} by test_set"

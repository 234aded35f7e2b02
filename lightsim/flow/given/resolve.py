"""From what a user names to what is run: board, accelerator, scheme, images."""

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
    """The scheme that a network is run under unless another is named: `flightnn`, or where it
    has trained weights, but none for that, the first that it has."""
    trained = trained_schemes(network)
    return DEFAULT_SCHEME if DEFAULT_SCHEME in trained or not trained else trained[0]


@dataclass(frozen=True, slots=True, eq=False)
class Machine:
    """What a user names of a machine: `accelerator` is None where it is the board's default, of
    the PE kind `pe` where one is named."""

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
    """The board, the accelerator and the scheme, each from the others where it is not given,
    the scheme from `default` where nothing says it.

    `accelerator` is None for the board's default, the name of a PE kind for the board's default
    of that kind, a path to a TOML file, or an accelerator of `template`. Raises `InputError` for
    unknown names and contradictions and `BudgetError` for a given design that does not fit its
    board.
    """
    if accelerator is not None and (not isinstance(accelerator, str) or names_a_file(accelerator)):
        board, built, chosen = _given(template, board_name, accelerator, scheme_name)
        return Machine(template, board, chosen, built)
    named = find_board(DEFAULT_BOARD if board_name is None else board_name)
    chosen = scheme(default if scheme_name is None else scheme_name)
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
    """`resolve_machine` where no network is known: the board's default is that for any network.
    Raises `BudgetError` too where the board has no room for one."""
    template = template_of(None, accelerator)
    machine = resolve_machine(template, board_name, accelerator, scheme_name)
    built = machine.accelerator
    return machine.board, _default(machine) if built is None else built, machine.scheme


def default_for(
    machine: Machine, workload: Workload, images: int = 1, target_fps: float | None = None
) -> tuple[Design, BestDesign | None]:
    """The accelerator of a run, and what is proven of it where the user names none.

    `images` together are what the bound is for; `target_fps` is the rate that an accelerator which
    is made for the network is to reach. Raises as the template's doors do, and `InputError` for a
    rate where the accelerator is given, or of a template that makes none for a rate.
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
    """The default accelerator of a board, which is there for any network."""
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
    if scheme_name is not None and scheme_name != built.scheme:
        scheme(scheme_name)
        raise InputError(
            "scheme",
            f"'{scheme_name}', but accelerator '{built.name}' is built for '{built.scheme}'",
            f"accepted: {built.scheme}, or scheme=None",
        )
    if board is not None:
        _check_fit(template, built, board)
    return board, built, scheme(built.scheme)


def _check_fit(template: Template, design: Design, board: Board) -> None:
    """Refuse a design that its board has no room for, with advice where the wing has some."""
    parts = parts_of(template, design, board)
    if template.fit is not None:
        template.fit.open()(design, board, parts)
        return
    short = shortage(design.name, total(parts), board)
    if short is not None:
        raise BudgetError(short)


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

"""The default accelerator of a network: it fits, it holds the network, none beats its bound."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lightsim.errors import BudgetError, InputError
from lightsim.hardware.catalogue import BOARDS
from lightsim.hardware.device import Resources
from lightsim.network.parsing import parse_network
from lightsim.network.zoo import load_network
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.quantisation.select import quantise
from lightsim.tiled.bounds import NetworkBound
from lightsim.tiled.description.accelerator import Buffer
from lightsim.tiled.description.validation import validate_accelerator
from lightsim.tiled.estimation.sizing import least_design, within
from lightsim.tiled.mapping.lowering.passes import lower
from lightsim.tiled.mapping.program import map_workload
from lightsim.tiled.mapping.tiles.choose import choose_tiling
from lightsim.tiled.optimum.default import best_default
from lightsim.tiled.optimum.default_space import default_space
from lightsim.tiled.optimum.needs import needs, with_room
from lightsim.tiled.optimum.tilings_bound import TilingsBound
from lightsim.tiled.timeline.model import run

FLIGHTNN = SCHEMES["flightnn"]


def network_of(shape: tuple[int, int, int], **layer):
    """One layer on an input of these channels, rows and columns."""
    sizes = zip(("channels", "height", "width"), shape, strict=True)
    lines = ['name = "odd"', 'title = "odd"', 'source = "a test"', "[input]"]
    lines += [f"{key} = {value}" for key, value in sizes]
    lines += ["[[layer]]", 'name = "only"']
    lines += [f"{key} = {value!r}" for key, value in layer.items()]
    return parse_network("\n".join(lines), "odd")


# Kernels, channels and poolings beyond what a board's usual array was sized for.
ODD = {
    "31x31": network_of((8, 40, 24), operator="conv2d", filters=12, kernel=31, padding=15),
    "63x63": network_of((3, 64, 64), operator="conv2d", filters=8, kernel=63, padding=31),
    "7x7x512": network_of((512, 7, 7), operator="conv2d", filters=64, kernel=7, padding=3),
    "dense": network_of((1024, 2, 2), operator="dense", filters=40),
    "groups": network_of((96, 9, 9), operator="conv2d", filters=256, kernel=5, padding=2, groups=2),
    "wide": network_of((8, 4, 512), operator="conv2d", filters=8, kernel=3, padding=1),
}


@pytest.mark.parametrize("board", BOARDS)
def test_contract(board: str):
    where, network = BOARDS[board], load_network("digits-small")
    schemes = list(SCHEMES)
    turn = list(BOARDS).index(board)
    for name in {"flightnn", schemes[turn % len(schemes)]}:
        scheme = SCHEMES[name]
        workload = quantise(network, scheme, 0)
        best = best_default(workload, where)
        acc = best.accelerator
        validate_accelerator(acc)
        assert within(acc, where.device, 0.8)
        assert (acc.board, acc.memory, acc.clock_hz) == (board, where.memory, where.clock_hz)
        assert acc.array.groups[0].pe == scheme.usual_pe
        shape = f"{acc.array.rows}x{acc.array.columns}x{acc.array.pixels}"
        assert acc.name.endswith(f"-{shape}")
        cycles = run([map_workload(workload, acc)]).cycles
        assert 0 < best.bound_cycles <= cycles
        assert best == best_default(workload, where)


@pytest.mark.parametrize("board", ["zc706", "pynq-z2", "ultra96", "ulx3s"])
@pytest.mark.parametrize("name", ODD)
def test_what_the_board_can_hold_runs(name: str, board: str):
    workload = quantise(ODD[name], FLIGHTNN, 0)
    best = best_default(workload, BOARDS[board])
    assert within(best.accelerator, BOARDS[board].device, 0.8)
    assert best.bound_cycles <= run([map_workload(workload, best.accelerator)]).cycles


def test_no_array_that_fits_is_below_the_bound():
    """Every array of the space, each with several memories, on the timeline."""
    board, workload = BOARDS["ulx3s"], quantise(load_network("digits-small"), FLIGHTNN, 0)
    best = best_default(workload, board)
    space = default_space(board, FLIGHTNN, "shift_add_serial", 0.8, False)
    own = run([map_workload(workload, best.accelerator)]).cycles
    bound = NetworkBound(workload, best.accelerator)
    found: list[int] = []
    for place in range(0, len(space.shapes), 4):
        least = space.least(place)
        if least is None:
            continue
        plan = lower(workload, least)
        need = needs(plan, least)
        acc = None if need is None else space.holding(least, need)
        if acc is None:
            continue
        design = space.grown(acc)
        closer = TilingsBound.of(bound, plan, acc, 1)
        assert best.bound_cycles <= closer.limit(space.roomiest(acc)) <= closer.limit(design)
        for one in (acc, design):
            found.append(run([map_workload(workload, one)]).cycles)
            assert found[-1] >= max(best.bound_cycles, closer.limit(one))
    assert len(found) > 20
    # The bound leaves something open, and only so many arrays are looked at closely.
    assert own <= 1.1 * min(found)


def test_what_is_needed_is_what_the_smallest_tile_takes():
    """With a word less of the memory that is named no tile is legal; with all of it one is."""
    board = BOARDS["zc706"]
    for name in ("31x31", "dense", "groups"):
        workload = quantise(ODD[name], FLIGHTNN, 0)
        space = default_space(board, FLIGHTNN, "shift_add_serial", 0.8, False)
        least = least_design(board, FLIGHTNN, space.array(space.shapes.index((8, 32, 4))))
        (layer,) = lower(workload, least).layers
        need = needs(lower(workload, least), least)
        small = replace(
            least, input=Buffer(32, 2), weight=Buffer(32, 2), residual=Buffer(32, 2),
            output=Buffer(32, 2),
        )  # fmt: skip
        exact = with_room(small, need)
        choose_tiling(layer, exact, 1)
        for name in ("input", "weight", "output"):
            held = getattr(exact, name)
            if held.bytes_per_bank > 32:
                less = replace(exact, **{name: Buffer(held.bytes_per_bank - 32, 2)})
                with pytest.raises(InputError, match="even the smallest tile does not fit"):
                    choose_tiling(layer, less, 1)


def test_a_board_without_enough_memory_says_what_is_short_and_by_how_much():
    board = BOARDS["ulx3s"]
    poor = replace(board.device, resources=replace(board.device.resources, bram36=40))
    workload = quantise(ODD["63x63"], FLIGHTNN, 0)
    with pytest.raises(BudgetError) as caught:
        best_default(workload, replace(board, device=poor))
    message = str(caught.value)
    assert "no default accelerator holds 'odd': layer 'only' needs" in message
    assert "BRAM36 with that, 80% of LFE5U-85F are 32: " in message
    assert int(message.rsplit(" ", 3)[-3]) > 0


def test_a_device_without_the_usual_blocks_gets_another_kind():
    board = BOARDS["pynq-z2"]
    bare = replace(board.device, resources=replace(board.device.resources, dsp=42))
    none = replace(bare, resources=Resources(**{
        name: getattr(bare.resources, name) for name in ("lut", "ff", "dsp", "bram36")
    }))  # fmt: skip
    workload = quantise(load_network("digits-small"), SCHEMES["fixed8"], 0)
    best = best_default(workload, replace(board, device=none))
    assert best.accelerator.array.groups[0].pe in ("multiply_lut", "multiply_dsp")
    assert within(best.accelerator, none, 0.8)


def test_the_bound_of_a_batch_is_for_all_its_images():
    workload = quantise(load_network("digits-small"), FLIGHTNN, 0)
    one, eight = (best_default(workload, BOARDS["zc706"], images=n) for n in (1, 8))
    assert one.accelerator == eight.accelerator
    cycles = run([map_workload(workload, one.accelerator, images=8)]).cycles
    assert one.bound_cycles < eight.bound_cycles <= cycles


def test_a_kind_may_be_named():
    workload = quantise(load_network("digits-small"), FLIGHTNN, 0)
    for kind in ("shift_add_spatial", "multiply_dsp"):
        acc = best_default(workload, BOARDS["zc706"], pe=kind).accelerator
        assert {group.pe for group in acc.array.groups} == {kind}
    with pytest.raises(InputError, match="did you mean 'multiply_dsp'"):
        best_default(workload, BOARDS["zc706"], pe="multiply_dps")


def test_half_the_device_gives_a_bound_that_is_not_lower():
    workload = quantise(load_network("digits-small"), FLIGHTNN, 0)
    half, whole = (
        best_default(workload, BOARDS["zc706"], utilisation=share) for share in (0.4, 0.8)
    )
    assert half.bound_cycles >= whole.bound_cycles
    assert np.prod([half.accelerator.array.lanes]) < 2048

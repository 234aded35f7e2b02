"""What no run can be below: the limits of ports and memory, and the ideal memory."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from lightsim.flow.given.resolve import resolve_accelerator
from lightsim.hardware.catalogue import BOARDS, DRAM_PARTS
from lightsim.hardware.device import IdealMemory, MemoryInterface
from lightsim.network import load_network
from lightsim.numerics.formats.scheme import scheme
from lightsim.quantisation.select import quantise
from lightsim.source import Source
from lightsim.tiled.description.accelerator import PortAssignment
from lightsim.tiled.mapping.program import map_workload
from lightsim.tiled.run.at_best import least_by_memory, least_by_ports
from lightsim.tiled.timeline.model import run
from tests.tiled.simulation.machines import SEPARATE
from tests.tiled.timeline.equal import differences
from tests.tiled.timeline.test_without import drawn, on


def below_its_limits(programs):
    """The passes of a run that take fewer cycles than their limits say, with the limits."""
    layers = run(programs).layers
    accelerator, wrong = programs[0].accelerator, []
    for number, row in enumerate(layers):
        ahead = int(number < len(layers) - 1)
        for limit in (least_by_ports, least_by_memory):
            least = limit(accelerator, row.traffic, ahead)
            if row.end - row.start < least:
                wrong.append((row.name, limit.__name__, row.end - row.start, least))
    return wrong


@pytest.mark.parametrize("seed", range(60))
def test_no_pass_comes_below_its_limits(seed):
    assert below_its_limits(drawn(seed)) == []


@pytest.mark.parametrize("board", BOARDS)
def test_no_pass_comes_below_its_limits_on_a_board(board):
    _, accelerator, _ = resolve_accelerator(board, None, "fixed8")
    workload = quantise(load_network("lenet"), scheme("fixed8"), 0)
    assert below_its_limits([map_workload(workload, accelerator)] * 2) == []


def with_dram(program, dice):
    """The program on a machine with some DRAM and a port for every stream."""
    part = DRAM_PARTS[dice.choice(sorted(DRAM_PARTS))]
    interleave = max(part.burst_bytes, dice.choice([256, 1024]))
    source = Source("assumed", "a memory for tests")
    memory = MemoryInterface(part, dice.choice([1, 1, 2, 4, 32]), interleave, source)
    ports = tuple(PortAssignment(streams) for streams in SEPARATE)
    return on(program, memory=memory, ports=ports, outstanding=dice.choice([1, 2, 4, 16, 64]))


@pytest.mark.parametrize("seed", range(60))
def test_no_layer_ends_later_with_an_ideal_memory(seed):
    program, *more = drawn(seed)
    program = with_dram(program, Random(seed))
    ideal = replace(program, accelerator=program.accelerator.with_ideal_memory())
    count = 1 + len(more)
    with_board, without = run([program] * count).ends, run([ideal] * count).ends
    assert all(one <= other for one, other in zip(without, with_board, strict=True))
    # The first layer has had nothing fetched ahead: its cycles are its end.
    assert without[0] <= with_board[0]


@pytest.mark.parametrize("board", [name for name in BOARDS if name != "ulx3s"])
@pytest.mark.parametrize("named", ["fixed8", "flightnn"])
def test_no_layer_ends_later_with_an_ideal_memory_on_a_board(board, named):
    """On every board whose streams have a port each."""
    _, accelerator, _ = resolve_accelerator(board, None, named)
    program = map_workload(quantise(load_network("lenet"), scheme(named), 0), accelerator)
    ideal = replace(program, accelerator=accelerator.with_ideal_memory())
    pairs = zip(run([ideal] * 2).ends, run([program] * 2).ends, strict=True)
    assert all(one <= other for one, other in pairs)


@pytest.mark.parametrize("seed", range(8))
def test_an_ideal_memory_of_several_channels_is_that_of_the_simulation(seed):
    from tests.tiled.simulation.test_properties import random_case

    dice = Random(seed)
    case = random_case(seed, "fixed8")
    memory = IdealMemory(
        dice.randint(0, 9), dice.choice([4, 64]), dice.randint(2, 4), dice.choice([64, 256])
    )
    program = on(case.program, memory=memory)
    assert differences([program] * len(case.batches), case.batches) == []

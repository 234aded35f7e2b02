"""A pass without one of its causes: forks against runs of the machine that has it no more."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from lightsim.errors import InputError
from lightsim.hardware.catalogue import DRAM_PARTS
from lightsim.hardware.device import IdealMemory, MemoryInterface
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.source import Source
from lightsim.tiled.description.accelerator import Buffer, PortAssignment
from lightsim.tiled.mapping.program import map_workload
from lightsim.tiled.run.bound_by import bounds_of_layers
from lightsim.tiled.timeline.model import run
from lightsim.tiled.timeline.without import CAUSES, forks
from tests.tiled.simulation.layers import convolve, whole
from tests.tiled.simulation.machines import SEPARATE, machine
from tests.tiled.simulation.test_properties import random_case

_BUFFERS = ("input", "weight", "residual", "output")


def drawn(seed):
    """The programs of a random run, every other one with DRAM of one to four channels."""
    dice = Random(seed)
    while True:
        try:
            case = random_case(dice.randint(0, 1 << 30), dice.choice(sorted(SCHEMES)))
            break
        except InputError:  # a truncating machine that a network's shifts do not suit
            continue
    program = case.program
    if seed % 2:
        part = DRAM_PARTS[dice.choice(sorted(DRAM_PARTS))]
        channels = dice.choice([1, 1, 2, 4])
        memory = MemoryInterface(part, channels, 1024, Source("assumed", "a memory for tests"))
        program = replace(program, accelerator=replace(case.accelerator, memory=memory))
    return [program] * len(case.batches)


def on(program, **changes):
    """The program on its machine with something changed."""
    return replace(program, accelerator=replace(program.accelerator, **changes))


@pytest.mark.parametrize("seed", range(24))
def test_a_run_that_is_forked_at_every_pass_is_the_run(seed):
    programs = drawn(seed)
    expected = [(row.end - row.start, row.busy) for row in run(programs).layers]
    assert [(fork.cycles, fork.busy) for fork in forks(programs)] == expected


def with_a_bank_more(buffer):
    """A buffer as no description may have it: the models of time do not mind a third bank."""
    more = replace(buffer, banks=1)
    object.__setattr__(more, "banks", buffer.banks + 1)
    return more


@pytest.mark.parametrize("seed", range(24))
def test_the_first_pass_is_that_of_a_machine_without_the_cause(seed):
    """Before the first pass nothing has happened: a fork is another machine from the start."""
    program, *_ = drawn(seed)
    fork = next(forks([program]))
    ideal = program.accelerator.with_ideal_memory()
    buffers = {name: getattr(program.accelerator, name) for name in _BUFFERS}
    more = {name: with_a_bank_more(one) for name, one in buffers.items()}
    for cause, built in (("dram", on(program, memory=ideal.memory)), ("bank", on(program, **more))):
        first = run([built]).layers[0]
        assert fork.without(cause) == first.end - first.start, cause


@pytest.mark.parametrize("seed", range(24))
def test_the_cause_that_is_named_is_the_one_that_gains_most(seed):
    """The short cut by limits names what all five forks name, ties in the order of `CAUSES`."""
    programs = drawn(seed)[:1]
    bounds = bounds_of_layers(programs)
    for schedule, fork in zip(programs[0].schedules, forks(programs), strict=True):
        gains = {cause: fork.cycles - fork.without(cause) for cause in CAUSES}
        bound = bounds[schedule.layer.name]
        assert bound.gain == max(gains.values())
        assert bound.cause == max(gains, key=lambda cause: gains[cause])


@pytest.mark.parametrize("seed", range(24))
def test_twice_the_lanes_halve_the_steps_and_nothing_else(seed):
    """Of a single tile of whole pixel groups nothing changes but the steps, halved, rounded up."""
    dice = Random(seed)
    lanes = dice.choice([1, 2, 4, 16])
    image = (dice.choice([8, 16]), dice.randint(1, 7), dice.randint(1, 7))
    workload = convolve(8, dice.choice([1, 3]), image, padding=1)
    built = machine(lanes=lanes, memory=IdealMemory(0, 1024))
    program = map_workload(workload, built, tilings={"conv": whole(workload.layers[0].layer, 1)})
    fork = next(forks([program]))
    shape = program.schedules[0].layer.computed
    groups = shape.height * shape.width
    steps = fork.busy // groups
    assert fork.cycles - fork.without("compute") == groups // 2 * steps


# One layer each, on a machine with 8-byte words whose memory takes 32 bytes a cycle.
NAMED = {
    # 18,432 steps for 64 words of input.
    "compute": (convolve(32, 3, (8, 16, 16), padding=1, k=2), {"lanes": 16}, "compute"),
    # 256 x 256 weights of 4 bits, read once for one position: 4,096 words, and 2,048 steps.
    "a port of the weights": (convolve(256, 1, (256, 1, 1)), {"lanes": 16}, "port"),
    # The same over a memory of two bytes a cycle, a quarter of what the port takes.
    "a slow memory": (
        convolve(256, 1, (256, 1, 1)), {"lanes": 16, "memory": IdealMemory(10, 2)}, "dram",
    ),
    # A lane takes 4 rows in 4 cycles, where 1 x 1 kernels over 8 channels take one step.
    "few lanes": (convolve(32, 1, (8, 16, 16)), {"lanes": 1}, "post"),
}  # fmt: skip


@pytest.mark.parametrize("name", NAMED)
def test_what_a_layer_is_bound_by(name):
    workload, changes, cause = NAMED[name]
    program = map_workload(workload, machine(**changes))
    assert bounds_of_layers([program])["conv"].cause == cause


@pytest.mark.parametrize("banks", [1, 2])
def test_a_missing_second_bank(banks):
    """Loads, 64 to 128 channels of steps and stores take turns in single banks."""
    built = machine(
        pe=(("shift_add_serial", 16),), columns=32, pixels=4, lanes=64, port_bits=256,
        memory=IdealMemory(10, 128),
        **dict.fromkeys(_BUFFERS, Buffer(1 << 13, banks)),
        psum_bytes=1 << 18,
    )  # fmt: skip
    program = map_workload(convolve(128, 1, (128, 16, 16)), built)
    found = bounds_of_layers([program])["conv"]
    # With double banks the array and the input's port take as long, and little is to be gained.
    assert (found.cause == "bank") == (banks == 1)
    assert (found.gain > run([program]).cycles / 4) == (banks == 1)
    if banks == 1:
        double = {name: Buffer(1 << 13, 2) for name in _BUFFERS}
        assert run([program]).cycles - run([on(program, **double)]).cycles == found.gain


def test_streams_that_share_a_port_are_bound_by_it():
    """Input and output of a large image over one port, then over four: the array is the limit."""
    workload = convolve(8, 1, (64, 32, 32))
    tilings = {"conv": replace(whole(workload.layers[0].layer, 1), r=4)}
    wide = {"rows": 8, "columns": 64, "lanes": 16, "memory": IdealMemory(10, 64)}
    program = map_workload(workload, machine(**wide, port_bits=64), tilings=tilings)
    assert bounds_of_layers([program])["conv"].cause == "port"
    fork = next(forks([program]))
    separate = tuple(PortAssignment(streams) for streams in SEPARATE)
    assert fork.without("port") <= run([on(program, ports=separate)]).cycles


def test_a_port_that_takes_any_width_leaves_the_time_of_the_memory():
    """128 KiB of weights in requests of 1 KiB over a memory of 16 bytes a cycle: 64 a request."""
    built = machine(lanes=16, memory=IdealMemory(5, 16), weight=Buffer(1 << 18, 2))
    workload = convolve(512, 1, (512, 1, 1))
    tilings = {"conv": whole(workload.layers[0].layer, 1)}
    program = map_workload(workload, built, tilings=tilings)
    fork = next(forks([program]))
    nbytes = fork.to_move["weight"]
    busy = run([program]).layers[0].busy
    waits = fork.without("port") - busy
    # The weights come once and alone, but for the words of input; then the array has all.
    assert nbytes / 16 <= waits <= nbytes / 16 + 5 + 512 / 16 + 200
    assert run([program]).cycles - fork.without("port") > nbytes / 8 - nbytes / 16 - 200

"""Accelerators for tests: one small plain machine to change, and random ones of every kind."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from lightsim.hardware.catalogue import DRAM_PARTS
from lightsim.hardware.device import IdealMemory, MemoryInterface
from lightsim.hardware.dsp_blocks import most_products
from lightsim.hardware.pe_kinds import PE_KINDS
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.source import Source
from lightsim.tiled.description.accelerator import (
    Accelerator,
    Accumulator,
    Array,
    Buffer,
    LaneGroup,
    PortAssignment,
    PostProcessing,
)
from lightsim.tiled.description.validation import validate_accelerator

SEPARATE = (("input",), ("weight",), ("residual",), ("output",))
ONE_PORT = (("input", "weight", "residual", "output"),)
DDR3 = MemoryInterface(
    DRAM_PARTS["ddr3-1066-x32"], 1, 1024, Source("assumed", "a memory for tests")
)

# Four rows of serial lanes, eight columns, one pixel, 8-byte words, a port for every stream and
# a memory that delivers a word to each of them in every cycle.
PLAIN = Accelerator(
    name="plain",
    board=None,
    scheme="flightnn",
    clock_hz=100_000_000,
    array=Array((LaneGroup("shift_add_serial", 4),), columns=8, pixels=1),
    accumulator=Accumulator(),
    post=PostProcessing(lanes=4),
    input=Buffer(65536, 2),
    weight=Buffer(65536, 2),
    residual=Buffer(65536, 2),
    output=Buffer(65536, 2),
    psum_bytes=65536,
    memory=IdealMemory(latency_cycles=10, bytes_per_cycle=32),
    ports=tuple(PortAssignment(streams) for streams in SEPARATE),
    port_bits=64,
)


def machine(*, ports=SEPARATE, pe=None, rows=4, columns=8, pixels=1, lanes=4, banks=2, **changes):
    """The plain machine with some things changed."""
    groups = tuple(LaneGroup(*group) for group in (pe or (("shift_add_serial", rows),)))
    buffer = Buffer(65536, banks)
    base = {
        "array": Array(groups, columns, pixels),
        "post": PostProcessing(lanes),
        "ports": tuple(PortAssignment(streams) for streams in ports),
        **dict.fromkeys(("input", "weight", "residual", "output"), buffer),
    }
    built = replace(PLAIN, **{**base, **changes})
    validate_accelerator(built)
    return built


def _kinds(scheme, accumulator):
    """The PE kinds that take the scheme's weights and sum their terms in the accumulator's way."""
    whole = accumulator.accumulation == "exact" or SCHEMES[scheme].fraction_bits == 0
    return sorted(
        name
        for name, kind in PE_KINDS.items()
        if kind.takes(SCHEMES[scheme]) and (whole or kind.shifts)
    )


def random_accelerator(dice, scheme):
    """Any machine that runs `scheme`; its buffers are large, for the case to cut down."""
    port_bits = dice.choice([32, 64, 128, 256])
    word = port_bits // 8
    accumulator = _accumulator(dice, scheme)
    kinds = _kinds(scheme, accumulator)
    groups = tuple(
        LaneGroup(dice.choice(kinds), dice.randint(1, 4)) for _ in range(dice.choice([1, 1, 2, 3]))
    )
    names = ("input", "weight", "residual", "output")
    built = Accelerator(
        name="random",
        board=None,
        scheme=scheme,
        clock_hz=dice.choice([50_000_000, 133_333_333, 200_000_000]),
        array=Array(groups, dice.choice([1, 2, 4, 8, 16]), dice.randint(1, 4)),
        accumulator=accumulator,
        post=PostProcessing(dice.choice([1, 2, 4, 8, 16])),
        **{name: Buffer(1 << 24, dice.randint(1, 2)) for name in names},
        psum_bytes=1 << 24,
        memory=_memory(dice),
        ports=_ports(dice, names),
        port_bits=port_bits,
        request_bytes=word * dice.choice([1, 2, 8, 16]),
        outstanding=dice.randint(1, 4),
    )
    # Dice of its own: the machines of a number stay what they were.
    most = most_products(SCHEMES[scheme])
    built = replace(built, products_per_dsp=Random(repr(built.array)).randint(1, most))
    validate_accelerator(built)
    return built


def _accumulator(dice, scheme):
    overflow = dice.choice(["refuse", "wrap", "saturate"])
    bits = 32 if overflow == "refuse" else dice.randint(8, 32)
    truncates = SCHEMES[scheme].is_shift_add and dice.random() < 0.4
    return Accumulator(bits, overflow, "truncate" if truncates else "exact")


def _memory(dice):
    if dice.random() < 0.6:
        return IdealMemory(dice.randint(0, 20), dice.choice([1, 3, 4, 8, 16, 32, 64, 128]))
    return MemoryInterface(
        DRAM_PARTS[dice.choice(["ddr3-1066-x32", "ddr3-1600-x64"])],
        dice.randint(1, 3),
        dice.choice([64, 256, 1024]),
        Source("assumed", "a memory for tests"),
    )


def _ports(dice, names):
    """The four streams dealt to one to four ports."""
    seats = [(dice.randint(0, 3), name) for name in names]
    dealt = [tuple(name for seat, name in seats if seat == number) for number in range(4)]
    return tuple(PortAssignment(streams) for streams in dealt if streams)

"""The bill of an accelerator: its modules, each with parameters, count and part of the design."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from lightsim.hardware.pe_kinds import PE_KINDS, unpack_kinds
from lightsim.tiled.estimation.modules.terms import bits_for
from lightsim.units import ceil_div

__all__ = ["Item", "bill", "memory_items"]

Constants = Mapping[str, int]
_STREAMS = ("input", "residual", "weight")
_POST_ADDEND_BITS = 26
_TURNED_BITS = 65  # valid, value, multiplier, position


@dataclass(frozen=True, slots=True)
class Item:
    """`count` instances of `module` with `parameters`, in the part `part` of the design."""

    part: str
    module: str
    parameters: tuple[tuple[str, int], ...]
    count: int = 1


def bill(c: Constants) -> Iterator[Item]:
    """Every module except the ROMs of the tile program, from the constants of `constants_of`."""
    yield _item("controller", "accelerator", c, *_OF_ACCELERATOR)
    yield _item("controller", "controller", c)
    yield _item("controller", "step_generator", c, "COLUMNS", "PIXELS", "PARTS", "ONE_BIT_PARTS")
    for name in ("INPUT", "WEIGHT", "RESIDUAL", "OUTPUT"):
        yield Item("controller", "banks", (("BANKS", c[f"{name}_BANKS"]),))
    yield from _streams(c)
    yield from _lanes(c)
    yield from _buffers(c)
    yield from _post(c)


_OF_ACCELERATOR = (
    "ROWS", "COLUMNS", "PIXELS", "LATENCY", "SUM_BITS", "PSUM_DEPTH", "LANES", "ELEMENTWISE",
    "PORT_BITS",
)  # fmt: skip
_OF_ARBITER = (
    "PORTS", "CHANNELS", "CHANNEL_BITS", "OUTSTANDING", "PORT_OF_INPUT", "PORT_OF_RESIDUAL",
    "PORT_OF_WEIGHT", "PORT_OF_OUTPUT",
)  # fmt: skip
_OF_WALKER = ("LIMIT", "CHANNELS", "INTERLEAVE", "CHANNEL_BITS")


def _item(part: str, module: str, c: Constants, *names: str, **more: int) -> Item:
    values = {name: c[name] for name in names} | more
    return Item(part, module, tuple(sorted(values.items())))


def _streams(c: Constants) -> Iterator[Item]:
    """Load and store streams with their walkers, and the arbiter between the streams."""
    for stream in _STREAMS:
        yield _item("DMA", "load_stream", c, *_OF_WALKER, WAITS=int(stream != "weight"))
        yield _item("DMA", "request_walker", c, *_OF_WALKER)
    yield _item("DMA", "store_stream", c, *_OF_WALKER)
    yield _item("DMA", "request_walker", c, *_OF_WALKER)
    yield _item("DMA", "unpack_walker", c)  # walker of the store stream
    yield _item("DMA", "unpack_walker", c)  # walker of the residual buffer
    yield _item("DMA", "input_fill", c)
    yield _item("DMA", "arbiter", c, *_OF_ARBITER)


def _lanes(c: Constants) -> Iterator[Item]:
    """One module for every row, and the modules that feed the rows."""
    yield _item("array", "pe_array", c, "ROWS", "COLUMNS", "PIXELS", "WORD_BITS", "KINDS",
                "SCHEME", "LATENCY", "SUM_BITS", "TRUNCATES")  # fmt: skip
    kinds = unpack_kinds(c["KINDS"], c["ROWS"])
    for kind in PE_KINDS.values():
        if count := kinds.count(kind):
            more = ("PRODUCTS_PER_DSP",) if kind.on_dsp else ()
            item = _item("lanes", "lane_rows", c, "SCHEME", "TRUNCATES", "COLUMNS", "PIXELS",
                         "LATENCY", "SUM_BITS", "ACTIVATION_BITS", *more,
                         KIND=kind.rtl_code)  # fmt: skip
            name = f"lanes: {count} rows of {kind.name}"
            yield Item(name, item.module, item.parameters, count)


def _buffers(c: Constants) -> Iterator[Item]:
    for items in _OF_MEMORY.values():
        yield from items(c)


def _input(c: Constants) -> Iterator[Item]:
    yield _item("buffer: input", "input_buffer", c, "PORT_BITS", "COLUMNS", "PIXELS",
                MEMORIES=c["INPUT_MEMORIES"], DEPTH=c["INPUT_DEPTH"], BANKS=c["INPUT_BANKS"],
                ONE_BIT=c["ONE_BIT_INPUTS"], FIELDS=c["FIELDS"],
                ACTIVATION_BITS=c["ACTIVATION_BITS"])  # fmt: skip
    copies = c["PIXELS"] * c["INPUT_MEMORIES"]
    yield _memory("buffer: input", c["PORT_BITS"], c["INPUT_DEPTH"], c["INPUT_BANKS"], copies)


def _weight(c: Constants) -> Iterator[Item]:
    port = c["PORT_BITS"]
    yield _item("buffer: weight", "weight_buffer", c, "PORT_BITS", "WORD_BITS", "NARROW_BITS",
                MEMORIES=c["WEIGHT_MEMORIES"], DEPTH=c["WEIGHT_DEPTH"],
                BANKS=c["WEIGHT_BANKS"])  # fmt: skip
    yield _memory("buffer: weight", port, c["WEIGHT_DEPTH"], c["WEIGHT_BANKS"],
                  c["WEIGHT_MEMORIES"])  # fmt: skip
    slots, banks = c["PARAMETER_SLOTS"], c["WEIGHT_BANKS"]
    yield _item("buffer: parameters", "parameter_memory", c, "PORT_BITS", "ROWS",
                SLOTS=slots, BANKS=banks)  # fmt: skip
    memories = ceil_div(max(1, port // 64), c["ROWS"]) * c["ROWS"]
    depth = ceil_div(slots, memories) + 1
    yield _memory("buffer: parameters", 64, depth, banks, memories)


def _sums(c: Constants) -> Iterator[Item]:
    if c["PSUM_DEPTH"]:
        width = c["PIXELS"] * c["ROWS"] * c["SUM_BITS"]
        values = (("DEPTH", c["PSUM_DEPTH"]), ("WIDTH", width))
        yield Item("buffer: partial sums", "psum_memory", values)


def _memory(part: str, width: int, depth: int, banks: int, count: int) -> Item:
    return Item(part, "bank_memory", (("BANKS", banks), ("DEPTH", depth), ("WIDTH", width)), count)


def _residual(c: Constants) -> Iterator[Item]:
    part, lanes, banks = "buffer: residual", c["LANES"], c["RESIDUAL_BANKS"]
    channels = c["PORT_BITS"] // 8
    size = max(1, channels // lanes)
    row_bits = bits_for(ceil_div(c["RESIDUAL_DEPTH"], lanes * size // channels))
    step = min(channels, lanes)
    yield _item(part, "residual_buffer", c, "PORT_BITS", "LANES", DEPTH=c["RESIDUAL_DEPTH"],
                BANKS=banks)  # fmt: skip
    for width in (row_bits + bits_for(size) * (size > 1), 8):
        yield _item(part, "rotator", c, "LANES", WIDTH=width, STEP=step)
    yield Item(part, "slice_memory", (("BYTES", size), ("DEPTH", banks << row_bits)), lanes)


def _output(c: Constants) -> Iterator[Item]:
    part, lanes, banks = "buffer: output", c["LANES"], c["OUTPUT_BANKS"]
    width = max(32, c["PORT_BITS"] // lanes)
    rows = ceil_div(c["OUTPUT_DEPTH"], width * lanes // c["PORT_BITS"])
    yield _item(part, "output_buffer", c, "PORT_BITS", "LANES", DEPTH=c["OUTPUT_DEPTH"],
                BANKS=banks, ONE_BIT=c["ONE_BIT_INPUTS"], FIELDS=c["FIELDS"])  # fmt: skip
    values = (("BANKS", banks), ("DEPTH", rows), ("WIDTH", width))
    yield Item(part, "output_slice", values, lanes)
    held = (("BYTES", width // 8), ("DEPTH", rows))
    yield Item(part, "slice_memory", held, lanes * banks)


# The modules that belong to each memory, in the order of the bill.
_OF_MEMORY: dict[str, Callable[[Constants], Iterator[Item]]] = {
    "input": _input,
    "weight": _weight,
    "psum": _sums,
    "residual": _residual,
    "output": _output,
}


def memory_items(c: Constants, name: str) -> Iterator[Item]:
    """Every module of a bill that depends on the size of the memory `name`.

    These are the memory's own modules, the counter of its banks and, for the psum memory, the
    module that checks whether any partial sums are kept.
    """
    if name == "psum":
        yield _item("controller", "accelerator", c, *_OF_ACCELERATOR)
    else:
        yield Item("controller", "banks", (("BANKS", c[f"{name.upper()}_BANKS"]),))
    yield from _OF_MEMORY[name](c)


def _post(c: Constants) -> Iterator[Item]:
    part, lanes = "post-processing", c["LANES"]
    yield _item("accumulator snapshot", "drain", c, "ROWS", "PIXELS", "LANES", "SUM_BITS",
                "ACCUMULATOR_BITS", "SATURATES")  # fmt: skip
    yield _item(part, "post_processing", c, "PORT_BITS", "LANES", "MULTIPLIES", "TURN_STEP",
                BANKS=c["OUTPUT_BANKS"])  # fmt: skip
    yield _item(part, "rotator", c, "LANES", WIDTH=_TURNED_BITS, STEP=c["TURN_STEP"])
    yield Item(part, "post_lane", (("MULTIPLIES", c["MULTIPLIES"]),), lanes)
    bits = 49 if c["MULTIPLIES"] else 32
    yield Item(part, "rounder", (("BITS", bits),), lanes)
    yield Item(part, "rounder", (("BITS", _POST_ADDEND_BITS),), 2 * lanes)
    if c["ELEMENTWISE"]:
        yield _item("pooling and addition", "elementwise", c, "PORT_BITS", "LANES",
                    MEMORIES=c["INPUT_MEMORIES"], ONE_BIT=c["ONE_BIT_INPUTS"],
                    FIELDS=c["FIELDS"])  # fmt: skip

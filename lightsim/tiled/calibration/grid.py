"""The grid: every module of the RTL with the parameters at which it is measured.

The fit does not use the held-out points. The errors at these points show how good the formulas are
between and beyond the fitted points.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from lightsim.hardware.dsp_blocks import most_products
from lightsim.hardware.pe_kinds import PE_KINDS, PeKind, pack_kinds
from lightsim.numerics.formats.scheme import PER_FILTER, SCHEMES, Scheme
from lightsim.tiled.calibration.points import Point, point
from lightsim.tiled.estimation.modules.array_terms import MEASURED

__all__ = ["grid"]

_PORTS = {"PORT_OF_INPUT": 0, "PORT_OF_WEIGHT": 1, "PORT_OF_RESIDUAL": 2, "PORT_OF_OUTPUT": 3}
_WALKER = {"LIMIT": 32, "CHANNELS": 1, "INTERLEAVE": 64, "CHANNEL_BITS": 1}
# Columns, pixels and sum bits of a row of lanes: for every kind and scheme, and for the usual ones.
_ROWS = ((8, 1, 32), (8, 2, 32))
_USUAL_ROWS = ((1, 1, 32), (16, 1, 24))
_HELD_OUT_ROW = (12, 2, 28)
# Kinds and schemes measured at as many sizes as the usual lanes of a scheme.
_ALSO_USUAL = (("shift_add_spatial", "flightnn"), ("multiply_lut", "fixed8"))
# Rows in which two neighbouring pixels share a DSP block.
_PAIRED_ROWS = ((8, 1, 32), (8, 2, 32), (8, 3, 32), (1, 2, 32), (16, 2, 24), (4, 4, 32))
_FEW_PAIRED_ROWS = ((8, 1, 32), (8, 2, 32), (4, 4, 32))
_HELD_OUT_PAIRED_ROWS = ((12, 2, 28), (16, 3, 32))
# Port bits and post-processing lanes.
_LANES = ((32, 4), (64, 4), (64, 8), (128, 4), (256, 16))
_HELD_OUT_PORTS = ((128, 8),)


def grid() -> list[Point]:
    """All points, module by module."""
    return [
        *_lanes(),
        *_pairs(),
        *_of_family(),
        *_array(),
        *_control(),
        *_buffers(),
        *_memories(),
        *_post(),
    ]


def _all(module: str, held_out: bool = False, **values: int | Sequence[int]) -> Iterator[Point]:
    """A point for every combination of the values."""
    lists = [[value] if isinstance(value, int) else list(value) for value in values.values()]
    for chosen in product(*lists):
        yield point(module, dict(zip(values, chosen, strict=True)), held_out=held_out)


def _lanes() -> Iterator[Point]:
    for kind in PE_KINDS.values():
        for scheme in _measured(kind):
            truncations = (0, 1) if kind.shifts and scheme.fraction_bits else (0,)
            for truncates in truncations:
                base = {
                    "KIND": kind.rtl_code, "SCHEME": scheme.rtl_code, "TRUNCATES": truncates,
                    "CODE_BITS": kind.code_bits(scheme), "LATENCY": kind.latency,
                }  # fmt: skip
                usual = not truncates and (
                    kind.name == scheme.usual_pe or (kind.name, scheme.name) in _ALSO_USUAL
                )
                for columns, pixels, bits in (*_ROWS, *(_USUAL_ROWS if usual else ())):
                    sizes = {"COLUMNS": columns, "PIXELS": pixels, "SUM_BITS": bits}
                    yield point("lane_rows", base | sizes)
                if usual:
                    columns, pixels, bits = _HELD_OUT_ROW
                    sizes = {"COLUMNS": columns, "PIXELS": pixels, "SUM_BITS": bits}
                    yield point("lane_rows", base | sizes, held_out=True)


def _of_family() -> Iterator[Point]:
    """Lanes of members of the family of formats that have no row, at fewer sizes."""
    for kind_name, names in MEASURED.items():
        kind = PE_KINDS[kind_name]
        for scheme in (SCHEMES[name] for name in names):
            for truncates in (0, 1) if kind.shifts and scheme.fraction_bits else (0,):
                base = {
                    "KIND": kind.rtl_code, "SCHEME": scheme.rtl_code, "TRUNCATES": truncates,
                    "CODE_BITS": kind.code_bits(scheme), "LATENCY": kind.latency,
                }  # fmt: skip
                yield from _sized(base, _ROWS, held_out=False)
                if not truncates:
                    yield from _sized(base, (_HELD_OUT_ROW,), held_out=True)
            if kind.on_dsp and most_products(scheme) == 2:
                base |= {"PRODUCTS_PER_DSP": 2}
                yield from _sized(base, _FEW_PAIRED_ROWS, held_out=False)
                yield from _sized(base, _HELD_OUT_PAIRED_ROWS[:1], held_out=True)


def _sized(
    base: dict[str, int], rows: Sequence[tuple[int, int, int]], held_out: bool
) -> Iterator[Point]:
    for columns, pixels, bits in rows:
        sizes = {"COLUMNS": columns, "PIXELS": pixels, "SUM_BITS": bits}
        yield point("lane_rows", base | sizes, held_out=held_out)


def _measured(kind: PeKind) -> list[Scheme]:
    """The schemes with which a lane is measured: the schemes that the SystemVerilog supports."""
    if kind.rtl_name is None:
        return []
    return [SCHEMES[name] for name in sorted(kind.runs) if SCHEMES[name].rtl_name is not None]


def _pairs() -> Iterator[Point]:
    on_dsp = [row for row in PE_KINDS.values() if row.on_dsp]
    for kind, scheme in [(row, scheme) for row in on_dsp for scheme in _measured(row)]:
        if most_products(scheme) == 1:
            continue
        base = {
            "KIND": kind.rtl_code, "SCHEME": scheme.rtl_code, "TRUNCATES": 0,
            "CODE_BITS": kind.code_bits(scheme), "LATENCY": kind.latency, "PRODUCTS_PER_DSP": 2,
        }  # fmt: skip
        for rows, held_out in ((_PAIRED_ROWS, False), (_HELD_OUT_PAIRED_ROWS, True)):
            for columns, pixels, bits in rows:
                sizes = {"COLUMNS": columns, "PIXELS": pixels, "SUM_BITS": bits}
                yield point("lane_rows", base | sizes, held_out=held_out)


def _array() -> Iterator[Point]:
    serial, dsp, scheme = PE_KINDS["shift_add_serial"], PE_KINDS["multiply_dsp"], PER_FILTER
    both = [serial] * 4 + [dsp] * 4
    for held_out, shapes in (
        (False, ((4, 8, 1), (8, 8, 1), (8, 16, 2), (16, 16, 1))),
        (True, ((12, 8, 3), (16, 32, 1))),
    ):
        for rows, columns, pixels in shapes:
            yield from _all(
                "pe_array", held_out, ROWS=rows, COLUMNS=columns, PIXELS=pixels,
                KINDS=pack_kinds([serial] * rows), SCHEME=scheme.rtl_code, LATENCY=serial.latency,
                WORD_BITS=serial.code_bits(scheme) * rows * columns, SUM_BITS=32,
            )  # fmt: skip
    yield from _all(
        "pe_array", ROWS=8, COLUMNS=8, PIXELS=1, KINDS=pack_kinds(both),
        SCHEME=scheme.rtl_code, LATENCY=dsp.latency,
        WORD_BITS=8 * sum(kind.code_bits(scheme) for kind in both), SUM_BITS=32,
    )  # fmt: skip


def _control() -> Iterator[Point]:
    yield from _all("controller", START_CYCLES=4)
    yield from _all("banks", BANKS=(1, 2))
    yield from _all("unpack_walker")
    yield from _all("input_fill")
    for channels in (1, 2, 3, 4):
        yield point("request_walker", _WALKER | {"CHANNELS": channels, "CHANNEL_BITS": 2})
    yield point("request_walker", _WALKER, held_out=True)
    for waits in (0, 1):
        yield point("load_stream", _WALKER | {"WAITS": waits, "JOBS": 64})
    yield point("store_stream", _WALKER | {"JOBS": 64})
    for channels in (1, 2, 4):
        values = _PORTS | {"PORTS": 4, "CHANNELS": channels, "CHANNEL_BITS": 2, "OUTSTANDING": 4}
        yield point("arbiter", values)
    two = {"PORT_OF_INPUT": 0, "PORT_OF_RESIDUAL": 0, "PORT_OF_WEIGHT": 1, "PORT_OF_OUTPUT": 1}
    yield point("arbiter", two | {"PORTS": 2, "CHANNELS": 1, "CHANNEL_BITS": 1, "OUTSTANDING": 4})
    steps = {"PARTS": 1, "ONE_BIT_PARTS": 8, "GROUPS": 64}
    for columns, pixels in ((1, 1), (8, 1), (8, 2), (16, 4), (32, 1)):
        yield point("step_generator", steps | {"COLUMNS": columns, "PIXELS": pixels})
    yield point("step_generator", steps | {"COLUMNS": 16, "PIXELS": 3}, held_out=True)
    yield point("step_generator", steps | {"COLUMNS": 64, "PIXELS": 6}, held_out=True)
    yield from _accelerator()


def _accelerator() -> Iterator[Point]:
    """The points of the top module: its wiring, without its submodules."""
    dsp = PE_KINDS["multiply_dsp"]
    base = {
        "ROWS": 4, "COLUMNS": 8, "PIXELS": 1, "LATENCY": 1, "SUM_BITS": 32, "PSUM_DEPTH": 512,
        "LANES": 4, "ELEMENTWISE": 1, "PORT_BITS": 64, "INPUT_MEMORIES": 1,
    }  # fmt: skip
    for changes in (
        {}, {"ROWS": 16}, {"ROWS": 8, "PIXELS": 3}, {"LANES": 8, "ROWS": 8}, {"PSUM_DEPTH": 0},
        {"COLUMNS": 32, "INPUT_MEMORIES": 4}, {"ELEMENTWISE": 0},
        {"LATENCY": dsp.latency, "KINDS": pack_kinds([dsp] * 4)},
        {"PORT_BITS": 128}, {"SUM_BITS": 24, "ROWS": 8},
    ):  # fmt: skip
        yield point("accelerator", _with_words(base | changes))
    yield point("accelerator", _with_words(base | {"ROWS": 12, "PIXELS": 2}), held_out=True)
    large = {"ROWS": 32, "COLUMNS": 32, "PIXELS": 3, "LANES": 16, "PORT_BITS": 256}
    yield point("accelerator", _with_words(base | large), held_out=True)


def _with_words(values: dict[str, int]) -> dict[str, int]:
    """`values` with the weight words that serial lanes read under `flightnn`."""
    narrow = values["ROWS"] * 4
    return values | {"NARROW_BITS": narrow, "WORD_BITS": narrow * values["COLUMNS"]}


def _buffers() -> Iterator[Point]:
    for held_out, shapes in (
        (False, ((4, 1, 64), (8, 1, 64), (8, 3, 64), (16, 2, 64), (32, 1, 256))),
        (True, ((32, 2, 64),)),
    ):
        for columns, pixels, port in shapes:
            yield from _all(
                "input_buffer", held_out, PORT_BITS=port, COLUMNS=columns, PIXELS=pixels,
                MEMORIES=max(1, 8 * columns // port), DEPTH=512, BANKS=2, ONE_BIT=(0, 1),
            )  # fmt: skip
    yield from _all("input_buffer", PORT_BITS=256, COLUMNS=(4, 8), PIXELS=1, MEMORIES=1,
                    DEPTH=512, BANKS=2, ONE_BIT=0)  # fmt: skip
    for port, lanes in ((256, 4), (128, 2), (256, 2)):
        yield from _all("residual_buffer", PORT_BITS=port, LANES=lanes, DEPTH=1024, BANKS=2)
    for held_out, words in (
        (False, ((64, 16, 4), (64, 64, 8), (64, 256, 32), (64, 1024, 64), (256, 32, 8),
                 (256, 512, 64), (128, 32, 16))),
        (True, ((64, 512, 32), (64, 32, 8))),
    ):  # fmt: skip
        for port, word, narrow in words:
            yield from _all(
                "weight_buffer", held_out, PORT_BITS=port, WORD_BITS=word, NARROW_BITS=narrow,
                MEMORIES=max(1, word // port), DEPTH=512, BANKS=2,
            )  # fmt: skip
    yield from _all("weight_buffer", PORT_BITS=64, WORD_BITS=64, NARROW_BITS=8, MEMORIES=1,
                    DEPTH=8192, BANKS=2)  # fmt: skip
    for port, rows in ((32, 4), (64, 4), (64, 16), (128, 8), (256, 4), (256, 16), (256, 2)):
        yield from _all("parameter_memory", PORT_BITS=port, ROWS=rows, SLOTS=1024, BANKS=2)
    for port, rows in ((64, 8), (128, 32), (256, 8)):
        yield from _all("parameter_memory", True, PORT_BITS=port, ROWS=rows, SLOTS=1024, BANKS=2)


def _memories() -> Iterator[Point]:
    yield from _all("bank_memory", WIDTH=(32, 256), DEPTH=(16, 32, 64, 4096), BANKS=2)
    yield from _all("bank_memory", True, WIDTH=64, DEPTH=(32, 300, 2048), BANKS=(1, 2))
    yield from _all("psum_memory", WIDTH=(128, 1024), DEPTH=(32, 512, 2048))
    yield from _all("psum_memory", True, WIDTH=768, DEPTH=1024)
    yield from _all("slice_memory", BYTES=(1, 4), DEPTH=(32, 64, 128, 512, 4096))
    yield from _all("slice_memory", True, BYTES=(2, 8), DEPTH=(256, 2048, 8192))


def _post() -> Iterator[Point]:
    yield from _all("rounder", BITS=(26, 32, 49))
    yield from _all("post_lane", MULTIPLIES=(0, 1))
    yield from _all("rotator", LANES=(2, 4, 8, 16, 32), WIDTH=8, STEP=1)
    yield from _all("rotator", LANES=(4, 8, 32), WIDTH=65, STEP=1)
    yield from _all("rotator", True, LANES=(8, 16), WIDTH=65, STEP=4)
    for port, lanes in _LANES:
        yield from _post_of(port, lanes, False)
    for port, lanes in _HELD_OUT_PORTS:
        yield from _post_of(port, lanes, True)
    # Rows of eight port words.
    for port, lanes in ((64, 16), (128, 32)):
        yield from _all("output_buffer", PORT_BITS=port, LANES=lanes, DEPTH=1024, BANKS=2,
                        ONE_BIT=(0, 1))  # fmt: skip
    yield from _all("post_processing", PORT_BITS=64, LANES=4, MULTIPLIES=0, TURN_STEP=1, BANKS=2)
    yield from _all("output_slice", WIDTH=32, DEPTH=(64, 128, 512, 1024, 4096), BANKS=2)
    yield from _all("output_slice", WIDTH=32, DEPTH=(64, 1024), BANKS=1)
    yield from _all("output_slice", WIDTH=64, DEPTH=512, BANKS=2)
    yield from _all("output_slice", True, WIDTH=32, DEPTH=256, BANKS=2)
    for held_out, shapes in (
        (False, ((8, 1, 4, 32), (8, 1, 8, 32), (16, 1, 4, 32), (16, 2, 8, 32), (16, 3, 4, 24),
                 (4, 1, 4, 32), (32, 1, 16, 32), (32, 3, 8, 32))),
        (True, ((16, 3, 8, 32), (32, 3, 16, 32), (12, 2, 4, 32))),
    ):  # fmt: skip
        for rows, pixels, lanes, bits in shapes:
            yield from _all("drain", held_out, ROWS=rows, PIXELS=pixels, LANES=lanes,
                            SUM_BITS=bits, ACCUMULATOR_BITS=bits, SATURATES=0)  # fmt: skip
    yield from _all("drain", ROWS=16, PIXELS=1, LANES=4, SUM_BITS=48, ACCUMULATOR_BITS=24,
                    SATURATES=1)  # fmt: skip


def _post_of(port: int, lanes: int, held_out: bool) -> Iterator[Point]:
    """The points of the modules whose shape follows from the port width and the lanes."""
    yield from _all(
        "post_processing", held_out, PORT_BITS=port, LANES=lanes, MULTIPLIES=1, TURN_STEP=1, BANKS=2
    )
    yield from _all(
        "output_buffer", held_out, PORT_BITS=port, LANES=lanes, DEPTH=1024, BANKS=2, ONE_BIT=(0, 1)
    )
    yield from _all("residual_buffer", held_out, PORT_BITS=port, LANES=lanes, DEPTH=1024, BANKS=2)
    yield from _all("elementwise", held_out, PORT_BITS=port, LANES=lanes, MEMORIES=1, ONE_BIT=0)
    if lanes == 4 and not held_out:
        yield from _all("elementwise", PORT_BITS=port, LANES=lanes, MEMORIES=4, ONE_BIT=0)
        yield from _all("elementwise", PORT_BITS=port, LANES=lanes, MEMORIES=1, ONE_BIT=1)

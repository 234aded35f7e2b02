"""An accelerator written to a file and read back is the same accelerator."""

import tomllib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightsim.errors import InputError
from lightsim.hardware.catalogue import BOARDS, DRAM_PARTS
from lightsim.hardware.device import IdealMemory, MemoryInterface
from lightsim.hardware.pe_kinds import PE_KINDS
from lightsim.hardware.quantities import hertz, nbytes, spell_bytes, spell_hertz
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
from lightsim.tiled.description.file import dump_accelerator, load_accelerator, parse_accelerator
from lightsim.tiled.estimation.defaults import default_accelerator

SPLITS = (
    (("input", "weight", "residual", "output"),),
    (("input",), ("output", "residual", "weight")),
    (("weight",), ("residual",), ("output",), ("input",)),
)


@st.composite
def memories(draw):
    if draw(st.booleans()):
        return IdealMemory(draw(st.integers(0, 500)), draw(st.integers(1, 512)))
    part = draw(st.sampled_from(sorted(DRAM_PARTS.values(), key=lambda p: p.name)))
    if draw(st.booleans()):
        part = replace(part, name="my-part", tCL=part.tCL + 1)
    source = Source("assumed", draw(st.text(min_size=1).filter(lambda t: t.strip())))
    return MemoryInterface(part, draw(st.integers(1, 8)), 1 << draw(st.integers(7, 14)), source)


@st.composite
def accelerators(draw):
    scheme = draw(st.sampled_from(sorted(SCHEMES)))
    kinds = sorted(k.name for k in PE_KINDS.values() if k.takes(SCHEMES[scheme]))
    groups = draw(
        st.lists(
            st.builds(LaneGroup, st.sampled_from(kinds), st.integers(1, 40)), min_size=1, max_size=3
        )
    )
    word = 1 << draw(st.integers(2, 7))
    columns = max(1, int(word * draw(st.sampled_from([0.25, 0.5, 1, 2, 3]))))
    array = Array(tuple(groups), columns, draw(st.integers(1, 8)))
    bits = draw(st.integers(8, 32))

    def buffer(least: int) -> Buffer:
        words = -(-least // word) + draw(st.integers(0, 5000))
        return Buffer(words * word, draw(st.integers(1, 2)))

    psum_word = -(-array.rows * array.pixels * bits // 8)
    return Accelerator(
        name=draw(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,20}", fullmatch=True)),
        board=None,
        scheme=scheme,
        clock_hz=draw(st.integers(2, 3999)) * 500_000 + draw(st.sampled_from([0, 1, 1000])),
        array=array,
        accumulator=Accumulator(
            bits,
            draw(st.sampled_from(["refuse", "wrap", "saturate"])),
            draw(st.sampled_from(["exact", "truncate"])),
        ),
        post=PostProcessing(
            draw(st.sampled_from([1, 2, 4, 64])), draw(st.sampled_from(["multiply", "shift"]))
        ),
        input=buffer(max(columns, word)),
        weight=buffer(array.rows * columns),
        residual=buffer(word),
        output=buffer(word),
        psum_bytes=draw(st.one_of(st.just(0), st.integers(psum_word, 1 << 20))),
        memory=draw(memories()),
        ports=tuple(PortAssignment(streams) for streams in draw(st.sampled_from(SPLITS))),
        port_bits=8 * word,
        request_bytes=max(word, 1 << draw(st.integers(1, 12))),
        outstanding=draw(st.integers(1, 64)),
    )


@settings(derandomize=True, deadline=None, max_examples=150)
@given(accelerators())
def test_round_trip(acc):
    assert parse_accelerator(tomllib.loads(dump_accelerator(acc)), "file") == acc


@pytest.mark.parametrize("board", BOARDS.values(), ids=lambda b: b.name)
def test_round_trip_of_a_default_design_names_the_board_only(board, tmp_path):
    acc = default_accelerator(board, SCHEMES["flightnn"])
    path = tmp_path / "mine.toml"
    path.write_text(dump_accelerator(acc), encoding="utf-8")
    assert "[memory" not in path.read_text(encoding="utf-8")
    assert load_accelerator(path) == acc
    assert load_accelerator(path, board) == acc


def test_what_the_file_leaves_out_is_the_board_s():
    board = BOARDS["zc706"]
    acc = default_accelerator(board, SCHEMES["lightnn1"])
    table = tomllib.loads(dump_accelerator(acc))
    for key in ("board", "clock", "port_bits", "accumulator", "outstanding", "request_bytes"):
        del table[key]
    assert parse_accelerator(table, "file", board) == acc
    with pytest.raises(InputError, match="key 'clock' is missing"):
        parse_accelerator(table, "file")


@given(st.integers(0, 1 << 50))
@settings(derandomize=True)
def test_quantities_survive_spelling(amount):
    assert hertz(spell_hertz(amount)) == amount
    assert nbytes(spell_bytes(amount)) == amount


@pytest.mark.parametrize(
    ("text", "value"),
    [("150 MHz", 150_000_000), ("187.5 MHz", 187_500_000), ("1GHz", 10**9), ("20 kHz", 20_000)],
)
def test_hertz(text, value):
    assert hertz(text) == value


@pytest.mark.parametrize("text", ["150", "150 mhz", "-1 MHz", "1.0000001 Hz", 1.5, True, None])
def test_hertz_refuses(text):
    with pytest.raises(ValueError):
        hertz(text)


@pytest.mark.parametrize(("text", "value"), [("64 KiB", 65536), ("2MiB", 1 << 21), ("12 B", 12)])
def test_nbytes(text, value):
    assert nbytes(text) == value


@pytest.mark.parametrize("text", ["64 KB", "64 Kib", "0.3 KiB", 64.0, "KiB"])
def test_nbytes_refuses(text):
    with pytest.raises(ValueError):
        nbytes(text)

"""Device families: any spelling of a name, and the memory controller that each has built in."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import pytest

from lightsim.errors import BudgetError, InputError
from lightsim.hardware.board_file import parse_board
from lightsim.hardware.catalogue import BOARDS
from lightsim.hardware.catalogue.devices import DEVICES
from lightsim.hardware.families import FAMILIES, family_name
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.tiled.description.file import parse_accelerator
from lightsim.tiled.description.writing import dump_accelerator
from lightsim.tiled.estimation import default_accelerator, estimate

SPELLINGS = {
    "zynq-ultrascale+": "Zynq UltraScale+",
    "ZYNQ ULTRASCALE+": "Zynq UltraScale+",
    "Zynq_UltraScale_Plus": "Zynq UltraScale+",
    "AMD Zynq UltraScale+ MPSoC": "Zynq UltraScale+",
    "Xilinx zynquplus": None,
    "zynq7000": "Zynq-7000",
    "Zynq 7000": "Zynq-7000",
    "kintex-7": "Kintex-7",
    "Kintex UltraScale": "Kintex UltraScale",
    "kintex ultrascale plus": "Kintex UltraScale+",
    "Versal AI Core": "Versal",
    "Lattice ECP5": "ECP5",
    "ice40": "iCE40",
    "Stratix 10": None,
    "": None,
    "7 series": None,
}


@pytest.mark.parametrize("text", SPELLINGS)
def test_any_spelling_of_a_family(text: str):
    name = SPELLINGS[text]
    if name is not None:
        assert family_name(text, "x") == name
        return
    with pytest.raises(InputError, match="x: unknown family"):
        family_name(text, "x")


def test_families_spell_themselves_and_the_catalogue_knows_no_others():
    for name in FAMILIES:
        for text in (name, name.lower(), name.upper(), name.replace("-", " "), f" {name} "):
            assert family_name(text, "x") == name
    assert {row.family for row in DEVICES.values()} <= set(FAMILIES)


def kv260(family: str = "zynq-ultrascale+", **memory: str):
    device = {
        "name": "XCK26", "family": family, "dsp_type": "DSP48E2", "lut": 117120, "ff": 234240,
        "dsp": 1248, "bram36": 144, "uram": 64,
    }  # fmt: skip
    table = {
        "name": "kv260", "title": "t", "source": "s", "clock": "200 MHz", "port_bits": 128,
        "port_count": 4, "device": device, "memory": {"part": "ddr4-2400-x64-of-x16"} | memory,
    }  # fmt: skip
    return parse_board(table, "kv260.toml")


def test_a_board_of_a_hard_controller_has_its_array():
    acc = default_accelerator(kv260(), SCHEMES["flightnn"])
    assert (acc.array.rows, acc.array.columns, acc.array.pixels) == (8, 32, 4)
    same = default_accelerator(kv260("Artix-7", controller="hard"), SCHEMES["flightnn"])
    assert same.array == acc.array


def test_what_is_short_is_said_with_what_would_help():
    with pytest.raises(BudgetError) as short:
        default_accelerator(kv260(controller="fabric"), SCHEMES["flightnn"])
    assert "the least design needs 136 BRAM36 of 115 (21 too many)" in str(short.value)
    assert 'controller = "hard" in [memory]' in str(short.value)
    tiny = kv260()
    small = replace(tiny.device, resources=replace(tiny.device.resources, lut=1000, bram36=2))
    with pytest.raises(BudgetError, match=r"LUT of 800 .* BRAM36 of 1 .*; a device with \d+ LUT, "):
        default_accelerator(replace(tiny, device=small), SCHEMES["flightnn"])


@pytest.mark.parametrize("wanted", ["hard", "fabric", None])
def test_the_controller_survives_writing_and_decides_what_is_built(wanted: str | None):
    acc = default_accelerator(BOARDS["zc706"], SCHEMES["flightnn"])
    acc = replace(acc, memory=replace(acc.memory, controller=wanted))
    again = parse_accelerator(tomllib.loads(dump_accelerator(acc)), "x")
    assert again.memory == acc.memory
    parts = {part.name for part in estimate(again, BOARDS["zc706"].device)}
    # 64 bits are more than the 32 that a Zynq-7000 has built in.
    assert ("memory controller" in parts) == (wanted != "hard")

"""Energy tables: every event in every table with a source, and sums worked out by hand."""

import pytest

from lightsim.energy.joules import (
    DEFAULT_ENERGY_TABLE,
    energy,
    energy_source,
    energy_table,
)
from lightsim.energy.tables import DRAM_PJ_PER_BIT, ENERGY_TABLES, EVENTS
from lightsim.errors import InputError
from lightsim.hardware.catalogue import DRAM_PARTS


@pytest.mark.parametrize("table", ENERGY_TABLES.values(), ids=lambda t: t.name)
def test_table(table):
    assert tuple(sorted(table.rows)) == tuple(sorted(EVENTS))
    for event, row in table.rows.items():
        assert row.picojoules > 0, event
        assert row.source.text
    assert "no leakage" in table.summary
    rows = table.rows
    assert rows["shift_add_term"].picojoules < rows["multiply_4"].picojoules
    assert rows["multiply_4"].picojoules < rows["multiply_8"].picojoules
    assert energy_table(table.name) is table


def test_every_memory_kind_has_an_energy():
    kinds = {part.kind for part in DRAM_PARTS.values()}
    assert kinds <= set(DRAM_PJ_PER_BIT)
    assert all(row.source.certainty in ("recalled", "assumed") for row in DRAM_PJ_PER_BIT.values())


def test_horowitz_rows_are_the_published_ones():
    rows = ENERGY_TABLES["asic-45nm-horowitz"].rows
    assert rows["multiply_8"].picojoules == 0.2
    assert rows["accumulate"].picojoules == 0.1
    assert rows["input_buffer_byte"].picojoules == 20 / 8
    # 3.1 pJ x 0.41652 / 8.63 x 45 / 160
    assert rows["shift_add_term"].picojoules == pytest.approx(0.0421, abs=0.0001)


def test_lightnn_rows_worked_out():
    rows = ENERGY_TABLES["asic-65nm-lightnn"].rows
    # 79,400 products. Logic of LightNN-1: 16.5 nJ x 0.428; conventional: 40.7 nJ x 0.651.
    assert rows["accumulate"].picojoules == pytest.approx(0.0889, abs=0.0001)
    assert rows["multiply_8"].picojoules == pytest.approx(0.3337 - 0.0889, abs=0.0001)
    assert rows["multiply_8"].source.certainty == "derived"


def test_fpga_is_an_estimate_and_says_so():
    table = ENERGY_TABLES[DEFAULT_ENERGY_TABLE]
    asic = ENERGY_TABLES["asic-45nm-horowitz"].rows
    assert "an estimate" in table.summary
    ratio = table.rows["accumulate"].picojoules / asic["accumulate"].picojoules
    assert ratio == pytest.approx(14 * 28 / 45)
    assert {row.source.certainty for row in table.rows.values()} == {"derived", "assumed"}


def test_joules():
    table = ENERGY_TABLES["asic-45nm-horowitz"]
    counts = {"multiply_8": 1000, "accumulate": 1000, "dram_byte": 10}
    # 1000 x 0.2 pJ, 1000 x 0.1 pJ, 10 x 8 x 20 pJ
    assert energy(counts, table, "DDR4") == pytest.approx(
        {"multiply_8": 0.2e-9, "accumulate": 0.1e-9, "dram_byte": 1.6e-9}
    )
    assert energy(counts, table, "ideal")["dram_byte"] == 0
    assert "DDR4 memory 20 pJ a bit (recalled:" in energy_source(table, "DDR4")


@pytest.mark.parametrize(
    ("counts", "kind", "message"),
    [
        ({"accumulates": 1}, "DDR3", "energy: unknown event 'accumulates'; did you mean"),
        ({"accumulate": -1}, "DDR3", "energy: accumulate counted -1 times; accepted: 0 or more"),
        ({"dram_byte": 1}, "DDR9", "energy: unknown memory kind 'DDR9'"),
    ],
)
def test_refused(counts, kind, message):
    with pytest.raises(InputError) as caught:
        energy(counts, ENERGY_TABLES["fpga-28nm"], kind)
    assert str(caught.value).startswith(message)


def test_unknown_table():
    with pytest.raises(InputError, match="did you mean 'fpga-28nm'"):
        energy_table("fpga-28")

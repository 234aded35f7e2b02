"""Yosys on small modules: it counts what the stored table says, and exactly what the blocks are."""

from pathlib import Path

import pytest

from lightsim.errors import InputError, MissingExtraError
from lightsim.tiled.calibration import calibrate
from lightsim.tiled.calibration.measure import measure
from lightsim.tiled.calibration.table import read
from lightsim.tiled.estimation.modules.module_cost import module_cost
from lightsim.tiled.rtl.project import yosys

TABLE = Path(__file__).parents[3] / "results" / "calibration" / "points_xc7.csv"
SMALL = ("banks", "controller", "load_stream", "store_stream", "arbiter")


@pytest.mark.usefixtures("yosys")
def test_small_modules_take_what_the_table_says(tmp_path):
    stored = [row for row in read(TABLE) if row.point.module in SMALL]
    told = []
    found = measure(
        [row.point for row in stored], "xc7", tmp_path / "points.csv", lambda *at: told.append(at)
    )
    assert [row.cells for row in found] == [row.cells for row in stored]
    assert told
    # All are kept: a second run has nothing to synthesise.
    told.clear()
    again = measure(
        [row.point for row in stored], "xc7", tmp_path / "points.csv", lambda *at: told.append(at)
    )
    assert again == found
    assert not told


def test_dsp_and_block_ram_are_exact_at_every_point():
    for row in read(TABLE):
        cost = module_cost(row.point.module, row.point.parameters)
        assert (cost.dsp, cost.halves) == (row.cells.dsp, row.cells.halves), row.point


def test_a_missing_yosys_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(yosys, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"lightsim\[rtl\]"):
        calibrate.calibrate(tmp_path, "xc7", lambda *at: None)


def test_an_unknown_family_is_told(tmp_path):
    with pytest.raises(InputError, match="unknown family 'xc8'; did you mean 'xc7'"):
        calibrate.calibrate(tmp_path, "xc8", lambda *at: None)

"""The fit: it finds the coefficients that made the data, and the stored ones are those it gives."""

import json
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path

import pytest

from lightsim.tiled.calibration.fit import fit
from lightsim.tiled.calibration.grid import grid
from lightsim.tiled.calibration.held_out import deviations, summary
from lightsim.tiled.calibration.points import point, wrapper
from lightsim.tiled.calibration.table import Measured, append, read, source_digest
from lightsim.tiled.estimation.modules.formulas import FORMULAS
from lightsim.tiled.rtl.project.yosys import Cells

TABLE = Path(__file__).parents[3] / "results" / "calibration" / "points_xc7.csv"


def measured(module, values, lut, ff, **keys):
    return Measured("xc7", "0.70", "-", point(module, values, **keys), Cells(lut, ff))


def test_coefficients_that_made_the_data_are_found():
    rows = [
        measured("arbiter", {"PORTS": ports, "CHANNELS": channels}, 7 + 30 * ports + 5 * channels,
                 16 * ports + channels)
        for ports, channels in ((1, 1), (2, 1), (4, 1), (4, 2), (4, 4))
    ]  # fmt: skip
    held = fit(rows)["arbiter"][""]
    assert held.lut == pytest.approx({"module": 7, "port": 30, "channel": 5}, rel=1e-2)
    assert held.lut_error < 1e-3
    assert held.range == {"PORTS": (1, 4), "CHANNELS": (1, 4)}


def test_held_out_points_are_not_fitted_to():
    rows = [
        measured("controller", {"START_CYCLES": 4}, 15, 40),
        measured("controller", {"START_CYCLES": 5}, 30, 40, held_out=True),
    ]
    found = fit(rows)
    assert found["controller"][""].points == 1
    lut = next(s for s in summary(deviations(rows, found)) if s.resource == "lut")
    assert (lut.count, lut.worst) == (1, 0.5)


def test_a_table_is_gone_on_with(tmp_path):
    file = tmp_path / "points.csv"
    rows = [measured("banks", {"BANKS": n}, n, n) for n in (1, 2)]
    append(file, rows[:1])
    append(file, rows[1:])
    assert read(file) == rows


def test_every_point_has_a_formula_and_a_module():
    for each in grid():
        formula = FORMULAS[each.module]
        assert formula.terms(each.values) or formula.closed(each.values).ff or each.values["BYTES"]
        assert len(source_digest(each.module)) == 12
    assert "banks #(.BANKS(2)) built" in wrapper([point("banks", {"BANKS": 2})])


def test_the_stored_coefficients_are_those_of_the_stored_table():
    stored = json.loads((files("lightsim.tiled.estimation") / "fitted_xc7.json").read_text())
    fitted = fit(read(TABLE))
    document = {m: {c: asdict(held) for c, held in cases.items()} for m, cases in fitted.items()}
    assert json.loads(json.dumps(document)) == stored["modules"]
    assert {row.yosys for row in read(TABLE)} == {stored["yosys"]}

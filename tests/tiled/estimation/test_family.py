"""Lanes of every member of the family of weight formats have a cost, and say whose it is."""

import pytest

from lightsim.hardware.dsp_blocks import most_products
from lightsim.hardware.pe_kinds import PE_KINDS
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.tiled.estimation.modules.module_cost import module_cost, module_source
from tests.numerics.formats.family import GRID


def rows(name, pixels=2):
    """A row of lanes of every kind that takes the scheme."""
    scheme = SCHEMES[name]
    for kind in PE_KINDS.values():
        if not kind.takes(scheme):
            continue
        for truncates in (0, 1) if kind.shifts and scheme.fraction_bits else (0,):
            for products in (1, 2) if kind.on_dsp and most_products(scheme) == 2 else (1,):
                values = {
                    "KIND": kind.rtl_code, "SCHEME": scheme.rtl_code, "COLUMNS": 8,
                    "PIXELS": pixels, "LATENCY": kind.latency, "SUM_BITS": 32,
                    "TRUNCATES": truncates,
                }  # fmt: skip
                if kind.on_dsp:
                    values["PRODUCTS_PER_DSP"] = products
                yield kind, truncates, products, tuple(sorted(values.items()))


@pytest.mark.parametrize("name", GRID)
def test_every_lane_has_a_cost_and_a_source(name):
    for kind, _, products, row in rows(name):
        cost, source = module_cost("lane_rows", row), module_source("lane_rows", row)
        assert cost.lut > 0 and cost.ff > 0
        assert cost.dsp == (16 // products if kind.on_dsp else 0)
        assert source.certainty in ("measured", "derived", "assumed")
        assert ("as " in source.text) == (source.certainty == "assumed")


def test_narrower_weights_never_cost_more():
    def luts(name, kind):
        found = [row for own, _, products, row in rows(name) if own.name == kind and products == 1]
        return module_cost("lane_rows", found[0]).lut

    for kind in ("multiply_lut", "multiply_dsp"):
        costs = [luts(f"fixed{bits}", kind) for bits in (2, 3, 5, 6, 7)]
        assert costs == sorted(costs)
    for wide, narrow in (("flightnn", "flightnn-m2to6"), ("lightnn1", "lightnn1-m3to6")):
        assert luts(narrow, "shift_add_serial") < luts(wide, "shift_add_serial")

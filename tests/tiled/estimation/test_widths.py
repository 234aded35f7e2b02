"""Lanes of narrower activations against synthesis: where the shares of `array_terms` come from."""

from __future__ import annotations

import pytest

from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.tiled.estimation.modules.module_cost import module_cost, module_source
from lightsim.tiled.estimation.resources import estimate, total
from tests.tiled.simulation.machines import machine

# One row of lane_rows.sv, 8 columns and 2 pixels, sums of 32 bits: kind and scheme by their codes,
# bits of the activation, LUTs and flip-flops by Yosys 0.70, synth_xilinx -family xc7.
MEASURED = [
    (0, 2, 2, 590, 416), (0, 2, 4, 766, 476), (0, 2, 6, 941, 536), (0, 2, 8, 1034, 596),
    (1, 2, 2, 1128, 830), (1, 2, 4, 1484, 954), (1, 2, 6, 1823, 1078), (1, 2, 8, 2011, 1202),
    (2, 4, 2, 584, 526), (2, 4, 4, 726, 618), (2, 4, 6, 886, 654), (2, 4, 8, 1046, 690),
    (2, 3, 2, 1103, 558), (2, 3, 4, 1475, 650), (2, 3, 6, 1730, 742), (2, 3, 8, 2070, 834),
    (0, 0, 2, 585, 416), (0, 0, 4, 754, 476), (0, 0, 6, 924, 536), (0, 0, 8, 1018, 596),
]  # fmt: skip


def lane(kind, scheme, bits):
    values = {
        "KIND": kind, "SCHEME": scheme, "TRUNCATES": 0, "COLUMNS": 8, "PIXELS": 2,
        "LATENCY": 1 if kind == 0 else 2, "SUM_BITS": 32, "ACTIVATION_BITS": bits,
    }  # fmt: skip
    return tuple(sorted(values.items()))


@pytest.mark.parametrize(("kind", "scheme", "bits", "lut", "ff"), MEASURED)
def test_a_lane_costs_what_synthesis_says(kind, scheme, bits, lut, ff):
    cost = module_cost("lane_rows", lane(kind, scheme, bits))
    assert cost.lut == pytest.approx(lut, rel=0.03)
    assert cost.ff == pytest.approx(ff, rel=0.13)


def test_what_is_not_of_eight_bits_says_so():
    source = module_source("lane_rows", lane(0, 2, 4))
    assert source.certainty == "derived" and "ACTIVATION_BITS 4 (8)" in source.text
    assert module_source("lane_rows", lane(0, 2, 8)).certainty == "measured"


@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_narrower_lanes_cost_less_and_more_fields_cost_more(scheme):
    pe = ((SCHEMES[scheme].usual_pe, 8),)

    def parts(widths):
        return estimate(machine(scheme=scheme, pe=pe, activation_bits=widths))

    def used(widths):
        return total(parts(widths))

    # Poolings fold more channels of a word where they are narrower, which takes more.
    lanes = [
        next(part.resources.lut for part in parts((bits,)) if part.name.startswith("lanes"))
        for bits in (2, 4, 8)
    ]
    assert lanes == sorted(lanes)
    assert used((8,)).lut < used((4, 8)).lut < used((2, 4, 8)).lut
    assert used((4, 8)).bram36 == used((8,)).bram36

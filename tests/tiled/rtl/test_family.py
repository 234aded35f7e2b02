"""Members of the family of weight formats in SystemVerilog: the same bits in the same cycles."""

import pytest

from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.quantisation.synthetic.workload import synthetic_images, synthetic_workload
from lightsim.tiled.description.accelerator import Accumulator
from lightsim.tiled.mapping.program import map_workload
from lightsim.tiled.rtl.comparison.verify import verify_programs
from tests.numerics.formats.family import GRID
from tests.quantisation.networks import convolution, dense, network
from tests.tiled.simulation.machines import machine

NETWORK = (
    convolution(9, name="first", padding=1, activation="relu"),
    convolution(6, name="second", stride=2, activation="relu"),
    {"name": "pool", "operator": "max_pool", "kernel": 2},
    dense(5),
)
MULTIPLIED = ("multiply_dsp", "multiply_lut")
SHIFTED = ("shift_add_serial", "shift_add_spatial")
QUICK = (
    ("fixed6", MULTIPLIED, "exact"),
    ("ternary", (*SHIFTED, *MULTIPLIED), "exact"),
    ("lightnn3", (*SHIFTED, *MULTIPLIED), "exact"),
    ("flightnn4", (*SHIFTED, *MULTIPLIED), "exact"),
    ("flightnn3-m1to4", SHIFTED, "truncate"),
    ("lightnn2-m1to6-zero", SHIFTED, "truncate"),
)
OTHERS = [
    (name, lanes, accumulation)
    for name in GRID
    if SCHEMES[name].of_family
    for lanes, accumulation in (
        ((*SHIFTED, *MULTIPLIED) if SCHEMES[name].is_shift_add else MULTIPLIED, "exact"),
        (SHIFTED, "truncate"),
    )
    if accumulation == "exact" or SCHEMES[name].member.of_powers
]


def check(name, lanes, accumulation, folder, pixels):
    made = network(NETWORK, image=(3, 7, 6))
    built = machine(
        pe=tuple((kind, 4) for kind in lanes), columns=4, pixels=pixels, scheme=name,
        accumulator=Accumulator(32, "refuse", accumulation),
        products_per_dsp=2 if accumulation == "exact" and name.startswith("fixed") else 1,
    )  # fmt: skip
    workload, images = synthetic_workload(made, SCHEMES[name], 3), synthetic_images(made, 1, 3)
    found = verify_programs([map_workload(workload, built)], [images], folder)
    assert found.equal, found.lines()
    assert found.values_compared > 0


@pytest.mark.parametrize(("name", "lanes", "accumulation"), QUICK)
def test_every_bit_and_every_cycle(name, lanes, accumulation, tmp_path):
    check(name, lanes, accumulation, tmp_path, pixels=3)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "lanes", "accumulation"), OTHERS)
def test_every_bit_and_every_cycle_of_the_grid(name, lanes, accumulation, tmp_path):
    check(name, lanes, accumulation, tmp_path, pixels=2)

"""Pixels that share DSP blocks two by two: same bits, same cycles, at the ends of every range."""

from dataclasses import replace

import numpy as np
import pytest

from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.quantisation.synthetic.workload import synthetic_workload
from lightsim.tiled.mapping.program import map_workload
from lightsim.tiled.rtl.comparison.verify import verify_programs
from lightsim.tiled.simulation.machine import simulate
from tests.quantisation.networks import convolution, network
from tests.tiled.simulation.machines import machine

# Weights and activations at and beside the ends, and what is nothing or a sign.
WEIGHTS = {"fixed4": (-8, -7, -1, 0, 7), "fixed8": (-128, -127, -1, 0, 127),
           "lightnn1": (-128, -1, 1, 128), "binary": (-1, 1)}  # fmt: skip
ACTIVATIONS = {True: (-128, -127, -1, 0, 127), False: (0, 1, 127, 128, 255)}

# What stays in the default suite: each scheme's widest and narrowest pair, each sign, odd pixels.
QUICK = {("fixed4", True, 3), ("fixed4", False, 2), ("fixed8", True, 2), ("fixed8", False, 3)}
CASES = [(scheme, signed, pixels) for scheme in WEIGHTS for signed in (True, False)
         for pixels in (1, 2, 3, 4)]  # fmt: skip


def extreme(scheme, signed, pixels):
    """A convolution whose raw sums leave, with extreme weights and images, and its machine."""
    dice = np.random.default_rng(pixels)
    net = network([convolution(5, name="a", padding=1)], image=(8, 5, 7), signed=signed)
    workload = synthetic_workload(net, SCHEMES[scheme], 0)
    layer = workload.layers[0]
    weights = dice.choice(WEIGHTS[scheme], layer.weights.shape).astype(np.int16)
    workload = replace(workload, layers=(replace(layer, weights=weights),))
    images = dice.choice(ACTIVATIONS[signed], (2, 8, 5, 7)).astype(np.int16)
    # The first positions hold the extremes themselves, next to each other.
    images[:, :, 0, :4] = [min(ACTIVATIONS[signed]), max(ACTIVATIONS[signed])] * 2
    groups = (("multiply_dsp", 3),)
    return (
        workload,
        images,
        machine(scheme=scheme, pe=groups, columns=4, pixels=pixels, products_per_dsp=2),
    )


@pytest.mark.parametrize(
    "case", [pytest.param(c, marks=() if c in QUICK else pytest.mark.slow) for c in CASES], ids=str
)
def test_pairs_are_separated(case, tmp_path):
    workload, images, paired = extreme(*case)
    program = map_workload(workload, paired, images=2)
    found = verify_programs([program], [images], tmp_path)
    assert found.equal, found.lines()
    assert found.values_compared > 0
    assert "PRODUCTS_PER_DSP = 2" in (tmp_path / "sv" / "design_pkg.sv").read_text()


def test_no_cycle_depends_on_it():
    workload, images, paired = extreme("fixed4", True, 3)
    single = replace(paired, products_per_dsp=1)
    runs = [simulate([map_workload(workload, acc, images=2)], [images]) for acc in (single, paired)]
    assert runs[0].cycles == runs[1].cycles > 0

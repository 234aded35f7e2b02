"""Several filters for each channel in the RTL: every stride, kernel and kind of lane."""

from __future__ import annotations

import pytest

from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.quantisation.synthetic.workload import synthetic_images, synthetic_workload
from lightsim.tiled.mapping.program import map_workload
from lightsim.tiled.rtl.comparison.build import build
from lightsim.tiled.rtl.comparison.verify import verify_project
from lightsim.tiled.rtl.program.record import record
from lightsim.tiled.rtl.project.writing import write_project
from lightsim.tiled.timeline.model import run
from tests.quantisation.networks import convolution, network
from tests.tiled.simulation.machines import machine

_MIXED = (("shift_add_serial", 3), ("multiply_dsp", 2), ("shift_add_spatial", 1))
_MACHINES = {
    "flightnn": {"pe": _MIXED, "columns": 8, "pixels": 2},
    "fixed4": {"pe": (("multiply_dsp", 5),), "columns": 4, "pixels": 3, "products_per_dsp": 2},
    "binary": {"pe": (("xnor_popcount", 6),), "columns": 16, "lanes": 2},
}


def chain(activation):
    """Multipliers 1, 2, 3 and 4 under kernels 3, 5 and 7, even strides and uneven padding."""
    keys = {"activation": activation}
    return (
        convolution(5, name="first", padding=1, **keys),
        convolution(10, 3, name="two", groups=5, padding=1, **keys),
        convolution(30, 5, name="three", depthwise=True, stride=2, padding=2, **keys),
        convolution(30, 7, name="one", depthwise=True, padding=[3, 2, 3, 4], **keys),
        convolution(120, 3, name="four", groups=30, stride=[1, 2], **keys),
        convolution(3, 1, name="last"),
    )


@pytest.mark.parametrize("scheme", _MACHINES)
def test_every_multiplier(scheme, tmp_path):
    accelerator = machine(scheme=scheme, **_MACHINES[scheme])
    activations = ("sign", "relu") if scheme == "binary" else ("relu", "none")
    made = []
    for number, activation in enumerate(activations):
        net = network(chain(activation), image=(2, 12, 11))
        workload = synthetic_workload(net, SCHEMES[scheme], number)
        program = map_workload(workload, accelerator)
        kinds = [layer.kind for layer in program.plan.layers]
        # Four of 30 channels at a time are eight times four row groups: more than 30.
        assert kinds == ["convolution", *["depthwise"] * 3, "convolution", "convolution"]
        made.append((program, synthetic_images(net, 1, number)))
    simulator = None
    for number, (program, images) in enumerate(made):
        place = tmp_path / str(number)
        write_project(place, [program], [images], built_for=[other for other, _ in made])
        simulator = simulator or build(place, short=True)
        recording = record([program], [images])
        found = verify_project([program], recording, place, simulator=simulator)
        assert found.equal, found.lines()
        assert run([program]).cycles == found.cycles_simulated

"""`run` on either engine: the same report but for the engine's name, its trace and its notes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lightsim.errors import InputError
from lightsim.flow.run import Experiment, run
from lightsim.hardware.catalogue import DRAM_PARTS
from lightsim.hardware.device import MemoryInterface
from lightsim.quantisation.synthetic.workload import synthetic_images
from lightsim.reports.headline import headline
from lightsim.source import Source
from lightsim.tiled.mapping.program import map_workload
from lightsim.tiled.simulation.machine import simulate
from lightsim.tiled.timeline import run as run_timeline
from tests.tiled.simulation.layers import convolve
from tests.tiled.simulation.machines import machine


def both(**changes):
    """The reports of an experiment on both engines."""
    engines = ("simulation", "timeline")
    return [run(Experiment(engine=engine, values=True, **changes)) for engine in engines]


@pytest.mark.parametrize(
    "changes",
    [
        {"network": "digits", "images": 3, "batch": 2},
        {"network": "lenet", "board": "pynq-z2", "scheme": "fixed4"},
        {"network": "digits-small", "scheme": "binary", "ideal": True},
    ],
    ids=str,
)
def test_the_same_report(changes):
    simulated, found = both(**changes)
    same = {"engine": "", "trace": (), "notes": (), "configuration": {}}
    assert replace(found, **same) == replace(simulated, **same)
    assert sorted(found.trace, key=str) == sorted(simulated.trace, key=str)
    assert [note for note in found.notes if note not in simulated.notes] == [
        "The timeline moves no data: the output values are those of the whole-layer kernels. Its "
        "cycles equal the simulation's by test; the simulation computes the bits tile by tile."
    ]


def test_the_page_does_not_say_that_bits_were_simulated():
    values = {fact.label: fact.value for fact in headline(both(network="digits-small")[1])}
    assert values["Bit exact"] == "by reference"


def test_data_that_no_channel_holds_is_refused_alike():
    small = replace(DRAM_PARTS["ddr3-1066-x32"], rows=1, banks_per_group=1, row_bytes=4096)
    accelerator = machine(
        memory=MemoryInterface(small, 1, 1024, Source("assumed", "a memory for tests"))
    )
    workload = convolve(64, 3, (64, 16, 16), padding=1)
    program = map_workload(workload, accelerator)
    images = synthetic_images(workload.network, 1, 0)
    with pytest.raises(InputError) as simulated:
        simulate([program], [images])
    with pytest.raises(InputError) as found:
        run_timeline([program])
    assert str(found.value) == str(simulated.value)


def test_unknown_engines_are_named():
    with pytest.raises(InputError, match="timelime"):
        run(Experiment("digits-small", engine="timelime"))


def test_outputs_are_those_of_the_simulation():
    hashes = {report.output_sha256 for report in both(network="digits", images=2)}
    assert len(hashes) == 1

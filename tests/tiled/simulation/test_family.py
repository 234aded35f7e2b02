"""Members of the family of weight formats on the machine: its models agree, and the bound holds."""

import pytest

from lightsim.flow.run import Experiment, run
from lightsim.hardware.pe_kinds import PE_KINDS
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.quantisation.inference.infer import infer
from lightsim.quantisation.synthetic.workload import synthetic_images, synthetic_workload
from lightsim.tiled.bounds import Axes, NetworkBound
from lightsim.tiled.description.accelerator import Accumulator
from lightsim.tiled.mapping.program import map_workload
from lightsim.tiled.simulation.machine import simulate
from lightsim.tiled.timeline.model import run as run_timeline
from tests.numerics.formats.family import GRID
from tests.quantisation import naive
from tests.quantisation.networks import convolution, dense, network
from tests.tiled.simulation.checks import wrong_layers
from tests.tiled.simulation.machines import machine
from tests.tiled.timeline.equal import differences

NETWORK = (
    convolution(9, name="first", padding=1, activation="relu"),
    convolution(6, name="second", stride=2, activation="relu"),
    {"name": "pool", "operator": "max_pool", "kernel": 2},
    dense(5),
)


def machines(name):
    """Lanes that take the scheme, by their names: each kind by itself, exact and truncating."""
    row = SCHEMES[name]
    for kind in PE_KINDS.values():
        if kind.takes(row):
            yield kind.name, "exact"
            if kind.shifts and row.fraction_bits:
                yield kind.name, "truncate"


# A kind or two for each member: all kinds, exact and truncating, over neighbouring members.
CASES = [
    (name, *own)
    for number, name in enumerate(n for n in GRID if n not in {*SCHEMES})
    for place, own in enumerate(machines(name))
    if place % 3 == number % 3
]


@pytest.mark.parametrize(("name", "pe", "accumulation"), CASES)
def test_simulation_timeline_specification_and_bound_agree(name, pe, accumulation):
    made = network(NETWORK, image=(3, 7, 6))
    accumulator = Accumulator(32, "refuse", accumulation)
    built = machine(pe=((pe, 4),), columns=4, scheme=name, accumulator=accumulator)
    workload, images = synthetic_workload(made, SCHEMES[name], 3), synthetic_images(made, 1, 3)
    program = map_workload(workload, built)
    assert wrong_layers(simulate([program], [images]), workload, built, images) == []
    (output,) = made.outputs
    specified = naive.naive_network(workload, images, bits=32, accumulation=accumulation)
    assert infer(workload, images, accumulation=accumulation).tolist() == specified[output]
    assert differences([program], [images]) == []
    bound = NetworkBound(workload, built).cycles(Axes.of([built]))[0]
    cycles = run_timeline([program]).cycles
    assert 0 < bound <= cycles
    assert cycles < 1.3 * bound


@pytest.mark.parametrize("terms", [1, 2, 3, 4])
def test_a_serial_lane_takes_a_cycle_a_term(terms):
    made = network((convolution(8, 3, name="one"),), image=(4, 12, 12))
    busy = []
    for name in ("lightnn1", f"lightnn{terms}"):
        workload = synthetic_workload(made, SCHEMES[name], 0)
        program = map_workload(workload, machine(columns=4, scheme=name))
        busy.append(run_timeline([program]).units["array"].busy)
    assert busy[1] == terms * busy[0]


def test_mixed_rows_take_filters_of_many_terms_in_one_pass():
    """Where some rows take any weight in a pass, those with most terms go there first."""
    made = network((convolution(16, 3, name="one"),), image=(4, 8, 8))
    workload = synthetic_workload(made, SCHEMES["flightnn3"], 1)
    built = machine(
        pe=(("shift_add_spatial", 4), ("shift_add_serial", 4)), columns=4, scheme="flightnn3"
    )
    program = map_workload(workload, built)
    k = workload.layers[0].k
    for schedule in program.schedules:
        for groups in schedule.weight_groups:
            for group in groups:
                slow = [k[f] for f in group.filters[4:] if f >= 0]
                assert group.passes == max([1, *slow])
    images = synthetic_images(made, 1, 0)
    assert wrong_layers(simulate([program], [images]), workload, built, images) == []
    assert differences([program], [images]) == []
    bound = NetworkBound(workload, built).cycles(Axes.of([built]))[0]
    assert 0 < bound <= run_timeline([program]).cycles


@pytest.mark.parametrize("name", ["fixed6", "ternary", "lightnn3", "flightnn3"])
def test_the_whole_flow_with_the_default_accelerator(name):
    made = network(NETWORK, image=(3, 9, 8))
    report = run(Experiment(made, board="zc706", scheme=name, images=2))
    assert report.bit_exact and report.scheme == name
    assert report.default.bound_cycles <= report.default.cycles
    (lane,) = (part for part in report.parts if part.name.startswith("lanes: "))
    assert "as " in lane.source or "least squares" in lane.source
    counts = report.layers[0].k
    assert len(counts) == max(3, SCHEMES[name].max_terms + 1)
    assert sum(counts.values()) == (9 if SCHEMES[name].is_shift_add else 0)

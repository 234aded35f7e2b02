"""A new scheme is one file and one row, a new PE kind one row: both made up, and run whole."""

from __future__ import annotations

import numpy as np
import pytest

from lightsim.errors import InputError
from lightsim.flow.run import Experiment, run
from lightsim.flow.verification import write_rtl
from lightsim.hardware.catalogue import board
from lightsim.hardware.pe_kinds import PE_KINDS, PeKind
from lightsim.numerics.formats.scheme import SCHEMES, Scheme
from lightsim.numerics.formats.table import codec
from lightsim.quantisation.inference.infer import infer
from lightsim.quantisation.synthetic.workload import synthetic_images, synthetic_workload
from lightsim.source import Source
from lightsim.tiled.bounds import Axes, NetworkBound
from lightsim.tiled.calibration.grid import grid
from lightsim.tiled.description.accelerator import Accumulator
from lightsim.tiled.estimation.modules.module_cost import module_cost, module_source
from lightsim.tiled.mapping.program import map_workload
from lightsim.tiled.simulation.machine import simulate
from lightsim.tiled.timeline.model import run as run_timeline
from tests.quantisation import naive
from tests.quantisation.networks import convolution, dense, network
from tests.tiled.simulation.checks import wrong_layers
from tests.tiled.simulation.machines import machine
from tests.tiled.timeline.equal import differences

SCHEME = Scheme(
    name="quarters", weight_bits=3, term_bits=3, max_terms=1, fraction_bits=2, has_zero=True,
    k_per_filter=False, largest=4, source=Source("assumed", "made up"),
    codec="tests.tiled.made_up:QUARTERS", usual_pe="shift_in_thirds", rtl_code=14,
    costs_like="lightnn1",
)  # fmt: skip
KIND = PeKind(
    name="shift_in_thirds", title="a shift that takes three cycles",
    takes=lambda scheme: scheme.is_shift_add, latency=4, passes=lambda scheme, k, bits: 3,
    event=lambda scheme, k, bits: ("shift_add_term", k), exact_bits=12, rtl_code=14,
    costs_like="shift_add_spatial", truncated_bits=11, shifts=True,
)  # fmt: skip

NETWORK = (
    convolution(9, name="first", padding=1, activation="relu"),
    convolution(6, name="second", stride=2, activation="relu"),
    {"name": "pool", "operator": "max_pool", "kernel": 2},
    dense(5),
)


@pytest.fixture(autouse=True)
def rows(monkeypatch):
    """The two rows; the codec's file is found by the name in the row."""
    monkeypatch.setitem(SCHEMES, SCHEME.name, SCHEME)
    monkeypatch.setitem(PE_KINDS, KIND.name, KIND)


def lanes(pe):
    return {"pe": tuple((name, 2) for name in pe), "columns": 4, "scheme": SCHEME.name}


MACHINES = {
    "own": lanes([KIND.name]),
    "beside": lanes([KIND.name, "shift_add_serial", "multiply_dsp"]),
    "truncates": lanes([KIND.name, "shift_add_spatial"])
    | {"accumulator": Accumulator(32, "refuse", "truncate")},
}


@pytest.mark.parametrize("name", MACHINES)
def test_simulation_timeline_specification_and_bound_agree(name, monkeypatch):
    # The specification of a new format: what the terms of its codes are.
    terms = {0: [], 1: [(1, 0)], 3: [(1, 2)], 5: [(-1, 0)], 7: [(-1, 2)]}
    monkeypatch.setitem(naive._TERMS, SCHEME.name, terms.__getitem__)
    made, built = network(NETWORK, image=(3, 9, 8)), machine(**MACHINES[name])
    workload, images = synthetic_workload(made, SCHEME, 3), synthetic_images(made, 2, 3)
    held = np.unique(
        np.concatenate([q.weights.ravel() for q in workload.layers if q.k is not None])
    )
    assert held.tolist() == [-4, -1, 0, 1, 4]
    program = map_workload(workload, built, images=2)
    result = simulate([program], [images])
    assert wrong_layers(result, workload, built, images) == []
    accumulation = built.accumulator.accumulation
    (output,) = made.outputs
    found = infer(workload, images, accumulation=accumulation)
    specified = naive.naive_network(workload, images, bits=32, accumulation=accumulation)
    assert found.tolist() == specified[output]
    assert differences([program], [images]) == []
    bound = NetworkBound(workload, built).cycles(Axes.of([built], 2))[0]
    assert 0 < bound <= run_timeline([program]).cycles


def test_three_passes_take_three_times_as_long():
    made = network((convolution(8, 3, name="one"),), image=(4, 12, 12))
    workload = synthetic_workload(made, SCHEME, 0)
    steps = []
    for pe in ("shift_add_spatial", KIND.name):
        program = map_workload(workload, machine(**lanes([pe])))
        steps.append(run_timeline([program]).units["array"].busy)
    assert 2.5 < steps[1] / steps[0] <= 3


def test_the_whole_flow_with_the_default_accelerator():
    made = network(NETWORK, image=(3, 9, 8))
    report = run(Experiment(made, board="zc706", scheme=SCHEME.name, images=2))
    assert report.bit_exact
    assert report.default.bound_cycles <= report.default.cycles
    (lane,) = (part for part in report.parts if part.name.startswith("lanes: "))
    assert lane.name.endswith(f"rows of {KIND.name}")
    assert "assumed" in lane.source
    assert "as shift_add_spatial with lightnn1: least squares" in lane.source
    assert lane.resources["lut"] > 0 == lane.resources["dsp"]


def test_its_lanes_have_its_own_amounts_and_another_kind_s_coefficients():
    def row(kind, scheme, **more):
        values = {
            "KIND": PE_KINDS[kind].rtl_code, "SCHEME": SCHEMES[scheme].rtl_code, "COLUMNS": 8,
            "PIXELS": 1, "LATENCY": PE_KINDS[kind].latency, "SUM_BITS": 32, "TRUNCATES": 0,
        }  # fmt: skip
        return tuple(sorted((values | more).items()))

    like, own = row("shift_add_spatial", "lightnn1"), row(KIND.name, SCHEME.name)
    # Six product bits fewer in the adder tree: the rest is alike.
    assert module_cost("lane_rows", own).lut < module_cost("lane_rows", like).lut
    assert module_cost("lane_rows", own).ff < module_cost("lane_rows", like).ff
    assert module_source("lane_rows", like).certainty == "measured"
    assert module_source("lane_rows", own).certainty == "assumed"


def test_nothing_is_measured_of_what_no_systemverilog_has():
    codes = {dict(p.parameters)["KIND"] for p in grid() if p.module == "lane_rows"}
    assert codes == {row.rtl_code for row in PE_KINDS.values()} - {KIND.rtl_code}


def test_the_rtl_says_in_one_line_that_there_is_none(tmp_path):
    made = network(NETWORK, image=(3, 9, 8))
    with pytest.raises(InputError, match="scheme 'quarters' has no SystemVerilog that") as error:
        write_rtl(Experiment(made, board="zc706", scheme=SCHEME.name), tmp_path)
    assert "\n" not in str(error.value)
    accelerator = machine(pe=((KIND.name, 4),), columns=4, scheme="lightnn1")
    with pytest.raises(InputError, match="PE kind 'shift_in_thirds' has no lane") as error:
        write_rtl(Experiment(made, accelerator=accelerator), tmp_path)
    assert "accepted: multiply_dsp, multiply_lut, shift_add_serial" in str(error.value)


def test_lists_and_axes_name_the_rows():
    from dse.tiled.space.axes import AXES
    from lightsim.cli.commands.tables import TABLES

    assert SCHEME.name in {row["name"] for row in TABLES["schemes"]()}
    assert KIND.name in {row["name"] for row in TABLES["pe-kinds"]()}
    assert AXES["lanes"].default(board("zc706"), (SCHEME.name,))[0] == KIND.name
    assert codec(SCHEME.name).representable.tolist() == [-4, -1, 0, 1, 4]

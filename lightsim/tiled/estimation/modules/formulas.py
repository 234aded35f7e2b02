"""The formulas for the LUTs and flip-flops of each module of the RTL.

The cost of a module without its submodules is a sum of terms. The parameters of the module give the
terms (lanes, bits added, bits held, ...), and each term has a coefficient. The coefficients of a
device family are fitted to synthesis (`lightsim calibrate`) and stored in `fitted_FAMILY.json`.
Variants of a module (for example a PE kind with a scheme) have a set of coefficients for each case.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lightsim.tiled.estimation.modules.array_terms import lane_case, lane_terms, pe_array_terms
from lightsim.tiled.estimation.modules.buffer_terms import (
    input_terms,
    output_case,
    output_terms,
    parameter_terms,
    psum_terms,
    residual_terms,
    slice_terms,
    weight_terms,
)
from lightsim.tiled.estimation.modules.memories import NOTHING, Mapped, mapped
from lightsim.tiled.estimation.modules.post_terms import (
    drain_terms,
    elementwise_terms,
    post_terms,
    rotator_terms,
)
from lightsim.tiled.estimation.modules.terms import Parameters, Terms

__all__ = ["FORMULAS", "Formula"]


@dataclass(frozen=True, slots=True)
class Formula:
    """The terms of a module's cost, and the case that selects the set of coefficients.

    `closed` is a cost that needs no coefficients: memories, whose geometry determines the cost.
    """

    terms: Callable[[Parameters], Terms]
    case: Callable[[Parameters], str] = lambda parameters: ""
    closed: Callable[[Parameters], Mapped] = lambda parameters: NOTHING


def _nothing(parameters: Parameters) -> Terms:
    return {}


def _one(parameters: Parameters) -> Terms:
    return {"module": 1}


def _value_of(name: str) -> Callable[[Parameters], str]:
    return lambda parameters: f"{name}={parameters[name]}"


def _arbiter(p: Parameters) -> Terms:
    return {"module": 1, "port": p["PORTS"], "channel": p["CHANNELS"]}


def _step_generator(p: Parameters) -> Terms:
    return {"module": 1, "pixel": p["PIXELS"], "column": p["COLUMNS"]}


def _accelerator(p: Parameters) -> Terms:
    """The pipeline of steps, each row's parameters, the initial sums, and the wiring."""
    stages = p["LATENCY"] + (p["COLUMNS"] - 1).bit_length() + 3
    values = p["ROWS"] * p["PIXELS"]
    return {
        "module": 1,
        "stage": stages,
        "row": p["ROWS"],
        "bit added": values * p["SUM_BITS"],  # the choice between bias and partial sum
        "elementwise": p["ELEMENTWISE"],
        "elementwise lane": p["LANES"] * p["ELEMENTWISE"],
    }


def _walker_case(p: Parameters) -> str:
    """The case of a walker: striping over channels that are no power of two needs a divider."""
    channels = p["CHANNELS"]
    return "divides" if channels & (channels - 1) else "shifts"


FORMULAS: dict[str, Formula] = {
    "accelerator": Formula(_accelerator),
    "arbiter": Formula(_arbiter),
    "bank_memory": Formula(_nothing, closed=mapped),
    "banks": Formula(_one, _value_of("BANKS")),
    "controller": Formula(_one),
    "drain": Formula(drain_terms),
    "elementwise": Formula(elementwise_terms),
    "input_buffer": Formula(input_terms),
    "input_fill": Formula(_one),
    "lane_rows": Formula(lane_terms, lane_case),
    "load_stream": Formula(_one, _value_of("WAITS")),
    "output_buffer": Formula(output_terms, output_case),
    "output_slice": Formula(slice_terms, _value_of("BANKS")),
    "parameter_memory": Formula(parameter_terms),
    "pe_array": Formula(pe_array_terms),
    "post_lane": Formula(_one, _value_of("MULTIPLIES")),
    "post_processing": Formula(post_terms),
    "psum_memory": Formula(psum_terms, closed=mapped),
    "request_walker": Formula(_one, _walker_case),
    "residual_buffer": Formula(residual_terms),
    "rotator": Formula(rotator_terms),
    "rounder": Formula(_one, _value_of("BITS")),
    "slice_memory": Formula(_nothing, closed=mapped),
    "step_generator": Formula(_step_generator),
    "store_stream": Formula(_one),
    "unpack_walker": Formula(_one),
    "weight_buffer": Formula(weight_terms),
}

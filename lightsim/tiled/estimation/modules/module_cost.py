"""The resources of a module of the RTL: its formula with the coefficients fitted to synthesis."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from lightsim.source import Source
from lightsim.tiled.estimation.modules.array_terms import REGISTERS, dsp_blocks, stands_in
from lightsim.tiled.estimation.modules.formulas import FORMULAS
from lightsim.tiled.estimation.modules.terms import Parameters

__all__ = ["FAMILY", "Cost", "cost_of", "fitted", "module_cost", "module_source"]

# The family that the formulas are fitted to. The formulas serve for all devices with 6-input LUTs.
FAMILY = "xc7"

_MULTIPLIERS = {0: 2, 1: 4}  # DSP blocks of a post-processing lane, by MULTIPLIES


@dataclass(frozen=True, slots=True)
class Cost:
    """The resources of one module without its submodules; block RAM in 18 kb halves."""

    lut: int
    ff: int
    dsp: int
    halves: int


@lru_cache(maxsize=1)
def fitted() -> Mapping[str, Any]:
    """The coefficient file: fitted coefficients, and the tools that measured them."""
    text = (files("lightsim.tiled.estimation") / f"fitted_{FAMILY}.json").read_text(
        encoding="utf-8"
    )
    held: Mapping[str, Any] = json.loads(text)
    return held


@lru_cache(maxsize=16384)
def module_cost(module: str, parameters: tuple[tuple[str, int], ...]) -> Cost:
    """The resources of `module` when it is built with `parameters`."""
    return cost_of(module, dict(parameters), fitted()["modules"][module])


def cost_of(module: str, values: Parameters, cases: Mapping[str, Any]) -> Cost:
    """The resources of `module` with the coefficients of `cases`, as in the coefficient file."""
    formula = FORMULAS[module]
    held = cases[formula.case(values)]
    terms, closed = formula.terms(values), formula.closed(values)
    registers = terms.pop(REGISTERS, None)
    lut = round(sum(amount * held["lut"].get(term, 0.0) for term, amount in terms.items()))
    if registers is not None:
        terms["lane"] = registers
    ff = round(sum(amount * held["ff"].get(term, 0.0) for term, amount in terms.items()))
    return Cost(lut + closed.lut, ff + closed.ff, _dsp(module, values), closed.halves)


def module_source(module: str, parameters: tuple[tuple[str, int], ...]) -> Source:
    """The source of a module's cost; it says which parameters lie outside the fitted range."""
    values = dict(parameters)
    held = fitted()
    case = held["modules"][module][FORMULAS[module].case(values)]
    others = stands_in(values) if module == "lane_rows" else ""
    named = (*_NO_RANGE, "KIND", "SCHEME") if others else _NO_RANGE
    beyond = [
        f"{name} {values[name]} ({low} to {high})"
        for name, (low, high) in case["range"].items()
        if name in values and name not in named and not low <= values[name] <= high
    ]
    beyond += [f"{name} {values[name]} (8)" for name in _OF_BYTES if values.get(name, 8) != 8]
    text = (
        f"least squares over {case['points']} syntheses of {module}.sv, Yosys {held['yosys']}, "
        f"synth_xilinx, family {FAMILY}, {held['date']}"
    )
    if beyond:
        text += f"; beyond what was measured: {', '.join(beyond)}"
    if others:
        return Source("assumed", f"as {others}: {text}")
    return Source("derived" if beyond else "measured", text)


# Parameters that are labels, or that no formula reads: they have no range.
_NO_RANGE = ("KINDS", "WORD_BITS", "SLOTS", "GROUPS")

# Parameters measured only at their usual value: eight-bit activations in eight-bit fields.
_OF_BYTES = ("ACTIVATION_BITS", "FIELDS")


def _dsp(module: str, p: Parameters) -> int:
    """DSP blocks: products in `lane_rows`, requantisation in `post_lane`, row pitch in `drain`."""
    if module == "lane_rows":
        return dsp_blocks(p)
    if module == "post_lane":
        return _MULTIPLIERS[p["MULTIPLIES"]]
    return 1 if module == "drain" else 0

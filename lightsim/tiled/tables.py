"""What `lightsim list` shows of the tiled machine: its lanes, modules, loop orders, latencies."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lightsim.energy.float32 import float32_lane
from lightsim.hardware import PE_KINDS, board
from lightsim.hardware.part import Part
from lightsim.memory.spec import INTERCONNECT, REQUEST_CYCLES, RESPONSE_CYCLES
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.tiled.description import pipeline as machine
from lightsim.tiled.description.accelerator import Array, LaneGroup
from lightsim.tiled.estimation.design import design_parts
from lightsim.tiled.estimation.modules.constants import constants_of
from lightsim.tiled.estimation.modules.module_cost import FAMILY, fitted
from lightsim.tiled.estimation.sizing import least_design
from lightsim.tiled.mapping.tiles.tiling import ORDERS

__all__ = ["Row", "tables"]

Row = dict[str, object]


def tables() -> Mapping[str, Callable[[], list[Row]]]:
    """The tables by their names; each is made when it is asked for."""
    return {
        "pe-kinds": _pe_kinds,
        "lanes": _lanes,
        "modules": _modules,
        "orders": _orders,
        "parameters": _parameters,
    }


def _pe_kinds() -> list[Row]:
    return [
        {
            "name": row.name,
            "title": row.title,
            "schemes": ", ".join(sorted(row.runs)),
            "latency": row.latency,
            "source": str(machine.SOURCE),
        }
        for row in PE_KINDS.values()
    ]


def _lanes() -> list[Row]:
    """What a lane costs in a row of 16 and two pixels, with its part of tree and accumulator."""
    on = board("zc706")
    rows: list[Row] = []
    for name, row in SCHEMES.items():
        for kind in PE_KINDS.values():
            if name not in kind.runs:
                continue
            array = Array((LaneGroup(kind.name, 16),), 16, 2)
            parts = design_parts(constants_of(least_design(on, row, array)))
            part = next(p for p in parts if p.name.startswith("lanes: "))
            rows.append(_lane(kind.name, name, part, array.lanes))
    rows.append(_lane("float32 (cost only)", "float32", float32_lane(), 1))
    return rows


def _modules() -> list[Row]:
    """The formulas of every module of the RTL, as they were fitted to its synthesis."""
    held = fitted()
    source = f"measured: Yosys {held['yosys']}, synth_xilinx, family {FAMILY}, {held['date']}"
    return [
        {
            "module": module,
            "case": case or None,
            "LUT": _sum_of(row["lut"]),
            "FF": _sum_of(row["ff"]),
            "range": ", ".join(f"{n} {low}-{high}" for n, (low, high) in row["range"].items()),
            "largest error": max(row["lut_error"], row["ff_error"]),
            "source": f"{source}; {row['points']} points",
        }
        for module, cases in held["modules"].items()
        for case, row in cases.items()
    ]


def _sum_of(coefficients: dict[str, float]) -> str:
    return " + ".join(f"{value:g} per {term}" for term, value in coefficients.items()) or "0"


def _lane(pe: str, scheme: str, part: Part, lanes: int) -> Row:
    used = part.resources
    return {
        "PE kind": pe,
        "scheme": scheme,
        "LUT": round(used.lut / lanes, 1),
        "FF": round(used.ff / lanes, 1),
        "DSP": round(used.dsp / lanes, 2),
        "source": str(part.source),
    }


def _orders() -> list[Row]:
    return [{"name": name, "meaning": text} for name, text in ORDERS.items()]


def _parameters() -> list[Row]:
    values = {
        "layer start, cycles": machine.LAYER_START_CYCLES,
        "buffer read, cycles": machine.BUFFER_READ_CYCLES,
        "post-processing depth, cycles": machine.POST_DEPTH,
        "requests in a memory channel": machine.CHANNEL_SLOTS,
        "parameter bytes per filter": machine.PARAMETER_BYTES,
        "parameter slots": machine.PARAMETER_SLOTS,
    }
    rows: list[Row] = [
        {"parameter": name, "value": value, "source": str(machine.SOURCE)}
        for name, value in values.items()
    ]
    for name, value in (("request", REQUEST_CYCLES), ("response", RESPONSE_CYCLES)):
        rows.append(
            {
                "parameter": f"memory {name} path, cycles",
                "value": value,
                "source": str(INTERCONNECT),
            }
        )
    return rows

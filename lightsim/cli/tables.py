"""The rows of `lightsim list`, read from the rooms' own tables."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lightsim.energy.float32 import float32_lane
from lightsim.energy.tables import DRAM_PJ_PER_BIT, ENERGY_TABLES
from lightsim.hardware import BOARDS, DEVICES, DRAM_PARTS, PE_KINDS, Resources, board
from lightsim.hardware.dsp_blocks import DSP_BLOCKS, PAIRING, pair_bits
from lightsim.memory.spec import INTERCONNECT, REQUEST_CYCLES, RESPONSE_CYCLES
from lightsim.network import load_network, zoo_names
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.numerics.sums.requantise import ROUNDINGS, requantise
from lightsim.quantisation.stored.trained import trained_schemes
from lightsim.source import Source
from lightsim.tiled.description import pipeline as machine
from lightsim.tiled.description.accelerator import Array, LaneGroup
from lightsim.tiled.estimation import Part
from lightsim.tiled.estimation.design import design_parts
from lightsim.tiled.estimation.modules.constants import constants_of
from lightsim.tiled.estimation.modules.module_cost import FAMILY, fitted
from lightsim.tiled.estimation.sizing import least_design
from lightsim.tiled.mapping.tiles.tiling import ORDERS
from lightsim.units import spell

__all__ = ["TABLES", "Row"]

Row = dict[str, object]


def _networks() -> list[Row]:
    rows: list[Row] = []
    for name in zoo_names():
        network = load_network(name)
        rows.append(
            {
                "name": name,
                "parameters": network.parameters,
                "macs": network.macs,
                "layers": len(network.layers),
                "trained schemes": ", ".join(trained_schemes(network)) or None,
                "title": network.title,
                "source": network.source,
            }
        )
    return rows


def _schemes() -> list[Row]:
    return [
        {
            "name": row.name,
            "weight bits": row.weight_bits,
            "largest k": row.max_terms,
            "k per filter": row.k_per_filter,
            "has zero": row.has_zero,
            "source": str(row.source),
        }
        for row in SCHEMES.values()
    ]


def _boards() -> list[Row]:
    return [
        {
            "name": row.name,
            "device": row.device.name,
            "memory": f"{row.memory.channels} x {row.memory.part.name}",
            "clock": spell(row.clock_hz, "Hz"),
            "ports": f"{row.port_count} x {row.port_bits} bit",
            "source": f"{row.source}; memory {row.memory.source}",
        }
        for row in BOARDS.values()
    ]


def _devices() -> list[Row]:
    return [
        {
            "name": row.name,
            **dict(zip(Resources.names(), row.resources.values(), strict=True)),
            "DSP type": row.dsp_type,
            "source": str(row.source),
        }
        for row in DEVICES.values()
    ]


def _dsp_blocks() -> list[Row]:
    """Which schemes form two products on a block, and how wide the operand of a pair is."""
    return [
        {
            "name": row.name,
            "multiplier": f"{row.operand_bits} x {row.weight_bits}",
            "two products": ", ".join(
                f"{s.name} ({pair_bits(s)} bits)" for s in SCHEMES.values() if row.products(s) == 2
            )
            or None,
            "source": f"{row.source}; {PAIRING}",
        }
        for row in DSP_BLOCKS.values()
    ]


def _memories() -> list[Row]:
    return [
        {
            "name": row.name,
            "kind": row.kind,
            "bus bits": row.bus_bits,
            "peak": spell(row.peak_bytes_per_second, "B/s"),
            "tRCD-tRP-tCL": f"{row.tRCD}-{row.tRP}-{row.tCL}",
            "source": str(row.source),
        }
        for row in DRAM_PARTS.values()
    ]


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


def _roundings() -> list[Row]:
    """Each rounding by what it makes of a few quarters, the ties among them."""
    quarters = np.array([[-7, -6, -2, -1, 1, 2, 6, 7]], np.int32)
    rows: list[Row] = []
    for name in ROUNDINGS:
        rounded = requantise(quarters[:, None], np.ones(1, np.int32), 2, name, -128, 127)
        shown = {f"{q / 4:g}": int(v) for q, v in zip(quarters[0], rounded[0, 0], strict=True)}
        source = Source("derived", "computed by the kernel as this table is printed")
        rows.append({"name": name, **shown, "source": str(source)})
    return rows


def _energy() -> list[Row]:
    rows: list[Row] = []
    for name, table in ENERGY_TABLES.items():
        for event, row in table.rows.items():
            rows.append(
                {"table": name, "event": event, "pJ": row.picojoules, "source": str(row.source)}
            )
    for kind, row in DRAM_PJ_PER_BIT.items():
        rows.append(
            {
                "table": "memory, per bit",
                "event": kind,
                "pJ": row.picojoules,
                "source": str(row.source),
            }
        )
    return rows


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


TABLES: dict[str, Callable[[], list[Row]]] = {
    "networks": _networks,
    "schemes": _schemes,
    "boards": _boards,
    "devices": _devices,
    "dsp-blocks": _dsp_blocks,
    "memories": _memories,
    "pe-kinds": _pe_kinds,
    "lanes": _lanes,
    "modules": _modules,
    "orders": _orders,
    "roundings": _roundings,
    "energy": _energy,
    "parameters": _parameters,
}

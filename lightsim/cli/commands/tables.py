"""The rows of `lightsim list`, made from the tables of the rooms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields

import numpy as np

from lightsim.cli.commands.listing import TABLE_NAMES
from lightsim.energy.tables import DRAM_PJ_PER_BIT, ENERGY_TABLES
from lightsim.flow.templates import DEFAULT_TEMPLATE, TEMPLATES
from lightsim.hardware import BOARDS, DEVICES, DRAM_PARTS, Resources
from lightsim.hardware.dsp_blocks import DSP_BLOCKS, PAIRING, pair_bits
from lightsim.network import load_network, zoo_names
from lightsim.numerics.formats.family import NAMED
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.numerics.sums.requantise import ROUNDINGS, requantise
from lightsim.quantisation.stored.trained import trained_schemes
from lightsim.source import Source
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
        for row in (SCHEMES[name] for name in dict.fromkeys((*SCHEMES, *NAMED)))
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
    """The schemes that form two products on each DSP block, and the width of a pair's operand."""
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


def _roundings() -> list[Row]:
    """Each rounding with its result for some multiples of a quarter, including ties."""
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


def _templates() -> list[Row]:
    """Every kind of machine, and the parts that it does not have yet."""
    return [
        {
            "name": row.name,
            "title": row.title,
            "without": ", ".join(
                each.name.replace("_", " ")
                for each in fields(row)
                if getattr(row, each.name) is None
            )
            or None,
        }
        for row in TEMPLATES.values()
    ]


_OWN: Mapping[str, Callable[[], list[Row]]] = {
    "networks": _networks,
    "schemes": _schemes,
    "boards": _boards,
    "devices": _devices,
    "dsp-blocks": _dsp_blocks,
    "memories": _memories,
    "roundings": _roundings,
    "energy": _energy,
    "templates": _templates,
}


def _tables() -> dict[str, Callable[[], list[Row]]]:
    """The shared tables and those of the default template, in the order of the command's names."""
    door = TEMPLATES[DEFAULT_TEMPLATE].tables
    every = {**_OWN, **({} if door is None else door.open()())}
    return {name: every[name] for name in TABLE_NAMES}


TABLES = _tables()

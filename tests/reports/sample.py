"""A deterministic, realistic run report whose sums hold, of any number of layers."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from math import ceil

from lightsim.reports.report import (
    LayerReport,
    PartReport,
    ResourceReport,
    RunReport,
    TraceEvent,
    UnitReport,
)

__all__ = ["CAUSES", "sample_report"]

CLOCK_HZ = 150_000_000
LANES = 32 * 16 * 2
BYTES_PER_CYCLE = 12.8e9 / CLOCK_HZ
CAUSES = ("dram_refresh", "fill", "input", "output", "post", "weight")
_WEIGHTS = {"input": 5, "weight": 8, "output": 3, "post": 1, "fill": 2, "dram_refresh": 1}

# name, kind, fused, input channels, filters, output side, kernel
_TWELVE = (
    ("conv1_1", "conv2d", (), 3, 64, 32, 3),
    ("conv1_2", "conv2d", ("pool1",), 64, 64, 32, 3),
    ("conv2_1", "conv2d", (), 64, 128, 16, 3),
    ("conv2_2", "conv2d", ("pool2",), 128, 128, 16, 3),
    ("conv3_1", "conv2d", (), 128, 256, 8, 3),
    ("conv3_2", "conv2d", ("add3",), 256, 256, 8, 3),
    ("shortcut3", "conv2d", (), 128, 256, 8, 1),
    ("conv4_1", "conv2d", (), 256, 512, 4, 3),
    ("conv4_2", "conv2d", (), 512, 512, 4, 3),
    ("global_pool", "global_pool", (), 512, 0, 1, 4),
    ("fc1", "dense", (), 512, 1024, 1, 1),
    ("fc2", "dense", (), 1024, 10, 1, 1),
)


def sample_report(layers: int = 12, scheme: str = "flightnn") -> RunReport:
    """A run of `layers` layers; a long network repeats the middle of the twelve."""
    specs = _specs(layers)
    rows: list[LayerReport] = []
    start = 0
    for number, spec in enumerate(specs):
        row = _layer(number, spec, start, scheme)
        rows.append(row)
        start = row.end
    trace = _trace(rows)
    cycles = rows[-1].end
    latency = cycles / CLOCK_HZ
    energy = _energy(rows)
    return RunReport(
        network="vgg7-cifar10" if layers == 12 else f"deep-{layers}",
        title="A twelve-layer network for 32x32 images" if layers == 12 else "A deep network",
        board="zc706",
        scheme=scheme,
        template="tiled",
        engine="simulation",
        accelerator="zc706-shift-add-serial-32x16x2",
        configuration={
            "accelerator": {
                "array": {"rows": 32, "columns": 16, "pixels": 2},
                "clock_hz": CLOCK_HZ,
            },
            "run": {"network": "vgg7-cifar10", "images": 1, "layers": ("conv1_1", "conv1_2")},
        },
        clock_hz=CLOCK_HZ,
        images=1,
        batch=1,
        seed=7,
        cycles=cycles,
        latency_s=latency,
        throughput_images_per_s=1 / latency,
        gops=2 * sum(row.macs for row in rows) / latency / 1e9,
        bit_exact=True,
        output_sha256=hashlib.sha256(b"sample").hexdigest(),
        weights_origin="synthetic (seed 7)",
        resources=_resources(),
        parts=_parts(),
        energy_j=sum(energy.values()),
        energy_by_event_j=energy,
        energy_source="a sample table, 28 nm (assumed)",
        accuracy=0.9283,
        accuracy_images=360,
        layers=tuple(rows),
        units=_units(rows, trace, cycles),
        trace=trace,
        peak_ops_per_cycle=2.0 * LANES,
        peak_bytes_per_cycle=BYTES_PER_CYCLE,
        port_bytes_per_cycle=BYTES_PER_CYCLE / 4,
        notes=(
            "The weights are synthetic (seed 7): time and resources hold, the classes do not.",
            "Energy per event is taken from a 28 nm table and is an assumption for this device.",
        ),
    )


def without_board(report: RunReport) -> RunReport:
    """The same run with no device, no accuracy and no memory traffic in its first layer."""
    first = replace(report.layers[0], traffic_bytes={"input": 0})
    return replace(
        report,
        board=None,
        accuracy=None,
        accuracy_images=0,
        resources={n: ResourceReport(r.used, None) for n, r in report.resources.items()},
        layers=(first, *report.layers[1:]),
    )


def _specs(layers: int) -> list[tuple[str, str, tuple[str, ...], int, int, int, int]]:
    if layers == 12:
        return list(_TWELVE)
    body = [
        (f"stage{2 + i // 12}.block{i // 3 % 4 + 1}.conv{i % 3 + 1}", *_TWELVE[2 + i // 12 % 5][1:])
        for i in range(layers - 3)
    ]
    return [_TWELVE[0], *body, *_TWELVE[-2:]]


def _layer(
    number: int,
    spec: tuple[str, str, tuple[str, ...], int, int, int, int],
    start: int,
    scheme: str,
) -> LayerReport:
    name, kind, fused, inner, filters, side, kernel = spec
    k = _k(filters, number, scheme)
    macs = filters * inner * kernel**2 * side**2
    terms = (k["1"] + 2 * k["2"]) * inner * kernel**2
    passes = (k["1"] + 2 * k["2"]) / filters if filters and scheme == "flightnn" else 1
    bound = ceil(macs * passes / LANES) if macs else inner * kernel**2 // 2
    busy = bound + bound // 9 + 40
    traffic = {
        "input": inner * (side + 2) ** 2,
        "weight": filters * inner * kernel**2,
        "output": max(filters, inner) * side**2,
        "residual": filters * side**2 if "add3" in fused else 0,
    }
    memory = ceil(sum(traffic.values()) / BYTES_PER_CYCLE)
    cycles = max(busy, memory + memory // 6) + 900 + 37 * number
    return LayerReport(
        name=name,
        kind=kind,
        fused=fused,
        start=start,
        end=start + cycles,
        cycles=cycles,
        busy=busy,
        stalls=_split(cycles - busy, number),
        bound_by="dram" if memory > bound else "compute",
        gain_cycles=abs(memory - bound),
        macs=macs,
        terms=terms,
        k=k,
        utilisation=macs * passes / LANES / cycles,
        tiles=max(1, ceil(filters / 32)) * max(1, side // 8),
        mapping=f"Tm=32 Tn={min(inner, 64)} Tr={min(side, 8)} Tc={side}, order m-r-n",
        traffic_bytes=traffic,
        compute_bound_cycles=bound,
        port_bound_cycles=memory // 2,
        dram_bound_cycles=memory,
        memory_bound_cycles=memory,
    )


def _k(filters: int, number: int, scheme: str) -> dict[str, int]:
    if scheme.startswith("fixed"):
        return {"0": filters, "1": 0, "2": 0}
    none = filters * (number % 4) // 24
    two = filters * (3 + number % 3) // 12
    return {"0": none, "1": filters - none - two, "2": two}


def _split(total: int, number: int) -> dict[str, int]:
    weights = {c: _WEIGHTS[c] * (1 + (number + i) % 3) for i, c in enumerate(CAUSES)}
    parts = {c: total * w // sum(weights.values()) for c, w in weights.items()}
    parts["weight"] += total - sum(parts.values())
    return parts


def _trace(rows: list[LayerReport]) -> tuple[TraceEvent, ...]:
    events: list[TraceEvent] = []
    for row in rows:
        tiles = min(row.tiles, 4)
        slot = row.cycles // tiles
        for tile in range(tiles):
            at = row.start + tile * slot
            detail: dict[str, str | int] = {"layer": row.name, "tile": tile}
            for unit, begin, length in (
                ("load", 0, slot // 3),
                ("array", slot // 10, row.busy // tiles),
                ("post", slot // 2, slot // 5),
                ("store", slot * 3 // 4, slot // 6),
                ("dram", 0, slot // 4),
            ):
                end = min(at + begin + length, at + slot)
                events.append(TraceEvent(unit, f"{row.name} {tile}", at + begin, end, detail))
    return tuple(events)


def _units(
    rows: list[LayerReport], trace: tuple[TraceEvent, ...], cycles: int
) -> tuple[UnitReport, ...]:
    units = []
    for number, name in enumerate(("dram", "load", "array", "post", "store")):
        busy = sum(event.end - event.start for event in trace if event.unit == name)
        waiting = (cycles - busy) * (2 + number) // 9
        stalls = _split(waiting, number)
        units.append(UnitReport(name, busy, stalls, cycles - busy - sum(stalls.values())))
    return tuple(units)


def _parts() -> tuple[PartReport, ...]:
    rows: dict[str, tuple[int, int, int, int]] = {
        "array": (61_440, 49_152, 0, 0),
        "accumulators": (9_216, 12_288, 0, 0),
        "post-processing": (5_120, 4_096, 32, 0),
        "input buffer": (1_240, 890, 0, 64),
        "weight buffer": (1_110, 760, 0, 48),
        "output buffer": (640, 512, 0, 16),
        "DMA": (3_300, 4_800, 0, 6),
        "controller": (2_150, 1_900, 4, 1),
    }
    return tuple(
        PartReport(
            name,
            {"lut": lut, "ff": ff, "dsp": dsp, "bram36": bram, "uram": 0},
            "assumed: numbers of a sample",
        )
        for name, (lut, ff, dsp, bram) in rows.items()
    )


def _resources() -> dict[str, ResourceReport]:
    has = {"lut": 218_600, "ff": 437_200, "dsp": 900, "bram36": 545, "uram": 0}
    return {
        name: ResourceReport(sum(part.resources[name] for part in _parts()), available)
        for name, available in has.items()
    }


def _energy(rows: list[LayerReport]) -> dict[str, float]:
    macs = sum(row.macs for row in rows)
    moved = sum(sum(row.traffic_bytes.values()) for row in rows)
    return {
        "shift_add": macs * 0.08e-12,
        "accumulate": macs * 0.05e-12,
        "weight_buffer_read": macs / 16 * 1.2e-12,
        "input_buffer_read": macs / 32 * 1.6e-12,
        "requantise": macs / 500 * 0.4e-12,
        "dram_read": moved * 0.75 * 60e-12,
        "dram_write": moved * 0.25 * 65e-12,
    }

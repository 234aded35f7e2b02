"""The least cycles that any mapping of a network can take on the cores of a space.

Nothing here depends on the sizes of buffers, so one number holds for a core with whatever
memories. It never exceeds what the timeline finds.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from dse.axes import Choice
from dse.design import Builder, Refusal
from dse.space import Space
from lightsim.errors import LightSimError
from lightsim.hardware.accelerator import Accelerator
from lightsim.hardware.pipeline import LAYER_START_CYCLES, array_depth
from lightsim.mapping.filters import row_kinds
from lightsim.mapping.lowering import lower
from lightsim.mapping.plan import EngineLayer
from lightsim.mapping.words import block_channels
from lightsim.quantisation.workload import Workload
from lightsim.units import ceil_div

__all__ = ["core_cycles"]

Ints = NDArray[np.int64]
# No design: more cycles than any run has.
NEVER = np.int64(1 << 60)


def core_cycles(space: Space, builder: Builder, workloads: Mapping[str, Workload]) -> Ints:
    """`int64[core]`: at least so many cycles a batch takes; `NEVER` where nothing can be built.

    `workloads` has the network under every scheme of the space.
    """
    names = space.core_names
    inner = ("rows", "columns", "pixels")
    outer = tuple(name for name in names if name not in inner)
    sizes = [len(space.axes[name]) for name in names]
    found = np.full(sizes, NEVER, np.int64)
    at = {name: place for place, name in enumerate(names)}
    for number in np.ndindex(*(len(space.axes[name]) for name in outer)):
        base = {name: space.axes[name][i] for name, i in zip(outer, number, strict=True)}
        place: list[int | slice] = [slice(None)] * len(names)
        for name, i in zip(outer, number, strict=True):
            place[at[name]] = i
        found[tuple(place)] = _arrays(space, builder, workloads[str(base["scheme"])], base)
    return found.reshape(-1)


def _arrays(
    space: Space, builder: Builder, workload: Workload, base: dict[str, Choice]
) -> Ints:
    """`int64[rows, columns, pixels]` for one setting of the other axes."""
    rows, columns, pixels = (space.axes[name] for name in ("rows", "columns", "pixels"))
    found = np.full((len(rows), len(columns), len(pixels)), NEVER, np.int64)
    lanes = np.array([int(p) for p in pixels], np.int64)
    batch = int(base["batch"])
    for j, column in enumerate(columns):
        for i, row in enumerate(rows):
            point = base | {"rows": row, "columns": column, "pixels": pixels[0]}
            acc = builder.least(point)
            if isinstance(acc, Refusal):
                continue
            try:
                plan = lower(workload, acc)
            except LightSimError:
                continue
            found[i, j] = sum(_layer(layer, acc, lanes, batch) for layer in plan.layers)
    return found


def _layer(layer: EngineLayer, acc: Accelerator, lanes: Ints, batch: int) -> Ints:
    """The least cycles of a pass for every number of pixel lanes."""
    positions = layer.computed.height * layer.computed.width * batch
    values = positions * layer.computed.channels
    leave = ceil_div(values, acc.post.lanes)
    if layer.weights is None:
        block = block_channels(acc.word_bytes, layer.source.element.bits)
        words = positions * ceil_div(layer.computed.channels, block)
        busy = max(leave, words * layer.kernel[0] * layer.kernel[1])
        return np.full(lanes.size, LAYER_START_CYCLES + busy, np.int64)
    groups = -(-positions // lanes)
    steps = _steps(layer, acc) * groups
    found = np.maximum(steps, leave) + array_depth(acc) + LAYER_START_CYCLES
    return np.asarray(found, np.int64)


def _steps(layer: EngineLayer, acc: Accelerator) -> int:
    """The least steps of all row groups for one pixel group."""
    taps = layer.kernel[0] * layer.kernel[1]
    filters = layer.computed.channels
    rows, columns = acc.array.rows, acc.array.columns
    if layer.kind == "depthwise":
        return taps * ceil_div(filters, min(rows, columns))
    inner = layer.source.shape.channels // layer.groups
    groups = ceil_div(inner, columns)
    if layer.groups > 1:
        return taps * groups * ceil_div(filters, rows)
    return _passes(layer, acc, taps * groups)


def _passes(layer: EngineLayer, acc: Accelerator, steps: int) -> int:
    """The least steps for the filters of a layer, `steps` to a pass.

    Filters sorted by falling k over the whole layer make the fewest passes; tiles only break
    that order up. Where some rows take any weight in one pass, a two-term filter costs a second
    pass only when it finds no such row.
    """
    scheme, k = layer.main.scheme, layer.main.k
    if scheme is None or k is None:
        return 0
    bits = layer.source.element.bits
    kinds = row_kinds(acc)
    rows = len(kinds)
    one = min(kind.passes(scheme, 1, bits) for kind in kinds)
    two = max(kind.passes(scheme, 2, bits) for kind in kinds)
    working = int(np.count_nonzero(k)) if scheme.k_per_filter else k.size
    idle = max(0, ceil_div(k.size, rows) - ceil_div(working, rows))
    heavy = int(np.count_nonzero(k == 2)) if scheme.max_terms > 1 else 0
    fast = sum(kind.passes(scheme, 2, bits) == kind.passes(scheme, 1, bits) for kind in kinds)
    fewest = ceil_div(working, rows)
    if heavy == 0 or two == one or fast == rows:
        return steps * one * fewest + idle
    slow = rows - fast
    counts = range(fewest, fewest + ceil_div(heavy, max(fast, 1)) + 1)
    passes = min(n + max(0, ceil_div(heavy - fast * n, slow)) for n in counts)
    return steps * passes * one + idle

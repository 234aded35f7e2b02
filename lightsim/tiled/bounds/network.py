"""The door of the room: the bound of a network on machines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lightsim.quantisation.workload import QuantisedLayer, Workload
from lightsim.tiled.bounds import layout
from lightsim.tiled.bounds.activity import Activity, least_activity
from lightsim.tiled.bounds.axes import Axes
from lightsim.tiled.bounds.cycles import network_cycles
from lightsim.tiled.bounds.designs import design_table
from lightsim.tiled.bounds.facts import k_counts, pass_facts
from lightsim.tiled.description.accelerator import Accelerator, Array
from lightsim.tiled.mapping.lowering.passes import lower
from lightsim.tiled.mapping.plan.plan import EngineLayer

__all__ = ["NetworkBound", "without_weights"]

Floats = NDArray[np.float64]
Places = NDArray[np.intp] | slice


class NetworkBound:
    """Lower bounds on the cycles of one network, on machines that share scheme and memory.

    `template` is an accelerator that gives the scheme, the memory and every value that `Axes` does
    not name. The facts of the network depend on the columns and the port width; they are computed
    once for each pair.
    """

    def __init__(self, workload: Workload, template: Accelerator) -> None:
        self._workload = without_weights(workload)
        self._template = template
        self._facts: dict[tuple[int, int], Floats] = {}
        layers = self._layers(template.array.columns, template.port_bits)
        self.passes = tuple(layer.name for layer in layers)
        """The names of the passes, in the order of every array with a pass axis."""
        self.k = np.array([k_counts(layer) for layer in layers], np.float64)
        """Filters with one term, and with two or more, float64[pass, 2], of the workload."""
        self.filters = np.array(
            [layer.computed.channels if layer.weights is not None else 0 for layer in layers]
        )
        """Filters of every pass, 0 for those without weights."""
        self.least_activation_bits = min(
            (layer.source.element.bits for layer in layers if layer.weights is not None), default=8
        )
        """Bits of the narrowest activations that weights are multiplied by."""

    def cycles(self, machines: Axes, k: Floats | None = None) -> Floats:
        """Cycles that no mapping of the network can beat, float64[machine]; whole numbers.

        `k` float64[pass, 2] or [pass, 2, machine] gives the filters with one term and with two
        terms; the default is the workload's k. A bound over a set of allocations is the bound of
        the allocation with the fewest terms.
        """
        counts = _counts(self.k if k is None else k)
        design = self._designs(machines)
        cycles = np.zeros(len(machines))
        for facts, at in self._parts(machines):
            # Before the first pass the weight banks are empty.
            cycles[at] = _carry(facts, counts, design, at, 0.0)
        return np.floor(cycles)

    def pass_cycles(self, machines: Axes, k: Floats | None = None) -> Floats:
        """The bound of every pass, float64[pass, machine].

        The sum over the passes is also a bound of the network. `cycles` can be larger, because
        `cycles` also knows that the weights of all passes must be moved at some time.
        """
        counts = _counts(self.k if k is None else k)
        design = self._designs(machines)
        cycles = np.zeros((len(self.passes), len(machines)))
        for facts, at in self._parts(machines):
            for number in range(len(facts)):
                one = slice(number, number + 1)
                cycles[number, at] = _carry(facts[one], counts[one], design, at, -np.inf)
        return np.floor(cycles)

    def activity(self, machines: Axes, k: Floats | None = None) -> Activity:
        """Activity that no mapping can avoid, each count float64[machine]; `k` float64[pass, 2] as
        in `cycles`.
        """
        counts = self.k if k is None else k
        design = self._designs(machines)
        events: dict[str, Floats] = {}
        products = np.zeros((3, len(machines)))
        for facts, at in self._parts(machines):
            found = least_activity(facts, counts, design[:, at], machines.take(at))
            products[:, at] = found.products
            for name, count in found.events.items():
                events.setdefault(name, np.zeros(len(machines)))[at] = count
        return Activity(events, products)

    def _designs(self, machines: Axes) -> Floats:
        return design_table(machines, self._workload.scheme, self._template.memory)

    def _parts(self, machines: Axes) -> list[tuple[Floats, Places]]:
        """The machines split by columns and port width: the facts of each part, and its machines'
        indices.
        """
        keys = (machines.port_bits << 13) + machines.columns  # the columns stay below 2^13
        kinds, which = np.unique(keys, return_inverse=True)
        parts: list[tuple[Floats, Places]] = []
        for number, key in enumerate(kinds.tolist()):
            facts = self.facts(key & 0x1FFF, key >> 13)
            same = len(kinds) == 1
            parts.append((facts, slice(None) if same else np.flatnonzero(which == number)))
        return parts

    def facts(self, columns: int, port_bits: int) -> Floats:
        """The facts of every pass on a machine with `columns` columns and ports of `port_bits`,
        float64[pass, FACTS].
        """
        key = (columns, port_bits)
        if key not in self._facts:
            accelerator = self._machine(columns, port_bits)
            layers = self._layers(columns, port_bits)
            found = {layer.name: pass_facts(layer, accelerator) for layer in layers}
            # Another port width may need other copies of joined tensors. Copies that the template
            # does not make are left out, and copies that only the template makes have facts of
            # zero.
            nothing = np.zeros(layout.FACTS)
            self._facts[key] = np.array([found.get(name, nothing) for name in self.passes])
        return self._facts[key]

    def _layers(self, columns: int, port_bits: int) -> Sequence[EngineLayer]:
        return lower(self._workload, self._machine(columns, port_bits)).layers

    def _machine(self, columns: int, port_bits: int) -> Accelerator:
        array = self._template.array
        changed = Array(array.groups, columns, array.pixels)
        return replace(self._template, array=changed, port_bits=port_bits)


def _counts(k: Floats) -> Floats:
    """The counts `k` as float64[pass, 2, 1 or machine]."""
    return np.ascontiguousarray(k[:, :, None] if k.ndim == 2 else k, np.float64)


def _carry(facts: Floats, k: Floats, design: Floats, at: Places, ahead: float) -> Floats:
    """The cycles of the machines `at` of `design` float64[DESIGN_FIELDS, machine], block by block.

    `ahead` is the time at which the port of the weights and the memory begin. It may be any early
    time where the previous passes are unknown.
    """
    places = np.arange(design.shape[1])[at]
    whole = isinstance(at, slice)
    cycles = np.empty(len(places))
    block = np.ones((layout.COLUMNS, layout.BLOCK))
    flat = block.reshape(-1)
    for start in range(0, len(places), layout.BLOCK):
        stop = min(start + layout.BLOCK, len(places))
        part: Places = slice(start, stop) if whole else places[start:stop]
        count = stop - start
        block[: layout.DESIGN_FIELDS, :count] = design[:, part]
        flat[layout.CYCLES : layout.CYCLES + count] = 0
        flat[layout.PORT_AHEAD : layout.PORT_AHEAD + count] = ahead
        late = flat[layout.BLACKOUT : layout.BLACKOUT + count]
        flat[layout.MEMORY_AHEAD : layout.MEMORY_AHEAD + count] = ahead - late
        counts = k if k.shape[2] == 1 else np.ascontiguousarray(k[:, :, part])
        network_cycles(facts, counts, flat, count)
        cycles[start:stop] = flat[layout.CYCLES : layout.CYCLES + count]
    return cycles


def without_weights(workload: Workload) -> Workload:
    """The workload with weights that have shapes but take no memory."""

    def light(q: QuantisedLayer) -> QuantisedLayer:
        if q.weights is None:
            return q
        return replace(q, weights=np.broadcast_to(np.zeros((), np.int16), q.weights.shape))

    return replace(workload, layers=tuple(light(q) for q in workload.layers))

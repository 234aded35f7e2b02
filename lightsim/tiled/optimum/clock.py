"""The timeline of one pass alone, for one tiling after another."""

from __future__ import annotations

from lightsim.errors import InputError
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.mapping.filters.row_groups import RowGroup, row_groups
from lightsim.tiled.mapping.plan.layout import MemoryMap, Run, Span
from lightsim.tiled.mapping.plan.plan import EngineLayer, Plan
from lightsim.tiled.mapping.program import Program
from lightsim.tiled.mapping.tiles.schedule import Schedule, cut, input_channels
from lightsim.tiled.mapping.tiles.tiling import Tiling
from lightsim.tiled.mapping.tiles.work import weight_bytes
from lightsim.tiled.timeline.expand import expand
from lightsim.tiled.timeline.layout import END, ORDER, PROBLEM, SIZES
from lightsim.tiled.timeline.recurrence import play
from lightsim.tiled.timeline.state import initial_state
from lightsim.tiled.timeline.tables import Tables, describe

__all__ = ["PassClock"]


class PassClock:
    """Times tilings of one pass in a run that has no other pass.

    The tensors of the pass lie where the plan of the network puts them, and the weights lie behind
    all tensors. At cycle 0 all banks of the buffers are empty and all DRAM banks are closed.
    """

    def __init__(
        self, plan: Plan, layer: EngineLayer, accelerator: Accelerator, images: int
    ) -> None:
        self._plan, self._layer, self._accelerator = plan, layer, accelerator
        self._images = images
        self._tables: dict[tuple[int, int], Tables] = {}
        self._state = initial_state(accelerator, 1, 0)

    def cycles(self, tiling: Tiling) -> int:
        """The cycles of the pass with this legal tiling.

        Raises `InputError` if the memory is too small for the data.
        """
        tables = self._tables_of(tiling)
        row = tables.passes.copy()
        row[0, ORDER : ORDER + 3] = ["mns".index(letter) for letter in tiling.order]
        row[0, SIZES : SIZES + 5] = tiling.m, tiling.n, tiling.b, tiling.r, tiling.c
        word = self._accelerator.word_bytes
        tiles, transfers, ranges = expand(row, tables.group_starts, tables.weights, word)
        fresh = self._state
        machine, channels, found = fresh.machine.copy(), fresh.channels.copy(), fresh.found.copy()
        play(
            machine, channels, fresh.spec, fresh.plan, found, fresh.events, tiles, transfers,
            ranges, tables.groups, tables.launches,
        )  # fmt: skip
        if machine[PROBLEM]:
            raise InputError(
                self._layer.name,
                f"{machine[PROBLEM]} bytes are needed in one channel of the memory",
                "accepted: what the memory holds",
            )
        return int(found[0, END])

    def _tables_of(self, tiling: Tiling) -> Tables:
        """The timeline tables that all tilings with the same filters and input channels share."""
        key = tiling.m, tiling.n
        if key not in self._tables:
            self._tables[key] = describe([self._program(tiling)])
        return self._tables[key]

    def _program(self, tiling: Tiling) -> Program:
        """A program of this pass whose schedule has weight tiles but no list of tiles."""
        layer, accelerator = self._layer, self._accelerator
        groups: list[tuple[RowGroup, ...]] = []
        spans: list[Span] = []
        if layer.weights is not None:
            filters = cut(layer.computed.channels, tiling.m)
            channels = input_channels(layer, accelerator, tiling.n, filters)
            for span, inner in zip(filters, channels, strict=True):
                of_tile = row_groups(layer, accelerator, span, tiling.sort_filters)
                groups += [of_tile] * len(inner)
                spans += inner
        schedule = Schedule(layer, tiling, (), tuple(groups), tuple(spans))
        sizes = [
            sum(weight_bytes(layer, accelerator, of_tile, span))
            for of_tile, span in zip(groups, spans, strict=True)
        ]
        memory = MemoryMap.place(
            self._plan, {layer.name: sum(sizes)}, accelerator.word_bytes, self._images
        )
        runs, base = [], memory.weights[layer.name]
        for nbytes in sizes:
            runs.append(Run(base, nbytes))
            base += nbytes
        return Program(
            self._plan, accelerator, self._images, (schedule,), memory, {layer.name: tuple(runs)}
        )

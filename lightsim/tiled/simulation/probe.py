"""The record of a run; recording does not change the run."""

from __future__ import annotations

from lightsim.tiled.description.accelerator import StreamName
from lightsim.tiled.description.pipeline import LAYER_START_CYCLES
from lightsim.tiled.mapping.accounts import Interval, LayerTiming, UnitTotals
from lightsim.tiled.mapping.activity import Activity
from lightsim.tiled.mapping.tiles.schedule import Tile
from lightsim.tiled.simulation.memory import MemorySystem
from lightsim.tiled.simulation.pipeline import TileTiming

__all__ = ["Probe"]

_UNIT: dict[StreamName, str] = {
    "input": "load input",
    "weight": "load weight",
    "residual": "load residual",
    "output": "store output",
}


class Probe:
    """Cycles of every unit by cause, and the trace.

    The time of the array is recorded without gaps: each note covers the span since the previous
    note.
    """

    def __init__(self, memory: MemorySystem, activity: Activity, tracing: bool) -> None:
        self._memory = memory
        self._activity = activity
        self._tracing = tracing
        self.trace: list[Interval] = []
        self.layers: list[LayerTiming] = []
        self.units = {name: UnitTotals() for name in ("array", "post", *_UNIT.values())}
        self._array_at = 0
        self._busy = 0
        self._tiles = 0
        self._stalls: dict[str, int] = {}
        self._traffic = dict.fromkeys(_UNIT, 0)

    def open_layer(self, now: int) -> None:
        """A layer opens; the array was idle until `now`."""
        self._array_at = now
        self._busy, self._tiles, self._stalls = 0, 0, {"start": LAYER_START_CYCLES}

    def array_waited(self, cause: str, now: int) -> None:
        """The array waited until `now` because of `cause`."""
        lost = now - self._array_at
        if lost:
            self._stalls[cause] = self._stalls.get(cause, 0) + lost
            self.units["array"].stall(cause, lost)
            if self._tracing:
                self.trace.append(Interval("array", f"wait {cause}", self._array_at, now, {}))
        self._array_at = now

    def tile(self, layer: str, tile: Tile, start: int, timing: TileTiming) -> None:
        """The array has computed a tile that began in cycle `start`."""
        array, post = self.units["array"], self.units["post"]
        array.busy += timing.busy
        post.busy += timing.post_busy
        for cause, cycles in (("post", timing.post_stall), ("flush", timing.flush)):
            array.stall(cause, cycles)
            if cycles:
                self._stalls[cause] = self._stalls.get(cause, 0) + cycles
        self._busy += timing.busy
        self._tiles += 1
        self._array_at = timing.end
        if self._tracing:
            detail = {"tile": tile.index, "issue cycles": timing.busy}
            self.trace.append(Interval("array", layer, start, timing.end, detail))
            if timing.post_end > timing.post_start:
                self.trace.append(
                    Interval("post", layer, timing.post_start, timing.post_end, detail)
                )

    def moved(
        self,
        stream: StreamName,
        layer: str,
        tile: int,
        asked: int,
        start: int,
        end: int,
        words: int,
    ) -> None:
        """A stream asked for a bank at `asked`, got it at `start`, and moved its words by `end`."""
        unit = self.units[_UNIT[stream]]
        unit.busy += words
        unit.stall("bank", start - asked)
        unit.stall("memory", end - start - words)
        if self._tracing and end > start:
            detail = {"tile": tile, "words": words}
            self.trace.append(Interval(_UNIT[stream], layer, start, end, detail))

    def close_layer(self, name: str, begin: int, end: int) -> None:
        """The layer that began at `begin` stored its last word at `end`."""
        stalls = dict(self._stalls)
        stalls["store"] = end - self._array_at
        traffic = {stream: self._memory.traffic(stream).nbytes for stream in _UNIT}
        moved = {stream: traffic[stream] - self._traffic[stream] for stream in _UNIT}
        self._traffic = traffic
        events, useful = self._activity.take()
        events["dram_byte"] = sum(moved.values())
        self.layers.append(
            LayerTiming(
                name,
                begin,
                end,
                self._busy,
                stalls,
                self._tiles,
                events,
                {str(k): v for k, v in moved.items()},
                useful,
            )
        )
        if self._tracing:
            self.trace.append(Interval("controller", name, begin, end, {"tiles": self._tiles}))

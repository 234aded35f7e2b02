"""The verdict on a run of the RTL: what agrees with the simulation, and the first difference."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Difference", "LayerVerdict", "TileDifference", "Verdict"]


@dataclass(frozen=True, slots=True)
class LayerVerdict:
    """One pass of one batch: the cycle of its end in both models, and how its values compare."""

    name: str
    cycles_simulated: int
    cycles_rtl: int
    values_compared: int
    values_different: int


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that differs, with the tile that wrote the value and the cycle of the tile's end."""

    layer: str
    tile: int
    image: int
    channel: int
    row: int
    column: int
    expected: int
    found: int
    cycle: int


@dataclass(frozen=True, slots=True)
class TileDifference:
    """The first tile whose begin or end differs: (begin, end) in cycles, in both models."""

    layer: str
    tile: int
    expected: tuple[int, int]
    found: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of the comparison. `failure` is a message of the test bench itself, or None."""

    cycles_simulated: int
    cycles_rtl: int
    layers: tuple[LayerVerdict, ...]
    differences: tuple[Difference, ...]
    tile: TileDifference | None
    failure: str | None
    failure_cycle: int | None

    @property
    def values_compared(self) -> int:
        """The number of compared values, over all layers."""
        return sum(layer.values_compared for layer in self.layers)

    @property
    def values_different(self) -> int:
        """The number of values that differ, over all layers."""
        return sum(layer.values_different for layer in self.layers)

    @property
    def first_cycle(self) -> int | None:
        """The first cycle with a known difference, or None."""
        cycles = [d.cycle for d in self.differences]
        if self.failure_cycle is not None:
            cycles.append(self.failure_cycle)
        if self.tile is not None:
            pairs = zip(self.tile.expected, self.tile.found, strict=True)
            cycles += [_earlier(*pair) for pair in pairs if pair[0] != pair[1]]
        simulated = rtl = 0
        for layer in self.layers:
            simulated, rtl = simulated + layer.cycles_simulated, rtl + layer.cycles_rtl
            if simulated != rtl:
                cycles.append(_earlier(simulated, rtl))
                break
        return min(cycles, default=None)

    @property
    def equal(self) -> bool:
        """Whether both models agree in every bit and every cycle."""
        same = all(layer.cycles_simulated == layer.cycles_rtl for layer in self.layers)
        return self.failure is None and self.tile is None and self.values_different == 0 and same

    def lines(self) -> list[str]:
        """The verdict in sentences: what agrees, or what differs first."""
        told = []
        if self.failure is not None:
            told.append(f"the test bench stopped: {self.failure}")
        if self.tile is not None:
            tile = self.tile
            told.append(
                f"layer '{tile.layer}', tile {tile.tile}: expected in the array from cycle "
                f"{tile.expected[0]} to {tile.expected[1]}, found {tile.found[0]} to "
                f"{tile.found[1]}"
            )
        for d in self.differences[:1]:
            told.append(
                f"layer '{d.layer}', tile {d.tile}, image {d.image}, channel {d.channel}, position "
                f"({d.row}, {d.column}): expected {d.expected}, found {d.found}; the tile ended "
                f"in cycle {d.cycle}"
            )
        same = "equal" if self.equal else "DIFFERENT"
        told.append(
            f"{same}: {self.values_compared:,} values compared, {self.values_different:,} "
            f"different; {self.cycles_simulated:,} cycles simulated, {self.cycles_rtl:,} in RTL"
        )
        return told


def _earlier(expected: int, found: int) -> int:
    """The earlier of two cycles; a negative `found` means that the event never happened."""
    return expected if found < 0 else min(expected, found)

"""The outcome of a design's run: cycles, traffic and energy by network, and its measures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dse.machine.design import Design
from dse.study.study import Share

__all__ = ["Outcome"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A design that was run: for each network the cycles, bytes of memory traffic and joules of a
    batch.

    `energy_j` is None if energy was not counted. If k was free, `k` is the allocation that was
    chosen, as a digit for each filter by layer, and `accuracies` are its loss and accuracies.
    """

    cycles: tuple[int, ...]
    dram_bytes: tuple[int, ...]
    energy_j: tuple[float, ...] | None = None
    k: Mapping[str, str] = field(default_factory=dict)
    accuracies: Mapping[str, float] = field(default_factory=dict)

    def values(self, design: Design, shares: tuple[Share, ...]) -> dict[str, float]:
        """The measures by key.

        Time, energy and traffic of several networks are means over an image, weighted by the
        networks' shares of the images. The throughput is the inverse of the mean time.
        """
        hz, batch = design.accelerator.clock_hz, design.batch
        weights = [share.weight for share in shares]
        cycles = _mean(weights, self.cycles)
        throughput = batch * hz / cycles
        found = {"throughput_images_per_s": throughput, "latency_s": cycles / hz}
        if self.energy_j is not None:
            joules = _mean(weights, self.energy_j) / batch
            found |= {"energy_j": joules, "power_w": joules * throughput}
        found["dram_bytes_per_s"] = _mean(weights, self.dram_bytes) / batch * throughput
        found |= self.accuracies
        amounts = map(float, design.resources.values())
        return found | dict(zip(design.resources.names(), amounts, strict=True))


def _mean(weights: list[float], amounts: tuple[float, ...]) -> float:
    return sum(w * amount for w, amount in zip(weights, amounts, strict=True))

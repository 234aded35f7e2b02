"""Cycles below which a layer cannot come: what its ports, and what its memory, had to move."""

from __future__ import annotations

from collections.abc import Mapping

from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.mapping.tiles.cost import memory_bytes_per_cycle

__all__ = ["least_by_memory", "least_by_ports"]


def least_by_ports(accelerator: Accelerator, traffic: Mapping[str, int], ahead: int) -> int:
    """Cycles that the ports need for a layer's traffic, bytes by stream.

    A port returns a word a cycle of all streams that read through it, and takes a word a cycle of
    the output. Weights are counted for the layer during which they were asked for: of `ahead`
    passes the last weights may have come when the next pass had begun.
    """
    late = ahead * accelerator.outstanding * accelerator.request_bytes
    moved = {**traffic, "weight": max(0, traffic.get("weight", 0) - late)}
    read = max(
        sum(moved.get(stream, 0) for stream in port.streams if stream != "output")
        for port in accelerator.ports
    )
    return max(read, moved.get("output", 0)) // accelerator.word_bytes


def least_by_memory(accelerator: Accelerator, traffic: Mapping[str, int], ahead: int) -> int:
    """Cycles that all channels of the memory need for a layer's traffic at their peak rate.

    `traffic` and `ahead` are those of `least_by_ports`.
    """
    late = min(
        traffic.get("weight", 0), ahead * accelerator.outstanding * accelerator.request_bytes
    )
    return int((sum(traffic.values()) - late) / memory_bytes_per_cycle(accelerator))

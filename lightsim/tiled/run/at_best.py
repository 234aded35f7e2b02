"""Lower bounds on the cycles of a layer, from the bytes that its ports and its memory moved."""

from __future__ import annotations

from collections.abc import Mapping

from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.mapping.tiles.cost import memory_bytes_per_cycle

__all__ = ["least_by_memory", "least_by_ports"]


def least_by_ports(accelerator: Accelerator, traffic: Mapping[str, int], ahead: int) -> int:
    """The cycles that the ports need for a layer's traffic, given in bytes by stream.

    A port returns one word in a cycle for all streams that read through the port, and takes one
    word in a cycle from the output stream. Weights count for the layer during which they were
    requested. The last weights of `ahead` passes may have arrived after the next pass began.
    """
    late = ahead * accelerator.outstanding * accelerator.request_bytes
    moved = {**traffic, "weight": max(0, traffic.get("weight", 0) - late)}
    read = max(
        sum(moved.get(stream, 0) for stream in port.streams if stream != "output")
        for port in accelerator.ports
    )
    return max(read, moved.get("output", 0)) // accelerator.word_bytes


def least_by_memory(accelerator: Accelerator, traffic: Mapping[str, int], ahead: int) -> int:
    """The cycles that all memory channels need for a layer's traffic at their peak rate.

    `traffic` and `ahead` are as in `least_by_ports`.
    """
    late = min(
        traffic.get("weight", 0), ahead * accelerator.outstanding * accelerator.request_bytes
    )
    return int((sum(traffic.values()) - late) / memory_bytes_per_cycle(accelerator))

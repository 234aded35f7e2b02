"""The fixed latencies of the machine, in accelerator cycles: the numbers the RTL has to keep.

Each is explained, with the unit it belongs to, in `docs/machine.md`.
"""

from __future__ import annotations

from lightsim.hardware.pe_kinds import pe_kind
from lightsim.source import Source
from lightsim.tiled.description.accelerator import Accelerator

__all__ = [
    "BUFFER_READ_CYCLES",
    "CHANNEL_SLOTS",
    "LAYER_START_CYCLES",
    "PARAMETER_BYTES",
    "PARAMETER_SLOTS",
    "POST_DEPTH",
    "SOURCE",
    "THRESHOLD_BYTES",
    "array_depth",
    "slot_bytes",
]

SOURCE = Source("assumed", "our machine: docs/machine.md, section 'Fixed latencies'")

# The controller reads a layer's descriptor and starts its address generators.
LAYER_START_CYCLES = 4
# Address register, then block RAM output register.
BUFFER_READ_CYCLES = 2
# Read snapshot, scale, round, add residual, clamp, write.
POST_DEPTH = 6
# Granted requests that a memory channel holds: one moving data, one opening its row.
CHANNEL_SLOTS = 2
# One filter's bias (4 bytes), multiplier (2) and position in the output tile (2).
PARAMETER_BYTES = 8
# One threshold of a filter, beside its parameters.
THRESHOLD_BYTES = 4
# Row slots of one bank of the parameter memory.
PARAMETER_SLOTS = 1024


def slot_bytes(thresholds: int) -> int:
    """Bytes of a filter's parameters with so many thresholds, in whole slots of 8."""
    return -(-(PARAMETER_BYTES + thresholds * THRESHOLD_BYTES) // PARAMETER_BYTES) * PARAMETER_BYTES


def array_depth(accelerator: Accelerator) -> int:
    """Cycles from issuing a step to its products being in the accumulators.

    Buffer read, the slowest lane group's product, one adder level per doubling of the
    columns, and the accumulation.
    """
    array = accelerator.array
    product = max(pe_kind(group.pe).latency for group in array.groups)
    tree = (array.columns - 1).bit_length()
    return BUFFER_READ_CYCLES + product + tree + 1

"""The fixed latencies of the streaming machine, in cycles: `docs/streaming.md` explains each."""

from __future__ import annotations

from lightsim.hardware.pe_kinds import PeKind
from lightsim.source import Source

__all__ = [
    "DMA_CYCLES",
    "JOIN_CYCLES",
    "POOL_CYCLES",
    "READ_CYCLES",
    "REQUANTISE_CYCLES",
    "SIGN_CYCLES",
    "SOURCE",
    "matrix_cycles",
]

SOURCE = Source("assumed", "our machine: docs/streaming.md, section 'Fixed latencies'")

# Address register, then block RAM output register: line buffers and weight memories.
READ_CYCLES = 2
# Multiply in two stages, round and shift, clamp.
REQUANTISE_CYCLES = 4
# The sign of the sum, registered.
SIGN_CYCLES = 1
# A maximum or a sum is registered.
POOL_CYCLES = 1
# Each side is requantised, then both are added and clamped.
JOIN_CYCLES = REQUANTISE_CYCLES + 1
# A word of memory on its way from or to the controller.
DMA_CYCLES = 8


def matrix_cycles(kind: PeKind, simd: int, output_bits: int) -> int:
    """Cycles from a step of an engine with weights to the word that it completes.

    Weights and the held input are read, the product and the adder tree follow, the sum is
    accumulated, and requantised: not at all where it leaves raw (32 bits).
    """
    tree = (simd - 1).bit_length()
    after = {1: SIGN_CYCLES, 32: 0}.get(output_bits, REQUANTISE_CYCLES)
    return READ_CYCLES + kind.latency + tree + 1 + after

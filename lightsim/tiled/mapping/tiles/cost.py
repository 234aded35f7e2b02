"""Estimated cycles of every candidate tiling, and which of them are legal.

The array, each memory port and the memory itself are three pipelines side by side; a pass takes
about as long as the slowest of them, plus filling and emptying. Single-bank buffers cannot load
while the array computes, so their loads are added.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightsim.hardware.device import IdealMemory
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.description.pipeline import (
    LAYER_START_CYCLES,
    PARAMETER_SLOTS,
    POST_DEPTH,
    array_depth,
)
from lightsim.tiled.mapping.tiles.candidates import Candidates
from lightsim.units import ceil_div

__all__ = ["memory_bytes_per_cycle", "order_cost", "request_latency_cycles"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Share of a DRAM's peak that long runs reach between refreshes and row changes; only used to
# choose a mapping, and near what the command-level model gives for 1 KB requests.
_DRAM_EFFICIENCY = 0.85


def memory_bytes_per_cycle(accelerator: Accelerator) -> float:
    """Peak bytes that all memory channels move per accelerator cycle."""
    memory = accelerator.memory
    if isinstance(memory, IdealMemory):
        return float(memory.channels * memory.bytes_per_cycle)
    return memory.channels * memory.part.peak_bytes_per_second / accelerator.clock_hz


def request_latency_cycles(accelerator: Accelerator) -> float:
    """Roughly how long one request is under way before its first word arrives."""
    memory = accelerator.memory
    if isinstance(memory, IdealMemory):
        return float(memory.latency_cycles + 1)
    part = memory.part
    clocks = part.tRP + part.tRCD + part.tCL + part.burst_clocks
    return clocks * accelerator.clock_hz / part.clock_hz + 9


@dataclass(frozen=True, slots=True)
class _Stream:
    """Words, requests and tiles that one stream moves, for every candidate [m, n, position]."""

    words: Floats
    requests: Floats
    tiles: Floats

    @classmethod
    def of(cls, words: NDArray[Any], requests: NDArray[Any], tiles: NDArray[Any]) -> _Stream:
        return cls(*(np.asarray(count, np.float64) for count in (words, requests, tiles)))


def order_cost(candidates: Candidates, order: str) -> tuple[Floats, NDArray[np.bool_]]:
    """Estimated cycles and legality of all tilings with one loop order, both [m, n, position]."""
    streams = _streams(candidates, order)
    array = _array_cycles(candidates)
    cycles = np.maximum(array, _memory_cycles(candidates, streams))
    cycles = cycles + _fill_cycles(candidates) + _unhidden(candidates, streams)
    return cycles, _legal(candidates, order)


def _tiles(candidates: Candidates) -> tuple[Ints, Ints, Ints]:
    """Numbers of tiles along m, n and positions, broadcast to [m, n, position]."""
    f, p = candidates.filters, candidates.positions
    return f.m_tiles[:, :, None], f.n_tiles[:, :, None], p.tiles[None, None, :]


def _loads(order: str, counts: dict[str, Ints], key: str) -> Floats:
    """How often a tile identified by the loops in `key` has to be loaded anew.

    A tile stays while only loops outside its key advance; the innermost loop of the key with
    more than one iteration decides.
    """
    loads = np.ones(np.broadcast_shapes(*(c.shape for c in counts.values())), np.float64)
    running = np.ones_like(loads)
    for letter in order:
        running = running * counts[letter]
        if letter in key:
            loads = np.where(counts[letter] > 1, running, loads)
    return loads


def _streams(candidates: Candidates, order: str) -> dict[str, _Stream]:
    f, p, layer = candidates.filters, candidates.positions, candidates.layer
    accelerator = candidates.accelerator
    word, request = accelerator.word_bytes, accelerator.request_bytes
    m, n, s = _tiles(candidates)
    counts = {"m": m, "n": n, "s": s}
    tied = layer.weights is None or layer.groups > 1
    key, distinct = ("ms", m * s) if tied else ("ns", n * s)
    sweeps = _loads(order, counts, key) / distinct
    blocks = f.input_blocks[:, :, None]
    read = blocks * p.read[None, None, :]
    runs = blocks * p.runs[None, None, :]
    requests = np.maximum(runs, read * word / request) * sweeps
    streams = {"input": _Stream.of(read * sweeps, requests, distinct * sweeps)}
    if layer.weights is not None:
        again = _loads(order, counts, "mn") / (m * n)
        nbytes = f.weight_bytes[:, :, None] * again
        tiles = m * n * again
        streams["weight"] = _Stream.of(nbytes / word, np.maximum(nbytes / request, tiles), tiles)
    out = candidates.out_blocks[:, None, None] * m
    pool = layer.pool[0] * layer.pool[1]
    written = out * (p.pixels / pool)
    runs = out * p.written_runs[None, None, :]
    streams["output"] = _Stream.of(written, np.maximum(written * word / request, runs), m * s)
    if layer.residual is not None:
        back = candidates.residual_blocks[:, None, None] * m * float(p.pixels)
        runs = candidates.residual_blocks[:, None, None] * m * p.written_runs[None, None, :]
        streams["residual"] = _Stream.of(back, np.maximum(back * word / request, runs), m * s)
    return streams


def _array_cycles(candidates: Candidates) -> Floats:
    f, p, layer = candidates.filters, candidates.positions, candidates.layer
    accelerator = candidates.accelerator
    m, n, s = _tiles(candidates)
    if layer.weights is None:
        taps = layer.kernel[0] * layer.kernel[1]
        leave = ceil_div(accelerator.word_bytes, accelerator.post.lanes)
        words = f.input_blocks[:, :, None] * float(p.pixels)
        return words * max(taps, leave) + m * s * (POST_DEPTH + 2.0)
    groups = p.groups[None, None, :].astype(np.float64)
    issue = groups * f.steps[:, :, None]
    drained = p.pixels * f.drains[:, :, None].astype(np.float64)
    behind = np.maximum(0.0, drained - groups * f.last_steps[:, :, None])
    return issue + behind + m * n * s * float(array_depth(accelerator))


def _memory_cycles(candidates: Candidates, streams: dict[str, _Stream]) -> Floats:
    """Cycles of the busiest stream or memory port, or of the memory itself if it is slower.

    A stream begins a tile when the one before it is done, so every tile pays a latency.
    """
    accelerator = candidates.accelerator
    latency = request_latency_cycles(accelerator)
    apart = latency / accelerator.outstanding
    total: Floats = np.zeros(1)
    slowest: Floats = np.zeros(1)
    for port in accelerator.ports:
        cycles: Floats = np.zeros(1)
        for name in port.streams:
            if name in streams:
                stream = streams[name]
                moving = np.maximum(stream.words, stream.requests * apart)
                slowest = np.maximum(slowest, moving + stream.tiles * latency)
                cycles = cycles + moving
                total = total + stream.words
        slowest = np.maximum(slowest, cycles)
    rate = memory_bytes_per_cycle(accelerator)
    if not isinstance(accelerator.memory, IdealMemory):
        rate *= _DRAM_EFFICIENCY
    return np.maximum(slowest, total * accelerator.word_bytes / rate)


def _fill_cycles(candidates: Candidates) -> Floats:
    """The first tile's loads and the last tile's store, which nothing overlaps."""
    f, p, accelerator = candidates.filters, candidates.positions, candidates.accelerator
    word = accelerator.word_bytes
    slowdown = max(1.0, word / memory_bytes_per_cycle(accelerator))
    first = f.largest_blocks[:, :, None] * p.largest_read[None, None, :]
    first = np.maximum(first, f.largest_weight[:, :, None] / word)
    last = candidates.out_blocks[:, None, None] * p.largest_written[None, None, :]
    waits = 2 * request_latency_cycles(accelerator) + LAYER_START_CYCLES
    return np.asarray((first + last) * slowdown + waits, np.float64)


def _unhidden(candidates: Candidates, streams: dict[str, _Stream]) -> Floats:
    accelerator = candidates.accelerator
    buffers = {
        "input": accelerator.input,
        "weight": accelerator.weight,
        "residual": accelerator.residual,
        "output": accelerator.output,
    }
    extra: Floats = np.zeros(1)
    for name, stream in streams.items():
        if buffers[name].banks == 1:
            extra = extra + stream.words
    return extra


def _legal(candidates: Candidates, order: str) -> NDArray[np.bool_]:
    f, p, accelerator = candidates.filters, candidates.positions, candidates.accelerator
    array, word = accelerator.array, accelerator.word_bytes
    m, n, s = _tiles(candidates)
    inputs = f.held_blocks[:, :, None] * p.largest_read[None, None, :] * word
    outputs = candidates.out_blocks[:, None, None] * p.largest_written[None, None, :] * word
    legal = (inputs <= accelerator.input.bytes_per_bank) & (
        outputs <= accelerator.output.bytes_per_bank
    )
    if candidates.layer.residual is not None:
        back = candidates.residual_blocks[:, None, None] * p.largest_computed[None, None, :] * word
        legal = legal & (back <= accelerator.residual.bytes_per_bank)
    legal = legal & (f.held_weight[:, :, None] <= accelerator.weight.bytes_per_bank)
    legal = legal & (f.largest_groups[:, :, None] * array.rows <= PARAMETER_SLOTS)
    slots = np.ones_like(m * s)
    for letter in order[order.index("n") + 1 :]:
        slots = slots * (m if letter == "m" else s)
    words = slots * f.largest_groups[:, :, None] * p.largest_groups[None, None, :]
    bits = words * (array.rows * array.pixels * accelerator.accumulator.bits)
    return np.asarray(legal & ((n == 1) | (bits <= 8 * accelerator.psum_bytes)), np.bool_)

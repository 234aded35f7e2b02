"""The state of the machine at cycle 0 and the numbers of the machine, as arrays."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lightsim.hardware.device import IdealMemory, MemoryInterface
from lightsim.memory import make_channel
from lightsim.memory.channel import DramChannel
from lightsim.memory.row_plan import row_plan
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.description.pipeline import LAYER_START_CYCLES, array_depth
from lightsim.tiled.timeline.layout import (
    ARRAY_AT,
    ARRAY_LAUNCH,
    BANKS,
    CAPACITY,
    CHANNEL_FIELDS,
    CHANNELS,
    CHANNELS_AT,
    DEPTH,
    EVENT_FIELDS,
    FOUND_FIELDS,
    GRANTED_AT,
    INTERLEAVE,
    LAUNCH,
    NEVER,
    OCCUPATION,
    OPEN_AT,
    OPENED,
    OUTSTANDING,
    PASSES,
    PORT,
    PORT_FIELDS,
    PORTS_AT,
    REQUEST,
    SHOWN,
    STOP,
    STREAM_FIELDS,
    STREAMS,
    STREAMS_AT,
    UNDER_WAY,
    WORD,
    WORD_SHIFT,
)
from lightsim.units import Clock

__all__ = ["State", "initial_state"]

Table = NDArray[np.int64]


class State(NamedTuple):
    """The arrays of a machine that runs.

    `machine` int64 is laid out in `layout`. `channels` int64[channel, state of `lightsim.memory`]
    have the common arrays `spec` and `plan`. `found` int64[pass, FOUND_FIELDS] are the results;
    `events` int64[event, EVENT_FIELDS] is empty without tracing.
    """

    machine: Table
    channels: Table
    spec: Table
    plan: Table
    found: Table
    events: Table


def initial_state(accelerator: Accelerator, passes: int, events: int) -> State:
    """The machine at cycle 0, with room for `passes` passes and `events` events."""
    memory = accelerator.memory
    count = memory.channels
    channel = _channel(memory, accelerator.clock_hz, accelerator.word_bytes)
    places = CHANNELS_AT + CHANNEL_FIELDS * count
    under_way = 4 * accelerator.outstanding
    most_words = accelerator.request_bytes // accelerator.word_bytes
    machine = np.zeros(places + under_way + most_words + 1, np.int64)
    machine[WORD] = accelerator.word_bytes
    machine[WORD_SHIFT] = accelerator.word_bytes.bit_length() - 1
    machine[REQUEST] = accelerator.request_bytes
    machine[INTERLEAVE] = memory.interleave_bytes
    machine[CHANNELS] = count
    machine[DEPTH] = array_depth(accelerator)
    machine[OUTSTANDING] = accelerator.outstanding
    machine[PASSES] = machine[STOP] = passes
    machine[ARRAY_LAUNCH] = -1
    machine[OPENED] = 1
    machine[OPEN_AT] = machine[ARRAY_AT] = LAYER_START_CYCLES
    machine[OCCUPATION] = places + under_way
    if isinstance(memory, IdealMemory):
        nbytes = np.arange(most_words + 1) * accelerator.word_bytes
        machine[places + under_way :] = -(-nbytes // memory.bytes_per_cycle)
    if count > 1:
        machine[REQUEST] = min(accelerator.request_bytes, memory.interleave_bytes)
    machine[CAPACITY] = channel.capacity
    for number in range(4):
        machine[STREAMS_AT + STREAM_FIELDS * number + SHOWN] = NEVER
    _ports_and_streams(accelerator, machine, places)
    return State(
        machine,
        np.repeat(channel.state[None], count, axis=0),
        channel.spec,
        channel.plan,
        np.zeros((passes, FOUND_FIELDS), np.int64),
        np.zeros((events, EVENT_FIELDS), np.int64),
    )


class _Channel(NamedTuple):
    """A memory channel at cycle 0, with its capacity in bytes; the arrays are read-only."""

    state: Table
    spec: Table
    plan: Table
    capacity: int


@lru_cache(maxsize=64)
def _channel(memory: MemoryInterface | IdealMemory, clock_hz: int, word_bytes: int) -> _Channel:
    """A channel of a memory; it is cached, because most runs in a row use the same memory."""
    channel = make_channel(memory, Clock(clock_hz), word_bytes)
    capacity = channel.capacity_bytes if isinstance(channel, DramChannel) else NEVER
    return _Channel(channel.state, channel.spec, row_plan(channel.spec), capacity)


def _ports_and_streams(accelerator: Accelerator, machine: Table, places: int) -> None:
    for number, assignment in enumerate(accelerator.ports):
        port = PORTS_AT + PORT_FIELDS * number
        machine[port + GRANTED_AT] = -1
        machine[port + UNDER_WAY] = places + number * accelerator.outstanding
        for name in assignment.streams:
            stream = STREAMS_AT + STREAM_FIELDS * STREAMS.index(name)
            machine[stream + BANKS] = getattr(accelerator, name).banks
            machine[stream + PORT] = port
            machine[stream + LAUNCH] = -1

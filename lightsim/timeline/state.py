"""The state of the whole machine between two grants, as int64 arrays in one named tuple."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lightsim.hardware.accelerator import Accelerator, IdealMemory
from lightsim.hardware.pipeline import CHANNEL_SLOTS, array_depth
from lightsim.memory import make_channel
from lightsim.memory.channel import DramChannel
from lightsim.timeline.layout import (
    BANKS,
    CAPACITY,
    CHANNELS,
    CONTROL_FIELDS,
    DEPTH,
    EVENT_FIELDS,
    FOUND_FIELDS,
    INTERLEAVE,
    MACHINE_FIELDS,
    NEVER,
    OUTSTANDING,
    PORT,
    REQUEST,
    STREAM_FIELDS,
    STREAMS,
    WORD,
)
from lightsim.units import Clock

__all__ = ["RING", "State", "initial_state"]

Table = NDArray[np.int64]

RING = 4
"""Banks whose times are remembered for each buffer: more than are ever full or free at once."""


class State(NamedTuple):
    """What the kernels of this room read and change; `machine` and `spec` stay as they are.

    `channels` [channel, state of `lightsim.memory`]; `slots` [channel, CHANNEL_SLOTS] when each
    is free; `turns` [channel] the image stream that goes first; `ports` [port, PORT_FIELDS];
    `under_way` [port, outstanding] when each request is done; `streams` [stream,
    STREAM_FIELDS]; `full` and `freed` [stream, RING] when a buffer's banks were last handed on,
    `handed` [stream, (full, freed)] how many were; `found` [pass, FOUND_FIELDS]; `events`
    [event, EVENT_FIELDS], none if nobody watches.
    """

    machine: Table
    spec: Table
    channels: Table
    slots: Table
    turns: Table
    ports: Table
    under_way: Table
    streams: Table
    full: Table
    freed: Table
    handed: Table
    control: Table
    found: Table
    events: Table


def initial_state(accelerator: Accelerator, launches: int, events: int) -> State:
    """The machine at time 0, with room for `launches` passes and `events` events."""
    machine, spec, channel = _machine(accelerator)
    count = int(machine[CHANNELS])
    return State(
        machine=machine,
        spec=spec,
        channels=np.tile(channel, (count, 1)),
        slots=np.zeros((count, CHANNEL_SLOTS), np.int64),
        turns=np.zeros(count, np.int64),
        ports=np.zeros((len(accelerator.ports), 3), np.int64),
        under_way=np.zeros((len(accelerator.ports), accelerator.outstanding), np.int64),
        streams=np.zeros((4, STREAM_FIELDS), np.int64),
        full=np.zeros((4, RING), np.int64),
        freed=np.zeros((4, RING), np.int64),
        handed=np.zeros((4, 2), np.int64),
        control=np.zeros(CONTROL_FIELDS, np.int64),
        found=np.zeros((launches, FOUND_FIELDS), np.int64),
        events=np.zeros((events, EVENT_FIELDS), np.int64),
    )


def _machine(accelerator: Accelerator) -> tuple[Table, Table, Table]:
    """The machine's numbers, and the spec and first state of one memory channel."""
    memory = accelerator.memory
    channel = make_channel(memory, Clock(accelerator.clock_hz), accelerator.word_bytes)
    machine = np.zeros(MACHINE_FIELDS, np.int64)
    machine[WORD] = accelerator.word_bytes
    machine[REQUEST] = accelerator.request_bytes
    machine[INTERLEAVE] = 1
    machine[CHANNELS] = 1
    machine[CAPACITY] = NEVER
    machine[DEPTH] = array_depth(accelerator)
    machine[OUTSTANDING] = accelerator.outstanding
    if isinstance(channel, DramChannel):
        machine[CAPACITY] = channel.capacity_bytes
    if not isinstance(memory, IdealMemory):
        machine[CHANNELS] = memory.channels
        machine[INTERLEAVE] = memory.interleave_bytes
        if memory.channels > 1:
            machine[REQUEST] = min(accelerator.request_bytes, memory.interleave_bytes)
    for number, name in enumerate(STREAMS):
        machine[BANKS + number] = getattr(accelerator, name).banks
        for port, assignment in enumerate(accelerator.ports):
            if name in assignment.streams:
                machine[PORT + number] = port
    return machine, channel.spec, channel.state

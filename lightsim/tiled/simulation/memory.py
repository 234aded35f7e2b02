"""Memory ports and the arbiter: which stream's request goes to which channel in which cycle.

Every stream shows at most one request at a time. All requests of a cycle are collected before any
is granted, so the result does not depend on the order in which the processes run. Each channel with
a free slot takes one request. Output comes first, then input and residual activations in turn, then
weights, whose tiles are large and fetched far ahead.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import simpy

from lightsim.events.edges import at_end_of_cycle, succeed_at
from lightsim.hardware.device import IdealMemory
from lightsim.memory import make_channel
from lightsim.tiled.description.accelerator import Accelerator, StreamName
from lightsim.tiled.description.pipeline import CHANNEL_SLOTS
from lightsim.tiled.mapping.plan.layout import Run
from lightsim.units import Clock, ceil_div

__all__ = ["MemorySystem", "StreamTraffic"]

_IMAGES: tuple[StreamName, StreamName] = ("input", "residual")


@dataclass(slots=True)
class StreamTraffic:
    """The words, requests and bytes that a stream has moved."""

    words: int = 0
    requests: int = 0
    nbytes: int = 0


@dataclass(slots=True)
class _Port:
    """A port: when its return path is free, and when each request under way ends."""

    outstanding: int
    return_free: int = 0
    granted_at: int = -1
    under_way: list[int] = field(default_factory=list)

    def accepts_from(self, now: int) -> int:
        """The first cycle, not before `now`, in which the port may make another request."""
        self.under_way = [done for done in self.under_way if done > now]
        if len(self.under_way) < self.outstanding:
            return now
        return sorted(self.under_way)[-self.outstanding]


@dataclass(slots=True)
class _Request:
    channel: int
    address: int
    nbytes: int


@dataclass(slots=True)
class _Stream:
    """A DMA stream: the requests that it still has to make, and the transfer of these requests."""

    name: StreamName
    port: _Port
    write: bool
    traffic: StreamTraffic = field(default_factory=StreamTraffic)
    requests: list[_Request] = field(default_factory=list)
    shown_from: int = 0
    done: int = 0
    finished: simpy.Event | None = None


class MemorySystem:
    """The ports of the accelerator, the arbiter, and the memory channels behind the arbiter."""

    def __init__(self, env: simpy.Environment, accelerator: Accelerator) -> None:
        self._env = env
        self._word = accelerator.word_bytes
        self._limit = accelerator.request_bytes
        memory = accelerator.memory
        ideal = isinstance(memory, IdealMemory)
        count, self._interleave = memory.channels, memory.interleave_bytes
        clock = Clock(accelerator.clock_hz)
        self.channels = [make_channel(memory, clock, self._word) for _ in range(count)]
        self.ideal = ideal
        self._slots: list[list[int]] = [[0] * CHANNEL_SLOTS for _ in range(count)]
        self._turn = [0] * count
        self._streams: dict[StreamName, _Stream] = {}
        for assignment in accelerator.ports:
            port = _Port(accelerator.outstanding)
            for name in assignment.streams:
                self._streams[name] = _Stream(name, port, name == "output")
        self._wake_at: int | None = None

    @property
    def word_bytes(self) -> int:
        """Bytes of one word of a port."""
        return self._word

    def traffic(self, name: StreamName) -> StreamTraffic:
        """The traffic of the stream `name` so far."""
        return self._streams[name].traffic

    def transfer(self, name: StreamName, runs: Iterable[Run]) -> simpy.Event:
        """Move runs of bytes over a stream; the event succeeds when the last word has arrived.

        A load shows its first request at once. A store first pushes the words of a request into the
        port, one word in a cycle.
        """
        stream = self._streams[name]
        stream.requests = self._split(runs)
        stream.requests.reverse()
        finished = self._env.event()
        if not stream.requests:
            finished.succeed()
            return finished
        stream.finished = finished
        stream.done = 0
        self._show(stream, int(self._env.now))
        self._wake(stream.shown_from)
        return finished

    def _split(self, runs: Iterable[Run]) -> list[_Request]:
        interleave, count = self._interleave, len(self.channels)
        limit = self._limit if count == 1 else min(self._limit, interleave)
        requests = []
        for run in runs:
            address, left = run.address, run.nbytes
            while left:
                nbytes = min(limit - address % limit, left)
                if count == 1:
                    requests.append(_Request(0, address, nbytes))
                else:
                    stripe, within = divmod(address, interleave)
                    local = stripe // count * interleave + within
                    requests.append(_Request(stripe % count, local, nbytes))
                address += nbytes
                left -= nbytes
        return requests

    def _show(self, stream: _Stream, cycle: int) -> None:
        """Present the stream's next request: a load in `cycle`, a store after its words."""
        words = ceil_div(stream.requests[-1].nbytes, self._word) if stream.write else 0
        stream.shown_from = cycle + words

    def _wake(self, cycle: int) -> None:
        """Ensure that requests are examined in `cycle`."""
        if self._wake_at is not None and self._wake_at <= cycle:
            return
        self._wake_at = cycle
        at_end_of_cycle(self._env, cycle, self._end_of_cycle)

    def _end_of_cycle(self, event: simpy.Event) -> None:
        now = int(self._env.now)
        if self._wake_at != now:
            return  # an earlier wake-up has already examined this cycle
        self._wake_at = None
        for channel in range(len(self.channels)):
            stream = self._pick(channel, now)
            if stream is not None:
                self._grant(channel, stream, now)
        upcoming = [self._ready_from(s, now) for s in self._streams.values() if s.requests]
        if upcoming:
            self._wake(max(min(upcoming), now + 1))

    def _ready_from(self, stream: _Stream, now: int) -> int:
        """The first cycle in which only other streams can delay the stream's request."""
        slot = min(self._slots[stream.requests[-1].channel])
        return max(stream.shown_from, stream.port.accepts_from(now), slot)

    def _pick(self, channel: int, now: int) -> _Stream | None:
        """The stream whose request a channel takes in cycle `now`, by the rule of this file."""
        if min(self._slots[channel]) > now:
            return None
        first, second = _IMAGES if self._turn[channel] == 0 else _IMAGES[::-1]
        order: tuple[StreamName, ...] = ("output", first, second, "weight")
        for name in order:
            stream = self._streams[name]
            if (
                stream.requests
                and stream.requests[-1].channel == channel
                and stream.port.granted_at != now
                and self._ready_from(stream, now) <= now
            ):
                return stream
        return None

    def _grant(self, index: int, stream: _Stream, now: int) -> None:
        request = stream.requests.pop()
        port = stream.port
        done, slot_free = self.channels[index].serve(
            now, request.address, request.nbytes, stream.write, port.return_free
        )
        slots = self._slots[index]
        slots[slots.index(min(slots))] = slot_free
        port.granted_at = now
        port.under_way.append(done)
        if not stream.write:
            port.return_free = done
            if stream.name in _IMAGES:
                self._turn[index] = 1 - _IMAGES.index(stream.name)
        stream.done = max(stream.done, done)
        stream.traffic.requests += 1
        stream.traffic.nbytes += request.nbytes
        stream.traffic.words += request.nbytes // self._word
        if stream.requests:
            self._show(stream, now + 1)
        elif stream.finished is not None:
            event, stream.finished = stream.finished, None
            succeed_at(self._env, event, stream.done)

"""FIFOs and line buffers as hardware has them: what is written in a cycle is there in the next."""

from __future__ import annotations

from collections import deque

import simpy

from lightsim.events.edges import succeed_at
from lightsim.streaming.mapping.engine import Fifo
from lightsim.streaming.simulation.word import Word

__all__ = ["Channel"]


class Channel:
    """A FIFO, or a line buffer whose words stay where they were written until they are freed.

    A word put in cycle t with a latency can be read from cycle t + latency + 1. Its place is taken
    from t, and a place freed in cycle t can be taken in t + 1: what a port sees depends on the
    beginning of the cycle, whoever of reader and writer is asked first.
    """

    def __init__(self, env: simpy.Environment, fifo: Fifo) -> None:
        self.fifo = fifo
        self._env = env
        self._memory: list[Word | None] = [None] * fifo.depth
        self._readable: deque[int] = deque()  # from when on each word that is there can be read
        self._taken = self._freed = 0
        self._freed_in = (-1, 0)
        self._counted_at, self._highest = 0, 0
        self._wanted = 0
        self._reader: simpy.Event | None = None
        self._writer: simpy.Event | None = None

    # The writer's side.

    @property
    def has_room(self) -> bool:
        """Whether a place was free when this cycle began."""
        cycle, freed = self._freed_in
        now_freed = freed if cycle == self._env.now else 0
        return self._taken - self._freed + now_freed < self.fifo.depth

    def room(self) -> simpy.Event:
        """Succeeds in the cycle after one in which a place is freed, which may be this one."""
        event = self._env.event()
        if self._freed_in[0] == self._env.now:
            succeed_at(self._env, event, int(self._env.now) + 1)
        else:
            self._writer = event
        return event

    def put(self, word: Word, latency: int) -> None:
        """Take a place now for a word that is written `latency` cycles later."""
        now = int(self._env.now)
        self._count(now)
        self._memory[self._taken % self.fifo.depth] = word
        self._readable.append(now + latency + 1)
        self._taken += 1
        if self._reader is not None and self._taken >= self._wanted:
            succeed_at(self._env, self._reader, now + latency + 1)
            self._reader = None

    # The reader's side: words are numbered from the first of all.

    def readable_at(self, words: int) -> int | None:
        """From when on so many words, of all that ever came, are there; None if it is not known."""
        if words <= self._freed:
            return 0
        if words > self._taken:
            return None
        return self._readable[words - self._freed - 1]

    def arrival(self, words: int) -> simpy.Event:
        """Succeeds in the first cycle in which so many words, of all, can be read."""
        self._wanted = words
        self._reader = self._env.event()
        return self._reader

    def word(self, number: int) -> Word:
        """The word that lies where word `number` was written."""
        word = self._memory[number % self.fifo.depth]
        assert word is not None
        return word

    def free(self, words: int) -> None:
        """Give the places of the oldest words back."""
        now = int(self._env.now)
        self._count(now)
        for _ in range(words):
            self._readable.popleft()
        self._freed += words
        cycle, freed = self._freed_in
        self._freed_in = (now, words + (freed if cycle == now else 0))
        if self._writer is not None:
            succeed_at(self._env, self._writer, now + 1)
            self._writer = None

    @property
    def highest(self) -> int:
        """The most places that were taken at the beginning of any cycle so far."""
        self._count(int(self._env.now) + 1)
        return self._highest

    def _count(self, now: int) -> None:
        if now > self._counted_at:
            self._highest = max(self._highest, self._taken - self._freed)
            self._counted_at = now

"""A buffer of one or two banks between the unit that fills it and the unit that empties it.

A bank is free, being filled, full, or being read. Filling and reading the same bank never
overlap; two banks let one be filled while the other is read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from dataclasses import dataclass
from typing import Generic, TypeVar

import simpy

__all__ = ["Bank", "Buffer"]

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class Bank(Generic[T]):
    """One bank and its contents. `generation` changes whenever a fill begins or ends."""

    contents: T | None = None
    generation: int = 0

    def begin(self) -> None:
        """Begin a fill: from now on the old contents are not reliable."""
        self.generation += 1

    def fill(self, contents: T) -> None:
        """End a fill with the new contents."""
        self.contents = contents
        self.generation += 1


class Buffer(Generic[T]):
    """Banks handed over in order, from one producer to one consumer."""

    def __init__(self, env: simpy.Environment, banks: int) -> None:
        self._env = env
        self._free: deque[Bank[T]] = deque(Bank[T]() for _ in range(banks))
        self._full: deque[Bank[T]] = deque()
        self._producer: simpy.Event | None = None
        self._consumer: simpy.Event | None = None

    def acquire(self) -> Generator[simpy.Event, None, Bank[T]]:
        """Wait for a free bank and take it for filling."""
        if not self._free:
            self._producer = self._env.event()
            yield self._producer
        return self._free.popleft()

    def commit(self, bank: Bank[T]) -> None:
        """Hand a filled bank to the consumer."""
        self._full.append(bank)
        if self._consumer is not None:
            event, self._consumer = self._consumer, None
            event.succeed()

    def take(self) -> Generator[simpy.Event, None, Bank[T]]:
        """Wait for a full bank and take it for reading."""
        if not self._full:
            self._consumer = self._env.event()
            yield self._consumer
        return self._full.popleft()

    def release(self, bank: Bank[T]) -> None:
        """Give a read bank back to the producer."""
        self._free.append(bank)
        if self._producer is not None:
            event, self._producer = self._producer, None
            event.succeed()

"""Engines being joined: forks for several readers, converters where widths differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import lcm
from typing import Any

from lightsim.errors import unknown_name
from lightsim.streaming.description.accelerator import StreamingAccelerator
from lightsim.streaming.mapping.engine import Engine, Fifo, Kind, Stream
from lightsim.streaming.mapping.program import Program, moving, program

__all__ = ["Wiring"]


@dataclass(slots=True)
class _End:
    """Where a tensor comes out: its engine, and how many channels a word has."""

    engine: int
    lanes: int


@dataclass(slots=True)
class Wiring:
    """Engines and FIFOs as far as they are there."""

    design: StreamingAccelerator
    engines: list[Engine] = field(default_factory=list)
    fifos: list[Fifo] = field(default_factory=list)
    streams: dict[str, Stream] = field(default_factory=dict)
    _ends: dict[str, _End] = field(default_factory=dict)

    def add(
        self, name: str, kind: Kind, layer: str | None, work: Program, latency: int, **rest: Any
    ) -> int:
        """A new engine, joined to nothing; its number."""
        self.engines.append(Engine(name, kind, layer, work, latency, (), (), **rest))
        return len(self.engines) - 1

    def give(self, tensor: str, engine: int, stream: Stream, lanes: int, readers: int) -> None:
        """Say that a tensor comes out of an engine; several readers each get a copy of it."""
        self.streams[tensor] = stream
        self._ends[tensor] = _End(engine, lanes)
        if readers > 1:
            work = moving(stream.shape.elements // lanes)
            fork = self.add(f"{tensor}.fork", "fork", self.engines[engine].layer, work, 0)
            self.take(tensor, fork, lanes)
            self._ends[tensor] = _End(fork, lanes)

    def lanes(self, tensor: str) -> int:
        """Channels in a word of a tensor as its engine gives them."""
        return self._ends[tensor].lanes

    def take(self, tensor: str, reader: int, lanes: int) -> None:
        """Join a tensor to the next port of an engine that reads words of `lanes` channels."""
        end, stream = self._ends[tensor], self.streams[tensor]
        elements, at, width = stream.shape.elements, end.engine, end.lanes
        both = lcm(width, lanes)
        for step in [lanes] if both in (width, lanes) else [both, lanes]:
            if step != width:
                at = self._converter(at, reader, (width, step), elements, stream)
                width = step
        self.join(at, reader, lanes, stream.element.bits, elements // lanes)

    def join(
        self, writer: int, reader: int, lanes: int, bits: int, words: int, lines: int = 0
    ) -> None:
        """A FIFO between two engines, or a line buffer of `lines` words."""
        of = self.engines[reader]
        name = f"{of.layer}.lines" if lines else of.name
        depth = lines or self._depth(writer)
        self.fifos.append(Fifo(name, writer, reader, lanes, bits, depth, words, lines > 0))
        number = len(self.fifos) - 1
        one, other = self.engines[writer], self.engines[reader]
        self.engines[writer] = replace(one, outputs=(*one.outputs, number))
        self.engines[reader] = replace(other, inputs=(*other.inputs, number))

    def finish(self) -> tuple[tuple[Engine, ...], tuple[Fifo, ...]]:
        """Everything, FIFOs of engines with several inputs numbered.

        Raises `InputError` for a depth of a FIFO that is not there.
        """
        fifos = []
        for number, fifo in enumerate(self.fifos):
            name, given = self._numbered(number), self.design.fifos
            depth = given[name] if name in given and not fifo.lines else fifo.depth
            fifos.append(replace(fifo, name=name, depth=depth))
        _check_named(self.design.fifos, [fifo.name for fifo in fifos if not fifo.lines])
        return self._ordered(fifos)

    def _ordered(self, fifos: list[Fifo]) -> tuple[tuple[Engine, ...], tuple[Fifo, ...]]:
        """Engines in an order in which each comes after those that it reads."""
        depth: list[int] = [0] * len(self.engines)
        for _ in self.engines:
            for fifo in fifos:
                depth[fifo.reader] = max(depth[fifo.reader], depth[fifo.writer] + 1)
        order = sorted(range(len(self.engines)), key=lambda number: (depth[number], number))
        place = {number: at for at, number in enumerate(order)}
        moved = [replace(f, writer=place[f.writer], reader=place[f.reader]) for f in fifos]
        return tuple(self.engines[number] for number in order), tuple(moved)

    def _numbered(self, number: int) -> str:
        fifo = self.fifos[number]
        inputs = self.engines[fifo.reader].inputs
        return fifo.name if len(inputs) == 1 else f"{fifo.name}.{inputs.index(number)}"

    def _depth(self, writer: int) -> int:
        """As deep as it takes for the writer's pipeline never to wait for its own words.

        A rigid pipeline needs two words: one is written while the other is read.
        """
        engine = self.engines[writer]
        if self.design.pipelines == "rigid":
            return 2
        return 2 + -(-engine.latency // max(engine.program.exit_gap, 1))

    def _converter(
        self, writer: int, reader: int, widths: tuple[int, int], elements: int, stream: Stream
    ) -> int:
        """An engine that joins words to wider ones, or cuts them; its number."""
        given, wanted = widths
        ratio = max(widths) // min(widths)
        repeats = elements // max(widths)
        if given < wanted:
            rows = [(step, 0, 1, 1) for step in range(ratio)]
            work = program(ratio, repeats, rows, [ratio - 1])
        else:
            work = program(ratio, repeats, [(0, 0, 1, 1)], range(ratio))
        of = self.engines[reader]
        port = f".{len(of.inputs)}" if of.kind in ("add", "concat") else ""
        name = f"{of.name}{port}.width"
        if any(engine.name == name for engine in self.engines):
            name += "2"
        made = self.add(name, "width", of.layer, work, 0, pe=wanted, simd=given)
        self.join(writer, made, given, stream.element.bits, elements // given)
        return made


def _check_named(given: Mapping[str, int], known: list[str]) -> None:
    for name in given:
        if name not in known:
            raise unknown_name("fifos", "FIFO", name, known)

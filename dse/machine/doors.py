"""The doors of the explorer: what a template's row must give for its machine to be searched.

A wing of the explorer (`dse/tiled`) provides the functions behind these doors. `Machine` opens the
doors of a template; no other part of the search knows which machine it searches.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from dse.free_k.problem import FreeK
from dse.machine.bounded import CloserBound, Listed, Question
from dse.machine.design import Design, DesignWords, Refusal
from dse.machine.outcome import Outcome
from dse.machine.spending import Spending
from dse.space.axes import Choice
from dse.space.left_out import LeftOut
from dse.space.points import Space
from dse.study.study import Share
from lightsim.errors import LightSimError
from lightsim.flow.templates import find_template, opened
from lightsim.hardware.device import Board, Resources
from lightsim.template.design import Arithmetic
from lightsim.template.doors import Template

__all__ = ["Bounds", "Builder", "Evaluator", "ExactMapping", "Machine"]

Ints = NDArray[np.int64]


class Builder(Protocol):
    """Builds the designs of points, on a board and within limits of resources (door `designs`)."""

    @property
    def accumulator(self) -> Arithmetic:
        """The accumulator of every design of the space: its bits and its overflow."""
        ...

    def check(self, space: Space) -> None:
        """Raise `InputError` for a space that is too large to be searched."""
        ...

    def build(self, point: Mapping[str, Choice], /) -> Design | Refusal:
        """The design of a point, or the reason why the point is no design."""
        ...


class Bounds(Protocol):
    """The bounds that no design of a space can beat (door `bound`)."""

    @property
    def space(self) -> Space:
        """The space that is bounded."""
        ...

    @property
    def networks(self) -> int:
        """How many networks there are."""
        ...

    @property
    def left_out(self) -> LeftOut:
        """The points of the space that are known to be no design."""
        ...

    def nothing_left(self) -> LightSimError | None:
        """The reason why no point of the space is a design; None if some point may be one."""
        ...

    def family_blocks(self, fitting: bool = False) -> Iterator[tuple[Ints, Ints, Ints]]:
        """The families of the space, block by block.

        A block is numbers int64[family], least cycles int64[family, network] of a batch and least
        resources int64[family, 5]. With `fitting` only families that keep the limits of resources
        are given.
        """
        ...

    def listed(self, family: int) -> Listed:
        """The designs of a family that can be built."""
        ...

    def spending(self, families: Ints, closer: CloserBound | None = None) -> Spending:
        """The least spending of designs of `families` int64[design], raised to the closer bound
        if there is one."""
        ...

    def closer(self, number: int) -> CloserBound | None:
        """A closer bound of the design `number`, which is next to be run; None if the machine
        has none."""
        ...

    def closer_of_family(self, family: int) -> CloserBound | None:
        """A closer bound of all designs of a family; None if the machine has none."""
        ...

    def cannot_run(self, number: int, design: Design) -> bool:
        """Whether a design that was built cannot be run. From then on all designs that cannot be
        run for the same reason are left out of the space."""
        ...

    def usable(self, families: Ints) -> NDArray[np.bool_]:
        """Which of `families` int64[family] may still have designs, bool[family]."""
        ...


class Evaluator(Protocol):
    """Runs designs; parts that several designs share are made once (door `evaluate`)."""

    def run(self, design: Design, /) -> Outcome | Refusal:
        """The outcome of a design, or the reason why it cannot run a network of the study."""
        ...


class ExactMapping(Protocol):
    """Finds the quickest mapping of a design, however long it takes (door `exact_mapping`)."""

    def quicker(
        self, design: Design, k: Mapping[str, str], /
    ) -> tuple[Outcome, Mapping[str, Any]] | None:
        """The outcome of a design with its exact mappings, and the mappings by network that are
        quicker than the usual mappings; None if no mapping is quicker.

        `k` is the allocation that was chosen for the design, as a digit for each filter by layer.
        """
        ...


@dataclass(frozen=True)
class Machine:
    """The doors of a template's row, opened when they are used."""

    template: Template

    @classmethod
    def of(cls, template: str) -> Machine:
        """The machine of a template; raises `InputError` for an unknown one."""
        return cls(find_template(template))

    def builder(
        self, board: Board, limits: Resources, widths: Mapping[str, tuple[int, ...]]
    ) -> Builder:
        """The builder of designs for a board; `widths` gives for each scheme the bits of the
        activations that the designs must accept."""
        made = opened(self.template, lambda row: row.designs, "builder of designs")
        return cast(Builder, made(board, limits, widths))

    def bounds(self, space: Space, builder: Builder, question: Question) -> Bounds:
        """The bounds of a space; raises the reason if no design of the space can be built or
        run."""
        made = opened(self.template, lambda row: row.bound, "bound of its designs")
        return cast(Bounds, made(space, builder, question))

    def evaluator(
        self,
        shares: tuple[Share, ...],
        seed: int,
        *,
        with_energy: bool = True,
        free_k: FreeK | None = None,
    ) -> Evaluator:
        """An evaluator that runs designs of a study; energy is counted only `with_energy`."""
        made = opened(self.template, lambda row: row.evaluate, "evaluation of its designs")
        return cast(Evaluator, made(shares, seed, with_energy=with_energy, free_k=free_k))

    def exact_mapping(
        self, shares: tuple[Share, ...], seed: int, free_k: FreeK | None
    ) -> ExactMapping:
        """The machine's search for exact mappings."""
        made = opened(self.template, lambda row: row.exact_mapping, "exact mapping")
        return cast(ExactMapping, made(shares, seed, free_k))

    def words(self, design: Design) -> DesignWords:
        """A design in the words of its machine."""
        said = opened(self.template, lambda row: row.words, "words for its designs")
        return cast(DesignWords, said(design))

    def text(self, design: Design) -> str:
        """The accelerator file of a design."""
        return opened(self.template, lambda row: row.write, "writer of accelerator files")(
            design.accelerator
        )

    def mapping_text(self, mapping: Any) -> str:
        """The mapping file of a mapping that `exact_mapping` gave."""
        write = opened(self.template, lambda row: row.write_mapping, "writer of mapping files")
        return write(mapping)

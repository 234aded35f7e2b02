"""The doors of the explorer: what a template's row must give for its machine to be searched.

A wing of the explorer (`dse/tiled`) answers them. `Machine` opens the doors of a template; nothing
else in the search knows which machine it searches.
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
    """From points to designs, on a board, under limits of its resources (door `designs`)."""

    @property
    def accumulator(self) -> Arithmetic:
        """How designs of the space add up."""
        ...

    def check(self, space: Space) -> None:
        """Raise `InputError` for a space that is too large to be gone through."""
        ...

    def build(self, point: Mapping[str, Choice], /) -> Design | Refusal:
        """The design of a point, or why it is none."""
        ...


class Bounds(Protocol):
    """What no design of a space can beat (door `bound`)."""

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
        """What of the space is no design, as far as is known."""
        ...

    def nothing_left(self) -> LightSimError | None:
        """Why no design is left at all; None where some may be."""
        ...

    def family_blocks(self, fitting: bool = False) -> Iterator[tuple[Ints, Ints, Ints]]:
        """Numbers, least cycles [family, network] and least resources [family, 5] of families,
        block by block, if `fitting` those alone that keep to the limits of resources."""
        ...

    def listed(self, family: int) -> Listed:
        """The designs of a family that can be built."""
        ...

    def spending(self, families: Ints, closer: CloserBound | None = None) -> Spending:
        """What designs of these families spend at least, no less than a closer bound says."""
        ...

    def closer(self, number: int) -> CloserBound | None:
        """More of a design that is about to be run; None where nothing more is known."""
        ...

    def closer_of_family(self, family: int) -> CloserBound | None:
        """The same of all designs of a family."""
        ...

    def cannot_run(self, number: int, design: Design) -> bool:
        """Whether a design that was built cannot be run. What that says of others is left out of
        the space from then on."""
        ...

    def usable(self, families: Ints) -> NDArray[np.bool_]:
        """Which families still have designs, as far as is known."""
        ...


class Evaluator(Protocol):
    """Runs designs; what several of them share is made once (door `evaluate`)."""

    def run(self, design: Design, /) -> Outcome | Refusal:
        """The outcome of a design, or why it cannot run a network of the study."""
        ...


class ExactMapping(Protocol):
    """The quickest mapping of a design that is found at any price (door `exact_mapping`)."""

    def quicker(
        self, design: Design, k: Mapping[str, str], /
    ) -> tuple[Outcome, Mapping[str, Any]] | None:
        """The outcome with the mappings by network that are quicker than the usual ones, None where
        none is; `k` are the digits of its filters where they were chosen."""
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
        """The builder of designs for a board; `widths` are by scheme the bits of the activations
        that the designs have to take."""
        made = opened(self.template, lambda row: row.designs, "builder of designs")
        return cast(Builder, made(board, limits, widths))

    def bounds(self, space: Space, builder: Builder, question: Question) -> Bounds:
        """The bounds of a space; raises the reason where no design of it can be built or run."""
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
        """What runs designs of a study; energy is counted only `with_energy`."""
        made = opened(self.template, lambda row: row.evaluate, "evaluation of its designs")
        return cast(Evaluator, made(shares, seed, with_energy=with_energy, free_k=free_k))

    def exact_mapping(
        self, shares: tuple[Share, ...], seed: int, free_k: FreeK | None
    ) -> ExactMapping:
        """What maps designs exactly."""
        made = opened(self.template, lambda row: row.exact_mapping, "exact mapping")
        return cast(ExactMapping, made(shares, seed, free_k))

    def words(self, design: Design) -> DesignWords:
        """A design in words."""
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

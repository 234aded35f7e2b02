"""The toy machine explored: a space of two axes, its designs, their bound and their worth.

It is to `toy.py` what `dse/tiled` is to `lightsim/tiled`: the doors that the search asks for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from dse.evaluation.workloads import workload_of
from dse.machine.bounded import Listed, Question
from dse.machine.design import Design, DesignWords, Refusal
from dse.machine.outcome import Outcome
from dse.machine.spending import Spending
from dse.space.axes import SCHEME, Axis, fixed, whole
from dse.space.left_out import LeftOut
from dse.space.points import Space
from lightsim.errors import InputError, LightSimError
from lightsim.hardware.device import Board, Resources
from lightsim.template.doors import Door
from lightsim.template.task import Wishes
from tests.flow.toy import TOY, Sums, Toy, lay, resources

WIDTH = Axis(
    "width", "products a cycle", "a whole number, 1 to 4096", whole(1, 4096), fixed(8, 16, 32, 64)
)
AXES = {"scheme": SCHEME, "width": WIDTH}


class Builder:
    """Designs of a board, refused where they take more than `limits`."""

    accumulator = Sums()

    def __init__(self, board: Board, limits: Resources, widths) -> None:
        self.board, self.limits = board, limits

    def check(self, space: Space) -> None:
        """Every space of the toy is small."""

    def build(self, point) -> Design | Refusal:
        name, width = f"toy-{point['scheme']}-{point['width']}", int(point["width"])
        toy = Toy(name, self.board.name, str(point["scheme"]), self.board.clock_hz, width)
        used = resources(toy, self.board.device)[0].resources
        if used.lut > self.limits.lut:
            return Refusal(f"needs {used.lut} LUT of {self.limits.lut}")
        return Design(toy, 1, used)


class Bounds:
    """No design is quicker than its products divided by its lanes; every family is one design."""

    def __init__(self, space: Space, builder: Builder, question: Question) -> None:
        self.space, self.networks, self.left_out = space, len(question.workloads), LeftOut()
        built = {number: builder.build(space.point(number)) for number in range(space.size)}
        for one in built.values():
            if isinstance(one, Refusal):
                self.left_out.add(InputError("[axes]", one.reason), 1)
        self._designs = {n: one for n, one in built.items() if isinstance(one, Design)}
        self._workloads = list(question.workloads.values())

    def nothing_left(self) -> LightSimError | None:
        return None if self._designs else self.left_out.error("[axes]")

    def family_blocks(self, fitting: bool = False) -> Iterator[tuple]:
        if self._designs:
            rows = [self.listed(number) for number in self._designs]
            columns = zip(*((row.numbers, row.cycles, row.used) for row in rows), strict=True)
            yield tuple(np.concatenate(column) for column in columns)

    def listed(self, family: int) -> Listed:
        design = self._designs[family]
        toy = design.accelerator
        macs = [schemes[toy.scheme].network.macs for schemes in self._workloads]
        cycles = [[-(-count // toy.lanes) for count in macs]]
        used = [design.resources.values()]
        return Listed(*(np.array(column, np.int64) for column in ([family], cycles, used)))

    def spending(self, families, closer=None) -> Spending:
        return Spending.nothing(len(families), self.networks)

    def closer(self, number: int) -> None:
        """Nothing more is known of a design."""

    closer_of_family = closer

    def cannot_run(self, number: int, design: Design) -> bool:
        return False

    def usable(self, families) -> np.ndarray:
        return np.isin(families, list(self._designs))


class Evaluator:
    """Adds up the cycles of the layers."""

    def __init__(self, shares, seed: int, *, with_energy: bool, free_k) -> None:
        self._shares, self._seed, self._with_energy = shares, seed, with_energy

    def run(self, design: Design) -> Outcome:
        toy = design.accelerator
        workloads = [workload_of(row.network, toy.scheme, self._seed) for row in self._shares]
        cycles = tuple(sum(lay(one, toy, (), Wishes()).cycles) for one in workloads)
        nothing = tuple(0 for _ in cycles)
        return Outcome(cycles, nothing, tuple(map(float, nothing)) if self._with_energy else None)


def words(design: Design) -> DesignWords:
    lanes = design.accelerator.lanes
    return DesignWords("row", f"{lanes}", f"{lanes} lanes", f"{lanes} products", {"width": lanes})


def write(toy: Toy) -> str:
    keys = {"template": toy.template, "name": toy.name, "board": toy.board, "scheme": toy.scheme}
    return "".join(f'{k} = "{v}"\n' for k, v in keys.items()) + f"lanes = {toy.lanes}\n"


HERE = "tests.flow.toy_explorer"
EXPLORED = replace(
    TOY, write=Door(f"{HERE}:write"), axes=Door(f"{HERE}:AXES"), designs=Door(f"{HERE}:Builder"),
    bound=Door(f"{HERE}:Bounds"), evaluate=Door(f"{HERE}:Evaluator"), words=Door(f"{HERE}:words"),
)  # fmt: skip

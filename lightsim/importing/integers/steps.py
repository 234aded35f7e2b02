"""What integer 1 stands for in every tensor, from the file's grids or from the values it takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lightsim.importing.integers.real_run import Range
from lightsim.importing.integers.settling import KEEPING
from lightsim.importing.lowering.draft import Draft, Grid, InputDraft
from lightsim.network.tensor import ElementType
from lightsim.numerics.sums.requantise import Rounding

__all__ = ["Step", "steps_of"]


@dataclass(frozen=True, slots=True)
class Step:
    """Of a tensor: what 1 stands for, its clamp, and how reals are rounded to it.

    `given` says that a file fixes the step.
    """

    step: float
    lowest: int
    highest: int
    rounding: Rounding = "half_up"
    given: bool = False


def steps_of(
    image: InputDraft,
    drafts: Sequence[Draft],
    types: Mapping[str, ElementType],
    ranges: Mapping[str, Range],
    warnings: list[str],
) -> dict[str, Step]:
    """The step of the input and of every layer, by name; what a file's grid loses is warned of.

    `types` are those of the tensors, `ranges` the values that they take on some images. Tensors
    that share numbers (a maximum and what it is of, a join and its parts) share a step.
    """
    shared = _Shared(["input", *(draft.name for draft in drafts)])
    for draft in drafts:
        if draft.layer.operator in KEEPING:
            for name in draft.layer.inputs:
                shared.join(name, draft.name)
    grids = {"input": image.grid} | {draft.name: draft.grid for draft in drafts}
    caps = {draft.name: draft.cap for draft in drafts}
    found: dict[str, Step] = {}
    for members in shared.groups():
        given = next((grids[name] for name in members if grids[name] is not None), None)
        element = types[members[0]]
        if given is not None:
            step = _on_grid(given, element, members[0], warnings)
        else:
            step = _calibrated(
                [ranges[n] for n in members], [caps.get(n) for n in members], element
            )
        found |= dict.fromkeys(members, step)
    return found


def _on_grid(grid: Grid, element: ElementType, name: str, warnings: list[str]) -> Step:
    """The step of a file's grid; another where the codes less their zero point are no type's."""
    if grid.sign or element.bits == 1:
        return Step(grid.scale, -1, 1, given=True)
    low, high = grid.ends
    if not element.signed:
        low = max(low, 0)  # a ReLU before the codes leaves none below 0
    if element.lowest <= low and high <= element.highest:
        return Step(grid.scale, low, high, grid.rounding, given=True)
    factor = max(low / element.lowest if element.lowest else 0.0, high / element.highest)
    warnings.append(
        f"'{name}': the codes less their zero point {grid.zero} go from {low} to {high}, which no "
        f"type of 8 bits holds: its step is {factor:.3g} times the file's"
    )
    return Step(grid.scale * factor, element.lowest, element.highest, grid.rounding)


def _calibrated(
    ranges: Sequence[Range], caps: Sequence[float | None], element: ElementType
) -> Step:
    """The smallest step with which nothing seen is clamped, a clipped ReLU's end at the most."""
    low, high = min(low for low, _ in ranges), max(high for _, high in ranges)
    ends = [cap for cap in caps if cap is not None]
    if ends:
        high = min(high, max(ends))
    if element.bits == 1:
        return Step(1.0, -1, 1)
    step = high / element.highest
    if element.signed:
        step = max(step, low / element.lowest)
    return Step(step if step > 0 else 1.0, element.lowest, element.highest)


class _Shared:
    """Names that belong together (union-find)."""

    def __init__(self, names: Sequence[str]) -> None:
        self._parent = {name: name for name in names}

    def join(self, one: str, other: str) -> None:
        self._parent[self._root(one)] = self._root(other)

    def groups(self) -> list[list[str]]:
        found: dict[str, list[str]] = {}
        for name in self._parent:
            found.setdefault(self._root(name), []).append(name)
        return list(found.values())

    def _root(self, name: str) -> str:
        while self._parent[name] != name:
            self._parent[name] = self._parent[self._parent[name]]
            name = self._parent[name]
        return name

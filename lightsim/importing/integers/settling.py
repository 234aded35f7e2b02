"""Drafts made such as the house has them: types as their grids say, and such that they join.

A tensor has one type and one step here. Where a join or a maximum of a foreign graph asks for
another, a layer of its own brings the numbers there: a convolution by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lightsim.importing.lowering.draft import Draft, Grid, InputDraft
from lightsim.network.activations import Activation
from lightsim.network.layer import Layer

__all__ = ["KEEPING", "kind_of", "settled", "type_of"]

KEEPING = ("max_pool", "concat", "flatten", "reorganise", "upsample")
"""Operators whose outputs are numbers of their inputs: they share one type and one step."""


def settled(image: InputDraft, drafts: Sequence[Draft], *, signed_input: bool) -> list[Draft]:
    """The drafts with the layers that their types need between them."""
    done: dict[str, Draft] = {}
    result: list[Draft] = []
    for draft in drafts:
        if draft.activation == "none" and _sums(draft) and _ends_at_zero(draft.grid):
            draft.activation = "relu"  # the codes end at 0, which is what a ReLU does
        if draft.layer.operator in KEEPING:
            _agree(draft, image, done, result, signed_input)
        draft.layer = replace(draft.layer, activation=draft.activation)
        if draft.grid is not None and _sums(draft) and draft.activation != "sign":
            bits, signed = type_of(draft.grid, draft.activation)
            draft.layer = replace(draft.layer, activation_bits=bits, activation_signed=signed)
        done[draft.name] = draft
        result.append(draft)
    return result


def type_of(grid: Grid, activation: Activation) -> tuple[int, bool]:
    """The bits, and whether there is a sign, of the narrowest type that holds a grid's multiples;
    eight bits where none does."""
    low, high = grid.ends
    if activation == "relu":
        low = max(low, 0)
    signed = low < 0
    for bits in range(2, 9):
        half = 1 << (bits - 1)
        least, most = (-half, half - 1) if signed else (0, 2 * half - 1)
        if least <= low and high <= most:
            return bits, signed
    return 8, signed


def kind_of(name: str, done: dict[str, Draft], signed_input: bool) -> Activation:
    """`sign`, `relu` (no number below 0) or `none` (signed), of a tensor."""
    if name == "input":
        return "none" if signed_input else "relu"
    draft = done[name]
    if _sums(draft):
        return draft.activation
    return kind_of(draft.layer.inputs[0], done, signed_input)


def _ends_at_zero(grid: Grid | None) -> bool:
    return grid is not None and grid.ends[0] >= 0 and not grid.sign


def _sums(draft: Draft) -> bool:
    return draft.weights is not None or draft.layer.operator == "add"


def _agree(
    draft: Draft, image: InputDraft, done: dict[str, Draft], result: list[Draft], signed: bool
) -> None:
    """Let the inputs of an operator that keeps numbers be of one type and one grid."""
    names = list(draft.layer.inputs)
    kinds = [kind_of(name, done, signed) for name in names]
    kind = kinds[0] if len(set(kinds)) == 1 else "none"
    grids = [image.grid if name == "input" else done[name].grid for name in names]
    wanted = draft.grid or next((grid for grid in grids if grid is not None), None)
    if _ends_at_zero(wanted) and "none" in kinds:
        kind = "relu"
    for number, name in enumerate(names):
        same = wanted is None or grids[number] is None or _equal(grids[number], wanted)
        if kinds[number] == kind and same:
            continue
        names[number] = _insert(draft, name, number, kind, image, done, result)
        made = done[names[number]]
        made.grid = wanted
        if wanted is not None and kind != "sign":
            bits, own = type_of(wanted, kind)
            made.layer = replace(made.layer, activation_bits=bits, activation_signed=own)
    draft.layer = replace(draft.layer, inputs=tuple(names))
    draft.grid = wanted


def _equal(own: Grid | None, other: Grid) -> bool:
    return own is not None and (own.scale, own.zero) == (other.scale, other.zero)


def _insert(
    draft: Draft,
    name: str,
    number: int,
    kind: Activation,
    image: InputDraft,
    done: dict[str, Draft],
    result: list[Draft],
) -> str:
    shape = image.shape if name == "input" else done[name].shape
    own = f"{draft.name[:54]}.from{number}"
    layer = Layer(
        own, "conv2d", (name,), shape, shape, groups=shape.channels, activation=kind,
        bias=False,
    )  # fmt: skip
    made = Draft(layer, draft.where, np.ones(layer.weight_shape, np.float32), activation=kind)
    done[own] = made
    result.append(made)
    return own

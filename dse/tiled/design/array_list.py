"""The arrays of a space that can be built and can run its networks, and why the others cannot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from dse.space.axes import AUTO, Choice
from dse.space.left_out import LeftOut
from dse.space.points import Space
from dse.tiled.design.buffers import BufferPlan, planned, stated_bytes, word_bits
from dse.tiled.design.builder import ARRAY_AXES, Builder
from dse.tiled.design.costs import BUFFERS
from dse.tiled.design.plans import Plans
from dse.tiled.space.lanes import lane_mix
from lightsim.descriptions import within
from lightsim.errors import InputError, LightSimError
from lightsim.hardware.pe_kinds import PE_KINDS
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.description.validation import validate_accelerator
from lightsim.units import ceil_div

__all__ = ["BufferName", "ListedArrays", "listed_arrays"]

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
BufferName = str

_AXES = "[axes]"


@dataclass(frozen=True, slots=True, eq=False)
class ListedArrays:
    """The arrays of a space that some design has: `built` are the accelerators with their smallest
    buffers, row by row. The other fields are described at `Arrays`."""

    built: list[Accelerator]
    rows: Ints
    places: Mapping[str, Ints]
    holds: Bools
    sizes: Mapping[BufferName, Bools]
    left_out: LeftOut


def listed_arrays(space: Space, builder: Builder, plans: Plans) -> ListedArrays:
    """Every array of a space that some design has; raises the reason if there is none."""
    counts = [len(space.axes[name]) for name in ARRAY_AXES]
    each = space.size // prod(counts)
    left_out = LeftOut()
    built: list[Accelerator] = []
    numbers: list[int] = []
    for number, at in enumerate(np.ndindex(*counts)):
        acc = _array(space, builder, plans, at)
        if isinstance(acc, LightSimError):
            left_out.add(acc, each)
        else:
            built.append(acc)
            numbers.append(number)
    holds = _holding(space, plans, built, each, left_out)
    # For each array, the points of the space with a batch that fits.
    of_one = each // len(space.axes["batch"]) * holds.sum(axis=1)
    sizes = _sizes(space, built, of_one, left_out)
    kept = holds.any(axis=1) & np.all([row.any(axis=1) for row in sizes.values()], axis=0)
    if not kept.any():
        raise left_out.error(_AXES)
    rows = np.full(prod(counts), -1, np.int64)
    listed = np.array(numbers, np.int64)[kept]
    rows[listed] = np.arange(listed.size)
    return ListedArrays(
        [acc for acc, stays in zip(built, kept, strict=True) if stays],
        rows,
        space.places(listed, ARRAY_AXES),
        holds[kept],
        {name: row[kept] for name, row in sizes.items()},
        left_out,
    )


def _array(
    space: Space, builder: Builder, plans: Plans, at: Sequence[int]
) -> Accelerator | LightSimError:
    """The array at the places `at` on `ARRAY_AXES`, with its smallest buffers, or the reason why
    it cannot be built or cannot run the networks."""
    point: dict[str, Choice] = {name: choices[0] for name, choices in space.axes.items()}
    point |= {name: space.axes[name][i] for name, i in zip(ARRAY_AXES, at, strict=True)}
    point["clock"] = AUTO
    wrong = _wrong_lanes(space, point)
    if wrong is not None:
        return wrong
    try:
        with within(_AXES, "array"):
            acc = builder.least(point)
        validate_accelerator(acc, _AXES)
    except InputError as error:
        return error
    return plans.error(acc) or acc


def _wrong_lanes(space: Space, point: Mapping[str, Choice]) -> InputError | None:
    """Why a point's lanes do not go with its scheme: a PE kind cannot run the scheme, or the study
    names other lanes for it. None if they do."""
    scheme, lanes = str(point["scheme"]), str(point["lanes"])
    row = SCHEMES[scheme]
    for group in lane_mix(lanes).groups(int(point["rows"])):
        if not PE_KINDS[group.pe].takes(row):
            able = ", ".join(kind.name for kind in PE_KINDS.values() if kind.takes(row))
            return InputError(_AXES, f"{group.pe} cannot run {scheme}", f"accepted: {able}")
    if space.lanes and lanes not in space.lanes[scheme]:
        own = ", ".join(map(str, space.lanes[scheme]))
        return InputError(_AXES, f"{lanes} is not among the lanes of {scheme}", f"accepted: {own}")
    return None


def _holding(
    space: Space, plans: Plans, built: list[Accelerator], each: int, left_out: LeftOut
) -> Bools:
    """Whether the activations of a batch may fit the board's memory, bool[array, batch]."""
    batches = space.axes["batch"]
    found = np.ones((len(built), len(batches)), np.bool_)
    for row, acc in enumerate(built):
        for column, batch in enumerate(batches):
            error = plans.images_error(acc, int(batch))
            if error is not None:
                found[row, column] = False
                left_out.add(error, each // len(batches))
    return found


def _sizes(
    space: Space, built: list[Accelerator], of_one: Ints, left_out: LeftOut
) -> dict[BufferName, Bools]:
    """For each memory, which of its sizes an array can be built with, bool[array, choice].

    `of_one` int64[array] is the number of points that each array still has.
    """
    left = of_one.copy()
    found = {}
    for name in BUFFERS:
        choices = space.axes[f"{name}_bytes"]
        own = np.ones((len(built), len(choices)), np.bool_)
        for column, choice in enumerate(choices):
            if choice == AUTO or not built:
                continue
            own[:, column] = _may_be(name, choice, built)
            wrong = np.flatnonzero(~own[:, column])
            if wrong.size:
                points = int((left[wrong] // len(choices)).sum())
                left_out.add(_size_error(name, choice, built[int(wrong[0])]), points)
        left = left // len(choices) * own.sum(axis=1)
        found[name] = own
    return found


def _may_be(name: BufferName, choice: Choice, built: list[Accelerator]) -> Bools:
    """Which arrays keep the rules of `validate_accelerator` with one size of one memory,
    bool[array]."""
    word = np.array([acc.word_bytes for acc in built], np.int64)
    bits = np.array([word_bits(acc, name) for acc in built], np.int64)
    size = stated_bytes(choice, bits, word, name)
    if name == "psum":
        return np.asarray((size == 0) | (size >= -(-bits // 8)), np.bool_)
    if name in ("residual", "output"):
        least = word
    elif name == "input":
        least = np.array([max(acc.array.columns, acc.word_bytes) for acc in built], np.int64)
    else:
        least = np.array([ceil_div(int(n), 8) for n in bits], np.int64)
    return np.asarray((size > 0) & (size % word == 0) & (size >= least), np.bool_)


def _size_error(name: BufferName, choice: Choice, acc: Accelerator) -> InputError:
    sizes: dict[str, Choice] = dict.fromkeys(BUFFERS, AUTO)
    plan = BufferPlan(sizes | {name: choice}, dict.fromkeys(BUFFERS[:-1], 2))
    try:
        with within(_AXES, name):
            acc = planned(acc, plan)
        validate_accelerator(acc, _AXES)
    except InputError as error:
        return error
    raise AssertionError(f"{name}_bytes = {choice} can be built")

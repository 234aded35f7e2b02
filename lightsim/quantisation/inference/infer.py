"""Whole-layer inference: what a workload's every layer comes out as, whatever machine runs it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Literal, overload

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError, unknown_name
from lightsim.quantisation.inference.accumulators import Accumulation, check_accumulators
from lightsim.quantisation.inference.layer_output import (
    Activations,
    Overflow,
    SumRules,
    layer_output,
)
from lightsim.quantisation.inference.threads import in_order
from lightsim.quantisation.workload import LabelledImages, Workload, check_drawn

__all__ = ["accuracy", "infer"]

Images = NDArray[np.int16]


@overload
def infer(
    workload: Workload,
    images: Images,
    *,
    accumulator_bits: int = 32,
    overflow: Overflow = "refuse",
    accumulation: Accumulation = "exact",
    keep: None = None,
) -> Activations: ...


@overload
def infer(
    workload: Workload,
    images: Images,
    *,
    accumulator_bits: int = 32,
    overflow: Overflow = "refuse",
    accumulation: Accumulation = "exact",
    keep: Literal["all"] | Collection[str],
) -> dict[str, Activations]: ...


def infer(
    workload: Workload,
    images: Images,
    *,
    accumulator_bits: int = 32,
    overflow: Overflow = "refuse",
    accumulation: Accumulation = "exact",
    keep: Literal["all"] | Collection[str] | None = None,
) -> Activations | dict[str, Activations]:
    """The network's output for `images` int16[batch, channels, height, width].

    The output is int16[batch, channels, height, width], or int32 if it is raw. With `keep`, a
    dict of the outputs of the named layers (`"all"`: of every layer) in the network's order. A
    tensor is forgotten when no later layer needs it and it is not kept.

    `accumulator_bits` (2..32), `overflow` and `accumulation` are the accumulator's, as in
    `hardware.Accumulator`; under `truncate` biases and shifts are those of
    `truncation.in_truncated_units`.

    Raises `InputError` for a workload in outline, for images of another shape, type or range, for
    an unknown layer in `keep`, and under `refuse` for a workload whose worst sum does not fit.
    """
    check_drawn(workload)
    rules = SumRules(accumulator_bits, overflow, accumulation)
    _check_images(workload, images)
    kept = _kept(workload, keep)
    if overflow == "refuse":
        check_accumulators(workload, accumulator_bits, accumulation)
    last_use = {
        name: number for number, layer in enumerate(workload.layers) for name in layer.layer.inputs
    }
    values: dict[str, Activations] = {"input": images}
    results: dict[str, Activations] = {}
    for number, layer in enumerate(workload.layers):
        inputs = layer.layer.inputs
        out = layer_output(layer, tuple(values[name] for name in inputs), rules)
        values[layer.layer.name] = out
        if layer.layer.name in kept:
            results[layer.layer.name] = out
        for name in set(inputs):
            if last_use[name] == number:
                del values[name]
    return results if keep is not None else results[workload.layers[-1].layer.name]


def accuracy(
    workload: Workload,
    labelled: LabelledImages,
    *,
    batch: int = 64,
    threads: int = 1,
    accumulator_bits: int = 32,
    overflow: Overflow = "refuse",
    accumulation: Accumulation = "exact",
    progress: Callable[[int, int], None] | None = None,
) -> float:
    """The share of `labelled` whose largest output is that of their label, 0 to 1.

    The first of equal outputs counts. Each of `threads` threads has `batch` images in memory:
    their activations in the two or three tensors that a layer joins, two bytes a number, and
    four bytes a number of the layer's sums where they are not requantised at once. The result
    does not depend on either number. After each batch `progress` is called, by the caller's
    thread, with the images done and the number of all.

    Raises `InputError` as `infer` does, for no images, for a label without an output, and for
    less than one thread.
    """
    count, classes = len(labelled.labels), workload.network.layers[-1].output_shape.elements
    if count == 0 or len(labelled.images) != count:
        raise InputError(
            "labelled images", f"{len(labelled.images)} images, {count} labels", "one label each"
        )
    if not 0 <= int(labelled.labels.min()) <= int(labelled.labels.max()) < classes:
        raise InputError(
            "labelled images",
            f"labels from {labelled.labels.min()} to {labelled.labels.max()}",
            f"0 to {classes - 1}, as '{workload.network.name}' has {classes} outputs",
        )

    def chosen(first: int) -> NDArray[np.intp]:
        out = infer(
            workload,
            labelled.images[first : first + batch],
            accumulator_bits=accumulator_bits,
            overflow=overflow,
            accumulation=accumulation,
        )
        found: NDArray[np.intp] = out.reshape(len(out), -1).argmax(axis=1)
        return found

    right, done = 0, 0
    for classes_chosen in in_order(chosen, range(0, count, batch), threads):
        labels = labelled.labels[done : done + batch]
        right += int(np.count_nonzero(classes_chosen == labels))
        done += len(labels)
        if progress is not None:
            progress(done, count)
    return right / count


def _check_images(workload: Workload, images: Images) -> None:
    shape, element = workload.network.input_shape, workload.input_type
    wanted = (shape.channels, shape.height, shape.width)
    if (
        images.dtype != np.int16
        or images.ndim != 4
        or images.shape[1:] != wanted
        or not len(images)
    ):
        raise InputError(
            "images",
            f"{images.dtype} of shape {list(images.shape)}",
            f"int16 of shape [1 or more, {', '.join(map(str, wanted))}]",
        )
    least, most = int(images.min()), int(images.max())
    if element.bits == 1 and not np.isin(images, (-1, 1)).all():
        raise InputError("images", f"values from {least} to {most}", "-1 and 1 alone")
    if least < element.lowest or most > element.highest:
        raise InputError(
            "images", f"values from {least} to {most}", f"{element.lowest} to {element.highest}"
        )


def _kept(workload: Workload, keep: Literal["all"] | Collection[str] | None) -> set[str]:
    names = [layer.layer.name for layer in workload.layers]
    if keep is None:
        return {names[-1]}
    if keep == "all":
        return set(names)
    for name in keep:
        if name not in names:
            raise unknown_name("keep", "layer", name, names)
    return set(keep)

"""The network in real numbers on some images: between which values its tensors lie."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from lightsim.importing.lowering.draft import Draft, Weights

__all__ = ["Range", "ranges_of", "real_outputs"]

Range = tuple[float, float]
Images = NDArray[np.float32]


def ranges_of(drafts: Sequence[Draft], images: Images) -> dict[str, Range]:
    """The lowest and the highest value of the input and of every layer's output, by name.

    `images` float32[count, channels, height, width].
    """
    found: dict[str, Range] = {"input": (float(images.min()), float(images.max()))}
    for image in images:  # one by one: the tensors of a large network take much room
        for name, tensor in _walk(drafts, image[None]):
            low, high = float(tensor.min()), float(tensor.max())
            least, most = found.get(name, (low, high))
            found[name] = (min(least, low), max(most, high))
    return found


def real_outputs(
    drafts: Sequence[Draft], images: Images, names: Sequence[str]
) -> dict[str, Images]:
    """float32[count, channels, height, width] of the layers called `names`."""
    return {name: tensor for name, tensor in _walk(drafts, images) if name in names}


def _walk(drafts: Sequence[Draft], images: Images) -> Iterator[tuple[str, Images]]:
    last = {name: number for number, draft in enumerate(drafts) for name in draft.layer.inputs}
    tensors: dict[str, Images] = {"input": images}
    for number, draft in enumerate(drafts):
        out = _output(draft, [tensors[name] for name in draft.layer.inputs])
        tensors[draft.name] = out
        yield draft.name, out
        for name in set(draft.layer.inputs):
            if last[name] == number:
                del tensors[name]


def _output(draft: Draft, inputs: Sequence[Images]) -> Images:
    x = inputs[0]
    match draft.layer.operator:
        case "conv2d":
            out = _convolved(draft, x)
        case "dense":
            assert draft.weights is not None
            flat = x.reshape(len(x), -1) @ draft.weights.reshape(len(draft.weights), -1).T
            out = _biased(draft, flat[:, :, None, None])
        case "max_pool":
            out = _windows(draft, x, -np.inf).max(axis=(4, 5))
        case "average_pool":
            out = _windows(draft, x, 0.0).mean(axis=(4, 5), dtype=np.float32)
        case "global_pool":
            out = x.mean(axis=(2, 3), keepdims=True, dtype=np.float32)
        case "upsample":
            out = x.repeat(draft.keys["scale"][0], axis=2).repeat(draft.keys["scale"][1], axis=3)
        case "add":
            out = x + inputs[1]
        case "concat":
            out = np.concatenate(inputs, axis=1)
        case _:
            raise NotImplementedError(draft.layer.operator)
    return _activated(draft, out)


def _activated(draft: Draft, out: Images) -> Images:
    match draft.activation:
        case "relu":
            return np.clip(out, 0.0, np.inf if draft.cap is None else draft.cap)
        case "sign":
            scale = 1.0 if draft.grid is None else draft.grid.scale
            return np.where(out >= 0, np.float32(scale), np.float32(-scale))
        case _:
            return out


def _padded(draft: Draft, x: Images, value: float) -> Images:
    pad = draft.layer.padding
    edges = ((0, 0), (0, 0), (pad.top, pad.bottom), (pad.left, pad.right))
    return np.pad(x, edges, constant_values=value) if any(map(any, edges)) else x


def _windows(draft: Draft, x: Images, outside: float) -> NDArray[np.float32]:
    down, right = draft.layer.stride
    seen = sliding_window_view(_padded(draft, x, outside), draft.layer.kernel, axis=(2, 3))
    return seen[:, :, ::down, ::right]


def _convolved(draft: Draft, x: Images) -> Images:
    """Tap by tap: a tap is one product of matrices, or of channels where each has its own."""
    assert draft.weights is not None
    layer, groups, shape = draft.layer, draft.layer.groups, draft.shape
    own = _padded(draft, x, 0.0)
    (down, right), filters = layer.stride, draft.weights
    apart = layer.dilation
    out = np.zeros((len(x), groups, layer.filters_of_group, shape.height * shape.width), np.float32)
    for ky in range(layer.kernel[0]):
        for kx in range(layer.kernel[1]):
            rows = slice(ky * apart[0], ky * apart[0] + down * (shape.height - 1) + 1, down)
            columns = slice(kx * apart[1], kx * apart[1] + right * (shape.width - 1) + 1, right)
            seen = own[:, :, rows, columns].reshape(len(x), groups, layer.channels_of_group, -1)
            out += _tap(filters[:, :, ky, kx], groups) @ seen
    return _biased(draft, out.reshape(len(x), shape.channels, shape.height, shape.width))


def _tap(weights: Weights, groups: int) -> Weights:
    return weights.reshape(1, groups, -1, weights.shape[1])


def _biased(draft: Draft, out: Images) -> Images:
    if draft.bias is not None:
        out = out + draft.bias.astype(np.float32)[:, None, None]
    return out

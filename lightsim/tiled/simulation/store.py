"""The values in memory: the activations of every tensor, and weight tiles cut from the workload."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.numerics.formats.table import codec
from lightsim.quantisation.inference.truncation import truncates
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.mapping.plan.layout import Volume
from lightsim.tiled.mapping.plan.plan import EngineLayer, Plan, TensorView
from lightsim.tiled.mapping.plan.words import block_channels
from lightsim.tiled.mapping.tiles.schedule import Schedule, Tile
from lightsim.tiled.simulation.contents import Activations, TermPlanes, WeightTile, as_addressed

__all__ = ["Store"]

_UNWRITTEN = -(1 << 14)  # outside what an 8-bit or 1-bit layer can write


class Store:
    """The contents of memory during the run of one program.

    Tensors are int16[images, channels, height, width], or int32 for raw accumulators. Unwritten
    places hold a value that no layer produces, so that a read that comes too early shows in the
    result.
    """

    def __init__(self, plan: Plan, accelerator: Accelerator, images: NDArray[np.int16]) -> None:
        self._plan = plan
        self._word_bytes = accelerator.word_bytes
        self._accumulation = accelerator.accumulator.accumulation
        self._planes: dict[str, TermPlanes] = {}
        self._weights: dict[tuple[object, ...], WeightTile] = {}
        self.tensors: dict[str, Activations] = {}
        for tensor in plan.tensors:
            shape = (len(images), tensor.shape.channels, tensor.shape.height, tensor.shape.width)
            if tensor.element.bits > 16:
                self.tensors[tensor.name] = np.full(shape, _UNWRITTEN, np.int32)
            else:
                self.tensors[tensor.name] = np.full(shape, _UNWRITTEN, np.int16)
        stored = self.tensors[plan.input.tensor]
        stored[...] = plan.form.arrange(images)

    def read(self, view: TensorView, volume: Volume) -> Activations:
        """A copy of a box of a view."""
        return self._box(view, volume).copy()

    def write(self, view: TensorView, volume: Volume, values: Activations) -> None:
        """Store values into a box of a view; after a fault `as_addressed` fits them to the box."""
        box = self._box(view, volume)
        box[...] = as_addressed(values, box.shape)

    def layer_output(self, view: TensorView) -> Activations:
        """All values of a view."""
        stop = view.offset + view.shape.channels
        return self.tensors[view.tensor][:, view.offset : stop]

    def _box(self, view: TensorView, volume: Volume) -> Activations:
        channels = slice(view.offset + volume.channels.start, view.offset + volume.channels.stop)
        images, rows, columns = volume.images, volume.rows, volume.columns
        tensor = self.tensors[view.tensor]
        if view.as_vector:
            block = block_channels(self._word_bytes, view.element.bits)
            count, held, high, wide = tensor.shape
            words = tensor.reshape(count, held // block, block, high, wide)
            tensor = words.transpose(0, 1, 3, 4, 2).reshape(count, -1, 1, 1)
        return tensor[
            images.start : images.stop,
            channels,
            rows.start : rows.stop,
            columns.start : columns.stop,
        ]

    def weight_tile(self, schedule: Schedule, tile: Tile) -> WeightTile:
        """The weights and parameters of a tile, with the filters in the order of the array's rows.

        A tile that is loaded again is the same object, so its packed filters are kept.
        """
        layer = schedule.layer
        places = tuple(group.filters for group in tile.groups)
        key = (layer.name, places, tile.read.channels.start, tile.read.channels.stop)
        found = self._weights.get(key)
        if found is None:
            found = self._weights[key] = self._cut(layer, tile)
        return found

    def _cut(self, layer: EngineLayer, tile: Tile) -> WeightTile:
        filters = np.array([f for group in tile.groups for f in group.filters if f >= 0], np.int64)
        weights = layer.weights
        main = layer.main
        if weights is None or main.bias is None:
            raise ValueError(f"layer '{layer.name}' has no weights to load")
        start = tile.computed.channels.start
        planes = None
        if layer.groups == 1:
            inner = slice(tile.read.channels.start, tile.read.channels.stop)
        else:
            inner = slice(None)
        if truncates(main, self._accumulation):
            whole = self._term_planes(layer)
            planes = TermPlanes(
                whole.sign[:, filters, inner],
                whole.exponent[:, filters, inner],
                whole.present[:, filters, inner],
            )
        multiplier = np.broadcast_to(main.multiplier, (layer.computed.channels,))
        return WeightTile(
            weights[filters, inner], planes, main.bias[filters], multiplier[filters],
            filters - start, None if main.thresholds is None else main.thresholds[filters],
        )  # fmt: skip

    def _term_planes(self, layer: EngineLayer) -> TermPlanes:
        found = self._planes.get(layer.name)
        if found is None:
            scheme = layer.main.scheme
            if scheme is None or layer.weights is None:
                raise ValueError(f"layer '{layer.name}' has no terms")
            words = codec(scheme.name)
            found = TermPlanes(*words.terms(words.encode_values(layer.weights)))
            self._planes[layer.name] = found
        return found

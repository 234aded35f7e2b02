"""What engines compute of the words that they hold: each of its kind, word by word."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from lightsim.network.layer import Layer, Padding
from lightsim.network.tensor import TensorShape
from lightsim.quantisation.inference.layer_output import SumRules, layer_output
from lightsim.quantisation.workload import QuantisedLayer
from lightsim.streaming.mapping.engine import Engine, Stream
from lightsim.streaming.mapping.matrix import MatrixPlan
from lightsim.streaming.mapping.windows import WindowPlan
from lightsim.streaming.simulation.fifo import Channel
from lightsim.streaming.simulation.word import Word

__all__ = ["Unit", "unit_of"]


class Unit(Protocol):
    """An engine's datapath: `step` takes what the engine's next step takes, `leave` is the next
    word that it gives."""

    def step(self, words: list[Word]) -> None:
        """The words of all ports that the next step with words takes."""
        ...

    def leave(self) -> Word:
        """The next word to be given."""
        ...


class _Queue:
    """Finished words in the pipeline."""

    def __init__(self) -> None:
        self._done: deque[Word] = deque()

    def leave(self) -> Word:
        return self._done.popleft()


class Moving(_Queue):
    """Passes words on: forks, fills, concats."""

    def step(self, words: list[Word]) -> None:
        self._done.append(words[0])


class Width(_Queue):
    """Joins words to wider ones, or cuts them."""

    def __init__(self, wanted: int) -> None:
        super().__init__()
        self._wanted = wanted
        self._held: list[Word] = []

    def step(self, words: list[Word]) -> None:
        self._held.append(words[0])
        values = np.concatenate(self._held)
        if len(values) >= self._wanted:
            self._done.extend(values.reshape(-1, self._wanted))
            self._held = []


class Load(_Queue):
    """Images from memory, as streams have them."""

    def __init__(self, images: NDArray[np.int16], lanes: int) -> None:
        super().__init__()
        words = images.transpose(0, 2, 3, 1).reshape(-1, lanes).astype(np.int32)
        self._done.extend(words)

    def step(self, words: list[Word]) -> None:
        raise AssertionError("a load takes no words")


class Store(_Queue):
    """Words that are in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[Word] = []

    def step(self, words: list[Word]) -> None:
        self.words.append(words[0])


class SlidingWindow(_Queue):
    """Reads the line buffer where the window is; it takes nothing by itself."""

    def __init__(self, plan: WindowPlan, lines: Channel) -> None:
        super().__init__()
        self._plan, self._lines = plan, lines
        self._outside = np.full(lines.fifo.lanes, plan.outside, np.int32)
        self._at, self._first = 0, 0

    def step(self, words: list[Word]) -> None:
        reads = self._plan.reads[self._at]
        taken = [
            self._outside if read < 0 else self._lines.word(self._first + int(read))
            for read in reads
        ]
        self._done.append(np.concatenate(taken))
        self._at += 1
        if self._at == len(self._plan.reads):
            self._at, self._first = 0, self._first + self._lines.fifo.words


class Matrix(_Queue):
    """Holds the input of a set of channels, and multiplies it by the set's filters."""

    def __init__(self, plan: MatrixPlan, pe: int, rules: SumRules) -> None:
        super().__init__()
        self._plan, self._pe, self._rules = plan, pe, rules
        self._sets = [_of_set(plan, number) for number in range(plan.sets)]
        self._held: list[Word] = []
        self._set = 0

    def step(self, words: list[Word]) -> None:
        self._held.append(words[0])
        if len(self._held) < self._plan.words:
            return
        layer, plan = self._sets[self._set], self._plan
        values = np.concatenate(self._held)
        if len(plan.index):
            turned = np.empty_like(values)
            turned[plan.index] = values
            values = turned
        else:
            values = _by_channel(values, plan.channels)
        out = layer_output(layer, (_image(values, layer),), self._rules).ravel()
        order = plan.order if plan.sets == 1 else slice(None)
        self._done.extend(out[order].astype(np.int32).reshape(-1, self._pe))
        self._held = []
        self._set = (self._set + 1) % plan.sets


class Pool(_Queue):
    """Folds the taps of a window, channel by channel."""

    def __init__(self, quantised: QuantisedLayer, engine: Engine) -> None:
        super().__init__()
        high, wide = quantised.layer.kernel
        self._layer = _alone(quantised, TensorShape(engine.pe, high, wide), engine.pe)
        self._steps = high * wide // engine.simd
        self._held: list[Word] = []

    def step(self, words: list[Word]) -> None:
        self._held.append(words[0])
        if len(self._held) == self._steps:
            self._done.append(_folded(self._layer, np.concatenate(self._held)))
            self._held = []


class Global(_Queue):
    """Sums of all pixels, a word of channels after another."""

    def __init__(self, quantised: QuantisedLayer, lanes: int) -> None:
        super().__init__()
        shape = quantised.layer.input_shape
        self._layer = _alone(quantised, TensorShape(lanes, shape.height, shape.width), lanes)
        self._folds, self._pixels = shape.channels // lanes, shape.height * shape.width
        self._held: list[Word] = []

    def step(self, words: list[Word]) -> None:
        self._held.append(words[0])
        fold, pixel = (len(self._held) - 1) % self._folds, (len(self._held) - 1) // self._folds
        if pixel == self._pixels - 1:
            self._done.append(_folded(self._layer, np.concatenate(self._held[fold :: self._folds])))
            if fold == self._folds - 1:
                self._held = []


class Add(_Queue):
    """The sum of two words."""

    def __init__(self, quantised: QuantisedLayer, lanes: int) -> None:
        super().__init__()
        self._layer = _alone(quantised, TensorShape(lanes, 1, 1), lanes)

    def step(self, words: list[Word]) -> None:
        one, other = (word.astype(np.int16).reshape(1, -1, 1, 1) for word in words)
        out = layer_output(self._layer, (one, other), SumRules())
        self._done.append(out.ravel().astype(np.int32))


def unit_of(
    engine: Engine, inputs: list[Channel], images: NDArray[np.int16], rules: SumRules
) -> Unit:
    """The datapath of an engine, which reads `inputs`; `images` are what the network reads."""
    match engine.kind:
        case "load":
            return Load(images, engine.pe)
        case "store":
            return Store()
        case "width":
            return Width(engine.pe)
        case "window":
            return SlidingWindow(engine.plan, inputs[0])
        case "matrix":
            return Matrix(engine.plan, engine.pe, rules)
        case "pool":
            return Pool(engine.plan, engine)
        case "global":
            return Global(engine.plan, engine.pe)
        case "add":
            return Add(engine.plan, engine.pe)
        case "fork" | "fill" | "concat":
            return Moving()


def tensor_of(words: list[Word], stream: Stream, shape: TensorShape) -> NDArray[np.int32]:
    """Words of whole images as int32[images, channels, height, width] of `shape`."""
    values = np.concatenate(words).reshape(-1, stream.shape.elements)
    out = np.empty_like(values)
    out[:, stream.index] = values
    return out.reshape(-1, shape.channels, shape.height, shape.width)


def _of_set(plan: MatrixPlan, number: int) -> QuantisedLayer:
    """The layer that one position of one set of channels is."""
    q, layer = plan.layer, plan.layer.layer
    assert q.weights is not None and q.bias is not None and q.k is not None
    filters = len(q.weights) // plan.sets
    own = slice(number * filters, (number + 1) * filters)
    high, wide = q.weights.shape[2:]
    shape = TensorShape(plan.channels, high, wide)
    if layer.operator == "dense":
        shape = layer.input_shape
    made = Layer(
        layer.name, "conv2d", layer.inputs, shape, TensorShape(filters, 1, 1), (high, wide),
        groups=plan.channels // q.weights.shape[1],
    )  # fmt: skip
    multiplier = q.multiplier[own] if len(q.multiplier) == len(q.weights) else q.multiplier
    thresholds = None if q.thresholds is None else q.thresholds[own]
    return replace(
        q, layer=made, weights=q.weights[own], bias=q.bias[own], k=q.k[own],
        multiplier=multiplier, thresholds=thresholds,
    )  # fmt: skip


def _alone(quantised: QuantisedLayer, shape: TensorShape, channels: int) -> QuantisedLayer:
    """The layer of a single window of some channels, its padding put in by who brings it."""
    layer = quantised.layer
    kernel = (shape.height, shape.width)
    made = replace(
        layer, input_shape=shape, output_shape=TensorShape(channels, 1, 1), kernel=kernel,
        stride=kernel, padding=Padding(),
    )  # fmt: skip
    return replace(quantised, layer=made)


def _folded(layer: QuantisedLayer, values: Word) -> Word:
    image = _image(_by_channel(values, layer.layer.input_shape.channels), layer)
    return layer_output(layer, (image,), SumRules()).ravel().astype(np.int32)


def _by_channel(values: Word, channels: int) -> Word:
    """Values that come tap by tap, channel by channel."""
    return np.ascontiguousarray(values.reshape(-1, channels).T).ravel()


def _image(values: Word, layer: QuantisedLayer) -> NDArray[np.int16]:
    """Values in the order of a layer's input as an image of its own."""
    shape = layer.layer.input_shape
    return values.astype(np.int16).reshape(1, shape.channels, shape.height, shape.width)

"""The effect of a change of one layer's output on the network's output, by bit-exact kernels."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from lightsim.quantisation.inference.infer import infer
from lightsim.quantisation.inference.layer_output import Activations, SumRules, layer_output
from lightsim.quantisation.workload import QuantisedLayer, Workload

__all__ = ["Propagation"]

_RULES = SumRules(overflow="wrap")
# The most values of one tensor that are calculated together, to keep memory small.
_VALUES = 1 << 24


class Propagation:
    """All tensors of a workload for some images, kept so that the output of any layer can be
    changed and the layers after it calculated again."""

    def __init__(self, workload: Workload, images: NDArray[np.int16]) -> None:
        self._layers = workload.layers
        self._images = len(images)
        self._values: dict[str, Activations] = {"input": images}
        self._values.update(infer(workload, images, overflow="wrap", keep="all"))
        self._last = workload.layers[-1].layer.name
        out = self._centred(self._values[self._last])
        spread = out - out.mean(axis=0, keepdims=True) if len(out) > 1 else out - out.mean()
        self._signal = max(float(np.square(spread).sum()), 1e-30)

    def products_after(self, name: str) -> int:
        """The multiplications of all layers that one change of a layer's output reaches."""
        changed, products = {name}, 0
        for layer in self._layers:
            if changed.intersection(layer.layer.inputs):
                changed.add(layer.layer.name)
                products += layer.layer.macs
        return products * self._images

    def output_of(self, layer: QuantisedLayer) -> Activations:
        """The output of a changed layer, from its unchanged inputs."""
        inputs = tuple(self._values[name] for name in layer.layer.inputs)
        return layer_output(layer, inputs, _RULES)

    def own_energies(self, name: str, changed: Activations) -> NDArray[np.float64]:
        """The squared change of a layer's own output for each channel, float64[channels]."""
        difference = changed.astype(np.float64) - self._values[name]
        return np.asarray(np.square(difference).sum(axis=(0, 2, 3)), np.float64)

    def energy_of(self, name: str, changed: Activations) -> float:
        """The squared change of the network's output, as a share of the output's energy, if the
        layer's output is `changed`."""
        return float(self._energies(name, changed, 1)[0])

    def energies_of_channels(self, name: str, changed: Activations) -> NDArray[np.float64]:
        """The energies of `energy_of` if each channel of the layer alone is changed,
        float64[channels]."""
        own = self._values[name]
        widest = max(value[0].size for value in self._values.values()) * self._images
        together = max(1, _VALUES // widest)
        energies = []
        for first in range(0, own.shape[1], together):
            channels = range(first, min(first + together, own.shape[1]))
            variants = np.repeat(own[None], len(channels), axis=0)
            for place, channel in enumerate(channels):
                variants[place, :, channel] = changed[:, channel]
            flat = cast(Activations, variants.reshape(-1, *own.shape[1:]))
            energies.append(self._energies(name, flat, len(channels)))
        return np.concatenate(energies)

    def _energies(self, name: str, changed: Activations, variants: int) -> NDArray[np.float64]:
        values: dict[str, Activations] = {name: changed}
        for layer in self._layers:
            inputs = layer.layer.inputs
            if values.keys() & set(inputs):
                values[layer.layer.name] = layer_output(
                    layer, tuple(self._input(values, own, variants) for own in inputs), _RULES
                )
        if self._last not in values:
            return np.zeros(variants)
        shape = (variants, *self._values[self._last].shape)
        difference = values[self._last].reshape(shape).astype(np.float64) - self._values[self._last]
        return np.asarray(
            np.square(self._centred(difference)).reshape(variants, -1).sum(axis=1) / self._signal
        )

    def _input(self, values: dict[str, Activations], name: str, variants: int) -> Activations:
        if name in values:
            return values[name]
        own = self._values[name]
        repeated = np.broadcast_to(own[None], (variants, *own.shape))
        return cast(Activations, repeated.reshape(-1, *own.shape[1:]))

    def _centred(self, out: NDArray[Any]) -> NDArray[np.float64]:
        """Outputs minus their mean over the classes: the mean has no effect on which class is the
        largest."""
        real = out.astype(np.float64)
        if real.shape[-2:] == (1, 1):
            real = real - real.mean(axis=-3, keepdims=True)
        return real

"""A model: a network in one scheme, real numbers while it is trained, exact integers after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lightsim.errors import InputError
from lightsim.network.layer import Network
from lightsim.quantisation.elements import element_types, input_types
from lightsim.quantisation.term_costs import TermCosts
from lightsim.quantisation.workload import LabelledImages, QuantisedLayer, Workload
from lightsim.training.models.folding import Steps, fold_sum, fold_unweighted, fold_weighted
from lightsim.training.models.grids import Grids
from lightsim.training.models.integer import integer_forward
from lightsim.training.models.nodes import Unweighted, Weighted
from lightsim.training.models.penalties import distribution_loss, layer_statistics, parameter_groups
from lightsim.training.models.supported import check_trainable
from lightsim.training.recipes.options import ModelOptions
from lightsim.training.weights.flightnn import FlightnnWeights
from lightsim.training.weights.table import FLOAT, exported_scheme, weight_format

__all__ = ["Model", "build_model"]

_AT_ONCE = 256  # images processed together as integers


def build_model(network: Network, scheme: str, options: ModelOptions, seed: int) -> Model:
    """A model of `network` with random weights; equal for equal arguments.

    `scheme` is a weight format or `float32`. Raises `InputError` for a scheme or network that
    cannot be trained, options that name what the network lacks, and a negative seed.
    """
    if seed < 0:
        raise InputError("seed", f"{seed} is negative", "use 0 or more")
    return Model(network, scheme, options, seed)


class Model(nn.Module):
    """A network under training.

    In `train()` mode `forward` computes with real numbers, rounded where the hardware rounds,
    and straight-through gradients; in `eval()` mode it computes the folded network in integers,
    as every machine of LightSim does (`float32`: in float).
    """

    calibrated: Tensor

    def __init__(self, network: Network, scheme: str, options: ModelOptions, seed: int) -> None:
        super().__init__()
        self.network, self.scheme_name, self.options = network, scheme, options
        self.scheme = exported_scheme(scheme, options)
        self.is_float = scheme == FLOAT
        check_trainable(network, self.scheme)
        options.check(network)
        self.types = element_types(network, self.scheme)
        self.distribution_on = True
        self.costs: TermCosts | None = None
        self.generator = torch.Generator().manual_seed(seed)
        self.register_buffer("calibrated", torch.tensor(False))
        self.nodes = nn.ModuleList(self._node(number) for number in range(len(network.layers)))
        self.grids = Grids(network, self.types, options.steps == "learned")

    def forward(self, images: Tensor) -> Tensor:
        """One number a class, [n, classes], for `images` [n, c, h, w] of the input's integers.

        Real numbers while training; in `eval()` mode the integers of the last layer, as
        float64 (`logit_step` is what 1 stands for).
        """
        if self.training or self.is_float:
            return self._real_forward(images).flatten(1)
        layers, last = self.quantised(), self.network.layers[-1].name
        parts = [integer_forward(layers, part)[last] for part in torch.split(images, _AT_ONCE)]
        return torch.cat(parts).flatten(1).double()

    @property
    def logit_step(self) -> float:
        """The real number that 1 stands for in the output in `eval()` mode."""
        last = self.network.layers[-1]
        node = self.nodes[-1]
        if self.is_float:
            return 1.0
        if self.types[last.name].bits != 32 or not isinstance(node, Weighted):
            return self.grids.step(last.name)
        unit = 2.0**self.scheme.fraction_bits
        return (
            float(node.weights.scale.detach().flatten()[0]) * self.grids.step(last.inputs[0]) / unit
        )

    def weighted(self) -> list[Weighted]:
        """The nodes with weights, in the network's order."""
        return [node for node in self.nodes if isinstance(node, Weighted)]

    def parameter_groups(self, weight_decay: float) -> list[dict[str, Any]]:
        """Parameter groups for an optimiser; only weights decay, nothing else is pulled to zero."""
        return parameter_groups(self, self.weighted(), weight_decay)

    def penalty(self) -> Tensor:
        """The terms that are added to the loss after the last forward pass."""
        total = torch.zeros((), device=self.calibrated.device)
        for node in self.weighted():
            if isinstance(node.weights, FlightnnWeights) and node.weights.learns_k:
                total = total + node.weights.penalty(node.weight)
        if self.options.distribution is not None and self.distribution_on:
            total = total + distribution_loss(self.weighted(), self.options.distribution)
        return total

    def begin_epoch(self, epoch: int, epochs: int) -> None:
        """Apply the schedules of the options before epoch `epoch` of 0 to `epochs` - 1."""
        if self.options.distribution is not None:
            self.distribution_on = epoch < epochs - self.options.distribution.off_last
        for node in self.weighted():
            if isinstance(node.weights, FlightnnWeights):
                node.weights.begin_epoch(epoch, epochs, node.weight)
        if self.costs is not None:
            self.set_term_weights(self.costs.weights(self.k(), self.residual_norms()))

    def weigh_by(self, costs: TermCosts) -> None:
        """From the next epoch on, weigh each second term by its cost on an accelerator."""
        self.costs = costs

    def residual_norms(self) -> dict[str, NDArray[np.float64]]:
        """By layer with a learned k: the 2-norm of each filter's residual r1, over its scale."""
        return {
            node.layer.name: node.weights.residual_norms(node.weight)
            for node in self.weighted()
            if isinstance(node.weights, FlightnnWeights)
        }

    def set_term_weights(self, weights: Mapping[str, NDArray[np.float64]]) -> None:
        """From now on, weigh every filter's second term by `weights`, float64[out] by layer."""
        replace(self.options, flightnn=replace(self.options.flightnn, term_weights=weights)).check(
            self.network
        )
        for node in self.weighted():
            own = weights.get(node.layer.name)
            if own is not None and isinstance(node.weights, FlightnnWeights):
                node.weights.term_weights.copy_(torch.as_tensor(own))

    def confine(self) -> None:
        """Clamp weights, scales, thresholds and steps to their legal ranges."""
        with torch.no_grad():
            for node in self.weighted():
                node.weights.confine(node.weight.data)
            for grid in self.grids.all():
                grid.confine()

    def calibrate(self, images: Tensor) -> None:
        """Set the scales of the weights, and the steps of the activations from `images`.

        The largest integer of an activation becomes the 99.9th percentile of its magnitude. The
        first call also sets the input's step for good: the input's largest value becomes 1.
        """
        self._first_step(images)
        if self.is_float:
            return
        with torch.no_grad():
            for node in self.weighted():
                node.weights.calibrate(node.weight.data)
            grids = self.grids.all()[1:]
            for grid in grids:
                grid.observing, grid.reach = True, 0.0
            self._with_momentum(0.0, images, len(images))
            for grid in grids:
                grid.settle()

    def settle(self, images: Tensor, batch: int = 4096) -> None:
        """Compute the statistics of batch normalisation from all `images`, `batch` at a time."""
        for node in self.weighted():
            if node.normalise is not None:
                node.normalise.reset_running_stats()
        with torch.no_grad():
            # None: every batch has the same weight, whatever its place.
            self._with_momentum(None, images, batch)

    def load_float(self, state: Mapping[str, Tensor]) -> None:
        """Start from the weights of a `float32` model of the same network (its `state_dict`).

        Raises `InputError` for a state of another network. Scales and steps are set by
        `calibrate`.
        """
        wanted = self.float_state()
        for name, own in wanted.items():
            found = state.get(name)
            if found is None or found.shape != own.shape:
                shape = "missing" if found is None else f"of shape {list(found.shape)}"
                raise InputError(
                    f"float weights, {name}", shape, f"'{self.network.name}' needs "
                    f"{list(own.shape)}"
                )  # fmt: skip
        self.load_state_dict({name: state[name] for name in wanted}, strict=False)

    def float_state(self) -> dict[str, Tensor]:
        """The part of a float model's `state_dict` that `load_float` takes."""
        return {
            name: own
            for name, own in self.state_dict().items()
            if name in ("calibrated", "grids.0.step")
            or (name.startswith("nodes.") and ".weights." not in name)
        }

    def statistics(self) -> dict[str, dict[str, float]]:
        """By layer with a rounded activation: loss terms and shares of the last training pass."""
        chosen = self.options.distribution
        return layer_statistics(self.weighted(), "code" if chosen is None else chosen.form)

    def k(self) -> dict[str, NDArray[np.int8]]:
        """The number of terms of every filter, int8[out], by layer; 0 for fixed point."""
        return {node.layer.name: node.weights.k(node.weight) for node in self.weighted()}

    def quantised(self) -> tuple[QuantisedLayer, ...]:
        """Every layer with its integers; raises `InputError` for a `float32` model."""
        if self.is_float:
            raise InputError(
                self.network.name, "a float32 model has no integers", "train under another scheme"
            )
        return tuple(self._quantised(number) for number in range(len(self.nodes)))

    def export(self, provenance: str, held_out: LabelledImages | None = None) -> Workload:
        """The trained network as a workload that computes as `forward` does in `eval()` mode."""
        origin = f"trained ({provenance})"
        return Workload(self.network, self.scheme, self.quantised(), origin, True, held_out)

    def get_extra_state(self) -> Tensor:
        """The state of the random generator of stochastic rounding, stored in `state_dict`."""
        return self.generator.get_state()

    def set_extra_state(self, state: Tensor) -> None:
        """Continue with the random generator of a stored state."""
        self.generator.set_state(state.cpu())

    def _node(self, number: int) -> nn.Module:
        layer = self.network.layers[number]
        output = self.types[layer.name]
        if not layer.has_weights:
            return Unweighted(layer, output)
        last = number == len(self.network.layers) - 1
        noise = self._noise if self.options.rounding == "stochastic" else None
        weights = weight_format(self.scheme_name, layer, self.options, last, noise)
        inputs = input_types(self.network, layer, self.types)[0]
        return Weighted(layer, inputs, output, weights, self.generator)

    def _noise(self, like: Tensor) -> Tensor:
        # Drawn on the processor, so that a graphics card gets the same numbers.
        return torch.rand(like.shape, generator=self.generator).to(like.device)

    def _first_step(self, images: Tensor) -> None:
        if not bool(self.calibrated):
            self.grids.of("input").step.fill_(1 / max(float(images.abs().max()), 1.0))
            self.calibrated.fill_(True)

    def _real_forward(self, images: Tensor) -> Tensor:
        images = images.float() * self.grids.of("input").step
        if images.device.type == "cpu":  # halves the time of a convolution and its gradient
            images = images.contiguous(memory_format=torch.channels_last)
        values: dict[str, Tensor] = {"input": images}
        for layer, node in zip(self.network.layers, self.nodes, strict=True):
            grid = None if self.is_float else self.grids.of(layer.name)
            inputs = [values[name] for name in layer.inputs]
            values[layer.name] = node(inputs[0] if layer.has_weights else inputs, grid)
        return values[self.network.layers[-1].name]

    def _with_momentum(self, momentum: float | None, images: Tensor, batch: int) -> None:
        """Run a pass in training mode in which batches count `momentum` for the statistics."""
        normalisations = [n.normalise for n in self.weighted() if n.normalise is not None]
        before, mode = [normal.momentum for normal in normalisations], self.training
        for normal in normalisations:
            normal.momentum = momentum
        self.train()
        for part in torch.split(images, batch):
            self._real_forward(part)
        for normal, old in zip(normalisations, before, strict=True):
            normal.momentum = old
        self.train(mode)

    def _quantised(self, number: int) -> QuantisedLayer:
        layer, node = self.network.layers[number], self.nodes[number]
        steps = Steps(
            tuple(self.grids.step(name) for name in layer.inputs),
            self.grids.step(layer.name),
            input_types(self.network, layer, self.types),
            self.types[layer.name],
        )
        if isinstance(node, Weighted):
            return fold_weighted(node, steps)
        if layer.operator == "add":
            return fold_sum(layer, steps)
        return fold_unweighted(layer, steps)

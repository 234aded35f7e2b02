"""Sums over the layers of a network: loss terms, groups for weight decay, and statistics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from lightsim.training.models.distribution import distribution_terms, shape_shares
from lightsim.training.models.nodes import Weighted
from lightsim.training.recipes.options import DistributionOptions
from lightsim.training.weights.flightnn import FlightnnWeights

__all__ = ["distribution_loss", "layer_statistics", "parameter_groups"]

# Adam divides a gradient by its own size. With the usual eps, even negligible gradients would move
# the thresholds at the full learning rate.
_THRESHOLD_EPS = 1e-3


def distribution_loss(nodes: Sequence[Weighted], chosen: DistributionOptions) -> Tensor:
    """The chosen terms after the last forward pass, averaged over the layers, times the weight."""
    losses = []
    for node in nodes:
        if chosen.layers is None:
            wanted = node.output.bits == 1
        else:
            wanted = node.layer.name in chosen.layers
        if wanted and node.normalised is not None:
            terms = distribution_terms(node.normalised, chosen.form)
            losses.append(torch.stack([terms[name] for name in chosen.terms]).sum())
    if not losses:
        return torch.zeros((), device=nodes[0].weight.device)
    return chosen.weight * torch.stack(losses).mean()


def layer_statistics(nodes: Sequence[Weighted], form: str) -> dict[str, dict[str, float]]:
    """The three loss terms and the shares of `shape_shares` of every normalised layer, by name."""
    found = {}
    for node in nodes:
        if node.normalise is not None and node.normalised is not None:
            terms = distribution_terms(node.normalised.detach(), form)
            found[node.layer.name] = {
                **{name: float(term) for name, term in terms.items()},
                **shape_shares(node.normalised),
            }
    return found


def parameter_groups(
    model: nn.Module, nodes: Sequence[Weighted], weight_decay: float
) -> list[dict[str, Any]]:
    """Groups for an optimiser: weights (with decay); thresholds (with their own eps); the rest."""
    weights = [node.weight for node in nodes]
    thresholds = [
        node.weights.thresholds
        for node in nodes
        if isinstance(node.weights, FlightnnWeights) and node.weights.learns_k
    ]
    known = {id(own) for own in (*weights, *thresholds)}
    others = [own for own in model.parameters() if id(own) not in known]
    groups: list[dict[str, Any]] = [
        {"params": weights, "weight_decay": weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    if thresholds:
        groups.append({"params": thresholds, "weight_decay": 0.0, "eps": _THRESHOLD_EPS})
    return groups

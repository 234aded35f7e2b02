"""Rounding in the forward pass, and what passes for its gradient in the backward pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

__all__ = [
    "nearest_level",
    "nearest_power",
    "round_on_grid",
    "sign_hard_tanh",
    "step_sigmoid",
    "stochastic_level",
    "stochastic_power",
    "straight_through",
]


def straight_through(real: Tensor, rounded: Tensor) -> Tensor:
    """`rounded` going forward; going back its gradient is that of `real`."""
    apply: Callable[..., Tensor] = _Replace.apply
    return apply(real, rounded)


def sign_hard_tanh(x: Tensor) -> Tensor:
    """+1 where x >= 0, else -1; the gradient is that of hard tanh: 1 where |x| <= 1, else 0."""
    apply: Callable[..., Tensor] = _Sign.apply
    return apply(x)


def round_on_grid(x: Tensor, step: Tensor, lowest: int, highest: int) -> Tensor:
    """clamp(round(x / step), lowest, highest) * step, halves rounded up.

    The gradient by x is 1 inside the clamp and 0 outside; that by `step` is round(v) - v inside,
    with v = x / step, and the clamp's bound outside, divided by sqrt(size * highest) (LSQ,
    Esser et al., ICLR 2020, equations 3 and 4 and section 2.2).
    """
    apply: Callable[..., Tensor] = _Grid.apply
    return apply(x, step, lowest, highest)


def step_sigmoid(x: Tensor, sharpness: float) -> Tensor:
    """1 where x > 0, else 0; the gradient is that of sigmoid(sharpness * x)."""
    apply: Callable[..., Tensor] = _Step.apply
    return apply(x, sharpness)


def nearest_level(u: Tensor, magnitudes: Tensor) -> Tensor:
    """sign(u) times the nearest of rising `magnitudes`; ties go up, and zero is positive."""
    middles = (magnitudes[1:] + magnitudes[:-1]) / 2
    return _signed(u, magnitudes[torch.bucketize(u.abs(), middles, right=True)])


def stochastic_level(u: Tensor, magnitudes: Tensor, noise: Tensor) -> Tensor:
    """One of the two values about u, the upper with probability (u - low) / (up - low).

    `noise` is uniform in [0, 1), of the shape of u; beyond the ends the end is sure. Values are
    +-magnitudes (Ding et al., LightNN, GLSVLSI 2017, section 4).
    """
    values = torch.unique(torch.cat((-magnitudes, magnitudes)))
    inside = u.clamp(values[0], values[-1])
    above = torch.bucketize(inside, values).clamp(min=1)
    low, up = values[above - 1], values[above]
    return torch.where(noise * (up - low) < inside - low, up, low)


def nearest_power(r: Tensor, least: float, most: float) -> Tensor:
    """sign(r) * 2**round(log2 |r|) between `least` and `most`; 0 where |r| < least / 2."""
    fraction, exponent = torch.frexp(r.abs())
    power = torch.ldexp(torch.ones_like(r), exponent - (fraction < 0.5**0.5).int())
    return _present(r, power.clamp(least, most), least)


def stochastic_power(r: Tensor, least: float, most: float, noise: Tensor) -> Tensor:
    """One of the two powers about |r| (or 0 and `least`), unbiased up to `most`."""
    size = r.abs()
    exponent = torch.frexp(size).exponent
    low = torch.ldexp(torch.ones_like(r), exponent - 1)
    low = torch.where(size < least, torch.zeros_like(r), low.clamp(max=most))
    up = torch.where(size < least, torch.full_like(r, least), (2 * low).clamp(max=most))
    return torch.where(noise * (up - low) < size.clamp(max=most) - low, up, low) * r.sign()


def _signed(u: Tensor, size: Tensor) -> Tensor:
    return torch.where(u >= 0, size, -size)


def _present(r: Tensor, power: Tensor, least: float) -> Tensor:
    return torch.where(r.abs() < least / 2, torch.zeros_like(r), _signed(r, power))


class _Replace(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, real: Tensor, rounded: Tensor) -> Tensor:
        return rounded.clone()

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Any:
        return gradient, None


class _Sign(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return torch.where(x >= 0, 1.0, -1.0).to(x.dtype)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Any:
        (x,) = ctx.saved_tensors
        return gradient * (x.abs() <= 1)


class _Step(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, sharpness: float) -> Tensor:
        ctx.save_for_backward(x)
        ctx.sharpness = sharpness
        return (x > 0).to(x.dtype)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Any:
        (x,) = ctx.saved_tensors
        height = torch.sigmoid(ctx.sharpness * x)
        return gradient * ctx.sharpness * height * (1 - height), None


class _Grid(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, step: Tensor, lowest: int, highest: int) -> Tensor:
        ctx.save_for_backward(x, step)
        ctx.bounds = lowest, highest
        return torch.floor(x / step + 0.5).clamp(lowest, highest) * step

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Any:
        x, step = ctx.saved_tensors
        lowest, highest = ctx.bounds
        v = x / step
        inside = (v >= lowest) & (v <= highest)
        by_step = None
        if ctx.needs_input_grad[1]:
            slope = torch.where(inside, torch.floor(v + 0.5) - v, v.clamp(lowest, highest))
            share = (gradient * slope).sum_to_size(step.shape)
            by_step = share / (x.numel() / step.numel() * highest) ** 0.5
        return gradient * inside, by_step, None, None

"""Rounding in the forward pass, and its substitute gradient in the backward pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from lightsim.training.weights import kernels, passes

__all__ = [
    "nearest_level",
    "nearest_power",
    "round_on_grid",
    "rounded_sum",
    "sign_hard_tanh",
    "step_sigmoid",
    "stochastic_level",
    "stochastic_power",
    "straight_through",
]


def straight_through(real: Tensor, rounded: Tensor) -> Tensor:
    """`rounded` in the forward pass, with the gradient of `real` in the backward pass."""
    apply: Callable[..., Tensor] = _Replace.apply
    return apply(real, rounded)


def sign_hard_tanh(x: Tensor) -> Tensor:
    """+1 if x >= 0, else -1; the gradient is that of hard tanh: 1 if |x| <= 1, else 0."""
    apply: Callable[..., Tensor] = _Sign.apply
    return apply(x)


def round_on_grid(
    x: Tensor, step: Tensor, lowest: int, highest: int, rectified: bool = False
) -> Tensor:
    """clamp(round(x / step), lowest, highest) * step, with halves rounded up.

    The gradient by x is 1 inside the clamp and 0 outside. Let v = x / step: the gradient by `step`
    is round(v) - v inside the clamp and the clamp's bound outside, divided by sqrt(size * highest)
    (LSQ, Esser et al., ICLR 2020, equations 3 and 4 and section 2.2). With `rectified` both are the
    gradients for relu(x), whose gradient is 0 at 0 as well.
    """
    alone = step.numel() == 1 and not step.requires_grad
    if rectified and not (alone and lowest == 0):
        x, rectified = torch.relu(x), False
    apply: Callable[..., Tensor] = _Grid.apply
    return apply(x, step, lowest, highest, rectified)


def rounded_sum(
    a: Tensor, b: Tensor, step: Tensor, lowest: int, highest: int, rectified: bool
) -> Tensor:
    """clamp(round(a / step) + round(b / step), lowest, highest) * step: an adder of integers.

    The gradient by a and by b is 1 if their sum is inside the clamp (with `rectified`, also above
    0), else 0. `step` is a number that is not learned.
    """
    apply: Callable[..., Tensor] = _Sum.apply
    return apply(a, b, step, lowest, highest, rectified)


def step_sigmoid(x: Tensor, sharpness: float) -> Tensor:
    """1 if x > 0, else 0; the gradient is that of sigmoid(sharpness * x)."""
    apply: Callable[..., Tensor] = _Step.apply
    return apply(x, sharpness)


def nearest_level(u: Tensor, magnitudes: Tensor) -> Tensor:
    """sign(u) times the nearest of the rising `magnitudes`; ties go to the larger, zero is
    positive.
    """
    middles = (magnitudes[1:] + magnitudes[:-1]) / 2
    if passes.serves(u) and magnitudes.dtype == torch.float32:
        return passes.apply(kernels.level, [u], whole=[magnitudes.numpy(), middles.numpy()])
    return _signed(u, magnitudes[torch.bucketize(u.abs(), middles, right=True)])


def stochastic_level(u: Tensor, magnitudes: Tensor, noise: Tensor) -> Tensor:
    """One of the two values next to u, the upper value with probability (u - low) / (up - low).

    `noise` is uniform in [0, 1) and has the shape of u; beyond the largest value the result is the
    largest value. Values are +-magnitudes (Ding et al., LightNN, GLSVLSI 2017, section 4).
    """
    values = torch.unique(torch.cat((-magnitudes, magnitudes)))
    inside = u.clamp(values[0], values[-1])
    above = torch.bucketize(inside, values).clamp(min=1)
    low, up = values[above - 1], values[above]
    return torch.where(noise * (up - low) < inside - low, up, low)


def nearest_power(r: Tensor, least: float, most: float) -> Tensor:
    """sign(r) * 2**round(log2 |r|) between `least` and `most`; 0 if |r| < least / 2."""
    if passes.serves(r):
        return passes.apply(kernels.power, [r], least, most)
    fraction, exponent = torch.frexp(r.abs())
    power = torch.ldexp(torch.ones_like(r), exponent - (fraction < 0.5**0.5).int())
    return _present(r, power.clamp(least, most), least)


def stochastic_power(r: Tensor, least: float, most: float, noise: Tensor) -> Tensor:
    """One of the two powers of two next to |r| (or 0 and `least`), unbiased up to `most`."""
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
        if passes.serves(x):
            return passes.apply(kernels.sign, [x])
        return torch.where(x >= 0, 1.0, -1.0).to(x.dtype)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Any:
        (x,) = ctx.saved_tensors
        if passes.serves(x, gradient):
            return passes.apply(kernels.sign_slope, [gradient, x])
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
    def forward(
        ctx: Any, x: Tensor, step: Tensor, lowest: int, highest: int, rectified: bool
    ) -> Tensor:
        ctx.save_for_backward(x, step)
        ctx.bounds = lowest, highest, rectified
        if step.numel() == 1 and passes.serves(x):
            return passes.apply(kernels.grid, [x], float(step), lowest, highest)
        return torch.floor(x / step + 0.5).clamp(lowest, highest) * step

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Any:
        x, step = ctx.saved_tensors
        lowest, highest, rectified = ctx.bounds
        by_step = None
        if not ctx.needs_input_grad[1] and step.numel() == 1 and passes.serves(x, gradient):
            rest = float(step), lowest, highest, rectified
            return passes.apply(kernels.grid_slope, [gradient, x], *rest), None, None, None, None
        v = x / step
        inside = ((x > 0) if rectified else (v >= lowest)) & (v <= highest)
        if ctx.needs_input_grad[1]:
            slope = torch.where(inside, torch.floor(v + 0.5) - v, v.clamp(lowest, highest))
            share = (gradient * slope).sum_to_size(step.shape)
            by_step = share / (x.numel() / step.numel() * highest) ** 0.5
        return gradient * inside, by_step, None, None, None


class _Sum(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, a: Tensor, b: Tensor, step: Tensor, lowest: int, highest: int, rectified: bool
    ) -> Tensor:
        ctx.save_for_backward(a, b, step)
        ctx.bounds = lowest, highest, rectified
        if passes.serves(a, b):
            return passes.apply(kernels.total, [a, b], float(step), lowest, highest)
        whole = torch.floor(a / step + 0.5) + torch.floor(b / step + 0.5)
        return whole.clamp(lowest, highest) * step

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Any:
        a, b, step = ctx.saved_tensors
        lowest, highest, rectified = ctx.bounds
        if passes.serves(a, b, gradient):
            rest = float(step), lowest, highest, rectified
            both = passes.apply(kernels.total_slope, [gradient, a, b], *rest)
        else:
            whole = torch.floor(a / step + 0.5) + torch.floor(b / step + 0.5)
            inside = ((whole > 0) if rectified else (whole >= lowest)) & (whole <= highest)
            both = gradient * inside
        return both, both, None, None, None, None

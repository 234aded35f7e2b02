"""The trade-off of LightNN's paper as a picture (SVG): test error over energy, ours and theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, floor, log10

__all__ = ["Point", "trade_off"]

Point = tuple[str, float, float]
"""Name of a row, nJ an image, test error in %."""

_WIDE, _HIGH, _LEFT, _TOP, _GAP = 300, 240, 52, 34, 46
_OURS, _PAPER = "#1f5fa8", "#b0563a"


def trade_off(panels: Mapping[str, tuple[Sequence[Point], Sequence[Point]]]) -> str:
    """The picture: a panel a network, its points from our trainings and from the paper."""
    width = len(panels) * (_WIDE + _GAP) + _LEFT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {_HIGH + 90}" '
        f'width="{width}" height="{_HIGH + 90}" font-family="sans-serif" font-size="10">',
        f'<rect width="{width}" height="{_HIGH + 90}" fill="white"/>',
    ]
    for number, (name, (ours, paper)) in enumerate(panels.items()):
        parts += _panel(name, ours, paper, _LEFT + number * (_WIDE + _GAP))
    foot = _HIGH + 82
    parts.append(
        f'<text x="{_LEFT}" y="{foot}"><tspan fill="{_OURS}">● ours</tspan>  '
        f'<tspan fill="{_PAPER}">○ LightNN, GLSVLSI 2017</tspan>  test error, % over nJ an image '
        "(65 nm; two machines: compare rows of one colour)</text>"
    )
    return "\n".join([*parts, "</svg>", ""])


def _panel(name: str, ours: Sequence[Point], paper: Sequence[Point], left: int) -> list[str]:
    points = [*ours, *paper]
    low, high = (
        f(log10(p[1])) for f, p in ((floor, min(points, key=_x)), (ceil, max(points, key=_x)))
    )
    most = 1.1 * max(point[2] for point in points)

    def x(energy: float) -> float:
        return left + _WIDE * (log10(energy) - low) / (high - low)

    def y(error: float) -> float:
        return _TOP + _HIGH * (1 - error / most)

    bottom = _TOP + _HIGH
    parts = [
        f'<text x="{left}" y="{_TOP - 14}" font-size="12" font-weight="bold">{name}</text>',
        f'<path d="M{left} {_TOP}V{bottom}H{left + _WIDE}" fill="none" stroke="#444"/>',
    ]
    for power in range(low, high + 1):
        at = x(10.0**power)
        parts.append(f'<path d="M{at:.1f} {bottom}v4" stroke="#444"/>')
        parts.append(
            f'<text x="{at:.1f}" y="{bottom + 16}" text-anchor="middle">{10**power}</text>'
        )
    for step in range(6):
        error = most * step / 5
        parts.append(
            f'<text x="{left - 5}" y="{y(error) + 3:.1f}" text-anchor="end">{error:.1f}</text>'
        )
    for own, colour, fill in ((paper, _PAPER, "white"), (ours, _OURS, _OURS)):
        for row, energy, error in own:
            at, to = x(energy), y(error)
            parts.append(
                f'<circle cx="{at:.1f}" cy="{to:.1f}" r="3.5" fill="{fill}" stroke="{colour}"/>'
                f'<text x="{at + 6:.1f}" y="{to - 3:.1f}" font-size="8" fill="{colour}">{row}'
                "</text>"
            )
    return parts


def _x(point: Point) -> float:
    return point[1]

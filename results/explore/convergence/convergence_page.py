"""The tables and the picture of `convergence.py`."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from pathlib import Path

from results.picture import write

__all__ = ["Curve", "best_after", "best_at", "draw", "ends", "table"]

COLOURS = ("#999999", "#E69F00", "#CC79A7", "#0072B2", "#009E73")
Curve = list[tuple[int, float, float]]  # designs run, CPU seconds, best so far in % of the optimum


def best_at(curve: Curve, count: int) -> float:
    """The best after `count` evaluations; after fewer, where the search had ended."""
    found = [best for run, _, best in curve if run <= count]
    return found[-1] if found else 0.0


def best_after(curve: Curve, seconds: float) -> float:
    """The best after so many CPU seconds."""
    found = [best for _, cpu, best in curve if cpu <= seconds]
    return found[-1] if found else 0.0


def table(curves: dict[str, list[Curve]], points: tuple, best: Callable, unit: str) -> str:
    """Medians over seeds."""
    lines = [
        f"| method | seeds | {' | '.join(f'after {point}{unit}' for point in points)} |",
        "|---" * (len(points) + 2) + "|",
    ]
    for name, own in curves.items():
        medians = [statistics.median(best(curve, point) for curve in own) for point in points]
        cells = " | ".join(f"{median:.1f}" for median in medians)
        lines.append(f"| {name} | {len(own)} | {cells} |")
    return "\n".join(lines)


def ends(curves: dict[str, list[Curve]]) -> str:
    """When each method was within 1 % of the optimum, and how long it went on."""
    lines = [
        "| method | within 1 % | median: evaluations | CPU s | evaluations in all | CPU s |",
        "|---" * 6 + "|",
    ]
    for name, own in curves.items():
        near = [next(((run, cpu) for run, cpu, best in curve if best >= 99), None) for curve in own]
        reached = [found for found in near if found is not None]
        first = ("-", "-")
        if len(reached) > len(own) / 2:
            many = float("inf")
            runs = statistics.median(found[0] if found else many for found in near)
            cpu = statistics.median(found[1] if found else many for found in near)
            first = (f"{runs:.0f}", f"{cpu:.1f}")
        last = [statistics.median(curve[-1][at] for curve in own) for at in (0, 1)]
        lines.append(
            f"| {name} | {len(reached)} of {len(own)} | {first[0]} | {first[1]} | "
            f"{last[0]:.0f} | {last[1]:.1f} |"
        )
    return "\n".join(lines)


def draw(curves: dict[str, list[Curve]], runs: int, seconds: float, path: Path) -> None:
    """Every curve thin, the median thick, against evaluations and against CPU time."""
    import numpy as np
    from plotly.subplots import make_subplots

    figure = make_subplots(cols=2, shared_yaxes=True, horizontal_spacing=0.04)
    steps = (np.arange(1, runs + 1), best_at), (np.linspace(0, seconds, 241), best_after)
    for colour, (name, own) in zip(COLOURS, curves.items(), strict=True):
        for column, (axis, best) in enumerate(steps, 1):
            each = np.array([[best(curve, at) for at in axis] for curve in own])
            each[each == 0] = np.nan
            thin = [(row, 0.6, False) for row in each] if len(own) > 1 else []
            for row, width, middle in [*thin, (np.median(each, axis=0), 3, True)]:
                figure.add_scatter(
                    x=axis, y=row, name=name, legendgroup=name, row=1, col=column,
                    line={"color": colour, "width": width, "shape": "hv"},
                    opacity=1 if middle else 0.45, showlegend=middle and column == 1,
                )  # fmt: skip
    figure.update_xaxes(title="evaluations", row=1, col=1)
    figure.update_xaxes(title="CPU seconds", row=1, col=2)
    figure.update_yaxes(title="best so far, % of the proven optimum", range=[20, 102], col=1)
    figure.update_layout(
        template="plotly_white", title="Best so far: medians of ten seeds, and every seed",
        legend={"orientation": "h", "y": -0.15},
    )  # fmt: skip
    write(figure, path, 1300, 620)

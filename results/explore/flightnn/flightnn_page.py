"""The page and the picture of `flightnn.py`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from lightsim.hardware import Board
from lightsim.network import zoo_names
from results.picture import write

__all__ = ["describe", "draw"]

COLOURS = ("#56B4E9", "#CC79A7", "#E69F00", "#0072B2", "#009E73", "#000000")


def ratios(frame: pd.DataFrame, below: str = "lightnn2") -> pd.DataFrame:
    """Throughput over that of one scheme: a row for each network, a column for each scheme."""
    table = frame.pivot(index="network", columns="scheme", values="images_per_s")
    return table.div(table[below], axis=0)


def _table(frame: pd.DataFrame, value: str, form: str) -> str:
    """One measure of every network (rows) and scheme (columns)."""
    table = frame.pivot(index="network", columns="scheme", values=value)
    columns = [name for name in dict.fromkeys(frame.scheme) if table[name].notna().any()]

    def cell(number: Any) -> str:
        return "-" if pd.isna(number) else format(number, form)

    lines = ["| network | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    lines += [
        f"| {name} | " + " | ".join(cell(row[column]) for column in columns) + " |"
        for name, row in table.iterrows()
    ]
    return "\n".join(lines)


def _spans(frame: pd.DataFrame) -> str:
    """What each scheme gains over lightnn2 and fixed4."""
    two, four = ratios(frame), ratios(frame, "fixed4")
    return "\n".join(
        f"- `{name}`: {two[name].min():.2f} to {two[name].max():.2f} times lightnn2 (median "
        f"{two[name].median():.2f}), {four[name].min():.2f} to {four[name].max():.2f} times fixed4 "
        f"(median {four[name].median():.2f})"
        for name in dict.fromkeys(frame.scheme)
        if name == "lightnn1" or name.startswith("flightnn")
    )


def describe(frame: pd.DataFrame, on: Board, command: str, lightsim: str) -> str:
    """The page."""
    commits = ", ".join(sorted(set(frame.commit)))
    missing = [name for name in zoo_names() if name not in set(frame.network)]
    note = f"\n\nNot run: {', '.join(missing)}." if missing else ""
    return f"""# The FLightNN question on {on.name}

Made by `{command}` at commits {commits} (the CSV
says which row, and how many designs were run for it), LightSim {lightsim}: one image, each row at
its own best accelerator, found by `explore` in the default space of its scheme within 80 % of the
board. The gap says by what share some design could at most be faster. Where k is free a bound has
to hold for every allocation on every design, and few designs were run: its gap is wide, and the
answer the best that was seen ([docs/explore.md](../../../docs/explore.md)).

Accuracy source: **sensitivity** (a model: predicted error energy at the network's output as a
share of its own; weights are synthetic except for the digits networks), and **measured** in the
column that says so: an allocation of k whose accuracy on the images for choosing is within 0.1 %
of that of k = 2. The k of every filter is free within a predicted error of at most that of fixed4,
and of twice that of lightnn2; '-' where fixed4's error is below that of lightnn2, which no
allocation can reach. fixed4's error is that of one-term weights times the ratio of squared weight
errors. For these columns weights are rounded after training and not trained again; an error
above 1 says that there is more noise than signal, and only that.{note}

Images per second:

{_table(frame, "images_per_s", ",.1f")}

Times the images per second of lightnn2:

{_table(frame.assign(times=_times(frame)), "times", ".2f")}

Gap (share by which some design of the space could at most be faster):

{_table(frame, "gap", ".1%")}

Predicted output error (share of the output's energy):

{_table(frame, "output_error", ".2g")}

Held-out accuracy, where it was measured (the schemes with weights trained for them, free k
with the fixed8 weights rounded):

{_table(frame[frame.accuracy.notna()], "accuracy", ".1%")}

![ratios](flightnn-{on.name}.png)

## Beside the abstract

{_spans(frame)}

The abstract (DAC 2019): up to 2x over k = 2 at 0.1 % less accuracy; against 4-bit fixed point
higher accuracy and up to 2x. 2x over k = 2 is the limit where every filter has one term and the
array is never waited for; lightnn1 shows how near each network comes to it here. Against fixed4
the other side is what a 4-bit multiplier costs beside a shift lane, which our synthesis says
([schemes](../../schemes/{on.name}.md)): shares of DSP blocks and LUTs both count here, because each
scheme may use all of the board. "Higher accuracy" needs training, which these columns do not have
but for the digits networks ([front](../front/front.md)).
"""


def _times(frame: pd.DataFrame) -> pd.Series:
    two = frame[frame.scheme == "lightnn2"].set_index("network").images_per_s
    return frame.images_per_s / frame.network.map(two)


def draw(frame: pd.DataFrame, on: Board, path: Path) -> None:
    """Ratios to lightnn2 as bars."""
    import plotly.graph_objects as go

    over = ratios(frame)
    names = ["lightnn2", "fixed4", "lightnn1"]
    names += [name for name in dict.fromkeys(frame.scheme) if name not in names]
    figure = go.Figure()
    for name, colour in zip(names, COLOURS, strict=False):
        figure.add_bar(x=list(over.index), y=over[name], name=name, marker_color=colour)
    figure.add_hline(y=2, line_dash="dot", annotation_text="the abstract: up to 2x")
    figure.update_yaxes(title="images/s over lightnn2")
    figure.update_layout(
        template="plotly_white", legend={"orientation": "h", "y": -0.2},
        title=f"Each scheme at its best accelerator on {on.name}, over lightnn2",
    )  # fmt: skip
    write(figure, path, 1500, 700)

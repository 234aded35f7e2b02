"""The page and the picture of the comparison of schemes."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from designs import NETWORKS, UTILISATION

from lightsim.hardware import Board
from results.provenance import made_at


def ratio(frame: pd.DataFrame, network: str, above: str, below: str) -> float:
    """Convolution throughput of one design over another's."""
    of = frame[frame.network == network].set_index("design").convolution_images_per_s
    return float(of[above] / of[below])


def _table(frame: pd.DataFrame) -> str:
    columns = ["design", "accelerator", "network", "images_per_s", "gops"]
    columns += ["convolution_images_per_s", "lut", "ff", "dsp", "bram36"]
    head = "| " + " | ".join(columns) + " |\n|" + "---|" * len(columns)
    return f"{head}\n" + "\n".join(
        "| " + " | ".join(str(row[name]) for name in columns) + " |" for _, row in frame.iterrows()
    )


def _ratios(frame: pd.DataFrame) -> str:
    lines = []
    for network in NETWORKS:
        lut4 = ratio(frame, network, "flightnn, serial shift", "fixed4, LUT")
        dsp4 = ratio(frame, network, "flightnn, serial shift", "fixed4, DSP")
        two = ratio(frame, network, "flightnn, serial shift", "lightnn2, serial shift")
        spatial = ratio(frame, network, "flightnn, serial shift", "lightnn2, spatial shift")
        one = ratio(frame, network, "lightnn1, serial shift", "lightnn2, serial shift")
        lines.append(
            f"| {network} | {two:.2f} | {spatial:.2f} | {one:.2f} | {dsp4:.2f} | {lut4:.2f} |"
        )
    return "\n".join(lines)


def describe(on: Board, frame: pd.DataFrame, mixed: pd.DataFrame) -> str:
    """The page: provenance, table, and the comparison with the abstract."""
    serial = mixed[mixed["sorted"]].set_index("share_of_two_term_filters").images_per_s

    def span(above: str, below: str) -> str:
        found = [ratio(frame, network, above, below) for network in NETWORKS]
        return f"{min(found):.2f} to {max(found):.2f}"

    return f"""# All schemes on {on.name}

{made_at(f"python results/schemes/compare.py --board {on.name}")}.
Synthetic weights, one image, {on.clock_hz // 10**6} MHz,
{on.memory.part.name}. Every design is the largest (most useful) array that stays within
{UTILISATION:.0%} of each resource; resources are estimates (see docs/model.md). `flightnn` is
the assumed mixture of 5 % pruned, 45 % one-term and 50 % two-term filters.

{_table(frame)}

![throughput and resources]({on.name}.png)

## Against the FLightNN abstract

Ratios of convolution throughput (the paper reports the largest convolution of each network):

| network | flightnn / lightnn2 serial | flightnn / lightnn2 spatial | lightnn1 / lightnn2 serial \
| flightnn / fixed4 on DSP | flightnn / fixed4 in LUTs |
|---|---|---|---|---|---|
{_ratios(frame)}

With the share of two-term filters going from 100 % to 0 % the serial array goes from
{serial[1.0]:.0f} to {serial[0.0]:.0f} images/s on {"vgg7-cifar10"}, a factor of
{serial[0.0] / serial[1.0]:.2f}; half of the filters at one term give
{serial[0.5] / serial[1.0]:.2f}.

- "Up to 2x over k = 2": **agrees**, as a limit. It is reached where nearly all filters need one
  term; in between the gain is what the mixture and the grouping of rows allow.
- "Up to 2x over 4-bit fixed point": **not reached** here. This mixture runs at
  {span("flightnn, serial shift", "fixed4, DSP")} times the speed of 4 x 8-bit multipliers on DSP
  blocks and {span("flightnn, serial shift", "fixed4, LUT")} times that of multipliers in LUTs; one
  term everywhere at {span("lightnn1, serial shift", "fixed4, DSP")} and
  {span("lightnn1, serial shift", "fixed4, LUT")} times. Each scheme gets all the board has, so what
  decides is how many lanes fit. By our synthesis (`lightsim list lanes`) a serial shift lane with
  its part of the adder tree takes about as many LUTs as a 4 x 8-bit multiplier in LUTs, which
  needs one cycle a weight whatever it is, and a DSP block makes two products. Which multipliers
  and which share of the device the paper's fixed-point rows used is in the part we could not read.
- Open synthesis is no place and route: LUTs of every row are estimates from it
  ([what is modelled](../../docs/model.md)).
"""


def draw(on: Board, frame: pd.DataFrame, mixed: pd.DataFrame, path: Path) -> None:
    """Throughput, resources and the mixture curve as one picture."""
    from plotly.subplots import make_subplots

    from results.picture import write

    figure = make_subplots(
        rows=3,
        cols=1,
        vertical_spacing=0.13,
        subplot_titles=(
            "Throughput relative to lightnn2 on the serial array",
            f"Resources, share of {on.device.name}",
            "vgg7-cifar10: throughput against the share of two-term filters",
        ),
    )
    colours = ("#0072B2", "#E69F00", "#009E73", "#CC79A7")
    for colour, network in zip(colours, NETWORKS, strict=False):
        part = frame[frame.network == network].set_index("design").images_per_s
        relative = part / part["lightnn2, serial shift"]
        figure.add_bar(
            x=list(relative.index), y=relative.round(2), name=network, marker_color=colour,
            text=[f"{value:.2f}" for value in relative], textposition="outside", row=1, col=1,
        )  # fmt: skip
    once = frame[frame.network == NETWORKS[0]]
    for colour, name in zip(colours, ("lut", "ff", "dsp", "bram36"), strict=True):
        available = getattr(on.device.resources, name)
        figure.add_bar(
            x=once.design, y=100 * once[name] / available, name=name.upper(), marker_color=colour,
            row=2, col=1, legend="legend2",
        )  # fmt: skip
    for ordered, label, dash in (
        (True, "filters sorted by k", "solid"),
        (False, "unsorted", "dot"),
    ):
        part = mixed[mixed["sorted"] == ordered]
        figure.add_scatter(
            x=100 * part.share_of_two_term_filters, y=part.images_per_s, name=label,
            mode="lines+markers", line={"dash": dash, "color": "#0072B2"}, row=3, col=1,
            legend="legend3",
        )  # fmt: skip
    figure.update_yaxes(title="ratio", row=1, col=1)
    figure.update_yaxes(title="%", range=[0, 100], row=2, col=1)
    figure.update_yaxes(title="images/s", rangemode="tozero", row=3, col=1)
    figure.update_xaxes(title="filters with k = 2, %", row=3, col=1)
    figure.update_layout(
        template="plotly_white", title=f"All schemes on {on.name}",
        legend={"y": 1.0}, legend2={"y": 0.62}, legend3={"y": 0.22},
    )  # fmt: skip
    write(figure, path, 1200, 1400)

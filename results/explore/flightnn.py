"""The FLightNN question on one board: each scheme at its own best accelerator, every network.

    python results/explore/flightnn.py [--board zc706] [--designs 4] [NETWORK ...]

writes `flightnn-<board>.csv`, `.md` and, where chromium is installed, `.png` beside itself.
"""

from __future__ import annotations

import argparse
import contextlib
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from arrays import KINDS, largest
from picture import write
from rich.progress import track

from dse.accuracy.measured import measured
from dse.accuracy.sensitivity import SensitivityModel, sensitivity
from dse.accuracy.source import total_loss
from dse.accuracy.subject import Subject, make_subject, uniform
from dse.allocation.allocate import Allocation, tabulate
from dse.allocation.judge import fastest_at
from lightsim.errors import LightSimError
from lightsim.hardware import Board, board
from lightsim.hardware.accelerator import Accelerator
from lightsim.mapping.program import map_workload
from lightsim.network import load_network, zoo_names
from lightsim.numerics.scheme import scheme
from lightsim.quantisation.workload import QuantisedLayer, Workload
from lightsim.timeline.model import run

HERE = Path(__file__).parent
FIXED = ("lightnn1", "lightnn2", "fixed4")
EQUAL, TWICE = "flightnn, error of fixed4", "flightnn, error 2 x lightnn2"
MEASURED = "flightnn, measured within 0.1 %"
RUNS = 9  # of the timeline for a table; the answers are run in full
STEPS = 2.0 ** (np.arange(-24, 6) / 6)
WIDEST = 256


def under(subject: Subject, scheme_name: str, k: dict[str, np.ndarray]) -> Workload:
    """The network as that scheme is timed: shapes, formats and k, without its own weights."""
    chosen = scheme(scheme_name)
    layers = tuple(
        replace(layer, scheme=chosen, k=k[layer.layer.name]) if layer.weights is not None else layer
        for layer in subject.reference.layers
    )
    return replace(subject.reference, scheme=chosen, layers=layers)


def ranked(
    subject: Subject, on: Board, scheme_name: str, k: dict[str, np.ndarray], designs: int, pe: str
) -> list[tuple[int, Accelerator]]:
    """Cycles for one image on the designs of one PE kind, fastest first."""
    workload = under(subject, scheme_name, k)
    found = []
    for accelerator in largest(on, scheme_name, pe, designs):
        try:
            found.append((run([map_workload(workload, accelerator)]).cycles, accelerator))
        except LightSimError:
            continue
    return sorted(found, key=lambda row: (row[0], row[1].name))


def fastest(
    subject: Subject, on: Board, scheme_name: str, k: dict[str, np.ndarray], designs: int
) -> tuple[int, Accelerator]:
    """The least cycles for one image over the designs of a scheme, and the design."""
    best = [
        found[0]
        for pe in KINDS[scheme_name]
        if (found := ranked(subject, on, scheme_name, k, designs, pe))
    ]
    if not best:
        raise SystemExit(f"no design of {scheme_name} runs {subject.reference.network.name}")
    return min(best, key=lambda row: row[0])


def weight_errors(layer: QuantisedLayer) -> tuple[np.ndarray, np.ndarray]:
    """Squared rounding errors of every filter with one term, and with four-bit weights, each at
    the best step a filter can have: float64[out] both."""
    values = np.arange(-WIDEST, WIDEST + 1)[None]
    magnitude = np.maximum(np.abs(values) / STEPS[:, None], 1e-9)
    low = 2.0 ** np.clip(np.floor(np.log2(magnitude)), 1, 7)
    one = np.where(magnitude - low > 2 * low - magnitude, np.minimum(2 * low, 128), low)
    one = np.where(magnitude < 1, 0, one) * np.sign(values) * STEPS[:, None]
    four = 16 * STEPS[:, None] * np.clip(np.rint(values / (16 * STEPS[:, None])), -8, 7)
    tables = [np.square(values - table) for table in (one, four)]
    rows = layer.weights.reshape(len(layer.weights), -1).astype(np.int64) + WIDEST
    counts = np.array([np.bincount(row, minlength=values.size) for row in rows])
    first, second = ((counts @ table.T).min(axis=1) for table in tables)
    return first, second


def fixed4_loss(subject: Subject, losses: dict[str, np.ndarray]) -> float:
    """The sensitivity of four-bit weights: a filter's loss with one term, times the ratio of the
    squared rounding errors of its weights."""
    total = 0.0
    for layer in subject.reference.layers:
        if layer.weights is None:
            continue
        one, four = weight_errors(layer)
        loss = losses[layer.layer.name][:, 1]
        total += float((loss * np.divide(four, one, out=np.zeros_like(four), where=one > 0)).sum())
    return total


def rows_of(network: str, on: Board, designs: int) -> list[dict]:
    """Every scheme of one network."""
    subject = make_subject(load_network(network))
    model = sensitivity(subject)
    losses = {
        "lightnn1": total_loss(model.losses, uniform(subject, 1)),
        "lightnn2": total_loss(model.losses, uniform(subject, 2)),
        "fixed4": fixed4_loss(subject, model.losses),
    }
    rows = []

    def add(label: str, cycles: int, accelerator: Accelerator, loss: float, **more: object) -> None:
        rows.append(
            {
                "network": network, "scheme": label, "accelerator": accelerator.name,
                "cycles": cycles, "images_per_s": accelerator.clock_hz / cycles,
                "output_error": loss, "weights": subject.reference.weights_origin.split(" ")[0],
                **more,
            }
        )  # fmt: skip

    for name in FIXED:
        terms = scheme(name).max_terms
        add(name, *fastest(subject, on, name, uniform(subject, terms), designs), losses[name])
    for label, found, accelerator, more in flexible(subject, on, model, losses, designs):
        k = np.concatenate(list(found.k.values()))
        shares = {f"k{terms}": float(np.mean(k == terms)) for terms in (0, 1, 2)}
        add(label, found.cycles, accelerator, found.loss, gap=found.gap, **shares, **more)
    return rows


def flexible(
    subject: Subject, on: Board, model: SensitivityModel, losses: dict[str, float], designs: int
) -> Iterator[tuple[str, Allocation, Accelerator, dict]]:
    """flightnn at each target of error or accuracy, on the fastest of a few arrays.

    The arrays are those that are fastest with two terms in half of the filters: two of serial
    lanes and one of spatial ones, where k costs no time.
    """
    half = {
        name: (1 + np.arange(count) % 2).astype(np.int8) for name, count in subject.filters.items()
    }
    arrays = []
    for pe, kept in (("shift_add_serial", 2), ("shift_add_spatial", 1)):
        arrays += [own for _, own in ranked(subject, on, "flightnn", half, designs, pe)[:kept]]
    tables = [tabulate(subject, own, model, most_runs=RUNS) for own in arrays]
    targets = {EQUAL: losses["fixed4"], TWICE: 2 * losses["lightnn2"]}
    for label, loss in targets.items():
        found = []
        for table in tables:
            with contextlib.suppress(LightSimError):
                found.append((table.within_loss(loss), table.accelerator))
        if found:
            yield label, *min(found, key=lambda row: row[0].cycles), {}
    if subject.reference.held_out is None:
        return
    judge = measured(subject)
    needed = judge.evaluate(uniform(subject, 2)) - 0.001
    best = [(*fastest_at(table.front(33), judge, needed), table.accelerator) for table in tables]
    allocation, accuracy, accelerator = min(best, key=lambda row: row[0].cycles)
    accuracies = {
        "choosing_accuracy": accuracy,
        "held_out_accuracy": judge.held_out_accuracy(allocation.k),
    }
    yield MEASURED, allocation, accelerator, accuracies


def ratios(frame: pd.DataFrame) -> pd.DataFrame:
    """Throughput over that of lightnn2, a row for each network and a column for each scheme."""
    table = frame.pivot(index="network", columns="scheme", values="images_per_s")
    return table.div(table["lightnn2"], axis=0)


def describe(frame: pd.DataFrame, on: Board, designs: int) -> str:
    """The page."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        capture_output=True, text=True, check=False, cwd=HERE,
    ).stdout.strip()  # fmt: skip
    speed = frame.pivot(index="network", columns="scheme", values="images_per_s")
    error = frame.pivot(index="network", columns="scheme", values="output_error")
    columns = [name for name in dict.fromkeys(frame.scheme) if name in speed]
    head = "| network | " + " | ".join(columns) + " |\n|" + "---|" * (len(columns) + 1)

    def body(table: pd.DataFrame, form: str) -> str:
        return "\n".join(
            f"| {name} | "
            + " | ".join("-" if pd.isna(row[c]) else format(row[c], form) for c in columns)
            + " |"
            for name, row in table.iterrows()
        )

    missing = [name for name in zoo_names() if name not in set(frame.network)]
    note = f"\n\nNot run yet: {', '.join(missing)}." if missing else ""
    over = ratios(frame)
    own = [name for name in columns if name.startswith("flightnn")]
    against = over["fixed4"]
    lines = [
        f"- `{name}`: {over[name].min():.2f} to {over[name].max():.2f} times lightnn2 "
        f"(median {over[name].median():.2f}), {(over[name] / against).min():.2f} to "
        f"{(over[name] / against).max():.2f} times fixed4 (median "
        f"{(over[name] / against).median():.2f})"
        for name in ("lightnn1", *own)
    ]
    return f"""# The FLightNN question on {on.name}

Made by `python results/explore/flightnn.py --board {on.name} --designs {designs}` at commit
{commit}, LightSim {version("lightsim")}: one image, cycles by the timeline, each scheme on the
fastest of its {designs} most useful arrays of each PE kind ({
        ", ".join(sorted({k for n in (*FIXED, "flightnn") for k in KINDS[n]}))
    }) within 80 % of the board; flightnn on the fastest of
the three that are fastest with half of the filters at two terms.

Accuracy source: **sensitivity** (a model: predicted error energy at the network's output as a
share of its own; weights are synthetic except for the digits networks), and **measured** in the
one column that says so. flightnn's k per filter is exact for the accelerator's table of costs,
at a predicted error of at most that of fixed4, and of twice that of lightnn2. fixed4's error is
that of one-term weights times the ratio of squared weight errors. Weights are rounded after
training and not trained again, for every column alike.{note}

Images per second:

{head}
{body(speed, ",.1f")}

Predicted output error (share of the output's energy):

{head}
{body(error, ".2g")}

![ratios](flightnn-{on.name}.png)

## Beside the abstract

{chr(10).join(lines)}

The abstract: up to 2x over k = 2 at 0.1 % less accuracy, up to 2x over 4-bit fixed point. 2x over
k = 2 is the limit where every filter has one term and the array is never waited for; lightnn1
shows how near each network comes to it here.
"""


def draw(frame: pd.DataFrame, on: Board, path: Path) -> None:
    """Ratios to lightnn2 as bars."""
    import plotly.graph_objects as go

    over = ratios(frame)
    looks = {
        "lightnn2": "#56B4E9",
        "fixed4": "#CC79A7",
        "lightnn1": "#E69F00",
        EQUAL: "#0072B2",
        TWICE: "#009E73",
        MEASURED: "#000000",
    }
    figure = go.Figure()
    for name, colour in looks.items():
        if name in over:
            figure.add_bar(x=list(over.index), y=over[name], name=name, marker_color=colour)
    figure.add_hline(y=2, line_dash="dot", annotation_text="the abstract: up to 2x")
    figure.update_yaxes(title="images/s over lightnn2")
    figure.update_layout(
        template="plotly_white", legend={"orientation": "h", "y": -0.2},
        title=f"Each scheme at its best accelerator on {on.name}, over lightnn2",
    )  # fmt: skip
    write(figure, path, 1500, 700)


def main() -> None:
    """Measure, write, draw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--board", default="zc706")
    parser.add_argument("--designs", type=int, default=4)
    parser.add_argument("networks", nargs="*", default=[])
    given = parser.parse_args()
    on, rows = board(given.board), []
    for network in track(given.networks or zoo_names(), description="zoo"):
        rows += rows_of(network, on, given.designs)
        pd.DataFrame(rows).to_csv(HERE / f"flightnn-{on.name}.csv", index=False)
    frame = pd.DataFrame(rows)
    page = HERE / f"flightnn-{on.name}.md"
    page.write_text(describe(frame, on, given.designs), encoding="utf-8")
    draw(frame, on, HERE / f"flightnn-{on.name}.png")


if __name__ == "__main__":
    main()

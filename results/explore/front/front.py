"""Throughput against measured accuracy of the digits networks, every scheme on its best arrays.

    python results/explore/front/front.py [--boards zc706 pynq-z2] [--images 16]

writes `front.csv`, `front.md` and, where chromium is installed, `front.png` beside itself.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
from arrays import KINDS, small

from dse.accuracy.measured import MeasuredAccuracy, measured
from dse.accuracy.rounded_network import RoundedNetwork, rounded_network_of, uniform
from dse.accuracy.sensitivity import SensitivityModel, sensitivity
from dse.tiled.allocation.allocate import tabulate
from lightsim.errors import LightSimError
from lightsim.hardware import Board, board
from lightsim.network import load_network
from lightsim.numerics.formats.scheme import scheme
from lightsim.quantisation import accuracy, load_trained
from lightsim.quantisation.workload import Workload
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.mapping.program import map_workload
from lightsim.tiled.timeline.model import run
from results.picture import write
from results.provenance import made_at

HERE = Path(__file__).parent
NETWORKS = ("digits", "digits-small")
SCHEMES = ("lightnn1", "lightnn2", "flightnn", "fixed4", "binary")
PER_FILTER = "per-filter k"
SHARE_TABULATED = 1.6  # arrays whose fastest allocation is this many times slower are left out


def throughput(accelerator: Accelerator, cycles: int, images: int) -> float:
    """Images per second."""
    return images * accelerator.clock_hz / cycles


def timed(workload: Workload, accelerator: Accelerator, images: int) -> int | None:
    """Cycles of a batch, or None where a tile does not fit."""
    try:
        return run([map_workload(workload, accelerator, images=images)]).cycles
    except LightSimError:
        return None


def trained_rows(network: str, on: Board, images: int, judge: MeasuredAccuracy) -> list[dict]:
    """Every scheme with its trained weights, on the fastest of its arrays."""
    rows = []
    for name in SCHEMES:
        workload = load_trained(load_network(network), scheme(name))
        best: tuple[float, Accelerator] | None = None
        for pe in KINDS[name]:
            for accelerator in small(on, name, pe):
                cycles = timed(workload, accelerator, images)
                if cycles is None:
                    continue
                rate = throughput(accelerator, cycles, images)
                if best is None or rate > best[0]:
                    best = rate, accelerator
        if best is not None:
            rows.append(
                {
                    "network": network, "board": on.name, "weights": f"{name}, trained",
                    "accelerator": best[1].name, "images_per_s": best[0],
                    "choosing_accuracy": accuracy(workload, judge.choosing),
                    "held_out_accuracy": accuracy(workload, judge.held_out), "k": "",
                }
            )  # fmt: skip
    return rows


def per_filter_rows(
    rounded_network: RoundedNetwork,
    model: SensitivityModel,
    judge: MeasuredAccuracy,
    on: Board,
    images: int,
) -> list[dict]:
    """Uniform k and the allocations that no other beats in throughput and sensitivity."""
    network = rounded_network.reference.network.name
    found = []
    one = uniform(rounded_network, 1)
    timings = []
    for accelerator in (own for pe in KINDS["flightnn"] for own in small(on, "flightnn", pe)):
        cycles = timed(rounded_network.with_k(one), accelerator, images)
        if cycles is not None:
            timings.append((cycles, accelerator))
    least = min(cycles for cycles, _ in timings)
    for cycles, accelerator in timings:
        if cycles > SHARE_TABULATED * least:
            continue
        table = tabulate(rounded_network, accelerator, model, images=images)
        for allocation in table.front(9):
            found.append((allocation.cycles, allocation.loss, allocation.k, accelerator))
        for terms in (1, 2):
            k = uniform(rounded_network, terms)
            whole = timed(rounded_network.with_k(k), accelerator, images)
            if whole is not None:
                loss = 1 / model.evaluate(k) - 1
                found.append((whole, loss, k, accelerator))
    found.sort(key=lambda row: (row[0], row[1]))
    rows, lowest = [], float("inf")
    for cycles, loss, k, accelerator in found:
        if loss >= lowest:
            continue
        lowest = loss
        rows.append(
            {
                "network": network, "board": on.name, "weights": PER_FILTER,
                "accelerator": accelerator.name,
                "images_per_s": throughput(accelerator, cycles, images),
                "choosing_accuracy": judge.evaluate(k),
                "held_out_accuracy": judge.held_out_accuracy(k),
                "k": " ".join(f"{name}:{''.join(map(str, own))}" for name, own in k.items()),
                "sensitivity": model.evaluate(k),
            }
        )  # fmt: skip
    return rows


def gains(frame: pd.DataFrame) -> str:
    """Where per-filter k dominates: chosen without the held-out images, reported on them."""
    lines = [
        "| network | board | against | its images/s | its held-out accuracy | "
        "per-filter k: images/s | held-out accuracy | times as fast |",
        "|---" * 8 + "|",
    ]
    for (network, on), part in frame.groupby(["network", "board"], sort=False):
        flexible = part[part.weights == PER_FILTER]
        for _, row in part[part.weights != PER_FILTER].iterrows():
            # On images for choosing, trained weights are at their best, so this is strict.
            able = flexible[flexible.choosing_accuracy >= row.choosing_accuracy - 0.001]
            start = f"| {network} | {on} | {row.weights} | {row.images_per_s:,.0f} | "
            start += f"{100 * row.held_out_accuracy:.1f} % | "
            if able.empty:
                lines.append(start + "none as accurate on the images for choosing | | |")
                continue
            best = able.loc[able.images_per_s.idxmax()]
            lines.append(
                start + f"{best.images_per_s:,.0f} | {100 * best.held_out_accuracy:.1f} % | "
                f"{best.images_per_s / row.images_per_s:.2f} |"
            )
    return "\n".join(lines)


def draw(frame: pd.DataFrame, path: Path) -> None:
    """One panel for each network and board."""
    from plotly.subplots import make_subplots

    boards = list(dict.fromkeys(frame.board))
    titles = [f"{network} on {on}" for network in NETWORKS for on in boards]
    figure = make_subplots(
        rows=len(NETWORKS), cols=len(boards), subplot_titles=titles, horizontal_spacing=0.09,
        vertical_spacing=0.13,
    )  # fmt: skip
    looks = {
        "lightnn1, trained": ("#E69F00", "triangle-up", "k = 1 (lightnn1, trained)"),
        "lightnn2, trained": ("#56B4E9", "square", "k = 2 (lightnn2, trained)"),
        "flightnn, trained": ("#009E73", "diamond", "flightnn, trained"),
        "fixed4, trained": ("#CC79A7", "x", "fixed4, trained"),
        "binary, trained": ("#000000", "cross", "binary, trained"),
    }
    for at, (network, on) in enumerate((n, b) for n in NETWORKS for b in boards):
        place = {"row": at // len(boards) + 1, "col": at % len(boards) + 1}
        part = frame[(frame.network == network) & (frame.board == on)]
        flexible = part[part.weights == PER_FILTER]
        figure.add_scatter(
            x=flexible.images_per_s, y=(100 * (1 - flexible.held_out_accuracy)).clip(lower=0.1),
            mode="lines+markers", name="per-filter k (not trained again)", showlegend=at == 0,
            line={"color": "#0072B2"}, marker={"size": 6}, **place,
        )  # fmt: skip
        for weights, (colour, symbol, label) in looks.items():
            row = part[part.weights == weights]
            figure.add_scatter(
                x=row.images_per_s, y=(100 * (1 - row.held_out_accuracy)).clip(lower=0.1),
                mode="markers", name=label, showlegend=at == 0,
                marker={"color": colour, "symbol": symbol, "size": 12}, **place,
            )  # fmt: skip
    figure.update_xaxes(title="images/s")
    figure.update_yaxes(
        title="held-out error, %", type="log", autorange="reversed", dtick=None,
        tickvals=[0.3, 0.5, 1, 2, 3, 5, 10, 20, 30, 50, 90],
    )  # fmt: skip
    figure.update_layout(
        template="plotly_white", width=1300, height=950,
        title="Throughput against measured accuracy (up and right is better)",
        legend={"orientation": "h", "y": -0.08},
    )  # fmt: skip
    write(figure, path, 1300, 950)


def describe(frame: pd.DataFrame, images: int) -> str:
    """The page."""
    return f"""# Throughput against measured accuracy

{made_at("python results/explore/front/front.py")}:
batches of {images} images, cycles by the timeline, every scheme on the fastest of some hundred
designs (1 to 32 rows, 8 to 64 columns, 1 to 16 pixels, 4 to 32 post-processing lanes, each PE
kind that suits it) within 80 % of the board. `front.csv` has every point with its array and k.

Schemes called "trained" have weights trained for that scheme. "Per-filter k" are the trained
`fixed8` weights rounded to 0, 1 or 2 terms by filter and **not trained again**; allocations are
exact by `sensitivity` on every array, and the line joins those that no other beats in throughput
and sensitivity. Accuracy is `measured`: held-out images (360; one image is 0.28 %, the sampling
error 0.4 to 0.9 %) only report, nothing is chosen by them.

![front](front.png)

## Where per-filter k is faster at the same accuracy

The fastest per-filter allocation whose accuracy **on the images for choosing** (training images
that did not calibrate the rounding) is at most 0.1 % below the other's, and both held-out
accuracies:

{gains(frame)}

What it shows. On `digits` per-filter k is faster than k = 2 and than the trained flightnn weights,
most on the small board, at a held-out accuracy that differs from theirs by less than twice its
sampling error. The fastest allocation that keeps the accuracy on the images for choosing has one
term nearly everywhere and prunes a few filters, so it gains what k = 1 gains and little more.
Weights trained for k = 1 or for fixed4 are about as fast there and more accurate: on a network
this easy, training for one term beats choosing terms after training. On `digits-small` memory and
start-up bound all designs on zc706 (mind the axes), and k decides nothing; on pynq-z2 one term is
a third faster than two and per-filter k lies between, but without training again it loses
accuracy on the way. `binary` is fastest on `digits` and useless on `digits-small`. Where the line
falls steeply, filters are pruned: pruning without training again costs more accuracy than it is
worth.
"""


def main() -> None:
    """Measure, write, draw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--boards", nargs="+", default=["zc706", "pynq-z2"])
    parser.add_argument("--images", type=int, default=16)
    given = parser.parse_args()
    rows = []
    for network in NETWORKS:
        rounded_network = rounded_network_of(load_network(network))
        model, judge = sensitivity(rounded_network), measured(rounded_network)
        for name in given.boards:
            on = board(name)
            rows += trained_rows(network, on, given.images, judge)
            rows += per_filter_rows(rounded_network, model, judge, on, given.images)
    frame = pd.DataFrame(rows)
    frame.to_csv(HERE / "front.csv", index=False)
    (HERE / "front.md").write_text(describe(frame, given.images), encoding="utf-8")
    draw(frame, HERE / "front.png")


if __name__ == "__main__":
    main()

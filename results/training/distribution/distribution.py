"""What the distribution loss does for a deep, narrow binary network, by optimiser and rate.

    python results/training/distribution/distribution.py [--seeds 5]

writes, beside itself, `distribution.csv` (every run), `distribution-layers.csv` (the statistics
of every layer after every epoch, seed 0, one setting an optimiser), `distribution.md` and, where
chromium is installed, `distribution.png`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import torch

from lightsim.training.models.model import Model, build_model
from lightsim.training.recipes.options import DistributionOptions, ModelOptions
from results.provenance import commit
from results.training.digits import Digits, accuracy, convolution, dense, digits, fit, network
from results.training.tables import markdown, mean_and_spread

HERE = Path(__file__).parent
EPOCHS = 15
WIDTH = 8
NETWORK = network(
    "eight-binary",
    [
        *(convolution(f"conv{n}", WIDTH) for n in (1, 2, 3)),
        convolution("conv4", WIDTH, 3, "stride = 2\n"),
        *(convolution(f"conv{n}", WIDTH) for n in (5, 6, 7, 8)),
        dense("scores", 10),
    ],
)
OPTIMISERS: dict[str, Callable[[Model, float], torch.optim.Optimizer]] = {
    "SGD": lambda m, rate: torch.optim.SGD(m.parameter_groups(0.0), rate, momentum=0.9),
    "Adam": lambda m, rate: torch.optim.Adam(m.parameter_groups(0.0), rate),
    "RMSprop": lambda m, rate: torch.optim.RMSprop(m.parameter_groups(0.0), rate),
}
RATES = {
    "SGD": (0.1, 0.3, 1.0, 3.0),
    "Adam": (0.003, 0.01, 0.03, 0.1),
    "RMSprop": (0.003, 0.01, 0.03, 0.1),
}
WATCHED = {"SGD": 1.0, "Adam": 0.1, "RMSprop": 0.03}
LOSSES = {
    "plain": None,
    "code": DistributionOptions(form="code", weight=2.0, off_last=2),
}


def trained(
    data: Digits, optimiser: str, rate: float, loss: str, seed: int
) -> tuple[dict[str, float], list[dict[str, object]]]:
    """Accuracies of one run, and its statistics by layer and epoch."""
    model = build_model(NETWORK, "binary", ModelOptions(distribution=LOSSES[loss]), seed)
    model.calibrate(data.x[4])
    rows: list[dict[str, object]] = []

    def watch(epoch: int) -> None:
        for layer, found in model.statistics().items():
            rows.append({"epoch": epoch + 1, "layer": layer, **found})

    own = OPTIMISERS[optimiser](model, rate)
    fit(model, data, EPOCHS, seed, optimiser=own, moved=0.0, watch=watch)
    scores = {
        "training": accuracy(model, data.x[4], data.y),
        "held_out": accuracy(model, data.held_x[4], data.held_y),
    }
    return scores, rows


def measure(seeds: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every run, and the layers of the watched ones."""
    runs, layers = [], []
    for seed in range(seeds):
        data = digits(seed)
        for optimiser, rates in RATES.items():
            for rate in rates:
                for loss in LOSSES:
                    scores, rows = trained(data, optimiser, rate, loss, seed)
                    key = {"optimiser": optimiser, "rate": rate, "loss": loss}
                    runs.append({**key, "seed": seed, **scores})
                    if seed == 0 and rate == WATCHED[optimiser]:
                        layers += [{**key, **row} for row in rows]
                    sys.stderr.write(f"{runs[-1]}\n")
    return pd.DataFrame(runs), pd.DataFrame(layers)


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--drawn", action="store_true", help="from the CSV files, without training")
    asked = parser.parse_args()
    if not asked.drawn:
        runs, layers = measure(asked.seeds)
        runs.round(5).to_csv(HERE / "distribution.csv", index=False)
        layers.round(5).to_csv(HERE / "distribution-layers.csv", index=False)
    runs = pd.read_csv(HERE / "distribution.csv")
    layers = pd.read_csv(HERE / "distribution-layers.csv")
    (HERE / "distribution.md").write_text(described(runs, layers))
    draw(runs, layers, HERE / "distribution.png")


def described(runs: pd.DataFrame, layers: pd.DataFrame) -> str:
    """The document."""
    rows = []
    for (optimiser, rate), part in runs.groupby(["optimiser", "rate"], sort=False):
        by = part.set_index(["loss", "seed"]).held_out
        gain = 100 * (by["code"] - by["plain"])
        rows.append(
            {
                "optimiser": optimiser,
                "rate": rate,
                "plain, held out %": mean_and_spread(by["plain"]),
                "with the loss, held out %": mean_and_spread(by["code"]),
                "gain, points": f"{gain.mean():+.1f} ± {gain.std(ddof=1):.1f}",
            }
        )
    means = runs.groupby(["loss", "optimiser", "rate"]).held_out.mean()
    best = runs.groupby(["loss", "optimiser", "rate"]).held_out.mean().groupby("loss").max()
    spread = means.groupby("loss").agg(["mean", "std", "min", "max"]) * 100
    spread_rows = pd.DataFrame(
        {
            "loss": spread.index,
            "mean over all settings %": spread["mean"].round(1),
            "standard deviation": spread["std"].round(1),
            "worst %": spread["min"].round(1),
            "best %": spread["max"].round(1),
        }
    )
    sides = layers[layers.epoch == EPOCHS].groupby(["optimiser", "rate", "loss"], sort=False)
    shapes = sides[["one_sided", "degeneration", "saturation", "mismatch"]].mean().reset_index()
    return f"""# The distribution loss on a binary network

Made by `python results/training/distribution/distribution.py` at commit {commit()}.
{len(NETWORK.layers) - 1}
binary convolutions of {WIDTH} filters and a dense layer ({NETWORK.parameters} parameters, weights
and activations one bit but for the images), {EPOCHS} epochs of the handwritten digits,
{runs.seed.nunique()} seeds: each draws its own fifth of the images to hold out, its own start and
order. The loss has the authors' code form and weight 2, off for the last two epochs. Means ±
standard deviations over seeds; held-out accuracy of 360 images in integers.

{markdown(pd.DataFrame(rows))}

Over all {len(means) // 2} settings of optimiser and learning rate (means over seeds):

{markdown(spread_rows)}

Each optimiser at its best rate:

{markdown(_best(runs))}

Best setting of all: {100 * best["plain"]:.1f} % without, {100 * best["code"]:.1f} % with the loss.

What the layers looked like at the end of training (seed 0, mean over the eight layers;
`one_sided` is the share of channels whose sign is the same for 99 % of values, the other three
are the terms of the loss):

{markdown(shapes.round(3))}

![accuracy by learning rate, and the three terms over training](distribution.png)
"""


def _best(runs: pd.DataFrame) -> pd.DataFrame:
    """Each optimiser's best rate by mean accuracy, without and with the loss."""
    rows = []
    for optimiser, part in runs.groupby("optimiser", sort=False):
        line = {"optimiser": optimiser}
        for loss, name in (("plain", "plain"), ("code", "with the loss")):
            own = part[part.loss == loss].groupby("rate").held_out
            rate = own.mean().idxmax()
            line[f"{name}, held out %"] = f"{mean_and_spread(own.get_group(rate))} at {rate:g}"
        rows.append(line)
    return pd.DataFrame(rows)


def draw(runs: pd.DataFrame, layers: pd.DataFrame, path: Path) -> None:
    """Accuracy by rate with and without the loss, and each term by layer over epochs."""
    from plotly.subplots import make_subplots

    from results import picture

    terms = ("degeneration", "saturation", "mismatch")
    titles = [*OPTIMISERS]
    titles += [f"{term}, {name} at {WATCHED[name]:g}" for term in terms for name in OPTIMISERS]
    figure = make_subplots(rows=4, cols=3, subplot_titles=titles, vertical_spacing=0.07)
    colours = {"plain": "#D55E00", "code": "#0072B2"}
    names = {"plain": "plain", "code": "with the loss"}
    for column, optimiser in enumerate(OPTIMISERS, 1):
        for loss, colour in colours.items():
            part = runs[(runs.optimiser == optimiser) & (runs.loss == loss)]
            by = 100 * part.groupby("rate").held_out.agg(["mean", "std"])
            figure.add_scatter(
                x=by.index, y=by["mean"], error_y={"array": by["std"]}, name=names[loss],
                line={"color": colour}, showlegend=column == 1, row=1, col=column,
            )  # fmt: skip
            own = layers[(layers.optimiser == optimiser) & (layers.loss == loss)]
            for row, term in enumerate(terms, 2):
                for number, (_, one) in enumerate(own.groupby("layer")):
                    figure.add_scatter(
                        x=one.epoch, y=one[term], mode="lines", showlegend=False,
                        line={"color": colour, "width": 1}, opacity=0.35 + 0.08 * number,
                        row=row, col=column,
                    )  # fmt: skip
        figure.update_xaxes(type="log", title="learning rate", row=1, col=column)
        figure.update_yaxes(range=[0, 100], title="held out, %", row=1, col=column)
        for row in (2, 3, 4):
            figure.update_xaxes(title="epoch", row=row, col=column)
            figure.update_yaxes(rangemode="tozero", row=row, col=column)
    figure.update_layout(
        template="plotly_white",
        title="A binary network of eight layers, with and without the distribution loss "
        "(lower rows: one line a layer)",
    )
    picture.write(figure, path, 1300, 1400)


if __name__ == "__main__":
    main()

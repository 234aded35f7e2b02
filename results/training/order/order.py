"""The order of the LightNN table on the handwritten digits, in a network of 768 parameters.

    python results/training/order/order.py [--seeds 5]

writes, beside itself, `order.csv` (every run), `order.md` and, where chromium is installed,
`order.png`.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd

from lightsim.network import load_network
from lightsim.network.layer import Network
from lightsim.training.models.model import build_model
from lightsim.training.recipes.options import ModelOptions
from results.provenance import commit
from results.training.digits import accuracy, digits, fit
from results.training.tables import markdown, mean_and_spread

HERE = Path(__file__).parent
EPOCHS = 30
RATE = 0.01
SMALL = load_network("digits-small")


def with_signs(network: Network) -> Network:
    """The network with signs for its hidden activations, under every scheme."""
    layers = tuple(
        replace(layer, activation="sign") if layer.activation == "relu" else layer
        for layer in network.layers
    )
    return replace(network, layers=layers)


BYTES = replace(SMALL, binary_activations=False)
SIGNS = with_signs(SMALL)
# The paper's rows: name, scheme, network, and its test error in per cent of the smallest network
# of its second data set (CIFAR-10, three convolutions: 82,208 parameters).
ROWS = (
    ("conventional", "float32", BYTES, 21.16),
    ("LightNN-2", "lightnn2", BYTES, 24.62),
    ("LightNN-1", "lightnn1", BYTES, 26.11),
    ("BinaryConnect", "binary", BYTES, 43.22),
    ("LightNN-2-bin", "lightnn2", SIGNS, 32.58),
    ("LightNN-1-bin", "lightnn1", SIGNS, 36.56),
    ("BinaryNet", "binary", SIGNS, 73.82),
)


def measure(seeds: int) -> pd.DataFrame:
    """Every run."""
    runs = []
    for seed in range(seeds):
        data = digits(seed)
        for name, scheme, network, _ in ROWS:
            model = build_model(network, scheme, ModelOptions(), seed)
            model.calibrate(data.x[4])
            fit(model, data, EPOCHS, seed, learning_rate=RATE)
            runs.append(
                {
                    "row": name,
                    "seed": seed,
                    "training": accuracy(model, data.x, data.y),
                    "held_out": accuracy(model, data.held_x, data.held_y),
                    "held_out_unmoved": accuracy(model, data.held_x[4], data.held_y),
                }
            )
            sys.stderr.write(f"{runs[-1]}\n")
    return pd.DataFrame(runs)


def described(runs: pd.DataFrame) -> str:
    """The document."""
    rows, before = [], None
    for name, _, _, error in ROWS:
        part = runs[runs.row == name].set_index("seed")
        step = "" if before is None else 100 * (part.held_out - before.held_out)
        rows.append(
            {
                "row": name,
                "training %": mean_and_spread(part.training),
                "held out %": mean_and_spread(part.held_out),
                "held out, unmoved %": mean_and_spread(part.held_out_unmoved),
                "to the row above, points": ""
                if before is None
                else f"{step.mean():+.2f} ± {step.std(ddof=1):.2f}",
                "paper, CIFAR-10, 3 convolutions: error %": error,
            }
        )
        before = part
    return f"""# The order of the LightNN table

Made by `python results/training/order/order.py` at commit {commit()}. `digits-small`
({SMALL.parameters} parameters), each row trained from random weights by the same recipe: Adam,
rate {RATE} falling to 0 as a cosine, {EPOCHS} epochs, images randomly moved by up to a pixel each
way. {runs.seed.nunique()} seeds: each draws its own fifth of the images to hold out, its own start
and order. Accuracy in integers (conventional: in float) over all nine positions of the images,
3,240 held out; the unmoved images are 360. Means ± standard deviations over seeds, steps to the
row above between the same seeds.

{markdown(pd.DataFrame(rows))}

Rows are those of the LightNN paper's table (GLSVLSI 2017); `-bin` and BinaryNet have one-bit
hidden activations, the others 8 bits. The last column is the paper's own, of another task: where
ours has a large step down, so has that one.

![accuracy by row](order.png)
"""


def draw(runs: pd.DataFrame, path: Path) -> None:
    """Every seed of every row, and the means."""
    import plotly.graph_objects as go

    from results import picture

    figure = go.Figure()
    means = 100 * runs.groupby("row").held_out.mean()
    names = [name for name, _, _, _ in ROWS]
    figure.add_bar(
        x=names, y=[means[name] for name in names], name="mean", marker_color="#56B4E9",
        text=[f"{means[name]:.1f}" for name in names], textposition="inside",
        insidetextanchor="start",
    )  # fmt: skip
    figure.add_scatter(
        x=runs.row, y=100 * runs.held_out, mode="markers", name="one seed",
        marker={"color": "#222", "size": 7, "symbol": "line-ew-open"},
    )  # fmt: skip
    figure.update_layout(
        template="plotly_white", yaxis_title="held out, %",
        title=f"digits-small ({SMALL.parameters} parameters), images moved by up to a pixel",
    )  # fmt: skip
    picture.write(figure, path, 900, 520)


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--drawn", action="store_true", help="from the CSV file, without training")
    asked = parser.parse_args()
    if not asked.drawn:
        measure(asked.seeds).round(5).to_csv(HERE / "order.csv", index=False)
    runs = pd.read_csv(HERE / "order.csv")
    (HERE / "order.md").write_text(described(runs))
    draw(runs, HERE / "order.png")


if __name__ == "__main__":
    main()

"""FLightNN: accuracy, second terms and throughput over the regulariser's strength.

    python results/training/flightnn/flightnn.py [--seeds 5]

writes, beside itself, `flightnn.csv` (every run), `flightnn.md` and, where chromium is
installed, `flightnn.png`. Second terms are priced alike (`uniform`), or by the cycles that they
cost on the small board's default accelerator (`hardware`).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from lightsim.flow.given.resolve import resolve_accelerator
from lightsim.flow.run import Experiment, run
from lightsim.quantisation import save_trained
from lightsim.quantisation.term_costs import TermCosts
from lightsim.tiled.term_costs import term_costs
from lightsim.training.models.model import Model, build_model
from lightsim.training.recipes.options import FlightnnOptions, ModelOptions
from results.provenance import commit
from results.training.digits import Digits, accuracy, convolution, dense, digits, fit, network, pool
from results.training.tables import markdown, mean_and_spread

HERE = Path(__file__).parent
EPOCHS = 24
BATCH = 16
BOARDS = ("zc706", "ulx3s")
SMALL = "ulx3s"
STRENGTHS = (0.0005, 0.001, 0.002, 0.004, 0.008, 0.016)
NETWORK = network(
    "two-groups",
    [convolution("conv1", 8), pool("pool1"), convolution("conv2", 16), pool("pool2"),
     dense("scores", 10)],
)  # fmt: skip
MOST_SECOND, MOST_LOST = 0.6, 0.2  # of all second terms; points
_GOAL = f"within {MOST_LOST} points of k = 2 at no more than {MOST_SECOND:.0%} of its second terms"


def options(strength: float) -> ModelOptions:
    """No pruning; half of the epochs with k fixed."""
    learned = FlightnnOptions((0.0, strength), warm_up=0.0, ramp=0.1, frozen=0.5)
    return ModelOptions(flightnn=learned, lightnn2="residual")


def throughput(model: Model) -> dict[str, float]:
    """Images per second of `lightsim run` (timeline) on every board's default accelerator."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        file = save_trained([model.export("measured")], Path(folder), provenance="measured")
        for board in BOARDS:
            report = run(
                Experiment(
                    network=str(file), board=board, scheme=model.scheme.name, engine="timeline",
                    images=BATCH, batch=BATCH, measure_accuracy=False,
                )
            )  # fmt: skip
            found[f"cycles_{board}"] = report.cycles
            found[f"images_per_s_{board}"] = report.throughput_images_per_s
    return found


def row(model: Model, data: Digits, **key: object) -> dict[str, object]:
    """One run's line."""
    k = model.k()
    sizes = {node.layer.name: node.weight[0].numel() for node in model.weighted()}
    second = sum(int((own == 2).sum()) * sizes[name] for name, own in k.items())
    return {
        **key,
        "training": accuracy(model, data.x, data.y),
        "held_out": accuracy(model, data.held_x, data.held_y),
        "second_terms": second / sum(len(own) * sizes[name] for name, own in k.items()),
        **{f"k2_{name}": int((own == 2).sum()) for name, own in k.items()},
        **throughput(model),
    }


def measure(seeds: int) -> pd.DataFrame:
    """Every run."""
    _, small, _ = resolve_accelerator(SMALL, None, "flightnn")
    costs = term_costs(build_model(NETWORK, "flightnn", ModelOptions(), 0).export(""), small, BATCH)
    for name, stairs in costs.layers.items():
        sys.stderr.write(f"{name}: {stairs.edges}, {stairs.cycles.tolist()}\n")
    rows = []
    for seed in range(seeds):
        data = digits(seed)
        start = build_model(NETWORK, "float32", ModelOptions(), seed)
        start.calibrate(data.x[4])
        fit(start, data, EPOCHS, seed, learning_rate=0.01)
        cases: list[tuple[str, str, float, TermCosts | None]] = [
            ("k = 2", "lightnn2", 0.0, None),
            ("k = 1", "lightnn1", 0.0, None),
        ]
        for strength in STRENGTHS:
            cases += [("uniform", "flightnn", strength, None)]
            cases += [("hardware", "flightnn", strength, costs)]
        for price, scheme, strength, own in cases:
            model = build_model(NETWORK, scheme, options(strength), seed)
            model.load_float(start.state_dict())
            model.calibrate(data.x[4])
            if own is not None:
                model.weigh_by(own)
            fit(model, data, EPOCHS, seed + 100, learning_rate=0.005)
            rows.append(row(model, data, price=price, strength=strength, seed=seed))
            sys.stderr.write(f"{rows[-1]}\n")
    return pd.DataFrame(rows)


def described(runs: pd.DataFrame) -> str:
    """The document."""
    two = runs[runs.price == "k = 2"].set_index("seed")
    rows = []
    for (price, strength), part in runs.groupby(["price", "strength"], sort=False):
        own = part.set_index("seed")
        lost = 100 * (own.held_out - two.held_out)
        line = {
            "price": price,
            "strength": strength or "",
            "held out %": mean_and_spread(own.held_out),
            "to k = 2, points": f"{lost.mean():+.2f} ± {lost.std(ddof=1):.2f}",
            "second terms %": mean_and_spread(own.second_terms),
        }
        for board in BOARDS:
            gain = own[f"images_per_s_{board}"] / two[f"images_per_s_{board}"]
            line[f"throughput to k = 2, {board}"] = f"{gain.mean():.3f}"
        rows.append(line)
    return f"""# FLightNN on the handwritten digits

Made by `python results/training/flightnn/flightnn.py` at commit {commit()}.
Two convolutions of 8 and 16
filters and a dense layer ({NETWORK.parameters} parameters), {runs.seed.nunique()} seeds: each
draws its own fifth of the images to hold out, its own start and order. Trained in float for
{EPOCHS} epochs, then for {EPOCHS} epochs under each row's scheme (strengths grow over the first
tenth, k stays as it is for the second half), images randomly moved by up to
a pixel. Accuracy in integers over all nine positions of 360 held-out images; means ± standard
deviations over seeds, differences between the same seeds. Throughput is that of `lightsim run`
(engine timeline) on each board's default `flightnn` accelerator, {BATCH} images a batch (`k = 1`:
the default `lightnn1` accelerator). `k = 2` has two terms of any signs in every weight. `hardware`
prices second terms by {SMALL}'s cycles, whose array has groups of {_rows()} rows.

{markdown(pd.DataFrame(rows))}

{_claims(runs, two)}

![accuracy over second terms, and over cycles](flightnn.png)
"""


def _rows() -> int:
    return resolve_accelerator(SMALL, None, "flightnn")[1].array.rows


def _claims(runs: pd.DataFrame, two: pd.DataFrame) -> str:
    means = runs.groupby(["price", "strength"], sort=False).mean(numeric_only=True)
    few = means[(means.second_terms <= MOST_SECOND)].drop(index=["k = 1"], level=0)
    lost = 100 * (few.held_out - two.held_out.mean())
    near = few[lost >= -MOST_LOST]
    lines = []
    for price in ("uniform", "hardware"):
        own = near[near.index.get_level_values(0) == price]
        if own.empty:
            lines.append(f"No `{price}` strength with {_GOAL}.")
            continue
        best = own[f"images_per_s_{SMALL}"].idxmax()
        gains = ", ".join(
            f"{few.loc[best, f'images_per_s_{b}'] / two[f'images_per_s_{b}'].mean():.2f} times "
            f"that of k = 2 on {b}"
            for b in BOARDS
        )
        lines.append(
            f"**`{price}`, {_GOAL}**: the quickest is strength {best[1]:g}, {lost[best]:+.2f} "
            f"points with {100 * few.loc[best, 'second_terms']:.0f} % of the second terms; "
            f"throughput {gains}."
        )
    text = "\n\n".join(lines)
    return f"""{text}

**At equal cycles on {SMALL}**, every seed's curve by itself (straight lines between
strengths), means ± standard deviations over seeds:

{markdown(_equal_cycles(runs))}"""


def _equal_cycles(runs: pd.DataFrame) -> pd.DataFrame:
    column = f"cycles_{SMALL}"
    two = runs[runs.price == "k = 2"][column].mean()
    rows = []
    for share in (0.6, 0.65, 0.7, 0.75, 0.8, 0.9):
        found: dict[str, list[float]] = {"uniform": [], "hardware": []}
        for _, part in runs.groupby("seed"):
            curves = [
                part[part.price == price].sort_values([column, "held_out"]) for price in found
            ]
            # A seed whose curve does not come down to so few cycles has no say.
            if max(curve[column].min() for curve in curves) <= share * two:
                for values, curve in zip(found.values(), curves, strict=True):
                    values.append(float(np.interp(share * two, curve[column], curve.held_out)))
        difference = 100 * (np.array(found["hardware"]) - np.array(found["uniform"]))
        rows.append(
            {
                "cycles a batch": f"{round(share * two)} ({share:.0%} of k = 2)",
                "seeds that reach it": len(difference),
                "uniform %": mean_and_spread(found["uniform"]),
                "hardware %": mean_and_spread(found["hardware"]),
                "difference": f"{difference.mean():+.2f} ± {difference.std(ddof=1):.2f}",
            }
        )
    return pd.DataFrame(rows)


def draw(runs: pd.DataFrame, path: Path) -> None:
    """Accuracy over second terms and over the small board's cycles."""
    from plotly.subplots import make_subplots

    from results import picture

    figure = make_subplots(
        rows=1, cols=3,
        subplot_titles=("over the second terms", f"over cycles on {SMALL}", "second terms"),
    )  # fmt: skip
    colours = {"k = 2": "#000000", "k = 1": "#999999", "uniform": "#D55E00", "hardware": "#0072B2"}
    for price, colour in colours.items():
        part = runs[runs.price == price]
        by = part.groupby("strength").mean(numeric_only=True)
        spread = part.groupby("strength").held_out.std() / np.sqrt(runs.seed.nunique())
        axes = ((100 * by.second_terms, 1), (by[f"cycles_{SMALL}"], 2))
        for x, column in axes:
            if price == "k = 1" and column == 2:
                continue  # on an accelerator of its own
            figure.add_scatter(
                x=x, y=100 * by.held_out, error_y={"array": 100 * spread}, name=price,
                mode="lines+markers", line={"color": colour}, showlegend=column == 1,
                row=1, col=column,
            )  # fmt: skip
        if len(by) > 1:
            figure.add_scatter(
                x=by.index, y=100 * by.second_terms, line={"color": colour}, showlegend=False,
                mode="lines+markers", row=1, col=3,
            )  # fmt: skip
    figure.update_xaxes(title="second terms, %", row=1, col=1)
    figure.update_xaxes(title=f"cycles of {BATCH} images", row=1, col=2)
    figure.update_xaxes(title="strength", type="log", row=1, col=3)
    figure.update_yaxes(title="held out, % (± standard error)", row=1, col=1)
    figure.update_yaxes(title="second terms, %", row=1, col=3)
    figure.update_layout(template="plotly_white", title="FLightNN over the regulariser's strength")
    picture.write(figure, path, 1400, 520)


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--drawn", action="store_true", help="from the CSV file, without training")
    asked = parser.parse_args()
    if not asked.drawn:
        measure(asked.seeds).round(6).to_csv(HERE / "flightnn.csv", index=False)
    runs = pd.read_csv(HERE / "flightnn.csv")
    (HERE / "flightnn.md").write_text(described(runs))
    draw(runs, HERE / "flightnn.png")


if __name__ == "__main__":
    main()

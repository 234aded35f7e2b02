"""How well cheap ways to judge an allocation of k after training rank allocations: `lenet`.

    lightsim data mnist
    python results/training/after/after.py [NETWORK ...]

writes `after.csv` (every allocation) and `after.md` beside itself. Allocations are of the trained
`fixed8` weights, rounded to k terms by filter, not trained again.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from dse.accuracy.measured import measured
from dse.accuracy.rounded_network import RoundedNetwork, rounded_network_of
from dse.accuracy.sensitivity import sensitivity
from dse.accuracy.source import AccuracySource
from lightsim.network import load_network
from lightsim.quantisation.workload import LabelledImages
from results.provenance import made_at

HERE = Path(__file__).parent
ALLOCATIONS = 12
# Up to this share of an allocation's filters is pruned; the last layer keeps a term.
PRUNED = {"none": 0.0, "to 10 %": 0.1, "to 50 %": 0.5}
WAYS = ("sensitivity", "sensitivity by layers", "64 images", "256 images", "all for choosing")


def random_k(
    rounded_network: RoundedNetwork, pruned: float, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """An allocation whose shares of k = 0 and k = 2 are themselves random, layer by layer."""
    k = {}
    for name, count in rounded_network.filters.items():
        none, two = rng.random() * pruned, rng.random()
        terms = np.where(rng.random(count) < two, 2, 1)
        k[name] = np.where(rng.random(count) < none, 0, terms).astype(np.int8)
    k[rounded_network.last] = np.maximum(k[rounded_network.last], 1)
    return k


def measure(network: str) -> tuple[pd.DataFrame, dict[str, float], tuple[int, int]]:
    """Allocations by every way, the CPU seconds of one, and how many images choose and report."""
    rounded_network = rounded_network_of(load_network(network))
    source = measured(rounded_network)
    few = {count: measured(rounded_network, _first(source.choosing, count)) for count in (64, 256)}
    ways: dict[str, AccuracySource] = {
        "sensitivity": sensitivity(rounded_network),
        "sensitivity by layers": sensitivity(rounded_network, products=0),
        "64 images": few[64],
        "256 images": few[256],
        "all for choosing": source,
    }
    spent = dict.fromkeys(ways, 0.0)
    rows = []
    for pruned, share in PRUNED.items():
        rng = np.random.default_rng(0)
        for _ in range(ALLOCATIONS):
            k = random_k(rounded_network, share, rng)
            row: dict[str, object] = {"network": network, "pruned": pruned}
            for name, way in ways.items():
                begun = time.process_time()
                row[name] = way.evaluate(k)
                spent[name] += time.process_time() - begun
            rows.append({**row, "test set": source.held_out_accuracy(k)})
    cost = {name: seconds / len(rows) for name, seconds in spent.items()}
    return pd.DataFrame(rows), cost, (len(source.choosing.labels), len(source.held_out.labels))


def _first(images: LabelledImages, count: int) -> LabelledImages:
    return replace(images, images=images.images[:count], labels=images.labels[:count])


def page(frame: pd.DataFrame, cost: dict[str, float], counts: tuple[int, int]) -> str:
    """The correlations as a document."""
    lines = ["| network | pruned | accuracy, test set | " + " | ".join(WAYS) + " |"]
    lines.append("|---" * (3 + len(WAYS)) + "|")
    for (network, pruned), part in frame.groupby(["network", "pruned"], sort=False):
        held = part["test set"]
        rho = [f"{spearmanr(part[way], held).statistic:.2f}" for way in WAYS]
        span = f"{100 * held.min():.2f} to {100 * held.max():.2f} %"
        lines.append(f"| {network} | {pruned} | {span} | {' | '.join(rho)} |")
    spent = " | ".join(f"{1e3 * cost[way]:.1f}" for way in WAYS)
    lines.append(f"| CPU ms an allocation | | | {spent} |")
    return f"""# k after training: cheap ways and the dear one

{made_at("python results/training/after/after.py")}:
Spearman's rank correlation with the accuracy on {counts[1]:,} test images, over {ALLOCATIONS}
random allocations a row. The weights are the trained `fixed8` ones rounded to k terms by filter.
The images for choosing are {counts[0]:,} training images that did not calibrate the rounding;
sensitivity looks at calibration images and at no labels.

{chr(10).join(lines)}

Where accuracies differ by little more than chance (a standard error of 0.1 points at 99 % and
10,000 images) there is little to rank. What training again with the chosen k brings is not measured
here yet: it needs a training for each allocation.
"""


def main() -> None:
    """Measure and write."""
    found = [measure(network) for network in sys.argv[1:] or ["lenet"]]
    frame = pd.concat([one for one, _, _ in found])
    frame.to_csv(HERE / "after.csv", index=False)
    (HERE / "after.md").write_text(page(frame, found[0][1], found[0][2]), "utf-8")


if __name__ == "__main__":
    main()

"""The papers' networks on the papers' data: every recipe's variants trained, one after another.

    lightsim data mnist && lightsim data cifar10
    nice -n 19 python results/training/papers.py [--into papers] [--seeds 0] [RECIPE ...]

A training that is done is passed over, and one that was stopped goes on: the same command may be
given again at any time. With `--table` nothing is trained; what is done is written to
`papers.csv` and `papers.md` beside this file.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
from tables import markdown

from lightsim.training.recipes.shipped import shipped_recipe
from results.provenance import made_at

HERE = Path(__file__).parent
RECIPES = ("mnist-1hidden", "lenet", "cifar10-3conv", "resnet20-cifar10", "vgg7-quarter-cifar10")
# Ding, Liu, Shi, Marculescu, Blanton: LightNN, GLSVLSI 2017, table 3 (read in the paper): test
# errors in %. Its float network is called conventional there.
_ROWS = (
    "float32", "lightnn2", "lightnn1", "binaryconnect", "lightnn2-bin", "lightnn1-bin", "binarynet",
)  # fmt: skip
PAPER = {
    recipe: dict(zip(_ROWS, errors, strict=True))
    for recipe, errors in {
        "mnist-1hidden": ("1.72", "1.86", "2.09", "4.10", "2.94", "3.10", "6.79"),
        "lenet": ("0.86", "1.29", "2.31", "4.63", "1.67", "1.86", "3.16"),
        "cifar10-3conv": ("21.16", "24.62", "26.11", "43.22", "32.58", "36.56", "73.82"),
    }.items()
}
_REMARKS = (
    "The rows of mnist-1hidden and `lenet float32` were trained on 29 November 2026 before the "
    "training loop became quicker (CHANGELOG): the same seed now gives other weights. "
    "`mnist-1hidden flightnn` was trained with a strength of 3e-4, which left no hidden filter a "
    "second term; the recipe has 3e-5 since.",
)
FROM_FLOAT = ("resnet20-cifar10",)  # whose schemes begin where the float training ended


def variants(recipe: str) -> list[str]:
    """The variants of a recipe that comes with LightSim, in its order."""
    table = shipped_recipe(recipe)
    if table is None:
        sys.exit(f"no recipe '{recipe}'")
    return list(table["variants"])


def train(recipe: str, variant: str, seed: int, into: Path) -> None:
    """One training in a process of its own, unless it is done."""
    folder = into / f"{recipe}-{variant}-{seed}"
    if (folder / "summary.json").exists():
        return
    command = [
        sys.executable, "-c", "from lightsim.cli import main; main()",
        "train", recipe, "--variant", variant, "--seeds", str(seed), "--output", str(folder),
    ]  # fmt: skip
    start = into / f"{recipe}-float32-{seed}"
    if recipe in FROM_FLOAT and variant != "float32":
        command += ["--start", str(start)]
    begun = time.time()
    tell(folder.name)
    done = subprocess.run(command, check=False)
    minutes = (time.time() - begun) / 60
    tell(f"ended {done.returncode}, {minutes:.1f} minutes")


def tell(what: str) -> None:
    """A line with the time of day, on standard error."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {what}\n")
    sys.stderr.flush()


def table(into: Path) -> None:
    """What is done, from the summaries, in the order of the recipes and of their variants."""
    rows = []
    for recipe in RECIPES:
        for variant in variants(recipe):
            for summary in sorted(into.glob(f"{recipe}-{variant}-[0-9]*/summary.json")):
                rows += _rows(recipe, variant, json.loads(summary.read_text("utf-8")))
    frame = pd.DataFrame(rows)
    frame.to_csv(HERE / "papers.csv", index=False)
    text = [
        "# The papers' networks on the papers' data", "",
        f"{made_at('python results/training/papers.py --table')}. Errors on the whole official "
        "test set (10,000 images), of the exported integers; `float32`: of the float model. "
        "`paper` is table 3 of LightNN (GLSVLSI 2017), from trainings with other settings "
        "(dropout, hinge loss). One seed: differences of some 0.1 points say nothing. What is not "
        "here is not trained yet.", "",
        *_REMARKS, "",
        markdown(frame), "",
    ]  # fmt: skip
    (HERE / "papers.md").write_text("\n".join(text), "utf-8")


def _rows(recipe: str, variant: str, found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for seed in found["seeds"]:
        yield {
            "recipe": recipe,
            "variant": variant,
            "scheme": found["scheme"],
            "seed": seed["seed"],
            "epochs": found["epochs"],
            "from float": "yes" if found["start"] else "no",
            "test error, %": f"{100 - 100 * seed['accuracy']:.2f}",
            "paper, %": PAPER.get(recipe, {}).get(variant, "-"),
            "mean k": "-" if found["mean_k"] is None else f"{found['mean_k']:.2f}",
            "bit exact": {True: "yes", False: "NO", None: "-"}[seed["bit_exact"]],
        }


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser()
    parser.add_argument("recipes", nargs="*", default=list(RECIPES))
    parser.add_argument("--into", type=Path, default=Path("papers"))
    parser.add_argument("--seeds", default="0")
    parser.add_argument("--table", action="store_true")
    chosen = parser.parse_args()
    if chosen.table:
        table(chosen.into)
        return
    for seed in map(int, chosen.seeds.split(",")):
        for recipe in chosen.recipes:
            for variant in variants(recipe):
                train(recipe, variant, seed, chosen.into)


if __name__ == "__main__":
    main()

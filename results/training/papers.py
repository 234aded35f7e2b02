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
from pathlib import Path

import pandas as pd
from tables import markdown

from lightsim.training.recipes.shipped import shipped_recipe
from results.provenance import made_at

HERE = Path(__file__).parent
RECIPES = ("mnist-1hidden", "lenet", "cifar10-3conv", "resnet20-cifar10", "vgg7-quarter-cifar10")
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
    """What is done, from the summaries."""
    rows = []
    for summary in sorted(into.glob("*/summary.json")):
        found = json.loads(summary.read_text("utf-8"))
        for seed in found["seeds"]:
            rows.append(
                {
                    "network": found["network"],
                    "training": summary.parent.name.rpartition("-")[0],
                    "scheme": found["scheme"],
                    "seed": seed["seed"],
                    "epochs": found["epochs"],
                    "from float": "yes" if found["start"] else "no",
                    "test error %": round(100 - 100 * seed["accuracy"], 2),
                    "mean k": found["mean_k"],
                    "bit exact": seed["bit_exact"],
                }
            )
    frame = pd.DataFrame(rows)
    frame.to_csv(HERE / "papers.csv", index=False)
    text = [
        "# The papers' networks on the papers' data", "",
        f"{made_at('python results/training/papers.py --table')}. Errors on the whole official "
        "test set, of the exported integers (`float32`: of the float model).", "",
        markdown(frame), "",
    ]  # fmt: skip
    (HERE / "papers.md").write_text("\n".join(text), "utf-8")


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

"""The papers' networks on the papers' data: every recipe's variants trained, one after another.

    lightsim data mnist && lightsim data cifar10
    nice -n 19 python results/training/papers.py [RECIPE ...] [--into papers] [--seeds 0]

A training that is done is passed over, and one that was stopped goes on: the same command may be
given again at any time. With `--table` nothing is trained; what is done (in several folders, where
several `--into` name them) is written to `papers.csv`, `papers.md` and `papers.svg` beside this
file.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd
from costs import ENERGY_TABLE, PAPER_ENERGY, PAPER_UNIT_AREA, ROWS, energy_nj
from tables import markdown
from trade_off import Point, trade_off

from lightsim.training.recipes.shipped import shipped_recipe
from results.provenance import made_at

HERE = Path(__file__).parent
RECIPES = ("mnist-1hidden", "lenet", "cifar10-3conv", "resnet20-cifar10", "vgg7-quarter-cifar10")
# Ding, Liu, Shi, Marculescu, Blanton: LightNN, GLSVLSI 2017, table 3 (read in the paper): test
# errors in %. Its float network is called conventional there.
PAPER = {
    recipe: dict(zip(ROWS, errors, strict=True))
    for recipe, errors in {
        "mnist-1hidden": ("1.72", "1.86", "2.09", "4.10", "2.94", "3.10", "6.79"),
        "lenet": ("0.86", "1.29", "2.31", "4.63", "1.67", "1.86", "3.16"),
        "cifar10-3conv": ("21.16", "24.62", "26.11", "43.22", "32.58", "36.56", "73.82"),
    }.items()
}
_REMARKS = (
    "The rows of mnist-1hidden but `flightnn`, and `lenet float32`, were trained on 29 November "
    "2026 before the training loop became quicker (CHANGELOG): the same seed now gives other "
    "weights. A strength of 3e-5 leaves every filter of `mnist-1hidden flightnn` two terms; one of "
    "3e-4 left none.",
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


def table(folders: list[Path]) -> None:
    """What is done, from the summaries, in the order of the recipes and of their variants."""
    rows = []
    for recipe in RECIPES:
        for variant in variants(recipe):
            for into in folders:
                for summary in sorted(into.glob(f"{recipe}-{variant}-[0-9]*/summary.json")):
                    rows += _rows(into, recipe, variant, json.loads(summary.read_text("utf-8")))
    frame = pd.DataFrame(rows)
    frame.to_csv(HERE / "papers.csv", index=False)
    (HERE / "papers.svg").write_text(trade_off(_panels(frame)), "utf-8")
    counts = frame.groupby(["recipe", "variant"])["seed"].nunique()
    seeds = "One seed a row" if counts.max() == 1 else f"1 to {counts.max()} seeds, a row each"
    text = [
        "# The papers' networks on the papers' data", "",
        f"{made_at('python results/training/papers.py --table')}. Errors on the whole official "
        "test set (10,000 images), of the exported integers; `float32`: of the float model. "
        "`paper` is table 3 of LightNN (GLSVLSI 2017), from trainings with other settings "
        f"(dropout, hinge loss). {seeds}: differences of some 0.1 points say nothing. What is not "
        "here is not trained yet.", "",
        f"`nJ` an image: counted activity on the default accelerator of the zc706 times the table "
        f"`{ENERGY_TABLE}`, without the memory outside the chip; `float32` is the machine of "
        "`fixed8`, whose product is the paper's conventional multiplier in this table. XNOR lanes "
        "take activations of 8 bits as eight planes of one bit, where the paper's BinaryConnect "
        "adds or subtracts, and the first layer's inputs have 8 bits in every row: so our binary "
        "rows cost more than the k = 1 rows. The paper's machine fetches every operand anew and "
        "has no buffers to share, so that energies are to be compared within a column. `unit` is "
        "the paper's area of one multiply unit in square micrometres (digitised): the product has "
        "no areas of its own.",
        "", *_remarks(frame), "", markdown(frame), "", "![trade-off](papers.svg)", "",
    ]  # fmt: skip
    (HERE / "papers.md").write_text("\n".join(text), "utf-8")


def _panels(frame: pd.DataFrame) -> dict[str, tuple[list[Point], list[Point]]]:
    """For the picture: of every network of the paper its rows, ours (the mean) and the paper's."""
    found: dict[str, tuple[list[Point], list[Point]]] = {}
    for recipe, errors in PAPER.items():
        own = frame[(frame["recipe"] == recipe) & (frame["nJ"] != "-")]
        if own.empty:
            continue
        means = own.groupby("variant", sort=False)[["nJ", "test error, %"]].agg(
            lambda column: column.astype(float).mean()
        )
        ours = [
            (str(name), float(row.iloc[0]), float(row.iloc[1])) for name, row in means.iterrows()
        ]
        energies = PAPER_ENERGY[recipe]
        found[recipe] = ours, [(row, energies[row], float(errors[row])) for row in ROWS]
    return found


def _remarks(frame: pd.DataFrame) -> list[str]:
    """Sentences on the order of rows: ours beside the paper's, where it is another."""
    found = list(_REMARKS)
    for recipe, errors in PAPER.items():
        own = frame[frame["recipe"] == recipe].groupby("variant")["test error, %"]
        means = own.agg(lambda column: column.astype(float).mean())
        here = [row for row in ROWS if row in means.index]
        if len(here) < 2:
            continue
        ours = sorted(here, key=lambda row: means[row])
        theirs = sorted(here, key=lambda row: float(errors[row]))
        told = "the same order" if ours == theirs else f"the paper's: {', '.join(theirs)}"
        found += ["", f"Order of {recipe}, best first: {', '.join(ours)}; {told}."]
        turned = [
            f"{one} and {other} ({means[other] - means[one]:.2f} points, "
            f"{_in_errors(means[one], means[other]):.1f} standard errors)"
            for one, other in combinations(ours, 2)
            if theirs.index(one) > theirs.index(other)
        ]
        if turned:
            found[-1] += (
                f" Pairs in the other order: {'; '.join(turned)}; below two standard errors of a "
                "difference on 10,000 images the order is chance. Our images move by a pixel while "
                "training, and the rates fall; the paper trained with dropout and hinge loss."
            )
    return found


def _in_errors(one: float, other: float) -> float:
    """The difference of two error rates in per cent, in its standard errors on 10,000 images."""
    spread = sum(p * (100 - p) / 10_000 for p in (one, other))
    return float((other - one) / spread**0.5)


def _rows(into: Path, recipe: str, variant: str, found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for seed in found["seeds"]:
        energy = energy_nj(into, recipe, variant, seed["seed"])
        paper = PAPER_ENERGY.get(recipe, {}).get(variant)
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
            "nJ": "-" if energy is None else f"{energy:.1f}",
            "paper, nJ": "-" if paper is None else f"{paper:.1f}",
            "unit, paper": PAPER_UNIT_AREA.get(variant, "-"),
        }


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser()
    parser.add_argument("recipes", nargs="*", default=list(RECIPES))
    parser.add_argument("--into", type=Path, action="append")
    parser.add_argument("--seeds", default="0")
    parser.add_argument("--table", action="store_true")
    chosen = parser.parse_args()
    folders = chosen.into or [Path("papers")]
    if chosen.table:
        table(folders)
        return
    for seed in map(int, chosen.seeds.split(",")):
        for recipe in chosen.recipes:
            for variant in variants(recipe):
                train(recipe, variant, seed, folders[0])


if __name__ == "__main__":
    main()

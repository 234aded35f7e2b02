"""Training and search together against search alone: one network, one board, five seeds.

    python results/training/joint/joint.py [--seeds 0 1 2 3 4] [--trials 8]

For every seed `digits-small` is trained

- retrained: 40 epochs in float, and from there at each of several strengths 40 epochs under
  flightnn; accelerators are searched for each (`lightsim explore --retrain`);
- retrained, hardware in the loop: the same, second terms weighed by their cycles on the board;
- retrained, then k free: some of these candidates, searched with k free within losses;
- post-training: 80 epochs in float; as fixed8, accelerators are searched with the k of every
  filter free within several losses of accuracy (`lightsim explore --k free`).

Both search the same space with as many trials a search. Writes joint.csv, joint.md and, where
chromium is installed, joint.png beside itself. What is stopped goes on: rows
that joint.csv has are not made again.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import gettempdir

import pandas as pd
from joint_page import BATCH, BOARD, BOTH, HARDWARE, LANES, NETWORK, RETRAINED, ROUNDED, draw, page

from dse.retraining.candidates import read_strengths, retrain
from dse.retraining.search import search_candidates
from dse.search.explore import explore
from dse.study.study import parse_study
from lightsim.flow.training import train
from lightsim.training.recipes.entries import HardwareEntry
from lightsim.training.recipes.recipe import Recipe, parse_recipe

HERE = Path(__file__).parent
STRENGTHS = "0.001,0.003,0.005,0.01,0.015,0.02,0.03"
LOSSES = ("0.1 %", "0.5 %", "1 %", "2 %", "4 %", "8 %", "16 %")
FREED, FREED_LOSSES = ("0.001", "0.01", "0.03"), ("0.5 %", "2 %", "4 %")


def recipe_for(seed: int) -> Recipe:
    """40 epochs in float, 40 under flightnn; a fifth of the training images set apart."""
    table = {
        "network": NETWORK, "scheme": "flightnn", "float_epochs": 40, "epochs": 40,
        "seeds": [seed], "data": {"validation": 0.2}, "device": "cpu",
        "augmentation": {"shift": 1, "share": 0.5},
    }  # fmt: skip
    return parse_recipe(table, "joint.py")


def retrained_rows(seed: int, trials: int, folder: Path) -> list[dict]:
    """A point for every candidate."""
    return candidate_rows(recipe_for(seed), RETRAINED, trials, folder)


def hardware_rows(seed: int, trials: int, folder: Path) -> list[dict]:
    """The same with second terms weighed by their cycles on the board's default accelerator."""
    base = replace(
        recipe_for(seed), start=str(folder / "float"), float_epochs=0,
        hardware=HardwareEntry(board=BOARD, batch=BATCH),
    )  # fmt: skip
    return candidate_rows(base, HARDWARE, trials, folder / "hardware")


def candidate_rows(base: Recipe, way: str, trials: int, folder: Path) -> list[dict]:
    """A recipe retrained at all strengths, and the best design for each."""
    candidates = retrain(base, read_strengths(STRENGTHS, "STRENGTHS"), folder)
    points = search_candidates(
        candidates,
        BOARD,
        folder,
        axes={"batch": [BATCH], "lanes": [LANES]},
        search={"trials": trials},
    )
    return [
        {
            "seed": point.candidate.seed, "way": way, "setting": point.candidate.label,
            "images_per_s": point.throughput, "choosing_accuracy": point.choosing_accuracy,
            "accuracy": point.accuracy, "k": "/".join(map(str, point.candidate.k)),
        }
        for point in points
    ]  # fmt: skip


def rounded_rows(seed: int, trials: int, folder: Path) -> list[dict]:
    """A point for every loss that k may cost, from as many epochs, all of them in float."""
    base = recipe_for(seed)
    longer = replace(
        base, name="float", scheme="float32", epochs=base.float_epochs + base.epochs,
        float_epochs=0,
    )  # fmt: skip
    train(longer, folder / "longer")
    rounded = replace(
        base, name="fixed8", scheme="fixed8", epochs=0, float_epochs=0,
        start=str(folder / "longer"),
    )  # fmt: skip
    train(rounded, folder / "rounded")
    return [
        row
        for loss in LOSSES
        for row in free_rows(seed, ROUNDED, loss, folder / "rounded" / "network.toml", loss, trials)
    ]


def both_rows(seed: int, trials: int, folder: Path) -> list[dict]:
    """Points for some of the candidates, from which further terms are taken after training."""
    return [
        row
        for strength in FREED
        for loss in FREED_LOSSES
        for row in free_rows(
            seed, BOTH, f"{strength}, {loss}",
            folder / f"strength-{strength}" / f"seed-{seed}" / "network.toml", loss, trials,
        )
    ]  # fmt: skip


def free_rows(
    seed: int, way: str, setting: str, network: Path, loss: str, trials: int
) -> list[dict]:
    """The best design with the k of a network free within a loss."""
    table = {
        "board": BOARD, "network": [{"name": str(network)}],
        "axes": {"scheme": "flightnn", "batch": [BATCH], "lanes": [LANES], "k": [loss]},
    }  # fmt: skip
    rows = []
    for record in explore(parse_study(table, "joint.py", {"trials": trials})).front:
        digits = "".join(record.k.values())
        rows.append(
            {
                "seed": seed, "way": way, "setting": setting,
                "images_per_s": record.values["throughput_images_per_s"],
                "choosing_accuracy": record.values["choosing_accuracy"],
                "accuracy": record.values["accuracy"],
                "k": "/".join(str(digits.count(terms)) for terms in "012"),
            }
        )  # fmt: skip
    return rows


WAYS = {
    RETRAINED: retrained_rows, HARDWARE: hardware_rows, BOTH: both_rows, ROUNDED: rounded_rows,
}  # fmt: skip


def main() -> None:
    """Run what is not there yet, and write the three files."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    asked.add_argument("--trials", type=int, default=8)
    asked.add_argument("--folder", type=Path, default=Path(gettempdir()) / "lightsim-joint")
    own = asked.parse_args()
    table = HERE / "joint.csv"
    frame = pd.read_csv(table) if table.exists() else pd.DataFrame({"seed": [], "way": []})
    for seed in own.seeds:
        for way, rows_of in WAYS.items():
            if not ((frame.seed == seed) & (frame.way == way)).any():
                rows = rows_of(seed, own.trials, own.folder / f"seed-{seed}")
                frame = pd.concat([frame, pd.DataFrame(rows)]).astype({"seed": int})
                frame.to_csv(table, index=False, float_format="%.6g")
                sys.stderr.write(f"seed {seed}, {way}: done\n")
    (HERE / "joint.md").write_text(page(frame, list(WAYS), own.trials), encoding="utf-8")
    draw(frame, HERE / "joint.png")


if __name__ == "__main__":
    main()

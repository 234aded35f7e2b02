"""FLightNN's fronts and the distribution loss on CIFAR-10: variants of recipes, trained in turn.

    lightsim data cifar10
    nice -n 19 python results/training/cifar/cifar.py [RECIPE ...] [--into cifar] [--seeds 0]
        [--start papers/resnet20-cifar10-float32-0]

The recipes are the TOML files beside this one. A training that is done is passed over, and one that
was stopped goes on: the same command may be given again at any time. Each variant takes hours on a
processor.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
RECIPES = tuple(sorted(path.stem for path in HERE.glob("*.toml")))
FROM_FLOAT = ("flightnn-resnet20",)


def command(recipe: str, variant: str, seed: int, into: Path, start: Path | None) -> list[str]:
    """The `lightsim train` of one variant; `start` is where `FROM_FLOAT` recipes begin."""
    words = [
        sys.executable, "-c", "from lightsim.cli import main; main()",
        "train", str(HERE / f"{recipe}.toml"), "--variant", variant, "--seeds", str(seed),
        "--output", str(into / f"{recipe}-{variant}-{seed}"),
    ]  # fmt: skip
    return words + (["--start", str(start)] if start is not None and recipe in FROM_FLOAT else [])


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser()
    parser.add_argument("recipes", nargs="*", default=list(RECIPES))
    parser.add_argument("--into", type=Path, default=Path("cifar"))
    parser.add_argument("--seeds", default="0")
    parser.add_argument("--start", type=Path, default=None)
    chosen = parser.parse_args()
    for seed in map(int, chosen.seeds.split(",")):
        for recipe in chosen.recipes:
            table = tomllib.loads((HERE / f"{recipe}.toml").read_text("utf-8"))
            for variant in table["variants"]:
                if (chosen.into / f"{recipe}-{variant}-{seed}" / "summary.json").exists():
                    continue
                sys.stderr.write(f"{time.strftime('%H:%M:%S')} {recipe} {variant} {seed}\n")
                words = command(recipe, variant, seed, chosen.into, chosen.start)
                subprocess.run(words, check=False)


if __name__ == "__main__":
    main()

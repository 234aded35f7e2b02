"""Makes the images, the trained weights of every network and scheme, and their provenance.

Run from the repository's root, with the extra `train` installed:
    python workloads/digits/make_weights.py
"""

from __future__ import annotations

import argparse
import copy
import datetime
import hashlib
import json
import platform
from pathlib import Path
from typing import Any

import numpy as np
import sklearn
import torch
from numpy.typing import NDArray
from sklearn.datasets import load_digits

from lightsim.network.zoo import load_network
from lightsim.numerics.formats.scheme import SCHEMES, Scheme
from workloads.digits.folding import fold
from workloads.digits.formats import best_scale, levels, terms_of_filters
from workloads.digits.integers import LayerIntegers, integer_accuracy
from workloads.digits.training import Chain, Recipe, Stage, accuracy, fit

__all__ = ["main"]

Images = NDArray[np.uint8]
Labels = NDArray[np.int64]

COMMAND = "python workloads/digits/make_weights.py"
NETWORKS = ("digits", "digits-small")
SPLIT_SEED = 20261122
# Chosen on a fifth of the training images, kept apart for that; then trained on all of them.
FLOAT = Recipe(epochs=150, learning_rate=1e-2, weight_decay=1e-4, moved=0.5, seed=1)
ROUNDED = Recipe(epochs=120, learning_rate=5e-3, weight_decay=0.0, moved=0.5, seed=2)
BINARY = Recipe(epochs=200, learning_rate=1e-2, weight_decay=0.0, moved=0.0, seed=3)


def main() -> None:
    """Make everything, or stop with an error that leaves the old provenance in place."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path(__file__).parent, metavar="DIR")
    folder: Path = parser.parse_args().output
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    images, labels, held_out = digits()
    np.savez_compressed(folder / "images.npz", images=images, labels=labels, split=held_out)
    train = images[held_out == 0], labels[held_out == 0].astype(np.int64)
    test = images[held_out == 1], labels[held_out == 1].astype(np.int64)
    networks = {name: train_network(name, train, test, folder) for name in NETWORKS}
    provenance = {
        "command": COMMAND,
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "versions": {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "scikit-learn": sklearn.__version__,
            "numpy": np.__version__,
        },
        "data": {
            "source": "E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI "
            "Machine Learning Repository, 1998, doi 10.24432/C50P49 (CC BY 4.0): its test file "
            "of 1,797 images, as shipped by scikit-learn's load_digits",
            "split": f"every fifth of the images sorted by class after a permutation with seed "
            f"{SPLIT_SEED} is held out",
            "training": len(train[0]),
            "held_out": len(test[0]),
        },
        "networks": networks,
        "sha256": {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.glob("*.npz"))
        },
    }
    (folder / "provenance.json").write_text(json.dumps(provenance, indent=2) + "\n")


def digits() -> tuple[Images, NDArray[np.uint8], NDArray[np.uint8]]:
    """The images `uint8[n, 1, 8, 8]`, their labels, and 1 where an image is held out."""
    data = load_digits()
    images = data.images.astype(np.uint8)[:, None]
    labels = data.target.astype(np.uint8)
    permuted = np.random.default_rng(SPLIT_SEED).permutation(len(labels))
    by_class = permuted[np.argsort(labels[permuted], kind="stable")]
    held_out = np.zeros(len(labels), np.uint8)
    held_out[by_class[::5]] = 1
    return images, labels, held_out


def train_network(
    name: str, train: tuple[Images, Labels], test: tuple[Images, Labels], folder: Path
) -> dict[str, Any]:
    """Train, fold and store one network under every scheme; returns its provenance."""
    network = load_network(name)
    torch.manual_seed(FLOAT.seed)
    full = Chain(network)
    fit(full, *train, FLOAT)
    full.calibrate(train[0])
    rows: dict[str, Any] = {}
    for scheme in SCHEMES.values():
        chain, k, recipe = train_scheme(full, scheme, train)
        integers = fold(chain, scheme, k)
        store(folder / f"{name}-{scheme.name}.npz", integers)
        signs = scheme.name == "binary"
        rows[scheme.name] = {
            "seed": recipe.seed,
            "epochs": recipe.epochs,
            "learning_rate": recipe.learning_rate,
            "rounded_float_accuracy": _both(chain, train, test),
            "integer_accuracy": {
                "training": integer_accuracy(network, integers, *train, signs),
                "held_out": integer_accuracy(network, integers, *test, signs),
            },
            "k": {
                layer: {str(n): int((row == n).sum()) for n in (0, 1, 2)}
                for layer, row in k.items()
            },
        }
        print(name, scheme.name, json.dumps(rows[scheme.name]["integer_accuracy"]), flush=True)
    return {
        "parameters": network.parameters,
        "float": {
            "seed": FLOAT.seed,
            "epochs": FLOAT.epochs,
            "learning_rate": FLOAT.learning_rate,
            "accuracy": _both(full, train, test),
        },
        "schemes": rows,
    }


def train_scheme(
    full: Chain, scheme: Scheme, train: tuple[Images, Labels]
) -> tuple[Chain, dict[str, NDArray[np.int8]], Recipe]:
    """The network trained with its weights rounded, the k of every filter, and the recipe.

    Binary networks start afresh; the others start from the network trained in float.
    """
    if scheme.name == "binary":
        torch.manual_seed(BINARY.seed)
        chain = Chain(full.network)
        chain.make_binary()
        recipe = BINARY
    else:
        chain = copy.deepcopy(full)
        recipe = ROUNDED
    k = {name: _round_stage(stage, scheme) for name, stage in chain.stages.items()}
    fit(chain, *train, recipe)
    return chain, k, recipe


def store(path: Path, integers: dict[str, LayerIntegers]) -> None:
    """Write the file that `lightsim.quantisation.stored.trained` reads."""
    arrays = {
        f"{layer}.{field}": np.asarray(getattr(own, field))
        for layer, own in integers.items()
        for field in ("weights", "k", "bias", "multiplier", "shift")
    }
    np.savez_compressed(path, **arrays)


def _round_stage(stage: Stage, scheme: Scheme) -> NDArray[np.int8]:
    weights = stage.weight.detach().numpy()
    if scheme.name == "binary":
        # Unscaled, the last layer's sums would make the softmax all but hard.
        scale = 2 * float(weights[0].size) ** -0.5 if stage.last else 1.0
    else:
        scale = best_scale(weights, levels(scheme, scheme.max_terms))
    k = terms_of_filters(weights, scheme, scale, may_prune=not stage.last)
    stage.round_to([levels(scheme, int(terms)) for terms in k], scale)
    return k


def _both(
    chain: Chain, train: tuple[Images, Labels], test: tuple[Images, Labels]
) -> dict[str, float]:
    return {"training": accuracy(chain, *train), "held_out": accuracy(chain, *test)}


if __name__ == "__main__":
    main()

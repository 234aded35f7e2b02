"""The trained networks of the zoo made from folders of `lightsim train`: weights, images, tables.

    python results/training/ship.py papers/lenet-*-0 [--commit C]
    python results/training/ship.py --images

For every folder the weights go to `workloads/trained/NETWORK/SCHEME.npz` as packed code words, and
who trained them when and how to `provenance.json` beside them; the table `[trained]` of a network's
file and the table of `workloads/trained/README.md` are written again. Each network is read
back and computes what the folder's does on all images held out, or its weights are not kept.
`--images` takes the images of `workloads/images` from the data sets in the cache. The same folders
give the same files, bit for bit.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import sys
import tomllib
from pathlib import Path
from typing import Any

import numpy as np

from lightsim.datasets import DATASETS, load_dataset
from lightsim.datasets.formats.examples import Labelled
from lightsim.files.toml_text import toml_text
from lightsim.files.writing import write_file
from lightsim.network import load_network
from lightsim.network.trained_files import fingerprint
from lightsim.numerics.formats.scheme import SCHEMES, scheme
from lightsim.quantisation import accuracy, infer, load_trained
from lightsim.quantisation.stored.saving import store_images, store_integers
from lightsim.quantisation.workload import LabelledImages, Workload
from results.provenance import commit

WORKLOADS = Path(__file__).parents[2] / "workloads"
TRAINED, IMAGES = WORKLOADS / "trained", WORKLOADS / "images"
# Of each data set so many images come with LightSim: of its test set, and of its training images.
SHIPPED = {"mnist": (500, 500), "cifar10": (100, 64)}
_MARK = "\n[trained]\n"


def ship(folder: Path, made_at: str) -> None:
    """The network of a run directory goes into the zoo, under its scheme."""
    summary = json.loads((folder / "summary.json").read_text("utf-8"))
    recipe = tomllib.loads((folder / "recipe.toml").read_text("utf-8"))
    seed = summary["seeds"][0]
    trained = load_network(folder / "network.toml")
    assert trained.trained is not None
    (name,) = trained.trained.weights
    own = load_trained(trained, scheme(name))
    zoo = summary["network"].removesuffix("-signs").removesuffix("-bytes")
    path = TRAINED / zoo / f"{name}.npz"
    kept = path.read_bytes() if path.exists() else None
    before = _rows(zoo).get(name, {})
    store_integers(own, path, as_words=True)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    same = before.get("sha256") == digest
    dated = datetime.datetime.fromtimestamp((folder / "summary.json").stat().st_mtime, datetime.UTC)
    row = {
        "recipe": summary["name"],
        "seed": seed["seed"],
        "epochs": summary["epochs"],
        "float_epochs": summary["float_epochs"],
        "start": None if summary["start"] is None else Path(summary["start"]).name,
        "date": before["date"] if same else dated.date().isoformat(),
        "commit": before["commit"] if same else made_at,
        "versions": summary["versions"],
        "accuracy": seed["accuracy"],
        "images": summary["data"]["judging_images"],
        "accuracy_of_shipped_images": None,
        "k": seed["k"],
        "sha256": digest,
    }
    rows = {**_rows(zoo), name: row}
    describe(zoo, rows, summary["data"]["source"], recipe["data"]["source"])
    here = load_trained(load_network(zoo), scheme(name))
    if wrong := _differs(own, here, row):
        path.unlink() if kept is None else path.write_bytes(kept)
        sys.exit(f"{folder}: {wrong}")
    assert here.held_out is not None
    rows[name]["accuracy_of_shipped_images"] = accuracy(here, here.held_out)
    write_file(TRAINED / zoo / "provenance.json", json.dumps(rows, indent=1) + "\n")
    sys.stderr.write(f"{zoo} {name}: {100 * row['accuracy']:.2f} %, {path.stat().st_size} bytes\n")


def describe(zoo: str, rows: dict[str, Any], data: str, source: str) -> None:
    """Write the table `[trained]` of a network's file again."""
    path = WORKLOADS / "networks" / f"{zoo}.toml"
    head = path.read_text("utf-8").split(_MARK)[0].rstrip("\n") + "\n"
    names = [name for name in SCHEMES if name in rows]
    dates = sorted({rows[name]["date"] for name in names})
    provenance = f"lightsim train, {' and '.join(dates)}, workloads/trained/{zoo}/provenance.json"
    lines = [
        f"provenance = {toml_text(provenance)}",
        f"held_out = {toml_text(f'../images/{source}.npz')}",
        f"data = {toml_text(data)}",
        *([f"dataset = {toml_text(source)}"] if source in DATASETS else []),
        f"test_images = {rows[names[0]]['images']}",
        f"fingerprint = {toml_text(fingerprint(load_network(zoo)))}",
        "",
        "[trained.weights]",
        *(f"{name} = {toml_text(f'../trained/{zoo}/{name}.npz')}" for name in names),
        "",
        "[trained.accuracy]",
        *(f"{name} = {rows[name]['accuracy']!r}" for name in names),
    ]
    write_file(path, head + _MARK + "\n".join(lines) + "\n")


def table() -> None:
    """Write the table of what is trained: accuracy on the whole test set, in per cent."""
    path = TRAINED / "README.md"
    head = path.read_text("utf-8").split("\n| ")[0].rstrip("\n")
    lines = [
        "| network | test images | " + " | ".join(f"`{name}`" for name in SCHEMES) + " |",
        "|---" * (2 + len(SCHEMES)) + "|",
    ]
    for zoo in sorted(path.parent.name for path in TRAINED.glob("*/provenance.json")):
        rows = _rows(zoo)
        own = [f"{100 * rows[name]['accuracy']:.2f}" if name in rows else "-" for name in SCHEMES]
        images = next(iter(rows.values()))["images"]
        lines.append(f"| `{zoo}` | {images:,} | " + " | ".join(own) + " |")
    write_file(path, head + "\n\n" + "\n".join(lines) + "\n")


def _rows(zoo: str) -> dict[str, Any]:
    path = TRAINED / zoo / "provenance.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def _differs(own: Workload, here: Workload, row: dict[str, Any]) -> str | None:
    """What the network of the zoo does otherwise than the one that was trained, if anything."""
    images = own.held_out
    assert images is not None
    if row["images"] != len(images.images):
        return f"{row['images']} images judged, and {len(images.images)} are held out"
    for first in range(0, len(images.images), 500):
        part = images.images[first : first + 500]
        if not np.array_equal(infer(own, part), infer(here, part)):
            return "the network of the zoo computes something else"
    measured = accuracy(here, images)
    return None if measured == row["accuracy"] else f"accuracy {measured}, not {row['accuracy']}"


def ship_images(name: str) -> None:
    """Some images of a data set, evenly taken of its test set and of its training images."""
    examples = load_dataset(DATASETS[name])
    test, training = SHIPPED[name]
    parts = [_some(examples.held_out, test), _some(examples.training, training)]
    path = store_images(IMAGES / f"{name}.npz", parts[0], parts[1])
    sys.stderr.write(f"{name}: {test} + {training} images, {path.stat().st_size} bytes\n")


def _some(own: Labelled, count: int) -> LabelledImages:
    chosen = np.linspace(0, len(own) - 1, count).round().astype(int)
    return LabelledImages(own.images[chosen], own.labels[chosen].astype(np.int64), "data set")


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--images", action="store_true")
    parser.add_argument("--commit", default=None, help="that LightSim was at when it trained")
    chosen = parser.parse_args()
    if chosen.images:
        for name in SHIPPED:
            ship_images(name)
    for folder in chosen.folders:
        ship(folder, chosen.commit or commit())
    table()


if __name__ == "__main__":
    main()

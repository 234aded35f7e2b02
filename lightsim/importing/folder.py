"""An imported network as the files that every command takes: a folder with `network.toml`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from lightsim.errors import InputError
from lightsim.files.writing import write_file
from lightsim.importing.bring import Imported
from lightsim.quantisation.stored.saving import (
    IMAGES,
    NETWORK,
    store_images,
    store_integers,
    store_network,
)
from lightsim.quantisation.workload import LabelledImages

__all__ = ["IMPORT", "import_document", "import_text", "write_imported"]

IMPORT = "import.json"


def import_document(imported: Imported) -> dict[str, Any]:
    """What an import found, as `lightsim import --json` prints it."""
    steps = imported.quantised.steps
    return {
        "schema": "lightsim.import/1",
        "network": imported.network.name,
        "layers": len(imported.network.layers),
        "parameters": imported.network.parameters,
        "macs": imported.network.macs,
        "schemes": [own.scheme.name for own in imported.quantised.workloads],
        "operators": dict(sorted(imported.operators.items())),
        "terms": imported.terms,
        "steps": {name: row.step for name, row in steps.items()},
        "differing": imported.quantised.differing,
        "warnings": list(imported.warnings),
    }


def import_text(imported: Imported) -> str:
    """The document as text."""
    return json.dumps(import_document(imported), indent=2, ensure_ascii=False) + "\n"


def write_imported(imported: Imported, folder: Path) -> Path:
    """Write the network, its integers, its images and `import.json`; the network's file.

    Labelled images are written as the integers that the network takes: the first calibrate, the
    others are held out. Raises `OutputError` where a file cannot be written and `InputError` for
    labels that the network has no output for.
    """
    held_out = _images(imported, folder)
    files = {
        own.scheme.name: store_integers(own, folder / f"{own.scheme.name}.npz")
        for own in imported.quantised.workloads
    }
    write_file(folder / IMPORT, import_text(imported))
    origin = imported.quantised.workloads[0].weights_origin
    return store_network(
        imported.network, folder / NETWORK, files, provenance=origin, held_out=held_out,
        data=imported.samples.origin,
    )  # fmt: skip


def _images(imported: Imported, folder: Path) -> Path | None:
    """The labelled images as a file; None where there are no labels."""
    samples, network = imported.samples, imported.network
    if samples.labels is None:
        return None
    classes = network.layers[-1].output_shape.elements
    if samples.labels.min() < 0 or samples.labels.max() >= classes:
        raise InputError(
            "labels", f"from {samples.labels.min()} to {samples.labels.max()}",
            f"accepted: 0 to {classes - 1}, as the network has {classes} outputs",
        )  # fmt: skip
    step = imported.quantised.steps["input"]
    codes = np.clip(np.rint(samples.images / np.float32(step.step)), step.lowest, step.highest)
    whole = LabelledImages(codes.astype(np.int16), samples.labels, samples.origin)
    first = min(len(whole.labels) // 2, imported.calibrating)
    seen = LabelledImages(whole.images[:first], whole.labels[:first], whole.origin)
    rest = LabelledImages(whole.images[first:], whole.labels[first:], whole.origin)
    return store_images(folder / IMAGES, rest, seen if first else None)

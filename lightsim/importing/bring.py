"""A network's file from elsewhere brought in: read, lowered, given integers."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lightsim.errors import InputError
from lightsim.importing.integers.digits import terms_histogram
from lightsim.importing.integers.settling import KEEPING
from lightsim.importing.integers.workload import Quantised, fitting_schemes, quantised
from lightsim.importing.lowering.lower import Lowered, lower_graph
from lightsim.importing.onnx_file.reading import read_graph
from lightsim.importing.samples import Samples, calibrating, read_samples, seeded
from lightsim.network.layer import Network
from lightsim.numerics.formats.scheme import Scheme, scheme

__all__ = ["Imported", "Wanted", "import_file"]

_DEFAULT = "fixed8"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a user wants of an import: `data` an npz file of images, `input_shape` of the file's
    input with the batch first, `schemes` for the weights, `name` of the network; each may be
    left out."""

    data: Path | None = None
    input_shape: tuple[int, ...] | None = None
    schemes: tuple[str, ...] = ()
    name: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Imported:
    """A network that was brought in.

    `operators` counts those of the file, `terms` the weights of each layer by their number of
    signed digits; `warnings` say what is not as in the file. The first `calibrating` images of
    `samples` set steps.
    """

    lowered: Lowered
    quantised: Quantised
    samples: Samples
    operators: dict[str, int]
    terms: dict[str, dict[str, int]]
    warnings: tuple[str, ...]
    calibrating: int

    @property
    def network(self) -> Network:
        """The network as the house has it."""
        return self.quantised.network


def import_file(path: Path, wanted: Wanted | None = None) -> Imported:
    """The network of an ONNX file, with integers.

    Raises `InputError` for everything that cannot be had, with file, node and what would do, and
    `MissingExtraError` without the package `onnx`.
    """
    wanted = Wanted() if wanted is None else wanted
    named = [scheme(name) for name in wanted.schemes]
    lowered = lower_graph(read_graph(path), wanted.input_shape)
    warnings = list(lowered.warnings)
    if wanted.data is None:
        samples = seeded(lowered.input)
        if _is_calibrated(lowered):
            warnings.append(
                "no images were given: the steps of activations are those of random images, and "
                "the outputs of real ones may be clamped; --data samples.npz gives images"
            )
    else:
        samples = read_samples(wanted.data, lowered.input)
    origin = _origin(path, lowered, samples)
    images = calibrating(samples)
    found = quantised(
        lowered.input, lowered.drafts, _outline(path, lowered, wanted.name), images,
        named or _schemes(lowered.drafts), origin,
    )  # fmt: skip
    warnings += found.warnings
    warnings += _losses(found)
    terms = {
        row.layer.name: terms_histogram(row.weights.astype(np.int32))
        for row in found.workloads[0].layers if row.weights is not None
    }  # fmt: skip
    return Imported(lowered, found, samples, lowered.operators, terms, tuple(warnings), len(images))


def _is_calibrated(lowered: Lowered) -> bool:
    """Whether the images decide on anything: on the step of a tensor that the file leaves open."""
    return lowered.input.grid is None or any(
        draft.grid is None
        and draft.name not in lowered.outputs
        and draft.layer.operator not in KEEPING
        for draft in lowered.drafts
    )


def _schemes(drafts: Sequence[object]) -> list[Scheme]:
    fitting = fitting_schemes(drafts)  # type: ignore[arg-type]
    return fitting[:1] or [scheme(_DEFAULT)]


def _losses(found: Quantised) -> list[str]:
    """What is said of layers whose outputs are not always the file's."""
    worst = Counter(found.differing).most_common(3)
    if not worst:
        return []
    told = ", ".join(f"'{name}' {share:.2%}" for name, share in worst)
    rest = len(found.differing) - len(worst)
    more = f", and {rest} others less" if rest > 0 else ""
    return [
        "multipliers have 15 bits here: some sums give a code that is one off the file's, at the "
        f"most this share of them: {told}{more}"
    ]


def _origin(path: Path, lowered: Lowered, samples: Samples) -> str:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    if _is_calibrated(lowered):
        return f"imported from {path.name}, sha256 {digest}; calibrated by {samples.origin}"
    return f"imported from {path.name}, sha256 {digest}"


def _outline(path: Path, lowered: Lowered, name: str | None) -> Network:
    """The network but for its layers."""
    own = re.sub(r"[^A-Za-z0-9_.\-]+", "-", path.stem if name is None else name).strip("-_.")
    own = own[:64] or "network"
    if name is not None and own != name:
        raise InputError("name", f"'{name}'", f"letters, digits, _ - and ., as '{own}'")
    made = f" by {lowered.graph.producer}" if lowered.graph.producer else ""
    return Network(
        name=own, title=f"{path.name}, imported", input_shape=lowered.input.shape, input_bits=8,
        input_signed=False, layers=tuple(draft.layer for draft in lowered.drafts),
        binary_activations=False, source=f"{path.name}, opset {lowered.graph.opset}{made}",
    )  # fmt: skip

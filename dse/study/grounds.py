"""The grounds of a study's trials, beside its text: contents of files, and a seed that draws.

Trials that were measured on different weights must not be mixed: the bound holds only for the
present weights, and with other weights other designs would have been closed.
"""

from __future__ import annotations

from hashlib import sha256
from importlib.resources.abc import Traversable
from pathlib import Path

from dse.study.study import Study
from lightsim.datasets import DATASETS
from lightsim.flow.whole_data import in_cache
from lightsim.network import load_network
from lightsim.network.layer import Network
from lightsim.quantisation.stored.trained import trained_schemes

__all__ = ["grounds"]

_DIGITS = 16


def grounds(study: Study) -> dict[str, str]:
    """The grounds of a study's trials, as texts by name. Trials may be mixed if their grounds are
    equal.

    The seed is among the grounds if it draws weights (of a scheme without trained weights) or the
    samples by which a free k is judged. A seed that only drives a sampler is no ground and may
    change. Raises `InputError` for a network that cannot be read.
    """
    found: dict[str, str] = {}
    for share in study.shares:
        network = load_network(share.network)
        found |= _network(share.network, network)
        drawn = any(scheme not in trained_schemes(network) for scheme in study.axes["scheme"])
        if drawn or study.chooses_k:
            found["seed"] = str(study.search.seed)
        if study.chooses_k:
            found |= _data_set(share.network, network)
    if study.board_name.endswith(".toml"):
        found[f"board '{study.board_name}'"] = _digest(Path(study.board_name))
    if study.accuracy.file is not None:
        found[f"losses '{study.accuracy.file}'"] = _digest(Path(study.accuracy.file))
    return found


def _network(name: str, network: Network) -> dict[str, str]:
    """The digests of a user's network file and of its weights and images. A network of the zoo
    comes with LightSim and has none."""
    if not name.endswith(".toml"):
        return {}
    found = {f"network '{name}'": _digest(Path(name))}
    if network.trained is not None:
        for scheme, file in network.trained.weights.items():
            found[f"{scheme} weights of '{name}'"] = _digest(file)
        if network.trained.held_out is not None:
            found[f"images of '{name}'"] = _digest(network.trained.held_out)
    return found


def _data_set(name: str, network: Network) -> dict[str, str]:
    """The images by which a free k of a network with a data set is chosen, as a ground."""
    if network.trained is None or network.trained.dataset is None:
        return {}
    whole = in_cache(network)
    images = (
        DATASETS[network.trained.dataset].sha256[:_DIGITS] if whole else "those that come with it"
    )
    return {f"images to choose k of '{name}'": images}


def _digest(file: Path | Traversable) -> str:
    """A digest of a file's content, or `missing`: an error is left to the reader of the file."""
    if not file.is_file():
        return "missing"
    return sha256(file.read_bytes()).hexdigest()[:_DIGITS]

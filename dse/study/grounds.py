"""What the trials of a study rest on beside its text: contents of files, and a seed that draws.

A trial that was measured on other weights must not stand beside those of today: the bound is that
of today's weights, and closed designs would be others.
"""

from __future__ import annotations

from hashlib import sha256
from importlib.resources.abc import Traversable
from pathlib import Path

from dse.study.study import Study
from lightsim.network import load_network
from lightsim.network.layer import Network
from lightsim.quantisation.stored.trained import trained_schemes

__all__ = ["grounds"]

_DIGITS = 16


def grounds(study: Study) -> dict[str, str]:
    """What was measured, by what it is called: texts that are equal where the trials agree.

    The seed is among them where it draws weights (a scheme without trained ones) or the samples by
    which a free k is judged; where it only drives a sampler it may change. Raises `InputError` for
    a network that cannot be read.
    """
    found: dict[str, str] = {}
    for share in study.shares:
        network = load_network(share.network)
        found |= _network(share.network, network)
        drawn = any(scheme not in trained_schemes(network) for scheme in study.axes["scheme"])
        if drawn or study.chooses_k:
            found["seed"] = str(study.search.seed)
    if study.board_name.endswith(".toml"):
        found[f"board '{study.board_name}'"] = _digest(Path(study.board_name))
    if study.accuracy.file is not None:
        found[f"losses '{study.accuracy.file}'"] = _digest(Path(study.accuracy.file))
    return found


def _network(name: str, network: Network) -> dict[str, str]:
    """A network of the user's, and its weights and images; those of the zoo come with LightSim."""
    if not name.endswith(".toml"):
        return {}
    found = {f"network '{name}'": _digest(Path(name))}
    if network.trained is not None:
        for scheme, file in network.trained.weights.items():
            found[f"{scheme} weights of '{name}'"] = _digest(file)
        if network.trained.held_out is not None:
            found[f"images of '{name}'"] = _digest(network.trained.held_out)
    return found


def _digest(file: Path | Traversable) -> str:
    """Digits of a file's content; a file that is missing is told by who reads it."""
    if not file.is_file():
        return "missing"
    return sha256(file.read_bytes()).hexdigest()[:_DIGITS]

"""Workloads that a file of integers cannot hold."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lightsim.errors import InputError, OutputError
from lightsim.network import load_network
from lightsim.numerics.formats.scheme import scheme
from lightsim.quantisation import (
    load_trained,
    save_trained,
)


def test_what_a_file_cannot_hold_is_not_written(tmp_path: Path):
    own = load_trained(load_network("digits-small"), scheme("fixed8"))
    layer = replace(own.layers[0], rounding="floor")
    for wrong in (layer, replace(own.layers[0], highest=100)):
        with pytest.raises(InputError, match="layer 'conv1'"):
            save_trained([replace(own, layers=(wrong,))], tmp_path / "new", provenance="x")
    assert not (tmp_path / "new").exists()
    with pytest.raises(OutputError, match="cannot be written"):
        (tmp_path / "file").write_text("")
        save_trained([own], tmp_path / "file", provenance="x")

"""Workloads with unusual clamps and roundings in files, and folders that cannot be written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lightsim.errors import InputError, OutputError
from lightsim.network import load_network
from lightsim.numerics.formats.scheme import scheme
from lightsim.quantisation import load_trained, save_trained


def test_unusual_rounding_and_clamps_are_kept(tmp_path: Path):
    own = load_trained(load_network("digits-small"), scheme("fixed8"))
    first = replace(own.layers[0], rounding="half_even", lowest=3, highest=100)
    path = save_trained([replace(own, layers=(first, *own.layers[1:]))], tmp_path, provenance="x")
    read = load_trained(load_network(path), scheme("fixed8")).layers
    assert (read[0].rounding, read[0].lowest, read[0].highest) == ("half_even", 3, 100)
    assert (read[1].rounding, read[1].highest) == ("half_up", own.layers[1].highest)
    with np.load(tmp_path / "fixed8.npz") as stored:
        arrays = {**stored, "conv1.highest": np.array(2)}
    np.savez(tmp_path / "fixed8.npz", **arrays)
    with pytest.raises(InputError, match=r"conv1: lowest, highest: 3, 2; accepted: a range inside"):
        load_trained(load_network(path), scheme("fixed8"))


def test_a_folder_that_cannot_be_written(tmp_path: Path):
    own = load_trained(load_network("digits-small"), scheme("fixed8"))
    with pytest.raises(OutputError, match="cannot be written"):
        (tmp_path / "file").write_text("")
        save_trained([own], tmp_path / "file", provenance="x")

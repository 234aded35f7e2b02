"""Clamps and tables in files of trained integers: what is stored comes back, what is wrong not."""

from __future__ import annotations

import numpy as np
import pytest

from lightsim.errors import InputError
from lightsim.network import load_network
from lightsim.network.activations import CLAMPS, TABLES
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.quantisation import (
    infer,
    load_trained,
    save_trained,
    synthetic_images,
    synthetic_workload,
)
from tests.quantisation.networks import convolution
from tests.quantisation.networks import network as small_network


@pytest.mark.parametrize("activation", [*TABLES, *CLAMPS])
def test_clamps_and_tables_come_back_as_they_were_stored(activation, tmp_path):
    own = small_network(
        [
            convolution(4, activation=activation),
            {"name": "again", "operator": "requantise", "activation": activation},
            convolution(3, activation="relu"),
        ]
    )
    made = synthetic_workload(own, SCHEMES["flightnn"], 3)
    path = save_trained([made], tmp_path, provenance="made for a test")
    back = load_trained(load_network(path), SCHEMES["flightnn"])
    images = synthetic_images(own, 2, 1)
    assert np.array_equal(infer(back, images), infer(made, images))
    for one, other in zip(made.layers, back.layers, strict=True):
        assert (one.lowest, one.highest) == (other.lowest, other.highest)


def test_a_table_outside_its_type_is_refused(tmp_path):
    own = small_network([convolution(4, name="a", activation="sigmoid")])
    made = synthetic_workload(own, SCHEMES["flightnn"], 3)
    path = save_trained([made], tmp_path, provenance="made for a test")
    file = tmp_path / "flightnn.npz"
    with np.load(file) as stored:
        arrays = dict(stored)
    arrays["a.table"][7] = -1
    np.savez(file, **arrays)
    with pytest.raises(InputError, match=r"a\.table: holds -1 to"):
        load_trained(load_network(path), SCHEMES["flightnn"])

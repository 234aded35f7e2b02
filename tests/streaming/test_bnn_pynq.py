"""CNV and LFC as BNN-PYNQ built them: the cycles measured on two boards."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lightsim.network import load_network
from lightsim.numerics.formats.scheme import scheme
from lightsim.quantisation.select import quantise
from lightsim.streaming.description.file import load_design
from lightsim.streaming.mapping.build import lay_out
from lightsim.streaming.timeline.model import run

FOLDER = Path(__file__).parents[2] / "results" / "streaming" / "bnn_pynq"


@pytest.mark.parametrize(
    ("network", "accelerator", "measured", "within", "images"),
    [("cnv-64", "cnv-pynq", 32787, 0.01, 12), ("lfc-832", "lfc-pynq", 841.2, 0.05, 300)],
)
def test_cycles_an_image(network, accelerator, measured, within, images):
    workload = quantise(load_network(str(FOLDER / f"{network}.toml")), scheme("binary"), 0)
    pipeline = lay_out(workload, load_design(FOLDER / f"{accelerator}.toml")[0])
    # The interval is proven in results/streaming/bnn_pynq/bnn_pynq.md; here are its last images.
    last = np.diff(run(pipeline, images).done(pipeline))[-8:-4]
    assert len(set(last.tolist())) == 1
    assert last[0] == pytest.approx(measured, rel=within)

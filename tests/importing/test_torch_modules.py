"""PyTorch modules brought in by their own exporter."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import lightsim
from lightsim.errors import InputError
from lightsim.flow.bringing import file_of

torch = pytest.importorskip("torch", reason="torch is the extra 'train'")


def module(*more):
    torch.manual_seed(0)
    return torch.nn.Sequential(
        torch.nn.Conv2d(2, 6, 3, padding=1, bias=False), torch.nn.BatchNorm2d(6), torch.nn.ReLU6(),
        torch.nn.MaxPool2d(2), *more, torch.nn.Flatten(), torch.nn.Linear(6 * 16, 4),
    )  # fmt: skip


def test_a_module_runs_with_an_accuracy():
    images, labels = np.random.default_rng(0).normal(0, 1, (12, 2, 8, 8)), np.arange(12) % 4
    own = module().train()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        network = lightsim.from_torch(own, images, labels, name="mine")
    assert own.training  # as it was
    report = lightsim.run(network, board="pynq-z2", tracing=False)
    assert report.network == "mine" and report.bit_exact and report.accuracy_images == 6
    with torch.no_grad():
        real = own.eval()(torch.as_tensor(images[6:], dtype=torch.float32)).argmax(1).numpy()
    # The integers choose as the module does, but for ties.
    assert abs(report.accuracy - np.mean(real == labels[6:])) <= 1 / 6
    assert lightsim.load_network(file_of(network)) == network


def test_what_is_no_module_or_cannot_be_had():
    images = np.zeros((1, 2, 8, 8))
    with pytest.raises(InputError, match=r"module: is list; accepted: a torch\.nn\.Module"):
        lightsim.from_torch([], images)
    with pytest.raises(InputError, match=r"sample: is float64 of shape \[0, 2\]"):
        lightsim.from_torch(module(), np.zeros((0, 2)))
    with pytest.raises(InputError, match="module Sequential: cannot be exported: RuntimeError"):
        lightsim.from_torch(module(), np.zeros((1, 3, 8, 8)))
    with pytest.raises(InputError, match=r"\(LSTM|\(Tanh\).*would need a table"):
        lightsim.from_torch(module(torch.nn.Tanh()), images)

"""Networks in real numbers: what is lowered equals ONNX Runtime, and runs on a machine."""

from __future__ import annotations

import numpy as np
import pytest

import lightsim
from lightsim.importing.bring import Wanted, import_file
from lightsim.importing.integers.real_run import real_outputs
from lightsim.quantisation import infer
from tests.importing.files import File, codes, runtime


def residual(file):
    x = file.node("Relu", [file.conv("image", 8, 3, pads=[1, 1, 1, 1])])
    y = file.conv(x, 8, 8, pads=[1, 1, 1, 1])
    norm = [file.constant(file.rng.uniform(0.5, 1.5, 8)), file.random(8), file.random(8),
            file.constant(file.rng.uniform(0.5, 2, 8))]  # fmt: skip
    y = file.node("BatchNormalization", [y, *norm], epsilon=1e-3)
    return file.node("Relu", [file.node("Add", [x, y])])


def classifier(file, x, features, classes=5):
    x = file.node("Flatten", [x])
    weights = file.random(features, classes)
    return file.node("Softmax", [file.node("Add", [file.node("MatMul", [x, weights]),
                                                   file.random(classes)])])  # fmt: skip


def plain(file):
    return file.node("Relu", [file.conv("image", 6, 3)])


def pooled(file):
    x = file.node("MaxPool", [residual(file)], kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
    return classifier(file, file.node("GlobalAveragePool", [x]), 8)


def joined(file):
    x = file.node("Relu", [file.conv("image", 4, 3, strides=[2, 2], pads=[1, 1, 1, 1])])
    left = file.node("Relu", [file.conv(x, 4, 4, kernel=1)])
    right = file.conv(x, 6, 4, pads=[1, 1, 1, 1])  # signed beside unsigned
    x = file.node("Concat", [left, right], axis=1)
    return classifier(file, file.node("AveragePool", [x], kernel_shape=[2, 2], strides=[2, 2]),
                      10 * 9)  # fmt: skip


def before_the_convolution(file):
    """Batch normalisation and ReLU that no convolution can take: as in DenseNet."""
    x = file.conv("image", 4, 3)
    y = file.node("Mul", [x, file.random(4, 1, 1)])
    y = file.node("Relu", [file.node("Add", [y, file.random(1, 4, 1, 1)])])
    return file.node("Concat", [x, file.conv(y, 4, 4, kernel=1)], axis=1)


def mobile(file):
    x = file.node("Clip", [file.conv("image", 8, 3), file.constant(0.0), file.constant(6.0)])
    x = file.conv(x, 8, 8, groups=8, pads=[0, 0, 1, 1], strides=[2, 2])
    x = file.node("Clip", [x, file.constant(0.0), file.constant(6.0)])
    x = file.node("ReduceMean", [file.conv(x, 8, 8, kernel=1)], axes=[2, 3], keepdims=0)
    return file.node("Gemm", [x, file.random(4, 8), file.random(4)], transB=1, alpha=0.5)


def channels_last(file):
    """As Keras writes it: rows, columns, channels, and a Pad of its own."""
    x = file.node("Transpose", ["image"], perm=[0, 3, 1, 2])
    x = file.node("Pad", [x, file.constant([0, 0, 0, 0, 0, 0, 1, 1], np.int64)])
    x = file.node("Relu", [file.conv(x, 6, 3, strides=[2, 2])])
    x = file.node("Transpose", [x], perm=[0, 2, 3, 1])
    x = file.node("Reshape", [x, file.constant([1, -1], np.int64)])
    return file.node("MatMul", [x, file.random(6 * 36, 4)])


def by_shape(file):
    """A Reshape whose shape is computed, as exporters write a view."""
    x = plain(file)
    size = file.node("Gather", [file.node("Shape", [x]), file.constant(0, np.int64)], axis=0)
    first = file.node("Unsqueeze", [size, file.constant([0], np.int64)])
    shape = file.node("Concat", [first, file.constant([-1], np.int64)], axis=0)
    return file.node("MatMul", [file.node("Reshape", [x, shape]), file.random(6 * 100, 3)])


def u_shaped(file):
    """Dilated, halved, doubled again and joined with what it was."""
    x = file.node("Relu", [file.conv("image", 4, 3, pads=[2, 2, 2, 2], dilations=[2, 2])])
    y = file.node("Relu", [file.conv(x, 4, 4, strides=[2, 2], pads=[1, 1, 1, 1])])
    scales = file.constant([1, 1, 2, 2])
    y = file.node("Resize", [y, "", scales], mode="nearest",
                  coordinate_transformation_mode="asymmetric", nearest_mode="floor")  # fmt: skip
    return file.conv(file.node("Concat", [x, y], axis=1), 2, 8, kernel=1)


NETWORKS = {
    "plain": (plain, (1, 3, 12, 12)),
    "pooled": (pooled, (1, 3, 12, 12)),
    "joined": (joined, (1, 3, 12, 12)),
    "before": (before_the_convolution, (1, 3, 8, 8)),
    "mobile": (mobile, (1, 3, 13, 13)),
    "channels last": (channels_last, (1, 12, 12, 3)),
    "u shaped": (u_shaped, (1, 3, 12, 12)),
    "by shape": (by_shape, (1, 3, 12, 12)),
}


@pytest.fixture(params=NETWORKS)
def network(request, tmp_path):
    make, shape = NETWORKS[request.param]
    file = File(shape, opset=13)
    path = file.save(tmp_path, make(file))
    return path, np.random.default_rng(1).normal(0, 1, (8, *shape[1:])).astype(np.float32)


def without_softmax(values, path):
    """Softmax at the end is left out: its inputs but for a constant are its logarithms."""
    if "Softmax" in path.read_bytes().decode("latin-1"):
        values = np.log(values)
        return values - values.mean(axis=1, keepdims=True)
    return values


def test_lowered_layers_compute_what_the_file_computes(network):
    path, images = network
    imported = import_file(path)
    turned = images if images.shape[1] == 3 else images.transpose(0, 3, 1, 2)
    last = imported.network.layers[-1].name
    found = real_outputs(imported.quantised.drafts, turned, [last])[last]
    expected = np.concatenate([runtime(path, image[None]) for image in images])
    expected = without_softmax(expected, path).reshape(found.shape)
    if "Softmax" in path.read_bytes().decode("latin-1"):
        found = found - found.mean(axis=1, keepdims=True)
    assert np.allclose(found, expected, atol=1e-4 * np.abs(expected).max())


def test_integers_come_near_the_real_outputs(network, tmp_path):
    path, images = network
    np.savez(tmp_path / "data.npz", images=images)
    imported = import_file(path, Wanted(tmp_path / "data.npz"))
    assert not any("no images" in text for text in imported.warnings)
    turned = images if images.shape[1] == 3 else images.transpose(0, 3, 1, 2)
    last = imported.network.layers[-1].name
    real = real_outputs(imported.quantised.drafts, turned, [last])[last]
    found = infer(imported.quantised.workloads[0], codes(imported, turned))
    # Eight bits of weights and activations: the error is a few steps of some hundred.
    assert np.corrcoef(found.reshape(-1), real.reshape(-1))[0, 1] > 0.998


def test_a_file_runs_and_every_stored_layer_is_exact(network):
    path, _ = network
    report = lightsim.run(str(path), board="pynq-z2", tracing=False)
    assert report.bit_exact and report.cycles > 0
    assert report.network == "net"
    assert any("no images were given" in note for note in report.notes)

"""Files with integers: the integers are the file's, and the outputs those of ONNX Runtime."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_static,
)

import lightsim
from lightsim.importing.bring import import_file
from lightsim.quantisation import infer
from tests.importing.files import QONNX, File, codes, runtime
from tests.numerics.oracle import served

_BYTE = np.int8


def grid(file, x, scale, zero=0, kind=np.uint8):
    """QuantizeLinear and DequantizeLinear behind a layer."""
    given = [file.constant(scale), file.constant(zero, kind)]
    return file.node("DequantizeLinear", [file.node("QuantizeLinear", [x, *given]), *given])


def weights(file, shape, scale, axis=0):
    """Integers between -127 and 127, and DequantizeLinear behind them."""
    values = file.rng.integers(-127, 128, shape)
    scales = np.broadcast_to(scale, shape[axis])
    parts = [file.constant(values, _BYTE), file.constant(scales),
             file.constant(np.zeros(shape[axis]), _BYTE)]  # fmt: skip
    return file.node("DequantizeLinear", parts, axis=axis)


def powers(file):
    """A network whose scales are powers of two, some of them other for each filter."""
    x = grid(file, "image", 2.0**-5, kind=_BYTE)
    scale = 2.0 ** -file.rng.integers(7, 9, 8)
    x = file.node("Conv", [x, weights(file, (8, 3, 3, 3), scale)], pads=[1, 1, 1, 1])
    x = grid(file, file.node("Relu", [x]), 2.0**-4)
    x = file.node("MaxPool", [x], kernel_shape=[2, 2], strides=[2, 2])
    x = file.node("Conv", [x, weights(file, (8, 1, 3, 3), 2.0**-9)], group=8)
    x = grid(file, x, 2.0**-3, kind=_BYTE)  # signed, in the middle
    x = file.node("Flatten", [x])
    x = file.node("Gemm", [x, weights(file, (5, 8 * 16), 2.0**-8)], transB=1)
    return grid(file, x, 2.0**-1, kind=_BYTE)


@pytest.fixture
def path(tmp_path):
    file = File((1, 3, 12, 12))
    return file.save(tmp_path, powers(file))


def images_of(count=16):
    return np.random.default_rng(5).normal(0, 1, (count, 3, 12, 12)).astype(np.float32)


def expected_codes(path, images, step):
    # Unoptimised: every operator by itself, in numbers that float32 holds exactly here.
    found = np.concatenate([runtime(path, image[None], optimised=False) for image in images])
    return np.rint(found / np.float32(step)).reshape(len(images), -1)


def found_codes(imported, images):
    last = imported.network.layers[-1].name
    out = infer(imported.quantised.workloads[0], codes(imported, images), keep=[last])[last]
    return out.reshape(len(images), -1), imported.quantised.steps[last].step


def test_scales_of_powers_of_two_give_the_file_s_integers(path):
    imported, images = import_file(path), images_of()
    assert imported.warnings == () and not imported.quantised.differing
    found, step = found_codes(imported, images)
    assert step == 0.5
    assert (found == expected_codes(path, images, step)).all()
    assert len(np.unique(found)) > 20


def test_weights_are_those_of_the_file(path):
    stored = [onnx.numpy_helper.to_array(one) for one in onnx.load(path).graph.initializer]
    values = [array for array in stored if array.dtype == np.int8 and array.size > 30]
    layers = [one for one in import_file(path).quantised.workloads[0].layers
              if one.weights is not None]  # fmt: skip
    for array, layer in zip(values, layers, strict=True):
        assert (layer.weights.reshape(array.shape) == array).all()
    assert {layer.scheme.name for layer in layers} == {"fixed8"}


def test_a_file_of_integers_runs_on_the_machine(path):
    report = lightsim.run(str(path), board="pynq-z2", tracing=False)
    assert report.bit_exact


class Reader(CalibrationDataReader):
    def __init__(self, name):
        rng = np.random.default_rng(2)
        self.rows = iter(rng.normal(0, 1, (8, 1, 3, 12, 12)).astype(np.float32))
        self.name = name

    def get_next(self):
        row = next(self.rows, None)
        return None if row is None else {self.name: row}


@pytest.mark.parametrize("form", [QuantFormat.QDQ, QuantFormat.QOperator])
@pytest.mark.parametrize("per_channel", [False, True])
def test_what_onnx_runtime_quantises(tmp_path, form, per_channel):
    """Scales of any value: outputs one off at the most, as rarely as the import says."""
    served("ConvInteger")
    file = File((1, 3, 12, 12), opset=13)
    x = file.node("Relu", [file.conv("image", 8, 3, pads=[1, 1, 1, 1])])
    x = file.node("MaxPool", [x], kernel_shape=[2, 2], strides=[2, 2])
    x = file.node("Relu", [file.conv(x, 8, 8)])
    x = file.node("Gemm", [file.node("Flatten", [x]), file.random(128, 5), file.random(5)])
    real = file.save(tmp_path, x, "real.onnx")
    path = tmp_path / "whole.onnx"
    quantize_static(
        real, path, Reader("image"), quant_format=form, per_channel=per_channel,
        activation_type=QuantType.QInt8, weight_type=QuantType.QInt8,
        extra_options={"ActivationSymmetric": True},
    )  # fmt: skip
    imported, images = import_file(path), images_of(64)
    found, step = found_codes(imported, images)
    wanted = np.concatenate([runtime(path, image[None]) for image in images])
    wanted = np.rint(wanted.reshape(len(images), -1) / np.float32(step))
    off = np.abs(found - wanted)
    assert off.max() <= 1 and (off > 0).mean() < 0.05
    assert all(share < 0.01 for share in imported.quantised.differing.values())


def quant(file, x, scale, bits, *, signed=1, narrow=0):
    given = [file.constant(scale), file.constant(0.0), file.constant(float(bits))]
    return file.node(
        "Quant", [x, *given], domain=QONNX, signed=signed, narrow=narrow, rounding_mode="ROUND"
    )


def brevitas_like(file, bits):
    """As Brevitas exports: weights as reals through Quant, activations after each ReLU."""
    x = quant(file, "image", 2.0**-5, 8)
    for filters, channels in ((6, 3), (6, 6)):
        real = file.random(filters, channels, 3, 3)
        x = file.node("Conv", [x, quant(file, real, 2.0 ** (1 - bits), bits, narrow=1)])
        norm = [file.constant(np.ones(filters) * 0.5), file.random(filters),
                file.constant(np.zeros(filters)),
                file.constant(np.ones(filters) - 2.0**-10)]  # fmt: skip
        x = file.node("BatchNormalization", [x, *norm], epsilon=2.0**-10)
        x = quant(file, file.node("Relu", [x]), 2.0 ** (1 - bits), bits, signed=0)
    x = file.node("Flatten", [x])
    return file.node("MatMul", [x, quant(file, file.random(6 * 64, 4), 2.0**-4, bits, narrow=1)])


@pytest.mark.parametrize("bits", [2, 4, 8])
def test_qonnx_networks_of_few_bits(tmp_path, bits):
    file = File((1, 3, 12, 12))
    path = file.save(tmp_path, brevitas_like(file, bits))
    imported = import_file(path)
    assert imported.warnings == ()
    (workload,) = imported.quantised.workloads
    assert [one.output.bits for one in workload.layers] == [bits, bits, 32]
    assert {2: "fixed4", 4: "fixed4", 8: "fixed8"}[bits] == workload.scheme.name
    expected = naive(imported, images_of(4))
    found, _ = found_codes(imported, images_of(4))
    unit = imported.quantised.steps[imported.network.layers[-2].name].step * 2.0**-4
    assert (found * unit == expected).all()
    assert lightsim.run(str(path), tracing=False).bit_exact


def naive(imported, images):
    """The file's own arithmetic in float64: exact, for all scales are powers of two."""
    from numpy.lib.stride_tricks import sliding_window_view

    x = np.clip(np.rint(images.astype(np.float64) * 32), -128, 127) / 32
    for draft in imported.quantised.drafts[:-1]:
        values = draft.codes.values * draft.codes.scale[:, None, None, None]
        seen = sliding_window_view(x, (3, 3), axis=(2, 3))
        out = np.einsum("nchwyx,fcyx->nfhw", seen, values) + draft.bias[:, None, None]
        out = np.clip(np.rint(out / draft.grid.scale), 0, draft.grid.highest)
        x = out * draft.grid.scale
    last = imported.quantised.drafts[-1]
    flat = last.codes.values.reshape(len(last.codes.values), -1) * last.codes.scale[:, None]
    return x.reshape(len(x), -1) @ flat.T


def test_bipolar_networks_are_binary(tmp_path):
    file = File((1, 2, 8, 8))
    one = file.constant(1.0)
    x = file.node("BipolarQuant", ["image", one], domain=QONNX)
    for filters, channels in ((8, 2), (8, 8)):
        real = file.random(filters, channels, 3, 3)
        x = file.node("Conv", [x, file.node("BipolarQuant", [real, one], domain=QONNX)])
        x = file.node("BipolarQuant", [x, one], domain=QONNX)
    path = file.save(tmp_path, x)
    imported = import_file(path)
    assert imported.network.input_bits == 8  # a sign of the image is a layer of its own
    report = lightsim.run(str(path), tracing=False)
    assert report.bit_exact

"""Broken and hostile ONNX files by name: what each does to a model, or to its bytes."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from tests.importing.files import QONNX, File

__all__ = ["BYTES", "GRAPHS", "MODELS", "whole_model"]


def whole(file):
    x = file.node("Relu", [file.conv("image", 4, 2, pads=[1, 1, 1, 1])])
    x = file.node("Flatten", [x])
    return file.node("Gemm", [x, file.random(144, 3), file.random(3)])


def whole_model(folder):
    file = File((1, 2, 6, 6))
    return onnx.load(file.save(folder, whole(file)))


def _weights(model):
    return next(one for one in model.graph.initializer if one.name == "c0")


def _external(location, **entries):
    def change(model):
        tensor = _weights(model)
        size = len(tensor.raw_data)
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in {"location": location, "length": str(size), **entries}.items():
            tensor.external_data.add(key=key, value=value)

    return change


def _attribute(**values):
    def change(model):
        node = model.graph.node[0]
        for name, value in values.items():
            for old in [one for one in node.attribute if one.name == name]:
                node.attribute.remove(old)
            node.attribute.append(helper.make_attribute(name, value))

    return change


def _array(number, array):
    def change(model):
        name = model.graph.initializer[number].name
        model.graph.initializer[number].CopyFrom(numpy_helper.from_array(array, name))

    return change


def _opset(version):
    def change(model):
        model.opset_import[0].version = version

    return change


def _input(*shape, element=TensorProto.FLOAT):
    def change(model):
        model.graph.input[0].CopyFrom(helper.make_tensor_value_info("image", element, shape))

    return change


def _dims(*dims):
    def change(model):
        del _weights(model).dims[:]
        _weights(model).dims.extend(dims)

    return change


def _swap(model):
    model.graph.node[0].input[0] = model.graph.node[-1].output[0]


def _subgraph(model):
    model.graph.node[0].attribute.append(helper.make_attribute("body", model.graph))


def _function(model):
    model.functions.add(name="mine", domain="own")


def _sparse(model):
    model.graph.sparse_initializer.add()


MODELS = {
    "opset 1": _opset(1),
    "opset 99": _opset(99),
    "no opset": lambda model: model.ClearField("opset_import"),
    "no graph": lambda model: model.ClearField("graph"),
    "no nodes": lambda model: model.graph.ClearField("node"),
    "no output": lambda model: model.graph.ClearField("output"),
    "an output that nobody makes": lambda model: setattr(model.graph.output[0], "name", "none"),
    "no input": lambda model: model.graph.ClearField("input"),
    "two inputs": lambda model: model.graph.input.add(name="second"),
    "a circle": _swap,
    "a node that reads itself": lambda model: model.graph.node[0].input.__setitem__(
        0, model.graph.node[0].output[0]),
    "a name made twice": lambda model: model.graph.node[1].output.__setitem__(
        0, model.graph.node[0].output[0]),
    "an initialiser twice": lambda model: model.graph.initializer.append(_weights(model)),
    "a missing initialiser": lambda model: model.graph.initializer.remove(_weights(model)),
    "a graph inside": _subgraph,
    "a function": _function,
    "sparse weights": _sparse,
    "weights of 2^40 numbers": _dims(1 << 20, 1 << 20),
    "weights of 2^62 numbers": _dims(1 << 31, 1 << 31),
    "weights of a negative size": _dims(-4, 2, 3, 3),
    "weights of forty axes": _dims(*[1] * 40),
    "weights without numbers": lambda model: _weights(model).ClearField("raw_data"),
    "weights cut short": lambda model: setattr(_weights(model), "raw_data", b"abc"),
    "weights of text": lambda model: setattr(_weights(model), "data_type", TensorProto.STRING),
    "weights of no type": lambda model: setattr(_weights(model), "data_type", 77),
    "weights that are not numbers": _array(0, np.full((4, 2, 3, 3), np.nan, np.float32)),
    "weights without end": _array(0, np.full((4, 2, 3, 3), np.inf, np.float32)),
    "no filters": _array(0, np.zeros((0, 2, 3, 3), np.float32)),
    "weights of five axes": _array(0, np.zeros((4, 2, 3, 3, 3), np.float32)),
    "weights of other channels": _array(0, np.zeros((4, 3, 3, 3), np.float32)),
    "a kernel beyond the image": _array(0, np.zeros((4, 2, 30, 3), np.float32)),
    "a bias of another length": _array(1, np.zeros(5, np.float32)),
    "a bias that is not a number": _array(1, np.full(4, np.nan, np.float32)),
    "a matrix of another length": _array(2, np.zeros((143, 3), np.float32)),
    "data above the folder": _external("../secret"),
    "data anywhere": _external("/etc/passwd"),
    "data in a missing file": _external("missing.bin"),
    "data in the folder itself": _external("."),
    "data beyond the end": _external("short.bin", offset="100"),
    "data from a negative place": _external("short.bin", offset="-1"),
    "data of another length": _external("short.bin", length="7"),
    "data in no file": _external(""),
    "strides of zero": _attribute(strides=[0, 0]),
    "strides of three": _attribute(strides=[1, 1, 1]),
    "strides of reals": _attribute(strides=[1.0, 1.0]),
    "strides of text": _attribute(strides="many"),
    "negative padding": _attribute(pads=[-1, 0, 0, 0]),
    "padding of three": _attribute(pads=[1, 1, 1]),
    "padding of 2^40": _attribute(pads=[1 << 40, 0, 0, 0]),
    "groups of zero": _attribute(group=0),
    "groups of seven": _attribute(group=7),
    "groups of text": _attribute(group="all"),
    "a kernel of another shape": _attribute(kernel_shape=[5, 5]),
    "padding by a strange name": _attribute(auto_pad="AROUND"),
    "an image of no channels": _input(1, 0, 6, 6),
    "an image of 2^40 rows": _input(1, 2, 1 << 40, 6),
    "an image of seven axes": _input(1, 2, 6, 6, 1, 1, 1),
    "an image of text": _input(1, 2, 6, 6, element=TensorProto.STRING),
    "an image of other channels": _input(1, 3, 6, 6),
}  # fmt: skip
"""Changes of a whole model."""


def _quantised(scale=0.1, zero=0.0, bits=8.0, mode="ROUND"):
    def build(file):
        given = [file.constant(scale), file.constant(zero), file.constant(bits)]
        return file.node("Quant", [whole(file), *given], domain=QONNX, rounding_mode=mode)

    return build


def _huge(file):
    shape = file.constant(np.array([1 << 20, 1 << 20]), np.int64)
    return file.node("Add", [whole(file), file.node("ConstantOfShape", [shape])])


def _doubling(file):
    """Each node is twice as large as the one before it."""
    x = file.constant(np.ones(64))
    for _ in range(40):
        x = file.node("Concat", [x, x], axis=0)
    return file.node("Add", [whole(file), x])


def _reshaped(*shape):
    return lambda file: file.node(
        "Reshape", [whole(file), file.constant(np.array(shape), np.int64)]
    )


def _after(operator, **attributes):
    return lambda file: file.node(
        operator, [file.conv("image", 4, 2), *attributes.pop("more", [])], **attributes
    )


def _norm(variance, epsilon):
    def build(file):
        parts = [file.constant(np.ones(4)) for _ in range(3)]
        parts.append(file.constant(np.full(4, variance)))
        x = file.conv("image", 4, 2)
        return file.node("BatchNormalization", [x, *parts], epsilon=epsilon)

    return build


GRAPHS = {
    "a scale of zero": _quantised(scale=0.0),
    "a scale that is not a number": _quantised(scale=np.nan),
    "a scale below zero": _quantised(scale=-1.0),
    "a zero point between codes": _quantised(zero=0.5),
    "bits between numbers": _quantised(bits=3.5),
    "forty bits": _quantised(bits=40.0),
    "a rounding of no name": _quantised(mode="COIN"),
    "a constant of 2^40 numbers": _huge,
    "constants that double": _doubling,
    "a shape of other numbers": _reshaped(5, 7),
    "a shape of two unknowns": _reshaped(-1, -1),
    "a variance below zero": _norm(-1.0, 1e-5),
    "a variance of nothing": _norm(0.0, 0.0),
    "an operator of no name": _after("Nonsense"),
    "a transpose of one axis twice": _after("Transpose", perm=[0, 0, 1, 2]),
    "a pooling without a kernel": _after("MaxPool"),
    "a softmax in the middle": lambda file: file.conv(
        file.node("Softmax", [file.conv("image", 4, 2)]), 4, 4),
    "no weights at all": lambda file: file.node("MaxPool", ["image"], kernel_shape=[2, 2]),
    "nothing but a shape": lambda file: file.node("Shape", ["image"]),
}  # fmt: skip
"""Graphs that are wrong from their beginning."""


BYTES = {
    "an empty file": lambda content: b"",
    "a file cut in half": lambda content: content[: len(content) // 2],
    "a file of zeros": lambda content: bytes(1000),
    "a file of text": lambda content: b"name = 'network'\n" * 20,
    "a zip file": lambda content: b"PK\x03\x04" + content,
    "a length that is too long": lambda content: content[:40] + b"\xff" * 9 + content[49:],
}
"""Changes of a file's bytes."""

"""A quantised workload as ONNX graphs: one whose every number is ours, one for speed."""

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

__all__ = ["exact_session", "fast_session"]

ROUND_HALF_UP = "half_up"


def exact_session(workload, threads=1):
    """ConvInteger, and requantisation in float64, where every number here is exact."""
    return _session(_Exact(workload), threads)


def fast_session(workload, threads=1):
    """QLinearConv, which rounds in float32 and half to even; weights clipped to a signed byte."""
    return _session(_Fast(workload), threads)


def _session(graph, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = threads
    return onnxruntime.InferenceSession(graph.model().SerializeToString(), options)


class _Graph:
    """Tensors are bytes, a signed number lying 128 above its value."""

    def __init__(self, workload):
        self.nodes, self.constants, self.count = [], [], 0
        self.zeros = {"input": 128 * workload.input_type.signed}
        self.workload = workload
        for layer in workload.layers:
            self.zeros[layer.layer.name] = 128 if layer.output.lowest < 0 else 0
            self.add(layer)

    def model(self):
        network = self.workload.network
        shape = network.input_shape
        given = ["n", shape.channels, shape.height, shape.width]
        last = network.layers[-1].name
        graph = helper.make_graph(
            self.nodes, network.name,
            [helper.make_tensor_value_info("input", TensorProto.UINT8, given)],
            [helper.make_tensor_value_info(last, TensorProto.UNDEFINED, None)],
            self.constants,
        )  # fmt: skip
        graph.output[0].ClearField("type")
        opset = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
        return helper.make_model(graph, opset_imports=opset, ir_version=8)

    def constant(self, array):
        self.count += 1
        self.constants.append(numpy_helper.from_array(np.asarray(array), f"c{self.count}"))
        return f"c{self.count}"

    def node(self, operator, *inputs, out=None, **attributes):
        self.count += 1
        out = out or f"t{self.count}"
        self.nodes.append(helper.make_node(operator, list(inputs), [out], **attributes))
        return out

    def add(self, q):
        name, inputs = q.layer.name, q.layer.inputs
        match q.layer.operator:
            case "conv2d" | "dense":
                self.weighted(q, inputs[0], name)
            case "max_pool":
                window = self.window(q.layer, q.layer.kernel)
                self.node("MaxPool", inputs[0], out=name, **window)
            case "add":
                self.addition(q, inputs, name)
            case "global_pool":
                self.pooled(q, inputs[0], name)
            case "flatten":
                shape = self.constant(np.array([0, -1, 1, 1], np.int64))
                self.node("Reshape", inputs[0], shape, out=name)
            case other:
                raise ValueError(f"{name}: no integer operator of ONNX says what {other!r} does")

    @staticmethod
    def window(layer, kernel):
        pad = layer.padding
        return {
            "kernel_shape": list(kernel),
            "strides": list(layer.stride),
            "pads": [pad.top, pad.left, pad.bottom, pad.right],
        }

    def attributes(self, q):
        return self.window(q.layer, q.weights.shape[2:]) | {"group": q.layer.groups}


class _Exact(_Graph):
    def weighted(self, q, given, name):
        zero = self.constant(np.uint8(self.zeros[given]))
        rest, total = q.weights.astype(int), None
        while total is None or rest.any():
            piece = rest.clip(-128, 127)
            rest = rest - piece
            weights = self.constant(piece.astype(np.int8))
            part = self.node("ConvInteger", given, weights, zero, **self.attributes(q))
            total = part if total is None else self.node("Add", total, part)
        bias = self.constant(q.bias[:, None, None])
        if q.output.bits == 32:
            self.node("Add", total, bias, out=name)
            return
        total = self.node("Add", total, bias)
        scaled = self.scaled(q, total, q.multiplier[:, None, None], q.shift)
        self.stored(q, scaled, name)

    def scaled(self, q, number, multiplier, shift):
        assert q.rounding == ROUND_HALF_UP
        wide = self.node("Cast", number, to=TensorProto.DOUBLE)
        wide = self.node("Mul", wide, self.constant(np.asarray(multiplier, float)))
        wide = self.node("Add", wide, self.constant(np.float64((1 << shift) >> 1)))
        return self.node("Floor", self.node("Mul", wide, self.constant(np.float64(0.5**shift))))

    def stored(self, q, number, name):
        ends = (self.constant(np.float64(end)) for end in (q.lowest, q.highest))
        clipped = self.node("Clip", number, *ends)
        moved = self.node("Add", clipped, self.constant(np.float64(self.zeros[name])))
        self.node("Cast", moved, out=name, to=TensorProto.UINT8)

    def value(self, name):
        wide = self.node("Cast", name, to=TensorProto.DOUBLE)
        return self.node("Sub", wide, self.constant(np.float64(self.zeros[name])))

    def addition(self, q, inputs, name):
        scales = (q.multiplier[0], q.shift), (q.residual_multiplier, q.residual_shift)
        addends = [
            self.scaled(q, self.value(given), *scale)
            for given, scale in zip(inputs, scales, strict=True)
        ]
        self.stored(q, self.node("Add", *addends), name)

    def pooled(self, q, given, name):
        axes = self.constant(np.array([2, 3], np.int64))
        total = self.node("ReduceSum", self.value(given), axes, keepdims=1)
        self.stored(q, self.scaled(q, total, q.multiplier[0], q.shift), name)


class _Fast(_Graph):
    def one(self):
        return self.constant(np.float32(1))

    def weighted(self, q, given, name):
        zero = self.constant(np.uint8(self.zeros[given]))
        weights = self.constant(q.weights.clip(-128, 127).astype(np.int8))
        if q.output.bits == 32:
            total = self.node("ConvInteger", given, weights, zero, **self.attributes(q))
            self.node("Add", total, self.constant(q.bias[:, None, None]), out=name)
            return
        scale = np.broadcast_to(q.multiplier / 2.0**q.shift, len(q.weights)).astype(np.float32)
        self.node(
            "QLinearConv", given, self.one(), zero, weights, self.constant(scale),
            self.constant(np.zeros(len(scale), np.int8)), self.one(),
            self.constant(np.uint8(self.zeros[name])), self.constant(q.bias),
            out=name, **self.attributes(q),
        )  # fmt: skip

    def addition(self, q, inputs, name):
        scales = q.multiplier[0] / 2.0**q.shift, q.residual_multiplier / 2.0**q.residual_shift
        operands = []
        for given, scale in zip(inputs, scales, strict=True):
            zero = self.constant(np.uint8(self.zeros[given]))
            operands += [given, self.constant(np.float32(scale)), zero]
        end = self.one(), self.constant(np.uint8(self.zeros[name]))
        self.node("QLinearAdd", *operands, *end, out=name, domain="com.microsoft")

    def pooled(self, q, given, name):
        shape = self.workload.layer(given).layer.output_shape
        area = shape.height * shape.width
        scale = self.constant(np.float32(area * q.multiplier[0] / 2.0**q.shift))
        zero = self.constant(np.uint8(self.zeros[given]))
        end = self.one(), self.constant(np.uint8(self.zeros[name]))
        self.node(
            "QLinearGlobalAveragePool", given, scale, zero, *end, out=name,
            domain="com.microsoft", channels_last=0,
        )  # fmt: skip

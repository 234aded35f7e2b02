"""The operators of ONNX and QONNX that are lowered, each with the function that does it."""

from __future__ import annotations

from collections.abc import Callable

from lightsim.importing.lowering import (
    elementwise,
    integer_operators,
    pooling,
    quantisers,
    resizing,
    shapes,
    weighted,
)
from lightsim.importing.lowering.walk import Walk
from lightsim.importing.onnx_file.graph import Node

__all__ = ["HANDLERS", "QUANTISED", "known_operators", "needed_for"]

Handler = Callable[[Walk, Node], None]

HANDLERS: dict[str, Handler] = {
    "Add": elementwise.add,
    "ArgMax": elementwise.ending,
    "AveragePool": pooling.average_pool,
    "BatchNormalization": elementwise.batch_norm,
    "Cast": shapes.pass_on,
    "Clip": elementwise.clip,
    "Concat": elementwise.concat,
    "Conv": weighted.convolve,
    "DequantizeLinear": quantisers.to_reals,
    "Div": elementwise.multiply,
    "Dropout": shapes.pass_on,
    "Flatten": shapes.flatten,
    "Gemm": weighted.gemm,
    "GlobalAveragePool": pooling.global_average,
    "GlobalMaxPool": pooling.global_max,
    "Identity": shapes.pass_on,
    "LogSoftmax": elementwise.ending,
    "MatMul": weighted.matmul,
    "MaxPool": pooling.max_pool,
    "Mul": elementwise.multiply,
    "Pad": shapes.pad,
    "QuantizeLinear": quantisers.to_codes,
    "ReduceMean": pooling.reduce_mean,
    "QLinearConv": integer_operators.convolve,
    "QLinearMatMul": integer_operators.matmul,
    "Relu": elementwise.relu,
    "Resize": resizing.resize,
    "Reshape": shapes.reshape,
    "Sigmoid": elementwise.ending,
    "Sign": elementwise.sign,
    "Softmax": elementwise.ending,
    "Squeeze": shapes.squeeze,
    "Sub": elementwise.subtract,
    "Sum": elementwise.total,
    "Transpose": shapes.transpose,
    "Upsample": resizing.upsample,
    "Unsqueeze": shapes.unsqueeze,
}
"""Operators of the standard domain, by name."""

_INTEGER: dict[str, Handler] = {
    "QLinearAdd": integer_operators.add,
    "QLinearAveragePool": integer_operators.average_pool,
    "QLinearConcat": integer_operators.concat,
    "QLinearGlobalAveragePool": integer_operators.global_average,
    "QGemm": integer_operators.gemm,
}
"""Operators of codes that ONNX Runtime has beside the standard."""

QUANTISED: dict[str, Handler] = {
    "Quant": quantisers.quant,
    "IntQuant": quantisers.quant,
    "BipolarQuant": quantisers.bipolar,
    "QuantizeLinear": quantisers.to_codes,
    "DequantizeLinear": quantisers.to_reals,
    **_INTEGER,
}
"""Operators of QONNX, whose domain has changed its name more than once, and of ONNX Runtime."""

_NEEDED = {
    "it would need a table of 256 values of its own": (
        "Elu", "Selu", "Celu", "Gelu", "Erf", "Exp", "HardSigmoid", "HardSwish", "LeakyRelu",
        "Log", "Mish", "PRelu", "Softplus", "Softsign", "Sqrt", "Swish", "Tanh", "Pow", "Abs",
        "Neg", "Reciprocal",
    ),
    "it would need sums over neighbouring channels, and a power of them": (
        "LRN", "LpNormalization", "LayerNormalization", "InstanceNormalization",
        "GroupNormalization", "MeanVarianceNormalization", "RMSNormalization",
    ),
    "it would need states that go from image to image": (
        "LSTM", "GRU", "RNN", "Loop", "Scan", "If",
    ),
    "it would need products of two tensors that both come from the image": (
        "Attention", "MultiHeadAttention", "Einsum",
    ),
    "it would need pixels that are put between others": ("ConvTranspose", "MaxUnpool"),
    "it would need channels that are moved or left out": (
        "Split", "Slice", "Gather", "DepthToSpace", "SpaceToDepth", "GatherElements", "GatherND",
    ),
    "it would need scales that are computed for each image": (
        "DynamicQuantizeLinear", "MatMulInteger", "ConvInteger", "DynamicQuantizeMatMul",
    ),
}  # fmt: skip


def known_operators() -> str:
    """The operators that are lowered, for messages."""
    return ", ".join([*HANDLERS, *QUANTISED])


def needed_for(operator: str) -> str:
    """What an operator that is not lowered would need."""
    for needed, names in _NEEDED.items():
        if operator in names:
            return needed
    return "it would need a layer of its own"

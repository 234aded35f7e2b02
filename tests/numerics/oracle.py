"""ONNX Runtime's integer operators, judged by exact integers before they are asked.

On processors of the x86 family ONNX Runtime multiplies bytes by `vpdpbusd` where there is one (the
rows `vpdpbusd-512` and `vpdpbusd-256` of `INSTRUCTIONS`, and there it is exact); elsewhere by
`vpmaddubsw`, whose sums of two products saturate at 16 bits. So an operator is judged by exact
integers before it is asked: where it fails them it is no oracle, and its tests are skipped, with
the reason. What our kernels have to give is known without it, and tested on every row.
"""

from functools import cache

import numpy as np
import onnxruntime
import pytest
from onnx import TensorProto, helper

from lightsim.numerics.vectors.instruction import INSTRUCTIONS

ORACLE_ROWS = tuple(name for name, row in INSTRUCTIONS.items() if row.product == "bytes")
# Sums of 64 products are at most 64 * 255 * 128, and 2^14 of them to a step fill 128 steps.
STEP = 1 << 14


def run(operator, *inputs, **attributes):
    """The output of one ONNX operator on arrays (None: an input left out)."""
    names = [f"i{place}" if array is not None else "" for place, array in enumerate(inputs)]
    pairs = zip(names, inputs, strict=True)
    given_arrays = {name: np.asarray(array) for name, array in pairs if array is not None}
    kinds = {name: helper.np_dtype_to_tensor_dtype(a.dtype) for name, a in given_arrays.items()}
    graph = helper.make_graph(
        [helper.make_node(operator, names, ["out"], **attributes)],
        "one",
        [helper.make_tensor_value_info(n, kinds[n], a.shape) for n, a in given_arrays.items()],
        [helper.make_tensor_value_info("out", TensorProto.UNDEFINED, None)],
    )
    graph.output[0].ClearField("type")
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    return session.run(None, given_arrays)[0]


@cache
def serves(operator):
    """Whether ONNX Runtime multiplies bytes exactly in an operator on this processor."""
    return is_exact(products(operator))


def served(operator):
    """Skip a test whose oracle does not multiply bytes exactly here."""
    if not serves(operator):
        pytest.skip(
            f"ONNX Runtime's {operator} saturates on this processor: it serves on the rows "
            f"{' and '.join(ORACLE_ROWS)} of INSTRUCTIONS alone"
        )


def products(operator):
    """A matrix product x[rows, inner] y[inner, columns] of bytes, signed by unsigned ones."""

    def by_matrices(x, y):
        return run("MatMulInteger", x, y)

    def by_windows(x, y):
        return run("ConvInteger", x[:, :, None, None], y.T[:, :, None, None])[:, :, 0, 0]

    def by_requantised_windows(x, y):
        # A scale of one in a thousand, that no sum is clamped; compared as it is rounded.
        one, zero = np.float32(1), np.uint8(128)
        out = run(
            "QLinearConv", x[:, :, None, None], one, np.uint8(0), y.T[:, :, None, None], one,
            np.int8(0), np.float32(STEP), zero,
        )[:, :, 0, 0]  # fmt: skip
        return (out.astype(np.int64) - zero) * STEP

    ways = {
        "MatMulInteger": by_matrices,
        "ConvInteger": by_windows,
        "QLinearConv": by_requantised_windows,
    }
    return ways[operator]


def is_exact(product):
    """Whether a matrix product of bytes is, where pairs of products pass 16 bits."""
    rng = np.random.default_rng(0)
    x = rng.integers(200, 256, (5, 64)).astype(np.uint8)
    y = rng.choice([-128, 127], (64, 40)).astype(np.int8)
    y[:, 0], y[:, 1] = 127, -128  # all of one sign: nothing can make good what is lost
    found, exact = product(x, np.ascontiguousarray(y)), x.astype(np.int64) @ y
    return bool((np.abs(found - exact) <= (0 if found.dtype == np.int32 else STEP / 2)).all())

"""How many multiply-accumulates a second one core does, beside ONNX Runtime and numpy's BLAS.

    python -m tests.benchmarks.benchmark_kernels [--write]

One process, one thread, CPU time; the rows of a shape take turns, so that what else the machine
does strikes all alike: a call to warm the caches, its sums compared with an independent
computation in 64-bit numpy, then three that are timed; the best turn counts. Packing of the image
is always included, that of the filters where it is said; sums are cleared before they are added
to. ONNX Runtime's result is requantised: the rows that are, too, compare like with like. Torch's
float32 convolution is a row where torch is installed.
"""

from __future__ import annotations

import functools
import os
import platform
import sys
import time
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before numpy: its threads wait by spinning

import numba
import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from lightsim.numerics.convolution.exact import convolve
from lightsim.numerics.convolution.fused import convolve_requantised
from lightsim.numerics.convolution.truncation import convolve_shifted
from lightsim.numerics.convolution.xnor import convolve_xnor
from lightsim.numerics.filters.packed import exact_filters, sign_filters, truncating_filters
from lightsim.numerics.formats.table import codec
from lightsim.numerics.images.window import Window
from lightsim.numerics.sums.requantise import Rescaling, requantise
from lightsim.numerics.vectors.instruction import restricted, usable
from results.provenance import made_at

LINES = []
TURNS = 25
SHAPES = (("64->64 3x3 at 32x32", 64, 32), ("256->256 3x3 at 14x14", 256, 14))
PLACE = {"stride": (1, 1), "origin": (-1, -1)}


def independent(x, weights, pad_value=0):
    """The same convolution as nine matrix products over shifted images, in int64."""
    padded = np.pad(x.astype(np.int64), ((0, 0), (0, 0), (1, 1), (1, 1)), constant_values=pad_value)
    rows, columns = x.shape[2:]
    total = np.zeros((x.shape[0], weights.shape[0], rows, columns), np.int64)
    for ky in range(3):
        for kx in range(3):
            seen = padded[:, :, ky : ky + rows, kx : kx + columns]
            total += np.einsum("bnrc,mn->bmrc", seen, weights[:, :, ky, kx].astype(np.int64))
    return total


def kernels(channels, size):
    """(name, operations, call, expected sums or None) of every row at one shape."""
    rng = np.random.default_rng(channels)
    x = rng.integers(0, 256, (1, channels, size, size)).astype(np.int16)
    real = rng.normal(0, 0.3, (channels, channels, 3, 3))
    macs = real.size * size * size
    out = np.zeros((1, channels, size, size), np.int32)
    bias = np.zeros(channels, np.int32)
    rest = Rescaling(np.full(channels, 321, np.int32), 16, "half_up", 0, 255)
    window = Window((3, 3), **PLACE, rows=size, columns=size)

    def summed(convolution, *operands, instruction=None):
        def call():
            out[:] = 0
            with restricted(instruction):
                convolution(*operands, out, **PLACE)
            return out

        return call

    for name in ("lightnn1", "lightnn2", "flightnn", "fixed8"):
        weights = codec(name).decode(codec(name).encode(real))
        filters, expected = exact_filters(weights), independent(x, weights)
        yield f"exact, {name}", macs, summed(convolve, x, filters), expected
        call = functools.partial(convolve_requantised, x, filters, bias, rest, window)
        yield "  the same, requantised", macs, call, requantise(expected, *rest)
        if name == "lightnn2":
            yield f"exact, {name}, filters packed", macs, summed(convolve, x, weights), expected
            pairs = [row.name for row in usable() if row.product == "pairs"]
            for instruction in (*pairs[:1], "plain"):
                call = summed(convolve, x, filters, instruction=instruction)
                yield f"exact, {name}, {instruction}", macs, call, expected
    ends = np.where(rng.random(real.shape) < 0.5, -192, 192).astype(np.int16)
    call = summed(convolve, x, exact_filters(ends))
    yield "exact, all weights +-192", macs, call, independent(x, ends)
    k = (np.arange(channels) % 3).clip(1).astype(np.int8)
    terms = codec("flightnn").terms(codec("flightnn").encode(real, k=k))
    sign, exponent, present = terms
    expected = sum(
        independent(x >> m, np.where(present[t] & (exponent[t] == m), sign[t], 0))
        for t in range(2)
        for m in range(8)
    )
    filters = truncating_filters(real.shape, lambda: terms)
    yield "truncating, flightnn", macs, summed(convolve_shifted, x, filters), expected
    call = summed(convolve_shifted, x, filters, instruction="plain")
    yield "truncating, flightnn, plain", macs, call, expected
    signs = np.where(x > 127, 1, -1).astype(np.int16)
    binary = codec("binary").decode(codec("binary").encode(real))
    expected, filters = independent(signs, binary, -1), sign_filters(binary)
    yield "XNOR", macs, summed(convolve_xnor, signs, filters), expected
    call = summed(convolve_xnor, signs, filters, instruction="plain")
    yield "XNOR, plain", macs, call, expected


def anchors(channels, size):
    """The same convolution elsewhere: (name, operations, call, None)."""
    rng = np.random.default_rng(channels)
    x = rng.integers(0, 256, (1, channels, size, size)).astype(np.uint8)
    weights = rng.integers(-127, 128, (channels, channels, 3, 3)).astype(np.int8)
    macs = weights.size * size * size
    session = quantised_convolution(weights, x.shape)
    yield "ONNX Runtime QLinearConv", macs, lambda: session.run(None, {"x": x}), None
    padded = np.pad(x.astype(np.float32), ((0, 0), (0, 0), (1, 1), (1, 1)))
    matrix = weights.reshape(channels, -1).astype(np.float32)

    def blas():
        windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (2, 3))
        return matrix @ windows.transpose(1, 4, 5, 0, 2, 3).reshape(matrix.shape[1], -1)

    yield "numpy float32, im2col + BLAS", macs, blas, None
    try:
        import torch
    except ImportError:
        return
    torch.set_num_threads(1)
    real = torch.from_numpy(padded), torch.from_numpy(weights.astype(np.float32))
    yield "torch float32", macs, lambda: torch.nn.functional.conv2d(*real), None


def quantised_convolution(weights, shape):
    """An ONNX Runtime session, one thread, of a uint8 QLinearConv with a border of 1."""
    constants = {
        "scale": np.float32(1), "zero": np.uint8(0), "weights": weights,
        "weights_zero": np.int8(0), "out_scale": np.float32(2000),
    }  # fmt: skip
    names = ["x", "scale", "zero", "weights", "scale", "weights_zero", "out_scale", "zero"]
    graph = helper.make_graph(
        [helper.make_node("QLinearConv", names, ["y"], pads=[1, 1, 1, 1])],
        "convolution",
        [helper.make_tensor_value_info("x", TensorProto.UINT8, shape)],
        [helper.make_tensor_value_info("y", TensorProto.UINT8, shape)],
        [numpy_helper.from_array(np.asarray(a), name) for name, a in constants.items()],
    )
    opset = [helper.make_opsetid("", 17)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(model.SerializeToString(), options)


def best_seconds(rows):
    """The least CPU time of each row's calls, the rows taking turns.

    Raises `SystemExit` if a result is not what it should be.
    """
    best = [float("inf")] * len(rows)
    for _ in range(TURNS):
        for place, (name, _, call, expected) in enumerate(rows):
            result = call()  # the row before has filled the caches with its own
            if expected is not None and not np.array_equal(result, expected):
                raise SystemExit(f"{name}: the sums are wrong")
            start = time.process_time()
            for _ in range(3):
                call()
            best[place] = min(best[place], (time.process_time() - start) / 3)
    return best


def tell(line):
    """Print a line, and keep it for `--write`."""
    LINES.append(line)
    sys.stdout.write(line)
    sys.stdout.flush()


def main():
    """Print one line a kernel and shape."""
    tell(
        f"numpy {np.__version__}, numba {numba.__version__}, ONNX Runtime "
        f"{onnxruntime.__version__}, {', '.join(row.name for row in usable()) or 'plain'}; best of "
        f"{TURNS}, CPU time\n{'kernel':<32} {'shape':<22} {'us':>7} {'GMAC/s':>7} {'of ORT':>7}\n"
    )
    for title, channels, size in SHAPES:
        rows = [*anchors(channels, size), *kernels(channels, size)]
        best = best_seconds(rows)
        for (name, operations, *_), seconds in zip(rows, best, strict=True):
            rate = operations / seconds / 1e9
            line = (
                f"{name:<32} {title:<22} {seconds * 1e6:7.0f} {rate:7.1f} {best[0] / seconds:7.2f}"
            )
            tell(line + "\n")
        tell(compared(rows, best))


def compared(rows, best):
    """What is asked of the kernels, as ratios: the worst scheme of each."""
    rates = {}
    names = [row[0] for row in rows]
    schemes = [i for i, name in enumerate(names) if name.startswith("  the same, requantised")]
    exact = max(best[i] for i in schemes)
    rates["exact, requantised, slowest scheme, to ONNX Runtime"] = best[0] / exact
    rates["  the same, one term (lightnn1)"] = best[0] / best[schemes[0]]
    if "torch float32" in names:
        rates["  the same, slowest scheme, to torch float32"] = (
            best[names.index("torch float32")] / exact
        )
    rates["XNOR to bytes (fixed8, sums)"] = (
        best[names.index("exact, fixed8")] / best[names.index("XNOR")]
    )
    return "".join(f"-> {name}: {rate:.2f}\n" for name, rate in rates.items())


def written():
    """What was told, as the file in `results/benchmarks`."""
    name = Path(__file__).name
    return (
        f"# Speed of the kernels\n\n{made_at(f'python tests/benchmarks/{name} --write')}, on "
        f"{platform.machine()}, Python {platform.python_version()}. CPU time of one thread on a "
        f"shared machine: ratios, not promises.\n\n```\n{''.join(LINES)}```\n"
    )


if __name__ == "__main__":
    write = "--write" in sys.argv
    sys.argv = [word for word in sys.argv if word != "--write"]
    main()
    if write:
        where = Path(__file__).parents[2] / "results" / "benchmarks"
        (where / "kernels.md").write_text(written(), "utf-8")

"""How many multiply-accumulates a second one core does, with every result checked.

Run `python tests/benchmarks/benchmark_kernels.py`. CPU time, warm, best of several; a row is
printed only after the kernel's sums equalled an independent computation in 64-bit numpy.
"""

from __future__ import annotations

import sys
import time

import numba
import numpy as np

from lightsim.numerics.convolution import convolve
from lightsim.numerics.formats import codec
from lightsim.numerics.truncation import convolve_truncating
from lightsim.numerics.xnor import convolve_xnor, convolve_xnor_packed, pack_signs

REPEATS = 15
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


def best_seconds(kernel, out, expected):
    """The least CPU time of a call; raises `SystemExit` if any result is wrong."""
    times = []
    for _ in range(REPEATS + 1):
        out[:] = 0
        start = time.process_time()
        kernel(out)
        times.append(time.process_time() - start)
        if not np.array_equal(out, expected):
            raise SystemExit("the kernel's sums are wrong")
    return min(times[1:])


def rows_of(channels, size):
    """(name, operations, call, expected sums) of every kernel at one shape."""
    rng = np.random.default_rng(channels)
    x = rng.integers(0, 256, (1, channels, size, size)).astype(np.int16)
    real = rng.normal(0, 0.3, (channels, channels, 3, 3))
    macs = real.size * size * size
    for name in ("lightnn1", "lightnn2", "flightnn", "fixed8"):
        weights = codec(name).decode(codec(name).encode(real))
        call = lambda out, w=weights: convolve(x, w, out, **PLACE)  # noqa: E731
        yield f"exact, {name}", macs, "GMAC/s", call, independent(x, weights)
    k = (np.arange(channels) % 3).clip(1).astype(np.int8)
    sign, exponent, present = terms = codec("flightnn").terms(codec("flightnn").encode(real, k=k))
    expected = sum(
        independent(x >> m, np.where(present[t] & (exponent[t] == m), sign[t], 0))
        for t in range(2)
        for m in range(8)
    )
    operations = int(present.sum()) * size * size
    yield (
        "truncating, flightnn", operations, "Gterm/s",
        lambda out: convolve_truncating(x, *terms, out, **PLACE), expected,
    )  # fmt: skip
    signs = np.where(x > 127, 1, -1).astype(np.int16)
    binary = codec("binary").decode(codec("binary").encode(real))
    expected = independent(signs, binary, -1)
    packed = pack_signs(signs), pack_signs(binary)
    yield (
        "XNOR, packing included", macs, "GMAC/s",
        lambda out: convolve_xnor(signs, binary, out, **PLACE), expected,
    )  # fmt: skip
    yield (
        "XNOR, packed before", macs, "GMAC/s",
        lambda out: convolve_xnor_packed(*packed, channels, out, **PLACE), expected,
    )  # fmt: skip


def main():
    """Print one line a kernel and shape."""
    sys.stdout.write(
        f"numpy {np.__version__}, numba {numba.__version__}, best of {REPEATS}, CPU time\n"
    )
    sys.stdout.write(f"{'kernel':<24} {'shape':<22} {'us':>9} {'rate':>8}\n")
    for title, channels, size in SHAPES:
        for name, operations, unit, call, expected in rows_of(channels, size):
            seconds = best_seconds(call, np.zeros(expected.shape, np.int32), expected)
            rate = operations / seconds / 1e9
            line = f"{name:<24} {title:<22} {seconds * 1e6:9.0f} {rate:8.1f} {unit}"
            sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()

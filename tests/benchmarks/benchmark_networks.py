"""Images per CPU second of whole networks, beside ONNX Runtime on the same integers.

    python -m tests.benchmarks.benchmark_networks [NETWORK ...] [--write]

One process, one thread, the rows taking turns, the best of several. The output is compared bit
for bit with a graph of ONNX Runtime's ConvInteger and exact float64; the speed with
a graph of QLinearConv, whose float32 requantisation rounds a few numbers another way (weights
beyond a byte are clipped for it).
"""

import platform
import sys
import time
from pathlib import Path

import numpy as np
from onnx_graphs import exact_session, fast_session

from lightsim.network import load_network
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.quantisation import infer, quantise, synthetic_images
from results.provenance import made_at

NETWORKS = {"digits": 64, "vgg7-cifar10": 4, "resnet18-imagenet": 2, "mobilenet-v1": 2}
LINES = []
TURNS = 7


def seconds(call):
    """CPU seconds of a call, after one to warm the caches."""
    call()
    start = time.process_time()
    call()
    return time.process_time() - start


def compare(name, scheme, batch):
    """Print one line; raises `SystemExit` if an output differs."""
    network = load_network(name)
    workload = quantise(network, SCHEMES[scheme], 0)
    images = synthetic_images(network, batch, 0)
    offset = 128 * workload.input_type.signed
    given = {"input": (images + offset).astype(np.uint8)}
    fast = fast_session(workload)
    ours = infer(workload, images)
    (theirs,) = exact_session(workload).run(None, given)
    if workload.layers[-1].output.bits != 32:
        theirs = theirs.astype(int) - 128 * (workload.layers[-1].output.lowest < 0)
    if not np.array_equal(ours, theirs):
        raise SystemExit(f"{name}, {scheme}: ONNX Runtime computes another output")
    best = [float("inf")] * 2
    for _ in range(TURNS):
        best[0] = min(best[0], seconds(lambda: fast.run(None, given)) / batch)
        best[1] = min(best[1], seconds(lambda: infer(workload, images)) / batch)
    tell(
        f"{name:<18} {scheme:<9} {network.macs / 1e6:8.1f} {1 / best[0]:10.1f} {1 / best[1]:10.1f} "
        f"{best[0] / best[1]:6.2f}  {network.macs / best[1] / 1e9:6.1f}\n"
    )


def tell(line):
    """Print a line, and keep it for `--write`."""
    LINES.append(line)
    sys.stdout.write(line)
    sys.stdout.flush()


def main():
    """Print one line a network and scheme."""
    tell("network            scheme        MMAC  ONNX im/s  ours im/s  ratio  GMAC/s\n")
    for name in sys.argv[1:] or NETWORKS:
        for scheme in ("fixed8", "flightnn"):
            compare(name, scheme, NETWORKS.get(name, 1))


def written():
    """What was told, as the file in `results/benchmarks`."""
    name = Path(__file__).name
    return (
        f"# Speed of whole networks\n\n{made_at(f'python tests/benchmarks/{name} --write')}, on "
        f"{platform.machine()}, Python {platform.python_version()}. CPU time of one thread on a "
        f"shared machine: ratios, not promises.\n\n```\n{''.join(LINES)}```\n"
    )


if __name__ == "__main__":
    write = "--write" in sys.argv
    sys.argv = [word for word in sys.argv if word != "--write"]
    main()
    if write:
        where = Path(__file__).parents[2] / "results" / "benchmarks"
        (where / "networks.md").write_text(written(), "utf-8")

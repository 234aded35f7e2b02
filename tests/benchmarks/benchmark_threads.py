"""How inference scales on two threads: wall time, and the CPU time that both take together.

    python -m tests.benchmarks.benchmark_threads [--write]

The turns of one and two threads alternate, the least of each counts, and the outputs are asserted
to be the same. A row of plain hashing, whose threads have nothing in common, says how much of a
second processor there was to be had: on a busy machine that is none.
"""

from __future__ import annotations

import hashlib
import os
import platform
import sys
import time
from pathlib import Path

from lightsim.network import load_network
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.quantisation import infer, quantise, synthetic_images
from lightsim.quantisation.inference.threads import cores, in_order
from results.provenance import made_at

NETWORKS = {"digits": (64, 40), "vgg7-cifar10": (4, 8), "resnet18-imagenet": (1, 8)}
TURNS = 9


def measured(function, parts):
    """(wall of one thread over wall of two, CPU of two over CPU of one) of function(part)."""
    expected = list(in_order(function, range(parts), 1))
    best = {1: (float("inf"), float("inf")), 2: (float("inf"), float("inf"))}
    for _ in range(TURNS):
        for threads, (wall, cpu) in best.items():
            begin = time.perf_counter(), time.process_time()
            found = list(in_order(function, range(parts), threads))
            spent = time.perf_counter() - begin[0], time.process_time() - begin[1]
            best[threads] = min(wall, spent[0]), min(cpu, spent[1])
            if found != expected:
                raise SystemExit(f"{threads} threads compute something else")
    return best[1][0] / best[2][0], best[2][1] / best[1][1]


def inference(name, batch, parts):
    """A function of a part's number that infers a part of the images, its result as bytes."""
    workload = quantise(load_network(name), SCHEMES["flightnn"], 0)
    images = synthetic_images(workload.network, batch * parts, 0)
    return lambda part: infer(workload, images[part * batch : (part + 1) * batch]).tobytes()


def table():
    """The measurements as a Markdown table."""
    data = bytes(1 << 26)
    rows = [("sha256 of 64 MB, 8 times", lambda _: hashlib.sha256(data).digest(), 8)]
    for name, (batch, parts) in NETWORKS.items():
        rows.append((f"{name}, {parts} x {batch} images", inference(name, batch, parts), parts))
    lines = ["| work | wall, one thread over two | CPU, two threads over one |", "|---|---|---|"]
    for title, function, parts in rows:
        wall, cpu = measured(function, parts)
        lines.append(f"| {title} | {wall:.2f} | {cpu:.3f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    load = os.getloadavg()[0]
    text = table()
    sys.stdout.write(text + "\n")
    if "--write" in sys.argv:
        where = Path(__file__).parents[2] / "results" / "benchmarks" / "threads.md"
        where.write_text(
            "# Inference on two threads\n\n"
            f"{made_at('python -m tests.benchmarks.benchmark_threads --write')}, on "
            f"{platform.machine()}, {cores()} processors, which {load:.1f} other "
            "threads wanted: where the first row is not near 2 there was no second processor to be "
            "had, and wall times say nothing. Images are shared among threads, which sleep when "
            "they have nothing to do.\n\n" + text + "\n",
            "utf-8",
        )

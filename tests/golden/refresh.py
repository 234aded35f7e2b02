"""Rewrite `cycles.json`: the simulated cycles of fixed runs, with a passport.

`python -m tests.golden.refresh "why the numbers changed"` simulates every case again. Say in
CHANGELOG.md which numbers changed and why.
"""

from __future__ import annotations

import datetime
import json
import sys
from pathlib import Path

from lightsim.flow.run import Experiment, run

FILE = Path(__file__).parent / "cycles.json"

# Network, board and scheme; two images each, in one batch.
CASES = (
    ("digits", "zc706", "flightnn"),
    ("digits", "ulx3s", "fixed8"),
    ("lenet", "ultra96", "lightnn2"),
    ("lenet", "zc706", "binary"),
    ("resnet20-cifar10", "zc706", "flightnn"),
    ("resnet20-cifar10", "ultra96", "lightnn1"),
)


def simulated(network, board, scheme):
    """Cycles of the run, and of each of its layers, with everything at its default."""
    report = run(
        Experiment(
            network, board, scheme=scheme, images=2, batch=2, tracing=False, measure_accuracy=False
        )
    )
    return {
        "network": network,
        "board": board,
        "scheme": scheme,
        "bit_exact": report.bit_exact,
        "cycles": report.cycles,
        "layers": {layer.name: layer.cycles for layer in report.layers},
    }


def main(reason):
    """Write the file."""
    passport = {"date": datetime.datetime.now(datetime.UTC).date().isoformat(), "reason": reason}
    document = {"passport": passport, "cases": [simulated(*case) for case in CASES]}
    FILE.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit('usage: python -m tests.golden.refresh "why the numbers changed"')
    main(sys.argv[1])

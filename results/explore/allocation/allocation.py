"""What an exact allocation of k costs to find, and how near sums over layers are to the timeline.

    python results/explore/allocation/allocation.py [--board zc706] [NETWORK ...]

writes `allocation.csv` and `allocation.md` beside itself.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dse.accuracy.rounded_network import rounded_network_of
from dse.accuracy.sensitivity import sensitivity
from dse.allocation.knapsack import least_loss
from dse.tiled.allocation.allocate import tabulate
from lightsim.hardware import board
from lightsim.network import load_network
from lightsim.numerics.formats.scheme import scheme
from lightsim.tiled.estimation import default_accelerator
from results.provenance import made_at

HERE = Path(__file__).parent
NETWORKS = ("digits", "resnet20-cifar10", "resnet18-imagenet")
TRIED = 20  # random choices of a point in every layer
RUNS = (9, 33)
SHARE = 0.4  # of the way from the fastest to the slowest: the budget that is solved


def seconds(call: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds and result of a call, after one to warm up."""
    call()
    begin = time.process_time()
    found = call()
    return time.process_time() - begin, found


def rows_of(network: str, board_name: str) -> list[dict]:
    """One row for each number of runs that the table's cycles are read off."""
    accelerator = default_accelerator(board(board_name), scheme("flightnn"))
    rounded_network = rounded_network_of(load_network(network))
    model = sensitivity(rounded_network)
    rows = []
    for runs in RUNS:
        made, table = seconds(
            partial(tabulate, rounded_network, accelerator, model, most_runs=runs)
        )
        budget = table.fastest + int(SHARE * (table.slowest - table.fastest))
        lists, first = seconds(partial(least_loss, table.choices, budget))
        highs, second = seconds(partial(least_loss, table.choices, budget, "highs"))
        if first.loss != second.loss:
            raise SystemExit(f"{network}: the solvers disagree")
        whole, allocation = seconds(partial(table.within_cycles, budget))
        rng = np.random.default_rng(0)
        errors = []
        for _ in range(TRIED):
            points = tuple(int(rng.integers(len(row))) for row in table.choices.losses)
            found = table.cycles_of(table.k_of(points))
            errors.append(table.choices.total_cycles(points) / found - 1)
        rows.append(
            {
                "network": network, "accelerator": accelerator.name, "runs": runs,
                "layers": len(table.curves),
                "points": sum(len(row) for row in table.choices.losses),
                "table_cpu_s": made, "lists_cpu_s": lists, "highs_cpu_s": highs,
                "allocation_cpu_s": whole, "gap": allocation.gap,
                "error_of_answer": allocation.table_cycles / allocation.cycles - 1,
                "mean_abs_error": float(np.mean(np.abs(errors))),
                "largest_abs_error": float(np.max(np.abs(errors))),
            }
        )  # fmt: skip
    return rows


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--board", default="zc706")
    parser.add_argument("networks", nargs="*", default=list(NETWORKS))
    given = parser.parse_args()
    frame = pd.DataFrame([row for name in given.networks for row in rows_of(name, given.board)])
    frame.to_csv(HERE / "allocation.csv", index=False)
    lines = [
        "| network | runs | layers | points | table | lists | HiGHS | allocation | gap | "
        "answer off | mean | largest |",
        "|---" * 12 + "|",
    ]
    lines += [
        f"| {r.network} | {r.runs} | {r.layers} | {r.points} | {r.table_cpu_s:.2f} | "
        f"{1e3 * r.lists_cpu_s:.1f} | {1e3 * r.highs_cpu_s:.0f} | {1e3 * r.allocation_cpu_s:.0f} | "
        f"{r.gap:.2%} | {r.error_of_answer:+.3%} | {r.mean_abs_error:.3%} | "
        f"{r.largest_abs_error:.3%} |"
        for r in frame.itertuples()
    ]
    (HERE / "allocation.md").write_text(
        f"""# The exact allocation of k

{made_at(f"python results/explore/allocation/allocation.py --board {given.board}")},
on the board's default accelerator, losses by `sensitivity`.

CPU: seconds for the table (curves of all layers, and the timeline runs that their cycles are read
off), milliseconds for the choice by lists and by HiGHS (the same answer, checked), milliseconds
for a whole allocation from the table (choice, filters, confirmation by the timeline). `gap` is
from the answer to the linear bound. The last three columns compare the sum over the table with
the timeline of the whole network: for the answer, and for {TRIED} random choices of a point in
every layer.

{chr(10).join(lines)}
""",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()

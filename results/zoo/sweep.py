"""Every network of the zoo under every scheme that applies, on one board's default accelerators.

    python results/zoo/sweep.py [--board zc706] [NETWORK ...]

writes `<board>.csv` and `<board>.md` beside itself; networks that are not named keep their rows.
Every run has to be bit exact, the same
hash when repeated, and (with synthetic weights) another hash with another seed: the script
stops with an error otherwise.
"""

from __future__ import annotations

import argparse
import time
from importlib.metadata import version
from pathlib import Path

import pandas as pd
from rich.progress import track

from lightsim.errors import InputError
from lightsim.flow.run import Experiment, run
from lightsim.network import zoo_names
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.reports.report import RunReport
from results.provenance import commit

HERE = Path(__file__).parent


def one(network: str, scheme: str, board: str, seed: int) -> RunReport:
    """One run on the board's default accelerator."""
    return run(Experiment(network, board=board, scheme=scheme, seed=seed, tracing=False))


def sweep(board: str, networks: list[str]) -> pd.DataFrame:
    """All runs, checked."""
    rows = []
    pairs = [(network, scheme) for network in networks for scheme in SCHEMES]
    for network, scheme in track(pairs, description="zoo"):
        begin = time.process_time()
        try:
            report = one(network, scheme, board, 0)
        except InputError as error:
            rows.append({"network": network, "scheme": scheme, "refused": str(error)})
            continue
        spent = time.process_time() - begin
        if not report.bit_exact:
            raise SystemExit(f"{network} {scheme}: not bit exact")
        if one(network, scheme, board, 0).output_sha256 != report.output_sha256:
            raise SystemExit(f"{network} {scheme}: another hash when repeated")
        if report.weights_origin.startswith("synthetic"):
            other = one(network, scheme, board, 1)
            if other.output_sha256 == report.output_sha256:
                raise SystemExit(f"{network} {scheme}: the same hash with another seed")
        rows.append(
            {
                "network": network,
                "scheme": scheme,
                "accelerator": report.accelerator,
                "weights": report.weights_origin.split(" ")[0],
                "cycles": report.cycles,
                "images_per_s": round(report.throughput_images_per_s, 2),
                "gops": round(report.gops, 2),
                "accuracy": report.accuracy,
                "output_sha256": report.output_sha256[:16],
                "cpu_s": round(spent, 2),
            }
        )
    return pd.DataFrame(rows)


def main() -> None:
    """Sweep and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--board", default="zc706")
    parser.add_argument("networks", nargs="*", default=[])
    given = parser.parse_args()
    board, file = given.board, HERE / f"{given.board}.csv"
    frame = sweep(board, given.networks or zoo_names())
    frame["commit"] = commit()
    if given.networks and file.is_file():
        old = pd.read_csv(file)
        frame = pd.concat([old[~old.network.isin(given.networks)], frame])
    frame = frame.sort_values("network", kind="stable", ignore_index=True)
    frame.to_csv(file, index=False)
    commits = ", ".join(sorted(set(frame.commit)))
    table = frame.pivot(index="network", columns="scheme", values="images_per_s")[list(SCHEMES)]
    lines = ["| network | " + " | ".join(table.columns) + " |", "|---" * (len(SCHEMES) + 1) + "|"]
    lines += [
        f"| {name} | " + " | ".join("-" if pd.isna(v) else f"{v:,.1f}" for v in row) + " |"
        for name, row in zip(table.index, table.to_numpy(), strict=True)
    ]
    exact = int(frame.cycles.notna().sum())
    (HERE / f"{board}.md").write_text(
        f"# The zoo on {board}\n\nMade by `python results/zoo/sweep.py --board {board}` at commit "
        f"{commits} (the CSV says which row), LightSim {version('lightsim')}: images per "
        "second, batch 1, each scheme on the board's default accelerator. All "
        f"{exact} runs were bit exact, gave the same hash when repeated, and another with another "
        "seed where the weights are synthetic; '-' is a "
        "combination that is refused. Cycles, hashes and CPU seconds are in the CSV file.\n\n"
        + "\n".join(lines)
        + "\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()

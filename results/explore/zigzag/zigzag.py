"""The choice of a mapping: ours and ZigZag's, on the same layers of ResNet-18, counted and timed.

    python results/explore/zigzag/zigzag.py [--python PYTHON]

installs ZigZag in an environment of its own (or takes the one of PYTHON, which has it), searches
every layer with weights with both, and writes `zigzag.csv` and `zigzag.md` beside itself. Where
ZigZag cannot be installed the page says why, and has our side alone.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import venv
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from exact_choice import chosen, shapes

from lightsim.hardware import board
from lightsim.network import load_network
from lightsim.numerics.formats.scheme import scheme
from lightsim.quantisation.select import quantise
from lightsim.tiled.estimation import default_accelerator
from results.provenance import commit

HERE = Path(__file__).parent
NETWORK, BOARD, SCHEME = "resnet18-imagenet", "zc706", "flightnn"
WANTED = ("zigzag-dse==3.9.1", "six")  # its own installation misses six
ELSEWHERE = "125 to 228 evaluations a CPU second, measured elsewhere"
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}


def theirs(layers: list[dict], python: str | None, folder: str) -> tuple[dict | None, str]:
    """What ZigZag found, or why there is nothing."""
    if python is None:
        venv.create(folder, with_pip=True)
        python = str(Path(folder) / "bin" / "python")
        pip = [python, "-m", "pip", "install", "--quiet", *WANTED]
        installed = subprocess.run(pip, capture_output=True, text=True, check=False)
        if installed.returncode:
            return None, installed.stderr.strip().splitlines()[-1]
    # Isolated: this file has the name of the package.
    ran = subprocess.run(
        [python, "-I", str(HERE / "zigzag_search.py")],
        input=json.dumps(layers), capture_output=True, text=True, check=False,
        env=os.environ | ONE_THREAD,
    )  # fmt: skip
    if ran.returncode:
        return None, ran.stderr.strip().splitlines()[-1]
    return json.loads(ran.stdout), ""


def rows_of(ours: pd.DataFrame, found: dict | None, why: str) -> str:
    """The table of rates."""
    legal, choosing = int(ours.legal.sum()), ours.choosing_cpu_s.sum()
    timed, bounding = int(ours.timed.sum()), ours.bounding_cpu_s.sum()
    rates = [
        ("LightSim, exact choice: legal mappings decided", legal, choosing),
        ("LightSim, closed form of the cycles of every legal mapping", legal, bounding),
        ("LightSim, run on the timeline (the CPU time of the whole choice)", timed, choosing),
    ]
    if found is None:
        note = f"\n\nZigZag could not be run here ({why}); {ELSEWHERE}."
        lines = [f"| {n} | {c:,} | {s:.2f} | {c / s:,.0f} | - |" for n, c, s in rates]
    else:
        own, note = pd.DataFrame(found["layers"]), ""
        asked = int(own.evaluations.sum())
        per_second = asked / own.cpu_s.sum()
        rates += [
            ("ZigZag, its search: mappings evaluated", asked, own.cpu_s.sum()),
            ("ZigZag, its cost model by itself", asked, own.model_cpu_s.sum()),
        ]
        lines = [
            f"| {n} | {c:,} | {s:.2f} | {c / s:,.0f} | {c / s / per_second:,.{int(c < 1e5)}f} |"
            for n, c, s in rates
        ]
    head = "| what | mappings | CPU s | per CPU s | over ZigZag's search |\n|---|---|---|---|---|"
    return "\n".join([head, *lines]) + note


def by_layer(ours: pd.DataFrame, found: dict | None) -> str:
    """The table of layers."""
    own = {} if found is None else {row["name"]: row for row in found["layers"]}
    lines = []
    for row in ours.itertuples():
        other = own.get(row.name)
        cells = ("-", "-") if other is None else (other["evaluations"], f"{other['cpu_s']:.2f}")
        lines.append(
            f"| {row.name} | {row.macs:,} | {row.legal:,} | {row.timed} | "
            f"{row.choosing_cpu_s:.3f} | {row.limit / row.cycles:.3f} | {cells[0]} | {cells[1]} |"
        )
    head = (
        "| layer | MACs | legal | on the timeline | CPU s | closed form / timeline | "
        "ZigZag: mappings | CPU s |\n|---|---|---|---|---|---|---|---|\n"
    )
    return head + "\n".join(lines)


def describe(ours: pd.DataFrame, found: dict | None, why: str, accelerator: str) -> str:
    """The page."""
    release = WANTED[0] if found is None else f"zigzag-dse {found['version']}"
    return f"""# The choice of a mapping, beside ZigZag's

Made by `python results/explore/zigzag/zigzag.py` at commit {commit()},
LightSim {version("lightsim")},
{release} with six installed by hand, Python {platform.python_version()}, one process and one
thread each, after each has compiled or imported what it needs.

The {len(ours)} layers with weights of {NETWORK}. Ours on `{accelerator}`; ZigZag's on
`tpu_like` of its package (32 x 32 multipliers, output channels by input channels) with its
spatial mapping, its search of temporal mappings (`loma`, six loop factors, uneven) and latency
as the criterion, in its own stages without files and pictures.

{rows_of(ours, found, why)}

What is counted:

- *Decided*: legal mappings (tile sizes that fit the buffers, with a loop order, none twice) of
  which the exact choice has proven that none is quicker than its answer: either run on the
  timeline or excluded by a lower bound on its cycles. {int(ours.timed.sum()):,} of
  {int(ours.legal.sum()):,} were run.
- *Closed form*: the lower bound on the cycles of each of them, none left out. This is what
  compares with an analytic model of latency; "closed form / timeline" says how near it comes to
  the cycles of the mapping chosen.
- *Run on the timeline*: the exact start and end of every tile and transfer, DRAM commands
  included. ZigZag has nothing like it, so its rate is there for completeness.
- ZigZag's *mappings* are calls of its cost model, complete mappings all, each with the energy of
  every memory as well as the latency, which our rates do not have. By its own interface, which
  also writes files and pictures, it is slower: {ELSEWHERE}.

{by_layer(ours, found)}

In our network conv1 is one pass that reads a window of rows folded into channels; ZigZag gets it
as the network has it. Cycles of the two machines are in the CSV file and not comparable: other
buffers, another memory, no DRAM timing in one.
"""


def main() -> None:
    """Install, search, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", help="one that has ZigZag; by default it is installed")
    given = parser.parse_args()
    workload = quantise(load_network(NETWORK), scheme(SCHEME), 0)
    accelerator = default_accelerator(board(BOARD), scheme(SCHEME))
    layers = shapes(workload)
    with TemporaryDirectory() as folder:
        found, why = theirs(layers, given.python, folder)
    ours = pd.DataFrame(layers).merge(pd.DataFrame(chosen(workload, accelerator)), on="name")
    assert len(ours) == len(layers)
    table = ours[["name", "macs", "legal", "timed", "bounding_cpu_s", "choosing_cpu_s", "cycles",
                  "limit"]]  # fmt: skip
    if found is not None:
        own = pd.DataFrame(found["layers"]).add_prefix("zigzag_")
        table = table.merge(own, left_on="name", right_on="zigzag_name").drop(columns="zigzag_name")
    table.to_csv(HERE / "zigzag.csv", index=False, float_format="%.4f")
    page = describe(ours, found, why, accelerator.name)
    (HERE / "zigzag.md").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()

"""The one line: what explore answers for vgg7-cifar10 on ZC706, and whether run and verify agree.

    python results/explore/answer/answer.py [NETWORK BOARD]

calls the three commands as a user would and writes `answer.md`, and the accelerator that was
found as `answer.toml`, beside itself. Ends with 1 where the cycles differ.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from results.provenance import made_at

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Answer:
    """What a command printed, and its seconds."""

    command: str
    said: dict
    wall_s: float
    cpu_s: float


def asked(*words: str) -> Answer:
    """Run a command of LightSim; its children's CPU time is in `cpu_s`."""
    script = str(Path(sys.executable).parent / "lightsim")
    before, begun = _children(), time.perf_counter()
    ran = subprocess.run([script, *words, "--json"], capture_output=True, text=True, check=False)
    wall = time.perf_counter() - begun
    if ran.returncode:
        raise SystemExit(f"lightsim {' '.join(words)}: {ran.stderr.strip()[-500:]}")
    said = json.loads(ran.stdout)
    return Answer("lightsim " + " ".join(words), said, wall, _children() - before)


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main(names: list[str]) -> int:
    """Ask all three, compare, write."""
    network, board = names or ("vgg7-cifar10", "zc706")
    load = os.getloadavg()[0]
    with TemporaryDirectory() as folder:
        os.chdir(folder)
        found = asked("explore", network, "--board", board, "--workers", "2", "--output", "out")
        ran = asked("run", network, "--accelerator", "out/best.toml")
        verified = asked("verify", network, "--accelerator", "out/best.toml")
        shutil.copy("out/best.toml", HERE / "answer.toml")
    best = found.said["front"][0]["values"]["throughput_images_per_s"]
    bound = found.said["bound"]
    clock_hz = ran.said["clock_hz"]
    cycles = (round(clock_hz / best), ran.said["cycles"], verified.said["cycles_simulated"],
              verified.said["cycles_rtl"])  # fmt: skip
    rows = "\n".join(
        f"| `{answer.command}` | {what} | {answer.wall_s:.0f} | {answer.cpu_s:.0f} |"
        for answer, what in (
            (found, f"{cycles[0]:,}"),
            (ran, f"{cycles[1]:,}"),
            (verified, f"{cycles[2]:,} simulated, {cycles[3]:,} in SystemVerilog"),
        )
    )
    said = found.said
    (HERE / "answer.md").write_text(
        f"""# The one line, and whether it is true

{made_at(f"python results/explore/answer/answer.py {network} {board}")},
two shared families at a load of {load:.1f}.

`{found.command}` on default settings: {said["space"]["designs"]:,} designs in the space,
{said["evaluations"]} run on the timeline; best {best:,.6g} images/s, no design of the space beats
{bound["value"]:,.6g}: **gap {bound["gap"]:.2%}**{", the optimum" if said["exhaustive"] else ""},
after **{found.wall_s:.0f} s** (asked: two minutes on two families, gap at most 5 %).

| command | cycles an image | wall s | CPU s |
|---|---|---|---|
{rows}

Cycles are **{"the same in all three" if len(set(cycles)) == 1 else "NOT the same"}**;
{verified.said["values_compared"]:,} values compared with those of the RTL,
{verified.said["values_different"]} different. The accelerator is `answer.toml`.
""",
        encoding="utf-8",
    )
    return 0 if len(set(cycles)) == 1 and not verified.said["values_different"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`verify` of every trained network of the zoo: simulation and SystemVerilog on one image each.

    nice python results/verify/trained.py [--into DIR] [--table] [NETWORK-SCHEME ...]

What is done (a JSON file of DIR) is passed over; the table `trained.md` beside this file is written
of what is there. With `--table` nothing is run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

from lightsim.network import load_network, zoo_names
from lightsim.quantisation import trained_schemes
from results.provenance import commit, made_at

HERE = Path(__file__).parent


def cases() -> list[tuple[str, str]]:
    """Every network with trained weights, under each of its schemes."""
    return [(name, own) for name in zoo_names() for own in trained_schemes(load_network(name))]


def verify(network: str, scheme: str, path: Path) -> None:
    """One comparison, kept as the JSON document of the command with the commit."""
    command = [
        sys.executable, "-c", "from lightsim.cli import main; main()",
        "verify", network, "--scheme", scheme, "--json",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(done.stderr)
    document = {**json.loads(done.stdout), "commit": commit()}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def table(into: Path) -> str:
    """The page of all that is done."""
    lines = [
        "| network | scheme | cycles, simulation | cycles, RTL | values | different | commit |",
        "|---" * 7 + "|",
    ]
    for network, scheme in cases():
        path = into / f"{network}-{scheme}.json"
        if not path.exists():
            continue
        row = json.loads(path.read_text("utf-8"))
        cells = (
            network, f"`{scheme}`", f"{row['cycles_simulated']:,}", f"{row['cycles_rtl']:,}",
            f"{row['values_compared']:,}", f"{row['values_different']:,}", row["commit"],
        )  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return f"""# Trained networks in simulation and SystemVerilog

{made_at("python results/verify/trained.py")}: one image of the
test set each, on the default accelerator of the zc706. What is not here is not compared yet.

{chr(10).join(lines)}
"""


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser()
    parser.add_argument("only", nargs="*")
    parser.add_argument("--into", type=Path, default=Path("verified"))
    parser.add_argument("--table", action="store_true")
    chosen = parser.parse_args()
    for network, scheme in [] if chosen.table else cases():
        path = chosen.into / f"{network}-{scheme}.json"
        if not path.exists() and (not chosen.only or path.stem in chosen.only):
            verify(network, scheme, path)
    (HERE / "trained.md").write_text(table(chosen.into), "utf-8")


if __name__ == "__main__":
    main()

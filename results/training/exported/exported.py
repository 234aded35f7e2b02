"""Trained networks of every scheme: `lightsim run` and `lightsim verify` against the models.

    python results/training/exported/exported.py

Trains digits-small under every scheme by the recipe for short, runs all images held out through
`lightsim run` (every tile from what its modelled buffers hold), and compares the hash of its
outputs with that of the trained model in eval mode; then `lightsim verify` simulates the
SystemVerilog. Writes exported.csv and exported.md beside itself. About ten minutes on one core,
most of them compiling the RTL.
"""

from __future__ import annotations

import csv
import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from lightsim.flow.training import train
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.training.data import load_data
from lightsim.training.loop.batches import as_tensors
from lightsim.training.loop.epochs import deterministic, logits
from lightsim.training.loop.seeds import device_of, train_seed
from lightsim.training.loop.states import seed_folder
from lightsim.training.recipes.recipe import new_recipe
from results.provenance import made_at

HERE = Path(__file__).parent
NETWORK, BOARD, SEED = "digits-small", "pynq-z2", 0
COMMAND = "import sys; sys.argv[0] = 'lightsim'; from lightsim.cli import main; main()"


def lightsim(*arguments: str) -> dict:
    """The JSON document of a command in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, *arguments, "--json"], capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def row_of(scheme: str, folder: Path) -> dict[str, object]:
    """One scheme, trained, run and verified."""
    recipe = new_recipe(NETWORK, {"scheme": scheme, "seeds": [SEED], "device": "cpu"})
    report = train(recipe, folder)
    data = load_data(recipe.data, recipe.network)
    # From its last checkpoint: nothing of the export is used.
    model = train_seed(recipe, data, SEED, seed_folder(folder, SEED)).model
    device = device_of("cpu")
    with deterministic(1, device):
        outputs = logits(model, as_tensors(data.held_out, device).images)
    wanted = hashlib.sha256(outputs.astype("<i4").tobytes()).hexdigest()
    right = float(np.mean(outputs.argmax(1) == data.held_out.labels))
    network, count = str(folder / "network.toml"), len(data.held_out.labels)
    place = ("--scheme", scheme, "--board", BOARD)
    run = lightsim("run", network, *place, "--images", str(count))
    verified = lightsim("verify", network, *place, "--images", "2")
    return {
        "scheme": scheme,
        "accuracy": report.seeds[0].accuracy,
        "accuracy_of_model": right,
        "images": count,
        "outputs_equal": run["output_sha256"] == wanted,
        "run_bit_exact": run["bit_exact"],
        "output_sha256": wanted,
        "rtl_values": verified["values_compared"],
        "rtl_values_different": verified["values_different"],
        "rtl_cycles": verified["cycles_rtl"],
        "simulated_cycles": verified["cycles_simulated"],
    }


def main() -> None:
    """Write the table, and the page that shows it."""
    rows = []
    for scheme in SCHEMES:
        with tempfile.TemporaryDirectory() as folder:
            rows.append(row_of(scheme, Path(folder) / "out"))
        sys.stderr.write(f"{rows[-1]}\n")
        with (HERE / "exported.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    (HERE / "exported.md").write_text(page(rows), encoding="utf-8")


def page(rows: list[dict]) -> str:
    """The results as a document."""
    lines = [
        f"| `{r['scheme']}` | {r['accuracy']:.2%} | {'yes' if r['outputs_equal'] else 'NO'} "
        f"| {r['rtl_values']:,} | {r['rtl_values_different']} "
        f"| {r['simulated_cycles']:,} | {r['rtl_cycles']:,} |"
        for r in rows
    ]
    table = "\n".join(lines)
    head = (
        "scheme", "accuracy", "outputs of run = outputs of model", "RTL: values compared",
        "different", "cycles simulated", "cycles RTL",
    )  # fmt: skip
    return f"""# Exported networks are the trained models, bit for bit

{made_at("python results/training/exported/exported.py")}: `{NETWORK}` trained under every scheme by
`lightsim train {NETWORK} --scheme SCHEME` (seed {SEED}), then

- `lightsim run` on all {rows[0]["images"]} images held out (board {BOARD}): the SHA-256 of its
  outputs, all computed tile by tile from what the modelled buffers hold, against that of the
  model's outputs in eval mode in PyTorch, restored from its checkpoint;
- `lightsim verify` on two of them: the SystemVerilog, every stored value and the cycles.

| {" | ".join(head)} |
{"|---" * len(head)}|
{table}

Accuracies are of one seed and show only that something was learned; means over seeds are in the
other documents of this folder.
"""


if __name__ == "__main__":
    main()

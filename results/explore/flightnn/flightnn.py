"""The FLightNN question on one board: each scheme at its own best accelerator, every network.

    python results/explore/flightnn/flightnn.py [--board zc706] [--trials N] [--free-trials N] \
        [NETWORK ...]

Every row is the best of an `explore`. Writes `flightnn-<board>.csv`, `.md` and, where chromium is
installed, `.png` beside itself; networks that are not named keep their rows.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from fixed4_loss import fixed4_loss
from flightnn_page import describe, draw

from dse.accuracy.rounded_network import rounded_network_of, uniform
from dse.accuracy.sensitivity import sensitivity
from dse.accuracy.source import Losses, total_loss
from dse.search.explore import explore
from dse.search.result import Exploration
from dse.study.study import new_study, parse_study
from lightsim.hardware import board
from lightsim.network import load_network, zoo_names
from results.provenance import commit

HERE = Path(__file__).parent
FIXED = ("lightnn1", "lightnn2", "fixed4")
EQUAL, TWICE = "flightnn, error of fixed4", "flightnn, error 2 x lightnn2"
MEASURED = "flightnn, measured within 0.1 %"
SMALL_MACS, MORE = 20_000_000, 10  # below so many, designs are cheap: so many times the trials
MOST = 0.1  # the allowed loss in the table of losses, whatever it is in the model


def tabled(network: str, on: str, losses: Losses, allowed: float, trials: int) -> Exploration:
    """k free within a loss of `allowed` beyond that of k = 2, by a table of losses.

    The axis k takes up to 100 %, and predicted errors may be more: the table has all losses in
    the unit in which `allowed` is `MOST`.
    """
    with TemporaryDirectory() as folder:
        file = Path(folder) / "losses.toml"
        rows = (f"{name} = {(own * (MOST / allowed)).tolist()}" for name, own in losses.items())
        file.write_text("accuracy = 1.0\n[loss]\n" + "\n".join(rows) + "\n", encoding="utf-8")
        study = {
            "name": f"{network}-{on}", "board": on, "network": [{"name": network}],
            "axes": {"k": f"{MOST:.0%}".replace("%", " %")}, "accuracy": {"file": str(file)},
        }  # fmt: skip
        return explore(parse_study(study, "flightnn.py", {"trials": trials}))


def rows_of(network: str, on: str, trials: int, free: int, commit: str) -> Iterator[dict]:
    """Every scheme of one network."""
    rounded_network = rounded_network_of(load_network(network))
    if rounded_network.reference.network.macs < SMALL_MACS:
        trials, free = MORE * trials, MORE * free
    losses = sensitivity(rounded_network).losses
    errors = {
        "lightnn1": total_loss(losses, uniform(rounded_network, 1)),
        "lightnn2": total_loss(losses, uniform(rounded_network, 2)),
        "fixed4": fixed4_loss(rounded_network, losses),
    }

    def row(label: str, begun: float, found: Exploration, error: float | None) -> dict:
        best = found.front[0]
        digits = "".join(best.k.values())
        return {
            "network": network, "scheme": label, "gap": found.gap,
            "accelerator": found.design(best).accelerator.name,
            "cycles": best.cycles[network], "accuracy": best.values.get("accuracy"),
            "images_per_s": best.values["throughput_images_per_s"], "output_error": error,
            "limit_of_any_k": found.limit_of_any_k, "designs": found.evaluations,
            **{f"k{digit}": digits.count(digit) / len(digits) if digits else None
               for digit in "012"},
            "weights": rounded_network.reference.weights_origin.split(" ")[0],
            "cpu_s": round(time.process_time() - begun, 1), "commit": commit,
        }  # fmt: skip

    for name in FIXED:
        begun = time.process_time()
        found = explore(new_study(network, on, scheme=name, search={"trials": trials}))
        yield row(name, begun, found, errors[name])
    for label, error in ((EQUAL, errors["fixed4"]), (TWICE, 2 * errors["lightnn2"])):
        allowed, begun = error - errors["lightnn2"], time.process_time()
        if allowed > 0:
            found = tabled(network, on, losses, allowed, free)
            lost = found.front[0].values["loss"] * allowed / MOST
            # The table's accuracy is a unit, not an accuracy.
            yield {**row(label, begun, found, lost), "accuracy": None}
    if rounded_network.reference.held_out is not None:
        begun = time.process_time()
        found = explore(new_study(network, on, k="0.1 %", search={"trials": max(free, trials)}))
        yield row(MEASURED, begun, found, found.front[0].values["loss"])


def kept(file: Path, network: str, found: pd.DataFrame) -> pd.DataFrame:
    """The table with these rows of a network; others may have been written meanwhile."""
    if file.is_file():
        frame = pd.read_csv(file)
        found = pd.concat([frame[frame.network != network], found])
    found = found.sort_values("network", kind="stable", ignore_index=True)
    found.to_csv(file, index=False)
    return found


def main() -> None:
    """Search, write, draw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--board", default="zc706")
    parser.add_argument("--trials", type=int, default=60)
    parser.add_argument("--free-trials", type=int, default=12)
    parser.add_argument("networks", nargs="*", default=[])
    given = parser.parse_args()
    on, file = board(given.board), HERE / f"flightnn-{given.board}.csv"
    if not given.networks:
        file.unlink(missing_ok=True)
    for network in given.networks or zoo_names():
        found = []
        for row in rows_of(network, on.name, given.trials, given.free_trials, commit()):
            found.append(row)
            sys.stderr.write(
                f"{network}, {row['scheme']}: {row['images_per_s']:,.1f} images/s, gap "
                f"{row['gap']:.1%}, {row['designs']} designs, {row['cpu_s']} CPU s\n"
            )
        frame = kept(file, network, pd.DataFrame(found))
    command = (
        f"python results/explore/flightnn/flightnn.py --board {on.name} --trials {given.trials} "
        f"--free-trials {given.free_trials}"
    )
    page = describe(frame, on, command, version("lightsim"))
    (HERE / f"flightnn-{on.name}.md").write_text(page, encoding="utf-8")
    draw(frame, on, HERE / f"flightnn-{on.name}.png")


if __name__ == "__main__":
    main()

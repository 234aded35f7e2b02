"""What a trained row costs: its energy by the 65 nm table, and the paper's own figures."""

from __future__ import annotations

from pathlib import Path

import lightsim

__all__ = ["ENERGY_TABLE", "PAPER_ENERGY", "PAPER_UNIT_AREA", "energy_nj"]

ENERGY_TABLE = "asic-65nm-lightnn"
ROWS = (
    "float32", "lightnn2", "lightnn1", "binaryconnect", "lightnn2-bin", "lightnn1-bin", "binarynet",
)  # fmt: skip
"""The rows of LightNN's tables, its conventional network first."""

# Ding, Liu, Shi, Marculescu, Blanton: LightNN, GLSVLSI 2017: nJ an image (digitised bars).
PAPER_ENERGY = {
    recipe: dict(zip(ROWS, values, strict=True))
    for recipe, values in {
        "mnist-1hidden": (40.7, 22.8, 16.5, 14.3, 20.8, 15.2, 13.1),
        "lenet": (472.0, 158.0, 129.0, 89.4, 101.0, 91.9, 52.2),
        "cifar10-3conv": (1862.0, 481.0, 341.0, 280.0, 200.0, 156.0, 95.1),
    }.items()
}
# One multiply unit, 65 nm, in square micrometres (digitised).
PAPER_UNIT_AREA = dict(zip(ROWS, (11195, 1531, 69.7, 7.8, 883, 93.0, 7.8), strict=True))

# A float network is not run: what the table calls a multiplication is the paper's conventional one.
_STANDS_FOR = {"float32": "fixed8"}


def energy_nj(into: Path, recipe: str, variant: str, seed: int) -> float | None:
    """Nanojoules an image on the default accelerator of the zc706, all data on the chip.

    Counted activity of the timeline times the table; the memory outside is left out, as in the
    paper. `float32` is the machine of `fixed8`, whose multiplication is the paper's conventional
    multiplier in this table. None where the folder that it needs is not there.
    """
    network = into / f"{recipe}-{_STANDS_FOR.get(variant, variant)}-{seed}" / "network.toml"
    if not network.exists():
        return None
    report = lightsim.run(
        network, engine="timeline", energy_table=ENERGY_TABLE, measure_accuracy=False, tracing=False
    )
    return 1e9 * sum(j for event, j in report.energy_by_event_j.items() if event != "dram_byte")

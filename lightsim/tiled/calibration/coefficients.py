"""The file of coefficients that `lightsim.tiled.estimation` reads."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from lightsim.files.writing import write_file
from lightsim.tiled.calibration.fit import Fitted

__all__ = ["write_coefficients"]


def write_coefficients(
    file: Path, fitted: dict[str, dict[str, Fitted]], family: str, yosys: str, date: str
) -> None:
    """Write the coefficients of every module and case, with the tools that measured them."""
    document = {
        "family": family,
        "yosys": yosys,
        "date": date,
        "modules": {
            module: {case: asdict(held) for case, held in cases.items()}
            for module, cases in fitted.items()
        },
    }
    write_file(file, json.dumps(document, indent=1, sort_keys=True) + "\n")

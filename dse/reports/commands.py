"""The commands that run what an exploration found."""

from __future__ import annotations

from pathlib import Path

from dse.result import Exploration

__all__ = ["BEST_K", "BEST_MAPPING", "run_command"]

BEST_K = "best-k.toml"
BEST_MAPPING = "best-mapping.toml"


def run_command(found: Exploration, file: str = "best.toml", verb: str = "run") -> str:
    """`lightsim run` of the best design on the study's first network; "" without a front."""
    if not found.front:
        return ""
    study, design = found.study, found.design(found.front[0])
    parts = [f"lightsim {verb} {study.shares[0].network} --accelerator {file}"]
    if study.board_name.endswith(".toml"):
        parts.append(f"--board {study.board_name}")
    if found.front[0].k:
        parts.append(f"--k {Path(file).with_name(BEST_K)}")
    if study.shares[0].network in found.front[0].tilings:
        parts.append(f"--mapping {Path(file).with_name(BEST_MAPPING)}")
    if design.batch > 1:
        parts.append(f"--images {design.batch} --batch {design.batch}")
    if study.search.seed:
        parts.append(f"--seed {study.search.seed}")
    return " ".join(parts)

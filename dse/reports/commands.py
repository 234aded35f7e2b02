"""The commands that run the best design of an exploration."""

from __future__ import annotations

from pathlib import Path

from dse.search.result import Exploration
from lightsim.files.commands import command_line
from lightsim.files.paths import absolute_file

__all__ = ["BEST_K", "BEST_MAPPING", "run_command"]

BEST_K = "best-k.toml"
BEST_MAPPING = "best-mapping.toml"


def run_command(found: Exploration, file: str = "best.toml", *, anywhere: bool = False) -> str:
    """The command `lightsim run` for the best design and the study's first network; "" if there is
    no front.

    With `anywhere` the user's own files have absolute paths, because a page may be read in another
    folder than the search ran in.
    """
    if not found.front:
        return ""
    study, design = found.study, found.design(found.front[0])
    network, board = study.shares[0].network, study.board_name
    shown = absolute_file(network) if anywhere else network
    options = ["--accelerator", file]
    if board.endswith(".toml"):
        options += ["--board", absolute_file(board) if anywhere else board]
    if found.front[0].k:
        options += ["--k", str(Path(file).with_name(BEST_K))]
    if network in found.front[0].mappings:
        options += ["--mapping", str(Path(file).with_name(BEST_MAPPING))]
    if design.batch > 1:
        options += ["--images", str(design.batch), "--batch", str(design.batch)]
    if study.search.seed:
        options += ["--seed", str(study.search.seed)]
    return command_line("run", shown, *options)

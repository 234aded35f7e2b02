"""A recipe as the text of a TOML file that reads back as the same recipe."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any

from pydantic import BaseModel

from lightsim.files.paths import absolute_file
from lightsim.files.toml_text import toml_text
from lightsim.training.recipes.recipe import Recipe

__all__ = ["absolute", "recipe_text"]

_HEAD = (
    "name", "network", "activations", "activation_bits", "width", "scheme", "epochs",
    "float_epochs",
    "batch", "seeds", "start", "device", "threads",
)  # fmt: skip
_TABLES = ("data", "augmentation", "optimiser", "schedule", "hardware")
_INNER = ("flightnn", "distribution", "term_weights")


def absolute(recipe: Recipe) -> Recipe:
    """The same recipe with absolute paths, so that it can be read in another folder."""

    def whole(path: str | None) -> str | None:
        return None if path is None else os.path.abspath(path)  # noqa: PTH100 (no links)

    hardware = recipe.hardware
    if hardware is not None:
        given = {name: getattr(hardware, name) for name in ("board", "accelerator")}
        files = {name: absolute_file(own) for name, own in given.items() if own is not None}
        hardware = hardware.model_copy(update=files)
    return replace(
        recipe,
        network_name=absolute_file(recipe.network_name),
        start=whole(recipe.start),
        data=recipe.data.model_copy(update={"path": whole(recipe.data.path)}),
        hardware=hardware,
    )


def recipe_text(recipe: Recipe) -> str:
    """The text of a recipe with every value; `parse_recipe` of the text equals `recipe`."""
    head = {name: getattr(recipe, name) for name in _HEAD} | {"network": recipe.network_name}
    parts = [_lines(head.items())]
    for name in _TABLES:
        entry: BaseModel | None = getattr(recipe, name)
        if entry is not None:
            parts += ["", f"[{name}]", _lines(entry.model_dump().items())]
    options = recipe.options
    for name, own in (
        ("model", options), ("flightnn", options.flightnn), ("distribution", options.distribution),
    ):  # fmt: skip
        if own is not None:
            rows = ((row.name, getattr(own, row.name)) for row in fields(own))
            parts += ["", f"[{name}]", _lines(row for row in rows if row[0] not in _INNER)]
    return "\n".join(parts) + "\n"


def _lines(rows: Iterable[tuple[str, Any]]) -> str:
    """The lines of a table, without values that are None, because TOML has no null."""
    return "\n".join(f"{key} = {toml_text(value)}" for key, value in rows if value is not None)

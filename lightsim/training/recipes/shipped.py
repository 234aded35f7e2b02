"""The recipes that come with LightSim: the files of `workloads/recipes`."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

__all__ = ["recipe_names", "shipped_recipe"]

_SUFFIX = ".toml"


def recipe_names() -> tuple[str, ...]:
    """The names of the recipes, in alphabetical order."""
    return tuple(sorted(file.name.removesuffix(_SUFFIX) for file in _files()))


def shipped_recipe(name: str) -> dict[str, Any] | None:
    """The table of the shipped recipe called `name`; None if there is no such recipe."""
    for file in _files():
        if file.name == name + _SUFFIX:
            return tomllib.loads(file.read_text(encoding="utf-8"))
    return None


def _files() -> list[Traversable]:
    folder = files("workloads") / "recipes"
    return [file for file in folder.iterdir() if file.name.endswith(_SUFFIX)]

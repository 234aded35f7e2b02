"""A table of a recipe, turned into the frozen dataclass of its options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

from lightsim.errors import InputError, unknown_name
from lightsim.network.checking import on_one_line, spell_value

__all__ = ["options_from"]

T = TypeVar("T")


def options_from(
    kind: type[T], table: Mapping[str, Any], where: str, *, without: tuple[str, ...] = ()
) -> T:
    """The options of a table, with defaults for missing keys; the fields `without` are not keys.

    Raises `InputError` for an unknown key, a value of a wrong type, and values that the options
    refuse.
    """
    types = get_type_hints(kind)
    known = [row.name for row in fields(kind) if row.name not in without]  # type: ignore[arg-type]
    given = {}
    for key, value in table.items():
        if key not in known:
            raise unknown_name(where, "key", on_one_line(key), known)
        try:
            given[key] = TypeAdapter(types[key]).validate_python(_frozen(value), strict=True)
        except ValidationError:
            problem = f"{key} is {spell_value(value)}"
            raise InputError(where, problem, f"accepted: {_spelled(types[key])}") from None
    try:
        return kind(**given)
    except InputError as error:
        raise InputError(f"{where}: {error.where}", error.problem, error.accepted) from None


def _frozen(value: Any) -> Any:
    """A value with its lists turned into tuples, as the options need."""
    return tuple(_frozen(inner) for inner in value) if isinstance(value, list) else value


def _spelled(kind: Any) -> str:
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Literal:
        return " or ".join(map(str, inner))
    if origin in (Union, UnionType):
        return " or ".join(_spelled(part) for part in inner if part is not type(None))
    if origin is tuple:
        if inner[-1] is Ellipsis:
            return f"a list, each {_spelled(inner[0])}"
        return f"a list of {len(inner)}, each {_spelled(inner[0])}"
    return {int: "a whole number", float: "a number", bool: "true or false", str: "a text"}.get(
        kind, str(kind)
    )

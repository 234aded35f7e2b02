"""The variants of a recipe: tables that replace some of its keys, chosen by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lightsim.errors import InputError, unknown_name

__all__ = ["with_variant"]

_KEY = "variants"


def with_variant(
    table: Mapping[str, Any], where: str, variant: str | None, scheme: str | None = None
) -> dict[str, Any]:
    """The table of a recipe with the keys of its table `[variants.NAME]` in place of its own keys.

    Keys of inner tables are replaced one by one. Without `variant`, the variant with the name of
    the scheme is taken, if there is one. A variant without `scheme` has its own name as its scheme.
    The name of the resulting recipe joins both names. Raises `InputError` for an unknown variant.
    """
    own = {key: value for key, value in table.items() if key != _KEY}
    variants = table.get(_KEY, {})
    if not isinstance(variants, dict) or not all(isinstance(v, dict) for v in variants.values()):
        raise InputError(where, f"{_KEY} is no table of tables", f"accepted: [{_KEY}.NAME]")
    if variant is None and scheme in variants:
        variant = scheme
    if variant is None:
        return own
    if variant not in variants:
        if not variants:
            raise InputError("variant", f"'{variant}' of a recipe without any", "give none")
        raise unknown_name(where, "variant", variant, variants)
    for key, value in {"scheme": variant, **variants[variant]}.items():
        both = isinstance(value, dict) and isinstance(own.get(key), dict)
        own[key] = {**own[key], **value} if both else value
    first = table.get("name", table.get("network"))
    if isinstance(first, str):
        own["name"] = f"{first}-{variant}"
    return own

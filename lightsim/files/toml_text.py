"""A value as TOML text: strings, numbers, booleans and lists of them."""

from __future__ import annotations

import json

__all__ = ["toml_text"]


def toml_text(value: object) -> str:
    """The TOML of a value that JSON can represent; raises `TypeError` for any other value.

    TOML writes these values like JSON, except that TOML also escapes DEL.
    """
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")

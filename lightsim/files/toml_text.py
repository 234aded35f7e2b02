"""A value as TOML writes it: text, numbers, flags and lists of them."""

from __future__ import annotations

import json

__all__ = ["toml_text"]


def toml_text(value: object) -> str:
    """The TOML of a value that JSON can write; raises `TypeError` for any other.

    TOML writes these like JSON, except that it also wants DEL escaped.
    """
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")

"""The table of codecs: a new format is one file and one row here."""

from __future__ import annotations

from lightsim.errors import unknown_name
from lightsim.numerics.formats.binary import BINARY
from lightsim.numerics.formats.codec import Codec
from lightsim.numerics.formats.fixed import FIXED4, FIXED8
from lightsim.numerics.formats.flightnn import FLIGHTNN
from lightsim.numerics.formats.powers import LIGHTNN1, LIGHTNN2

__all__ = ["CODECS", "codec"]

CODECS: dict[str, Codec] = {
    row.scheme.name: row for row in (LIGHTNN1, LIGHTNN2, FLIGHTNN, FIXED8, FIXED4, BINARY)
}


def codec(name: str) -> Codec:
    """The codec of the scheme called `name`; `InputError` with the nearest name if none."""
    try:
        return CODECS[name]
    except KeyError:
        raise unknown_name("scheme", "scheme", name, CODECS) from None

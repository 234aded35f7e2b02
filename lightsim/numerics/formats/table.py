"""The codecs by the schemes' names: each scheme's row says where its codec stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import import_module

from lightsim.errors import unknown_name
from lightsim.numerics.formats.codec import Codec
from lightsim.numerics.formats.scheme import SCHEMES

__all__ = ["CODECS", "codec"]


class _Codecs(Mapping[str, Codec]):
    """A codec for every row of `SCHEMES`, in the order of the rows."""

    def __getitem__(self, name: str) -> Codec:
        return _load(SCHEMES[name].codec)

    def __iter__(self) -> Iterator[str]:
        return iter(SCHEMES)

    def __len__(self) -> int:
        return len(SCHEMES)


CODECS: Mapping[str, Codec] = _Codecs()


@lru_cache
def _load(place: str) -> Codec:
    module, _, name = place.partition(":")
    found = getattr(import_module(module), name)
    if not isinstance(found, Codec):
        raise TypeError(f"{place} is no codec")
    return found


def codec(name: str) -> Codec:
    """The codec of the scheme called `name`; `InputError` with the nearest name if none."""
    if name not in SCHEMES:
        raise unknown_name("scheme", "scheme", name, SCHEMES)
    return CODECS[name]

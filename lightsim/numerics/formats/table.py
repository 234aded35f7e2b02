"""The codecs by the schemes' names: each scheme's row says where its codec stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import import_module

from lightsim.numerics.formats.codec import Codec
from lightsim.numerics.formats.scheme import SCHEMES, Scheme, scheme

__all__ = ["CODECS", "codec"]


class _Codecs(Mapping[str, Codec]):
    """A codec for every row of `SCHEMES`, in the order of the rows, and for every other member."""

    def __getitem__(self, name: str) -> Codec:
        return _load(SCHEMES[name])

    def __iter__(self) -> Iterator[str]:
        return iter(SCHEMES)

    def __len__(self) -> int:
        return len(SCHEMES)


CODECS: Mapping[str, Codec] = _Codecs()


@lru_cache(maxsize=256)
def _load(row: Scheme) -> Codec:
    module, _, name = row.codec.partition(":")
    found = getattr(import_module(module), name)
    made = found if isinstance(found, Codec) else found(row)
    if not isinstance(made, Codec):
        raise TypeError(f"{row.codec} is no codec")
    return made


def codec(name: str) -> Codec:
    """The codec of the scheme called `name`; `InputError` with the nearest name if none."""
    return CODECS[scheme(name).name]

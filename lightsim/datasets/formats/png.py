"""PNG files of 8-bit grey or RGB pixels, read and written; other kinds are refused.

Source: W3C, Portable Network Graphics (third edition): section 5 (chunks), 9 (filters).
"""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from lightsim.kernels.compiled import compiled

__all__ = ["BadPngError", "png_pixels", "png_text"]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3}  # colour types: grey, RGB
_MOST_BYTES = 1 << 28


class BadPngError(ValueError):
    """A file that is not a complete PNG of these kinds; the message gives the reason."""


def png_pixels(content: bytes) -> NDArray[np.uint8]:
    """Pixels uint8[rows, columns, channels] of a PNG file's content; raises `BadPngError`."""
    head, packed = _chunks(content)
    wide, high, bits, colour, packing, filters, interlaced = struct.unpack(">IIBBBBB", head)
    if bits != 8 or colour not in _CHANNELS or packing or filters or interlaced:
        raise BadPngError("its pixels are not plain grey or RGB of 8 bits")
    channels = _CHANNELS[colour]
    row = 1 + wide * channels
    if not 0 < high * row <= _MOST_BYTES:
        raise BadPngError(f"it has {wide} x {high} pixels")
    unpacking = zlib.decompressobj()
    try:
        rows = unpacking.decompress(packed, high * row)
    except zlib.error:
        raise BadPngError("its pixels do not unpack") from None
    if len(rows) != high * row:
        raise BadPngError("its pixels are cut short")
    lines = np.frombuffer(rows, np.uint8).reshape(high, row)
    if lines[:, 0].max() > 4:
        raise BadPngError(f"filter {lines[:, 0].max()} is none")
    pixels = np.empty((high, row - 1), np.uint8)
    _unfilter(lines, channels, pixels)
    return pixels.reshape(high, wide, channels)


def png_text(pixels: NDArray[np.uint8]) -> bytes:
    """The content of a PNG file with pixels uint8[rows, columns, channels], 1 or 3 channels."""
    high, wide, channels = pixels.shape
    colour = {count: colour for colour, count in _CHANNELS.items()}[channels]
    lines = np.zeros((high, 1 + wide * channels), np.uint8)
    lines[:, 1:] = pixels.reshape(high, -1)
    head = struct.pack(">IIBBBBB", wide, high, 8, colour, 0, 0, 0)
    packed = zlib.compress(lines.tobytes(), 9)
    return _SIGNATURE + _chunk(b"IHDR", head) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _chunks(content: bytes) -> tuple[bytes, bytes]:
    """The header, and all packed pixels."""
    if not content.startswith(_SIGNATURE):
        raise BadPngError("it begins otherwise" if content else "it is empty")
    place, head, packed = len(_SIGNATURE), b"", []
    while True:
        if place + 12 > len(content):
            raise BadPngError("it is cut short")
        size, kind = struct.unpack_from(">I4s", content, place)
        body = content[place + 8 : place + 8 + size]
        end = place + 8 + size
        if end + 4 > len(content) or zlib.crc32(kind + body) != int.from_bytes(
            content[end : end + 4]
        ):
            raise BadPngError("a chunk is damaged")
        place = end + 4
        if kind == b"IHDR":
            head = body
        elif kind == b"IDAT":
            packed.append(body)
        elif kind == b"IEND":
            break
        elif not kind[0] & 0x20:  # a critical chunk
            raise BadPngError("its pixels are not plain grey or RGB of 8 bits")
    if len(head) != 13 or not packed:
        raise BadPngError("it has no pixels")
    return head, b"".join(packed)


@compiled("void(Array(uint8, 2, 'A', True), int64, uint8[:,::1])")
def _unfilter(lines: NDArray[np.uint8], channels: int, pixels: NDArray[np.uint8]) -> None:
    """Add to each byte the prediction of its line's filter: left, above, their mean, or Paeth's."""
    for row in range(lines.shape[0]):
        kind = lines[row, 0]
        for place in range(pixels.shape[1]):
            left = np.int64(pixels[row, place - channels]) if place >= channels else np.int64(0)
            above = np.int64(pixels[row - 1, place]) if row else np.int64(0)
            corner = np.int64(0)
            if row and place >= channels:
                corner = np.int64(pixels[row - 1, place - channels])
            guess = np.int64(0)
            if kind == 1:
                guess = left
            elif kind == 2:
                guess = above
            elif kind == 3:
                guess = (left + above) // 2
            elif kind == 4:
                whole = left + above - corner
                by_left, by_above = abs(whole - left), abs(whole - above)
                by_corner = abs(whole - corner)
                if by_left <= by_above and by_left <= by_corner:
                    guess = left
                elif by_above <= by_corner:
                    guess = above
                else:
                    guess = corner
            pixels[row, place] = np.uint8((np.int64(lines[row, place + 1]) + guess) & 255)

"""Convolution by the processor's dot-product instructions: strips of words, blocks of filters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightsim.numerics.dot_products.forms import Form, form_of
from lightsim.numerics.filters.packed import Filters
from lightsim.numerics.images.window import Window
from lightsim.numerics.vectors.instruction import Instruction, choices

__all__ = ["Requantisation", "Sums", "add_dots"]

_STRIP_WORDS = 1 << 16  # words of an image at a time: 256 KB, half of a second-level cache
_LINES_OF_PIXELS = 256  # pixels of joined lines, at most
_SIGNED = 128  # what makes a signed byte an unsigned one


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """The dot products are added to `out` int32[batch, out, rows, columns], modulo 2**32."""

    out: NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Requantisation:
    """The sums, begun at `bias` int32[out], are requantised into `out` int16[batch, out, ...].

    `rule` is what `requantise.rule` returns, `multiplier` int32[out].
    """

    out: NDArray[np.int16]
    bias: NDArray[np.int32]
    multiplier: NDArray[np.int32]
    rule: tuple[int, int, int, int, int, int]


_NO_SUMS, _NO_NUMBERS = np.empty(0, np.int32), np.empty(0, np.int16)
_ADDING = (0, 0, 0, 0, 0, 0)


def add_dots(
    x: NDArray[np.int16],
    filters: Filters,
    window: Window,
    pad_value: int,
    end: Sums | Requantisation,
) -> bool:
    """The convolution of `x` [batch, in, h, w] with `filters`, finished as `end` says.

    Returns False, with nothing done, where no instruction serves: the caller then uses the
    plain kernels. A strip takes some 300 KB beside its operands and its output.
    """
    rows = _rows(x, filters, pad_value)
    if not rows:
        return False
    x, out = np.ascontiguousarray(x), end.out
    whole = x.shape[2:] == window.kernel and window.origin == (0, 0)
    if whole and window.rows == window.columns == 1 and (len(x) > 1 or window.kernel != (1, 1)):
        # One output an image: the images become the pixels of one, their numbers its channels.
        pixels = np.ascontiguousarray(x.reshape(len(x), -1).T)[None, :, None]
        across = np.zeros((1, out.shape[1], 1, len(x)), out.dtype)
        row = Window((1, 1), (1, 1), (0, 0), 1, len(x))
        add_dots(pixels, filters.flattened(), row, pad_value, _elsewhere(end, across))
        _hand_over(end, across.transpose(3, 1, 0, 2))
        return True
    if not out.flags.c_contiguous:
        beside = np.zeros(out.shape, out.dtype)
        add_dots(x, filters, window, pad_value, _elsewhere(end, beside))
        _hand_over(end, beside)
        return True
    lines = _LINES_OF_PIXELS // max(window.columns, 1)
    if window.kernel == window.stride == (1, 1) and _whole_image(x, window) and lines > 1:
        # A pixel has no neighbours: lines are joined to longer ones, which are cut with less waste.
        joined = max(n for n in range(1, lines + 1) if window.rows % n == 0)
        size = window.rows // joined, window.columns * joined
        window = Window((1, 1), (1, 1), (0, 0), *size)
        x, end = x.reshape(*x.shape[:2], *size), _elsewhere(end, out.reshape(*out.shape[:2], *size))
    strips = filters.layouts.get((x.shape, window, rows[0].name))
    if strips is None:
        strips = filters.layouts[x.shape, window, rows[0].name] = tuple(
            _strips(rows[0], x, filters, window)
        )
    for images, first_row, strip in strips:
        _strip(rows, x[images], filters, strip, pad_value, end, images.start, first_row)
    return True


def _whole_image(x: NDArray[np.int16], window: Window) -> bool:
    """Whether a window of one pixel sees every pixel of `x` once."""
    return window.origin == (0, 0) and x.shape[2:] == (window.rows, window.columns)


def _elsewhere(end: Sums | Requantisation, out: NDArray[Any]) -> Sums | Requantisation:
    return Sums(out) if isinstance(end, Sums) else replace(end, out=out)


def _hand_over(end: Sums | Requantisation, found: NDArray[Any]) -> None:
    if isinstance(end, Sums):
        np.add(end.out, found, out=end.out)
    else:
        end.out[...] = found


def _rows(x: NDArray[np.int16], filters: Filters, pad_value: int) -> list[Instruction]:
    """The instructions that serve, the fastest first; the last serves any `x`."""
    choice = choices()
    if filters.kind == "signs":
        return [row for row in (choice["signs"],) if row is not None]
    row_bytes, row_pairs = choice["bytes"], choice["pairs"]
    if not filters.fit_bytes():
        row_bytes = None
    if row_pairs is None and row_bytes is not None:
        least, most = int(x.min(initial=pad_value)), int(x.max(initial=pad_value))
        if not (0 <= least <= most <= 255 or -128 <= least <= most <= 127):
            row_bytes = None
    return [row for row in (row_bytes, row_pairs) if row is not None]


def _strips(
    row: Instruction, x: NDArray[np.int16], filters: Filters, window: Window
) -> Iterator[tuple[slice, int, Window]]:
    """Images, first output row and window of every strip: whole images, or rows of one."""
    words = -(-x.shape[1] * filters.shifts // row.numbers)
    line = words * min(window.stride[0], window.kernel[0]) * window.span[1]
    whole = line * (window.rows + (window.kernel[0] - 1) // window.stride[0])
    images = max(1, _STRIP_WORDS // whole)
    rows = window.rows if whole <= _STRIP_WORDS else max(1, _STRIP_WORDS // line)
    for b in range(0, len(x), images):
        for r in range(0, window.rows, rows):
            count = min(rows, window.rows - r)
            strip = window if count == window.rows else window.strip(r, count)
            yield slice(b, min(b + images, len(x))), r, strip


def _strip(
    rows: list[Instruction],
    x: NDArray[np.int16],
    filters: Filters,
    window: Window,
    pad_value: int,
    end: Sums | Requantisation,
    first_image: int,
    first_row: int,
) -> None:
    form, image = _words(rows, x, filters, window, pad_value)
    _, channels, high, wide = end.out.shape
    place = (first_image * channels * high + first_row) * wide, channels * high * wide, high * wide
    if isinstance(end, Sums):
        sums, numbers, constant = end.out.reshape(-1), _NO_NUMBERS, form.constant
        multiplier, rule = constant, _ADDING
    else:
        sums, numbers, constant = _NO_SUMS, end.out.reshape(-1), form.constant + end.bias
        multiplier, rule = end.multiplier, end.rule
    rest = constant, form.scale, sums, (*place, wide), multiplier, rule, numbers
    if form.sums:
        form.kernel(*form.head, image, *form.tail, np.empty(form.sums, np.int32), *rest)
    else:
        form.kernel(*form.head, image, *form.tail, *rest)


def _words(
    rows: list[Instruction],
    x: NDArray[np.int16],
    filters: Filters,
    window: Window,
    pad_value: int,
) -> tuple[Form, NDArray[np.uint32]]:
    """For the first instruction that holds every number of `x`: the form, and `x` as its words."""
    flat = x.reshape(-1)
    for row in rows:
        for offset in (0, _SIGNED) if row.product == "bytes" else (0,):
            if row.product == "bytes" and not 0 <= pad_value + offset <= 255:
                continue
            key = (x.shape, window, pad_value, row.name, offset)
            form: Form | None = filters.layouts.get(key)
            if form is None:
                form = form_of(row, x.shape, filters, window, pad_value, offset)
                filters.layouts[key] = form
            image = np.empty(form.room, np.uint32)
            if form.fill(flat, *form.words, image):
                return form, image
    raise AssertionError("the last instruction holds every number")

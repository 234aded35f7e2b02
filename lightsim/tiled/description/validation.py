"""What the parts of an accelerator must keep to fit each other, answered with what would do.

What a part may hold by itself is checked when the part is made (`accelerator`).
"""

from __future__ import annotations

from collections import Counter
from typing import get_args

from lightsim.errors import InputError
from lightsim.hardware.checks import Check
from lightsim.hardware.dsp_blocks import most_products
from lightsim.hardware.pe_kinds import PE_KINDS, pe_kind
from lightsim.numerics.formats.scheme import SCHEMES, Scheme
from lightsim.tiled.description.accelerator import (
    Accelerator,
    Buffer,
    StreamName,
)

__all__ = ["validate_accelerator"]

_MOST_REQUEST_BYTES = 4096


def validate_accelerator(acc: Accelerator, where: str | None = None) -> None:
    """Raises `InputError` at the first rule that `acc` breaks.

    The message names `where` (by default the accelerator's name), the key, its value and what
    is accepted. Whether the design fits a device is `estimation.check_budget`'s to say.
    """
    check = Check(where or acc.name)
    scheme = SCHEMES[acc.scheme]
    _array(acc, scheme, check)
    _buffers(acc, scheme, check)
    _ports(acc, check)
    check.power_of_two("request_bytes", acc.request_bytes, acc.word_bytes, _MOST_REQUEST_BYTES)
    _products(acc, scheme, check)


def _array(acc: Accelerator, scheme: Scheme, check: Check) -> None:
    array = acc.array
    for number, group in enumerate(array.groups, 1):
        _runs(group.pe, scheme, f"{check.where}: array group {number}")
    word, field = acc.port_bits // acc.field_bits, acc.field_bits
    if array.columns % word and word % array.columns:
        held = f"{word} {field}-bit channels of a {acc.port_bits}-bit word"
        accepted = f"a divisor or a multiple of the {held}"
        check.fail("array columns", array.columns, accepted)


def _products(acc: Accelerator, scheme: Scheme, check: Check) -> None:
    """Two products on a DSP block only where a pair of them is built."""
    most = most_products(scheme)
    if not 1 <= acc.products_per_dsp <= most:
        accepted = f"{'1 or 2' if most == 2 else '1'} for {scheme.name} on DSP blocks"
        check.fail("products_per_dsp", acc.products_per_dsp, accepted)


def _runs(pe: str, scheme: Scheme, where: str) -> None:
    kind = pe_kind(pe, where)
    if not kind.takes(scheme):
        able = ", ".join(k.name for k in PE_KINDS.values() if k.takes(scheme))
        raise InputError(where, f"{pe} cannot run {scheme.name}", f"accepted: {able}")


def _buffers(acc: Accelerator, scheme: Scheme, check: Check) -> None:
    array, word = acc.array, acc.word_bytes
    code_bits = sum(group.rows * PE_KINDS[group.pe].code_bits(scheme) for group in array.groups)
    step = array.columns * acc.field_bits // 8
    _buffer("input", acc.input, max(step, word), word, check)
    _buffer("weight", acc.weight, -(-array.columns * code_bits // 8), word, check)
    _buffer("residual", acc.residual, word, word, check)
    _buffer("output", acc.output, word, word, check)
    psum_word = -(-array.rows * array.pixels * acc.accumulator.bits // 8)
    if acc.psum_bytes != 0 and acc.psum_bytes < psum_word:
        accepted = f"0, or at least {psum_word} (one word: all rows and pixels)"
        check.fail("psum_bytes", acc.psum_bytes, accepted)


def _buffer(name: str, buffer: Buffer, least: int, word: int, check: Check) -> None:
    """`least` is what the array takes from the buffer in one cycle."""
    size = buffer.bytes_per_bank
    if size % word:
        accepted = f"a positive multiple of the {word} bytes of a memory word"
        check.fail(f"{name} bytes_per_bank", size, accepted)
    if size < least:
        accepted = f"at least {least} (one step of the array)"
        check.fail(f"{name} bytes_per_bank", size, accepted)


def _ports(acc: Accelerator, check: Check) -> None:
    known = get_args(StreamName)
    for number, port in enumerate(acc.ports, 1):
        if not port.streams:
            check.fail(f"port {number}", "without streams", f"one or more of {', '.join(known)}")
    count = Counter(stream for port in acc.ports for stream in port.streams)
    for stream in known:
        if count[stream] != 1:
            times = "missing" if count[stream] == 0 else f"on {count[stream]} ports"
            check.fail(f"stream '{stream}'", times, "every stream on exactly one port")

"""The rules an accelerator must keep to be buildable, each answered with what would do."""

from __future__ import annotations

from collections import Counter
from typing import get_args

from lightsim.errors import InputError, unknown_name
from lightsim.hardware.checks import Check, check_memory, validate_clock
from lightsim.hardware.dsp_blocks import most_products
from lightsim.hardware.pe_kinds import PE_KINDS, pe_kind
from lightsim.numerics.formats.scheme import SCHEMES, Scheme
from lightsim.tiled.description.accelerator import (
    Accelerator,
    Accumulation,
    Buffer,
    Overflow,
    StreamName,
)

__all__ = ["validate_accelerator"]

_MOST_ROWS = 4096
_MOST_PIXELS = 64
_MOST_LANES = 1 << 20
_MOST_REQUEST_BYTES = 4096
_LEAST_PORT_BITS = 32  # a memory word holds at least one of a network's last, 32-bit, results


def validate_accelerator(acc: Accelerator, where: str | None = None) -> None:
    """Raises `InputError` at the first rule that `acc` breaks.

    The message names `where` (by default the accelerator's name), the key, its value and what
    is accepted. Whether the design fits a device is `estimation.check_budget`'s to say.
    """
    check = Check(where or acc.name)
    scheme = _scheme(acc, check)
    validate_clock(acc.clock_hz, check.where)
    check.power_of_two("port_bits", acc.port_bits, _LEAST_PORT_BITS, 1024)
    _array(acc, scheme, check)
    _arithmetic(acc, check)
    _buffers(acc, scheme, check)
    _ports(acc, check)
    check.power_of_two("request_bytes", acc.request_bytes, acc.word_bytes, _MOST_REQUEST_BYTES)
    check.number("outstanding", acc.outstanding, 1, 1024)
    _products(acc, scheme, check)
    check_memory(acc.memory, check)


def _scheme(acc: Accelerator, check: Check) -> Scheme:
    if acc.scheme not in SCHEMES:
        raise unknown_name(check.where, "scheme", acc.scheme, SCHEMES)
    return SCHEMES[acc.scheme]


def _array(acc: Accelerator, scheme: Scheme, check: Check) -> None:
    array = acc.array
    if not array.groups:
        check.fail("array.groups", "empty", "at least one lane group")
    for number, group in enumerate(array.groups, 1):
        _runs(group.pe, scheme, f"{check.where}: array group {number}")
        check.number(f"array group {number} rows", group.rows, 1, _MOST_ROWS)
    check.number("array rows", array.rows, 1, _MOST_ROWS)
    check.number("array columns", array.columns, 1, _MOST_ROWS)
    check.number("array pixels", array.pixels, 1, _MOST_PIXELS)
    if array.lanes > _MOST_LANES:
        check.fail("rows x columns x pixels", array.lanes, f"at most {_MOST_LANES} lanes")
    word = acc.word_bytes
    if array.columns % word and word % array.columns:
        accepted = (
            f"a divisor or a multiple of the {word} 8-bit channels of a {acc.port_bits}-bit word"
        )
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


def _arithmetic(acc: Accelerator, check: Check) -> None:
    check.number("accumulator bits", acc.accumulator.bits, 8, 32)
    check.choice("accumulator overflow", acc.accumulator.overflow, get_args(Overflow))
    check.choice("accumulation", acc.accumulator.accumulation, get_args(Accumulation))
    check.power_of_two("post lanes", acc.post.lanes, 1, 1024)
    check.choice("post requantise", acc.post.requantise, ("multiply", "shift"))


def _buffers(acc: Accelerator, scheme: Scheme, check: Check) -> None:
    array, word = acc.array, acc.word_bytes
    code_bits = sum(group.rows * PE_KINDS[group.pe].code_bits(scheme) for group in array.groups)
    _buffer("input", acc.input, max(array.columns, word), word, check)
    _buffer("weight", acc.weight, -(-array.columns * code_bits // 8), word, check)
    _buffer("residual", acc.residual, word, word, check)
    _buffer("output", acc.output, word, word, check)
    psum_word = -(-array.rows * array.pixels * acc.accumulator.bits // 8)
    if acc.psum_bytes != 0 and acc.psum_bytes < psum_word:
        accepted = f"0, or at least {psum_word} (one word: all rows and pixels)"
        check.fail("psum_bytes", acc.psum_bytes, accepted)


def _buffer(name: str, buffer: Buffer, least: int, word: int, check: Check) -> None:
    """`least` is what the array takes from the buffer in one cycle."""
    check.number(f"{name} banks", buffer.banks, 1, 2)
    size = buffer.bytes_per_bank
    if size <= 0 or size % word:
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
        for stream in port.streams:
            check.choice("stream", stream, known)
    count = Counter(stream for port in acc.ports for stream in port.streams)
    for stream in known:
        if count[stream] != 1:
            times = "missing" if count[stream] == 0 else f"on {count[stream]} ports"
            check.fail(f"stream '{stream}'", times, "every stream on exactly one port")

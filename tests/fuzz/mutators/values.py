"""Values that nobody meant: numbers at the edges, texts that are no names, tables in odd places."""

from __future__ import annotations

from typing import Any

__all__ = ["NUMBERS", "TEXTS", "VALUES", "Raw"]


class Raw(str):
    """Text that stands in a TOML file as it is."""

    __slots__ = ()


NUMBERS: tuple[Any, ...] = (
    -1, 0, 1, 2, 3, 5, 7, 8, 16, 31, 255, 256, 65537, -(2**31), 2**31 - 1, 2**31, 2**32, 2**53 + 1,
    2**63 - 1, 2**63, 2**64, -(2**63) - 1, 10**30, 10**400, 0.0, -0.0, 0.1, 0.5, 1.0, 1.5, -0.5,
    5e-324, 1e-9, 1e18, 1e300, Raw("nan"), Raw("-nan"), Raw("inf"), Raw("-inf"), Raw("1e999"),
    Raw("0x10"), Raw("1_000"), Raw("0o17"),
)  # fmt: skip

TEXTS: tuple[str, ...] = (
    "", " ", "\t", "0", "1", "-1", "nan", "inf", "None", "null", "true", "auto", "same", "free",
    "x" * 5000, "é", "名", "\u202eabc", "\u0000", "a\u0000b", "\n", "a\nb", "\u001b[31mred",
    "\u0085", "\ufeff", "🦔", "../x", "..", ".", "/", "/dev/null", "/dev/zero", "/dev/full",
    "/dev/stdin", "~", "~root", "C:\\x", "%s%n%d", "{}", "{0.__class__}", "$HOME", "`id`", "'",
    '"', "\\", "a b", "a,b", ",", "=", "#", "[x]", "1 GHz", "0 MHz", "-5 MHz", "1e999 MHz",
    "nan MHz", "100", "64 KiB", "0 KiB", "-1 KiB", "1 PiB", "1 EiB", "1.5 B", "0 words",
    "512 words", "99999999999 words", "1 %", "0 %", "-1 %", "101 %", "nan %", "1e999 %", "5 ms",
    "0 s", "-1 s", "1e999 s", "6 W", "8 GB/s", "flightnn", "fixed8", "binary", "float32",
    "lightnn9", "FLIGHTNN", "zc706", "ZC706", "digits-small", "digits", "conv1", "input",
    "shift_add_serial", "multiply_dsp", "shift_add_serial*0", "shift_add_serial*-1 + multiply_dsp",
    "maximise", "minimise", "postgresql://u:p@127.0.0.1:1/x", "sqlite://", "file:///x", "://",
    "mysql://x", "[::1", "postgresql://[",
)  # fmt: skip

VALUES: tuple[Any, ...] = (
    *NUMBERS, *TEXTS, True, False, [], {}, [[]], [1], [0, 0], [1, 1, 1, 1], [-1, 3], ["a"],
    ["a", 1], [1.5], {"a": 1}, [{}], [[1], [2]], ["input", "input"], [0] * 2000,
    Raw("1979-05-27T07:32:00Z"), Raw("1979-05-27"), Raw("07:32:00"),
)  # fmt: skip

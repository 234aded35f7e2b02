"""The specification of the family of weight formats, in plain Python integers.

A member is (base, bits or terms, least m, greatest m, zero). An exponent word w of E bits is
m = least + w; words behind the greatest m are "no term" in a member with a zero, and the greatest m
in one without.
"""

from __future__ import annotations

from tests.reference import fixed

__all__ = ["exponent_bits", "family_terms", "family_value"]


def exponent_bits(least, greatest, zero):
    """E: the bits that so many words take."""
    words = greatest - least + 1 + (1 if zero else 0)
    return max(bits for bits in range(5) if words > 2**bits // 2)


def exponent(word, least, greatest, zero):
    """m of an exponent word, None for no term."""
    if word > greatest - least:
        return None if zero else greatest
    return least + word


def family_terms(code, base, size, least=0, greatest=7, zero=False):
    """The terms (sign, m) of a code of `ternary`, `binary`, `lightnnK` or `flightnnK`, in order.

    Those of `ternary` and `binary` are worth sign * 2**0, the others sign * 2**(7 - m).
    """
    if base == "binary":
        return [(1 if code == 1 else -1, 0)]
    if base == "ternary":
        return [(-1 if code // 2 else 1, 0)] if code % 2 else [None]
    bits = exponent_bits(least, greatest, zero)
    if base == "lightnn":
        sign = -1 if code >> size * bits else 1
        words = [code >> (size - 1 - place) * bits & 2**bits - 1 for place in range(size)]
        signs = [sign] * size
    else:
        parts = [code >> place * (bits + 1) & 2 ** (bits + 1) - 1 for place in range(size)]
        signs = [-1 if part >> bits else 1 for part in parts]
        words = [part & 2**bits - 1 for part in parts]
    found = [exponent(word, least, greatest, zero) for word in words]
    return [None if m is None else (sign, m) for sign, m in zip(signs, found, strict=True)]


def family_value(code, base, size, least=0, greatest=7, zero=False):
    """The integer that a code means."""
    if base == "fixed":
        return fixed(code, size)
    unit = 0 if base in ("ternary", "binary") else 7
    terms = family_terms(code, base, size, least, greatest, zero)
    return sum(term[0] * 2 ** (unit - term[1]) for term in terms if term is not None)

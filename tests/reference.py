"""The specification: every format, rounding and operator in plain Python integers.

Written to be read beside the equations and not to be fast. Tensors are nested lists, `x` is
[batch][channel][row][column] and `w` is [filter][channel][row][column]; real numbers are
`Fraction`s, so that nothing is rounded but where the text says so. Whatever computes the same
thing elsewhere (numba, SystemVerilog) must equal this with `==`.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product

# --- number formats: code word -> integer (the real weight times 2**fraction_bits) -------------


def lightnn1(code):
    """+-2^(7-m): bit 3 sign, bits 2..0 m."""
    sign = -1 if code >> 3 else 1
    return sign * 2 ** (7 - code % 8)


def lightnn2(code):
    """+-(2^(7-m1) + 2^(7-m2)): bit 6 sign, bits 5..3 m1, bits 2..0 m2."""
    sign = -1 if code >> 6 else 1
    return sign * (2 ** (7 - (code >> 3) % 8) + 2 ** (7 - code % 8))


def flightnn_term(word):
    """(sign, m) of a 4-bit term: bit 3 sign, bits 2..0 m; None where m = 7, an absent term."""
    m = word % 8
    return None if m == 7 else (-1 if word >> 3 else 1, m)


def flightnn(code):
    """The sum of the terms in bits 3..0 and 7..4."""
    terms = [flightnn_term(code % 16), flightnn_term(code >> 4)]
    return sum(term[0] * 2 ** (7 - term[1]) for term in terms if term is not None)


def fixed(code, bits):
    """Two's complement."""
    return code - 2**bits if code >= 2 ** (bits - 1) else code


def binary(code):
    """1 is +1, 0 is -1."""
    return 1 if code == 1 else -1


VALUES = {
    "lightnn1": [lightnn1(code) for code in range(16)],
    "lightnn2": [lightnn2(code) for code in range(128)],
    "flightnn": [flightnn(code) for code in range(256)],
    "fixed8": [fixed(code, 8) for code in range(256)],
    "fixed4": [fixed(code, 4) for code in range(16)],
    "binary": [binary(code) for code in range(2)],
}
FRACTION_BITS = {
    "lightnn1": 7,
    "lightnn2": 7,
    "flightnn": 7,
    "fixed8": 7,
    "fixed4": 3,
    "binary": 0,
}


def flightnn_values(k):
    """Every integer that at most k terms reach."""
    words = [flightnn_term(word) for word in range(16)]
    terms = {0} | {term[0] * 2 ** (7 - term[1]) for term in words if term is not None}
    return {sum(chosen) for chosen in product(terms, repeat=k)}


# --- real numbers to integers --------------------------------------------------------------------


def nearest(number, values):
    """The nearest value; a tie goes to the larger magnitude, then to the positive one."""
    return min(values, key=lambda value: (abs(number - value), -abs(value), -value))


def neighbours(number, values):
    """(low, up, probability of up) of stochastic rounding; beyond the ends, the end for sure."""
    inside = min(max(number, min(values)), max(values))
    low = max(value for value in values if value <= inside)
    up = min(value for value in values if value >= inside)
    return low, up, Fraction(inside - low, up - low) if up > low else Fraction(0)


def flightnn_greedy(number, k, size=2, least=0, greatest=6, bits=3):
    """The term words of FLightNN's rounding, as recalled from the paper.

    r_0 = w, the term is R(r_j), r_(j+1) = r_j - term; absent where |r_j| is less than half the
    least term. R(r) = sign(r) * 2^round(log2 |r|), kept within the terms that there are, which
    are 2^1..2^7 for m = 0..6. |r| rounds up from 2^p to 2^(p+1) where |r| > 2^(p + 1/2), that is
    where r^2 > 2^(2p + 1).
    """
    words, residual, plus = [], number, 2**bits
    for j in range(size):
        if j >= k or abs(residual) < Fraction(2 ** (7 - greatest), 2):
            words.append(plus - 1)
            continue
        power = 7 - greatest
        while power < 7 - least and residual**2 > 2 ** (2 * power + 1):
            power += 1
        words.append((plus if residual < 0 else 0) + 7 - power - least)
        residual -= (-1 if residual < 0 else 1) * 2**power
    return words


def packed(codes, width_bits, word_bytes=1):
    """The bytes of a stream of codes, lowest bit first, filled with zeros to a whole word."""
    stream = sum(code << (width_bits * place) for place, code in enumerate(codes))
    words = -(-len(codes) * width_bits // (8 * word_bytes))
    return list(stream.to_bytes(words * word_bytes, "little"))


# --- accumulators --------------------------------------------------------------------------------


def wrapped(value, bits):
    """The low bits, read as two's complement."""
    return fixed(value % 2**bits, bits)


def saturated(value, bits):
    """The nearest number of that many bits."""
    return min(max(value, -(2 ** (bits - 1))), 2 ** (bits - 1) - 1)


def rounded(value, shift, rounding):
    """value / 2**shift as an integer."""
    exact = Fraction(value, 2**shift)
    below = exact.numerator // exact.denominator
    rest, half = exact - below, Fraction(1, 2)
    up = {
        "floor": False,
        "half_up": rest >= half,
        "half_even": rest > half or (rest == half and below % 2 == 1),
        "half_away": rest > half or (rest == half and value > 0),
        "toward_zero": rest > 0 and value < 0,
    }[rounding]
    return below + 1 if up else below


def requantise(acc, multiplier, shift, rounding, lowest, highest):
    """clamp(round(acc * multiplier / 2**shift)) of one number."""
    return min(max(rounded(acc * multiplier, shift, rounding), lowest), highest)


def multi_threshold(acc, thresholds, lowest):
    """How many thresholds a sum has reached, from `lowest` on."""
    return lowest + sum(1 for one in thresholds if acc >= one)


def threshold(acc):
    """The sign of a 1-bit output."""
    return 1 if acc >= 0 else -1


def add_requantised(a, b, multipliers, shifts, rounding, lowest, highest):
    """Each addend rounded by itself, added, clamped."""
    total = rounded(a * multipliers[0], shifts[0], rounding)
    total += rounded(b * multipliers[1], shifts[1], rounding)
    return min(max(total, lowest), highest)


# --- operators -----------------------------------------------------------------------------------


def at(image, row, column, outside):
    """image[row][column], or `outside`."""
    if 0 <= row < len(image) and 0 <= column < len(image[0]):
        return image[row][column]
    return outside


def over_window(shape, kernel, stride, origin, reduce, apart=(1, 1)):
    """[row][column] of `shape`: reduce([(ky, kx, input row, input column), ...]).

    Taps of a dilated kernel lie `apart` rows and columns from each other.
    """
    down, right = apart
    return [
        [
            reduce(
                [
                    (
                        ky,
                        kx,
                        r * stride[0] + ky * down + origin[0],
                        c * stride[1] + kx * right + origin[1],
                    )
                    for ky in range(kernel[0])
                    for kx in range(kernel[1])
                ]
            )
            for c in range(shape[1])
        ]
        for r in range(shape[0])
    ]


def convolve(x, w, shape, stride, origin, pad_value=0, groups=1, apart=(1, 1)):
    """out[b][m][r][c] = sum of x[b][n][r*sy+ky*dy+oy][c*sx+kx*dx+ox] * w[m][n][ky][kx]."""
    inner, outer = len(w[0]), len(w) // groups

    def output(image, m):
        first = m // outer * inner

        def reduce(window):
            return sum(
                at(image[first + n], i, j, pad_value) * w[m][n][ky][kx]
                for n in range(inner)
                for ky, kx, i, j in window
            )

        kernel = (len(w[0][0]), len(w[0][0][0]))
        return over_window(shape, kernel, stride, origin, reduce, apart)

    return [[output(image, m) for m in range(len(w))] for image in x]


def convolve_depthwise(x, w, shape, stride, origin, pad_value=0):
    """Channel n with its own filter w[n][ky][kx]."""
    return convolve(x, [[one] for one in w], shape, stride, origin, pad_value, groups=len(w))


def convolve_truncating(x, terms, shape, stride, origin, pad_value=0, apart=(1, 1)):
    """The sum of sign * (x >> exponent) over the terms; `>>` rounds towards minus infinity.

    `terms[m][n][ky][kx]` is a list of (sign, exponent).
    """

    def output(image, filters):
        def reduce(window):
            return sum(
                sign * (at(image[n], i, j, pad_value) >> exponent)
                for n in range(len(filters))
                for ky, kx, i, j in window
                for sign, exponent in filters[n][ky][kx]
            )

        kernel = (len(filters[0]), len(filters[0][0]))
        return over_window(shape, kernel, stride, origin, reduce, apart)

    return [[output(image, filters) for filters in terms] for image in x]


def convolve_xnor(x, w, shape, stride, origin):
    """+-1 by +-1: as many as agree minus as many as differ; padding is -1."""

    def output(image, filters):
        def reduce(window):
            agree = [
                at(image[n], i, j, -1) == filters[n][ky][kx]
                for n in range(len(filters))
                for ky, kx, i, j in window
            ]
            return agree.count(True) - agree.count(False)

        kernel = (len(filters[0]), len(filters[0][0]))
        return over_window(shape, kernel, stride, origin, reduce)

    return [[output(image, filters) for filters in w] for image in x]


def max_pool(x, kernel, shape, stride, origin):
    """The largest value in the window; what lies outside the image is not looked at."""

    def reduce(window, image):
        seen = [at(image, i, j, None) for _, _, i, j in window]
        return max(value for value in seen if value is not None)

    return [
        [over_window(shape, kernel, stride, origin, lambda w, i=i: reduce(w, i)) for i in channels]
        for channels in x
    ]


def sum_pool(x, kernel, shape, stride, origin):
    """The sum of the window; what lies outside the image counts as 0."""
    ones = [[[1] * kernel[1] for _ in range(kernel[0])] for _ in x[0]]
    return convolve_depthwise(x, ones, shape, stride, origin)

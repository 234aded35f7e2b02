"""A whole network computed with `tests/reference.py`: plain integers in nested lists."""

from itertools import chain

from lightsim.numerics.formats.table import CODECS
from tests import reference
from tests.reference_family import family_terms


def naive_network(workload, images, *, bits=32, overflow="wrap", accumulation="exact"):
    """Layer name -> nested list [batch][channel][row][column]."""
    values = {"input": images.tolist()}
    for layer in workload.layers:
        inputs = [values[name] for name in layer.layer.inputs]
        if layer.layer.has_weights:
            out = _weighted(layer, inputs[0], bits, overflow, accumulation)
        else:
            out = _PLAIN[layer.layer.operator](layer, *inputs)
        values[layer.layer.name] = out
    del values["input"]
    return values


def each(function, tensor):
    """`function` of every number."""
    if isinstance(tensor, list):
        return [each(function, part) for part in tensor]
    return function(tensor)


def _shape(layer):
    return layer.layer.output_shape.height, layer.layer.output_shape.width


def _origin(layer):
    return -layer.layer.padding.top, -layer.layer.padding.left


def _weighted(layer, x, bits, overflow, accumulation):
    pad_value = -1 if layer.inputs[0].bits == 1 else 0
    bias, shift, fraction = layer.bias.tolist(), layer.shift, layer.scheme.fraction_bits
    where = (_shape(layer), layer.layer.stride, _origin(layer), pad_value)
    if accumulation == "truncate" and fraction:
        sums = _truncating(layer, x, (*where, layer.layer.dilation))
        bias = [reference.rounded(value, fraction, "half_up") for value in bias]
        shift -= fraction
    else:
        weights, groups = layer.weights.tolist(), layer.layer.groups
        sums = reference.convolve(x, weights, *where, groups, layer.layer.dilation)
    hold = {"wrap": reference.wrapped, "saturate": reference.saturated}[overflow]
    out = []
    for image in sums:
        rows = []
        for number, channel in enumerate(image):
            factor = int(layer.multiplier[number % len(layer.multiplier)])

            levels = None if layer.thresholds is None else layer.thresholds[number].tolist()

            def finish(total, start=bias[number], factor=factor, levels=levels):
                total = hold(total + start, bits)
                if layer.output.bits == 1:
                    return reference.threshold(total)
                if layer.output.bits == 32:
                    return total
                if levels is not None:
                    return reference.multi_threshold(total, levels, layer.lowest)
                value = reference.requantise(
                    total, factor, shift, layer.rounding, layer.lowest, layer.highest
                )
                return _looked_up(layer, value)

            rows.append(each(finish, channel))
        out.append(rows)
    return out


def _looked_up(layer, value):
    """The entry of the layer's table, which begins at -128."""
    return value if layer.table is None else int(layer.table[value + 128])


def _scale(layer, x):
    def finish(value):
        rest = (int(layer.multiplier[0]), layer.shift, layer.rounding, layer.lowest, layer.highest)
        return _looked_up(layer, reference.requantise(value, *rest))

    return each(finish, x)


def _multiply(layer, x, y):
    if isinstance(x, list):
        return [_multiply(layer, one, other) for one, other in zip(x, y, strict=True)]
    rest = (int(layer.multiplier[0]), layer.shift, layer.rounding, layer.lowest, layer.highest)
    return reference.requantise(x * y, *rest)


def _upsample(layer, x):
    high, wide = layer.layer.stride
    return [
        [[[v for v in row for _ in range(wide)] for row in channel for _ in range(high)]
         for channel in image]
        for image in x
    ]  # fmt: skip


def _interleave(layer, *parts):
    (down, across), shape = layer.layer.stride, layer.layer.output_shape
    return [
        [
            [
                [
                    parts[r % down * across + c % across][n][m][r // down][c // across]
                    for c in range(shape.width)
                ]
                for r in range(shape.height)
            ]
            for m in range(shape.channels)
        ]
        for n in range(len(parts[0]))
    ]


def _truncating(layer, x, where):
    """Group by group, with the terms of the canonical code words."""
    name = layer.scheme.name
    codes = CODECS[name].encode_values(layer.weights, k=layer.k)
    terms = each(_TERMS.get(name) or _family_terms(layer.scheme.member), codes.tolist())
    outer, inner = len(terms) // layer.layer.groups, layer.weights.shape[1]
    parts = []
    for group in range(layer.layer.groups):
        seen = [image[group * inner : (group + 1) * inner] for image in x]
        own = terms[group * outer : (group + 1) * outer]
        parts.append(reference.convolve_truncating(seen, own, *where))
    return [list(chain(*images)) for images in zip(*parts, strict=True)]


def _family_terms(member):
    where = (member.base, member.terms, *member.exponents, member.zero)
    return lambda code: [term for term in family_terms(code, *where) if term is not None]


def _sign(bit):
    return -1 if bit else 1


_TERMS = {
    "lightnn1": lambda code: [(_sign(code >> 3), code % 8)],
    "lightnn2": lambda code: [(_sign(code >> 6), code >> 3 & 7), (_sign(code >> 6), code & 7)],
    "flightnn": lambda code: [
        term for term in map(reference.flightnn_term, (code % 16, code >> 4)) if term is not None
    ],
}


def _max_pool(layer, x):
    return reference.max_pool(
        x, layer.layer.kernel, _shape(layer), layer.layer.stride, _origin(layer)
    )


def _mean(layer, x):
    sums = reference.sum_pool(
        x, layer.layer.kernel, _shape(layer), layer.layer.stride, _origin(layer)
    )
    if not layer.layer.count_padding:
        own = layer.layer
        ones = [[[[1] * own.input_shape.width] * own.input_shape.height]]
        held = reference.sum_pool(ones, own.kernel, _shape(layer), own.stride, _origin(layer))[0][0]
        rest = (layer.shift, layer.rounding, layer.lowest, layer.highest)
        return [
            [
                [
                    [
                        reference.requantise(total, int(layer.multiplier[count - 1]), *rest)
                        for total, count in zip(*rows, strict=True)
                    ]
                    for rows in zip(channel, held, strict=True)
                ]
                for channel in image
            ]
            for image in sums
        ]
    return each(
        lambda total: reference.requantise(
            total,
            int(layer.multiplier[0]),
            layer.shift,
            layer.rounding,
            layer.lowest,
            layer.highest,
        ),
        sums,
    )


def _add(layer, x, y):
    if isinstance(x, list):
        return [_add(layer, one, other) for one, other in zip(x, y, strict=True)]
    return reference.add_requantised(
        x,
        y,
        (int(layer.multiplier[0]), layer.residual_multiplier),
        (layer.shift, layer.residual_shift),
        layer.rounding,
        layer.lowest,
        layer.highest,
    )


def _concat(layer, *parts):
    return [list(chain(*images)) for images in zip(*parts, strict=True)]


def _flatten(layer, x):
    return [[[[value]] for channel in image for row in channel for value in row] for image in x]


def _reorganise(layer, x):
    step = layer.layer.stride[0]
    return [
        [
            [row[dx::step] for row in channel[dy::step]]
            for dy in range(step)
            for dx in range(step)
            for channel in image
        ]
        for image in x
    ]


_PLAIN = {
    "max_pool": _max_pool,
    "average_pool": _mean,
    "global_pool": _mean,
    "requantise": _scale,
    "multiply": _multiply,
    "upsample": _upsample,
    "interleave": _interleave,
    "add": _add,
    "concat": _concat,
    "flatten": _flatten,
    "reorganise": _reorganise,
}

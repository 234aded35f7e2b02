"""Small networks for tests, described as a network file describes them."""

from lightsim.network.parsing import parse_network


def network(layers, *, image=(3, 7, 6), bits=8, signed=False, binary_activations=False):
    """A network of `layers`, each a dict of a layer's keys."""
    sizes = zip(("channels", "height", "width"), image, strict=True)
    lines = [
        'name = "small"',
        'title = "small"',
        'source = "made for a test"',
        f"binary_activations = {_toml(binary_activations)}",
        "[input]",
        *(f"{key} = {size}" for key, size in sizes),
        f"bits = {bits}",
        f"signed = {_toml(signed)}",
    ]
    for number, layer in enumerate(layers):
        lines.append("[[layer]]")
        entries = {"name": f"layer{number}", **layer}
        lines.extend(f"{key} = {_toml(value)}" for key, value in entries.items())
    return parse_network("\n".join(lines), "small.toml")


def convolution(filters, kernel=3, **keys):
    return {"operator": "conv2d", "filters": filters, "kernel": kernel, **keys}


def dense(filters=5, **keys):
    return {"operator": "dense", "filters": filters, **keys}


# Odd sizes, uneven padding and strides; every operator that a network file knows.
EVERY_OPERATOR = (
    convolution(4, name="first", padding=1, activation="relu"),
    convolution(
        8,
        [3, 2],
        name="uneven",
        stride=[2, 1],
        padding=[1, 0, 0, 1],
        groups=2,
        activation="relu",
    ),
    convolution(8, name="depthwise", padding=1, depthwise=True),
    convolution(8, 1, name="shortcut", input="uneven"),
    {
        "name": "sum",
        "operator": "add",
        "inputs": ["depthwise", "shortcut"],
        "activation": "relu",
    },
    {"name": "largest", "operator": "max_pool", "kernel": 3, "stride": 2, "padding": 1},
    {
        "name": "mean",
        "operator": "average_pool",
        "input": "sum",
        "kernel": [3, 2],
        "stride": 2,
        "padding": [1, 0, 1, 0],
    },
    {"name": "joined", "operator": "concat", "inputs": ["largest", "mean"]},
    convolution(4, 2, name="signed", padding=[1, 1, 2, 1]),
    {"name": "deeper", "operator": "reorganise", "stride": 2, "input": "signed"},
    convolution(16, name="branch", padding="same"),
    {"name": "signed_sum", "operator": "add", "inputs": ["deeper", "branch"]},
    convolution(32, 2, name="widened", padding=[0, 0, 1, 1], depthwise=True, activation="relu"),
    {"name": "everywhere", "operator": "global_pool"},
    {"name": "flat", "operator": "flatten"},
    dense(6, name="hidden", activation="relu"),
    dense(5, name="scores"),
)

# One-bit activations throughout, padded, in every operator that takes them.
EVERY_SIGN = (
    convolution(6, name="first", padding=1, activation="sign"),
    convolution(8, name="padded", stride=2, padding=[2, 1, 1, 2], activation="sign"),
    convolution(8, name="depthwise", padding=1, depthwise=True, activation="sign"),
    convolution(8, 2, name="grouped", groups=4, padding="same", activation="sign"),
    {"name": "joined", "operator": "concat", "inputs": ["grouped", "padded"]},
    {"name": "largest", "operator": "max_pool", "kernel": 2, "stride": 1, "padding": 1},
    convolution(70, 1, name="wide", activation="sign"),
    convolution(3, [2, 3], name="narrow", padding=1, activation="sign"),
    {"name": "flat", "operator": "flatten"},
    dense(7, name="hidden", activation="sign"),
    dense(5, name="scores"),
)


def _toml(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return str(value)

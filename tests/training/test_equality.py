"""The model in eval mode, the exported workload and `lightsim run` compute the same integers."""

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="PyTorch is the extra 'train'")

import lightsim  # noqa: E402
from lightsim.network import load_network  # noqa: E402
from lightsim.numerics.formats.scheme import SCHEMES  # noqa: E402
from lightsim.numerics.formats.table import codec  # noqa: E402
from lightsim.quantisation import (  # noqa: E402
    LabelledImages,
    accuracy,
    held_out_images,
    infer,
    save_trained,
)
from lightsim.training.models.integer import integer_forward  # noqa: E402
from lightsim.training.recipes.options import ModelOptions  # noqa: E402
from tests.quantisation.networks import (  # noqa: E402
    EVERY_OPERATOR,
    EVERY_SIGN,
    convolution,
    dense,
    network,
)
from tests.training.models import odd_model, random_images  # noqa: E402

NETWORKS = {
    "every operator": network(EVERY_OPERATOR),
    "every sign": network(EVERY_SIGN),
    "signed input": network(
        (convolution(4, padding=1), dense(3)), image=(1, 5, 4), signed=True
    ),
    "one-bit input": network(
        (convolution(4, padding=1, activation="sign"), dense(3)),
        image=(2, 5, 4),
        bits=1,
        signed=True,
    ),
    "input joined with its convolution": network(
        (
            convolution(3, padding=1, activation="relu", name="made"),
            {"name": "joined", "operator": "concat", "inputs": ["input", "made"]},
            dense(4),
        )
    ),
    "residual": network(
        (
            convolution(8, padding=1, activation="relu", name="first"),
            convolution(8, padding=1, stride=2, name="branch"),
            convolution(8, 1, stride=2, input="first", name="shortcut"),
            {
                "name": "sum",
                "operator": "add",
                "inputs": ["branch", "shortcut"],
                "activation": "relu",
            },
            {"name": "mean", "operator": "average_pool", "kernel": 2, "padding": 1},
            convolution(8, padding=1, depthwise=True, activation="relu", name="depthwise"),
            {"name": "everywhere", "operator": "global_pool"},
            dense(5),
        )
    ),
    "ends in a mean": network(
        (convolution(6, activation="relu"), {"name": "mean", "operator": "global_pool"})
    ),
}  # fmt: skip
OPTIONS = {
    "default": ModelOptions(),
    "a scale per filter, learned": ModelOptions(
        scale_per_filter=True, scale="learned", steps="learned"
    ),
    "stochastic, residual": ModelOptions(rounding="stochastic", lightnn2="residual"),
}


def _check_equal(model, images):
    """Every layer's integers, and the model's own output."""
    workload = model.export("for a test")
    for layer in workload.layers:
        if layer.weights is not None:
            # Refuses what the format cannot hold, or not in the filter's k terms.
            codec(workload.scheme.name).encode_values(layer.weights, k=layer.k)
            assert 1 <= layer.multiplier.min() <= layer.multiplier.max() <= 32767
            assert 0 <= layer.shift <= 31
    expected = infer(workload, images, keep="all")
    found = integer_forward(workload.layers, torch.from_numpy(images), keep=True)
    for name, values in expected.items():
        assert np.array_equal(found[name].numpy(), values), name
    with torch.no_grad():
        out = model(torch.from_numpy(images).float())
    last = expected[workload.layers[-1].layer.name]
    assert np.array_equal(out.numpy(), last.reshape(len(images), -1))


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("kind", NETWORKS)
def test_every_operator_under_every_scheme(kind, scheme, options):
    model = odd_model(NETWORKS[kind], scheme, OPTIONS[options])
    _check_equal(model, random_images(NETWORKS[kind], 3, seed=1))


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", ["digits-small", "digits"])
def test_trained_for_a_moment_on_the_digits(name, scheme):
    images = held_out_images(load_network(name))
    x, y = torch.from_numpy(images.images).float(), torch.from_numpy(images.labels)
    torch.set_num_threads(1)
    model = odd_model(load_network(name), scheme, seed=2).train()
    optimiser = torch.optim.Adam(model.parameter_groups(1e-4), 0.01)
    for part in range(4):
        chosen = slice(64 * part, 64 * part + 64)
        loss = torch.nn.functional.cross_entropy(model(x[chosen]), y[chosen]) + model.penalty()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        model.confine()
    model.settle(x)
    model.eval()
    _check_equal(model, images.images)
    with torch.no_grad():
        right = float((model(x).argmax(1) == y).float().mean())
    assert accuracy(model.export("for a test"), images) == pytest.approx(right)


def _width(layers, channels):
    return next((one["filters"] for one in reversed(layers) if "filters" in one), channels)


def _signs(layers):
    return any(layer.get("activation") == "sign" for layer in layers)


@st.composite
def _blocks(draw, number, channels, signs):
    """One layer, or a residual of three, behind `channels`; no mean where there may be signs."""
    kind = draw(st.sampled_from(["conv", "depthwise", "grouped", "residual", "mean", "max"]))
    activation = draw(st.sampled_from(["relu", "none", "sign"]))
    filters = draw(st.sampled_from([2, 4, 6]))
    keys = {"padding": "same", "stride": draw(st.integers(1, 2)), "activation": activation}
    if kind in ("mean", "max"):
        operator = "max_pool" if kind == "max" or signs else "average_pool"
        stride = draw(st.integers(1, 2))
        pool = {"operator": operator, "kernel": 2, "stride": stride, "padding": 1}
        return [{"name": f"p{number}", **pool}]
    if kind == "residual":
        inputs = [f"a{number}", f"b{number}"]
        after = draw(st.sampled_from(["relu", "none"]))
        return [
            convolution(filters, padding=1, name=inputs[0]),
            convolution(filters, padding=1, name=inputs[1], activation=activation),
            {"name": f"s{number}", "operator": "add", "inputs": inputs, "activation": after},
        ]
    if kind == "depthwise":
        return [convolution(channels, name=f"c{number}", depthwise=True, **keys)]
    groups = 2 if kind == "grouped" and channels % 2 == 0 else 1
    kernel = draw(st.integers(1, 3))
    return [convolution(filters, kernel, name=f"c{number}", groups=groups, **keys)]


@st.composite
def _cases(draw):
    """A network of one to five random layers with residuals, and a scheme."""
    channels = draw(st.sampled_from([1, 2, 4]))
    height, width = draw(st.integers(3, 7)), draw(st.integers(3, 7))
    image, layers = (channels, height, width), []
    for number in range(draw(st.integers(1, 4))):
        layers += draw(_blocks(number, _width(layers, channels), _signs(layers)))
    layers.append(dense(3, name="scores"))
    described = network(layers, image=image, signed=draw(st.booleans()))
    return described, draw(st.sampled_from(sorted(SCHEMES))), draw(st.integers(0, 99))


@given(_cases())
@settings(max_examples=60, deadline=None, derandomize=True)
def test_random_small_networks(case):
    described, scheme, seed = case
    _check_equal(odd_model(described, scheme, seed=seed), random_images(described, 2, seed))


def test_lightsim_run_computes_the_same(tmp_path):
    """The file of a trained network, run on the simulated machine: the same output bits."""
    described = NETWORKS["residual"]
    model = odd_model(described, "flightnn")
    images = random_images(described, 2, seed=3)
    with torch.no_grad():
        out = model(torch.from_numpy(images).float()).numpy()
    labelled = LabelledImages(images, out.argmax(axis=1).astype(np.int64), "made for a test")
    workload = model.export("for a test", labelled)
    file = save_trained([workload], tmp_path, provenance="made for a test", held_out=labelled)
    report = lightsim.run(file, scheme="flightnn", images=2)
    assert report.bit_exact
    assert report.accuracy == 1.0
    assert report.output_sha256 == hashlib.sha256(out.astype("<i4").tobytes()).hexdigest()

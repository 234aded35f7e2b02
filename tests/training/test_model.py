"""The model's doors: what it refuses, what it keeps, and that the same seed is the same model."""

import copy

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is the extra 'train'")

from lightsim.errors import InputError  # noqa: E402
from lightsim.network import load_network  # noqa: E402
from lightsim.quantisation import training_images  # noqa: E402
from lightsim.training.models.model import build_model  # noqa: E402
from lightsim.training.recipes.options import (  # noqa: E402
    DistributionOptions,
    FlightnnOptions,
    ModelOptions,
)
from tests.quantisation.networks import convolution, dense, network  # noqa: E402

SMALL = load_network("digits-small")


def _data(count=128):
    images = training_images(SMALL)
    return torch.from_numpy(images.images[:count]).float(), torch.from_numpy(images.labels[:count])


def _step(model, optimiser, x, y):
    model.train()
    loss = torch.nn.functional.cross_entropy(model(x), y) + model.penalty()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    model.confine()
    return float(loss.detach())


def _trained(scheme, options, steps=3):
    x, y = _data()
    model = build_model(SMALL, scheme, options, 5)
    model.calibrate(x)
    optimiser = torch.optim.Adam(model.parameter_groups(1e-4), 0.01)
    for epoch in range(steps):
        model.begin_epoch(epoch, steps)
        _step(model, optimiser, x, y)
    return model, optimiser


@pytest.mark.parametrize("scheme", ["lightnn1", "flightnn", "fixed4", "binary"])
def test_stochastic_training_goes_on_from_a_stored_state(scheme):
    options = ModelOptions(
        rounding="stochastic", scale="learned", flightnn=FlightnnOptions((1e-3, 1e-2))
    )
    x, y = _data()
    model, optimiser = _trained(scheme, options)
    stored = {key: value.clone() for key, value in model.state_dict().items()}
    held = copy.deepcopy(optimiser.state_dict())
    again = build_model(SMALL, scheme, options, 77)
    again.load_state_dict(stored)
    resumed = torch.optim.Adam(again.parameter_groups(1e-4), 0.01)
    resumed.load_state_dict(held)
    for one in (again, model):
        one.begin_epoch(3, 8)
    assert [_step(model, optimiser, x, y) for _ in range(3)] == [
        _step(again, resumed, x, y) for _ in range(3)
    ]


def test_the_same_seed_is_the_same_model_whatever_ran_before():
    first, _ = _trained("lightnn2", ModelOptions())
    torch.manual_seed(99)
    torch.rand(5)
    second, _ = _trained("lightnn2", ModelOptions())
    for one, other in zip(first.quantised(), second.quantised(), strict=True):
        assert one.weights is None or np.array_equal(one.weights, other.weights)


def test_after_training_without_a_step_a_float_model_is_only_rounded():
    """Post-training quantisation: scales, steps and statistics, no training."""
    x, y = _data(1437)
    start, optimiser = _trained("float32", ModelOptions(), 20)
    for _ in range(30):
        _step(start, optimiser, x, y)
    start.settle(x)
    start.eval()
    model = build_model(SMALL, "fixed8", ModelOptions(), 0)
    model.load_float(start.state_dict())
    model.calibrate(x)
    model.eval()
    with torch.no_grad():
        same = (model(x).argmax(1) == start(x).argmax(1)).float().mean()
        logits = model(x) * model.logit_step
        assert float((logits - start(x)).abs().mean()) < 0.2 * float(start(x).abs().mean())
    assert float(same) > 0.97


def test_the_distribution_loss_rests_for_the_last_epochs():
    chosen = DistributionOptions(terms=("mismatch",), layers=("conv2",), off_last=2)
    model = build_model(SMALL, "binary", ModelOptions(distribution=chosen), 0)
    x, _ = _data()
    model.calibrate(x)
    model.train()
    model(x)
    seen = []
    for epoch in range(5):
        model.begin_epoch(epoch, 5)
        seen.append(float(model.penalty().detach()))
    assert seen[3:] == [0, 0]
    assert seen[0] == pytest.approx(2 * model.statistics()["conv2"]["mismatch"])
    assert seen[0] == seen[1] == seen[2] > 0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: build_model(SMALL, "flightn", ModelOptions(), 0), "did you mean 'flightnn'"),
        (lambda: build_model(SMALL, "binary", ModelOptions(), -1), "seed: -1 is negative"),
        (lambda: ModelOptions(rounding="down"), "rounding is 'down'; accepted: nearest, stoch"),
        (lambda: ModelOptions(scale="leant"), "scale is 'leant'; accepted: calibrated, learned"),
        (lambda: FlightnnOptions((0.1, -1.0)), "strengths: -1; a number of at least 0"),
        (lambda: FlightnnOptions(warm_up=0.5, ramp=0.4, frozen=0.3), "together 1.2; at most 1"),
        (lambda: FlightnnOptions(sharpness=0), "sharpness: 0; a number above 0"),
        (lambda: DistributionOptions(form="cod"), "form is 'cod'; accepted: code, paper"),
        (
            lambda: build_model(
                SMALL,
                "binary",
                ModelOptions(distribution=DistributionOptions(layers=("conv3",))),
                0,
            ),
            "distribution loss: unknown layer 'conv3'",
        ),
        (
            lambda: build_model(SMALL, "flightnn", ModelOptions(), 0).set_term_weights(
                {"conv1": np.ones(3)}
            ),
            r"term_weights of layer 'conv1': shape \[3\]; 8 numbers of at least 0",
        ),
        (
            lambda: build_model(SMALL, "fixed8", ModelOptions(), 0).load_float(
                build_model(load_network("digits"), "float32", ModelOptions(), 0).state_dict()
            ),
            r"float weights, nodes.0.weight: of shape \[16, 1, 3, 3\]; 'digits-small' needs",
        ),
        (
            lambda: build_model(SMALL, "float32", ModelOptions(), 0).export("x"),
            "digits-small: a float32 model has no integers; train under another scheme",
        ),
        (
            lambda: build_model(load_network("mobilenet-v1"), "nothing", ModelOptions(), 0),
            "unknown scheme 'nothing'",
        ),
    ],
)
def test_what_is_refused(make, message):
    with pytest.raises(InputError, match=message):
        make()


def test_what_has_no_gradient_is_refused_by_its_name():
    for layer, answer in (
        (convolution(4, activation="hard_swish"), "activation 'hard_swish' is not trained"),
        ({"operator": "requantise"}, "operator 'requantise' is not trained"),
    ):
        with pytest.raises(InputError, match=answer):
            build_model(network([layer, dense(3)]), "flightnn", ModelOptions(), 0)

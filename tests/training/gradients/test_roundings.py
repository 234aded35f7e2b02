"""Every rounding's value and gradient (FLightNN's apart), as derived in docs/training.md."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="PyTorch is the extra 'train'")

from lightsim.numerics.formats.scheme import SCHEMES  # noqa: E402
from lightsim.numerics.formats.table import codec  # noqa: E402
from lightsim.training.models.distribution import FORMS, distribution_terms  # noqa: E402
from lightsim.training.weights.rounding import (  # noqa: E402
    nearest_level,
    nearest_power,
    round_on_grid,
    sign_hard_tanh,
    step_sigmoid,
    stochastic_level,
    stochastic_power,
    straight_through,
)
from tests.training.gradients.differences import differences, random  # noqa: E402


def test_a_sign_has_the_slope_of_hard_tanh():
    x = random(1, 200).requires_grad_()
    weigh = random(2, 200)
    out = sign_hard_tanh(x)
    assert torch.equal(out, torch.where(x >= 0, 1.0, -1.0).double())
    (out * weigh).sum().backward()
    soft = differences(lambda v: (np.clip(v, -1, 1) * weigh.numpy()).sum(), x.detach().numpy())
    np.testing.assert_allclose(x.grad.numpy(), soft, atol=1e-8)


def test_a_grid_passes_inside_its_clamp_and_its_step_learns():
    x = random(1, 300, spread=20.0).requires_grad_()
    step = torch.tensor(0.13, dtype=torch.float64, requires_grad=True)
    weigh = random(2, 300)
    out = round_on_grid(x, step, -100, 120)
    v = x.detach().numpy() / 0.13
    rounded = np.clip(np.floor(v + 0.5), -100, 120)
    np.testing.assert_allclose(out.detach().numpy(), rounded * 0.13)
    (out * weigh).sum().backward()
    inside = (v >= -100) & (v <= 120)
    assert 0 < inside.sum() < 300

    def surrogate(values, width):
        """Inside, what rounding moved in units of the step stands still; outside, the bound."""
        free = values + width * (rounded - v)
        held = width * np.clip(v, -100, 120)
        return (np.where(inside, free, held) * weigh.numpy()).sum()

    by_x = differences(lambda values: surrogate(values, 0.13), x.detach().numpy())
    np.testing.assert_allclose(x.grad.numpy(), by_x, atol=1e-6)
    by_step = differences(lambda s: surrogate(x.detach().numpy(), s[0]), np.array([0.13]))
    assert step.grad.item() == pytest.approx(by_step[0] / np.sqrt(300 * 120), rel=1e-6)


def test_straight_through_is_the_identity_going_back():
    x, rounded = random(1, 50).requires_grad_(), random(2, 50)
    out = straight_through(x, rounded)
    assert torch.equal(out, rounded)
    weigh = random(3, 50)
    (out * weigh).sum().backward()
    assert torch.equal(x.grad, weigh)


def test_a_step_has_the_slope_of_a_sigmoid():
    x = random(1, 80, spread=0.3).requires_grad_()
    out = step_sigmoid(x, 7.0)
    assert torch.equal(out, (x > 0).double())
    out.sum().backward()
    slope = differences(lambda v: (1 / (1 + np.exp(-7.0 * v))).sum(), x.detach().numpy())
    np.testing.assert_allclose(x.grad.numpy(), slope, rtol=1e-6, atol=1e-8)


# --- values, against the codecs -------------------------------------------------------------------


@pytest.mark.parametrize("name", ["lightnn1", "lightnn2"])
@given(st.lists(st.integers(-1400, 1400), min_size=1, max_size=30))
@settings(max_examples=60, derandomize=True, deadline=None)
def test_nearest_levels_are_the_codecs(name, eighths):
    """In eighths of a unit, so that ties are met."""
    real = np.array(eighths) / 8 / 128
    numbers = codec(name)
    values = numbers.representable[numbers.representable >= 0] / 128
    found = nearest_level(torch.tensor(real), torch.tensor(values))
    expected = numbers.decode(numbers.encode(real[None]))[0]
    assert (found.numpy() * 128).tolist() == expected.tolist()


@given(st.lists(st.integers(-1400, 1400), min_size=1, max_size=30))
@settings(max_examples=60, derandomize=True, deadline=None)
def test_greedy_powers_are_the_codecs(eighths):
    real = np.array(eighths) / 8 / 128
    first = nearest_power(torch.tensor(real), 2 / 128, 1.0)
    second = nearest_power(torch.tensor(real) - first, 2 / 128, 1.0)
    numbers = codec("flightnn")
    for k, found in ((1, first), (2, first + second)):
        expected = numbers.decode(numbers.encode(real[None], k=np.array([k], np.int8)))[0]
        assert (found.numpy() * 128).tolist() == expected.tolist()


def test_stochastic_rounding_is_right_on_average():
    """Evenly spaced noise makes the mean exact to one part in its number."""
    count = 4096
    noise = torch.tensor((np.arange(count) + 0.5) / count)
    magnitudes = torch.tensor([1 / 128, 1 / 4, 1 / 2, 1.0], dtype=torch.float64)
    for real in (-0.9, -0.3, -0.001, 0.0, 0.004, 0.25, 0.77, 1.0):
        spread = torch.full((count,), real, dtype=torch.float64)
        levels = stochastic_level(spread, magnitudes, noise)
        assert float(levels.mean()) == pytest.approx(real, abs=2 / count)
        powers = stochastic_power(spread, 1 / 64, 1.0, noise)
        assert float(powers.mean()) == pytest.approx(real, abs=2 / count)
        assert len(powers.unique()) <= 2
    beyond = torch.full((4,), 1.7, dtype=torch.float64)
    assert torch.equal(stochastic_level(beyond, magnitudes, noise[:4]), torch.ones(4).double())
    assert torch.equal(stochastic_power(beyond, 1 / 64, 1.0, noise[:4]), torch.ones(4).double())


# --- the distribution loss ------------------------------------------------------------------------


def _by_hand(sums, form):
    found = {"degeneration": 0.0, "saturation": 0.0, "mismatch": 0.0}
    for channel in range(sums.shape[1]):
        x = sums[:, channel].ravel()
        mu, s = abs(x.mean()), np.sqrt(x.var() + 1e-10)
        if form == "code":
            terms = max(mu**2 - s**2, 0), max(s - 4, 0) ** 2, max(2 - mu - s, 0) ** 2
        else:
            terms = max(mu - s, 0) ** 2, max(s / 4 - 1, 0) ** 2, max(1 - mu - s / 4, 0) ** 2
        for name, term in zip(found, terms, strict=True):
            found[name] += term / sums.shape[1]
    return found


@pytest.mark.parametrize("form", FORMS)
def test_the_distribution_loss_and_its_gradients(form):
    shapes = torch.tensor([[0.0, 0.2], [3.0, 0.1], [0.5, 7.0], [0.0, 1.0], [2.0, 3.0]]).double()
    sums = random(4, 6, 5, 2, 3) * shapes[:, 1, None, None] + shapes[:, 0, None, None]
    expected = _by_hand(sums.numpy(), form)
    for name, term in distribution_terms(sums, form).items():
        assert float(term) == pytest.approx(expected[name])
        assert float(term) > 0
        x = sums.clone().requires_grad_()
        distribution_terms(x, form)[name].backward()
        slope = differences(lambda v: _by_hand(v, form)[name], sums.numpy())  # noqa: B023
        np.testing.assert_allclose(x.grad.numpy(), slope, atol=1e-7)


def test_every_scheme_is_covered_here():
    """A new scheme needs its gradient checked."""
    assert set(SCHEMES) == {"lightnn1", "lightnn2", "flightnn", "fixed8", "fixed4", "binary"}

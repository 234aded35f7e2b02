"""Every rounding's value and gradient, against the derivation in docs/training.md."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="PyTorch is the extra 'train'")

from lightsim.network.layer import Layer  # noqa: E402
from lightsim.network.tensor import TensorShape  # noqa: E402
from lightsim.numerics.formats.scheme import SCHEMES  # noqa: E402
from lightsim.numerics.formats.table import codec  # noqa: E402
from lightsim.training.models.distribution import FORMS, distribution_terms  # noqa: E402
from lightsim.training.recipes.options import FlightnnOptions, ModelOptions  # noqa: E402
from lightsim.training.weights.flightnn import FlightnnWeights  # noqa: E402
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

FILTERS, INNER = 5, 3
LAYER = Layer(
    "conv",
    "conv2d",
    ("input",),
    TensorShape(INNER, 6, 6),
    TensorShape(FILTERS, 6, 6),
    kernel=(3, 3),
)


def _random(seed, *shape, spread=1.0):
    return torch.tensor(np.random.default_rng(seed).normal(0, spread, shape))


def _differences(function, x, h=1e-6):
    """Central differences of a number by every element of x."""
    slopes = np.zeros(x.size)
    for at in range(x.size):
        moved = [x.copy().reshape(-1) for _ in range(2)]
        moved[0][at] += h
        moved[1][at] -= h
        slopes[at] = (function(moved[0].reshape(x.shape)) - function(moved[1].reshape(x.shape))) / (
            2 * h
        )
    return slopes.reshape(x.shape)


def test_a_sign_has_the_slope_of_hard_tanh():
    x = _random(1, 200).requires_grad_()
    weigh = _random(2, 200)
    out = sign_hard_tanh(x)
    assert torch.equal(out, torch.where(x >= 0, 1.0, -1.0).double())
    (out * weigh).sum().backward()
    soft = _differences(lambda v: (np.clip(v, -1, 1) * weigh.numpy()).sum(), x.detach().numpy())
    np.testing.assert_allclose(x.grad.numpy(), soft, atol=1e-8)


def test_a_grid_passes_inside_its_clamp_and_its_step_learns():
    x = _random(1, 300, spread=20.0).requires_grad_()
    step = torch.tensor(0.13, dtype=torch.float64, requires_grad=True)
    weigh = _random(2, 300)
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

    by_x = _differences(lambda values: surrogate(values, 0.13), x.detach().numpy())
    np.testing.assert_allclose(x.grad.numpy(), by_x, atol=1e-6)
    by_step = _differences(lambda s: surrogate(x.detach().numpy(), s[0]), np.array([0.13]))
    assert step.grad.item() == pytest.approx(by_step[0] / np.sqrt(300 * 120), rel=1e-6)


def test_straight_through_is_the_identity_going_back():
    x, rounded = _random(1, 50).requires_grad_(), _random(2, 50)
    out = straight_through(x, rounded)
    assert torch.equal(out, rounded)
    weigh = _random(3, 50)
    (out * weigh).sum().backward()
    assert torch.equal(x.grad, weigh)


def test_a_step_has_the_slope_of_a_sigmoid():
    x = _random(1, 80, spread=0.3).requires_grad_()
    out = step_sigmoid(x, 7.0)
    assert torch.equal(out, (x > 0).double())
    out.sum().backward()
    slope = _differences(lambda v: (1 / (1 + np.exp(-7.0 * v))).sum(), x.detach().numpy())
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


# --- FLightNN -------------------------------------------------------------------------------------


def _flightnn(regulariser="kept", last=False):
    options = FlightnnOptions(strengths=(0.3, 0.7), regulariser=regulariser, sharpness=6.0)
    weights = FlightnnWeights(LAYER, ModelOptions(flightnn=options), last, None, True).double()
    weights.term_weights.copy_(torch.arange(FILTERS) / 3 + 0.1)
    weights.scale.fill_(0.8)
    return weights


def _power(r):
    """sign(r) * 2**round(log2 |r|) within 2**-6..1, 0 below half of the least."""
    size = np.exp2(np.clip(np.round(np.log2(np.maximum(np.abs(r), 1e-30))), -6, 0))
    return np.where(np.abs(r) < 2.0**-7, 0.0, np.sign(r) * size)


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


def _norm(parts):
    return np.sqrt((parts**2).sum(axis=(1, 2, 3), keepdims=True))


class _Derivation:
    """docs/training.md in numpy: values, and the surrogate about one point (w, t)."""

    scale, sharpness = 0.8, 6.0

    def __init__(self, w, t, last=False):
        self.u, self.t, self.last = w / self.scale, t, last
        self.first = _power(self.u)
        self.left = self.u - self.first
        self.second = _power(self.left)
        self.over = _norm(self.u) - t[0], _norm(self.left) - t[1]
        self.gates = tuple((over > 0) * 1.0 for over in self.over)
        if last:
            self.gates = np.ones_like(self.gates[0]), self.gates[1]

    def gate(self, number, norms, t):
        """The hard gate here, moving as the sigmoid does."""
        if self.last and number == 0:
            return self.gates[0]
        moved = _sigmoid(self.sharpness * (norms - t[number]))
        return self.gates[number] + moved - _sigmoid(self.sharpness * self.over[number])

    def surrogate(self, w, t):
        u = w / self.scale
        value = self.first + (u - self.u)
        left = u - self.first
        g0, g1 = self.gate(0, _norm(u), t), self.gate(1, _norm(left), t)
        return g0 * (value + g1 * self.second) * self.scale

    def penalty(self, w, t, kept):
        u = w / self.scale
        norms = [_norm(u), _norm(u - self.first)]
        if kept:
            g0, g1 = self.gate(0, norms[0], t), self.gate(1, norms[1], t)
            norms = [norms[0] * g0, norms[1] * g0 * g1]
        weights = (np.arange(FILTERS) / 3 + 0.1).reshape(-1, 1, 1, 1)
        return 0.3 * norms[0].sum() + 0.7 * (norms[1] * weights).sum()


def _case(seed=3):
    """Weights and thresholds with filters of every k."""
    w = _random(seed, FILTERS, INNER, 3, 3, spread=0.3)
    w *= torch.tensor([0.03, 1.0, 1.0, 1.0, 1.0]).double().reshape(-1, 1, 1, 1)
    left = _Derivation(w.numpy(), np.zeros(2)).left
    norms = np.sort(_norm(left).ravel())
    return w, np.array([0.4, (norms[2] + norms[3]) / 2])


@pytest.mark.parametrize("last", [False, True])
def test_the_k_of_filters_and_its_gradients(last):
    w, t = _case()
    weights = _flightnn(last=last)
    weights.thresholds.data.copy_(torch.tensor(t))
    w.requires_grad_()
    weigh = _random(9, *w.shape)
    out = weights(w)
    (out * weigh).sum().backward()

    here = _Derivation(w.detach().numpy(), t, last)
    expected = here.gates[0] * (here.first + here.gates[1] * here.second) * here.scale
    np.testing.assert_allclose(out.detach().numpy(), expected, atol=1e-12)
    k = (here.gates[0] * (1 + here.gates[1])).ravel().astype(int)
    assert weights.k(w).tolist() == k.tolist()
    assert set(k) == ({1, 2} if last else {0, 1, 2})

    g = weigh.numpy()
    by_w = _differences(lambda v: (here.surrogate(v, t) * g).sum(), w.detach().numpy())
    by_t = _differences(lambda v: (here.surrogate(w.detach().numpy(), v) * g).sum(), t)
    np.testing.assert_allclose(w.grad.numpy(), by_w, atol=1e-7)
    np.testing.assert_allclose(weights.thresholds.grad.numpy(), by_t, atol=1e-7)

    # The closed form of equation (5), written out.
    slope = [
        here.sharpness * s * (1 - s) for s in (_sigmoid(here.sharpness * o) for o in here.over)
    ]
    both = (g * (here.first + here.gates[1] * here.second)).sum((1, 2, 3), keepdims=True)
    two = (g * here.second).sum((1, 2, 3), keepdims=True)
    first = 0.0 if last else -(slope[0] * both).sum() * here.scale
    second = -(here.gates[0] * slope[1] * two).sum() * here.scale
    np.testing.assert_allclose(weights.thresholds.grad.numpy(), [first, second], atol=1e-12)


@pytest.mark.parametrize("regulariser", ["kept", "norms"])
def test_the_group_lasso_and_its_gradients(regulariser):
    w, t = _case()
    weights = _flightnn(regulariser)
    weights.thresholds.data.copy_(torch.tensor(t))
    w.requires_grad_()
    penalty = weights.penalty(w)
    penalty.backward()
    here, kept = _Derivation(w.detach().numpy(), t), regulariser == "kept"
    assert penalty.item() == pytest.approx(here.penalty(here.u * here.scale, t, kept))
    by_w = _differences(lambda v: here.penalty(v, t, kept), w.detach().numpy())
    np.testing.assert_allclose(w.grad.numpy(), by_w, atol=1e-6)
    by_t = _differences(lambda v: here.penalty(w.detach().numpy(), v, kept), t)
    found = weights.thresholds.grad
    np.testing.assert_allclose(np.zeros(2) if found is None else found.numpy(), by_t, atol=1e-6)


def test_a_term_without_a_price_is_kept():
    w, t = _case()
    weights = _flightnn()
    weights.thresholds.data.copy_(torch.tensor(t))
    by_strengths = {}
    for strengths in ((0.0, 0.0), (0.0, 0.1), (0.1, 0.0), (0.1, 0.1)):
        weights.options = FlightnnOptions(strengths)
        by_strengths[strengths] = weights.k(w)
    learned = by_strengths[0.1, 0.1]
    assert set(learned) == {0, 1, 2}
    assert by_strengths[0.0, 0.0].tolist() == [2] * FILTERS
    assert by_strengths[0.1, 0.0].tolist() == [2 if k else 0 for k in learned]
    assert by_strengths[0.0, 0.1].tolist() == [1, *learned[1:]]


def test_epochs_open_then_learn_then_freeze_the_gates():
    w, t = _case()
    weights = _flightnn()
    weights.options = FlightnnOptions((1e-3, 1e-3), warm_up=0.2, ramp=0.2, frozen=0.3)
    weights.thresholds.data.copy_(torch.tensor(t))
    learned = [0, *weights.k(w)[1:]]
    seen, shares = [], []
    for epoch in range(10):
        weights.begin_epoch(epoch, 10, w)
        seen.append(weights.k(w).tolist())
        shares.append(0.0 if weights.all_open else weights.strength_share)
        if epoch == 8:
            weights.thresholds.data.fill_(1e9)  # too late
    assert seen == [[2] * FILTERS] * 2 + [learned] * 8
    assert shares == pytest.approx([0, 0, 1 / 3, 2 / 3, 1, 1, 1, 1, 1, 1])


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
    sums = _random(4, 6, 5, 2, 3) * shapes[:, 1, None, None] + shapes[:, 0, None, None]
    expected = _by_hand(sums.numpy(), form)
    for name, term in distribution_terms(sums, form).items():
        assert float(term) == pytest.approx(expected[name])
        assert float(term) > 0
        x = sums.clone().requires_grad_()
        distribution_terms(x, form)[name].backward()
        slope = _differences(lambda v: _by_hand(v, form)[name], sums.numpy())  # noqa: B023
        np.testing.assert_allclose(x.grad.numpy(), slope, atol=1e-7)


def test_every_scheme_is_covered_here():
    """A new scheme needs its gradient checked."""
    assert set(SCHEMES) == {"lightnn1", "lightnn2", "flightnn", "fixed8", "fixed4", "binary"}

"""FLightNN's k of filters, its group lasso and their gradients, against docs/training.md."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is the extra 'train'")

from lightsim.network.layer import Layer  # noqa: E402
from lightsim.network.tensor import TensorShape  # noqa: E402
from lightsim.numerics.formats.scheme import SCHEMES  # noqa: E402
from lightsim.training.recipes.options import FlightnnOptions, ModelOptions  # noqa: E402
from lightsim.training.weights.flightnn import FlightnnWeights  # noqa: E402
from tests.training.gradients.differences import differences, random  # noqa: E402

FILTERS, INNER = 5, 3
LAYER = Layer(
    "conv",
    "conv2d",
    ("input",),
    TensorShape(INNER, 6, 6),
    TensorShape(FILTERS, 6, 6),
    kernel=(3, 3),
)


def _flightnn(regulariser="kept", last=False):
    options = FlightnnOptions(strengths=(0.3, 0.7), regulariser=regulariser, sharpness=6.0)
    weights = FlightnnWeights(
        LAYER, SCHEMES["flightnn"], ModelOptions(flightnn=options), last, None, True
    ).double()
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
    w = random(seed, FILTERS, INNER, 3, 3, spread=0.3)
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
    weigh = random(9, *w.shape)
    out = weights(w)
    (out * weigh).sum().backward()

    here = _Derivation(w.detach().numpy(), t, last)
    expected = here.gates[0] * (here.first + here.gates[1] * here.second) * here.scale
    np.testing.assert_allclose(out.detach().numpy(), expected, atol=1e-12)
    k = (here.gates[0] * (1 + here.gates[1])).ravel().astype(int)
    assert weights.k(w).tolist() == k.tolist()
    assert set(k) == ({1, 2} if last else {0, 1, 2})

    g = weigh.numpy()
    by_w = differences(lambda v: (here.surrogate(v, t) * g).sum(), w.detach().numpy())
    by_t = differences(lambda v: (here.surrogate(w.detach().numpy(), v) * g).sum(), t)
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
    by_w = differences(lambda v: here.penalty(v, t, kept), w.detach().numpy())
    np.testing.assert_allclose(w.grad.numpy(), by_w, atol=1e-6)
    by_t = differences(lambda v: here.penalty(w.detach().numpy(), v, kept), t)
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

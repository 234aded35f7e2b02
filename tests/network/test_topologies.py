"""The topologies that tests use are the published ones, by their weights and multiplications."""

from __future__ import annotations

from tests.network.topologies import densenet, googlenet

# Table 1 of arXiv 1409.4842 (recalled): multiply-accumulates of every module in 10^6. (Its
# weights do not agree with them: 4c has 99.8 M at 196 positions, 509 thousand, and not 463.)
_MACS = {
    "3a": 128, "3b": 304, "4a": 73, "4b": 88, "4c": 100, "4d": 119, "4e": 170, "5a": 54, "5b": 71,
}  # fmt: skip


def test_googlenet_has_the_modules_of_its_paper():
    net = googlenet()
    for name, macs in _MACS.items():
        layers = [layer for layer in net.layers if layer.name.startswith(f"{name}_")]
        assert abs(sum(layer.macs for layer in layers) / 1e6 - macs) < 3
    # 6.99 M weights without the auxiliary classifiers.
    assert round((net.parameters - sum(_filters(net))) / 1e6, 2) == 6.99
    assert round(net.macs / 1e9, 2) == 1.58


def _filters(net):
    return [layer.output_shape.channels for layer in net.layers if layer.has_weights]


def test_densenets_have_the_sizes_of_their_paper():
    # Table 2 of arXiv 1608.06993 (recalled): 1.0 M parameters at k = 12, depth 40.
    net = densenet(12, (12, 12, 12), side=32, bottleneck=False)
    assert round(net.parameters / 1e6, 1) == 1.0
    assert sum(layer.has_weights for layer in net.layers) == 40
    # DenseNet-121: 8.0 M parameters (7.98 M with batch norm).
    net = densenet(32, (6, 12, 24, 16), side=224, bottleneck=True, classes=1000)
    assert round(net.parameters / 1e6, 1) == 7.9
    assert round(net.macs / 1e9, 1) == 2.8
    assert sum(layer.has_weights for layer in net.layers) == 121

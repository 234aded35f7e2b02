"""FINN's networks against its paper, layer by layer."""

from __future__ import annotations

from lightsim.network import Network, load_network

# The convolutions of BNN-PYNQ's cnvW1A1 (config.h): kernel, input channels, input side,
# filters, output side; then its dense layers and lfcW1A1's: inputs, outputs. Both hardware
# networks pad their 10 classes to 64, and LFC its 784 inputs to 832.
CNV = [
    (3, 3, 32, 64, 30),
    (3, 64, 30, 64, 28),
    (3, 64, 14, 128, 12),
    (3, 128, 12, 128, 10),
    (3, 128, 5, 256, 3),
    (3, 256, 3, 256, 1),
]


CNV_DENSE = [(256, 512), (512, 512), (512, 10)]


LFC_DENSE = [(784, 1024), (1024, 1024), (1024, 1024), (1024, 10)]


def test_cnv_and_lfc_layer_by_layer():
    cnv, lfc = load_network("cnv"), load_network("lfc")
    assert [
        (
            layer.kernel[0],
            layer.input_shape.channels,
            layer.input_shape.height,
            layer.output_shape.channels,
            layer.output_shape.height,
        )
        for layer in cnv.layers
        if layer.operator == "conv2d"
    ] == CNV
    assert dense_sizes(cnv) == CNV_DENSE
    assert dense_sizes(lfc) == LFC_DENSE
    assert cnv.input_signed  # ap_fixed<8, 1> in its top.cpp


def dense_sizes(network: Network) -> list[tuple[int, int]]:
    layers = [layer for layer in network.layers if layer.operator == "dense"]
    return [(layer.input_shape.elements, layer.output_shape.elements) for layer in layers]

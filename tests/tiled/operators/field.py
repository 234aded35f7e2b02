"""Random networks of the operators that networks of the field have beside convolutions and sums."""

from __future__ import annotations

from lightsim.network.activations import CLAMPS, TABLES
from lightsim.network.tensor import TensorShape
from tests.quantisation.networks import network
from tests.tiled.simulation.nets import Builder


class Field(Builder):
    """Layers so far; every method adds one operator with keys of any shape."""

    def dilated(self):
        """A convolution whose taps are no neighbours, grouped or not."""
        dice, shape = self.dice, self.shape
        kernel = [dice.randint(1, 3), dice.randint(1, 3)]
        apart = [dice.randint(1, 3), dice.randint(1, 3)]
        reach = [(k - 1) * d + 1 for k, d in zip(kernel, apart, strict=True)]
        stride = [dice.randint(1, 2), dice.randint(1, 2)]
        padding = [dice.randint(0, 3) for _ in range(4)]
        padding[2] += max(0, reach[0] - shape.height - padding[0] - padding[2])
        padding[3] += max(0, reach[1] - shape.width - padding[1] - padding[3])
        high = (shape.height + padding[0] + padding[2] - reach[0]) // stride[0] + 1
        wide = (shape.width + padding[1] + padding[3] - reach[1]) // stride[1] + 1
        keys, filters = {}, dice.randint(1, 20)
        if dice.random() < 0.3:
            keys, filters = {"depthwise": True}, shape.channels
        self.add(
            "conv2d", TensorShape(filters, high, wide), filters=filters, kernel=kernel,
            stride=stride, padding=padding, dilation=apart, activation=self.activation(), **keys,
        )  # fmt: skip

    def one_row(self):
        """A dense layer whose values become a row, and operators over one dimension."""
        self.layers.clear()
        dice, wide = self.dice, self.dice.randint(4, 30)
        self.image = (self.image[0], 1, wide)
        self.name, kernel, apart = "input", dice.randint(1, 4), dice.randint(1, 2)
        filters, stride = dice.randint(1, 20), dice.randint(1, 2)
        left, right = dice.randint(0, 2), dice.randint(0, 4)
        reach = (kernel - 1) * apart + 1
        right += max(0, reach - wide - left - right)
        out = (wide + left + right - reach) // stride + 1
        self.add(
            "conv1d", TensorShape(filters, 1, out), filters=filters, kernel=kernel, stride=stride,
            padding=[left, right], dilation=apart, activation=self.activation(),
        )  # fmt: skip
        kernel = dice.randint(1, min(3, out))
        self.add(
            "max_pool1d", TensorShape(filters, 1, -(-(out - kernel) // kernel) + 1),
            kernel=kernel, ceil_mode=True,
        )  # fmt: skip

    def matrix(self):
        dice, filters = self.dice, self.dice.randint(1, 20)
        shape = TensorShape(filters, self.shape.height, self.shape.width)
        self.add(
            "matmul", shape, filters=filters, activation=self.activation(), bias=dice.random() < 0.5
        )

    def largest(self):
        self.add("global_max_pool", TensorShape(self.shape.channels, 1, 1))

    def ceiling(self):
        """A maximum whose last windows hang over the end."""
        dice, shape = self.dice, self.shape
        kernel = [dice.randint(1, min(3, shape.height)), dice.randint(1, min(3, shape.width))]
        stride = [dice.randint(1, 3), dice.randint(1, 3)]
        sides = zip((shape.height, shape.width), kernel, stride, strict=True)
        out = [min(-(-(n - k) // s), (n - 1) // s) + 1 for n, k, s in sides]
        shape = TensorShape(shape.channels, *out)
        self.add("max_pool", shape, kernel=kernel, stride=stride, ceil_mode=True)

    def curved(self):
        """A convolution whose values are clipped or looked up, and a layer that does no more."""
        self.conv(activation=self.dice.choice(CURVES), grouped=self.dice.random() < 0.5)
        self.sign = False
        if self.dice.random() < 0.5:
            self.touching_pool()
        if self.dice.random() < 0.5:
            self.add("requantise", self.shape, activation=self.dice.choice(("none", *CURVES)))

    def larger(self):
        """An image made larger, and sometimes one read beside it."""
        dice, shape = self.dice, self.shape
        scale = [dice.randint(1, 3), dice.randint(1, 3)]
        stem = self.name
        shape = TensorShape(shape.channels, shape.height * scale[0], shape.width * scale[1])
        self.add("upsample", shape, scale=scale)
        if stem != "input" and dice.random() < 0.3:
            self.add("upsample", shape, scale=scale, input=stem)
            filters = shape.channels * 2
            self.add(
                "concat", TensorShape(filters, shape.height, shape.width),
                inputs=[self.name, self.layers[-2]["name"]],
            )  # fmt: skip

    def transposed(self):
        dice, image = self.dice, self.shape
        stride = [dice.randint(1, 2), dice.randint(1, 3)]
        kernel = [s + dice.randint(0, 2) for s in stride]
        padding = [dice.randint(0, (k - s + 1) // 2) for k, s in zip(kernel, stride, strict=True)]
        longer = [dice.randint(0, s - 1) for s in stride]
        sides = zip((image.height, image.width), stride, padding, kernel, longer, strict=True)
        out = [(n - 1) * s - 2 * p + k + o for n, s, p, k, o in sides]
        if min(out) < 1:
            return
        filters = dice.randint(1, 20)
        self.add(
            "conv_transpose2d", TensorShape(filters, *out), filters=filters, kernel=kernel,
            stride=stride, padding=padding, output_padding=longer, activation=self.activation(),
        )  # fmt: skip

    def excited(self):
        """Squeeze and excite: channels times what their means say of them."""
        self.sign = False
        self.conv(activation="relu")
        stem, shape = self.name, self.shape
        self.add("global_pool", TensorShape(shape.channels, 1, 1))
        self.add(
            "dense", TensorShape(shape.channels, 1, 1), filters=shape.channels,
            activation=self.dice.choice(("hard_sigmoid", "none", "tanh")),
        )  # fmt: skip
        self.add("multiply", shape, inputs=[stem, self.name])

    def product(self):
        """A tensor times another of its shape."""
        self.sign = False
        one = self.conv(activation=self.dice.choice(("relu", "none")))
        channels = self.shape.channels
        other = self.conv(filters=channels, same=True, grouped=False, activation="sigmoid")
        self.add("multiply", self.shape, inputs=[one, other])


CURVES = (*TABLES, *CLAMPS)
BLOCKS = (
    "dilated", "one_row", "matrix", "largest", "ceiling", "curved", "larger", "transposed",
    "excited", "product",
)  # fmt: skip
"""What the machine runs; every one stands for itself in a test."""


def field_network(dice, scheme, word_bytes, blocks=BLOCKS):
    """A network of one to three of `blocks`, and what the older tests have between them."""
    sign = scheme == "binary" and dice.random() < 0.4
    image = (dice.randint(1, 20), dice.randint(1, 9), dice.randint(1, 9))
    builder = Field(dice, TensorShape(*image), word_bytes, sign)
    builder.image = image
    if dice.random() < 0.7:
        builder.conv(activation="sign" if sign else "relu")
    for _ in range(dice.randint(1, 2)):
        getattr(builder, dice.choice(blocks))()
        if dice.random() < 0.4:
            getattr(builder, dice.choice(("conv", "residual", "pool")))()
    builder.tail()
    return network(builder.layers, image=builder.image, signed=dice.random() < 0.5)

"""ONNX files made by the package's own helper, and what ONNX Runtime says of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from lightsim.importing.bring import Imported

QONNX = "qonnx.custom_op.general"


class File:
    """A graph that grows node by node, and is saved whole."""

    def __init__(self, shape, opset=17, element=TensorProto.FLOAT):
        self.nodes, self.constants, self.outputs = [], [], []
        self.inputs = [helper.make_tensor_value_info("image", element, shape)]
        self.opset = opset
        self.rng = np.random.default_rng(0)

    def constant(self, array, kind=np.float32):
        name = f"c{len(self.constants)}"
        array = np.asarray(array)
        array = array.astype(kind) if kind is not None else array
        self.constants.append(numpy_helper.from_array(array, name))
        return name

    def node(self, operator, inputs, *, domain="", outputs=1, **attributes):
        names = [f"v{len(self.nodes)}.{number}" for number in range(outputs)]
        self.nodes.append(helper.make_node(operator, inputs, names, domain=domain, **attributes))
        return names[0]

    def random(self, *shape, deviation=0.3):
        return self.constant(self.rng.normal(0, deviation, shape))

    def conv(self, x, filters, channels, kernel=3, groups=1, **attributes):
        weights = self.random(filters, channels // groups, kernel, kernel)
        return self.node("Conv", [x, weights, self.random(filters)], group=groups, **attributes)

    def save(self, folder, output, name="net.onnx"):
        outputs = [output] if isinstance(output, str) else output
        graph = helper.make_graph(
            self.nodes, "net", self.inputs,
            [helper.make_tensor_value_info(one, TensorProto.FLOAT, None) for one in outputs],
            self.constants,
        )  # fmt: skip
        opsets = [helper.make_opsetid("", self.opset), helper.make_opsetid(QONNX, 1)]
        opsets.append(helper.make_opsetid("com.microsoft", 1))
        model = helper.make_model(graph, opset_imports=opsets, ir_version=10)
        path = Path(folder) / name
        onnx.save(model, path)
        return path


def runtime(path, images, *, optimised=True):
    """ONNX Runtime's first output for float32 images."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    if not optimised:
        level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.graph_optimization_level = level
    session = onnxruntime.InferenceSession(str(path), options)
    (given,) = session.get_inputs()
    return session.run(None, {given.name: images})[0]


def codes(imported: Imported, images):
    """Real images as the integers that the imported network takes."""
    step = imported.quantised.steps["input"]
    numbers = np.rint(images / np.float32(step.step))
    return np.clip(numbers, step.lowest, step.highest).astype(np.int16)

"""The same run room by room: quantise, build, map, simulate, and compare with the reference."""

import numpy as np

import lightsim

workload = lightsim.quantise(
    lightsim.load_network("digits-small"), lightsim.scheme("lightnn2"), seed=0
)
board = lightsim.board("pynq-z2")
accelerator = lightsim.default_accelerator(board, workload.scheme, pe="shift_add_spatial")
lightsim.check_budget(accelerator, board, lightsim.estimate(accelerator, board.device))

images = workload.held_out.images[:4]
program = lightsim.map_workload(workload, accelerator, images=len(images))
result = lightsim.simulate([program], [images])

simulated = result.outputs["dense"].reshape(len(images), -1)
reference = lightsim.infer(workload, images).reshape(len(images), -1)
assert np.array_equal(simulated, reference)
print(f"{accelerator.name}: {result.cycles} cycles for {len(images)} images")
print("classes:", simulated.argmax(axis=1), "labels:", workload.held_out.labels[:4])

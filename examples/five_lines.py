"""One run from Python: cycles, accuracy and what bounds each layer."""

import lightsim

report = lightsim.run("digits", board="zc706", scheme="flightnn")
print(f"{report.cycles} cycles, {report.accuracy:.2%} correct, bit exact: {report.bit_exact}")
for layer in report.layers:
    print(f"{layer.name}: {layer.cycles} cycles, bound by {layer.bound_by}, {layer.stalls}")

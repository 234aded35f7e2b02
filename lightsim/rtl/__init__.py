"""RTL: the accelerator in SystemVerilog, the files that configure it, and the proof that it agrees.

`sv/` holds the hand-written modules; `descriptors` turns a program into the tile program they
run, `parameters` an accelerator into their constants, `contents` tensors and weights into bytes
of memory. `project` writes them to a folder, `build` compiles that with Verilator, and `verify`
compares the run of it with the simulation.
"""

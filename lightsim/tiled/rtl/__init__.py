"""RTL: the accelerator in SystemVerilog, the files that configure it, and the proof that it agrees.

`sv/` holds the hand-written modules; `program` turns a mapped network into the tile program they
run, their constants and the bytes of memory, `project` writes all of it to a folder, and
`comparison` builds the folder with Verilator and compares its run with the simulation.
"""

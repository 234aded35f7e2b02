"""The SystemVerilog built, run and compared, bit by bit and cycle by cycle."""

"""The cost of each module of the RTL, by formulas fitted to synthesis."""

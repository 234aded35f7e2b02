"""What each module of the RTL costs, by formulas fitted to synthesis."""

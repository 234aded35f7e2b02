"""The rules for shapes of operators, and what those are written with that no layer is."""

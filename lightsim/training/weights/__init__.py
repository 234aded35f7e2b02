"""How weights are rounded while they are trained, a format a file."""

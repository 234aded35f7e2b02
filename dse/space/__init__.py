"""What there is to choose from: axes and their choices, points, the choices of k."""

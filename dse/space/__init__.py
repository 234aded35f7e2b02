"""What there is to choose from: axes, points, lane mixes and the choices of k."""

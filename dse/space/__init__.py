"""The space of a study: axes and their choices, points, the choices of k."""

"""Tables of layers that other simulators read."""

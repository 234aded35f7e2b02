"""The streaming machine: an engine for every layer, joined by FIFOs, all weights on the chip."""

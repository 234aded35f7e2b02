"""The whole-layer reference: every output, layer by layer."""

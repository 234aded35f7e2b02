"""The design-space explorer: runs lightsim's rooms many times, and is imported by none of them."""

"""The design-space explorer: it runs lightsim's rooms many times and is imported by none of them."""

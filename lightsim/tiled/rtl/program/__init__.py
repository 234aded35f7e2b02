"""The program of a network in hardware: descriptors, memory images, constants."""

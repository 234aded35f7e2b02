"""A network laid out as engines and the FIFOs between them, each engine with its program."""

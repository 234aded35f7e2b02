"""Evidence for the catalogue, and for accelerator and board files."""

"""What a streaming accelerator takes of a device, and the folding that a board has room for."""

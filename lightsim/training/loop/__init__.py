"""The training loop: epochs, seeds and checkpoints."""

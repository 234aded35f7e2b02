"""What becomes of a sum: its width, its requantisation, addition and pooling."""

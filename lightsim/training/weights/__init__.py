"""The rounding of weights during training, one file for each format."""

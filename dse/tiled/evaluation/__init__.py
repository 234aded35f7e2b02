"""What a tiled accelerator is worth: run with its usual mapping, or mapped exactly."""

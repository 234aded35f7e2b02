"""From a point to an accelerator and its resources."""

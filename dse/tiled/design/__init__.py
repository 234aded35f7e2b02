"""From a point to an accelerator, and what it costs."""

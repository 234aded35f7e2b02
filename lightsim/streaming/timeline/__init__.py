"""The timing of the streaming machine without its data, compiled."""

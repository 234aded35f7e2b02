"""The process around a command: its streams, signals, progress and end."""

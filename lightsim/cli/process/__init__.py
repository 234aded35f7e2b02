"""The process around a command: its streams, its signals, its progress and how it ends."""

"""The tiled machine: one engine, layers in turn; everything that only this machine knows."""

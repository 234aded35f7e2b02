"""The wing of the tiled machine in the explorer: its space, designs, bounds and evaluation."""

"""What a tiled accelerator is made of: its description, its file, and what makes it legal."""

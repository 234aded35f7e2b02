"""What a streaming accelerator is made of, its file, and what makes it legal."""

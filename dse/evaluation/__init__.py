"""What a design is worth, here or in processes of their own."""

"""What a training is told: the recipe file and its options."""

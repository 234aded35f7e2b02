"""The settings of a training: the recipe file and its options."""

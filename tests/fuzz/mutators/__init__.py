"""What is done to a file: each mutator takes a content and random numbers and gives a mutant."""

"""The evaluation of designs: their networks, accuracies and budgets, and processes to run them."""

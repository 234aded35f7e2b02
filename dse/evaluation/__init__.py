"""What designs are judged by: their networks, accuracies and budgets, in processes of their own."""

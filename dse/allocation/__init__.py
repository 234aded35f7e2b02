"""One choice in every row of a table within a budget: the exact multiple-choice knapsack."""

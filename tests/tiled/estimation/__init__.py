"""Evidence for resource estimates, budgets, default designs and energy."""

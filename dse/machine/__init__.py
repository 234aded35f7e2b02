"""What the search asks of a machine, and what a wing of the explorer answers with."""

"""Which filters deserve how many terms: the exact allocation of k under a budget."""

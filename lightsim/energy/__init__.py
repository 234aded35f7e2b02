"""Energy: what an event costs, by process, and the sum over what a run counted."""

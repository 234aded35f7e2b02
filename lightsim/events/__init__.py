"""The event toolkit that the simulations of all machines share."""

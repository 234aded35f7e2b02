"""What no design of the space can beat."""

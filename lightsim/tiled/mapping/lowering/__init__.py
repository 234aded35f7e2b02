"""A network's layers turned into passes, and where joined tensors' parts lie."""

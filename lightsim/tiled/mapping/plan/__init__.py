"""What a pass is, and where tensors lie in memory."""

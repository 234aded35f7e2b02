"""Where accuracies come from."""

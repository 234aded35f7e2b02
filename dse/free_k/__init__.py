"""A free k: the filters, the losses of their terms, and the loss that is allowed."""

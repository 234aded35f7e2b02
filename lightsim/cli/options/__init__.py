"""Options that commands share, their values, and how messages name them."""

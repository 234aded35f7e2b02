"""The k of filters that is free: the filters, what they lose, and what may be lost."""

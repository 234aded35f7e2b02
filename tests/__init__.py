"""Evidence: the specification, properties, contracts over every table, equality of models."""

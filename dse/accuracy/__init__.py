"""Where the accuracy of an allocation comes from: measured, modelled, or given."""

"""The sources of an allocation's accuracy: measured, modelled, or given."""

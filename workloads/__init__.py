"""Network descriptions and small trained weights: data with provenance, no logic."""

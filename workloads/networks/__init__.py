"""The zoo: one TOML file for each network that `lightsim` knows by name."""

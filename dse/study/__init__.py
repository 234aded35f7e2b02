"""The study: its file, its measures, its samplers and the place of its trials."""

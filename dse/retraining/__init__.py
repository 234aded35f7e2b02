"""Training and search together: networks retrained at several strengths, designs found for each."""

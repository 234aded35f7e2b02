"""Images as the kernels read them: windows, phases, lines and words."""

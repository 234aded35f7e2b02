"""What the processor's vector unit has, and steps on vectors in its compiler's language."""

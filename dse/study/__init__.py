"""What is asked: the study file, its measures and samplers."""

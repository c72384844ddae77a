"""What is told to other systems, and that it is told once."""

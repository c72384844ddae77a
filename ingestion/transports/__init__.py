"""Ways to read a source."""

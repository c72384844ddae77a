"""Bring the vendors' own tables into landing files, exactly, and prove that nothing is missing."""

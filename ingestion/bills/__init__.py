"""Virtual bills: files that people make, with the columns of the one language."""

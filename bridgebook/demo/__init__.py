"""Demo books: source databases that the product can write by itself, so that it can be tried without an ERP."""

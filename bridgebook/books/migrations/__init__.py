"""Steps that bring the book store's schema up to date."""

"""The book store: what people decide, append-only."""

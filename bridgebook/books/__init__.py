"""The book store: what people and the house itself decided, append-only, in SQLite or PostgreSQL."""

"""The command, the run and its locks, publication, and the book store."""

"""Land sources in DuckDB and prove that nothing is missing."""

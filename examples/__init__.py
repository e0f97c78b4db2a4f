"""Ready to run: the demo, a sync into DuckDB, and the SQL on top of it."""

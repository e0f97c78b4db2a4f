"""A PostgreSQL server of its own, for the tests that need a real one."""

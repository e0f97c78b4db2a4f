"""Tests of the dbt package on a DuckDB file and on a PostgreSQL server of its own: `make dbt`."""

"""Which database a sync writes into: a DuckDB file, or a PostgreSQL server by its address."""

from pathlib import Path

from examples.postgres import PostgresWarehouse, is_address
from examples.warehouse import Warehouse, shown


def open_warehouse(database: str | Path) -> Warehouse:
    """Return the warehouse behind an address `postgresql://...` or a file's path.

    Raises:
        SyncError: the address cannot be understood.

    """
    return PostgresWarehouse(str(database)) if is_address(str(database)) else Warehouse(Path(database))


def log_of(database: str | Path) -> str:
    """Return where the log of a sync into it is."""
    return shown(PostgresWarehouse.log_file() if is_address(str(database)) else Warehouse(Path(database)).log)

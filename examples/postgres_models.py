"""The dbt package's models for one question to a PostgreSQL server, without dbt and without leaving anything there.

Each model that the question names, and each that it needs, becomes a temporary view, which nobody else sees and which
ends with the connection. A table that was not synced counts as empty. PyAirbyte's names are in lower case there, while
the compiled SQL has those of the streams.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_SQL = Path(__file__).with_name("sql") / "postgres"
_FILES = ("0_seeds.sql", "1_staging.sql", "2_marts.sql")
_HEAD = re.compile(r"CREATE (?:OR REPLACE VIEW|MATERIALIZED VIEW IF NOT EXISTS|TABLE IF NOT EXISTS) (?:raw\.)?(\w+)")


def models_of(query: str, existing: set[str]) -> Iterator[str]:
    """Yield the statements that make what a query needs, in order.

    Args:
        query: names models such as `movidesk__completeness`.
        existing: the tables that are in the schema `raw`.

    """
    models, wanted = _models(), set[str]()
    left = _named(query, models)
    while left:
        wanted |= left
        left = {name for each in left for name in _named(models[each], models)} - wanted
    absent = {name for each in wanted for name in re.findall(r"\braw\.(\w+)", models[each])} - existing
    for name in sorted(absent):
        yield _HEAD.sub(f"CREATE TEMPORARY TABLE absent_{name}", _tables()[name], count=1)
    for name, statement in models.items():
        if name in wanted:
            made = _HEAD.sub(f"CREATE TEMPORARY VIEW {name}", statement, count=1)
            yield re.sub(r"\braw\.(\w+)", lambda found: _place(found, absent), made)


def _place(found: re.Match[str], absent: set[str]) -> str:
    return f"absent_{found[1]}" if found[1] in absent else found[0]


def _named(text: str, models: dict[str, str]) -> set[str]:
    return set(re.findall(r"\b(?:stg_|int_)?movidesk_\w+", text)) & models.keys()


@cache
def _models() -> dict[str, str]:
    """Return name -> statement, each behind those that it needs."""
    return {name: statement for file in _FILES for name, statement in _statements(file)}


@cache
def _tables() -> dict[str, str]:
    return dict(_statements("0_absent.sql"))


def _statements(file: str) -> Iterator[tuple[str, str]]:
    text = (_SQL / file).read_text(encoding="utf-8")
    for statement in re.findall(r"^CREATE .*?;$", text, re.MULTILINE | re.DOTALL):
        if found := _HEAD.match(statement):
            statement = re.sub(r"\s+WITH NO DATA;$|;$", "", statement)
            yield found[1], re.sub(r'"(\w+)"', lambda name: f'"{name[1].lower()}"', statement)

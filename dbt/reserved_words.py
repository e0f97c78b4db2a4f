"""Words that a database keeps for itself: as names of columns they need its quotes.

The lists are those of the manuals. `sqlglot` reads `select rows` in every dialect, so that parsing alone doesn't tell.
Which of the words the package's tables meet, and how they are quoted, is in macros/dialect.sql (`column_name`).
"""

from collections.abc import Iterable

import sqlglot

_WORDS = {
    "bigquery": """
        all and any array as asc assert_rows_modified at between by case cast collate contains create cross cube
        current default define desc distinct else end enum escape except exclude exists extract false fetch
        following for from full group grouping groups hash having if ignore in inner intersect interval into is
        join lateral left like limit lookup merge natural new no not null nulls of on or order outer over
        partition preceding proto qualify range recursive respect right rollup rows select set some struct
        tablesample then to treat true unbounded union unnest using when where window with within
    """,
    "snowflake": """
        account all alter and any as between by case cast check column connect connection constraint create
        cross current current_date current_time current_timestamp current_user database delete distinct drop
        else exists false following for from full grant group gscluster having ilike in increment inner insert
        intersect into is issue join lateral left like localtime localtimestamp minus natural not null of on or
        order organization qualify regexp revoke right rlike row rows sample schema select set some start table
        tablesample then to trigger true try_cast union unique update using values view when whenever where with
    """,
    "redshift": """
        aes128 aes256 all allowoverwrite analyse analyze and any array as asc authorization az64 backup between
        binary blanksasnull both bytedict bzip2 case cast check collate column constraint create credentials
        cross current_date current_time current_timestamp current_user current_user_id default deferrable
        deflate defrag delta delta32k desc disable distinct do else emptyasnull enable encode encrypt encryption
        end except explicit false for foreign freeze from full globaldict256 globaldict64k grant group gzip
        having identity ignore ilike in initially inner intersect interval into is isnull join language leading
        left like limit localtime localtimestamp lun luns lzo lzop minus mostly16 mostly32 mostly8 natural new
        not notnull null nulls off offline offset oid old on only open or order outer overlaps parallel
        partition percent permissions pivot placing primary raw readratio recover references rejectlog resort
        respect restore right select session_user similar snapshot some sysdate system table tag tdes text255
        text32k then timestamp to top trailing true truncatecolumns union unique unnest unpivot user using
        verbose wallet when where with without
    """,
    "databricks": """
        all and anti any as authorization both case cast check collate column constraint create cross
        current_date current_time current_timestamp current_user default distinct else end escape except exists
        false fetch filter for foreign from full grant group having in inner intersect into is join lateral
        leading left minus natural not null of offset on only or order outer overlaps percentile_cont primary
        references right select semi session_user some sql table then time to trailing true union unique unknown
        user using when where with within
    """,
}
WORDS = {dialect: frozenset(words.split()) for dialect, words in _WORDS.items()}
"""Dialect -> its reserved words; DuckDB and PostgreSQL have none, as all of the package runs on them."""


def unquoted(statements: Iterable[sqlglot.exp.Expression], dialect: str) -> list[str]:
    """Return the reserved words that stand for names without quotes; dbt itself quotes names of schemas and tables."""
    words = WORDS.get(dialect, frozenset())
    names = (name for statement in statements for name in statement.find_all(sqlglot.exp.Identifier))
    return sorted(
        {
            name.name.lower()
            for name in names
            if not name.quoted and not isinstance(name.parent, sqlglot.exp.Table) and name.name.lower() in words
        }
    )

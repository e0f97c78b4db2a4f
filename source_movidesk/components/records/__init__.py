"""From nested JSON to flat, typed rows. Knows values and schemas, and nothing above it.

Start with `flatten.py` (the way down to a table's rows), then `columns.py` (each column in its type); `dates.py` and
`numbers.py` read what Movidesk writes as text; `personal.py` is the last look at a row.
"""

"""Tables and answers as text."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from examples.language import _, number
from examples.progress import say
from examples.questions import DEMO
from examples.warehouse import Warehouse

_WIDEST = 40


def tell_counts(warehouse: Warehouse) -> None:
    """Print how many rows each view has."""
    say(as_table([_("stream"), _("rows")], list(warehouse.counts().items())))


def tell_answers(warehouse: Warehouse) -> None:
    """Print the answer of each question, with the mart that it is asked of."""
    for question in DEMO:
        answer = warehouse.ask(question.query)
        say(f"\n{_(question.title)}\n({question.mart})\n")
        columns = [_(column) for column in answer.columns]
        say(as_table(columns, answer.rows) if answer.rows else "  " + _("(no rows)"))


def as_table(columns: list[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return columns and rows as lines of text, numbers to the right."""
    right = [all(isinstance(row[i], int | float | Decimal | None) for row in rows) for i in range(len(columns))]
    cells = [columns, *([_cell(value) for value in row] for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(columns))]
    cells.insert(1, ["-" * width for width in widths])
    return "\n".join(
        "  " + "  ".join(_pad(*each) for each in zip(row, widths, right, strict=True)).rstrip() for row in cells
    )


def _pad(cell: str, width: int, right: bool) -> str:
    return cell.rjust(width) if right else cell.ljust(width)


def _cell(value: Any) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return _("yes") if value else _("no")
        case int():
            return number(value)
        case float() | Decimal():
            return number(value, 2)
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
    text = " ".join(str(value).split())
    if text.startswith("("):
        # Not the account's words but the question's own, such as "(no team)".
        return _(text)
    return text if len(text) <= _WIDEST else text[: _WIDEST - 3] + "..."

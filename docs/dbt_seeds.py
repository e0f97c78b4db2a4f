"""The dbt package's seeds: whole numbers, and Brazil's national holidays."""

import csv
import io
from collections.abc import Iterable
from datetime import date, timedelta

_YEARS = range(2013, 2041)


def files() -> dict[str, str]:
    """Return the seeds' files, by their paths in the package."""
    return {
        # Days of nearly three decades.
        "seeds/movidesk_integers.csv": "n\n" + "".join(f"{n}\n" for n in range(10_000)),
        "seeds/movidesk_holidays.csv": _holidays(),
    }


def _holidays() -> str:
    """Return Brazil's national holidays; days that are optional by law (Carnival, Corpus Christi) are none."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["day", "name"])
    for year in _YEARS:
        writer.writerows(sorted(_holidays_of(year)))
    return out.getvalue()


def _holidays_of(year: int) -> Iterable[tuple[str, str]]:
    fixed = [
        (1, 1, "Confraternização Universal"),
        (4, 21, "Tiradentes"),
        (5, 1, "Dia Mundial do Trabalho"),
        (9, 7, "Independência do Brasil"),
        (10, 12, "Nossa Senhora Aparecida"),
        (11, 2, "Finados"),
        (11, 15, "Proclamação da República"),
        (12, 25, "Natal"),
    ]
    if year >= 2024:
        # Law 14.759 of 2023.
        fixed.append((11, 20, "Dia Nacional de Zumbi e da Consciência Negra"))
    yield from ((date(year, month, day).isoformat(), name) for month, day, name in fixed)
    yield (_easter(year) - timedelta(days=2)).isoformat(), "Paixão de Cristo"


def _easter(year: int) -> date:
    """Return Easter Sunday (Meeus, Jones and Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)

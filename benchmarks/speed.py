"""Rows a second and CPU: this connector, the plain CDK streams that are its yardstick, and dlt, in turn."""

from collections.abc import Callable, Iterator

from benchmarks.process import Outcome
from benchmarks.readers import Readers, has_dlt
from benchmarks.report import NO_DLT, Figure, ratio
from benchmarks.servers import Rows, flat_rows, lean, query_of, template_page
from integration_tests.movidesk_api.server import MovideskApi

GROUP = "speed"


def figures(tickets: int = 5000, rounds: int = 2) -> Iterator[Figure]:
    """Measure all readers side by side on the same JSON; of the rounds the one with the least CPU counts."""
    templates = template_page()
    rows = flat_rows(templates)
    flat = tickets * len(rows) // len(templates)
    with lean(templates, tickets) as url, lean(rows, flat, cap=len(rows)) as flat_url:
        with Readers.of(url) as readers, Readers.of(flat_url) as flat_readers:
            kinds: dict[str, Callable[[], Outcome]] = {
                "ours": readers.ours,
                "whole": readers.minimal,
                "flat": lambda: flat_readers.minimal(len(rows)),
            }
            best = {name: read() for name, read in kinds.items()}
            for _ in range(rounds - 1):
                for name, read in kinds.items():
                    best[name] = min(best[name], read(), key=lambda each: each.cpu_seconds)
        ours, whole, flattened = best.values()
        yield Figure(GROUP, "rows a second, the server not counting", f"{ours.rows.total() / ours.seconds:,.0f}")
        yield Figure(
            GROUP,
            f"rows per CPU second, fourteen tables of {tickets:,} tickets ({ours.rows.total():,} rows)",
            f"{_pace(ours):,.0f}",
            f"plain CDK stream of the same JSON, a row being a whole ticket: {_pace(whole):,.0f} "
            f"(ratio {ratio(_pace(ours), _pace(whole))}, at least 0.5)",
        )
        yield Figure(
            GROUP,
            "the same against the strictest yardstick",
            f"{_pace(ours):,.0f}",
            f"plain CDK stream of JSON that already is these rows: {_pace(flattened):,.0f} "
            f"(ratio {ratio(_pace(ours), _pace(flattened))})",
        )
    yield _shares(templates, rows, ours, flattened)
    yield _against_dlt(templates, tickets, ours)


def _shares(templates: Rows, rows: Rows, ours: Outcome, flattened: Outcome) -> Figure:
    """Tell where the CPU goes, by what the same readers cost where there is next to nothing to read."""
    with lean(templates, 1) as url, Readers.of(url) as readers:
        start_up = readers.ours().cpu_seconds
    with lean(rows, 1, cap=len(rows)) as url, Readers.of(url) as readers:
        of_cdk = flattened.cpu_seconds - readers.minimal(len(rows)).cpu_seconds
    own = ours.cpu_seconds - start_up - of_cdk
    parts = {"start-up": start_up, "queue, serializer and output of the CDK": of_cdk, "pages to rows": own}
    told = [f"{what} {seconds:.1f} s ({seconds / ours.cpu_seconds:.0%})" for what, seconds in parts.items()]
    return Figure(GROUP, "where that CPU goes", f"{ours.cpu_seconds:.1f} s", ", ".join(told))


def _against_dlt(templates: Rows, tickets: int, ours: Outcome) -> Figure:
    what = "CPU seconds per 1,000 rows"
    cost = f"{_cost(ours):.3f} ({ours.cpu_seconds:.1f} s, {ours.peak_mb:.0f} MB)"
    if not has_dlt():
        return Figure(GROUP, what, cost, NO_DLT)
    with MovideskApi.start(tickets=1) as api, Readers.of(api.url, api.token) as readers:
        readers.ours()
        query = query_of(api)
    with lean(templates, tickets) as url, Readers.of(url) as readers:
        dlt = readers.dlt(query)
    return Figure(
        GROUP,
        what,
        cost,
        f"dlt {_cost(dlt):.3f} ({dlt.cpu_seconds:.1f} s, {dlt.peak_mb:.0f} MB, {dlt.rows.total():,} rows)",
    )


def _pace(outcome: Outcome) -> float:
    return outcome.rows.total() / outcome.cpu_seconds


def _cost(outcome: Outcome) -> float:
    return 1000 * outcome.cpu_seconds / outcome.rows.total()

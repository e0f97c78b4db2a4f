"""The probes in turn, the most useful first, and what they found.

A probe that is out of requests leaves its entries open: *could not be told*. So does one whose answers make no sense
to it, since an examination must not end at what it is there to find.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from source_movidesk.components.limits.clock import Clock
from source_movidesk.doctor import others, past, people, rows, texts, tickets
from source_movidesk.doctor.account import Account, OutOfRequestsError
from source_movidesk.doctor.finding import Finding, Probe, Visit

PROBES: tuple[Probe, ...] = (
    people.whether_select_is_needed,
    rows.newest_page,
    tickets.rows_of_a_page,
    rows.weight,
    tickets.ids,
    past.what_it_holds,
    tickets.two_keys,
    tickets.precision,
    tickets.deleted,
    rows.actions_of_lists,
    rows.lacking_rows,
    past.whether_it_lags,
    past.old_by_id,
    people.page,
    people.filters,
    people.deep_skip,
    others.surveys,
    others.merged,
    others.knowledge_base,
    others.contracts,
    tickets.default_order,
    past.missing_by_id,
    rows.forms,
    texts.moments,
    texts.names,
    texts.numbers,
    texts.clocks,
    texts.lock_outs,
)


@dataclass
class Report:
    """What an examination found, by the name of the entry in the order of the register."""

    findings: dict[str, Finding] = field(default_factory=dict)
    requests: int = 0
    refusals: int = 0
    unfinished: list[str] = field(default_factory=list)


@cache
def register() -> Mapping[str, Any]:
    """Return the entries of docs/reference/assumptions.yaml by name."""
    found = json.loads(files(__package__).joinpath("assumptions.json").read_text("utf-8"))
    entries: Mapping[str, Any] = found["assumptions"]
    return entries


def examine(
    config: Mapping[str, Any], clock: Clock, probes: Iterable[Probe] = PROBES, account: Account | None = None
) -> Report:
    """Ask each probe.

    Raises:
        AirbyteTracedException: the token was refused, the account stays locked, or nothing answers.

    """
    account = account or Account(config, clock)
    visit, report = Visit(account), Report()
    for probe in probes:
        try:
            for finding in probe(visit):
                report.findings[finding.probe] = finding
        except OutOfRequestsError:
            report.unfinished.append(probe.__name__)
        except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
            # An answer of another shape than documented.
            report.unfinished.append(probe.__name__)
    for name in register():
        report.findings.setdefault(name, Finding(name))
    report.findings = {name: report.findings[name] for name in register() if name in report.findings}
    report.requests, report.refusals = account.sent, account.refusals
    return report

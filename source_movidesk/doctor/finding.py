"""What a probe found out: the name of a reading, and counts beside it. Never a value of a record."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from source_movidesk.doctor.account import Account, Answer

Fact = int | float | bool | str | list[str]


@dataclass
class Finding:
    """One answer.

    Attributes:
        probe: name of the entry in docs/reference/assumptions.yaml.
        reading: one of the entry's readings; None where it could not be told.
        facts: counts, types, names of properties, yes or no.

    """

    probe: str
    reading: str | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass
class Visit:
    """What the probes of one examination share: the account, and answers that several of them look at.

    Attributes:
        slim: the first page of `/tickets`, a thousand rows asked for.
        newest: a page of the newest tickets with all that the connector expands.
        first_try: of that page, before anything was left out of its query.
        old: tickets of `/tickets/past`.
        deleted: those that the route calls deleted.
        honoured: routes that bring deleted tickets where they are asked to.
        objects: what came, by kind, for the questions about names and forms.

    """

    account: Account
    slim: Answer = field(default_factory=lambda: Answer(0))
    newest: Answer = field(default_factory=lambda: Answer(0))
    first_try: Answer = field(default_factory=lambda: Answer(0))
    old: list[dict[str, Any]] = field(default_factory=list)
    deleted: list[dict[str, Any]] = field(default_factory=list)
    honoured: list[str] = field(default_factory=list)
    past_reading: str | None = None
    objects: dict[str, list[Any]] = field(default_factory=dict)

    def moment(self, row: Mapping[str, Any]) -> datetime:
        """Return when the ticket changed; an unreadable moment is the beginning of time."""
        text = str(row.get("lastUpdate"))[:19]
        try:
            return datetime.fromisoformat(text).replace(tzinfo=UTC)
        except ValueError:
            return datetime.min.replace(tzinfo=UTC)

    def days_ago(self, row: Mapping[str, Any]) -> float:
        """Return how many days ago the ticket changed, by Movidesk's clock."""
        return (self.account.clock.now() - self.moment(row)) / timedelta(days=1)

    def is_of_today(self, row: Mapping[str, Any]) -> bool:
        """Whether the ticket changed after the last midnight (UTC)."""
        return self.moment(row).date() == self.account.clock.now().date()

    def keep(self, kind: str, found: Iterable[Any]) -> None:
        """Keep objects for the last questions."""
        self.objects.setdefault(kind, []).extend(found)


# A probe asks what it needs and tells what it found, one or several findings.
Probe = Callable[[Visit], Iterable[Finding]]

"""Hour contracts, and their consumption at a request per contract.

Quirk: the consumption is asked for by the contract's name and a period; one period comes as an object, several as an
array; the period may be null; and an open period has the id "0", so that (contract, period) is the key.

Example: three contracts cost one list and three requests. With a state of 22 November, periods from 1 September on are
asked for: the open one and the last one that was closed.

Why not declarative: contracts and consumption are one feed, so that the names are not asked for twice.
"""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from source_movidesk.components.feed.member import Member, earliest
from source_movidesk.components.feed.page import Item, Page, Requester
from source_movidesk.components.lists.skip import SkipPages
from source_movidesk.components.records.dates import moment_or_none
from source_movidesk.components.transport.body import as_list
from source_movidesk.components.transport.failure import RequestFailed
from source_movidesk.components.transport.silence import one_unless_silent

LOGGER = logging.getLogger("airbyte")

CONSUMPTION = "consumption"
_PATH = "timeAgreementConsumption"
_FORMAT = "%Y-%m-%dT00:00:00"
# Older than any account; used where a contract does not say when it was made.
_FIRST_PERIOD = datetime(2005, 1, 1, tzinfo=UTC)


@dataclass(kw_only=True)
class AgreementPages(SkipPages):
    """Reads the contracts, then the consumption of each if a member takes it."""

    def read(self, requester: Requester, members: list[Member]) -> Iterator[Page]:
        """Yield the pages of contracts, then a page of periods per contract."""
        agreements: list[Mapping[str, Any]] = []
        for rows in self.pages(requester, self.params(members)):
            agreements += rows
            yield Page([Item(row) for row in rows])
        yield Page((), complete_to=self.clock.started_at)
        readers = [member for member in members if member.kind == CONSUMPTION]
        if not readers:
            return
        since = earliest(readers)
        for agreement in agreements:
            if isinstance(agreement.get("name"), str) and agreement["name"].strip():
                yield Page(list(self._periods(requester, agreement, since)), kind=CONSUMPTION)
            else:
                # Asked for without a name it would be refused, which is a strike.
                LOGGER.warning("An hours contract came without a name: its consumption is not read.")
        yield Page((), complete_to=self.clock.started_at, kind=CONSUMPTION)

    def _periods(self, requester: Requester, agreement: Mapping[str, Any], since: datetime | None) -> Iterator[Item]:
        # From the first of a month on, so that it stays the key where the API gives no period.
        first = _created(agreement)
        start = (max(since, first) if since else first).replace(day=1).strftime(_FORMAT)
        end = (self.clock.started_at + timedelta(days=31)).strftime(_FORMAT)
        try:
            query = {"name": agreement["name"], "startPeriod": start, "endPeriod": end}
            ask = partial(requester.fetch, _PATH, query, is_one=True)
            # Later syncs ask for these days again.
            found = ask() if since else one_unless_silent(ask)
        except RequestFailed as failure:
            if failure.says_not_there:
                return
            if not failure.is_about_one:
                raise
            what = f"The consumption of hours contract {agreement['id']}"
            self.report.pass_over(what, failure.status, "time_agreements")
            return
        periods = as_list([found] if isinstance(found, Mapping) and found else found or [], _PATH)
        for period in periods:
            stated = period.get("period")
            day = stated if moment_or_none(stated) else start
            # All that was asked for is emitted: a period is older than the day in it from which on it was asked for.
            yield Item({**period, "agreementId": agreement["id"], "period": day})


def _created(agreement: Mapping[str, Any]) -> datetime:
    """Return when the contract was made, less a month, since its first period may have begun before."""
    created = moment_or_none(agreement.get("createdOn"))
    month = timedelta(days=31)
    return max(created, _FIRST_PERIOD + month) - month if created else _FIRST_PERIOD

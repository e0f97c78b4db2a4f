"""The numbers of tickets: consecutive but for a few that were never issued, and a few whose tickets are gone.

The numbers of real accounts are dense; a list that lacks every second one would teach a reader of gaps the wrong thing.
"""

import random
from dataclasses import dataclass

FIRST_ID = 1_000_000
# One ticket in so many was erased or absorbed by another one and can't be read any more; one number was never given.
GONE = 14
SKIPPED = 100


@dataclass
class Numbers:
    """Each number that was given, with the moment at which its ticket was opened, and those that never were."""

    kept: dict[int, int]
    gone: dict[int, int]
    skipped: list[int]


def issue(rng: random.Random, count: int, begin: int, end: int) -> Numbers:
    """Give numbers so that `count` tickets are left. They rise with the opening, but not strictly."""
    if not count:
        return Numbers({}, {}, [])
    issued = count + -(-count // GONE)
    opened = sorted(rng.randrange(begin, end) for _ in range(issued))
    skipped = sorted(rng.sample(range(FIRST_ID + 1, FIRST_ID + issued), issued // SKIPPED))
    given = sorted({*range(FIRST_ID, FIRST_ID + issued + len(skipped))}.difference(skipped))
    for position in range(0, issued - 4, 3):
        other = position + rng.randrange(4)
        given[position], given[other] = given[other], given[position]
    # The last one stays: a new ticket takes the number behind the greatest, and none is given twice.
    gone = set(rng.sample(given[:-1], issued - count))
    moments_of = dict(zip(given, opened, strict=True))
    return Numbers(
        kept={number: at for number, at in moments_of.items() if number not in gone},
        gone={number: at for number, at in moments_of.items() if number in gone},
        skipped=skipped,
    )

"""The company's working hours: Monday to Friday, 8:00 to 18:00 in Brasília, three hours behind, without holidays.

Counted from one fixed Monday on, so that intervals that meet add up to the tick: what the API tells of a ticket in
several places (its life, its stays in a status, its owners) comes from one and the same count.
"""

from integration_tests.movidesk_api import moments

OPENS = 8 * moments.TICKS_PER_HOUR
DAY = 10 * moments.TICKS_PER_HOUR
_DAYS = 5
_WEEK = 7 * moments.TICKS_PER_DAY
# Monday, 5 January 1970, 0:00 in Brasília.
_MONDAY = 4 * moments.TICKS_PER_DAY + 3 * moments.TICKS_PER_HOUR


def working(begin: int, end: int) -> int:
    """Count the working ticks between two moments, the earlier first."""
    return _since_monday(end) - _since_monday(begin)


def _since_monday(moment: int) -> int:
    weeks, rest = divmod(moment - _MONDAY, _WEEK)
    day, time_of_day = divmod(rest, moments.TICKS_PER_DAY)
    today = min(max(time_of_day - OPENS, 0), DAY) if day < _DAYS else 0
    return (weeks * _DAYS + min(day, _DAYS)) * DAY + today

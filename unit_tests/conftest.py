"""What all unit tests share: a clock that stands still, and no waiting."""

import time
from collections.abc import Iterator
from datetime import datetime

import pytest

from source_movidesk.components import sync
from unit_tests.reading import NOW


@pytest.fixture(autouse=True)
def frozen_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    class FrozenDatetime(datetime):
        @classmethod
        def now(cls, tz=None):
            return NOW.astimezone(tz)

    monkeypatch.setattr(sync, "datetime", FrozenDatetime)


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """Make every wait of a second or more pass at once, and list them."""
    taken: list[float] = []
    real_sleep = time.sleep

    def sleep(seconds: float) -> None:
        if seconds >= 1:
            taken.append(seconds)
        else:
            real_sleep(seconds)

    monkeypatch.setattr(time, "sleep", sleep)
    return taken

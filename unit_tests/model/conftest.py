"""The model has a time of its own, which takes the place of the real one and not of the other tests' fake.

And its lives are its own: hypothesis mixes the numbers that it reads in the loaded modules into what it draws, so that
a changed constant, or another test in the same process, would make other lives of them, and a finding could not be met
again.
"""

import pytest
from hypothesis.internal.conjecture.providers import HypothesisProvider


@pytest.fixture(autouse=True)
def fake_time():
    """Leave the clock alone."""


@pytest.fixture(autouse=True)
def lives_of_their_own(monkeypatch):
    """Draw from the strategies alone; there is no public setting for it."""
    monkeypatch.setattr(HypothesisProvider, "_maybe_draw_constant", lambda *_, **__: None)

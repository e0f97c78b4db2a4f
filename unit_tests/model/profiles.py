"""How many examples the model test runs: by number and not by time, so that each run is the same on any machine."""

from typing import Any

from hypothesis import HealthCheck, settings

# About a minute, and some ten, on one processor of an ordinary machine; those of the long one are others.
SHORT, LONG = 75, 450
STEPS = 20


def profile(examples: int, **options: Any) -> settings:
    """Return hypothesis' settings: always the same examples, with no eye on the clock."""
    return settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        **options,
    )

"""How many examples the model test runs: by number and not by time, so that each run is the same on any machine."""

from typing import Any

from hypothesis import HealthCheck, settings

# About a minute of an ordinary processor; the long run has the lives of so many seeds, some ten minutes.
LIVES, SEEDS = 75, 10
STEPS = 20


def profile(**options: Any) -> settings:
    """Return hypothesis' settings: always the same examples, with no eye on the clock."""
    return settings(
        max_examples=LIVES,
        stateful_step_count=STEPS,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        **options,
    )

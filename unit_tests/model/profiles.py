"""How many examples the model test runs: by number and not by time, so that each run is the same on any machine."""

from typing import Any

from hypothesis import HealthCheck, settings

# About a minute on one processor of an ordinary machine, each: others than those of the short one.
SHORT, LONG = 75, 75
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

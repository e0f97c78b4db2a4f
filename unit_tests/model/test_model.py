"""The model test: see `unit_tests/model/__init__.py`."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from unit_tests.model.machine import Movidesk

_COMMON = {
    "deadline": None,
    "database": None,
    "print_blob": True,
    "suppress_health_check": list(HealthCheck),
}


def test_never_green_with_a_hole():
    run_state_machine_as_test(Movidesk, settings=settings(max_examples=60, stateful_step_count=25, derandomize=True, **_COMMON))

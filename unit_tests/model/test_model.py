"""The model test: see `unit_tests/model/__init__.py`.

A failure ends with the steps that led to it; `python -m unit_tests.model.replay` runs them again.
"""

import pytest
from hypothesis import seed
from hypothesis.stateful import run_state_machine_as_test

from unit_tests.model.machine import Movidesk
from unit_tests.model.profiles import SEEDS, profile


def test_never_green_with_a_hole():
    run_state_machine_as_test(Movidesk, settings=profile())


@pytest.mark.slow
@pytest.mark.parametrize("number", range(SEEDS))
def test_never_green_with_a_hole_in_many_more_lives(number):
    # A class of its own: the seed is written onto it.
    others = seed(number)(type(Movidesk.__name__, (Movidesk,), {}))
    run_state_machine_as_test(others, settings=profile())

"""The model notices when a repair is taken out: the same steps lose rows then, in a green sync, and none with it."""

import pytest

from unit_tests.model.mutations import MUTATIONS
from unit_tests.model.replay import replay


@pytest.mark.parametrize("name", MUTATIONS)
def test_the_model_finds_a_repair_that_is_taken_out(name, monkeypatch):
    take_out, steps, stream = MUTATIONS[name]
    assert replay(steps).is_green
    take_out(monkeypatch)
    with pytest.raises(AssertionError, match=rf"green, and \d+ rows are missing, such as \[['\"]{stream}"):
        replay(steps)

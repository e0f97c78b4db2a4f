"""The CDK's standard tests, against the stand-in. Scenarios stand in acceptance-test-config.yml."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from airbyte_cdk.test.models import ConnectorTestScenario
from airbyte_cdk.test.standard_tests import SourceTestSuiteBase

from integration_tests.movidesk_api.server import MovideskApi
from source_movidesk import SourceMovidesk
from source_movidesk.components.limits.clock import SCALE_VARIABLE

pytest_plugins = ["airbyte_cdk.test.standard_tests.pytest_hooks"]

ROOT = Path(__file__).resolve().parents[1]


class StandInSource(SourceMovidesk):
    """The source with the address of the stand-in, whose port is another one each time."""

    def __init__(self, api_url: str, config: Mapping[str, Any]) -> None:
        self._api_url = api_url
        super().__init__(config={**config, "api_url": api_url} if config else None)

    def configure(self, config: Mapping[str, Any], temp_dir: str) -> Mapping[str, Any]:
        return super().configure({**config, "api_url": self._api_url}, temp_dir)


class TestAirbyteStandards(SourceTestSuiteBase):
    # Without it the suite takes the names of module and class from the name of the checkout's folder.
    connector = SourceMovidesk
    api_url = ""

    @pytest.fixture(autouse=True)
    def stand_in(self, api: MovideskApi, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(type(self), "api_url", api.url)
        # Vanished tickets are failed requests: two make the next wait for a minute.
        api.clock(scale=60)
        monkeypatch.setenv(SCALE_VARIABLE, "60")

    @classmethod
    def get_connector_root_dir(cls) -> Path:
        return ROOT

    @classmethod
    def create_connector(cls, scenario: ConnectorTestScenario | None) -> Any:
        config = scenario.get_config_dict(connector_root=ROOT, empty_if_missing=True) if scenario else {}
        return partial(StandInSource, cls.api_url, config)

"""What all unit tests share: a clock that stands still, and no waiting."""

import threading
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import hypothesis
import pytest
from airbyte_cdk.sources.declarative.yaml_declarative_source import YamlDeclarativeSource

from source_movidesk.components.limits import clock
from unit_tests.reading import NOW

# How long an example takes tells of the machine, and not of what is tested.
hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")


class FakeTime:
    """Stands in for the module `time` in the connector's clock: waits pass at once, and are listed.

    Only waits move it, so that no test depends on how long the machine takes.
    """

    def __init__(self, moment: datetime = NOW) -> None:
        self._begin, self._skipped = moment.timestamp(), 0.0
        self._lock = threading.Lock()
        self.naps: list[float] = []

    def time(self) -> float:
        return self._begin + self._skipped

    def monotonic(self) -> float:
        return 1000.0 + self._skipped

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.naps.append(seconds)
            self._skipped += seconds


@pytest.fixture(autouse=True)
def fake_time(monkeypatch: pytest.MonkeyPatch) -> FakeTime:
    fake = FakeTime()
    monkeypatch.setattr(clock, "time", fake)
    return fake


@pytest.fixture
def naps(fake_time: FakeTime) -> list[float]:
    """The seconds of all waits."""
    return fake_time.naps


@pytest.fixture(scope="session", autouse=True)
def manifest_read_once() -> Iterator[None]:
    """Parse, resolve and validate the manifest once per session: that is most of the time of building a source."""
    resolved: dict[str, Any] = {}

    def read(self: Any, path: str) -> Any:
        if "raw" not in resolved:
            resolved["raw"] = original_read(self, path)
        return resolved["raw"]

    def resolve(self: Any, manifest: Any) -> Any:
        if "whole" not in resolved:
            resolved["whole"] = original_resolve(self, manifest)
        return resolved["whole"]

    def validate(self: Any) -> None:
        if "valid" not in resolved:
            original_validate(self)
            resolved["valid"] = True

    original_read = YamlDeclarativeSource._read_and_parse_yaml_file
    original_resolve = YamlDeclarativeSource._pre_process_manifest
    original_validate = YamlDeclarativeSource._validate_source
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(YamlDeclarativeSource, "_read_and_parse_yaml_file", read)
        patch.setattr(YamlDeclarativeSource, "_pre_process_manifest", resolve)
        patch.setattr(YamlDeclarativeSource, "_validate_source", validate)
        yield

"""What all unit tests share: a clock that stands still, and no waiting."""

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from airbyte_cdk.sources.declarative.yaml_declarative_source import YamlDeclarativeSource

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

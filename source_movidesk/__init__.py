"""Airbyte source connector for Movidesk (Zenvia Customer Service)."""

from source_movidesk.source import SourceMovidesk

__all__ = ["SourceMovidesk"]

"""Measurements; what must hold is in the tests."""

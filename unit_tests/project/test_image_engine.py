"""Where no container engine can run, the tests of the image say why instead of failing."""

import os
import shutil
import subprocess

import pytest

from image_tests import conftest, engine


@pytest.fixture
def capable(monkeypatch):
    """A machine that could install and start an engine."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0, "", ""))


def test_capable_machine_is_not_refused(capable):
    engine.refuse_where_none_can_run()


def test_only_root_can_start_one(capable, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(engine.NoEngineError, match="only root can install and start one"):
        engine.refuse_where_none_can_run()


def test_none_without_apt(capable, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(engine.NoEngineError, match="without apt-get none can be installed"):
        engine.refuse_where_none_can_run()


def test_none_without_namespaces(capable, monkeypatch):
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 1, "", ""))
    with pytest.raises(engine.NoEngineError, match="allows no new namespaces"):
        engine.refuse_where_none_can_run()


def test_failed_installation_gives_apts_own_words(capable, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "dockerd" else name)
    failed = subprocess.CompletedProcess([], 100, "", "E: Unable to locate package docker.io")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(engine.NoEngineError, match="Unable to locate package"):
        engine.install()


@pytest.mark.parametrize(("demand", "outcome"), [("", pytest.skip.Exception), ("required", pytest.fail.Exception)])
def test_reason_is_told_and_is_a_failure_only_where_an_engine_is_demanded(monkeypatch, demand, outcome):
    monkeypatch.setenv("IMAGE_TEST", demand)
    with pytest.raises(outcome, match="IMAGE NOT TESTED: only root can"):
        conftest.give_up(engine.NoEngineError("only root can"))

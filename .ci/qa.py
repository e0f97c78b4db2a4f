"""Airbyte's own checks of a connector, without network, as strict as for its certified connectors.

Runs in an environment of its own (`make qa`): airbyte-internal-ops brings more than two hundred packages. The checks
look at a folder that is shaped like Airbyte's repository; here it is a temporary one, of links to this project's files.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

from airbyte_ops_mcp.connector_ops.utils import Connector
from airbyte_ops_mcp.connector_qa.checks import ENABLED_CHECKS, metadata
from airbyte_ops_mcp.connector_qa.models import Check, CheckStatus

ROOT = Path(__file__).resolve().parents[1]
NAME = "source-movidesk"
DOCUMENTATION = Path("docs/integrations")
PUBLISHED = "https://docs.airbyte.com/integrations/sources/movidesk"
SECONDS = 120

# They ask the internet by nature: whether links are dead, and whether the version is higher than the published one.
NEED_THE_NETWORK = {"CheckDocumentationLinks", "CheckVersionIncrement"}

# The Dockerfile is kept on purpose: outside Airbyte's repository `docker build .` must work. This check has two halves,
# and only the first may fail; the second is run without the Dockerfile.
DOCKERFILE_CHECK = "Python connectors must not use a Dockerfile and must declare their base image in metadata.yaml file"
DOCKERFILE_FAILURE = (
    "Dockerfile file exists. Please remove it and declare the base image in metadata.yaml file "
    "with the `connectorBuildOptions.baseImage` key"
)


def main() -> int:
    """Run all checks, print a line for each, and return the exit code."""
    signal.alarm(SECONDS)
    assert {type(check).__name__ for check in ENABLED_CHECKS} > NEED_THE_NETWORK
    with tempfile.TemporaryDirectory() as folder, without_network(), as_strict_as_can_be():
        code = shape(Path(folder))
        os.chdir(folder)
        connector = Connector(NAME)
        checks = [check for check in ENABLED_CHECKS if type(check).__name__ not in NEED_THE_NETWORK]
        bad = sum(judge(check, connector) for check in checks)
        (code / "Dockerfile").unlink(missing_ok=True)
        (base_image,) = (check for check in checks if check.name == DOCKERFILE_CHECK)
        result = base_image.run(connector)
        bad += tell(result.status is CheckStatus.PASSED, "passed", f"{DOCKERFILE_CHECK} (without it)", result.message)
        os.chdir(ROOT)
    for check in ENABLED_CHECKS:
        if check not in checks:
            print(f"not run   {check.name}: needs the network")
    print(f"{len(checks) + 1 - bad} passed, {bad} failed")
    return 1 if bad else 0


def judge(check: Check, connector: Connector) -> bool:
    """Run one check and say whether it went otherwise than it should."""
    # Some print what they do; the verdict is enough.
    with redirect_stdout(StringIO()):
        result = check.run(connector)
    if check.name == DOCKERFILE_CHECK:
        expected = result.status is CheckStatus.FAILED and result.message == DOCKERFILE_FAILURE
        return tell(expected, "expected", check.name, result.message)
    verdict = {CheckStatus.PASSED: "passed", CheckStatus.SKIPPED: "no matter"}.get(result.status, "failed")
    return tell(verdict != "failed", verdict, check.name, result.message)


def tell(good: bool, verdict: str, name: str, message: str) -> bool:
    """Print a verdict and return whether it is a bad one."""
    print(f"{verdict if good else 'FAILED':9} {name}: {message.strip()}", flush=True)
    return not good


def shape(folder: Path) -> Path:
    """Link the project's files into a folder like Airbyte's repository; return the folder of the connector."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    code = folder / "airbyte-integrations" / "connectors" / NAME
    for name in filter(None, files):
        link = (folder if Path(name).is_relative_to(DOCUMENTATION) else code) / name
        if (ROOT / name).is_file():
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(ROOT / name)
    # In Airbyte's repository the page would be published at this address, from which the checks find it.
    metadata_file = code / "metadata.yaml"
    text = re.sub(r"(?<=documentationUrl: )\S+", PUBLISHED, metadata_file.read_text(encoding="utf-8"))
    metadata_file.unlink()
    metadata_file.write_text(text, encoding="utf-8")
    return code


@contextmanager
def as_strict_as_can_be() -> Iterator[None]:
    """Make every check apply that can: the connector counts as certified, and as not released yet."""
    strict = {"ab_internal_sl": 300, "support_level": "certified", "is_released": False}
    properties = {name: property(lambda _, value=value: value) for name, value in strict.items()}
    options = partial(metadata.ValidatorOptions, disable_dockerhub_checks=True)
    with patch.multiple(Connector, **properties), patch.object(metadata, "ValidatorOptions", options):
        yield


def without_network() -> Any:
    """Let no check ask the internet: one that tries fails."""

    def refuse(*_: Any) -> None:
        raise OSError("this check asks the network")

    return patch.object(socket.socket, "connect", refuse)


if __name__ == "__main__":
    sys.exit(main())

"""Runs the image as a platform would, with files from the host, against the stand-in of the API."""

import json
import os
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from image_tests.engine import LABEL, Engine
from integration_tests.connector import Connector, Run
from integration_tests.movidesk_api.server import MovideskApi

FOLDER = "/config"
HARDENED = (
    *("--read-only", "--tmpfs", "/tmp:size=64m", "--cap-drop", "ALL"),
    *("--security-opt", "no-new-privileges", "--user", "1000:1000"),
)


class Container:
    """A container that was started, and what it prints."""

    def __init__(self, engine: Engine, name: str, process: "subprocess.Popen[bytes]", folder: Path) -> None:
        self._engine = engine
        self._name = name
        self._process = process
        self._folder = folder

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.poll() is None

    @property
    def is_started(self) -> bool:
        """Whether the engine says that its process runs."""
        with suppress(RuntimeError):
            return self._engine.run("inspect", "--format", "{{.State.Running}}", self._name) == "true"
        return False

    @property
    def stdout(self) -> str:
        """What it printed so far."""
        return (self._folder / "stdout").read_text(encoding="utf-8")

    def stop(self) -> float:
        """Do what `docker stop` does, and return the seconds that it took."""
        begin = time.monotonic()
        self._engine.run("stop", "--time", "10", self._name)
        return time.monotonic() - begin

    def end(self, timeout: float = 120) -> Run:
        """Wait for the end."""
        try:
            self._process.wait(timeout)
        finally:
            if self.is_running:
                self._engine.run("kill", self._name)
                self._process.wait(30)
        texts = [(self._folder / name).read_bytes().decode() for name in ("stdout", "stderr")]
        # The client's own remark about an engine without forwarding is none of the connector's.
        stderr = "".join(line for line in texts[1].splitlines(keepends=True) if "IPv4 forwarding" not in line)
        return Run(self._process.returncode, texts[0], stderr)


@dataclass
class Image:
    """A built image and its engine."""

    engine: Engine
    name: str
    base: str

    def inspect(self) -> dict[str, Any]:
        """Return what the engine knows of it."""
        found: dict[str, Any] = json.loads(self.engine.run("image", "inspect", self.name))[0]
        return found

    def sh(self, script: str) -> str:
        """Run a shell script in it instead of the connector."""
        options = ["--rm", "--label", LABEL, "--network", "none", "--entrypoint", "sh"]
        return self.engine.run("run", *options, self.name, "-c", script).replace("\r", "")


class ImageConnector(Connector):
    """Like `Connector`, but each command runs in a container of its own, with its files mounted."""

    def __init__(self, image: Image, api: MovideskApi, folder: Path) -> None:
        super().__init__(api, folder)
        self._image = image

    def launch(
        self,
        command: str,
        *,
        docker: tuple[str, ...] = HARDENED,
        network: str = "host",
        entrypoint: tuple[str, ...] = (),
        mode: int = 0o644,
        **options: Any,
    ) -> Container:
        """Start a container.

        Args:
            command: spec, check, discover or read.
            docker: options of `docker run`.
            network: the container's network.
            entrypoint: a command that is run instead of the image's entry point, the connector's arguments behind it.
            mode: the mode of the mounted files, which belong to root.
            options: as in `Connector.start`.

        """
        arguments, folder = self._prepare(command, **options)
        for file in folder.iterdir():
            file.chmod(mode)
        name = f"source-movidesk-test-{os.getpid()}-{folder.name}"
        line = ["docker", "run", "--rm", "--name", name, "--label", LABEL, "--network", network, *docker]
        line += ["--volume", f"{folder}:{FOLDER}:ro"]
        if entrypoint:
            line += ["--entrypoint", entrypoint[0]]
        line += [self._image.name, *entrypoint[1:], *(each.replace(str(folder), FOLDER) for each in arguments)]
        with (folder / "stdout").open("wb") as stdout, (folder / "stderr").open("wb") as stderr:
            process = subprocess.Popen(
                line, env=self._image.engine.environment, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr
            )
        return Container(self._image.engine, name, process, folder)

    def contain(self, command: str, **options: Any) -> Run:
        """Run a container to its end; options as in `launch`."""
        return self.launch(command, **options).end()

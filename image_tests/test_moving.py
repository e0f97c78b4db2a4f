"""The image on its way into a cluster, as the guide says: as an archive, and through a registry of one's own."""

import io
import json
import os
import shutil
import socket
import subprocess
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from image_tests.container import Image

NAME = "source-movidesk:image-test"
CONFIG = """\
version: 0.1
storage: {{filesystem: {{rootdirectory: {folder}}}}}
http: {{addr: "127.0.0.1:{port}"}}
"""


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[str]:
    """Debian's own registry, on loopback for the time of a test; its address."""
    if not shutil.which("docker-registry") and os.geteuid() == 0 and shutil.which("apt-get"):
        # The daemon that comes with the package is not wanted.
        environment = {**os.environ, "RUNLEVEL": "1", "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "--yes", "--no-install-recommends", "docker-registry"]):
            subprocess.run(["apt-get", "--quiet", *command], env=environment, check=False, stdout=subprocess.DEVNULL)
    if not (program := shutil.which("docker-registry")):
        pytest.skip("Debian's docker-registry is not on this machine and cannot be installed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (tmp_path / "config.yml").write_text(CONFIG.format(folder=tmp_path / "images", port=port), encoding="utf-8")
    process = subprocess.Popen([program, "serve", str(tmp_path / "config.yml")], stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 30
        while True:
            try:
                with urlopen(f"http://127.0.0.1:{port}/v2/", timeout=5):  # ignore-https-check
                    break
            except OSError:
                assert time.monotonic() < end, "the registry did not start"
                time.sleep(0.1)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def test_the_archive_that_is_loaded_into_a_cluster_bears_the_name(image: Image, tmp_path: Path):
    image.engine.run("tag", image.name, NAME)
    image.engine.run("save", "--output", str(tmp_path / "image.tar"), NAME)
    with tarfile.open(tmp_path / "image.tar") as archive:
        manifest = json.load(io.TextIOWrapper(archive.extractfile("manifest.json"), encoding="utf-8"))
    assert manifest[0]["RepoTags"] == [NAME]
    image.engine.run("rmi", NAME)


def test_a_registry_of_ones_own_gives_back_what_was_pushed(image: Image, registry: str):
    name = f"{registry}/{NAME}"
    image.engine.run("tag", image.name, name)
    image.engine.run("push", name)
    image.engine.run("rmi", name)
    image.engine.run("pull", name)
    assert json.loads(image.engine.run("inspect", name))[0]["Id"] == image.inspect()["Id"]
    assert '"title":"Movidesk"' in image.engine.run("run", "--rm", "--network=none", name, "spec").replace('": ', '":')
    image.engine.run("rmi", name)

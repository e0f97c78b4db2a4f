"""A stand-in for Airbyte's base image, made from Debian's packages, since no container registry is asked in tests.

It has what the Dockerfile relies on: Python 3.13 with its packages under /usr/local, and a user with the id 1000 who
owns /airbyte. It is for tests only and is never pushed.
"""

import hashlib
import os
import ssl
import subprocess
from pathlib import Path

from image_tests.engine import Engine, NoEngineError

# Debian 13, whose Python is of the same minor version as that of Airbyte's base image.
SUITE = "trixie"
BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
HOOKS = (
    'chroot "$1" python3 -m venv /usr/local',
    'chroot "$1" useradd --uid 1000 --create-home --shell /usr/sbin/nologin airbyte',
    'chroot "$1" install --directory --owner airbyte --group airbyte /airbyte',
)
CHANGES = (
    f"ENV PATH=/usr/local/bin:/usr/bin:/bin PIP_CERT={BUNDLE}",
    "WORKDIR /airbyte",
)


def base_image(engine: Engine) -> str:
    """Return the name of the base to build on: BASE_IMAGE of the environment, or the stand-in, made if need be.

    Raises:
        NoEngineError: the stand-in could not be made here.

    """
    if given := os.environ.get("BASE_IMAGE"):
        return given
    # pip inside the build trusts whom pip outside trusts.
    bundle = Path(os.environ.get("PIP_CERT") or ssl.get_default_verify_paths().cafile or BUNDLE)
    trusted = bundle.read_bytes() if bundle.is_file() else b""
    hooks = (*HOOKS, f'cp {bundle} "$1"{BUNDLE}') if trusted else HOOKS
    recipe = hashlib.sha256(trusted + repr((SUITE, hooks, CHANGES)).encode()).hexdigest()[:12]
    name = f"localhost/python-connector-base:{recipe}"
    if not engine.run("images", "--quiet", name):
        _make(engine, name, hooks)
    return name


def _make(engine: Engine, name: str, hooks: tuple[str, ...]) -> None:
    packages = "--include=python3,python3-venv,ca-certificates,netbase,tzdata"
    command = ["mmdebstrap", "--variant=minbase", "--quiet", "--dpkgopt=force-unsafe-io", packages]
    command += [f"--customize-hook={hook}" for hook in hooks]
    changes = [part for change in CHANGES for part in ("--change", change)]
    # In memory it takes half the time.
    environment = {**os.environ, "TMPDIR": "/dev/shm"}
    try:
        maker = subprocess.Popen(
            [*command, SUITE, "-"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
    except OSError as error:
        raise NoEngineError(f"no base image can be made without mmdebstrap ({error}); give one in BASE_IMAGE") from None
    with maker:
        assert maker.stdout
        assert maker.stderr
        imported = engine.run("import", *changes, "-", "localhost/unfinished", stdin=maker.stdout.fileno())
        errors = maker.stderr.read().decode()
    if maker.returncode:
        engine.run("rmi", imported)
        raise NoEngineError(f"the stand-in for the base image could not be made: {errors[-500:]}")
    engine.run("tag", imported, name)
    engine.run("rmi", "localhost/unfinished")

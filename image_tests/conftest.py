"""One engine and one build for all tests of the image; where no engine can run, they are skipped, with the reason."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from image_tests.base import base_image
from image_tests.container import Image, ImageConnector
from image_tests.engine import Engine, NoEngineError, running_engine
from integration_tests.conftest import api, running_api
from integration_tests.movidesk_api.server import MovideskApi

__all__ = ["api", "running_api"]
ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    try:
        with running_engine() as engine:
            yield engine
    except NoEngineError as error:
        give_up(error)


@pytest.fixture(scope="session")
def base(engine: Engine) -> str:
    try:
        return base_image(engine)
    except NoEngineError as error:
        give_up(error)


def give_up(error: NoEngineError) -> None:
    """Skip what needs an engine, with the reason; where one must be there (CI), fail with it."""
    sentence = f"IMAGE NOT TESTED: {error}."
    if os.environ.get("IMAGE_TEST") == "required":
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


@pytest.fixture(scope="session")
def image(engine: Engine, base: str) -> Iterator[Image]:
    """Build what users build, with the stand-in as its base; or give the built one that IMAGE_BUILT names."""
    if built := os.environ.get("IMAGE_BUILT"):
        yield Image(engine, built, base)
        return
    name = "localhost/source-movidesk:image-test"
    build(engine, name, base, str(ROOT))
    yield Image(engine, name, base)
    engine.run("image", "prune", "--force", "--filter", "label=io.airbyte.name=source-movidesk")


@pytest.fixture(scope="session")
def cdk_alone(engine: Engine, image: Image) -> Image:
    """Build an image with nothing but the CDK, of the version that the connector's image has."""
    version = image.sh("python -c 'from importlib.metadata import version; print(version(\"airbyte-cdk\"))'")
    name = "localhost/airbyte-cdk-alone:image-test"
    folder = str(ROOT / "image_tests")
    build(
        engine, name, image.base, folder, "--file", f"{folder}/Dockerfile.cdk", "--build-arg", f"CDK_VERSION={version}"
    )
    return Image(engine, name, image.base)


def build(engine: Engine, name: str, base: str, context: str, *options: str) -> None:
    begin = time.monotonic()
    arguments = ["--network", "host", "--build-arg", f"BASE_IMAGE={base}", *options]
    engine.run("build", "--quiet", *arguments, "--tag", name, context)
    print(f"\n{name} built in {time.monotonic() - begin:.0f} s")


@pytest.fixture
def connector(image: Image, api: MovideskApi, tmp_path: Path) -> ImageConnector:
    return ImageConnector(image, api, tmp_path)

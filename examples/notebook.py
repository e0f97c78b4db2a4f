"""Executes examples/movidesk_quickstart.ipynb from top to bottom and keeps its output: `python -m examples.notebook`.

What is kept in the example is fit to be published: no times, no version of this machine's Python, pictures of few
colors. With an account of one's own (`MOVIDESK_CONTA=minha`) the output is that account's, so the copy goes to
`data/`, which is never committed.
"""

import base64
import io
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from PIL import Image

from examples.language import _
from examples.progress import LONGEST_SILENCE, tell_time

NOTEBOOK = Path(__file__).with_name("movidesk_quickstart.ipynb")
OWN = NOTEBOOK.parent.parent / "data" / "movidesk_quickstart.ipynb"


def execute(source: Path = NOTEBOOK) -> NotebookNode:
    """Return the notebook with fresh output.

    Raises:
        CellExecutionError: a cell failed.

    """
    notebook = nbformat.read(source, as_version=4)
    folder = {"metadata": {"path": NOTEBOOK.parent}}
    client = NotebookClient(notebook, timeout=600, resources=folder, record_timing=False)
    # It warns of eavesdropping on the way between two processes of this machine.
    client.extra_arguments = ["--IPKernelApp.log_level=ERROR"]
    with _told(len(notebook.cells)) as begin:
        client.on_cell_start = begin
        client.execute()
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                output["data"]["image/png"] = _smaller(output["data"]["image/png"])
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return notebook


def _smaller(picture: str) -> str:
    """Return a picture with a palette of 64 colors, which charts do not exceed but for the edges of letters."""
    out = io.BytesIO()
    with Image.open(io.BytesIO(base64.b64decode(picture))) as image:
        image.convert("RGB").quantize(64).save(out, "PNG", optimize=True)
    return base64.b64encode(out.getvalue()).decode()


@contextmanager
def _told(cells: int) -> Iterator[Callable[..., None]]:
    """Say at which cell it is, at least every ten seconds."""
    start, over, at = time.monotonic(), threading.Event(), 0

    def begin(cell_index: int, **_cell: object) -> None:
        nonlocal at
        at = cell_index + 1

    def tell() -> None:
        while not over.wait(LONGEST_SILENCE):
            tell_time(start, _("cell {number} of {all}").format(number=at, all=cells))

    threading.Thread(target=tell, daemon=True).start()
    try:
        yield begin
    finally:
        over.set()


def target() -> Path:
    """Return where the executed notebook goes: over the example only if it shows the example's company."""
    return OWN if os.environ.get("MOVIDESK_CONTA", "exemplo") == "minha" else NOTEBOOK


def main() -> int:
    """Write the notebook anew."""
    path = target()
    path.parent.mkdir(exist_ok=True)
    nbformat.write(execute(), path)
    images = sum(
        "image/png" in output.get("data", {})
        for cell in nbformat.read(path, as_version=4).cells
        for output in cell.get("outputs", [])
    )
    name = os.path.relpath(path)
    size = path.stat().st_size // 1024
    print(_("{notebook}: executed, {images} pictures, {size} kB").format(notebook=name, images=images, size=size))
    return 0


if __name__ == "__main__":
    sys.exit(main())

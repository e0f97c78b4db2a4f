"""Executes examples/movidesk_quickstart.ipynb from top to bottom and keeps its output: `python -m examples.notebook`.

What is kept is fit to be published: no times, no version of this machine's Python.
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

NOTEBOOK = Path(__file__).with_name("movidesk_quickstart.ipynb")


def execute(source: Path = NOTEBOOK) -> NotebookNode:
    """Return the notebook with fresh output.

    Raises:
        CellExecutionError: a cell failed.

    """
    notebook = nbformat.read(source, as_version=4)
    folder = {"metadata": {"path": NOTEBOOK.parent}}
    NotebookClient(notebook, timeout=600, resources=folder, record_timing=False).execute()
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return notebook


def main() -> int:
    """Write the notebook anew."""
    nbformat.write(execute(), NOTEBOOK)
    images = sum(
        "image/png" in output.get("data", {})
        for cell in nbformat.read(NOTEBOOK, as_version=4).cells
        for output in cell.get("outputs", [])
    )
    print(f"{NOTEBOOK.name}: executed, {images} pictures, {NOTEBOOK.stat().st_size // 1024} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())

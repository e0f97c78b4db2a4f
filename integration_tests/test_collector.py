"""Python's garbage collector has nothing to find in rows, and would take a sixth of a sync's work to find nothing."""

import subprocess
import sys

from integration_tests.connector import Connector
from integration_tests.movidesk_api.server import MovideskApi

COUNTING = """
import atexit, gc
from source_movidesk.run import run

looks = []
gc.callbacks.append(lambda phase, about: looks.append(about["generation"]) if phase == "start" else None)
atexit.register(lambda: print(len(looks), gc.get_freeze_count(), file=open("looks", "w")))
run()
"""


def test_the_collector_looks_once_in_a_few_pages_and_not_at_what_was_imported(api: MovideskApi, connector: Connector):
    api.reset(tickets=600)
    arguments, folder = connector._prepare("read", page_size=100)
    with (folder / "stdout").open("wb") as stdout:
        subprocess.run([sys.executable, "-c", COUNTING, *arguments], cwd=folder, stdout=stdout, check=True, timeout=120)
    rows = (folder / "stdout").read_bytes().count(b'{"type":"RECORD"')
    looks, left_alone = map(int, (folder / "looks").read_text().split())
    assert rows > 10_000
    # Hundreds with Python's own setting.
    assert looks <= rows / 1000
    # All that stood before the first row.
    assert left_alone > 10_000

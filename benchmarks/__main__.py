"""Measures everything and writes docs/performance.md: `make bench`, or one group with `make bench ONLY=speed`."""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from benchmarks import changes, ending, faults, marts, memory, night, privacy, quota, speed, sync_cost
from benchmarks.process import RunError
from benchmarks.readers import ROOT
from benchmarks.report import Figure, page, table

PAGE = ROOT / "docs" / "performance.md"
# In the order of the table. The quota needs six minutes and next to no processor, so it runs beside the others.
GROUPS: dict[str, Callable[[], Iterator[Figure]]] = {
    module.GROUP: module.figures
    for module in (sync_cost, quota, speed, privacy, memory, changes, faults, ending, night, marts)
}
BESIDE = {quota.GROUP}
# Those that count come before those that measure the processor: the quota's reader has started by then.
ORDER = (
    sync_cost.GROUP,
    changes.GROUP,
    faults.GROUP,
    ending.GROUP,
    night.GROUP,
    speed.GROUP,
    privacy.GROUP,
    memory.GROUP,
    marts.GROUP,
)


def main() -> None:
    """Run the groups and print the table; write the page if all of them were run."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("groups", nargs="*", help=f"some of {', '.join(GROUPS)}; all without it")
    chosen = parser.parse_args().groups or list(GROUPS)
    if unknown := set(chosen) - set(GROUPS):
        parser.error(f"no such group: {', '.join(sorted(unknown))}")
    figures: dict[str, list[Figure]] = {}
    with ThreadPoolExecutor() as threads:
        beside = {name: threads.submit(_measure, name) for name in chosen if name in BESIDE}
        figures |= {name: _measure(name) for name in ORDER if name in chosen}
        figures |= {name: future.result() for name, future in beside.items()}
    listed = [figure for name in GROUPS for figure in figures.get(name, ())]
    print(table(listed))
    if set(chosen) == set(GROUPS):
        PAGE.write_text(page(listed), encoding="utf-8")
        print(f"Written to {PAGE.relative_to(ROOT)}.")


def _measure(group: str) -> list[Figure]:
    """Run a group; one that fails is a row that says so, and costs no other row."""
    started = time.monotonic()
    found: list[Figure] = []
    try:
        found.extend(GROUPS[group]())
    except (RunError, RuntimeError) as error:
        found.append(Figure(group, f"{group}: could not be measured", str(error).splitlines()[0][:200]))
    print(f"{group}: {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    return found


if __name__ == "__main__":
    main()

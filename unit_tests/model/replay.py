"""Repeats the steps that a failing run has printed, and tells what was asked and answered.

    python -m unit_tests.model.replay steps.txt      (or paste them, and end with Ctrl-D)

Lines other than `state....` are passed over, so that a whole failure can be pasted as it is.
"""

import re
import sys
from pathlib import Path

from unit_tests.model.machine import Movidesk
from unit_tests.model.syncs import Outcome

_STEP = re.compile(r"[\s|]*(?:E\s+)?(state\.\w+\(.*\))\s*")


def replay(steps: str) -> Outcome | None:
    """Run the steps, print the requests of each sync and its end, and return how the last one ended."""
    state = Movidesk()
    try:
        for line in steps.splitlines():
            if match := _STEP.fullmatch(line):
                print(f">>> {match[1]}")
                state.heard.clear()
                try:
                    eval(match[1], {"state": state})
                finally:
                    print("\n".join(f"      {said}" for said in state.heard))
        return state.last
    finally:
        state.teardown()


if __name__ == "__main__":
    replay(Path(sys.argv[1]).read_text(encoding="utf-8") if sys.argv[1:] else sys.stdin.read())

"""What the doctor tells while it works: most of its minutes pass in waiting for the quota and after refusals.

On stderr, so that the report alone can be kept.
"""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from source_movidesk.doctor.account import Account

# Whoever looks on takes a longer silence for a hang.
EVERY_SECONDS = 10.0
_LINES = {
    "en": "{:5.0f} s  {} requests of at most {}; waiting for Movidesk ...",
    "pt": "{:5.0f} s  {} requisições de no máximo {}; aguardando o Movidesk ...",
}


@contextmanager
def told(account: Account, language: str) -> Iterator[None]:
    """Say every ten seconds how far it is; also while an answer does not come, so by a thread."""
    begun, over = time.monotonic(), threading.Event()

    def tell() -> None:
        while not over.wait(EVERY_SECONDS):
            line = _LINES[language].format(time.monotonic() - begun, account.sent, account.most)
            print(line, file=sys.stderr, flush=True)

    threading.Thread(target=tell, daemon=True).start()
    try:
        yield
    finally:
        over.set()

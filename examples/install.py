"""Installs with pip and says how far it is: `python -m examples.install ".[demo]"`, or names of packages.

pip is either silent for two minutes or tells everything. This tells every few seconds which package it is at and how
many are done, on one line where there is a terminal. `make` calls it. Only the standard library is there when it runs.
"""

import re
import subprocess
import sys
import sysconfig
import threading
import time
from pathlib import Path

from examples.language import _

_EVERY_SECONDS = 5.0
_COLLECTING = re.compile(r"^\s*(?:Collecting|Requirement already satisfied:) ([\w.-]+)")
_INSTALLING = re.compile(r"^Installing collected packages: (.+)$")


class Installation:
    """One run of pip, and what it has told so far."""

    def __init__(self, *what: str) -> None:
        self._command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar=off"]
        for each in what:
            # This project's own code is what people change here.
            self._command += ["--editable", each] if each.startswith(".") else [each]
        self._start = time.monotonic()
        self._lines: list[str] = []
        self._found: dict[str, None] = {}
        self._total, self._before = 0, 0
        self._end = threading.Event()

    def run(self) -> int:
        """Install; return pip's exit code, and show its words where it failed."""
        teller = threading.Thread(target=self._tell, daemon=True)
        teller.start()
        with subprocess.Popen(
            self._command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
        ) as pip:
            for line in pip.stdout or ():
                self._hear(line)
        self._end.set()
        teller.join()
        if pip.returncode:
            print("".join(self._lines[-20:]), file=sys.stderr)
        else:
            self._say(_("done: {count} packages").format(count=self._total or len(self._found)), last=True)
        return pip.returncode

    def _hear(self, line: str) -> None:
        self._lines.append(line)
        if found := _COLLECTING.match(line):
            self._found[found[1]] = None
        elif found := _INSTALLING.match(line):
            self._before = _installed()
            self._total = found[1].count(",") + 1

    def _tell(self) -> None:
        while not self._end.wait(_EVERY_SECONDS):
            if self._total:
                done = min(max(_installed() - self._before, 0), self._total)
                self._say(_("installing: {done} of {total} packages").format(done=done, total=self._total))
            else:
                newest = next(reversed(self._found), "pip")
                self._say(
                    _("looking for packages: {count} so far ({newest})").format(count=len(self._found), newest=newest)
                )

    def _say(self, line: str, last: bool = False) -> None:
        text = f"  {time.monotonic() - self._start:4.0f} s  {line}"
        if sys.stdout.isatty():
            print(f"\r{text:79}", end="\n" if last else "", flush=True)
        else:
            print(text, flush=True)


def _installed() -> int:
    """Return how many packages this environment has."""
    return len(list(Path(sysconfig.get_path("purelib")).glob("*.dist-info")))


if __name__ == "__main__":
    sys.exit(Installation(*sys.argv[1:]).run())

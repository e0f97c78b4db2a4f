"""A container engine for the tests: the one that runs here, or Debian's own, installed and started for their time.

Nothing is pulled from a container registry. The engine gets no network of its own (no bridge, no firewall rules), so
that it leaves the machine as it was; containers use the host's network or none.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# Kept between runs: the base image and the layers, not the engine. `make clean` removes it.
STORE = Path("/var/tmp/source-movidesk-engine")
PIDFILE, SOCKET, LOG, EXEC_ROOT = STORE / "pid", STORE / "socket", STORE / "log", STORE / "exec"
PACKAGES = ("docker.io", "mmdebstrap")
LABEL = "source-movidesk.image-test"


class NoEngineError(Exception):
    """No container engine can run here; the text says why."""


class Engine:
    """The command line of an engine."""

    def __init__(self, address: str | None = None) -> None:
        # The classic builder knows the least; what it builds, BuildKit builds as well.
        self.environment = {**os.environ, "DOCKER_BUILDKIT": "0"}
        if address:
            self.environment["DOCKER_HOST"] = address

    def run(self, *arguments: str, stdin: int = subprocess.DEVNULL, timeout: float = 900) -> str:
        """Run a docker command and return what it prints.

        Raises:
            RuntimeError: the command failed.

        """
        command = ["docker", *arguments]
        done = subprocess.run(
            command, env=self.environment, stdin=stdin, capture_output=True, text=True, timeout=timeout, check=False
        )
        if done.returncode:
            raise RuntimeError(f"docker {' '.join(arguments)}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout.strip()

    @property
    def answers(self) -> bool:
        """Whether there is an engine behind the command line."""
        try:
            return bool(self.run("version", "--format", "{{.Server.Version}}", timeout=20))
        except (OSError, RuntimeError, subprocess.TimeoutExpired):
            return False


@contextmanager
def running_engine() -> Iterator[Engine]:
    """Give an engine; one that was started here, or left over from a run that was killed, is stopped at the end.

    Raises:
        NoEngineError: none can run here.

    """
    if (present := Engine()).answers:
        yield present
        return
    refuse_where_none_can_run()
    STORE.mkdir(mode=0o700, exist_ok=True)
    with (STORE / "lock").open("w") as lock:
        # Another run on this machine: wait for its end.
        fcntl.flock(lock, fcntl.LOCK_EX)
        install()
        engine = Engine(f"unix://{SOCKET}")
        if not engine.answers:
            start(engine)
        try:
            yield engine
        finally:
            stop(engine)


def refuse_where_none_can_run() -> None:
    """Say why, where an attempt would be in vain.

    Raises:
        NoEngineError: always the case it is named for.

    """
    if os.name != "posix" or os.geteuid() != 0:
        raise NoEngineError("no container engine answers, and only root can install and start one")
    if not shutil.which("apt-get"):
        raise NoEngineError("no container engine answers, and without apt-get none can be installed")
    unshare = ["unshare", "--mount", "--pid", "--net", "--ipc", "--uts", "--fork", "true"]
    if subprocess.run(unshare, capture_output=True, check=False).returncode:
        raise NoEngineError("no container engine answers, and this machine allows no new namespaces to start one with")


def install() -> None:
    """Install Debian's engine and the tool that makes a base image, unless they are here.

    Raises:
        NoEngineError: apt could not.

    """
    if shutil.which("dockerd") and shutil.which("mmdebstrap"):
        return
    # Runlevel 1: the package shall not start a service.
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for command in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", *PACKAGES]):
        done = subprocess.run(["apt-get", *command], env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise NoEngineError(f"no container engine answers, and apt-get {command[0]} failed: {done.stderr[-500:]}")


def start(engine: Engine) -> None:
    """Start the engine.

    Raises:
        NoEngineError: it did not come up; its log says why.

    """
    stop(engine)
    isolated = ["--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false", "--bridge=none"]
    folders = ["--data-root", str(STORE / "data"), "--exec-root", str(EXEC_ROOT)]
    command = ["dockerd", *isolated, *folders, "--pidfile", str(PIDFILE), "-H", f"unix://{SOCKET}"]
    with LOG.open("wb") as log:
        # A session of its own, or Ctrl-C would end it before the tests have cleaned up.
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    deadline = time.monotonic() + 60
    while not engine.answers:
        if process.poll() is not None or time.monotonic() > deadline:
            stop(engine)
            raise NoEngineError(f"Debian's container engine did not start: {LOG.read_text()[-500:]}")
        time.sleep(0.2)


def stop(engine: Engine) -> None:
    """End the engine, if it runs, and what it leaves behind: containers, mounts, sockets."""
    with suppress(RuntimeError, OSError, subprocess.TimeoutExpired):
        if left := engine.run("ps", "--all", "--quiet", "--filter", f"label={LABEL}", timeout=20).split():
            engine.run("rm", "--force", *left, timeout=60)
    if number := _number_of_the_engine():
        os.kill(number, signal.SIGTERM)
        deadline = time.monotonic() + 30
        while _number_of_the_engine() and time.monotonic() < deadline:
            with suppress(ChildProcessError):
                os.waitpid(number, os.WNOHANG)
            time.sleep(0.1)
    for mount in sorted(_mounts_below(STORE), reverse=True):
        subprocess.run(["umount", mount], capture_output=True, check=False)
    PIDFILE.unlink(missing_ok=True)
    SOCKET.unlink(missing_ok=True)
    shutil.rmtree(EXEC_ROOT, ignore_errors=True)


def _number_of_the_engine() -> int | None:
    """Return the process id in the pid file, if that is still an engine."""
    with suppress(OSError, ValueError):
        number = int(PIDFILE.read_text())
        if Path(f"/proc/{number}/comm").read_text().strip() == "dockerd":
            return number
    return None


def _mounts_below(folder: Path) -> list[str]:
    points = (line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines())
    return [point for point in points if Path(point).is_relative_to(folder)]

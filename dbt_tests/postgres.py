"""A PostgreSQL server for the tests: Debian's, in a folder that is thrown away, on loopback only."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PROGRAMS = ("initdb", "pg_ctl")
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "unix_socket_directories": "",
    # The models must not depend on the zone of the session.
    "timezone": "Asia/Tokyo",
}


class PostgresMissingError(Exception):
    """There is no PostgreSQL server on this machine, and it cannot be installed."""


@contextmanager
def cluster() -> Iterator[dict[str, str]]:
    """Run a server for the duration of a `with` block; give the variables with which clients find it."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="source-movidesk-pg-"))
    user = _unprivileged()
    if user:
        shutil.chown(folder, user.pw_name)
    data, port = folder / "data", _free_port()

    def run(program: str, *arguments: str) -> None:
        command = [str(programs / program), *arguments]
        # The server's own output must not keep our pipe open.
        done = subprocess.run(
            command,
            cwd=folder,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            raise PostgresMissingError(f"{program}: {done.stderr}")

    try:
        run("initdb", "--pgdata", str(data), "--username", "movidesk", "--auth", "trust", "--encoding", "UTF8")
        with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in {**_SETTINGS, "port": str(port)}.items())
        run("pg_ctl", "--pgdata", str(data), "--wait", "--log", str(folder / "log"), "start")
        try:
            yield {"PGHOST": "127.0.0.1", "PGPORT": str(port), "PGUSER": "movidesk", "PGDATABASE": "postgres"}
        finally:
            run("pg_ctl", "--pgdata", str(data), "--wait", "--mode", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    """Find the folder of the server's programs; as root on Debian, install them where they are missing."""
    found = _installed()
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        for command in (["update"], ["install", "--yes", "--no-install-recommends", "postgresql"]):
            subprocess.run(["apt-get", "--quiet", *command], check=True, stdout=subprocess.DEVNULL)
        found = _installed()
    if found is None:
        raise PostgresMissingError("PostgreSQL's server is needed: apt-get install postgresql")
    return found


def _installed() -> Path | None:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    found = [folder for folder in folders if all((folder / program).exists() for program in _PROGRAMS)]
    if found:
        return found[-1]
    path = shutil.which("initdb")
    return Path(path).parent if path else None


def _unprivileged() -> pwd.struct_passwd | None:
    """Return whom to run the server as: it refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresMissingError("Neither a user 'postgres' nor a user 'nobody' is there to run the server as.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

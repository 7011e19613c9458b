"""The store of a workspace: runs, their finished parts, audits; SQLite in write-ahead mode.

Two processes may use it at once. A part is recorded only after everything it left on disk is in place, so a
run that is killed at any moment goes on from its recorded parts.
"""

import contextlib
import json
import secrets
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from outcross.engine import Result
from outcross.errors import FaultError
from outcross.store.tables import ADDED_TO, VERSION, metadata, part, run, setting

DATABASE = "outcross.db"
PATIENCE = 30.0
"""Seconds to wait for another process that writes."""


@dataclass(frozen=True)
class Run:
    """A recorded run.

    Attributes:
        id: its name, which begins with when it was started.
        key: the digest of what it reads and how; runs with equal keys can go on from each other's parts.
        state: "running", "interrupted" or "finished".
        audit: digest of the audit it made, once finished.
    """

    id: str
    key: str
    state: str
    audit: str | None


class Store:
    """The store in a workspace's folder.

    Args:
        folder: `.outcross`, made where it is not there.

    Raises:
        FaultError: the folder cannot be written, or was made by a newer outcross.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            (folder / "runs").mkdir(parents=True, exist_ok=True)
            (folder / "audits").mkdir(exist_ok=True)
            (folder / "references").mkdir(exist_ok=True)
            _keep_out_of_version_control(folder)
        except OSError as error:
            raise FaultError(
                f"Cannot write to the workspace {folder}: {error.strerror}.",
                hint="Choose another folder with --workspace, or leave nothing behind with --no-store.",
            ) from None
        self.engine = sa.create_engine(f"sqlite:///{folder / DATABASE}", connect_args={"timeout": PATIENCE})
        sa.event.listen(self.engine, "connect", _configure)
        sa.event.listen(self.engine, "begin", _begin)
        with self.reading() as connection:
            found = _version(connection)
        if found != str(VERSION):
            self._make(found)

    def _make(self, found: str | None) -> None:
        """Make the tables, or add those that an earlier version lacks."""
        if found is not None and found not in ADDED_TO:
            raise FaultError(
                f"The workspace {self.folder} has store version {found}; this outcross knows {VERSION}.",
                hint="Use the outcross that made it, or another --workspace.",
            )
        with self.writing() as connection:
            metadata.create_all(connection)
            connection.execute(setting.delete().where(setting.c.name == "version"))
            connection.execute(setting.insert().values(name="version", value=str(VERSION)))

    @contextlib.contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A transaction that sees the store as it is when it begins, and waits for nobody who writes."""
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that has the right to write from its beginning; one at a time, the others wait."""
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    @contextlib.contextmanager
    def _transaction(self, begin: str) -> Iterator[sa.Connection]:
        """What the database refuses (a full disk, damage) is a fault with a hint."""
        try:
            with self.engine.execution_options(begin=begin).begin() as connection:
                yield connection
        except (sa.exc.DBAPIError, sqlite3.Error) as error:
            raise _refused(self.folder / DATABASE, error) from None

    def close(self) -> None:
        """Close the database."""
        self.engine.dispose()

    def begin_run(self, key: str, plan: dict[str, Any]) -> Run:
        """Record a new run."""
        name = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
        with self.writing() as connection:
            connection.execute(run.insert().values(
                id=name, key=key, plan=json.dumps(plan, sort_keys=True), state="running", started=_now(),
            ))  # fmt: skip
        return Run(name, key, "running", None)

    def latest_run(self, key: str) -> Run | None:
        """The newest run that reads the same in the same way; None where there is none."""
        query = sa.select(run.c.id, run.c.key, run.c.state, run.c.audit).where(run.c.key == key)
        with self.reading() as connection:
            row = connection.execute(query.order_by(run.c.started.desc(), run.c.id.desc()).limit(1)).first()
        return Run(*row) if row is not None else None

    def record_part(self, run_id: str, result: Result) -> None:
        """Record a finished part; once only, also where two processes finished it."""
        with self.writing() as connection:
            connection.execute(part.delete().where(part.c.run == run_id, part.c.ordinal == result.ordinal))
            connection.execute(part.insert().values(
                run=run_id, ordinal=result.ordinal, result=json.dumps(result.to_dict()), finished=_now(),
            ))  # fmt: skip

    def all_parts(self, run_id: str) -> dict[int, Result]:
        """The finished parts of a run, by ordinal."""
        with self.reading() as connection:
            rows = connection.execute(sa.select(part.c.ordinal, part.c.result).where(part.c.run == run_id)).all()
        return {ordinal: Result.from_dict(json.loads(result)) for ordinal, result in rows}

    def parts(self, run_id: str) -> dict[int, Result]:
        """The finished parts of a run whose files are still there, by ordinal."""
        folder = self.run_folder(run_id)
        return {
            ordinal: one for ordinal, one in self.all_parts(run_id).items() if (folder / one.folder / "states").exists()
        }

    def set_state(self, run_id: str, state: str, audit: str | None = None) -> None:
        """Record what became of a run."""
        with self.writing() as connection:
            connection.execute(run.update().where(run.c.id == run_id).values(state=state, audit=audit, ended=_now()))

    def runs(self) -> list[dict[str, Any]]:
        """All runs, the newest first."""
        with self.reading() as connection:
            rows = connection.execute(sa.select(run).order_by(run.c.started.desc())).mappings().all()
        return [dict(row) for row in rows]

    def forget_parts(self, run_id: str) -> None:
        """Let the parts of a run go; the run and its audit stay."""
        with self.writing() as connection:
            connection.execute(part.delete().where(part.c.run == run_id))

    def run_folder(self, run_id: str) -> Path:
        """Where a run keeps what it leaves on disk."""
        return self.folder / "runs" / run_id

    def audit_path(self, digest: str) -> Path:
        """Where the audit with this digest is kept."""
        return self.folder / "audits" / f"{digest.removeprefix('sha256:')}.json"

    def reference_path(self, name: str) -> Path:
        """Where the reference of this name is kept."""
        return self.folder / "references" / f"{name}.reference"


def _keep_out_of_version_control(folder: Path) -> None:
    """A copy of somebody's data lives here. Written once, so that a full disk can still be read."""
    path = folder / ".gitignore"
    if not path.exists():
        path.write_text("*\n")


def _configure(connection: Any, record: Any) -> None:
    """Write-ahead log; transactions begin when SQLAlchemy says so, not when the driver thinks so."""
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


def _refused(path: Path, error: sa.exc.DBAPIError | sqlite3.Error) -> FaultError:
    """What the database said, with what to do about it."""
    told = error.orig if isinstance(error, sa.exc.DBAPIError) else error
    code = getattr(told, "sqlite_errorcode", 0) & 0xFF  # without the details of an extended code
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return FaultError(
            f"Another process has been writing to the store {path} for {PATIENCE:.0f} seconds.",
            hint="Nothing is wrong with the store: wait for that process or end it (it may be stopped), and try again.",
        )
    # Only of a store that is damaged may anybody be told to move it away: there may be labels in it.
    damaged = code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
    return FaultError(
        f"The store {path} could not be used: {told}.",
        hint="It is damaged: restore it from a backup; or move it away, run audits again, and draw labels anew."
        if damaged
        else "Check that the disk has room and that the folder can be written; what is in the store is kept.",
    )


def _version(connection: sa.Connection) -> str | None:
    """The version of the store's tables; None where there are none yet."""
    if not sa.inspect(connection).has_table(setting.name):
        return None
    found: str | None = connection.execute(sa.select(setting.c.value).where(setting.c.name == "version")).scalar()
    return found


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")

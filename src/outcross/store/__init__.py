"""The store of a workspace: runs, their finished parts, audits; SQLite in write-ahead mode.

Two processes may use it at once. A part is recorded only after everything it left on disk is in place, so a
run that is killed at any moment goes on from its recorded parts.
"""

import contextlib
import json
import secrets
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
            # A copy of somebody's data lives here: keep it out of their version control.
            (folder / ".gitignore").write_text("*\n")
        except OSError as error:
            raise FaultError(
                f"Cannot write to the workspace {folder}: {error.strerror}.",
                hint="Choose another folder with --workspace, or leave nothing behind with --no-store.",
            ) from None
        self.engine = sa.create_engine(f"sqlite:///{folder / DATABASE}", connect_args={"timeout": 30})
        sa.event.listen(self.engine, "connect", _configure)
        sa.event.listen(self.engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
        with self.writing() as connection:
            metadata.create_all(connection)
            _check_version(connection, folder)

    @contextlib.contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction; what the database refuses (a full disk, damage) is a fault with a hint."""
        try:
            with self.engine.begin() as connection:
                yield connection
        except sa.exc.DBAPIError as error:
            raise FaultError(
                f"The store {self.folder / DATABASE} could not be used: {error.orig}.",
                hint="Check the disk; a damaged store can be moved away, and audits run again.",
            ) from None

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
        with self.writing() as connection:
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
        with self.writing() as connection:
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
        with self.writing() as connection:
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


def _configure(connection: Any, record: Any) -> None:
    """Write-ahead log; transactions begin when SQLAlchemy says so, not when the driver thinks so."""
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA foreign_keys = ON")


def _check_version(connection: sa.Connection, folder: Path) -> None:
    found = connection.execute(sa.select(setting.c.value).where(setting.c.name == "version")).scalar()
    if found is None:
        connection.execute(setting.insert().values(name="version", value=str(VERSION)))
    elif found in ADDED_TO:
        connection.execute(setting.update().where(setting.c.name == "version").values(value=str(VERSION)))
    elif int(found) != VERSION:
        raise FaultError(
            f"The workspace {folder} has store version {found}; this outcross knows {VERSION}.",
            hint="Use the outcross that made it, or another --workspace.",
        )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")

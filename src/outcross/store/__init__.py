"""The store of a workspace: runs, their finished parts, audits; in a file (SQLite) or on a server (PostgreSQL).

Two processes may use it at once. On a server it is shared: rows are everybody's, while what runs leave on disk stays
in the folder of whoever ran them. A part is recorded only after everything it left on disk is in place, so a
run that is killed at any moment goes on from its recorded parts.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from outcross.canonical import from_json
from outcross.errors import FaultError, OutcrossError
from outcross.store.databases import DAMAGED, in_file, on_server
from outcross.store.migrations import prepare
from outcross.store.tables import part, run

if TYPE_CHECKING:
    from outcross.engine import Result

DATABASE = "outcross.db"

FOLDERS = ("runs", "audits", "references")
"""What a store keeps beside its database."""


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
        url: of a database in PostgreSQL; None for a file in the folder.

    Attributes:
        reading: a transaction that sees the store as it is when it begins, and waits for nobody who writes.
        writing: a transaction that has the right to write from its beginning; one at a time, the others wait.

    Raises:
        CallError: the address is none.
        FaultError: the folder cannot be written, the server not be reached; or the database is damaged, or was made
            by a newer outcross.
    """

    def __init__(self, folder: Path, url: str | None = None) -> None:
        self.folder = folder
        if url is None:
            self._make_folders()
            _refuse_an_emptied(folder / DATABASE)
            self.database = in_file(folder / DATABASE)
        else:
            self.database = on_server(url)
        try:
            prepare(self.database)
            self._make_folders()  # of a server that cannot be reached no folder is left
        except OutcrossError:
            self.close()
            raise
        self.reading, self.writing = self.database.reading, self.database.writing

    def _make_folders(self) -> None:
        try:
            for name in FOLDERS:
                (self.folder / name).mkdir(parents=True, exist_ok=True)
            _keep_out_of_version_control(self.folder)
        except OSError as error:
            raise FaultError(
                f"Cannot write to the workspace {self.folder}: {error.strerror}.",
                hint="Choose another folder with --workspace, or leave nothing behind with --no-store.",
            ) from None

    def close(self) -> None:
        """Close the database."""
        self.database.engine.dispose()

    def begin_run(self, key: str, plan: dict[str, Any]) -> Run:
        """Record a new run, and make its folder."""
        name = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
        self.run_folder(name).mkdir(parents=True)
        with self.writing() as connection:
            connection.execute(run.insert().values(
                id=name, key=key, plan=json.dumps(plan, sort_keys=True), state="running", started=_now(),
            ))  # fmt: skip
        return Run(name, key, "running", None)

    def latest_run(self, key: str) -> Run | None:
        """The newest run that reads the same in the same way; None where there is none.

        In a shared store only a run whose folder is here can be gone on with: its parts lie there, and its lock.
        """
        query = sa.select(run.c.id, run.c.key, run.c.state, run.c.audit).where(run.c.key == key)
        with self.reading() as connection:
            rows = connection.execute(query.order_by(run.c.started.desc(), run.c.id.desc())).all()
        here = (row for row in rows if not self.database.shared or self.run_folder(row.id).exists())
        return next((Run(*row) for row in here), None)

    def record_part(self, run_id: str, result: "Result") -> None:
        """Record a finished part; once only, also where two processes finished it."""
        with self.writing() as connection:
            connection.execute(part.delete().where(part.c.run == run_id, part.c.ordinal == result.ordinal))
            connection.execute(part.insert().values(
                run=run_id, ordinal=result.ordinal, result=json.dumps(result.to_dict()), finished=_now(),
            ))  # fmt: skip

    def all_parts(self, run_id: str) -> "dict[int, Result]":
        """The finished parts of a run, by ordinal."""
        from outcross.engine import Result  # noqa: PLC0415 - kernels, only for those who go on with a run

        with self.reading() as connection:
            rows = connection.execute(sa.select(part.c.ordinal, part.c.result).where(part.c.run == run_id)).all()
        what = f"A part of the run {run_id}"
        return {ordinal: Result.from_dict(parsed(result, what)) for ordinal, result in rows}

    def parts(self, run_id: str) -> "dict[int, Result]":
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


def _refuse_an_emptied(path: Path) -> None:
    """An empty file is a new database to SQLite; where something was kept before, it is what is left of an old one."""
    if not path.exists() or path.stat().st_size:
        return
    if any(any((path.parent / name).glob("*")) for name in FOLDERS):
        raise FaultError(f"The store {path} is empty, but the folders beside it are not.", hint=DAMAGED)


def parsed(text: str, what: str) -> Any:
    """A record of the store from its JSON.

    Raises:
        FaultError: it is none; the message names `what`.
    """
    try:
        return from_json(text)
    except ValueError:
        raise FaultError(f"{what} in the store is damaged: it is no JSON.", hint=DAMAGED) from None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")

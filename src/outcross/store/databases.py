"""The databases that a store may lie in: SQLite in a file of the workspace, or PostgreSQL on a server for a team.

Both keep the same promises. What reads sees one state of the store and waits for nobody who writes; those who write
wait for each other, from the beginning of their transaction on; what the database refuses is a fault with a hint.
"""

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from outcross.doors import optional
from outcross.errors import CallError, FaultError

PATIENCE = 30.0
"""Seconds to wait for another process that writes."""

ASK_AGAIN = 0.01
"""Seconds until SQLite is asked again for what it refuses without waiting."""

SCHEMES = ("postgresql", "postgresql+psycopg", "postgres")
"""How the address of a store on a server may begin."""

WRITER = 0x6F7574_63726F73
"""The advisory lock of whoever writes to a store in PostgreSQL: "outcros" in ASCII."""

DAMAGED = "It is damaged: restore it from a backup; or move it away, run audits again, and draw labels anew."
"""Only of a store that is damaged may anybody be told to move it away: there may be labels in it."""

ROOM = "Check that the disk has room and that the folder can be written; what is in the store is kept."

_WAIT = "Nothing is wrong with the store: wait for that process or end it (it may be stopped), and try again."


@dataclass(frozen=True)
class Database:
    """A database that holds a store.

    Attributes:
        engine: its connections.
        shown: what it is called in messages; never with a password.
        shared: whether other folders may use it too.
        reads: options of a transaction that reads; `begin` is what it begins with.
        writes: options of a transaction that writes.
        advice: what to do about an error of its driver.
        secrets: what no message may show.
    """

    engine: sa.Engine
    shown: str
    shared: bool
    reads: Mapping[str, Any]
    writes: Mapping[str, Any]
    advice: Callable[[BaseException], str]
    secrets: tuple[str, ...] = ()

    @contextlib.contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A transaction that sees the store as it is when it begins."""
        with self._transaction(self.reads) as connection:
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that has the right to write from its beginning; one at a time, the others wait."""
        with self._transaction(self.writes) as connection:
            yield connection

    @contextlib.contextmanager
    def _transaction(self, options: Mapping[str, Any]) -> Iterator[sa.Connection]:
        """What the database refuses (a full disk, damage, a server that is gone) is a fault with a hint."""
        try:
            with self.engine.execution_options(**options).begin() as connection:
                yield connection
        except sa.exc.DBAPIError as error:
            raise self._refused(error.orig or error) from None
        except (sqlite3.Error, UnicodeDecodeError) as error:  # SQLite quotes damaged names, which may be no text
            raise self._refused(error) from None

    def _refused(self, told: BaseException) -> FaultError:
        """What the database said, with what to do about it."""
        hint = self.advice(told)
        if hint == _WAIT:
            said = f"Another process has been writing to the store {self.shown} for {PATIENCE:.0f} seconds."
            return FaultError(said, hint=hint)
        said = str(told).strip().partition("\n")[0].rstrip(".")
        for secret in self.secrets:
            said = said.replace(secret, "***")
        return FaultError(f"The store {self.shown} could not be used: {said}.", hint=hint)


def in_file(path: Path) -> Database:
    """The database in a file: SQLite, in write-ahead mode."""
    # Not an address in one string: the name of a folder may hold what separates its parts.
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(path)), connect_args={"timeout": PATIENCE})
    sa.event.listen(engine, "connect", _configure)
    sa.event.listen(engine, "begin", _begin)
    return Database(engine, str(path), shared=False, reads={"begin": ("BEGIN",)},
                    writes={"begin": ("BEGIN IMMEDIATE",)}, advice=_sqlite_advice)  # fmt: skip


def on_server(address: str) -> Database:
    """The database at an address: PostgreSQL.

    Args:
        address: postgresql://USER@HOST:PORT/DATABASE, with what libpq takes in its query.

    Raises:
        CallError: this is no such address. MissingExtraError: the driver is not installed.
    """
    try:
        url = sa.make_url(address)
    except (sa.exc.ArgumentError, ValueError):
        raise _no_address() from None
    if url.drivername not in SCHEMES:
        raise _no_address()
    optional("psycopg", extra="postgres", purpose="keep a store in PostgreSQL")
    usual = {"connect_timeout": 10, "application_name": "outcross"}
    engine = sa.create_engine(
        url.set(drivername="postgresql+psycopg"), pool_pre_ping=True, hide_parameters=True,
        connect_args={name: value for name, value in usual.items() if name not in url.query},
    )  # fmt: skip
    sa.event.listen(engine, "begin", _begin)
    passwords = [url.password, *(value for name, value in url.query.items() if "password" in name)]
    return Database(
        engine, _shown(url), shared=True, advice=_postgresql_advice,
        # Options of one transaction stay with its connection, so each kind names all of them.
        reads={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True, "begin": ()},
        writes={"isolation_level": "READ COMMITTED", "postgresql_readonly": False, "begin": (
            f"SET LOCAL lock_timeout = {max(1, round(1000 * PATIENCE))}", f"SELECT pg_advisory_xact_lock({WRITER})",
        )},
        secrets=tuple(str(one) for one in passwords if one),
    )  # fmt: skip


def _no_address() -> CallError:
    return CallError(
        "The address of the store is none that outcross knows.",
        hint="Write postgresql://USER@HOST:PORT/DATABASE, or leave it out: then the store is a file in .outcross/.",
    )


def _shown(url: sa.URL) -> str:
    """The address without its password and its options, either of which may hold a secret."""
    host = url.host or str(url.query.get("host", "")) or "localhost"
    return f"postgresql://{host}:{url.port or url.query.get('port', 5432)}/{url.database or ''}"


def _configure(connection: Any, record: Any) -> None:
    """Write-ahead log; transactions begin when SQLAlchemy says so, not when the driver thinks so."""
    connection.isolation_level = None
    _write_ahead(connection)
    connection.execute("PRAGMA foreign_keys = ON")


def _write_ahead(connection: Any) -> None:
    """Turn to write-ahead mode. Where two turn at once, SQLite refuses one without waiting: that one asks again."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if not _busy(error) or time.monotonic() > end:
                raise
            time.sleep(ASK_AGAIN)
        else:
            return


def _busy(told: BaseException) -> bool:
    """Whether another process holds the file; without the details of an extended code."""
    return getattr(told, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _begin(connection: sa.Connection) -> None:
    for statement in connection.get_execution_options().get("begin", ()):
        connection.exec_driver_sql(statement)


def _sqlite_advice(told: BaseException) -> str:
    if _busy(told):
        return _WAIT
    code = getattr(told, "sqlite_errorcode", 0) & 0xFF
    no_text = isinstance(told, UnicodeDecodeError) or "Could not decode" in str(told)
    return DAMAGED if no_text or code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) else ROOM


_ADVICE = {
    "55P03": _WAIT,
    "53100": "The disk of the server is full; what is in the store is kept.",
    "53": "The server has no room for this now: try again later, or ask who runs it.",
    "42501": "Ask who runs the server for the right to make and change tables in this database.",
    "3F": "Ask who runs the server for a schema, and the right to make and change tables in it.",
    "25006": "This server only reads (a standby?): name the one that can be written to.",
    "42": "The tables are not those that outcross made: give it a database of its own, or restore it from a backup.",
    "XX": "It is damaged: restore the database from a backup.",
}
"""What to do by the beginning of the SQLSTATE; the longest that fits."""

REACH = "Check that the server runs, and the address: OUTCROSS_STORE, or [store] url in outcross.toml."
NUL = "It holds the character NUL, which PostgreSQL cannot keep in a text: take it out, or keep the store in a file."


def _postgresql_advice(told: BaseException) -> str:
    if "NUL (0x00)" in str(told):
        return NUL
    state = getattr(told, "sqlstate", None) or ""
    return next((hint for begin, hint in _ADVICE.items() if state.startswith(begin)), REACH)

"""How a store of an earlier version is brought up to this one, and what is no store of ours.

The version stands in the table `setting`, where every outcross since the first looks for it. A fresh store is made
at once by `metadata.create_all`; the steps in `versions/` lead to the same tables, which a test holds them to.
"""

from pathlib import Path

import sqlalchemy as sa

from outcross.errors import FaultError
from outcross.store.databases import DAMAGED, Database
from outcross.store.tables import VERSION, metadata, setting


def prepare(database: Database) -> None:
    """Make the tables of a store, or bring those of an earlier version up to this one.

    Each is one transaction under the right to write, and looks again once it has it: of two processes that open a
    fresh or an old store at once, the second finds it done.

    Raises:
        FaultError: a newer outcross made it, tables are missing, or there are tables that are not ours.
    """
    with database.reading() as connection:
        found = _version(connection, database.shown)
    if found == VERSION:
        return
    with database.writing() as connection:
        found = _version(connection, database.shown)
        if found is None:
            metadata.create_all(connection, checkfirst=False)
        elif found < VERSION:
            bring_up(connection, found)
        _record(connection, VERSION)
        _refuse_what_is_missing(connection, database.shown)


def bring_up(connection: sa.Connection, found: int, to: int = VERSION) -> None:
    """Take the steps from one version of the tables to a later one, in a transaction that writes.

    Args:
        connection: in its transaction.
        found: the version that is there, 0 for none.
        to: the version that is wanted.
    """
    # A quarter of a second, spent only where there is something to be done.
    from alembic.migration import MigrationContext  # noqa: PLC0415
    from alembic.operations import Operations  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    steps = ScriptDirectory(str(Path(__file__).parent)).iterate_revisions(str(to), str(found) if found else "base")
    with Operations.context(MigrationContext.configure(connection)):
        for step in reversed(list(steps)):
            step.module.upgrade()


def _record(connection: sa.Connection, version: int) -> None:
    connection.execute(setting.delete().where(setting.c.name == "version"))
    connection.execute(setting.insert().values(name="version", value=str(version)))


def _version(connection: sa.Connection, shown: str) -> int | None:
    """The version of the tables; None where there are none yet."""
    names = set(sa.inspect(connection).get_table_names())
    if setting.name not in names:
        if strange := sorted(names & set(metadata.tables)):
            raise FaultError(
                f"The store {shown} has the tables {', '.join(strange)}, but no version.",
                hint="Other software made them, or it is damaged: give outcross a database of its own, or restore it.",
            )
        return None
    found = connection.execute(sa.select(setting.c.value).where(setting.c.name == "version")).scalar()
    known = [str(number) for number in range(1, VERSION + 1)]
    if found not in known:
        raise FaultError(
            f"The store {shown} has store version {found}; this outcross knows {VERSION}.",
            hint="Use the outcross that made it, or another --workspace.",
        )
    if found == known[-1]:
        _refuse_what_is_missing(connection, shown)
    return int(found)


def _refuse_what_is_missing(connection: sa.Connection, shown: str) -> None:
    missing = sorted(set(metadata.tables) - set(sa.inspect(connection).get_table_names()))
    if missing:
        raise FaultError(f"The store {shown} lacks the tables {', '.join(missing)}.", hint=DAMAGED)

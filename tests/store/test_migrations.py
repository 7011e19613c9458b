"""Stores of earlier versions are brought up without loss; of newer ones, and what is none of ours, are refused."""

import contextlib
import multiprocessing
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from tests.server import fresh

from outcross.errors import FaultError
from outcross.store import DATABASE, Store
from outcross.store.databases import Database, in_file, on_server
from outcross.store.generations import Generations
from outcross.store.labels import Labels
from outcross.store.migrations import bring_up
from outcross.store.tables import VERSION, metadata

OLD = Path(__file__).parent / "old"
"""Stores that earlier versions of outcross made, as `sqlite3 outcross.db .dump` wrote them."""

EARLIER = range(1, VERSION)


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / ".outcross"


@contextlib.contextmanager
def opened(folder: Path, url: str | None) -> Iterator[Database]:
    """A database as it is, whatever is in it."""
    folder.mkdir(exist_ok=True)
    database = on_server(url) if url else in_file(folder / DATABASE)
    yield database
    database.engine.dispose()


def earlier(folder: Path, url: str | None, version: int) -> None:
    """A store as an earlier outcross left it: its own file, or its rows in tables that the first steps make."""
    old = sqlite3.connect(":memory:") if url else made_file(folder)
    old.executescript((OLD / f"version-{version}.sql").read_text())
    if url:
        carry(old, url, version)
    old.close()


def made_file(folder: Path) -> sqlite3.Connection:
    folder.mkdir()
    return sqlite3.connect(folder / DATABASE)


def carry(old: sqlite3.Connection, url: str, version: int) -> None:
    with opened(Path(), url) as database, database.writing() as connection:
        bring_up(connection, 0, version)
        there = sa.MetaData()
        there.reflect(connection)
        for table in there.sorted_tables:
            names = [column.name for column in table.columns]
            quoted = ", ".join(f'"{name}"' for name in names)
            rows = old.execute(f'SELECT {quoted} FROM "{table.name}"').fetchall()  # noqa: S608
            if rows:
                connection.execute(table.insert(), [dict(zip(names, row, strict=True)) for row in rows])


def kept(version: int) -> dict[str, list[tuple]]:
    """All rows of an old store but its version, by table."""
    with sqlite3.connect(":memory:") as old:
        old.executescript((OLD / f"version-{version}.sql").read_text())
        names = [name for (name,) in old.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = {name: sorted(old.execute(f'SELECT * FROM "{name}"'), key=str) for name in names}  # noqa: S608
    old.close()
    del rows["setting"]
    return rows


@pytest.mark.parametrize("version", EARLIER)
def test_an_earlier_store_is_brought_up_without_loss(folder, url, version):
    earlier(folder, url, version)
    for _ in range(2):
        store = Store(folder, url)
        with store.reading() as connection:
            for name, rows in kept(version).items():
                found = connection.execute(sa.select(metadata.tables[name])).all()
                assert sorted(map(tuple, found), key=str) == rows, name
        store.close()


def test_labels_that_were_signed_before_still_hold_and_more_can_be_added(folder, url):
    earlier(folder, url, 2)
    store = Store(folder, url)
    labels = Labels(store)
    found = labels.find("set")
    given = labels.labels(found)
    assert [(one.item, one.answer) for one in given] == [(3, "human"), (1, "unsure"), (3, "withdrawn")]
    assert all(one.verified(labels.known.keys()) for one in given)
    store.database.engine.dispose()
    if url is None:
        labels.record(given)
        assert labels.labels(found) == given * 2
    assert Generations(store).records() == []
    store.close()


@pytest.mark.parametrize("version", EARLIER)
def test_the_steps_lead_to_the_tables_that_a_fresh_store_has(folder, url, version):
    """Columns, types, keys and indices; comments are written into fresh stores alone."""
    with opened(folder, url) as database, database.writing() as connection:
        bring_up(connection, 0, version)
        bring_up(connection, version)
        different = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)
    assert [one for one in different if one[0] != "add_table_comment"] == []


def test_every_version_has_its_step():
    steps = Path(bring_up.__code__.co_filename).parent / "versions"
    assert sorted(int(path.name[1:].split("_")[0]) for path in steps.glob("v*.py")) == list(range(1, VERSION + 1))


def open_all(places: list[tuple[Path, str | None]], barrier) -> None:
    """What one of two processes does."""
    for folder, url in places:
        barrier.wait(60)
        store = Store(folder, url)
        Generations(store).add({"name": str(os.getpid()), "role": "candidate", "parents": []}, {})
        store.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def places(request, tmp_path):
    """Where there is no store yet, and where there is one of the first version, several of each."""
    with contextlib.ExitStack() as stack:
        made = []
        for number in range(4):
            folder = tmp_path / f"{number}" / ".outcross"
            folder.parent.mkdir()
            server = request.param == "postgresql" and request.getfixturevalue("server")
            url = stack.enter_context(fresh(server)) if server else None
            if number % 2:
                earlier(folder, url, 1)
            made.append((folder, url))
        yield made


def test_two_processes_that_open_a_fresh_or_an_old_store_at_once_both_find_it_whole(places):
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(2)
    processes = [context.Process(target=open_all, args=(places, barrier)) for _ in range(2)]
    for one in processes:
        one.start()
    for one in processes:
        one.join(60)
    assert [one.exitcode for one in processes] == [0, 0]
    for number, (folder, url) in enumerate(places):
        store = Store(folder, url)
        assert len(Generations(store).records()) == 2
        assert len(store.runs()) == (2 if number % 2 else 0)
        store.close()


def change(folder: Path, url: str | None, *statements: str) -> None:
    """What somebody does to a store who can write to its database."""
    store = Store(folder, url)
    with store.writing() as connection:
        for one in statements:
            connection.exec_driver_sql(one)
    store.close()


@pytest.mark.parametrize("version", ["99", "0", "2.5", "", "new"])
def test_a_store_of_a_newer_or_unheard_of_version_is_refused_and_left_alone(folder, url, version):
    change(folder, url, f"UPDATE setting SET value = '{version}'")  # noqa: S608
    for _ in range(2):
        with pytest.raises(FaultError, match=f"version {version}") as caught:
            Store(folder, url)
        assert "--workspace" in caught.value.hint


@pytest.mark.parametrize("table", ["label_lease", "reading", "part"])
def test_a_store_that_lacks_a_table_is_refused(folder, url, table):
    change(folder, url, f"DROP TABLE {table}")
    with pytest.raises(FaultError, match=f"lacks the tables {table}") as caught:
        Store(folder, url)
    assert "restore it from a backup" in caught.value.hint


def test_an_old_store_that_lacks_a_table_is_refused_and_left_as_it_is(folder, url):
    earlier(folder, url, 1)
    with opened(folder, url) as database:
        with database.writing() as connection:
            connection.exec_driver_sql("DROP TABLE part")
        for _ in range(2):
            with pytest.raises(FaultError, match="lacks the tables part"):
                Store(folder, url)
        with database.reading() as connection:
            assert set(sa.inspect(connection).get_table_names()) == {"run", "setting"}


def test_a_database_with_tables_of_other_software_is_left_alone(folder, url):
    with opened(folder, url) as database:
        with database.writing() as connection:
            connection.exec_driver_sql("CREATE TABLE run (number integer)")
        with pytest.raises(FaultError, match="has the tables run, but no version") as caught:
            Store(folder, url)
        assert "of its own" in caught.value.hint
        with database.reading() as connection:
            assert sa.inspect(connection).get_table_names() == ["run"]

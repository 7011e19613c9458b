"""A damaged store is refused with the way out, never half-read."""

import contextlib
import random
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from outcross.errors import FaultError
from outcross.store import DATABASE, Store
from outcross.store.generations import Generations
from outcross.store.labels import Labels

OLD = Path(__file__).parent / "old"


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / ".outcross"


def test_what_is_no_database_is_a_fault_with_a_hint(folder):
    folder.mkdir()
    (folder / DATABASE).write_bytes(b"This is no database, and never was one." * 100)
    with pytest.raises(FaultError, match="could not be used") as caught:
        Store(folder)
    assert "It is damaged" in caught.value.hint


def filled(folder: Path) -> Path:
    """The file of a store with generations and labels, all of it in the one file."""
    folder.mkdir()
    old = sqlite3.connect(folder / DATABASE)
    old.executescript((OLD / "version-2.sql").read_text())
    old.close()
    store = Store(folder)
    for number in range(30):
        record = {"name": f"g{number}", "role": "generation", "parents": [f"g{number - 1}"], "note": "x" * 500}
        Generations(store).add(record, {"states": random.Random(number).randbytes(5000)})  # noqa: S311
    store.close()
    assert not list(folder.glob("*-wal"))
    return folder / DATABASE


@pytest.mark.parametrize("pages", [0, 1, 7, -1])
def test_a_file_that_was_cut_off_is_refused(folder, pages):
    path = filled(folder)
    (folder / "runs" / "one").mkdir()
    data = path.read_bytes()
    path.write_bytes(data[: 4096 * pages])
    with pytest.raises(FaultError, match=r"could not be used|is empty") as caught:
        Store(folder)
    assert "It is damaged: restore it" in caught.value.hint


def test_an_empty_file_where_nothing_was_kept_is_a_fresh_store(folder):
    folder.mkdir()
    (folder / DATABASE).touch()
    Store(folder).close()
    assert (folder / DATABASE).stat().st_size


def everything(folder: Path) -> tuple[list, list, list]:
    """All that is read back of a store."""
    store = Store(folder)
    try:
        generations, labels = Generations(store), Labels(store)
        records = generations.records()
        sets = [one for one in map(labels.find, labels.names()) if one]
        with store.reading() as connection:
            digests = connection.execute(sa.text("SELECT digest FROM blob ORDER BY digest")).scalars().all()
        return records, sets, [generations.blob(one) for one in digests]
    finally:
        store.close()


def damaged(path: Path, data: bytes, at: int, size: int) -> None:
    """The file of a store with garbage in it."""
    for rest in path.parent.glob(f"{DATABASE}*"):
        rest.unlink()
    garbage = random.Random(at).randbytes(size)  # noqa: S311
    path.write_bytes(data[:at] + garbage + data[at + size :])


@pytest.mark.parametrize(
    "within",
    [b"SQLite format", b'"name":"g7"', random.Random(7).randbytes(20), b"CREATE TABLE generation"],  # noqa: S311
)
@pytest.mark.parametrize("size", [10, 300])
def test_garbage_in_what_is_read_is_refused_with_the_way_out(folder, within, size):
    path = filled(folder)
    data = path.read_bytes()
    damaged(path, data, data.index(within), size)
    with pytest.raises(FaultError) as caught:
        everything(folder)
    assert "backup" in caught.value.hint


def test_garbage_anywhere_is_refused_or_nothing_that_is_read_is_wrong(folder):
    path = filled(folder)
    data, before = path.read_bytes(), everything(folder)
    dice = random.Random(7)  # noqa: S311
    for _ in range(40):
        damaged(path, data, dice.randrange(len(data) - 200), dice.choice([1, 8, 200]))
        with contextlib.suppress(FaultError):
            for found, known in zip(everything(folder), before, strict=True):
                assert all(one in known for one in found)

"""The store in both databases: two processes may use it, and what cannot be used is said."""

import multiprocessing
from pathlib import Path

import pytest

from outcross.engine import Result
from outcross.errors import FaultError
from outcross.store import Store
from outcross.store.labels import Labels

PARTS = 40


@pytest.fixture
def store(tmp_path, url):
    made = Store(tmp_path / ".outcross", url)
    yield made
    made.close()


def result(ordinal: int, store: Store, run: str) -> Result:
    """A finished part, with its file of states."""
    folder = store.run_folder(run) / f"part-{ordinal:06d}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "states").write_bytes(b"states")
    return Result(ordinal, folder.name, "sha256:0", 10, 100, 1000, reasons=(("broken", 2),), texts=((None, b"text"),))


def test_runs_are_found_by_what_they_read_the_newest_first(store):
    first = store.begin_run("key", {"paths": ["a"]})
    second = store.begin_run("key", {"paths": ["b"]})
    store.begin_run("other", {})
    assert store.latest_run("key") in (first, second)
    assert store.latest_run("absent") is None
    assert len(store.runs()) == 3


def test_what_became_of_a_run_is_kept(store):
    run = store.begin_run("key", {})
    store.set_state(run.id, "finished", "sha256:1")
    again = store.latest_run("key")
    assert (again.state, again.audit) == ("finished", "sha256:1")


def test_a_part_is_read_back_as_it_was_but_for_its_text(store):
    run = store.begin_run("key", {})
    made = result(3, store, run.id)
    store.record_part(run.id, made)
    assert store.parts(run.id) == {3: made}
    assert store.parts(run.id)[3].texts == ()


def test_a_part_recorded_twice_is_there_once(store):
    run = store.begin_run("key", {})
    for _ in range(2):
        store.record_part(run.id, result(0, store, run.id))
    assert list(store.all_parts(run.id)) == [0]


def test_a_part_whose_file_is_gone_is_not_finished(store):
    run = store.begin_run("key", {})
    made = result(0, store, run.id)
    store.record_part(run.id, made)
    (store.run_folder(run.id) / made.folder / "states").unlink()
    assert store.parts(run.id) == {}
    assert list(store.all_parts(run.id)) == [0]


def record_parts(folder: Path, url: str | None, run: str, first: int) -> None:
    """What one of two processes does."""
    store = Store(folder, url)
    for ordinal in range(first, PARTS, 2):
        store.record_part(run, result(ordinal, store, run))
    store.close()


def test_two_processes_write_at_once(store, url):
    run = store.begin_run("key", {})
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=record_parts, args=(store.folder, url, run.id, first)) for first in (0, 1)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert sorted(store.parts(run.id)) == list(range(PARTS))


@pytest.fixture
def somebody_writes(store, url):
    """Another connection has the right to write and keeps it, as a process does that was stopped."""
    other = Store(store.folder, url)
    with other.writing():
        yield
    other.close()


def test_who_reads_waits_for_nobody_who_writes(store, somebody_writes, url, monkeypatch):
    monkeypatch.setattr("outcross.store.databases.PATIENCE", 0.0)
    second = Store(store.folder, url)
    assert second.runs() == []
    assert second.latest_run("key") is None
    assert second.parts("run") == {}
    labels = Labels(second)
    assert (labels.names(), labels.find("set"), labels.known.keys(), labels.known.principals()) == ([], None, {}, [])
    second.close()


def test_who_waits_in_vain_is_told_that_the_store_is_sound(store, somebody_writes, url, monkeypatch):
    monkeypatch.setattr("outcross.store.databases.PATIENCE", 0.0)
    second = Store(store.folder, url)
    with pytest.raises(FaultError, match="Another process has been writing") as caught:
        second.begin_run("key", {})
    second.close()
    assert "Nothing is wrong with the store" in caught.value.hint


def test_a_store_that_can_be_read_needs_nothing_written(store, url, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    again = Store(store.folder, url)
    assert again.runs() == []
    again.close()


def test_a_full_disk_is_no_reason_to_move_a_store_away(tmp_path):
    import resource  # noqa: PLC0415 - not on every system

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, before[1]))
    try:
        with pytest.raises(FaultError, match="could not be used") as caught:
            Store(tmp_path / ".outcross")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "disk has room" in caught.value.hint
    assert "away" not in caught.value.hint


def test_a_folder_that_cannot_be_written_is_a_fault_with_a_hint(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FaultError, match="Cannot write") as caught:
        Store(tmp_path / "file" / ".outcross")
    assert "--no-store" in caught.value.hint


def test_a_store_keeps_itself_out_of_version_control(store):
    assert (store.folder / ".gitignore").read_text() == "*\n"


def test_names_of_audits_and_references_are_paths_in_the_store(store):
    assert store.audit_path("sha256:abc") == store.folder / "audits" / "abc.json"
    assert store.reference_path("people").parent == store.folder / "references"


def test_in_a_shared_store_a_run_is_gone_on_with_where_its_folder_is(database, tmp_path):
    mine, theirs = (Store(tmp_path / name, database) for name in ("mine", "theirs"))
    run = mine.begin_run("key", {})
    assert [row["id"] for row in theirs.runs()] == [run.id]
    assert theirs.latest_run("key") is None
    assert mine.latest_run("key") == run
    for store in (mine, theirs):
        store.close()


def test_a_folder_may_have_any_name(tmp_path):
    folder = tmp_path / "what? 100% #1" / ".outcross"
    Store(folder).close()
    assert (folder / "outcross.db").exists()

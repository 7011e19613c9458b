"""Generations in the store: whole or not at all, read back as they were, by several at once."""

import math
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outcross.canonical import canonical_json, digest, sha256
from outcross.errors import CallError, FaultError
from outcross.store import Store
from outcross.store.generations import Generations
from outcross.store.tables import generation, generation_parent

SETTINGS, BASELINE = "sha256:settings", "sha256:baseline"


def record(name: str, *parents: str, **more) -> dict:
    return {"name": name, "role": "candidate", "parents": list(parents), **more}


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / ".outcross"


@pytest.fixture
def kept(folder, url):
    store = Store(folder, url)
    yield Generations(store)
    store.close()


def test_generations_are_read_back_as_they_were_in_the_order_of_adding(kept):
    first, second = (
        record("g2", "g1", "absent"),
        record("a\u202eé", note={"NUL": "\u0000", "deep": [1, 2.5, None, True]}),
    )
    assert kept.add(first, {})
    assert kept.add(second, {})
    assert kept.records() == [first, second]


def test_the_same_generation_added_twice_is_there_once(kept):
    assert kept.add(record("g1", "g0"), {"states": b"states"})
    assert not kept.add(record("g1", "g0"), {"states": b"states"})
    assert kept.records() == [record("g1", "g0")]


def test_another_generation_of_the_same_name_is_refused_and_changes_nothing(kept):
    kept.add(record("g1"), {})
    with pytest.raises(CallError, match="another generation 'g1'") as caught:
        kept.add(record("g1", "g0"), {"states": b"of another"})
    assert caught.value.hint
    assert kept.records() == [record("g1")]
    with pytest.raises(FaultError):
        kept.blob(sha256(b"of another"))


def test_bytes_are_found_by_their_digest_and_several_generations_may_share_them(kept):
    data = bytes(range(256)) * 1000
    kept.add(record("g1"), {"states": data, "prompts": b""})
    kept.add(record("g2"), {"states": data})
    assert kept.blob(sha256(data)) == data
    assert kept.blob(sha256(b"")) == b""
    with pytest.raises(FaultError, match="holds no bytes"):
        kept.blob(sha256(b"absent"))


def test_a_parent_that_is_named_twice_is_one(kept):
    kept.add(record("g2", "g1", "g1"), {})
    assert kept.records()[0]["parents"] == ["g1", "g1"]


def test_a_record_that_holds_no_number_is_refused(kept):
    with pytest.raises(FaultError, match="nan"):
        kept.add(record("g1", loss=math.nan), {})
    assert kept.records() == []


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 53), 1 << 53) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PLAIN, st.binary(max_size=300))
def test_any_record_and_any_bytes_survive_the_store(kept, value, data):
    made = record(digest([value, data.hex()]), note=value)
    kept.add(made, {"states": data})
    assert made in kept.records()
    assert kept.blob(sha256(data)) == data


def test_a_name_that_postgresql_cannot_keep_is_told_so(tmp_path, database):
    store = Store(tmp_path / ".outcross", database)
    with pytest.raises(FaultError, match="NUL") as caught:
        Generations(store).add(record("g\u0000"), {})
    assert "take it out" in caught.value.hint
    store.close()


def test_figures_are_kept_by_settings_and_baseline_and_replaced(kept):
    kept.keep_readings(SETTINGS, BASELINE, {"g1": {"tail": {"value": 0.1}}, "g2": {}})
    kept.keep_readings(SETTINGS, "another", {"g1": {"tail": None}})
    kept.keep_readings(SETTINGS, BASELINE, {"g1": {"tail": {"value": 0.2}}, "g3": {"hill": 3}})
    kept.keep_readings(SETTINGS, BASELINE, {})
    assert kept.readings(SETTINGS, BASELINE, dict) == {"g1": {"tail": {"value": 0.2}}, "g2": {}, "g3": {"hill": 3}}
    assert kept.readings(SETTINGS, "another", dict) == {"g1": {"tail": None}}
    assert kept.readings("other", BASELINE, dict) == {}


def edit(kept: Generations, statement: str, *values) -> None:
    """What somebody does who can write to the database."""
    sign = "%s" if kept.store.database.shared else "?"
    with kept.store.writing() as connection:
        connection.exec_driver_sql(statement.replace("?", sign), values)


@pytest.mark.parametrize(("statement", "value"), [
    ("UPDATE generation SET record = ? WHERE name = 'g2'", canonical_json(record("g2", "g1", loss=2)).decode()),
    ("UPDATE generation SET record = ? WHERE name = 'g2'", "{"),
    ("UPDATE generation SET role = ? WHERE name = 'g2'", "reference"),
    ("UPDATE generation SET digest = ? WHERE name = 'g2'", "sha256:0"),
    ("UPDATE generation_parent SET parent = ? WHERE child = 'g2'", "g0"),
    ("DELETE FROM generation_parent WHERE child = ?", "g2"),
])  # fmt: skip
def test_a_changed_generation_is_refused_by_name(kept, statement, value):
    kept.add(record("g1"), {})
    kept.add(record("g2", "g1", loss=1), {})
    edit(kept, statement, value)
    with pytest.raises(FaultError, match="'g2'") as caught:
        kept.records()
    assert "backup" in caught.value.hint


def test_changed_bytes_are_refused(kept):
    kept.add(record("g1"), {"states": b"states"})
    edit(kept, "UPDATE blob SET data = ?", b"stated")
    with pytest.raises(FaultError, match="damaged") as caught:
        kept.blob(sha256(b"states"))
    assert "backup" in caught.value.hint


@pytest.mark.parametrize(("column", "value"), [
    ("record", '{"tail":0.2}'), ("generation", "g2"), ("settings", "s"), ("baseline", "b"), ("record", "{"),
])  # fmt: skip
def test_changed_figures_are_refused(kept, column, value):
    kept.keep_readings(SETTINGS, BASELINE, {"g1": {"tail": 0.1}})
    edit(kept, f"UPDATE reading SET {column} = ?", value)  # noqa: S608
    keys = {"settings": SETTINGS, "baseline": BASELINE} | {column: value}
    with pytest.raises(FaultError, match="are damaged"):
        kept.readings(keys["settings"], keys["baseline"], dict)


def add_many(folder: Path, url: str | None, first: int) -> None:
    """What one of two processes does: half of the names are its own, half are those of the other too."""
    store = Store(folder, url)
    for number in range(20):
        Generations(store).add(record(f"own-{first}-{number}"), {"states": bytes([first, number])})
        Generations(store).add(record(f"both-{number}"), {"states": bytes([number])})
    store.close()


def test_two_processes_add_at_once(kept, folder, url):
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=add_many, args=(folder, url, first)) for first in (0, 1)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0]
    names = [one["name"] for one in kept.records()]
    assert sorted(names) == sorted({f"own-{first}-{n}" for first in (0, 1) for n in range(20)}
                                   | {f"both-{n}" for n in range(20)})  # fmt: skip
    assert kept.blob(sha256(bytes([1, 7]))) == bytes([1, 7])


KILLED = """
import sys
from pathlib import Path
import sqlalchemy as sa
from outcross.store import Store
from outcross.store.generations import Generations
store = Store(Path(sys.argv[1]), sys.argv[3] or None)
def stop(connection, cursor, statement, *rest):
    if sys.argv[2] in statement:
        print("here", flush=True)
        sys.stdin.read()
sa.event.listen(store.database.engine, "after_cursor_execute", stop)
if sys.argv[2] == "COMMIT":
    sa.event.listen(store.database.engine, "commit", lambda connection: stop(connection, None, "COMMIT"))
Generations(store).add({"name": "g2", "role": "candidate", "parents": ["g1"]}, {"states": b"of g2" * 100_000})
"""


@pytest.mark.parametrize("at", ["INSERT INTO blob", "COMMIT"])
def test_who_is_killed_while_adding_leaves_the_store_as_before(kept, folder, url, at):
    kept.add(record("g1"), {})
    words = [sys.executable, "-c", KILLED, str(folder), at, url or ""]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as adding:
        assert adding.stdout.readline() == b"here\n"
        assert kept.records() == [record("g1")]
        adding.send_signal(signal.SIGKILL)
    assert kept.records() == [record("g1")]
    with pytest.raises(FaultError):
        kept.blob(sha256(b"of g2" * 100_000))
    assert kept.add(record("g2", "g1"), {"states": b"of g2" * 100_000})
    assert len(kept.records()) == 2


ADDING = """
import sys
from pathlib import Path
from outcross.store import Store
from outcross.store.generations import Generations
store = Store(Path(sys.argv[1]), sys.argv[2] or None)
for number in range(100_000):
    name = f"g{number}"
    record = {"name": name, "role": "candidate", "parents": [f"p{number}", f"q{number}"]}
    Generations(store).add(record, {"states": name.encode() * 50_000, "prompts": name.encode()})
    print(name, flush=True)
"""


@pytest.mark.parametrize("after", [0.0, 0.017])
def test_who_is_killed_at_any_moment_leaves_only_whole_generations(kept, folder, url, after):
    words = [sys.executable, "-c", ADDING, str(folder), url or ""]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(words, stdout=subprocess.PIPE, env=environment) as adding:
        told = [adding.stdout.readline().decode().strip() for _ in range(3)]
        time.sleep(after)
        adding.kill()
        told += adding.stdout.read().decode().split()
    names = [one["name"] for one in kept.records()]
    assert names[: len(told)] == told
    assert len(names) - len(told) in (0, 1)
    for name in names:
        assert kept.blob(sha256(name.encode() * 50_000)) == name.encode() * 50_000
        assert kept.blob(sha256(name.encode())) == name.encode()
    kept.add(record("next"), {})


def test_a_thousand_generations_with_fifty_figures_are_listed_fast(kept):
    """Seconds of the processor, so that it does not matter what else the machine does; a quarter is usual."""
    figure = {"value": 1 / 3, "low": 0.2, "high": 0.4, "se": 0.05, "df": 31, "n": 5000, "unit": "share",
              "method": "group jackknife", "scale": "log"}  # fmt: skip
    figures = {f"measure.{number}": figure for number in range(50)}
    made = [record(f"g{number}", f"g{number - 1}", samples=sha256(b"%d" % number)) for number in range(1000)]
    rows = [{"name": one["name"], "digest": digest(one), "record": canonical_json(one).decode(), "role": one["role"],
             "added": "2027"} for one in made]  # fmt: skip
    with kept.store.writing() as connection:  # in one transaction: a thousand would be waited for
        connection.execute(generation.insert(), rows)
        pairs = [{"child": one["name"], "parent": one["parents"][0]} for one in made]
        connection.execute(generation_parent.insert(), pairs)
    kept.keep_readings(SETTINGS, BASELINE, {digest(one): figures for one in made})
    begun = time.process_time()
    records, readings = kept.records(), kept.readings(SETTINGS, BASELINE, dict)
    took = time.process_time() - begun
    assert (len(records), len(readings)) == (1000, 1000)
    assert took < 1.0

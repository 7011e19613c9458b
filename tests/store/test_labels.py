"""Labels in the store: nothing said is lost, nothing is changed unseen, people work side by side."""

import multiprocessing
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from outcross.errors import CallError, FaultError
from outcross.principals import make
from outcross.review.records import Item, Label, LabelSet, signed, standing, text_digest
from outcross.store import Store
from outcross.store.labels import Labels

TEXTS = {number: f"text {number}\n\x1b[31m\u202e" for number in range(40)}


def drawn(name: str = "set") -> LabelSet:
    items = tuple(Item(number, f"d{number}", text_digest(text), 2, inclusion=1 / 3) for number, text in TEXTS.items())
    return LabelSet(name, {"design": "uniform"}, items, "2026-01-01T00:00:00+00:00", "ana")


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / ".outcross"


@pytest.fixture
def labels(folder, url):
    store = Store(folder, url)
    yield Labels(store)
    store.close()


@pytest.fixture
def ana(labels, tmp_path):
    signer = make("ana", tmp_path)
    labels.known.register(signer)
    return signer


@pytest.fixture
def kept(labels, ana) -> LabelSet:
    labels.add(drawn(), TEXTS, ana)
    return labels.find("set")


def said(made: LabelSet, number: int, answer: str, signer) -> Label:
    item = made.items[number]
    return signed(Label(made.digest, number, item.text_digest, signer.name, answer, "2026-01-02", 1 / 3), signer)


def test_a_set_is_read_back_as_it_was(labels, kept):
    assert kept == drawn()
    assert kept.digest == drawn().digest
    assert labels.texts(kept) == TEXTS
    assert labels.names() == ["set"]
    assert labels.find("other") is None


def test_a_set_is_never_replaced(labels, kept, ana):
    other = replace(drawn(), plan={"design": "active"})
    with pytest.raises(CallError, match="never changed"):
        labels.add(other, TEXTS, ana)
    with pytest.raises(CallError, match="never changed"):
        labels.add(drawn(), TEXTS, ana)
    assert labels.texts(labels.find("set")) == TEXTS
    assert len(list(labels.folder.iterdir())) == 1


def test_labels_are_read_back_in_order_and_their_signatures_hold(labels, kept, ana):
    given = [said(kept, number, answer, ana) for number, answer in ((3, "human"), (1, "unsure"), (3, "withdrawn"))]
    for one in given:
        labels.record([one])
    assert labels.labels(kept) == given
    assert all(one.verified(labels.known.keys()) for one in labels.labels(kept))


@pytest.mark.parametrize("change", ["answer = 'human'", "reviewer = 'bob'", "item = 7", "seconds = 9", "made = 'x'"])
def test_a_changed_label_is_noticed(labels, kept, ana, change):
    labels.record([said(kept, 3, "synthetic", ana)])
    edit(labels, f"UPDATE label SET {change}")  # noqa: S608
    assert not labels.labels(kept)[0].verified(labels.known.keys())


@pytest.mark.parametrize("change", [
    "label_item SET truth = 'human' WHERE number = 3", "label_item SET inclusion = 0.9", "label_set SET plan = '{}'",
    "label_set SET by = 'bob'", "label_item SET text_digest = 'x' WHERE number = 1",
])  # fmt: skip
def test_a_changed_set_is_noticed(labels, kept, change):
    edit(labels, f"UPDATE {change}")
    with pytest.raises(FaultError, match="changed it"):
        labels.find("set")


def test_a_changed_text_is_noticed(labels, kept):
    path = next(labels.folder.iterdir())
    path.write_text(path.read_text().replace("text 5", "text V"))
    with pytest.raises(FaultError, match="Document 5"):
        labels.texts(kept)
    path.unlink()
    with pytest.raises(FaultError, match="cannot be read"):
        labels.texts(kept)


def edit(labels: Labels, statement: str) -> None:
    """What somebody does who can write to the database."""
    with labels.store.writing() as connection:
        connection.exec_driver_sql(statement)


def test_a_name_belongs_to_whoever_signed_with_it_first(labels, ana, tmp_path):
    other = make("ana", tmp_path / "laptop")
    with pytest.raises(CallError, match="another key") as caught:
        labels.known.register(other)
    assert other.public in caught.value.hint
    labels.known.enrol("ana", other.public, ana)
    labels.known.register(other)
    assert [(one.name, len(one.keys)) for one in labels.known.principals()] == [("ana", 2)]
    with pytest.raises(CallError, match="known already"):
        labels.known.enrol("ana", other.public, ana)


def test_a_key_that_somebody_slipped_in_is_not_trusted(labels, kept, ana, tmp_path):
    thief = make("ana", tmp_path / "thief")
    edit(labels, f"INSERT INTO principal_key VALUES ('{thief.key_id}', 'ana', '{thief.public}', '2027', "  # noqa: S608
                 f"'{ana.key_id}', 'bm90aGluZw==')")  # fmt: skip
    labels.record([said(kept, 0, "human", thief)])
    assert not labels.labels(kept)[0].verified(labels.known.keys())
    stranger = make("bob", tmp_path)
    with pytest.raises(CallError, match="not known"):
        labels.known.enrol("ana", thief.public, stranger)


def test_a_chain_of_endorsements_is_followed_in_any_order(labels, ana, tmp_path):
    laptop, phone = (make("ana", tmp_path / place) for place in ("laptop", "phone"))
    labels.known.enrol("ana", laptop.public, ana)
    labels.known.enrol("ana", phone.public, laptop)
    edit(labels, "UPDATE principal_key SET added = '2026'")
    assert len(labels.known.keys()) == 3


def test_an_item_that_one_looks_at_is_not_given_to_another(labels, kept):
    assert [labels.take(kept, who)[0].number for who in ("ana", "bob", "ana")] == [0, 1, 0]
    labels.release(kept, "ana")
    assert labels.take(kept, "eve")[0].number == 0


def test_a_lease_ends_by_itself(labels, kept, monkeypatch):
    labels.take(kept, "ana")
    now = __import__("time").time()
    monkeypatch.setattr("outcross.store.labels.time.time", lambda: now + 901)
    assert labels.take(kept, "bob")[0].number == 0


def work(folder: Path, url: str | None, config: Path, name: str) -> None:
    """What one of two people at work does."""
    store = Store(folder, url)
    labels = Labels(store)
    signer = make(name, config)
    labels.known.register(signer)
    made = labels.find("set")
    while left := labels.take(made, name):
        labels.record([said(made, left[0].number, "human", signer)])
    store.close()


def test_two_people_at_once_answer_every_item_once(labels, kept, folder, url, tmp_path):
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=work, args=(folder, url, tmp_path / name, name)) for name in ("bob", "eve")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    assert [worker.exitcode for worker in workers] == [0, 0]
    given = labels.labels(kept)
    assert sorted(one.item for one in given) == list(range(40))
    assert all(one.verified(labels.known.keys()) for one in given)


KILLED = """
import sys
from pathlib import Path
from tests.store.test_labels import Labels, Store, make, said
labels = Labels(Store(Path(sys.argv[1]), sys.argv[3] or None))
bob = make("bob", Path(sys.argv[2]))
labels.known.register(bob)
made = labels.find("set")
while True:
    number = labels.take(made, "bob")[0].number
    labels.record([said(made, number, "human", bob)])
    print(number, flush=True)
"""


def test_whoever_is_killed_loses_nothing_that_was_answered(labels, kept, folder, url, tmp_path):
    root = Path(__file__).parents[2]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(root), *sys.path])}
    begun = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(folder), str(tmp_path / "bob"), url or ""],
        stdout=subprocess.PIPE,
        env=environment,
    )
    told = [int(begun.stdout.readline()) for _ in range(10)]
    os.kill(begun.pid, signal.SIGKILL)
    told += [int(line) for line in begun.communicate()[0].split()]
    kept_ = [one.item for one in standing(labels.labels(kept))]
    assert set(told) <= set(kept_)
    assert len(kept_) == len(set(kept_))


def test_in_a_shared_store_a_set_is_everybodys_and_its_texts_are_asked_for(database, tmp_path):
    mine, theirs = (Store(tmp_path / name, database) for name in ("mine", "theirs"))
    ana, bob = make("ana", tmp_path), make("bob", tmp_path)
    Labels(mine).known.register(ana)
    Labels(mine).add(drawn(), TEXTS, ana)
    there = Labels(theirs)
    there.known.register(bob)
    assert there.find("set") == drawn()
    with pytest.raises(FaultError, match="cannot be read") as caught:
        there.texts(drawn())
    file = next((tmp_path / "mine/labels").iterdir())
    assert file.name in caught.value.hint
    there.folder.mkdir()
    (there.folder / file.name).write_bytes(file.read_bytes())
    assert there.texts(drawn()) == TEXTS
    there.record([said(drawn(), 3, "human", bob)])
    assert [one.reviewer for one in Labels(mine).labels(drawn())] == ["bob"]
    for store in (mine, theirs):
        store.close()

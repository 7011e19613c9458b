"""Record files are named safely and written whole, once, by one writer."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.provenance.records import names

from outcross.errors import CallError
from outcross.provenance.files import file_names, read_record, write_new, write_records, written
from outcross.provenance.record import Record, Subject


@given(st.lists(names.map(lambda name: Record(Subject(name))), max_size=8))
def test_names_of_files_are_no_paths_and_differ_even_where_case_does_not_count(records):
    found = file_names(records)
    assert len({name.casefold() for name in found}) == len(records)
    for name in found:
        assert Path(name).name == name
        assert name[0].isalnum()
        assert name.isascii()


def test_of_many_writers_of_one_file_one_wins_and_it_is_whole(tmp_path):
    path = tmp_path / "books.provenance.json"
    texts = [written(Record(Subject(f"books-{number}"))) for number in range(40)]

    def write(text):
        try:
            return write_new(path, text)
        except CallError:
            return False

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(write, texts))
    assert won.count(True) == 1
    assert path.read_text(encoding="utf-8") == texts[won.index(True)]
    assert list(tmp_path.iterdir()) == [path]


def test_where_one_file_is_in_the_way_none_is_written(tmp_path):
    records = [Record(Subject("a")), Record(Subject("b"))]
    (tmp_path / "b.provenance.json").write_text("mine")
    with pytest.raises(CallError, match="never replaced"):
        write_records(records, tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == ["b.provenance.json"]


def test_to_write_the_same_again_changes_nothing(tmp_path):
    records = [Record(Subject("a")), Record(Subject("a"), issuer="me")]
    first, again = (write_records(records, tmp_path) for _ in range(2))
    assert [new for _, new in first] == [True, True]
    assert [new for _, new in again] == [False, False]
    assert [read_record(path) for path, _ in again] == records

"""Promises of the ground: one byte form for every record, errors that say what to do, nothing heavy imported."""

import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import outcross
from outcross.canonical import canonical_json, digest, rounded, sha256
from outcross.doors import optional
from outcross.errors import (
    CallError,
    DataError,
    FaultError,
    InterruptedRunError,
    MissingExtraError,
    OutcrossError,
)
from outcross.measure import pack, unpack

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 53), 1 << 53) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=4), inside, max_size=4),
    max_leaves=15,
)  # fmt: skip


@given(record=st.dictionaries(st.text(max_size=4), PLAIN, max_size=5), data=st.data())
def test_the_order_of_keys_does_not_change_a_digest(record, data):
    shuffled = dict(data.draw(st.permutations(list(record.items()))))
    assert canonical_json(shuffled) == canonical_json(record)
    assert digest(shuffled) == digest(record)


@given(one=PLAIN, other=PLAIN)
def test_different_records_have_different_digests(one, other):
    assert (digest(one) == digest(other)) == (canonical_json(one) == canonical_json(other))


def test_canonical_json_is_sorted_utf8_without_spaces():
    assert (
        canonical_json({"b": [1, 2.5], "a": {"é": None, "c": True}}) == '{"a":{"c":true,"é":null},"b":[1,2.5]}'.encode()
    )
    assert canonical_json({"n": np.float64(0.1) + 0.2, "i": np.int64(3)}) == b'{"i":3,"n":0.3}'
    assert canonical_json((1, "x")) == b'[1,"x"]'


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, [1, {"a": math.nan}], {"b": np.float64("nan")}])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(FaultError, match="Unknown"):
        canonical_json(value)


@pytest.mark.parametrize("value", [b"bytes", {1, 2}, object()])
def test_what_json_cannot_hold_is_refused(value):
    with pytest.raises(FaultError, match="may not hold"):
        canonical_json({"x": value})


@given(value=st.floats(allow_nan=False, allow_infinity=False))
def test_rounding_keeps_twelve_digits_and_is_done_once(value):
    assert rounded(value) == pytest.approx(value, rel=1e-11)
    assert rounded(rounded(value)) == rounded(value)


def test_a_digest_names_its_algorithm():
    assert sha256(b"") == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


ARRAYS = st.dictionaries(
    st.text(max_size=5),
    st.tuples(st.sampled_from(["<u8", "<i8", "|u1", "<f8"]), st.lists(st.integers(0, 255), max_size=12)),
    max_size=5,
)


@given(told=ARRAYS)
def test_arrays_survive_bytes(told):
    arrays = {name: np.array(values, dtype) for name, (dtype, values) in told.items()}
    arrays["square"] = np.arange(6).reshape(2, 3)
    read = unpack(pack(arrays))
    assert list(read) == list(arrays)
    for name, array in arrays.items():
        assert read[name].dtype == array.dtype
        assert read[name].tolist() == array.tolist()
        assert read[name].flags.writeable


@pytest.mark.parametrize(("kind", "code"), [
    (CallError, 2), (MissingExtraError, 2), (DataError, 4), (FaultError, 5), (InterruptedRunError, 130),
])  # fmt: skip
def test_every_error_has_its_exit_code_and_says_what_to_do(kind, code):
    error = kind("The file is gone.", hint="Look in the bin.")
    assert isinstance(error, OutcrossError)
    assert error.exit_code == code
    assert str(error) == "The file is gone. Look in the bin."
    assert str(kind("No hint.")) == "No hint."


def test_a_missing_optional_package_is_named_with_the_extra_that_brings_it():
    with pytest.raises(MissingExtraError) as caught:
        optional("no_such_package.inside", extra="warc", purpose="read WARC files")
    assert caught.value.message == "To read WARC files, outcross needs the package 'no_such_package'."
    assert "pip install 'outcross[warc]'" in caught.value.hint


def test_an_optional_package_that_is_broken_says_so_itself(tmp_path, monkeypatch):
    (tmp_path / "broken_package.py").write_text("import not_there_at_all\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="not_there_at_all"):
        optional("broken_package", extra="x", purpose="test")


def test_what_is_there_comes_through_the_door():
    assert optional("json", extra="x", purpose="test").loads("1") == 1


def test_importing_outcross_imports_nothing_heavy():
    heavy = ["numpy", "llvmlite", "pyarrow", "click", "sqlalchemy", "jinja2", "rich", "orjson"]
    code = f"import sys, outcross; print([name for name in {heavy!r} if name in sys.modules])"
    # This Python, and a text of our own.
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_every_public_name_is_there_and_listed():
    for name in outcross.__all__:
        assert getattr(outcross, name) is not None
    assert set(outcross.__all__) <= set(dir(outcross))


def test_a_name_that_is_not_there_is_no_attribute():
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = outcross.no_such_name

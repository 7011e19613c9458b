"""Content Credentials in plain text: found wherever they stand, and never where they do not."""

import json
import unicodedata

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcross.corpus import find
from outcross.provenance.text_wrapper import MAGIC, Wrapped, counted, wrapper_of, wrappers_in

TEXT = st.text(st.characters(exclude_characters="\ufeff", exclude_categories=["Cs"]), max_size=60)


@given(TEXT, st.binary(max_size=400), TEXT)
def test_what_is_wrapped_comes_out_as_it_went_in(before, manifest, after):
    text = before + wrapper_of(manifest) + "." + after
    (found,) = wrappers_in(text)
    assert (found.manifest, found.fault) == (manifest, "")
    assert found.start == len(before.encode())
    assert text.encode()[found.start :][: found.size].decode() == wrapper_of(manifest)


@given(st.binary(max_size=100))
def test_it_survives_normalisation(manifest):
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert wrappers_in(unicodedata.normalize(form, "é" + wrapper_of(manifest)))[0].manifest == manifest


@given(st.text(max_size=200))
def test_text_without_the_mark_and_the_magic_has_none(text):
    if wrapper_of(b"")[:9] not in text:
        assert wrappers_in(text) == ()


@pytest.mark.parametrize("text", ["\ufeffplain", "❤\ufe0f 葛\U000e0101", "\ufeff\ufe0f\ufe0f", "", "\ufeff"])
def test_marks_and_selectors_of_everyday_text_are_none(text):
    assert wrappers_in(text) == ()


@given(st.binary(min_size=1, max_size=60), st.data())
def test_one_that_is_cut_short_is_malformed(manifest, data):
    whole = wrapper_of(manifest)
    kept = data.draw(st.integers(1 + len(MAGIC), len(whole) - 1))
    (found,) = wrappers_in(whole[:kept])
    assert found.fault
    assert found.manifest == b""


def test_a_version_that_is_not_known_is_malformed():
    whole = wrapper_of(b"abc")
    assert "version 2" in wrappers_in(whole[:9] + "\ufe02" + whole[10:])[0].fault


def test_documents_are_counted_once_and_those_with_several_are_malformed():
    one, two = wrapper_of(b"one"), wrapper_of(b"two")
    texts = pa.array(["plain", f"a{one}", f"b{one}c{two}", f"d{one[:12]}", "", f"{one}e"], pa.large_string())
    whole, parts = Wrapped(), Wrapped()
    whole.take(texts)
    for begin in range(0, 6, 2):
        parts.take(texts[begin : begin + 2])
    assert whole == parts == Wrapped(6, 4, 2)
    nothing = Wrapped()
    nothing.take(pa.array([], pa.large_string()))
    assert nothing == Wrapped()


def test_a_mark_at_the_end_of_one_document_and_selectors_in_the_next_are_none():
    whole = wrapper_of(b"abc")
    found = Wrapped()
    found.take(pa.array([whole[:1], whole[1:]], pa.large_string()))
    assert found == Wrapped(2, 0, 0)


def test_a_corpus_is_counted_before_anything_is_cleaned(tmp_path):
    lines = [{"text": "people"}, {"text": "model" + wrapper_of(b"manifest")}]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, lines)))
    (tmp_path / "b.txt").write_text("other" + wrapper_of(b"manifest"), encoding="utf-8")
    assert counted(find([str(tmp_path / "a.jsonl")])) == Wrapped(2, 1, 0)
    assert counted(find([str(tmp_path / "b.txt")])) == Wrapped(1, 1, 0)

"""Cards of data sets: who wrote the text, who labelled it, what was extended, under which licence."""

import pytest

from outcross.errors import DataError
from outcross.provenance.documents import parsed
from outcross.provenance.importers import Imported, imported, importer
from outcross.provenance.record import Record


def card(front: str, name: str = "sample/README.md") -> Imported:
    return imported(parsed(f"---\n{front}\n---\n\n# A card\n".encode(), name), "huggingface")


def record(front: str) -> Record:
    return card(f"pretty_name: Sample\n{front}").records[0]


@pytest.mark.parametrize(
    ("creators", "kind"),
    [
        ("machine-generated", "synthetic"),
        ("[expert-generated, crowdsourced]", "human"),
        ("[machine-generated, expert-generated]", "mixed"),
        ("[machine-generated, found]", "mixed"),
        ("[crowdsourced, found]", "unknown"),
        ("found", "unknown"),
        ("other", "unknown"),
        ("[found, other]", "unknown"),
        ("'found, machine-generated'", "mixed"),
        ("Crowd-sourced", "human"),
        ("expert_generated", "human"),
        ("volunteers", "unknown"),
        ("[volunteers, crowdsourced]", "unknown"),
        ("[]", "unknown"),
        ("null", "unknown"),
        ("{a: [crowdsourced], b: [machine-generated]}", "mixed"),
    ],
)
def test_who_wrote_the_text_is_told_by_its_creators_alone(creators, kind):
    found = record(f"language_creators: {creators}\nannotations_creators: machine-generated")
    assert found.origin("text").kind == kind
    assert found.origin("labels").kind == "synthetic"


def test_no_annotation_is_no_origin_of_labels():
    assert record("annotations_creators: [no-annotation]").origins == ()


def test_a_word_that_is_no_option_is_noted_and_its_place_kept():
    made = card("language_creators:\n- found\n- volunteers\npretty_name: x")
    assert "/language_creators/1" in {one.pointer for one in made.defects}


def test_the_tag_synthetic_says_some_and_contradicts_people():
    assert record("tags: [synthetic]").origin().kind == "mixed"
    made = card("pretty_name: x\nlanguage_creators: crowdsourced\ntags: [finance, synthetic-data]")
    assert made.records[0].origin().kind == "mixed"
    assert any("contradicts" in one.said for one in made.defects)
    assert record("language_creators: machine-generated\ntags: [synthetic]").origin().kind == "synthetic"


def test_original_is_a_declared_root_and_nothing_is_unknown():
    assert record("source_datasets: [original]").derived_from == ()
    assert record("source_datasets: []").derived_from is None
    assert record("language_creators: found").derived_from is None


def test_what_was_extended_is_named_without_its_prefix():
    found = record("source_datasets: ['extended|snli', 'extended|other-vg', wikipedia, original]").derived_from
    assert [one.id for one in found or ()] == ["snli", "vg", "wikipedia"]


@pytest.mark.parametrize("said", ["extended", "extended|other", "extended|"])
def test_an_extended_data_set_without_a_name_is_unknown_and_no_root(said):
    made = card(f"pretty_name: x\nsource_datasets: [original, '{said}']")
    assert made.records[0].derived_from is None
    assert any("does not name" in one.said for one in made.defects)


def test_newer_cards_tell_sizes_and_a_licence_by_link():
    found = record(
        "license: other\nlicense_name: own\nlicense_link: https://example.org/licence\n"
        "dataset_info:\n  dataset_size: 300\n  splits:\n"
        "  - name: a\n    num_examples: 4\n  - name: b\n    num_examples: 5"
    )
    assert found.license == ("https://example.org/licence",)
    assert (found.subject.bytes, found.subject.records) == (300, 9)


def test_sizes_of_several_configurations_are_not_added_up():
    found = record("dataset_info:\n- {dataset_size: 3}\n- {dataset_size: 4}")
    assert (found.subject.bytes, found.subject.records) == (None, None)


def test_a_card_without_a_name_is_called_after_its_folder():
    assert card("license: mit").records[0].name == "sample"
    assert card("license: mit", "cards/books.md").records[0].name == "books"


@pytest.mark.parametrize(
    ("front", "said"),
    [
        ("- a\n- b", "no mapping"),
        ("language_creators: 7", "a text is expected"),
        ("source_datasets: [{a: b}]", "a text is expected"),
        ("dataset_info: 7", "an object is expected"),
        ("dataset_info: {splits: 3}", "a list of splits"),
        ("dataset_info: {dataset_size: -1}", "a number of things"),
        ("base_model: gpt2\nlicense: mit", "card of a model"),
        ("colour: red", "no key that data sets' cards have"),
    ],
)
def test_a_broken_card_names_its_defect(front, said):
    with pytest.raises(DataError, match=said):
        card(front)


@pytest.mark.parametrize("front", ["a: [", "a: &b c", "a: 1\na: 2"])
def test_front_matter_that_is_no_plain_yaml_is_refused_with_its_line(front):
    with pytest.raises(DataError, match="line"):
        card(front)


def test_a_readme_without_front_matter_is_refused():
    with pytest.raises(DataError, match="no front matter"):
        imported(parsed(b"# Only text\n", "README.md"), "huggingface")


def test_more_documents_than_a_record_can_hold_are_not_told():
    splits = ", ".join(f"{{num_examples: {2**62}}}" for _ in range(3))
    assert record(f"dataset_info: {{splits: [{splits}]}}").subject.records is None
    assert record("dataset_info: {splits: [{num_examples: 4.0}]}").subject.records == 4


def test_text_without_front_matter_is_no_card():
    assert not importer("huggingface").recognises(parsed(b"# Only text\n", "README.md"))

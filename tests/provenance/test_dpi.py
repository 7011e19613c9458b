"""Records of the Data Provenance Initiative: what wrote the text, and what an empty value does not say."""

import json
from typing import Any

import pytest

from outcross.errors import DataError
from outcross.provenance.documents import parsed
from outcross.provenance.importers import Imported, imported


def told(**fields: Any) -> Imported:
    names = {"models": "Model Generated", "annotated": "Human Annotation", "sources": "Text Sources",
             "of": "Derived from Datasets", "licences": "Licenses", "metrics": "Text Metrics"}  # fmt: skip
    one = {"Unique Dataset Identifier": "s", "Human Annotation": "No"} | {
        names[key]: value for key, value in fields.items()
    }
    return imported(parsed(json.dumps({"s": one}).encode(), "s.json"), "dpi")


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"models": ["OpenAI GPT-4"]}, "synthetic"),
        ({"models": ["OpenAI GPT-4"], "sources": ["reddit"]}, "mixed"),
        ({"models": ["OpenAI GPT-4"], "sources": ["OpenAI GPT-4"]}, "synthetic"),
        ({"models": ["OpenAI GPT-4"], "annotated": "Yes"}, "mixed"),
        ({"models": ["templates"]}, "procedural"),
        ({"models": ["templates", "GPT-3"]}, "mixed"),
        ({"models": ["templates"], "sources": ["wikipedia.org"]}, "procedural"),
        ({"sources": ["ChatGPT"]}, "synthetic"),
        ({"sources": ["ChatGPT", "reddit"]}, "mixed"),
        ({"sources": ["crowdsourced"], "annotated": "Yes"}, "human"),
        ({"sources": ["crowdsourced (amt)", "human"]}, "human"),
        ({"sources": ["crowdsourced", "reddit"]}, "unknown"),
        ({"models": [], "sources": [], "annotated": "Yes"}, "unknown"),
        ({"models": None}, "unknown"),
        ({"models": ["None"]}, "unknown"),
        ({}, "unknown"),
    ],
)
def test_the_text_is_what_the_fields_say_and_never_human_for_want_of_one(fields, kind):
    assert told(**fields).records[0].origin().kind == kind


def test_templates_are_no_model():
    assert told(models=["templates"]).records[0].generators == ()


def test_annotation_is_of_the_labels():
    assert told(annotated="Yes").records[0].origin("labels").kind == "human"
    assert told(annotated="No").records[0].origins == ()


def test_no_ancestor_is_named_by_an_empty_list():
    assert told(of=[]).records[0].derived_from is None


def test_licences_are_spelt_by_spdx_and_placeholders_left_out():
    made = told(
        licences=[{"License": "Apache License 2.0"}, {"License": "Unspecified"}, {"License": "CC BY-NC-SA 4.0"}]
    )
    assert made.records[0].license == ("Apache-2.0", "CC-BY-NC-SA-4.0")
    assert "/s/Licenses/1/License" in {one.pointer for one in made.defects}


def test_an_odd_answer_about_annotation_is_noted():
    assert any("neither Yes nor No" in one.said for one in told(annotated="maybe").defects)


@pytest.mark.parametrize(
    "fields",
    [{"models": "GPT-4"}, {"models": [7]}, {"sources": {"a": 1}}, {"licences": [3]}, {"metrics": 3}, {"annotated": 1},
     {"metrics": {"Num Dialogs": "many"}}],
)  # fmt: skip
def test_a_value_of_the_wrong_type_is_refused_with_its_place(fields):
    with pytest.raises(DataError, match="/s/"):
        told(**fields)


def test_a_record_without_its_mapping_is_refused():
    one = {"Unique Dataset Identifier": "s", "Human Annotation": "No", "Model Generated": []}
    with pytest.raises(DataError, match="no mapping of records"):
        imported(parsed(json.dumps(one).encode(), "s.json"))

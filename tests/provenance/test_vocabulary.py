"""The words of IPTC for what something consists of, in all the spellings that files use."""

import pytest

from outcross.provenance.record import KINDS
from outcross.provenance.vocabulary import TERMS, term_of


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia", "synthetic"),
        ("https://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia/", "synthetic"),
        ("http://c2pa.org/digitalsourcetype/trainedAlgorithmicData", "synthetic"),
        ("compositeWithTrainedAlgorithmicMedia", "edited"),
        ("iptc:compositeSynthetic", "mixed"),
        ("algorithmicMedia", "procedural"),
        ("digsrctype:dataDrivenMedia", "procedural"),
        ("https://schema.org/TrainedAlgorithmicMediaDigitalSource", "synthetic"),
        ("digitalCapture", "human"),
        ("screenCapture", "unknown"),
    ],
)
def test_a_term_is_known_in_every_spelling(said, kind):
    found = term_of(said)
    assert found is not None
    assert found.kind == kind


def test_an_original_that_a_model_changed_is_edited_and_no_mix():
    assert TERMS["compositeWithTrainedAlgorithmicMedia"].origin().kind == "edited"
    assert TERMS["compositeSynthetic"].origin().bounds()["synthetic"] == (0.0, 1.0)


@pytest.mark.parametrize("name", ["minorHumanEdits", "digitalArt", "softwareImage"])
def test_a_retired_term_is_still_read_and_said_to_be_retired(name):
    assert "retired" in TERMS[name].note


def test_every_term_is_found_by_its_own_address():
    assert all(term_of(one.address) is one and one.kind in KINDS for one in TERMS.values())


@pytest.mark.parametrize("said", [None, 7, "", "http://example.org/trainedAlgorithmicMedia", "x" * 10**6, ["print"]])
def test_what_names_no_term_is_none(said):
    assert term_of(said) is None

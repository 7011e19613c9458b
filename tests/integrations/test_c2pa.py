"""Content Credentials of real assets: what was tampered with is invalid, what holds is a declaration."""

from pathlib import Path

import pytest

from outcross.errors import DataError, MissingExtraError
from outcross.provenance.documents import parsed, read
from outcross.provenance.importers import imported, importer, recognised
from outcross.provenance.record import Upstream
from outcross.provenance.text_wrapper import wrapper_of

SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "provenance" / "c2pa"
JPEG = "image__jpeg__adobe-20220124-{}.jpg"
TAMPERED = {
    JPEG.format("E-dat-CA"): "assertion.dataHash.mismatch", JPEG.format("E-sig-CA"): "claimSignature.mismatch",
    JPEG.format("E-uri-CA"): "assertion.hashedURI.mismatch", JPEG.format("XCA"): "assertion.dataHash.mismatch",
    "sdk__tests__fixtures__no_alg.jpg": "unknown algorithm",
}  # fmt: skip
UNTRUSTED = "who signed is known to nobody here"

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the real files are not here")


@pytest.fixture
def library():
    return pytest.importorskip("c2pa", reason="the extra c2pa is not installed")


def test_without_the_extra_it_is_said_which_one_is_needed(monkeypatch):
    def absent(package: str) -> None:
        raise ModuleNotFoundError(name=package)

    monkeypatch.setattr("outcross.doors.import_module", absent)
    document = read(SAMPLES / JPEG.format("C"))
    assert recognised(document) is importer("c2pa")
    with pytest.raises(MissingExtraError) as missing:
        imported(document)
    assert "outcross[c2pa]" in missing.value.hint


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("name", TAMPERED)
def test_what_was_tampered_with_is_invalid(name):
    with pytest.raises(DataError) as refused:
        imported(read(SAMPLES / name))
    assert f"the credentials are invalid: {TAMPERED[name]}" in refused.value.message


@pytest.mark.usefixtures("library")
def test_what_holds_is_a_declaration_bound_to_the_asset():
    made = imported(read(SAMPLES / JPEG.format("CA")))
    (record,) = made.records
    assert (record.name, record.issuer, record.issued) == ("CA.jpg", "Adobe make_test", "2023-01-24T14:48:56+00:00")
    assert record.subject.digest.startswith("sha256:")
    assert record.derived_from == (Upstream("A.jpg", op="edit"),)
    assert [(one.kind, one.level, one.by) for one in record.evidence] == [
        ("assertion", 1, "C2PA Test Signing Cert; C2PA Signer")]  # fmt: skip
    assert any(UNTRUSTED in one.said for one in made.defects)
    assert record.origins == ()


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("name", ["sdk__tests__fixtures__cloud_manifest.c2pa",
                                  "sdk__tests__fixtures__ingredient__manifest_data.c2pa"])  # fmt: skip
def test_a_store_without_its_asset_binds_no_bytes(name):
    made = imported(read(SAMPLES / name))
    assert made.records[0].subject.digest == ""
    assert any("without its asset" in one.said for one in made.defects)


@pytest.mark.usefixtures("library")
def test_a_store_in_a_text_is_read_like_one_beside_it():
    store = (SAMPLES / "sdk__tests__fixtures__ingredient__manifest_data.c2pa").read_bytes()
    record = imported(parsed(("Text." + wrapper_of(store)).encode(), "story.txt")).records[0]
    assert record.origin().kind == "procedural"
    assert [one.model for one in record.generators] == ["Make Test Images 0.33.1"]
    assert record.issuer == "John Doe"


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("place", [20_000, 100_000, 178_000])
def test_a_flipped_bit_of_an_asset_is_noticed(place):
    data = bytearray((SAMPLES / JPEG.format("CA")).read_bytes())
    data[place] ^= 1
    with pytest.raises(DataError):
        imported(parsed(bytes(data), "CA.jpg"))


@pytest.mark.usefixtures("library")
def test_an_asset_without_credentials_says_nothing():
    plain = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
    with pytest.raises(DataError, match="carries no Content Credentials"):
        imported(parsed(plain, "plain.jpg"))

"""Names in certificates, held against the library that signs and verifies them."""

import datetime as dt

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from outcross.provenance.importers.certificates import names_in

KEY = ec.derive_private_key(12345, ec.SECP256R1())


def certificate(common: str, *names: x509.GeneralName) -> bytes:
    made = x509.CertificateBuilder().subject_name(
        x509.Name(
            [
                x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Us"),
                x509.NameAttribute(x509.NameOID.COMMON_NAME, common),
            ]
        )
    )
    made = made.issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "issuer")]))
    made = made.public_key(KEY.public_key()).serial_number(7)
    made = made.not_valid_before(dt.datetime(2025, 1, 1, tzinfo=dt.UTC)).not_valid_after(
        dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    )
    if names:
        made = made.add_extension(x509.SubjectAlternativeName(names), critical=True)
    return made.sign(KEY, hashes.SHA256()).public_bytes(Encoding.DER)


ONE = certificate("ann", x509.RFC822Name("ann@example.org"))


def test_alternative_names_come_before_the_common_name():
    names = (x509.UniformResourceIdentifier("https://ci.example/run"), x509.DNSName("example.org"))
    assert names_in(certificate("ann", *names)) == ("https://ci.example/run", "example.org")
    assert names_in(ONE) == ("ann@example.org",)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60))
def test_the_common_name_is_the_subjects_and_not_the_issuers(common):
    assert names_in(certificate(common)) == (common,)


@given(st.integers(0, len(ONE) - 1), st.integers(0, 255))
def test_whatever_a_byte_is_changed_to_it_has_names_or_is_none(place, byte):
    try:
        names = names_in(ONE[:place] + bytes([byte]) + ONE[place + 1 :])
    except ValueError:
        return
    assert all(isinstance(name, str) for name in names)


@pytest.mark.parametrize("data", [b"", b"0", b"\x30\x80", b"\x30\x85aaaaa", b"not a certificate", ONE[:-1]])
def test_what_is_no_certificate_is_refused(data):
    with pytest.raises(ValueError, match="certificate"):
        names_in(data)

"""Whom to believe: what counts at which level, and what each finding does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcross.provenance.content import content_of
from outcross.provenance.record import KINDS, Origin, Record, Subject
from outcross.provenance.trust import CONSEQUENCES, Audited, Proofs, Standing, believed, standing

NOW = "2026-11-23T01:00:00+00:00"
ROOT, OTHER = "sha256:" + "1" * 64, "sha256:" + "2" * 64
PROVEN = Proofs("ed25519:key", listed=True, bytes_match=True, signature="valid", manifest_subject=ROOT)


def record(kind="human", shares=None, **more):
    return Record(Subject("books", ROOT), (Origin(kind, shares=shares or {}),), **more)


def made(belief):
    return (0.0, 1.0) if belief.told is None else content_of(belief.told).made


def codes(stood):
    return [one.code for one in stood.findings]


@pytest.mark.parametrize(("proofs", "level", "found"), [
    (Proofs(), 1, []),
    (PROVEN, 2, []),
    (Proofs("k", listed=True, signature="valid"), 1, ["unchecked"]),
    (Proofs("k", bytes_match=True, signature="valid"), 1, ["unlisted"]),
    (Proofs(signature="unknown"), 1, ["unlisted"]),
    (Proofs(signature="invalid"), 0, ["forged"]),
    (Proofs("k", listed=True, revoked=True, bytes_match=True, signature="valid"), 0, ["forged"]),
    (Proofs("k", listed=True, bytes_match=False, signature="valid"), 0, ["forged"]),
    (Proofs("k", listed=True, bytes_match=True, signature="valid", manifest_subject=OTHER), 0, ["replayed"]),
    (Proofs("k", listed=True, bytes_match=True, signature="valid", timestamp=True), 3, []),
    (Proofs("k", listed=True, bytes_match=True, signature="valid", audited=Audited((0.0, 0.02))), 3, []),
    (Proofs("k", listed=True, bytes_match=True, signature="valid", audited=Audited((0.1, 0.2))), 2, []),
    (Proofs(audited=Audited((0.0, 0.02)), timestamp=True), 1, []),
])  # fmt: skip
def test_the_level_is_what_was_checked_and_never_what_was_claimed(proofs, level, found):
    stood = standing(record(), proofs, NOW)
    assert (stood.level, codes(stood)) == (level, found)


def test_who_signs_under_sigstore_is_to_be_listed_by_identity():
    (found,) = standing(record(), Proofs(signature="unknown", keyless=True), NOW).findings
    assert (found.code, "[provenance] identities" in found.remedy) == ("unlisted", True)


def test_a_source_without_a_record_is_absent():
    stood = standing(None, Proofs(), NOW)
    assert (stood.level, codes(stood)) == (0, ["absent"])
    assert believed([]).told is None


@pytest.mark.parametrize(
    ("expires", "level"), [("2026-11-22", 1), ("2026-11-23", 2), ("2026-11-23T00:30:00Z", 2), ("", 2)]
)
def test_a_record_holds_until_the_end_of_its_last_day(expires, level):
    stood = standing(record(expires=expires), PROVEN, NOW)
    assert (stood.level, codes(stood)) == (level, ["expired"] if level == 1 else [])


@pytest.mark.parametrize(("kind", "declared", "proven"), [
    ("human", (0, 1), (0, 0)), ("procedural", (0, 1), (0, 0)), ("unknown", (0, 1), (0, 1)),
    ("synthetic", (1, 1), (1, 1)), ("edited", (1, 1), (1, 1)), ("mixed", (0, 1), (0, 1)),
])  # fmt: skip
def test_synthetic_is_believed_when_declared_and_human_only_when_proven(kind, declared, proven):
    assert made(believed([(record(kind), Standing(1))])) == declared
    assert made(believed([(record(kind), Standing(2))])) == proven


def test_of_a_declared_share_the_end_that_speaks_against_the_source_is_believed():
    shares = {"synthetic": (0.2, 0.4), "edited": (0.0, 0.0), "procedural": (0.0, 0.0)}
    content = content_of(believed([(record("mixed", shares), Standing(1))]).told)
    assert (content.made, content.human) == ((0.2, 1.0), (0.0, 0.8))
    content = content_of(believed([(record("mixed", shares), Standing(2))]).told)
    assert (content.made, content.human) == ((0.2, 0.4), (0.6, 0.8))


def test_records_that_exclude_each_other_are_joined_and_people_are_asked():
    belief = believed([(record("human"), Standing(2)), (record("synthetic"), Standing(2))])
    assert made(belief) == (0.0, 1.0)
    assert [(one.code, one.consequence) for one in belief.findings] == [("contradictory", "escalates")]


def test_a_declaration_that_an_audit_excludes_stays_possible_beside_it():
    belief = believed([(record("human"), Standing(2))], Audited((0.08, 0.17)))
    assert made(belief) == (0.0, 0.17)
    assert [one.code for one in belief.findings] == ["contradictory"]


@pytest.mark.parametrize("level", [1, 2])
def test_what_an_audit_found_takes_the_place_of_what_was_declared(level):
    belief = believed([(record("mixed"), Standing(level))], Audited((0.08, 0.17)))
    assert (made(belief), belief.findings) == ((0.08, 0.17), ())


def test_of_a_forged_record_nothing_is_believed_whatever_the_others_say():
    forged = standing(record(), Proofs(signature="invalid"), NOW)
    belief = believed([(record(), Standing(3)), (record(), forged)], Audited((0.0, 0.1)))
    assert (belief.told, belief.level) == (None, 0)
    assert [one.consequence for one in belief.findings] == ["blocks"]


def test_every_finding_has_a_consequence_and_forged_and_replayed_block():
    assert {code for code, does in CONSEQUENCES.items() if does == "blocks"} == {"forged", "replayed"}


SHARE = st.tuples(st.floats(0, 1), st.floats(0, 1)).map(lambda ends: (min(ends), max(ends)))


@given(st.sampled_from(KINDS), st.sampled_from(KINDS), st.integers(0, 3), st.integers(0, 3), st.none() | SHARE)
def test_less_proof_never_says_more(one, other, first, second, share):
    """Whoever loses a level loses nothing but certainty: what was possible stays possible."""
    audited = None if share is None else Audited(share)
    more = believed([(record(one), Standing(max(first, 1))), (record(other), Standing(max(second, 1)))], audited)
    less = believed([(record(one), Standing(1)), (record(other), Standing(1))], audited)
    assert made(less)[0] <= made(more)[0] + 1e-9
    assert made(less)[1] >= made(more)[1] - 1e-9

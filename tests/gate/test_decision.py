"""What the log says of a verdict: whole numbers that are never narrower, digests and no texts."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcross.canonical import sha256
from outcross.gate.decision import MILLIONTHS, MOST_SOURCES, decision
from outcross.gate.record import Assessment, Verdict
from outcross.log.entries import MOST_ENTRY, entry_of
from outcross.principals import Signer
from outcross.principals.kinds import generated, written

ROOT = "sha256:" + "ab" * 32


def assessment(interval=(0.1, 0.2), limit: float = 0.2, unit="share", way="max") -> Assessment:
    return Assessment("share", "synthetic_share", "data", "pass", "pass", "the share", interval, limit, way, "upper",
                      unit, "a reason that names letters")  # fmt: skip


def verdict(*assessments: Assessment, **more) -> Verdict:
    policy = {"name": "our policy", "version": 3, "owner": "data-gov", "level": 0.95, "digest": sha256(b"policy")}
    return Verdict("pass", assessments, policy, {"mix": sha256(b"mix")}, "2026-11-23T10:00:00+00:00",
                   (sha256(b"a"), sha256(b"b")), ("letters: human 1 (library: dated)",), **more)  # fmt: skip


def criterion(one: Assessment) -> dict:
    return decision(verdict(one)).predicate["criteria"][0]


def test_it_names_mix_verdict_policy_and_evidence_by_digest():
    made = verdict(assessment())
    said = decision(made)
    assert said.subjects == {"mix": {"sha256": sha256(b"mix")[7:]}, "verdict": {"sha256": made.digest[7:]}}
    assert said.predicate["policy"]["digest"] == {"sha256": sha256(b"policy")[7:]}
    assert [one["digest"]["sha256"] for one in said.predicate["inputAttestations"]] == [
        sha256(b"a")[7:], sha256(b"b")[7:],
    ]  # fmt: skip
    assert (said.predicate["decision"], said.predicate["owner"]) == ("pass", "data-gov")
    assert "letters" not in json.dumps(said.to_dict())
    assert said.predicate["assumptions"] == [{"digest": {"sha256": sha256(made.assumptions[0].encode())[7:]}}]


def test_the_bytes_of_sources_are_subjects_each_once_and_what_is_no_root_is_not():
    sources = tuple(
        {"name": name, "manifest": root} for name, root in (("b", ROOT), ("a", ROOT), ("c", ""), ("d", "x"))
    )
    assert decision(verdict(sources=sources)).subjects["source-1"] == {"sha256": ROOT[7:]}
    assert "source-2" not in decision(verdict(sources=sources)).subjects


def test_a_verdict_on_very_many_sources_fits_into_an_entry():
    sources = tuple({"manifest": sha256(b"%d" % number)} for number in range(1_000))
    said = decision(verdict(*[assessment()] * 60, sources=sources))
    assert sum(name.startswith("source-") for name in said.subjects) == MOST_SOURCES
    private = generated("ed25519")
    assert len(entry_of(said, Signer("ana", written(private), private))) <= MOST_ENTRY


@given(st.lists(st.floats(0, 1), min_size=2, max_size=2).map(sorted), st.floats(0, 1))
def test_shares_are_in_millionths_and_the_interval_is_never_narrower(ends, limit):
    said = criterion(assessment(tuple(ends), limit))
    low, high = said["interval"]
    assert low <= ends[0] * MILLIONTHS + 1e-6
    assert high >= ends[1] * MILLIONTHS - 1e-6
    assert high - low <= (ends[1] - ends[0]) * MILLIONTHS + 2 + 1e-6
    assert abs(said["limit"] - limit * MILLIONTHS) <= 1 + 1e-6


@pytest.mark.parametrize(("interval", "unit", "told"), [
    (None, "share", [None, None]), ((1.0, math.inf), "generations", [1_000_000, None]),
    ((2.5e12, 3.5e12), "tokens", [2_500_000_000_000, 3_500_000_000_000]), ((2, 2), "count", [2, 2]),
])  # fmt: skip
def test_what_is_unknown_or_without_end_is_none_and_counts_are_as_they_are(interval, unit, told):
    assert criterion(assessment(interval, 5, unit))["interval"] == told


def test_a_limit_of_a_fifth_is_200000():
    assert criterion(assessment(limit=0.2))["limit"] == 200_000
    assert criterion(assessment(limit=0.3, way="min"))["limit"] == 300_000

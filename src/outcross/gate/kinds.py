"""The kinds of criteria, one table. A new kind is one more entry: what it asks, reads and takes, and how it is read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from outcross.gate import rules, shares
from outcross.gate.reading import SOURCES, Held, Reading
from outcross.gate.record import Criterion, End, Layer
from outcross.gate.rules import asked_of_sources
from outcross.gate.shapes import (
    COUNT,
    DAYS,
    FLAG,
    GENERATIONS,
    SHARE,
    TEXTS,
    TOKENS,
    TRUST,
    Key,
    some_of,
)  # fmt: skip

FIELDS = (
    "subject", "subject.name", "subject.digest", "subject.bytes", "subject.records", "subject.tokens", "origins",
    "origins.kind", "origins.scope", "origins.shares", "generators", "generators.model", "generators.version",
    "generators.digest", "generators.provider", "generators.scope", "derived_from", "derived_from.id",
    "derived_from.digest", "derived_from.op", "derived_from.tokens", "derived_from.kept", "generation_period",
    "generation_period.start", "generation_period.end", "method", "issuer", "license", "intended_use", "evidence",
    "evidence.kind", "evidence.level", "evidence.uri", "evidence.digest", "evidence.by", "version", "issued",
    "expires", "supersedes",
)  # fmt: skip
"""Fields of a provenance record that a policy can ask for."""

ORIGINS = ("human", "edited", "mixed", "synthetic", "procedural", "unknown")


@dataclass(frozen=True)
class Kind:
    """A kind of criterion.

    Attributes:
        name: of it. asks: the question in one sentence.
        reads: names of the evidence. takes: its own keys.
        read: the figures and limits of a criterion.
        layer: of quality, unless the policy says another. bound: the end that decides.
        unknown: what it means that the answer is not known. closes: what closes a gap.
        clauses: that it implements.
        one_of: keys of which at least one must be told.
    """

    name: str
    asks: str
    reads: tuple[str, ...]
    takes: tuple[Key, ...]
    read: Callable[[Criterion, Held], tuple[Reading, ...]]
    unknown: str
    closes: str
    clauses: tuple[str, ...] = ()
    layer: Layer = "data"
    bound: End = "upper"
    one_of: tuple[str, ...] = ()


_SETTLE = "settle the fewest sources that decide it, leave out tokens of the highest, or add signed human text"
_NO_TOKENS = "no evidence, or nobody told tokens: the share could be anything"
_TOLERATED = Key("max", SHARE, "share of tokens in sources that may break it", 0.0)
_RECORD = "a source without a record breaks it"

MS_2_11_005 = "NIST AI 600-1 MS-2.11-005"
ORIGIN = "EU AI Act 10(2)(b)"
SUMMARY = "EU AI Act 53(1)(d)"
FEEDBACK = "EU AI Act 15(4)"
ISO_PROVENANCE = "ISO/IEC 42001 A.7.5"
TAMPERPROOF = "NIST AI 600-1 MS-2.8-003"
VERIFIED = "NIST AI 600-1 MS-2.5-005"
SOURCES_TRACED = "NIST AI 600-1 MG-2.2-002"
INVENTORY = "NIST AI 600-1 GV-1.6-003"

_ALL = (
    Kind(
        "synthetic_share", "How much of what is trained on is synthetic, or edited by a model?",
        (shares.SYNTHETIC, shares.MADE),
        (Key("max", SHARE, "share of tokens that may be", needed=True),
         Key("count_edited", SHARE, "what edited text counts: 1 in full, 0 not at all", 1.0)),
        shares.synthetic_share, _NO_TOKENS, _SETTLE, (MS_2_11_005, "EU AI Act 10(2)(f)", SUMMARY),
    ),
    Kind(
        "unknown_share", "Of how much is nobody believed?", (shares.UNKNOWN,),
        (Key("max", SHARE, "share of tokens that may be unknown", needed=True),),
        shares.unknown_share, _NO_TOKENS, "get signed records of the sources with most tokens", (MS_2_11_005, ORIGIN),
    ),
    Kind(
        "human_floor", "Is there enough human text, on evidence that is believed?",
        (shares.HUMAN, shares.HUMAN_TOKENS),
        (Key("min", SHARE, "share of tokens at least"), Key("min_tokens", TOKENS, "tokens at least")),
        shares.human_floor, _NO_TOKENS, "have human sources signed and their bytes checked, or add some",
        (MS_2_11_005,), bound="lower", one_of=("min", "min_tokens"),
    ),
    Kind(
        "fresh_human_share", "Is there enough human text that no earlier generation was trained on?",
        (shares.FRESH, shares.FRESH_TOKENS),
        (Key("min", SHARE, "share of tokens at least"), Key("min_tokens", TOKENS, "tokens at least")),
        shares.fresh_human_share, _NO_TOKENS, "add human text that is new to this line of models, signed",
        (MS_2_11_005, FEEDBACK), bound="lower", one_of=("min", "min_tokens"),
    ),
    Kind(
        "mean_depth", "How many generations of models lie between people and the text, on average?",
        (shares.MEAN_DEPTH,), (Key("max", GENERATIONS, "generations at most", needed=True),),
        shares.mean_depth, "an ancestor is missing: the depth has no end",
        "get records of the ancestors that narrow it most", (MS_2_11_005, FEEDBACK),
    ),
    Kind(
        "max_depth", "How many generations of models lie between people and any of the text?",
        (shares.MAX_DEPTH,), (Key("max", GENERATIONS, "generations at most", needed=True),),
        shares.max_depth, "an ancestor is missing: the depth has no end",
        "get records of the ancestors that narrow it most, or leave out the deepest source", (MS_2_11_005, FEEDBACK),
    ),
    Kind(
        "unresolved_ancestors", "Of how many ancestors is nothing known?", (shares.UNRESOLVED,),
        (Key("max", COUNT, "ancestors at most", 0),),
        shares.unresolved_ancestors, "no lineage: nobody looked", "get records of the ancestors that narrow most",
        (ORIGIN, SOURCES_TRACED, ISO_PROVENANCE), "governance",
    ),
    Kind(
        "assumptions", "How much is taken as true on somebody's word alone?", (shares.ASSUMED,),
        (Key("max", COUNT, "assumptions at most", 0),),
        shares.assumptions, "no lineage: nobody looked", "put signed records or labels in the place of assumptions",
        ("EU AI Act 10(2)(d)", VERIFIED), "governance",
    ),
    Kind(
        "self_loop", "Does the line of models that is to be trained read what it wrote?", (shares.LOOP,),
        (Key("max", COUNT, "such sources at most", 0),),
        shares.self_loop, "no lineage: nobody looked", "leave the sources out that the path names",
        (FEEDBACK, MS_2_11_005), "workflow",
    ),
    Kind(
        "required_fields", "Does every source tell what the policy asks for?", (SOURCES,),
        (Key("fields", some_of(*FIELDS), "fields of the record that must be there", needed=True), _TOLERATED),
        asked_of_sources(rules.required_fields, "the share whose record does not tell what is asked for"),
        _RECORD, "add the missing fields to the records", (ORIGIN, INVENTORY, ISO_PROVENANCE, SUMMARY), "governance",
    ),
    Kind(
        "evidence_level", "Is every source backed by evidence of a level?", (SOURCES,),
        (Key("level", TRUST, "level at least", needed=True),
         Key("origins", some_of(*ORIGINS), "only sources that are told to be of these origins"), _TOLERATED),
        asked_of_sources(rules.evidence_level, "the share below that level of evidence"),
        "a source of unknown origin could be of any", "get a record, have it signed and its bytes checked, audit it",
        (ORIGIN, VERIFIED, ISO_PROVENANCE), "governance",
    ),
    Kind(
        "generator_allow", "Is all that models wrote by models that are allowed?", (SOURCES,),
        (Key("models", TEXTS, "names of models; * stands for anything", needed=True), _TOLERATED),
        asked_of_sources(rules.generator_allow, "the share by models that are not allowed"),
        "a source that may be by a model that nobody names leaves it open", "have generators named, leave sources out",
        (SUMMARY, SOURCES_TRACED),
    ),
    Kind(
        "generator_deny", "Is nothing by models that are denied?", (SOURCES,),
        (Key("models", TEXTS, "names of models; * stands for anything", needed=True), _TOLERATED),
        asked_of_sources(rules.generator_deny, "the share by models that are denied"),
        "a source that may be by a model that nobody names leaves it open", "have generators named, leave sources out",
        (SUMMARY, SOURCES_TRACED),
    ),
    Kind(
        "signature", "Is every source signed by a listed key, over its bytes?", (SOURCES,),
        (Key("signers", TEXTS, "keys of which one must have signed; else any that the workspace lists"),
         Key("bytes", FLAG, "whether a manifest must bind the bytes", True), _TOLERATED),
        asked_of_sources(rules.signature, "the share without a signature that holds"),
        "bytes that nobody checked leave it open", "have sources signed, check their bytes",
        (TAMPERPROOF, VERIFIED, ISO_PROVENANCE), "governance",
    ),
    Kind(
        "freshness", "Is no record out of date?", (SOURCES,),
        (Key("max_days", DAYS, "days since a record was issued, at most"), _TOLERATED),
        asked_of_sources(rules.freshness, "the share whose record is out of date"),
        "a source without a record, or without a date, leaves it open", "have the records issued anew",
        (INVENTORY, ISO_PROVENANCE), "governance",
    ),
    Kind(
        "license", "Is every licence one that the policy allows?", (SOURCES,),
        (Key("allow", TEXTS, "SPDX identifiers; * stands for anything"),
         Key("deny", TEXTS, "SPDX identifiers; * stands for anything"), _TOLERATED),
        asked_of_sources(rules.license_, "the share under licences that are not allowed"),
        "a licence that nobody told leaves it open", "have licences told, leave sources out",
        (SUMMARY, "ISO/IEC 42001 A.7.4"), "governance", one_of=("allow", "deny"),
    ),
    Kind(
        "contradiction", "Does no source say two things that cannot both be true?", (SOURCES,), (),
        asked_of_sources(rules.contradiction, "the share with statements that contradict each other"),
        "no sources: nobody looked", "have the issuers settle which statement holds",
        (VERIFIED, SUMMARY), "governance",
    ),
)  # fmt: skip


KINDS: Mapping[str, Kind] = {one.name: one for one in _ALL}
"""All kinds, by their names."""

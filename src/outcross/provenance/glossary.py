"""The table of fields of a provenance record. See `outcross.provenance.fields` for what is made of it."""

from collections.abc import Iterator

from outcross.provenance.forms import (
    ANYTHING,
    BOUNDS,
    COUNT,
    DATE,
    DIGEST,
    LEVEL,
    POINTER,
    SHARE,
    TEXT,
    ByPointer,
    Field,
    Many,
    Part,
    choice,
)
from outcross.provenance.record import (
    KINDS,
    OPERATIONS,
    PARTS,
    PROOFS,
    SCHEMA,
    Generator,
    Given,
    Origin,
    Period,
    Proof,
    Subject,
    Upstream,
)

_DIGEST = "sha256:" + "5f" * 32
_SHARES = ("synthetic_share", "unknown_share", "human_floor", "fresh_human_share")
_DEPTHS = ("mean_depth", "max_depth")


def _about() -> Iterator[Field]:
    """The record and the bytes it speaks of."""
    yield Field("schema", choice(SCHEMA), "Which version of the record's form it follows.", SCHEMA, "must")
    yield Field("subject", Part(Subject), "The bytes that the record speaks of.", None, "must",
                asked_by=("required_fields",))  # fmt: skip
    yield Field(
        "subject.name", TEXT, "Name of the source, as people know it.", "books-2019", "must",
        {"huggingface": "pretty_name", "croissant": "name", "dpi": "Unique Dataset Identifier",
         "signing": "subject[].name", "oasis": "source.name (DTA: source.title)", "cyclonedx": "components[].name",
         "spdx": "dataset_DatasetPackage name", "openlineage": "outputs[].name", "prov": "entity (its key)",
         "c2pa": "claim title", "eu": "general information"},
        ("required_fields",), ("A name is no identity: two sources may have one name, and one source two.",),
    )  # fmt: skip
    yield Field(
        "subject.digest", DIGEST,
        "Root of the manifest of its files: SHA-256 over their raw digests, sorted by name.", _DIGEST, "complete",
        {"croissant": "distribution[].sha256 of its files", "signing": "subject[].digest.sha256",
         "oasis": "source.id.hashes[].tree-hashes", "cyclonedx": "components[].hashes", "spdx": "verifiedUsing",
         "c2pa": "hard binding of the asset"},
        ("signature", "evidence_level"),
        ("A branch, a URL, a git identifier or a word like PLACEHOLDER in a digest's place is none: 8 of "
         "18 files in the wild have one.", "The digest of an archive is not that of the files in it."),
    )  # fmt: skip
    yield Field("subject.bytes", COUNT, "Bytes of its files together.", 8123456789, "complete",
                {"huggingface": "dataset_info.dataset_size", "croissant": "distribution[].contentSize",
                 "spdx": "dataset_datasetSize", "openlineage": "outputStatistics.size"},
                ("required_fields",))  # fmt: skip
    yield Field("subject.records", COUNT, "Documents in it.", 120000, "complete",
                {"huggingface": "dataset_info.splits[].num_examples", "dpi": "Text Metrics, Num Dialogs",
                 "openlineage": "outputStatistics.rowCount", "eu": "size"},
                ("required_fields",))  # fmt: skip
    yield Field("subject.tokens", COUNT, "Tokens in it, by the tokenizer of the model it is for.", 30000000000,
                "complete", {"eu": "size, in ranges"}, ("required_fields", "human_floor"),
                ("A mix is weighted by tokens as consumed, which repetition makes more of.",))  # fmt: skip


def _origins() -> Iterator[Field]:
    """What the bytes consist of."""
    yield Field("origins", Many(Part(Origin)), "What the source consists of, one entry for each scope.", None,
                "complete", asked_by=("required_fields", *_SHARES))  # fmt: skip
    yield Field(
        "origins.kind", choice(*KINDS),
        "Who or what made it: human; edited (people's text changed by a model); mixed; synthetic (written by a "
        "model); procedural (made by fixed rules, as from templates); unknown.", "synthetic", "must",
        {"huggingface": "language_creators, annotations_creators; tag synthetic",
         "croissant": "rai:hasSyntheticData; IPTC digital source type", "dpi": "Model Generated, Human Annotation",
         "oasis": "provenance.generation-method[].code", "cyclonedx": "only in words: modelCard, description",
         "spdx": "no property; only in words: dataset_dataCollectionProcess",
         "prov": "wasGeneratedBy an activity with a prov:SoftwareAgent", "c2pa": "actions[].digitalSourceType",
         "eu": "2.5 was synthetic data used"},
        (*_SHARES, "contradiction"),
        ("hasSyntheticData true means that some is: mixed, above 0 and up to all.",
         "IPTC composite…TrainedAlgorithmicMedia is edited, not mixed.",
         'Of the Data Provenance Initiative, ["templates"] is procedural.',
         "found and user-generated-content say nothing about people after 2022.",
         "What nobody said is unknown, never human."),
    )  # fmt: skip
    yield Field(
        "origins.scope", TEXT, 'What of it is meant: "text" (what a model learns to write, and what is meant where '
        'nothing is said), "labels", or the name of a field.', "text", "optional",
        {"huggingface": "language_creators is text, annotations_creators is labels",
         "croissant": "prov terms at a RecordSet or Field; rai:machineAnnotationTools is labels",
         "dpi": "Human Annotation is labels"}, _SHARES, ("Labels by people on text by a model do not make it human.",),
    )  # fmt: skip
    yield Field("origins.shares", Part(), "Shares of its tokens by part, as far as they are known; what is not told "
                "follows from the kind.", None, asked_by=_SHARES)  # fmt: skip
    said = {"human": "that people wrote", "edited": "that people wrote and a model changed",
            "synthetic": "that a model wrote", "procedural": "that fixed rules made"}  # fmt: skip
    for part in PARTS:
        yield Field(f"origins.shares.{part}", BOUNDS, f"Share of tokens {said[part]}, between two ends.", [0.08, 0.17],
                    asked_by=_SHARES if part != "procedural" else ())  # fmt: skip


def _makers() -> Iterator[Field]:
    """What made it, and of what."""
    yield Field("generators", Many(Part(Generator)), "Models and tools that wrote or changed it.", None, "generated",
                {"croissant": "prov:wasGeneratedBy / prov:wasAssociatedWith", "dpi": "Model Generated",
                 "prov": "wasAssociatedWith", "c2pa": "actions[].softwareAgent", "eu": "2.5 models used"},
                ("required_fields", "generator_allow", "generator_deny", "self_loop"),
                ("Samples of the standard itself write isAssociatedWith, and leave out the prefix.",))  # fmt: skip
    yield Field("generators.model", TEXT, "Name of the model or tool.", "example-7b-instruct", "must",
                {"croissant": "prov:SoftwareAgent, instrument; rai:machineAnnotationTools",
                 "dpi": "Model Generated[]", "prov": "agent of type prov:SoftwareAgent", "c2pa": "softwareAgent.name",
                 "eu": "2.5 names of models"}, ("generator_allow", "generator_deny", "self_loop"))  # fmt: skip
    yield Field("generators.version", TEXT, "Its version or date.", "2025-06", "each",
                {"c2pa": "softwareAgent.version", "eu": "2.5"}, ("generator_allow", "generator_deny", "self_loop"),
                ("The same model at a later generation is another one.",))  # fmt: skip
    yield Field("generators.digest", DIGEST, "Root of the manifest of its weights, where they can be had.", _DIGEST,
                standards={"signing": "subject[].digest of the model"}, asked_by=("self_loop", *_DEPTHS))  # fmt: skip
    yield Field("generators.provider", TEXT, "Who offers it.", "Example AI", "each",
                {"prov": "actedOnBehalfOf", "eu": "2.5 providers"}, ("generator_allow", "generator_deny"))  # fmt: skip
    yield Field("generators.scope", TEXT, "Of what it made, as in origins.scope.", "text", "optional",
                {"croissant": "rai:machineAnnotationTools is labels"}, _DEPTHS)  # fmt: skip


def _upstream() -> Iterator[Field]:
    yield Field(
        "derived_from", Many(Part(Upstream)), "Sources that it came from. An empty list says that there are none; to "
        "leave it out says that nobody knows.", None, "complete",
        {"huggingface": "source_datasets", "croissant": "prov:wasDerivedFrom, isBasedOn",
         "dpi": "Derived from Datasets", "oasis": "provenance.source, provenance.sub-provenance",
         "cyclonedx": "pedigree.ancestors; modelCard.modelParameters.datasets", "spdx": "trainedOn; relationships",
         "openlineage": "inputs; facet lineage", "prov": "wasDerivedFrom, used", "c2pa": "ingredients[]"},
        ("unresolved_ancestors", "self_loop", *_DEPTHS),
        ("Of OpenLineage, empty inputs are a claim, missing ones are not.",
         "Names of other data sets seldom match: a quarter of those in the wild can be followed."),
    )  # fmt: skip
    yield Field("derived_from.id", TEXT, "Name or address of the other source.", "books-2019", "must",
                {"huggingface": "source_datasets[], after extended|", "croissant": "prov:wasDerivedFrom @id",
                 "dpi": "Derived from Datasets[]", "openlineage": "inputs[].namespace and name",
                 "c2pa": "ingredients[].title"}, ("unresolved_ancestors", "self_loop", *_DEPTHS))  # fmt: skip
    yield Field("derived_from.digest", DIGEST, "Root of its manifest: what binds the one to the other.", _DIGEST,
                "each", {"oasis": "source.id.hashes", "c2pa": "ingredients[] hash"}, ("unresolved_ancestors",),
                ("A version or a commit is no digest of the bytes.",))  # fmt: skip
    yield Field(
        "derived_from.op", choice(*OPERATIONS), "How this came from it. derive: somehow. generate: a model wrote it, "
        "prompted with the other.", "filter", "optional",
        {"croissant": "type of the prov:Activity", "oasis": "generation-method of sub-provenance",
         "prov": "type of the activity; wasRevisionOf, wasQuotedFrom", "c2pa": "relationship parentOf, componentOf, "
         "inputTo"}, (*_SHARES, *_DEPTHS),
        ("A translation by a model is edited text, whatever its source was.",),
    )  # fmt: skip
    yield Field("derived_from.tokens", COUNT, "Tokens taken from it.", 5000000000, "optional",
                asked_by=(*_SHARES, "mean_depth"))  # fmt: skip
    yield Field("derived_from.kept", SHARE, "Share of its tokens that a filter kept.", 0.6, "optional",
                asked_by=_SHARES, traps=("A filter that keeps 60 % may keep all that is synthetic.",))  # fmt: skip


def _made() -> Iterator[Field]:
    """When and how it was made, who says so, and what for."""
    yield Field("generation_period", Part(Period), "When it was written or made, not when it was published.", None,
                "complete", {"croissant": "rai:dataCollectionTimeframe", "oasis": "provenance.generation-period",
                             "spdx": "builtTime", "openlineage": "facet nominalTime",
                             "prov": "startTime, endTime of the activity"},
                ("required_fields", "freshness", "fresh_human_share"))  # fmt: skip
    for key, which in (("start", "first"), ("end", "last")):
        said = {"oasis": f"provenance.generation-period.{key}", "prov": f"{key}Time",
                "croissant": "rai:dataCollectionTimeframe"}  # fmt: skip
        meaning = f"The {which} day on which it was written or made; a year or a month will do."
        yield Field(f"generation_period.{key}", DATE, meaning, "2024-01-01", standards=said,
                    asked_by=("freshness", "fresh_human_share"))  # fmt: skip
    yield Field("method", TEXT, "How it was collected or made, in words.", "Instructions expanded by a model.",
                "complete", {"croissant": "rai:dataCollection, rai:dataCollectionType",
                             "oasis": "provenance.generation-method[].long-description",
                             "dpi": "Text Sources",
                             "spdx": "dataset_dataCollectionProcess", "openlineage": "job", "prov": "activity",
                             "eu": "2.5 description"}, ("required_fields",))  # fmt: skip
    yield Field("issuer", TEXT, "Who says all this.", "Example Corp, data office", "complete",
                {"croissant": "creator, publisher; prov:wasAttributedTo", "dpi": "Creators", "oasis": "source.issuer",
                 "cyclonedx": "publisher, supplier, authors", "spdx": "originatedBy, suppliedBy",
                 "openlineage": "producer", "prov": "wasAttributedTo", "c2pa": "signature issuer",
                 "eu": "general information"}, ("required_fields",),
                ("Not whom to believe: that is worked out from signatures.",))  # fmt: skip
    yield Field("license", Many(TEXT), "SPDX identifiers or addresses of its licences.", ["CC-BY-4.0"], "complete",
                {"huggingface": "license, licenses", "croissant": "license", "dpi": "Licenses[].License",
                 "oasis": "use.license", "cyclonedx": "licenses", "spdx": "hasDeclaredLicense"},
                ("license", "required_fields"),
                ("Several may mean any of them or all of them: standards do not say.",))  # fmt: skip
    yield Field("intended_use", TEXT, "What it is meant for.", "pre-training", "complete",
                {"huggingface": "task_categories", "dpi": "Task Categories",
                 "croissant": "rai:dataUseCases", "oasis": "use.intended-purpose", "spdx": "dataset_intendedUse",
                 "cyclonedx": "modelCard.considerations.useCases"}, ("required_fields",))  # fmt: skip


def _proofs() -> Iterator[Field]:
    """What speaks for it, which version it is, and where it was read."""
    yield Field("evidence", Many(Part(Proof)), "What speaks for the record.", None, "complete",
                {"signing": "the bundle itself", "oasis": "source.id.hashes", "cyclonedx": "citations, data[].contents",
                 "spdx": "hasEvidence, verifiedUsing",
                 "c2pa": "assertions, validation results"}, ("evidence_level", "signature"))  # fmt: skip
    yield Field("evidence.kind", choice(*PROOFS), "What sort of proof it is.", "signature", "must",
                asked_by=("evidence_level", "signature"))  # fmt: skip
    yield Field("evidence.level", LEVEL, "What its author claims: 0 absent, 1 declared, 2 signed and bytes match, "
                "3 audited too.", 1, asked_by=("evidence_level",),
                traps=("Never believed from here: it is worked out anew.",))  # fmt: skip
    yield Field("evidence.uri", TEXT, "Where it is.", "https://data.example.com/books-2019.sig")
    yield Field("evidence.digest", DIGEST, "Of the proof itself.", _DIGEST)
    yield Field("evidence.by", TEXT, "Who made it: a name or a key.", "data office",
                standards={"signing": "hint of the key, identity in the certificate",
                           "c2pa": "signature issuer"})  # fmt: skip
    yield Field("version", TEXT, "Of the record, not of the data.", "2", "complete",
                {"croissant": "version (of the data)", "oasis": "set.tracking.version", "cyclonedx": "version",
                 "spdx": "software_packageVersion (of the data)",
                 "openlineage": "facet version (of the data)"}, ("required_fields",))  # fmt: skip
    yield Field("issued", DATE, "When it was written.", "2026-03-15", "complete",
                {"croissant": "datePublished", "oasis": "set.tracking.current-release-date",
                 "cyclonedx": "metadata.timestamp", "spdx": "creationInfo.created", "openlineage": "eventTime",
                 "signing": "integratedTime of the log"},
                ("freshness",))  # fmt: skip
    yield Field("expires", DATE, "After when it must not be relied on.", "2027-03-15", "complete",
                {"spdx": "validUntilTime"}, ("freshness",),
                ("An expired record is at most declared, whatever signed it.",))  # fmt: skip
    yield Field("supersedes", DIGEST, "Digest of the record that it takes the place of.", _DIGEST, "optional",
                {"oasis": "set.tracking.revision-history", "prov": "wasRevisionOf"}, ("contradiction",))  # fmt: skip
    yield Field("given", ByPointer(Part(Given)), "Where each imported value was read, by JSON pointer into this "
                "record. A record that a person wrote has none.", None)  # fmt: skip
    yield Field("given.file", DIGEST, "SHA-256 of the file that was read.", _DIGEST, "must")
    yield Field("given.pointer", POINTER, "JSON pointer (RFC 6901) to the value in that file; empty for all of it.",
                "/rai:hasSyntheticData")  # fmt: skip
    yield Field("given.said", ANYTHING, "What stands there.", True)


FIELDS: tuple[Field, ...] = (*_about(), *_origins(), *_makers(), *_upstream(), *_made(), *_proofs())
"""All fields, each before those below it."""

"""Data Provenance Standards: 1.0.0 of the Data & Trust Alliance, and the draft of OASIS that grew out of it.

A code of how data were generated says little: of twelve only four say that no person wrote the text. "User-generated"
or "primary user source" say who handed it in, not who wrote it.
"""

import re
from urllib.parse import unquote

from outcross.provenance.documents import Document
from outcross.provenance.importers import Imported
from outcross.provenance.importers.walking import Draft, Node, Walk, joined, root_of, sha256_of
from outcross.provenance.record import ANY, Kind, Origin, Part, Period, Proof, Record, Subject, Upstream

TITLE = "Data Provenance Standards (DTA, OASIS)"
ROOT_ALGORITHM = "oms-sha256"
"""Name of the algorithm whose value is a root of OpenSSF Model Signing, as our own exporter writes it."""

SOURCE_URN = "urn:outcross:source:"
"""Before a name that is no address, where our own exporter must write an address."""

UNKNOWN = "unknown"
"""Written where the standard requires a value that nobody knows."""

_GROUPS = ("source", "provenance", "use")
_SYNTHETIC = ("machine-generated-ml-ops", "machine-generated", "machine-generated-mlops", "transfer-learning")
_BY_RULE = ("simulations", "machine-generated-mlops-twin", "machine-generated-mlops-machine-2-machine",
            "machine-generated-mlops-xr")  # fmt: skip
_SILENT = ("feeds", "web-scraping-crawling", "data-mining", "primary-user-source", "social-media", "syndication",
           "user-generated-content", "sensor-and-iot-output", "other")  # fmt: skip
_SPEAKS = re.compile(r"synthetic|generative|language model|\bllm|\bgpt|\bai[- ]generated|machine translat", re.I)


def recognises(document: Document) -> bool:
    """Whether it has the three groups of the standard, or names its schema and has one."""
    value = document.value
    if not isinstance(value, dict) or "@context" in value or "bomFormat" in value:
        return False
    groups = sum(isinstance(value.get(name), dict) for name in _GROUPS)
    named = re.search(r"/dps/|data-provenance|dataandtrustalliance", str(value.get("$schema", "")))
    return groups >= 2 or bool(groups and named)


def read(document: Document) -> Imported:
    """The one data set that a file describes."""
    walk = Walk(document, "DTA Data Provenance Standards 1.0.0")
    draft_of_oasis = "set" in walk.root.fields()
    if draft_of_oasis:
        walk.standard = "OASIS Data Provenance Standard 1.0 (draft)"
    _required(walk.root, draft_of_oasis)
    walk.records.append(_record(walk, walk.draft()))
    return walk.done()


def _required(root: Node, oasis: bool) -> None:
    root.requires(*_GROUPS)
    source = ("name", "id", "issuer") if oasis else ("title", "id", "issuer", "version", "description")
    root.at("source").requires(*(source if root.at("source") else ()))
    if root.at("provenance"):
        root.at("provenance").requires("date", "generation-method", "origin-geography")
    if root.at("use"):
        root.at("use").requires("intended-purpose")
    for group, name in (("provenance", "generation-method"), ("use", "intended-purpose"), ("source", "issuer")):
        if root.at(group, name).value == []:
            root.at(group, name).breaks("the list is empty, but the standard requires one item or more")


def _record(walk: Walk, draft: Draft) -> Record:
    root, source, use = walk.root, walk.root.at("source"), walk.root.at("use")
    made, tracking = root.at("provenance"), root.at("set", "tracking")
    evidence: list[Proof] = []
    subject = Subject(draft.first("/subject/name", [source.at("name"), source.at("title")]),
                      _digest(draft, source.at("id"), evidence))  # fmt: skip
    place = draft.text("/evidence/0/uri", source.at("location")) if not evidence else source.at("location").text()
    draft.proof(evidence, Proof("declaration", uri=place, by=_publisher(root)), source)
    return draft.record(Record(
        subject,
        _origins(draft, made),
        derived_from=_upstreams(draft, made),
        generation_period=_period(draft, made),
        method=_method(draft, made.at("generation-method")),
        issuer=_issuer(draft, source.at("issuer")),
        license=draft.texts("/license", use.at("license").items()),
        intended_use=_purpose(draft, use.at("intended-purpose")),
        evidence=tuple(evidence),
        version=draft.text("/version", tracking.at("version")),
        issued=draft.date("/issued", tracking.at("current-release-date")),
    ))  # fmt: skip


def _publisher(root: Node) -> str:
    return root.at("set", "publisher", "name").text() or root.at("set", "publisher", "legal-name").text()


def _issuer(draft: Draft, issuers: Node) -> str:
    names = [one.at("legal-name") if one.at("legal-name") else one.at("name") for one in issuers.items()]
    for one in names:
        if not one:
            one.breaks("an issuer has no name, which the standard requires")
    if names:
        draft.note("/issuer", issuers)
    return joined(*(said for one in names if (said := one.text()).casefold() != UNKNOWN))


def _digest(draft: Draft, identity: Node, evidence: list[Proof]) -> str:
    """The root of the files whose SHA-256 is told; a hash of another kind binds no bytes that can be checked here."""
    if not isinstance(identity.value, dict):
        identity.text()
        return ""
    files: dict[str, str] = {}
    for entry in identity.at("hashes").items():
        entry.requires("path", "tree-hashes")
        for one in entry.at("tree-hashes").items():
            found = sha256_of(one.at("value").text())
            algorithm = one.at("algorithm").text().casefold()
            if algorithm == ROOT_ALGORITHM and found:
                draft.note("/subject/digest", one.at("value"))
                return found
            if algorithm.replace("-", "") == "sha256" and found:
                files[entry.at("path").text()] = found
                draft.proof(evidence, Proof("manifest", uri=entry.at("path").text(), digest=found), one.at("value"))
            else:
                one.says(f"a hash of the kind {algorithm[:40]!r} binds no bytes that can be checked here")
    return _root(draft, identity.at("hashes"), files)


def _root(draft: Draft, hashes: Node, files: dict[str, str]) -> str:
    if not files or len(files) < len(hashes.items()):
        return ""
    draft.note("/subject/digest", hashes)
    return root_of(files)


def _origins(draft: Draft, made: Node) -> tuple[Origin, ...]:
    """What the codes say together, of parts too: an origin only where one of them speaks of it."""
    found = [_of_code(one) for layer in _layers(made) for one in layer.at("generation-method").items()]
    if not any(one is not None for one in found):
        return ()
    draft.note("/origins/0", made.at("generation-method"))
    kinds = {one.kind if one else "unknown" for one in found}
    if len(kinds) == 1 and found[0] is not None:
        return (found[0],)
    bounds = [(one or Origin()).bounds() for one in found]
    parts: tuple[Part, ...] = ("human", "edited", "synthetic", "procedural")
    shares = {part: (min(one[part][0] for one in bounds), max(one[part][1] for one in bounds)) for part in parts}
    return (Origin("mixed", shares={part: ends for part, ends in shares.items() if ends != ANY}),)


def _of_code(method: Node) -> Origin | None:
    """The origin that a code stands for; None where it says nothing of it."""
    code = re.sub(r"[^a-z0-9]+", "-", method.at("code").text().casefold()).strip("-").removesuffix("-na")
    told = method.at("long-description").text() or method.at("description").text()
    made: Kind | None = None
    if code in _BY_RULE:
        return Origin("procedural", shares={"synthetic": ANY, "procedural": ANY})
    if code in _SYNTHETIC or code.startswith("machine-generated-ml"):
        made = "synthetic"
    elif code == "data-augmentation":
        method.says("augmented data are originals and what was made of them, by a model or by rules: it does not say")
        made = "mixed"
    elif _SPEAKS.search(told):
        method.says("its description speaks of text made by models, but its code does not: people must say")
    elif not code.startswith(_SILENT):
        method.says(f"the code {code[:60]!r} is none of the standard: what it means for the origin is not known")
    return Origin(made) if made else None


def _upstreams(draft: Draft, made: Node) -> tuple[Upstream, ...] | None:
    """The sources that it names. That none is named is no word of there being none."""
    found = [one.at("source") for one in _layers(made) if one.at("source").text()]
    if not found:
        return None
    return draft.upstreams([(Upstream(_source_id(one.text())), one) for one in found])


def _source_id(said: str) -> str:
    return unquote(said.removeprefix(SOURCE_URN)) if said.startswith(SOURCE_URN) else said


def _layers(made: Node) -> list[Node]:
    """A provenance and those nested in it."""
    found = []
    while made and isinstance(made.value, dict):
        found.append(made)
        made = made.at("sub-provenance")
    made.fields()
    return found


def _period(draft: Draft, made: Node) -> Period:
    """When the data were made; where only the day of the data set is told, it is the latest they can be of.

    A period that is there and empty says that nobody knows it.
    """
    period = made.at("generation-period")
    start, end = draft.date("/generation_period/start", period.at("start")), period.at("end").date()
    if end:
        draft.note("/generation_period/end", period.at("end"))
    return Period(start, end if period else draft.date("/generation_period/end", made.at("date")))


def _method(draft: Draft, methods: Node) -> str:
    said = []
    for one in methods.items():
        one.requires("code")
        said.append(_coded(one))
    if said:
        draft.note("/method", methods)
    return joined(*said)


def _coded(one: Node) -> str:
    """A code with what was said of it; "other" says nothing by itself."""
    told = one.at("long-description").text() or one.at("description").text()
    code = one.at("code").text()
    return told if code == "other" else ": ".join(part for part in (code, told) if part)


def _purpose(draft: Draft, purposes: Node) -> str:
    said = []
    for one in purposes.items():
        said.append(_coded(one))
        if one.at("code").text() == "synthetic-data-generation":
            one.says("this is what it is meant for, to generate synthetic data: it does not say that it is synthetic")
    if said:
        draft.note("/intended_use", purposes)
    return joined(*said)

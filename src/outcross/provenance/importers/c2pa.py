"""Content Credentials (C2PA): assets that carry them, stores beside assets, texts that wrap them, manifests as JSON.

A library verifies assets; without the network. What was changed after it was signed is refused as invalid. What holds
but was signed by nobody known is worth no more than a declaration. Pointers of an asset's values go into the report
that the library makes of it. Sources: C2PA 2.2 (assertions, ingredients), 2.4 A.8 (text).
"""

import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from outcross.doors import optional
from outcross.errors import DataError
from outcross.provenance.documents import Document
from outcross.provenance.forms import is_blank
from outcross.provenance.importers import Defect, Imported
from outcross.provenance.importers.walking import Draft, Node, Walk, joined, root_of
from outcross.provenance.record import Generator, Kind, Operation, Origin, Proof, Record, Subject, Upstream
from outcross.provenance.text_wrapper import wrappers_in
from outcross.provenance.vocabulary import Term, term_of
from outcross.strict_json import json_value

TITLE = "C2PA"
STORE = "application/c2pa"

_MAGIC = (
    (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"GIF8", "image/gif"),
    (b"II*\0", "image/tiff"), (b"MM\0*", "image/tiff"), (b"%PDF-", "application/pdf"), (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"), (b"fLaC", "audio/flac"),
)  # fmt: skip
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/avi"}
_BRANDS = {b"heic": "image/heic", b"heix": "image/heic", b"mif1": "image/heif", b"avif": "image/avif",
           b"qt  ": "video/quicktime", b"M4A ": "audio/mp4"}  # fmt: skip
_ZIPPED = (".docx", ".epub", ".odp", ".ods", ".odt", ".oxps", ".pptx", ".xlsx", ".zip")
_UNBOUND = re.compile(r"assertion\.(dataHash|bmffHash|boxesHash|collectionHash)\.")
_UNTRUSTED = "signingCredential.untrusted"
_OPERATIONS: dict[str, Operation] = {"parentOf": "edit", "componentOf": "mix", "inputTo": "generate"}
_FROM_NOTHING = ("c2pa.created", "c2pa.opened")


def recognises(document: Document) -> bool:
    """Whether it is an asset of a kind that can carry credentials, a text that does, or a manifest as JSON."""
    value = document.value
    if document.form == "bytes":
        return bool(_format(document))
    if not isinstance(value, dict):
        return False
    claimed = {"claim_generator", "claim_generator_info"} & set(value) and {"assertions", "ingredients"} & set(value)
    return bool(claimed or ("active_manifest" in value and "manifests" in value))


def read(document: Document) -> Imported:
    """What the active manifest says of its asset.

    Raises:
        MissingExtraError: an asset is to be read without the extra `c2pa`.
        DataError: an asset carries no credentials.
    """
    if document.form == "bytes":
        return _asset(document)
    walk = Walk(document, "C2PA manifest (JSON)")
    if "manifests" in walk.root.fields():
        walk.root.says("this is a report of a reader: what it verified cannot be verified again here")
        _judged(walk, sidecar=False)
        _take(walk, _active(walk.root), "")
    else:
        walk.root.says("this is the definition of a manifest: nothing of it is signed")
        _take(walk, walk.root, "")
    return walk.done()


def _asset(document: Document) -> Imported:
    """What a library says of an asset, with the asset's own digest as that of the file."""
    form, data = _format(document), document.data
    if form == "text/plain":
        form, data = STORE, wrappers_in(document.data)[0].manifest
    try:
        report = json_value(_report(data, form, document.name), f"the credentials of {document.name}")
    except ValueError as error:
        said = f"the credentials are invalid: {str(error).partition(': ')[2] or error}"
        return Imported(TITLE, document.digest, (), (Defect("", said, broken=True),))
    walk = Walk(replace(document, form="json", value=report), TITLE)
    _judged(walk, sidecar=form == STORE)
    bound = "" if form == STORE else root_of({Path(document.name).name: document.digest})
    _take(walk, _active(walk.root), bound)
    return walk.done()


def _report(data: bytes, form: str, name: str) -> bytes:
    """The library's report.

    Raises:
        DataError: there are no credentials.
        ValueError: there are, and they cannot be read.
    """
    c2pa = optional("c2pa", extra="c2pa", purpose="read Content Credentials")
    settings = c2pa.Settings.from_dict({"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False}})
    try:
        with c2pa.Reader(form, io.BytesIO(data), context=c2pa.Context(settings)) as reader:
            return str(reader.json()).encode()
    except c2pa.C2paError.ManifestNotFound:
        raise DataError(f"{name} carries no Content Credentials.", hint="It says nothing of its origin.") from None
    except c2pa.C2paError as error:
        raise ValueError(str(error)) from None


def _format(document: Document) -> str:
    """The media type, by its first bytes; empty where none can carry credentials."""
    head = document.data[:16]
    if head[4:8] == b"jumb":
        return STORE
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], "")
    suffix = Path(document.name).suffix.casefold()
    if head[:4] == b"PK\x03\x04":
        return suffix.removeprefix(".") if suffix in _ZIPPED else ""
    if suffix == ".svg" and b"<svg" in document.data[:4096]:
        return "image/svg+xml"
    found = next((form for magic, form in _MAGIC if head.startswith(magic)), "")
    return found or ("text/plain" if any(one.manifest for one in wrappers_in(document.data)) else "")


def _active(root: Node) -> Node:
    return root.at("manifests", root.at("active_manifest").text())


def _judged(walk: Walk, *, sidecar: bool) -> None:
    """Note as breaking what the library found wrong; what it could not check, or nobody vouches for, is a note.

    An ingredient that does not hold is as bad: what the asset came from is not what it says.
    """
    root = walk.root
    told = [*root.at("validation_status").items(), *root.at("validation_results", "activeManifest", "failure").items()]
    for one in _active(root).at("ingredients").items():
        told += one.at("validation_status").items()
        told += one.at("validation_results", "activeManifest", "failure").items()
    told += [
        part for delta in root.at("validation_results", "ingredientDeltas").items()
        for part in delta.at("validationDeltas", "failure").items()
    ]  # fmt: skip
    for code in dict.fromkeys(one.at("code").text() for one in told):
        if code == _UNTRUSTED:
            root.says("who signed is known to nobody here: it counts as a declaration")
        elif sidecar and _UNBOUND.match(code):
            root.says("it was read without its asset, so whether they belong together is not checked")
        elif code:
            root.breaks(f"the credentials are invalid: {code}")
    if root.at("validation_state").text() == "Invalid" and not told:
        root.breaks("the credentials are invalid")


def _take(walk: Walk, manifest: Node, bound: str) -> None:
    """Make the record of a manifest; `bound` is the root of the bytes that it holds for."""
    if not manifest.fields():
        manifest.breaks("there is no active manifest")
        return
    draft, signed = walk.draft(), manifest.at("signature_info")
    actions = [
        action for one in manifest.at("assertions").items()
        if re.match(r"c2pa\.actions(\.v\d)?(__\d+)?$", one.at("label").text())
        for action in one.at("data", "actions").items()
    ]  # fmt: skip
    upstreams, models = _ingredients(draft, manifest)
    by = joined(signed.at("issuer").text(), signed.at("common_name").text())
    evidence: list[Proof] = []
    if by:
        draft.proof(evidence, Proof("assertion", digest=walk.document.digest, by=by), signed)
    name = draft.text("/subject/name", manifest.at("title")) or Path(walk.document.name).name
    walk.records.append(draft.record(Record(
        Subject(name, bound, bytes=len(walk.document.data) if bound else None),
        _origins(draft, actions),
        _generators(draft, actions, models),
        upstreams,
        method=_method(draft, actions),
        issuer=_author(draft, manifest) or by,
        evidence=tuple(evidence),
        issued=draft.date("/issued", signed.at("time")),
    )))  # fmt: skip


def _method(draft: Draft, actions: list[Node]) -> str:
    """The actions in their order, each kind once; noted where the first that is named stands."""
    named = [action for one in actions if (action := one.at("action")).text()]
    if named:
        draft.note("/method", named[0])
    return joined(*(one.text() for one in named))


def _origins(draft: Draft, actions: list[Node]) -> tuple[Origin, ...]:
    """What the actions say together: a model that changes what was there makes it edited."""
    kinds: dict[Kind, None] = {}
    for action in actions:
        told = action.at("digitalSourceType")
        term = term_of(told.value) if told else None
        if told and term is None:
            told.says(f"{str(told.value)[:80]!r} is no digital source type that is known here")
        if term:
            if term.note:
                told.says(term.note)
            draft.note("/origins/0", told)
            kinds[_kind(action, term)] = None
    if not kinds:
        return ()
    if set(kinds) == {"human", "edited"}:
        return (Origin("edited"),)
    return (Origin(next(iter(kinds)) if len(kinds) == 1 else "mixed"),)


def _kind(action: Node, term: Term) -> Kind:
    begun = action.at("action").text() in _FROM_NOTHING
    return "edited" if term.kind == "synthetic" and not begun else term.kind


def _generators(draft: Draft, actions: list[Node], models: list[tuple[str, Node]]) -> tuple[Generator, ...]:
    """The software of actions, and the models among the ingredients."""
    made: dict[Generator, None] = {}
    told: list[tuple[Generator, Node]] = [(Generator(name), node) for name, node in models if not is_blank(name)]
    for action in actions:
        agent = action.at("softwareAgent")
        if isinstance(agent.value, str):
            told.append((Generator(agent.text()), agent))
        elif agent:
            told.append((Generator(agent.at("name").text(), agent.at("version").text()), agent))
    for one, node in told:
        if one.model and one not in made:
            draft.note(f"/generators/{len(made)}", node)
            made[one] = None
    return tuple(made)


def _ingredients(draft: Draft, manifest: Node) -> tuple[tuple[Upstream, ...] | None, list[tuple[str, Node]]]:
    """What it came from, and the models that were put in: a model is no source, but what made it."""
    found, models = [], []
    for one in manifest.at("ingredients").items():
        name = one.at("title").text() or one.at("instance_id").text() or one.at("document_id").text()
        kinds = [kind.at("type").text() for kind in _data_types(one)]
        relation = one.at("relationship").text()
        if not name:
            continue
        if relation == "inputTo" and any(kind.startswith("c2pa.types.model") for kind in kinds):
            models.append((name, one))
        else:
            found.append((Upstream(name, op=_OPERATIONS.get(relation, "derive")), one))
    return draft.upstreams(found) or None, models


def _data_types(one: Node) -> list[Node]:
    inner = one.at("data")
    return one.at("data_types").items() + (inner.at("data_types").items() if isinstance(inner.value, dict) else [])


def _author(draft: Draft, manifest: Node) -> str:
    """Who is told to have made the asset."""
    said: list[Any] = []
    for one in manifest.at("assertions").items():
        if one.at("label").text().startswith("stds.schema-org.CreativeWork"):
            for author in one.at("data", "author").each():
                said.append(author.at("name").text())
                draft.note("/issuer", author)
    return joined(*said)

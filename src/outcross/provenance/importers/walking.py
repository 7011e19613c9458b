"""Walking through a document that may hold anything: each value with its place, each surprise as a defect.

A part of another type than its standard allows is a defect that breaks the file; it reads as absent, so that a file
shows all its defects at once.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from outcross.provenance.documents import Document, pointer
from outcross.provenance.forms import DATE, is_blank
from outcross.provenance.importers import Defect, Imported, Places
from outcross.provenance.reading import clipped, says_nothing
from outcross.provenance.record import Proof, Record, Upstream

_HEX = re.compile(r"[0-9a-fA-F]+")
_NAME = "/subject/name"
_WORDS = {str: "text", int: "a whole number", dict: "an object", list: "a list", bool: "true or false"}


@dataclass(frozen=True)
class Node:
    """A value in a document.

    Attributes:
        value: what stands there; None where nothing does.
        pointer: where, as a JSON pointer.
        defects: of the whole document, to which surprises are added.
        sealed: whether it was decoded from one value of the file, whose pointer all its parts then share.
    """

    value: Any
    pointer: str
    defects: dict[Defect, None]
    sealed: bool = False

    def __bool__(self) -> bool:
        """Whether anything stands there."""
        return self.value is not None

    def at(self, *steps: str | int) -> "Node":
        """The value at these steps, of which each goes down one level."""
        node = self
        for step in steps:
            node = node._under(step)
        return node

    def _under(self, step: str | int) -> "Node":
        inner = self.value
        if isinstance(inner, list):
            found = inner[step] if isinstance(step, int) and step < len(inner) else None
        else:
            found = self.fields().get(str(step))
        place = self.pointer if self.sealed else self.pointer + pointer(step)
        return Node(found, place, self.defects, self.sealed)

    def fields(self) -> dict[str, Any]:
        """The object that stands there; empty where none does."""
        made: dict[str, Any] = self._typed(dict, {})
        return made

    def items(self) -> list["Node"]:
        """The items of the list that stands there."""
        return [self._under(place) for place in range(len(self._typed(list, [])))]

    def each(self) -> list["Node"]:
        """The items of the list that stands there, or the one value that stands there instead of a list."""
        if isinstance(self.value, list):
            return self.items()
        return [self] if self else []

    def members(self) -> Iterator[tuple[str, "Node"]]:
        """Names and values of the object that stands there."""
        for name in self.fields():
            yield name, self._under(name)

    def text(self) -> str:
        """The text that stands there, without the space around it; empty where none does that can be seen and kept."""
        made: str = self._typed(str, "").strip()
        return "" if is_blank(made) or "\0" in made else made

    def count(self) -> int | None:
        """The number from 0 that stands there, which may be written as text; None where none does."""
        value = self.value
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
            value = int(value)
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
            return value
        self.breaks("this should be a whole number from 0")
        return None

    def date(self) -> str:
        """The date or time that stands there, ISO 8601; a text that is none is noted and reads as absent.

        Of a time without its zone only the day is taken.
        """
        said = self.text()
        found = _date_of(said)
        if said and not found:
            self.says(f"{said[:40]!r} is no date (ISO 8601), so it is left out")
        return found

    def _typed(self, kind: type, absent: Any) -> Any:
        if self.value is None:
            return absent
        if type(self.value) is not kind:
            self.breaks(f"this should be {_WORDS[kind]}")
            return absent
        return self.value

    def requires(self, *names: str, why: str = "which the standard requires") -> None:
        """Note as a breaking defect each of these fields that is not there."""
        for name in names:
            if self.fields().get(name) is None:
                self.breaks(f"it has no {name!r}, {why}")

    def says(self, said: str) -> None:
        """Note something misleading."""
        self._tell(Defect(self.pointer, said))

    def breaks(self, said: str) -> None:
        """Note that a rule of the standard is broken."""
        self._tell(Defect(self.pointer, said, broken=True))

    def _tell(self, one: Defect) -> None:
        self.defects[one] = None


def _date_of(said: str) -> str:
    """The date as a record holds it; empty where a text is none."""
    try:
        return str(DATE.read(said))
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(said)
        return str(DATE.read(moment.isoformat() if moment.tzinfo else moment.date().isoformat()))
    except ValueError:
        return ""


@dataclass
class Walk:
    """One reading of a document: its root, its defects, and the records that are made of it.

    Attributes:
        document: that is read.
        standard: title and version.
        defects: found so far.
        records: made so far.
    """

    document: Document
    standard: str
    defects: dict[Defect, None] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)

    @property
    def root(self) -> Node:
        """The whole document."""
        return Node(self.document.value, "", self.defects)

    def draft(self) -> "Draft":
        """A record to be made, with nothing noted yet."""
        return Draft(Places(self.document))

    def done(self) -> Imported:
        """What was read; no record where the standard's rules are broken, or a record would have no name."""
        broken = any(one.broken for one in self.defects)
        if not broken and not all(one.name for one in self.records):
            self.root.breaks("a data set that it describes has no name")
            broken = True
        records = () if broken else tuple(self.records)
        return Imported(self.standard, self.document.digest, records, tuple(self.defects))


@dataclass
class Draft:
    """Notes, while a record is made, where its values were read.

    Attributes:
        places: noted so far.
        proven: what already speaks for the record.
    """

    places: Places
    proven: set[Proof] = field(default_factory=set)

    def text(self, target: str, node: Node) -> str:
        """The text of a node, noted as the value of the record's field at `target`.

        One that says nothing ("TODO") is none, but for a name: a thing may be called anything.
        """
        return self._kept(target, node, clipped(node.text()) if target == _NAME else _telling(node))

    def date(self, target: str, node: Node) -> str:
        """The date of a node, noted likewise."""
        return self._kept(target, node, node.date())

    def count(self, target: str, node: Node) -> int | None:
        """The number of a node, noted likewise."""
        found = node.count()
        if found is not None:
            self.places.note(target, node.pointer)
        return found

    def texts(self, target: str, nodes: list[Node]) -> tuple[str, ...]:
        """The texts of nodes, each once, noted as the items of the record's list at `target`."""
        made: dict[str, None] = {}
        for node in nodes:
            said = _telling(node)
            if said and said not in made:
                self.places.note(f"{target}/{len(made)}", node.pointer)
                made[said] = None
        return tuple(made)

    def first(self, target: str, nodes: list[Node]) -> str:
        """The first text of nodes that is not empty, noted."""
        return next((said for node in nodes if (said := self.text(target, node))), "")

    def note(self, target: str, node: Node) -> None:
        """Note that the record's field at `target` was read at a node."""
        self.places.note(target, node.pointer)

    def trained(self, node: Node) -> str:
        """The method of a model, which stands at a node that says that it is one."""
        self.note("/method", node)
        return "model trained on its sources"

    def proof(self, evidence: list[Proof], one: Proof, node: Node) -> None:
        """Add what speaks for the record, noted."""
        if one not in self.proven:
            self.proven.add(one)
            self.note(f"/evidence/{len(evidence)}", node)
            evidence.append(one)

    def upstreams(self, found: list[tuple[Upstream, Node]]) -> tuple[Upstream, ...]:
        """Sources that the record's came from, each once, noted."""
        made: dict[str, Upstream] = {}
        for one, node in found:
            if one.id not in made:
                self.note(f"/derived_from/{len(made)}", node)
                made[one.id] = one
        return tuple(made.values())

    def record(self, made: Record) -> Record:
        """The record with its places."""
        return made.with_given(self.places.noted)

    def _kept(self, target: str, node: Node, found: str) -> str:
        if found:
            self.note(target, node)
        return found


def _telling(node: Node) -> str:
    """The text of a node that is more than the place of one: no "TODO", no "unknown"."""
    said = node.text()
    if said and says_nothing(said):
        node.says(f"{said[:60]!r} says nothing, so it is left out")
        return ""
    return clipped(said)


def sha256_of(said: str) -> str:
    """A SHA-256 as `sha256:<hex>`, where that is what a text is; else empty."""
    bare = said.strip().removeprefix("sha256:")
    return f"sha256:{bare.lower()}" if len(bare) == 64 and _HEX.fullmatch(bare) else ""


def root_of(digests: dict[str, str]) -> str:
    """The root of a manifest of files: of their SHA-256 by name. Empty of none.

    Source: OpenSSF Model Signing 1.0, the subject's digest.
    """
    if not digests:
        return ""
    raw = b"".join(bytes.fromhex(digests[name].removeprefix("sha256:")) for name in sorted(digests))
    return f"sha256:{sha256(raw).hexdigest()}"


def joined(*said: str) -> str:
    """Texts one after the other, each once, those that are empty left out."""
    return "; ".join(dict.fromkeys(one for one in said if one))

"""Records of the Data Provenance Initiative: JSON, one object by data set, several in a file.

Fields by the initiative's own template (https://github.com/Data-Provenance-Initiative/Data-Provenance-Collection).
"Model Generated" names what wrote the text. "Human Annotation" tells of labels, but annotators of instructions write
text as well: where both are told the text is mixed. An empty value says nothing: never that people wrote something.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from outcross.provenance.documents import Document, pointer
from outcross.provenance.importers import Imported, Places
from outcross.provenance.licences import licence_of
from outcross.provenance.reading import Placed, Reading, members, says_nothing
from outcross.provenance.record import Generator, Kind, Operation, Origin, Proof, Record, Subject, Upstream

TITLE = "Data Provenance Initiative"

_NAME, _MODELS, _ANNOTATED = "Unique Dataset Identifier", "Model Generated", "Human Annotation"
_SOURCES, _FROM = "Text Sources", "Derived from Datasets"
_TELLING = {_NAME, _MODELS, _ANNOTATED, _FROM, "Dataset Filter IDs"}
_TEXTS = ("Dataset Name", "Collection", "Dataset URL", "Hugging Face URL", "License Notes", "License Verified By")
_LISTS = (_MODELS, _SOURCES, _FROM, "Creators", "Task Categories", "Licenses")

_FIXED = re.compile(r"templates?|rules?|rule-based|scripts?|program(?:matic|s)?", re.IGNORECASE)
"""What wrote by fixed rules, and is no model."""

_NO_ONE_MODEL = re.compile(r"others?|various|unspecified|openai playground|.*internal models?", re.IGNORECASE)
_BY_PEOPLE = re.compile(
    r"humans?|human[- ]written|crowd-?sourced?(?: \([\w ]*\))?|(?:expert )?annotators", re.IGNORECASE
)
_A_MODEL = re.compile(
    r"\b(?:gpt|chatgpt|llama|claude|palm|bard|gemini|mistral|mixtral|vicuna|falcon|bloomz?|flan-t5|codex|text-davinci"
    r"|davinci)\b|\bgpt-?\d|language models?\b",
    re.IGNORECASE,
)
_TRANSLATOR = re.compile(r"deepl|.*\btranslat(?:e|or|ion)\b.*|nllb.*|m2m-?100.*", re.IGNORECASE)
_TEMPLATE = re.compile(r"(?:string|int|list\[\w+\]) *(?:\([^)]*\))? *:", re.IGNORECASE)


def recognises(document: Document) -> bool:
    """Whether it is a mapping of records, or one, with the initiative's fields."""
    value = document.value
    if not isinstance(value, dict):
        return False
    return any(isinstance(one, dict) and len(_TELLING & one.keys()) >= 2 for one in (value, *value.values()))


def read(document: Document) -> Imported:
    """Every data set that the file describes."""
    reading = Reading(document)
    value = reading.mapping(document.value, "")
    if len(_TELLING & value.keys()) >= 2:
        if not _refuse_template(reading, value, ""):
            reading.broken("", "it is no mapping of records by identifier: a record's fields stand at the top")
        return reading.imported(TITLE, ())
    return reading.imported(TITLE, tuple(_record(reading, one, place, key) for key, one, place in members(value, "")))


def _refuse_template(reading: Reading, told: dict[str, Any], place: str) -> bool:
    """Whether a record is the template that people fill in, or the list of its types."""
    at = place + pointer(_NAME)
    match told.get(_NAME):
        case str() as text if _TEMPLATE.match(text):
            reading.broken(at, "it is the template: the description of a value stands in the place of one")
        case [str() as kind, *_] if kind in ("str", "int", "list", "float"):
            reading.broken(at, "it is the list of types: types stand in the place of values")
        case _:
            return False
    return True


def _record(reading: Reading, value: Any, place: str, key: str) -> Record:
    told = reading.mapping(value, place)
    places = Places(reading.document)
    if not key.strip():
        reading.broken(place, "its identifier is empty")
    if not told or _refuse_template(reading, told, place):
        return Record(Subject(key))
    if not isinstance(told.get(_NAME), str) or not told[_NAME].strip():
        reading.broken(place, f"{_NAME!r} is missing, or no text")
    elif told[_NAME] != key:
        reading.remark(place + pointer(_NAME), f"it must be the key it stands under, {key[:80]!r}")
    one = _Told(reading, places, told, place)
    record = Record(one.subject(key), one.origins(), one.generators(), one.upstream())
    record = replace(
        record, method=one.method(), issuer=one.joined("Creators", "/issuer"), license=one.licences(),
        intended_use=one.joined("Task Categories", "/intended_use"), evidence=one.evidence(),
    )  # fmt: skip
    return record.with_given(places.noted)


class _Told:
    """What one record tells, field by field.

    Args:
        reading: of the document. places: where values were read. told: the record. place: where it stands.
    """

    def __init__(self, reading: Reading, places: Places, told: dict[str, Any], place: str) -> None:
        self.reading, self.places, self.told, self.place = reading, places, told, place
        for name in _TEXTS:
            reading.text(told.get(name), place + pointer(name))
        for name in _LISTS:
            if told.get(name) not in ("", None) and not isinstance(told[name], list):
                reading.broken(place + pointer(name), "a list is expected")

    def texts(self, name: str) -> list[Placed]:
        """The texts of a list that say something."""
        found = self.reading.texts(self.told.get(name), self.place + pointer(name))
        return [(text, at) for text, at in found if not says_nothing(text)]

    def joined(self, name: str, target: str) -> str:
        """The texts of a list as one."""
        if not (found := self.texts(name)):
            return ""
        self.places.note(target, self.place + pointer(name))
        return "; ".join(text for text, _ in found)

    def subject(self, key: str) -> Subject:
        """Its identifier, and the number of its dialogues."""
        if isinstance(self.told.get(_NAME), str):
            self.places.note("/subject/name", self.place + pointer(_NAME))
        at = self.place + pointer("Text Metrics")
        dialogues = self.reading.mapping(self.told.get("Text Metrics") or None, at).get("Num Dialogs")
        count = self.reading.count(dialogues, f"{at}/Num Dialogs")
        if count is not None:
            self.places.note("/subject/records", f"{at}/Num Dialogs")
        return Subject(key, records=count)

    def models(self) -> list[Placed]:
        """What wrote the text, models and fixed rules; also where a source of the text is a model."""
        named = self.texts(_MODELS)
        also = [(text, at) for text, at in self.texts(_SOURCES) if _A_MODEL.search(text)]
        if also and not named:
            self.reading.remark(also[0][1], f"a source of the text is a model, and {_MODELS!r} names none")
        return named + [(text, at) for text, at in also if text not in {one for one, _ in named}]

    def generators(self) -> tuple[Generator, ...]:
        """The models, each with where it was named; templates are none."""
        found = _once((text, at) for text, at in self.models() if not _FIXED.fullmatch(text))
        for index, (text, at) in enumerate(found):
            self.places.note(f"/generators/{index}/model", at)
            if _NO_ONE_MODEL.fullmatch(text):
                self.reading.remark(at, f"{text[:60]!r} names no one model")
        return tuple(Generator(text) for text, _ in found)

    def origins(self) -> tuple[Origin, ...]:
        """Of the text, by what wrote it and where it is from; of the labels, where people annotated."""
        kind, at = self._text_kind()
        found = []
        if kind != "unknown":
            self.places.note("/origins/0/kind", at)
            found.append(Origin(kind))
        if self._annotated():
            self.places.note(f"/origins/{len(found)}/kind", self.place + pointer(_ANNOTATED))
            found.append(Origin("human", "labels"))
        return tuple(found)

    def _text_kind(self) -> tuple[Kind, str]:
        """What the text consists of, and what tells it."""
        models = self.models()
        if not models:
            sources = self.texts(_SOURCES)
            by_people = bool(sources) and all(_BY_PEOPLE.fullmatch(text) for text, _ in sources)
            return ("human" if by_people else "unknown"), self.place + pointer(_SOURCES)
        place = self.place + pointer(_MODELS) if self.texts(_MODELS) else models[0][1]
        fixed = [_FIXED.fullmatch(text) is not None for text, _ in models]
        if all(fixed):
            return "procedural", place
        if any(fixed) or self._others_too():
            self.reading.remark(place, "how much of the text is by models, and how much is not, is not told")
            return "mixed", place
        return "synthetic", place

    def _others_too(self) -> bool:
        """Whether text of other sources than models is told of: taken from somewhere, or written by annotators."""
        sources = [text for text, _ in self.texts(_SOURCES)]
        return self._annotated() or not all(_A_MODEL.search(text) or _FIXED.fullmatch(text) for text in sources)

    def _annotated(self) -> bool:
        at = self.place + pointer(_ANNOTATED)
        said = self.reading.text(self.told.get(_ANNOTATED), at)
        if said.casefold() not in ("yes", "no"):
            self.reading.remark(at if _ANNOTATED in self.told else self.place, f"{_ANNOTATED!r} is neither Yes nor No")
        return said.casefold() == "yes"

    def upstream(self) -> tuple[Upstream, ...] | None:
        """The data sets it came from; an empty list says nothing."""
        found = _once(self.texts(_FROM))
        for index, (_, at) in enumerate(found):
            self.places.note(f"/derived_from/{index}/id", at)
        made = [text for text, _ in self.models()]
        op: Operation = "translate" if made and all(map(_TRANSLATOR.fullmatch, made)) else "derive"
        return tuple(Upstream(text, op=op) for text, _ in found) or None

    def method(self) -> str:
        """Where the text was taken from."""
        sources = self.joined(_SOURCES, "/method")
        return f"text from: {sources}" if sources else ""

    def licences(self) -> tuple[str, ...]:
        """Of all parts, each once."""
        found: dict[str, None] = {}
        at = self.place + pointer("Licenses")
        licences = self.told.get("Licenses")
        for index, value in enumerate(licences if isinstance(licences, list) else []):
            where = at + pointer(index)
            told = self.reading.mapping(value, where)
            name, remark = licence_of(self.reading.text(told.get("License"), f"{where}/License"))
            if remark:
                self.reading.remark(f"{where}/License", remark)
            if name and name not in found:
                self.places.note(f"/license/{len(found)}", f"{where}/License")
                found[name] = None
        return tuple(found)

    def evidence(self) -> tuple[Proof, ...]:
        """The record itself: what the initiative's people wrote down."""
        by = self.reading.text(self.told.get("License Verified By"), self.place + pointer("License Verified By"))
        site = self.reading.text(self.told.get("Dataset URL"), self.place + pointer("Dataset URL"))
        self.places.note("/evidence/0", self.place)
        self.places.noted["/evidence/0"] = _without_said(self.places.noted["/evidence/0"])
        named = TITLE if says_nothing(by) else f"{TITLE} ({by})"
        return (Proof("declaration", 1, "" if says_nothing(site) else site, self.reading.document.digest, named),)


def _once(found: Iterable[Placed]) -> list[Placed]:
    """Texts, each once, with where it was first told."""
    first: dict[str, str] = {}
    for text, at in found:
        first.setdefault(text, at)
    return list(first.items())


def _without_said(given: Any) -> Any:
    """Where a whole record stands, without the record once more."""
    return type(given)(given.file, given.pointer)

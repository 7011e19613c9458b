"""Cards of data sets on the Hugging Face hub: the YAML front matter of a README.

Who wrote the text (`language_creators`) and who labelled it (`annotations_creators`) are two questions. Options and
meaning: https://github.com/huggingface/hub-docs/blob/main/datasetcard.md and the older tagging application. "found"
says nothing of who wrote something; "machine-generated" does not tell a model from another program, and counts as
synthetic. "original" says that no other data set was extended.
"""

import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from outcross.provenance.documents import Document, pointer
from outcross.provenance.importers import Imported, Places
from outcross.provenance.licences import licence_of
from outcross.provenance.reading import Placed, Reading, members, says_nothing, total
from outcross.provenance.record import TEXT, Kind, Origin, Proof, Record, Subject, Upstream

TITLE = "Hugging Face dataset card"

_OWN = {
    "annotations_creators", "language_creators", "source_datasets", "size_categories", "task_categories", "task_ids",
    "pretty_name", "dataset_info", "configs", "multilinguality", "paperswithcode_id", "license", "licenses", "language",
    "languages", "tags", "viewer", "annotations-creators", "language-creators", "source-datasets", "license_name",
}  # fmt: skip
_OF_MODELS = {"base_model", "model-index", "library_name", "pipeline_tag", "datasets", "metrics", "inference"}
_OF_DATA = {"annotations_creators", "language_creators", "source_datasets", "dataset_info", "size_categories"}

_WORDS: dict[str, Kind] = {
    "machinegenerated": "synthetic", "expertgenerated": "human", "crowdsourced": "human", "found": "unknown",
    "other": "unknown", "noannotation": "unknown",
}  # fmt: skip
_SPELT = {
    "machinegenerated": "machine-generated", "expertgenerated": "expert-generated", "crowdsourced": "crowdsourced",
    "found": "found", "other": "other", "noannotation": "no-annotation",
}  # fmt: skip
_SYNTHETIC_TAG = re.compile(
    r"synthetic(?:[-_ ](?:data(?:set)?|text))?|llm[-_ ]generated|ai[-_ ]generated", re.IGNORECASE
)


def recognises(document: Document) -> bool:
    """Whether it is a Markdown file with front matter, or YAML with a key of data sets' cards."""
    if document.form != "yaml":
        return False
    is_markdown = PurePath(document.name).suffix.casefold() in (".md", ".markdown")
    return is_markdown or (isinstance(document.value, dict) and bool(_OF_DATA & document.value.keys()))


def read(document: Document) -> Imported:
    """The data set of a card."""
    reading = Reading(document)
    if document.form != "yaml":
        reading.broken("", "it has no front matter: no YAML between two lines of three hyphens at its beginning")
    elif not isinstance(document.value, dict):
        reading.broken("", "its front matter is no mapping of keys to values")
    elif _OF_MODELS & document.value.keys() and not _OF_DATA & document.value.keys():
        reading.broken("", "it is the card of a model, not of a data set")
    elif not _OWN & document.value.keys():
        reading.broken("", "its front matter has no key that data sets' cards have")
    else:
        return reading.imported(TITLE, (_record(reading, document.value),))
    return reading.imported(TITLE, ())


def _record(reading: Reading, told: dict[str, Any]) -> Record:
    places = Places(reading.document)
    card = _Card(reading, places, told)
    record = Record(
        card.subject(), card.origins(), derived_from=card.upstream(), license=card.licences(),
        intended_use=card.tasks(), evidence=(Proof("declaration", 1, "", reading.document.digest),),
    )  # fmt: skip
    return record.with_given(places.noted)


class _Card:
    """The front matter of a card, field by field.

    Args:
        reading: of the document. places: where values were read. told: the front matter.
    """

    def __init__(self, reading: Reading, places: Places, told: dict[str, Any]) -> None:
        self.reading, self.places, self.told = reading, places, told

    def flat(self, key: str) -> list[Placed]:
        """The texts of a key: one, a list, or lists by configuration; hyphens in a key are read as underscores."""
        found: list[Placed] = []
        for name in (key, key.replace("_", "-")) if "_" in key else (key,):
            value = self.told.get(name)
            parts = members(value, pointer(name)) if isinstance(value, dict) else ((name, value, pointer(name)),)
            for _, one, place in parts:
                found.extend(self.reading.texts(one, place))
        return found

    def at(self, key: str) -> str:
        """Where the values of a key stand."""
        return pointer(key if key in self.told else key.replace("_", "-"))

    def subject(self) -> Subject:
        """Its name, and its sizes where one configuration tells them."""
        count, size = self._sizes()
        for key in ("pretty_name", "paperswithcode_id"):
            named = [(text, at) for text, at in self.flat(key) if not says_nothing(text)]
            if named:
                self.places.note("/subject/name", named[0][1])
                return Subject(named[0][0], records=count, bytes=size)
        path = PurePath(self.reading.document.name)
        name = path.parent.name if path.stem.casefold() == "readme" and path.parent.name else path.stem
        self.reading.remark("", f"it tells no name: it is called after its file, {name[:80]!r}")
        return Subject(name, records=count, bytes=size)

    def _sizes(self) -> tuple[int | None, int | None]:
        """Documents and bytes; those of several configurations may be the same ones, and are not added up."""
        told = self.told.get("dataset_info")
        at, value = (
            ("/dataset_info/0", told[0]) if isinstance(told, list) and len(told) == 1 else ("/dataset_info", told)
        )
        if isinstance(value, list):
            self.reading.remark(
                at, "it has several configurations, which may hold the same documents: no size is taken"
            )
            return None, None
        info = self.reading.mapping(value, at)
        size = self.reading.count(info.get("dataset_size"), f"{at}/dataset_size")
        if size is not None:
            self.places.note("/subject/bytes", f"{at}/dataset_size")
        return self._documents(info.get("splits"), f"{at}/splits"), size

    def _documents(self, splits: Any, place: str) -> int | None:
        """Documents of all splits; None where one does not tell them."""
        if splits is None:
            return None
        if not isinstance(splits, list):
            self.reading.broken(place, "a list of splits is expected")
            return None
        told = [self.reading.mapping(one, place + pointer(at)) for at, one in enumerate(splits)]
        counts = [
            self.reading.count(one.get("num_examples"), f"{place}/{at}/num_examples") for at, one in enumerate(told)
        ]
        if (found := total(counts)) is not None:
            self.places.note("/subject/records", place)
        return found

    def origins(self) -> tuple[Origin, ...]:
        """Of the text and of the labels, where the card tells anything of them."""
        found: list[Origin] = []
        for key, scope in (("language_creators", TEXT), ("annotations_creators", "labels")):
            kind, at = self._kind(key)
            if scope == TEXT:
                kind, at = self._tagged(kind, at)
            if kind != "unknown":
                self.places.note(f"/origins/{len(found)}/kind", at)
                found.append(Origin(kind, scope))
        return tuple(found)

    def _kind(self, key: str) -> tuple[Kind, str]:
        """What follows from the creators of a key: a mix where a machine and anybody else are named."""
        words = list(self._words(key))
        kinds = {_WORDS[word] for word in words if word in _WORDS and word != "noannotation"}
        for word in ("found", "other"):
            if word in words:
                self.reading.remark(self.at(key), f"{word!r} does not tell who made it")
        if not kinds:
            return "unknown", self.at(key)
        if len(kinds) == 1 and set(words) <= _WORDS.keys():
            return kinds.pop(), self.at(key)
        return ("mixed" if "synthetic" in kinds else "unknown"), self.at(key)

    def _words(self, key: str) -> Iterator[str]:
        """The creators of a key as the words of the list of options; what is no such word is kept, and noted."""
        for text, place in self.flat(key):
            parts = [part for part in re.split(r"[,;/]| and ", text) if part.strip()]
            if len(parts) > 1:
                self.reading.remark(place, f"{text[:80]!r} is several values in one")
            for part in parts:
                word = re.sub(r"[\W_]", "", part.casefold())
                known = next((one for one in _WORDS if word in (one, f"{one}s")), word)
                if known not in _WORDS:
                    self.reading.remark(place, f"{part.strip()[:60]!r} is none of the options: it says nothing here")
                elif part.strip() != _SPELT[known]:
                    self.reading.remark(place, f"{part.strip()[:60]!r} is read as {_SPELT[known]!r}")
                yield known

    def _tagged(self, kind: Kind, at: str) -> tuple[Kind, str]:
        """What a tag adds: that there is synthetic text, not how much."""
        tags = self.told.get("tags")
        items = list(enumerate(tags)) if isinstance(tags, list) else []
        found = next(
            (index for index, tag in items if isinstance(tag, str) and _SYNTHETIC_TAG.fullmatch(tag.strip())), None
        )
        if found is None or kind in ("synthetic", "mixed"):
            return kind, at
        place = f"/tags/{found}"
        if kind == "human":
            self.reading.remark(place, "the tag contradicts language_creators, which names only people")
        return "mixed", place

    def upstream(self) -> tuple[Upstream, ...] | None:
        """The data sets that it extends; none for an original one, None where nobody said."""
        found: list[Upstream] = []
        unnamed = original = False
        for text, place in self.flat("source_datasets"):
            source = re.sub(r"^extended(?:[|:/]|$)", "", text.strip(), flags=re.IGNORECASE)
            source = re.sub(r"^other-", "", source)
            if source.casefold() == "original":
                original = True
            elif says_nothing(source) or source.casefold() == "other":
                self.reading.remark(place, f"{text[:60]!r} does not name the data set that was extended")
                unnamed = True
            elif source not in (one.id for one in found):
                self.places.note(f"/derived_from/{len(found)}/id", place)
                found.append(Upstream(source))
        return self._root(found, original=original, unnamed=unnamed)

    def _root(self, found: list[Upstream], *, original: bool, unnamed: bool) -> tuple[Upstream, ...] | None:
        if found and (original or unnamed):
            self.reading.remark(
                self.at("source_datasets"), "a part of it does not come from the data sets that it names"
            )
        if original and not found and not unnamed:
            self.places.note("/derived_from", self.at("source_datasets"))
            return ()
        return tuple(found) or None

    def licences(self) -> tuple[str, ...]:
        """Of the card, each once; where it says "other", the licence that it links to or names."""
        found: dict[str, str] = {}
        for key in ("license", "licenses"):
            for text, place in self.flat(key):
                name, remark = licence_of(text)
                linked, where = (name, place) if name else self._other(place)
                if linked:
                    found.setdefault(linked, where)
                else:
                    self.reading.remark(place, remark)
        for index, place in enumerate(found.values()):
            self.places.note(f"/license/{index}", place)
        return tuple(found)

    def _other(self, place: str) -> Placed:
        """The licence that stands beside the word "other"."""
        for key in ("license_link", "license_name"):
            for text, where in self.flat(key):
                if not says_nothing(text):
                    return text, where
        return "", place

    def tasks(self) -> str:
        """What it is meant for: its categories of tasks."""
        found = dict.fromkeys(text for text, _ in self.flat("task_categories") if not _no_task(text))
        if found:
            self.places.note("/intended_use", self.at("task_categories"))
        return "; ".join(found)


def _no_task(text: str) -> bool:
    return says_nothing(text) or text.casefold() == "other"

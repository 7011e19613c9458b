"""OpenLineage events: what runs of jobs read and wrote.

An event whose `inputs` are empty says that none were seen; only the facet `lineage` can say that there are none, by an
empty list of its own. Source: https://openlineage.io/spec/2-0-2/OpenLineage.json and facets/1-0-0/LineageJobFacet.json.
"""

from dataclasses import dataclass, field

from outcross.provenance.documents import Document
from outcross.provenance.importers import Imported
from outcross.provenance.importers.walking import Draft, Node, Walk, joined
from outcross.provenance.record import Operation, Period, Proof, Record, Subject, Upstream

TITLE = "OpenLineage"

_FAILED = ("FAIL", "ABORT")
_OPERATIONS: dict[str, Operation] = {"FILTER": "filter", "IDENTITY": "copy", "UNION": "mix"}


@dataclass
class _Told:
    """What events say of one data set that was written.

    Attributes:
        node: where it was told of first, in an event of a run that completed if there is one.
        events: that wrote it. upstreams: that they name, or None. root: whether it is told to have none.
    """

    node: Node
    events: list[Node] = field(default_factory=list)
    upstreams: list[tuple[Upstream, Node]] = field(default_factory=list)
    root: bool = False
    completed: bool = False


def recognises(document: Document) -> bool:
    """Whether it is an event of OpenLineage, or a list of them."""
    events = document.value if isinstance(document.value, list) else [document.value]
    return bool(events) and all(_is_event(one) for one in events)


def _is_event(one: object) -> bool:
    if not isinstance(one, dict):
        return False
    if "openlineage.io" in str(one.get("schemaURL", "")).casefold():
        return True
    told = {"eventTime", "run", "inputs", "outputs"} & set(one)
    stated = one.get("eventType") in ("START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER")
    return ("job" in one and (stated or len(told) >= 2)) or ("dataset" in one and {"eventTime", "producer"} <= set(one))


def read(document: Document) -> Imported:
    """The data sets that were written, each with what they were made of."""
    walk = Walk(document, "OpenLineage")
    events = walk.root.items() if isinstance(document.value, list) else [walk.root]
    found: dict[str, _Told] = {}
    for event in events:
        _take(event, found)
    for name, told in found.items():
        walk.records.append(_record(walk, name, told))
    if not found:
        read_only = joined(*(_id(one) for event in events for one in event.at("inputs").items()))
        walk.root.says("no data set is written" + (f"; read are {read_only[:200]}" if read_only else ""))
    return walk.done()


def _take(event: Node, found: dict[str, _Told]) -> None:
    state = event.at("eventType").text()
    if "dataset" not in event.fields():
        event.requires("job")
    written = event.at("outputs").items() + event.at("dataset").each()
    if state in _FAILED:
        for one in written:
            one.says("the run that was to write it failed, so nothing is taken")
        return
    for one in written:
        one.requires("namespace", "name")
        told = found.setdefault(_id(one), _Told(one))
        if state == "COMPLETE" and not told.completed:
            told.node, told.completed = one, True
        told.completed |= not state
        told.events.append(event)
        _sources(event, one, told)


def _sources(event: Node, one: Node, told: _Told) -> None:
    """The upstreams that an event tells of a data set: its own facet says most, then the job's, then the inputs."""
    name = _id(one)
    for facet in _facets(event, one):
        told.root |= facet.at("inputs").value == []
        for entry in [facet, *(column for _, column in facet.at("fields").members())]:
            _named(entry.at("inputs"), name, told)
    columns = one.at("facets", "columnLineage")
    for _, column in columns.at("fields").members():
        _named(column.at("inputFields"), name, told)
    _named(columns.at("dataset"), name, told)
    _named(event.at("inputs"), name, told)


def _facets(event: Node, one: Node) -> list[Node]:
    """The facets of lineage that speak of a data set."""
    made = [one.at("facets", "lineage")] if one.at("facets", "lineage") else []
    for owner in ("job", "run"):
        made += [entry for entry in event.at(owner, "facets", "lineage", "lineage").items() if _id(entry) == _id(one)]
    return made


def _named(inputs: Node, name: str, told: _Told) -> None:
    for one in inputs.items():
        one.requires("namespace", "name")
        if one.at("type").text() == "JOB":
            continue
        if _id(one) == name:
            one.says("the data set was read by the run that wrote it: what it was before is not told")
        elif _id(one):
            told.upstreams.append((Upstream(_id(one), op=_operation(one)), one))


def _operation(one: Node) -> Operation:
    """How data came from an input, where all transformations that are told are of one kind."""
    kinds = {part.at("subtype").text() for part in one.at("transformations").items()}
    return _OPERATIONS.get(kinds.pop(), "derive") if len(kinds) == 1 else "derive"


def _id(one: Node) -> str:
    space, name = one.at("namespace").text(), one.at("name").text()
    return f"{space.rstrip('/')}/{name.lstrip('/')}" if space and name else name


def _record(walk: Walk, name: str, told: _Told) -> Record:
    draft, one, event = walk.draft(), told.node, told.events[-1]
    facets, evidence = one.at("facets"), list[Proof]()
    draft.note("/subject/name", one.at("name"))
    statistics = one.at("outputFacets", "outputStatistics")
    subject = Subject(name, bytes=draft.count("/subject/bytes", statistics.at("size")),
                      records=draft.count("/subject/records", statistics.at("rowCount")))  # fmt: skip
    draft.proof(evidence, Proof("declaration", uri=facets.at("dataSource", "uri").text(),
                                by=event.at("producer").text()), one.at("name"))  # fmt: skip
    if not told.completed:
        one.says("no event says that the run which writes it has completed")
    return draft.record(Record(
        subject,
        derived_from=_derived(draft, told),
        generation_period=_period(draft, told.events),
        method=_method(draft, event),
        issuer=_owners(draft, facets),
        evidence=tuple(evidence),
        version=draft.first("/version", [facets.at("version", "datasetVersion")]),
        issued=_issued(draft, event),
    ))  # fmt: skip


def _derived(draft: Draft, told: _Told) -> tuple[Upstream, ...] | None:
    if told.upstreams:
        return draft.upstreams(told.upstreams)
    if told.root:
        draft.note("/derived_from", told.node)
        return ()
    told.node.says("no input that it came from is told of: that is no word of there being none")
    return None


def _period(draft: Draft, events: list[Node]) -> Period:
    """The span that the run was for, where it is told."""
    nominal = [event.at("run", "facets", "nominalTime") for event in events]
    start = next((said for one in nominal if (said := draft.date("/generation_period/start",
                                                                 one.at("nominalStartTime")))), "")  # fmt: skip
    end = next((said for one in nominal if (said := draft.date("/generation_period/end",
                                                               one.at("nominalEndTime")))), "")  # fmt: skip
    return Period(start, end)


def _issued(draft: Draft, event: Node) -> str:
    return draft.date("/issued", event.at("eventTime"))


def _method(draft: Draft, event: Node) -> str:
    name = _id(event.at("job"))
    if name:
        draft.note("/method", event.at("job", "name"))
    return f"job {name}" if name else ""


def _owners(draft: Draft, facets: Node) -> str:
    owners = facets.at("ownership", "owners")
    said = joined(*(one.at("name").text() for one in owners.items()))
    if said:
        draft.note("/issuer", owners)
    return said

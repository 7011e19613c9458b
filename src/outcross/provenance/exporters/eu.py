"""A draft of what the EU's template asks about synthetic data in the public summary of training content.

Template C(2025) 8311 (Regulation (EU) 2024/1689, article 53(1)(d)), section 2.5: was synthetic data used, of which
modality, made by which general-purpose AI models, and by which others. The headings are our own words, not the
template's. Left out is all that section 2.5 does not ask: digests, licences, periods, lineage.
"""

from collections.abc import Iterator, Sequence

from outcross.provenance.record import Bounds, Origin, Record

TITLE = "EU summary of training content, section 2.5 (draft)"
SUFFIX = ".md"

_LONGEST = 200

_NOTE = """\
> A draft, made from provenance records. A person must check it against the template and complete it before anybody
> relies on it. *Not known* means that no record says; it does not mean no.
"""


def export(records: Sequence[Record]) -> str:
    """The section as Markdown, from the records of all sources of a training mix."""
    return draft(records, None)


def draft(records: Sequence[Record], synthetic: Bounds | None) -> str:
    """The section as Markdown.

    Args:
        records: of all sources that were trained on; one for each.
        synthetic: share of tokens that are synthetic or edited in all of them together, where it was worked out.
    """
    lines = ["# Synthetic data (section 2.5)", "", *_NOTE.splitlines(), "", "## Was synthetic data used?", "",
             _answer(records)]  # fmt: skip
    if synthetic is not None:
        low, high = (f"{100 * end:.3g}" for end in synthetic)
        lines.append(f"Of all tokens between {low} and {high} % are synthetic or were edited by a model.")
    lines += ["", "| source | text by a model | as declared by |", "|---|---|---|", *map(_source, records)]
    lines += ["", "## Of which modality?", "", _modality(records)]
    lines += ["", "## Which models made it?", "", *_models(records)]
    return "\n".join(lines) + "\n"


def made_by_models(origin: Origin) -> bool | None:
    """Whether a part of a source was written or changed by a model; None where nobody knows."""
    bounds = origin.bounds()
    synthetic, edited = bounds["synthetic"], bounds["edited"]
    if synthetic[1] == edited[1] == 0:
        return False
    if synthetic[0] > 0 or edited[0] > 0:
        return True
    return True if origin.kind == "mixed" else None


def _says(record: Record) -> bool | None:
    """Whether anything in a source was written or changed by a model."""
    found = [made_by_models(one) for one in record.origins]
    if True in found:
        return True
    return False if found and None not in found else None


def _answer(records: Sequence[Record]) -> str:
    said = [_says(one) for one in records]
    of = f"of {len(said)} sources"
    if True in said:
        rest = f"; of {said.count(None)} it is not known" if None in said else ""
        return f"**Yes**: {said.count(True)} {of} hold some{rest}."
    if None in said or not said:
        return f"**Not known**: no record says so, and {said.count(None)} {of} do not say."
    return f"**No**, as far as it was declared {of}."


def _source(record: Record) -> str:
    words = {True: "yes", False: "no", None: "not known"}[_says(record)]
    kinds = ", ".join(f"{_safe(one.scope)}: {one.kind}{_shares(one)}" for one in record.origins)
    return f"| {_safe(record.name)} | {words}{f' ({kinds})' if kinds else ''} | {_safe(record.issuer) or 'not known'} |"


def _shares(origin: Origin) -> str:
    parts = (f" {part} {100 * low:.3g} to {100 * high:.3g} %" for part, (low, high) in origin.shares.items())
    return "".join(parts)


def _modality(records: Sequence[Record]) -> str:
    scopes = {one.scope for record in records for one in record.origins if made_by_models(one)}
    if not scopes:
        return "Not known." if any(_says(one) is None for one in records) or not records else "None."
    return f"Text ({', '.join(map(_safe, sorted(scopes)))}). Records say nothing of other modalities."


def _models(records: Sequence[Record]) -> Iterator[str]:
    """A row a model, and which sources it had a hand in."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for record in records:
        for one in record.generators:
            found.setdefault((one.model, one.version, one.provider), []).append(record.name)
    silent = [one.name for one in records if _says(one) and not one.generators]
    if found:
        yield "| model | version | provider | general-purpose and on the market? | sources |"
        yield "|---|---|---|---|---|"
    for model, sources in sorted(found.items()):
        told = " | ".join(_safe(one) or "not known" for one in model)
        yield f"| {told} | not known: to be filled in | {', '.join(map(_safe, sources))} |"
    if silent:
        yield f"\nNot known, though a model had a hand in it: {', '.join(map(_safe, silent))}."
    elif not found:
        yield "Not known." if any(_says(one) is None for one in records) or not records else "None."


def _safe(text: str) -> str:
    """What others wrote, on one line and without meaning in Markdown: every sign that could have one is an entity."""
    seen = (_sign(one) for one in text[:_LONGEST])
    return "".join(seen).replace("www.", "www&#46;") + ("…" if len(text) > _LONGEST else "")


def _sign(one: str) -> str:
    if not one.isprintable():
        return ascii(one)[1:-1].replace("\\", "&#92;")
    return one if one.isalnum() or one in " .,-/()+'" else f"&#{ord(one)};"

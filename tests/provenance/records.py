"""Hypothesis strategies for provenance records, and one that tells everything."""

from hypothesis import strategies as st

from outcross.provenance.record import (
    KINDS,
    OPERATIONS,
    PARTS,
    PROOFS,
    Generator,
    Given,
    Origin,
    Period,
    Proof,
    Record,
    Subject,
    Upstream,
)  # fmt: skip

DIGEST = "sha256:" + "5f" * 32

names = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12
).filter(lambda text: any(sign.isprintable() and not sign.isspace() for sign in text))
digests = st.text("0123456789abcdef", min_size=64, max_size=64).map(lambda digits: f"sha256:{digits}")
counts = st.integers(0, 2**63 - 1)
days = st.dates().map(str)
dates = st.one_of(
    days, days.map(lambda day: day[:4]), days.map(lambda day: day[:7]),
    st.tuples(days, st.times(), st.sampled_from(["", "Z", "+02:00", "-11:30"])).map(
        lambda told: f"{told[0]}T{told[1].isoformat('seconds')}{told[2]}"
    ),
)  # fmt: skip
shares = st.floats(0, 1)


def unknown_or(strategy, unknown=""):
    return st.one_of(st.just(unknown), strategy)


@st.composite
def origins(draw, scopes=names):
    """One origin, whose shares some choice within them makes sum to 1."""
    kind = draw(st.sampled_from(KINDS))
    if kind not in ("mixed", "unknown"):
        return Origin(kind, draw(scopes))
    weights = [draw(st.integers(0, 100)) for _ in PARTS]
    whole = sum(weights) or 1
    truth = {part: weight / whole for part, weight in zip(PARTS, weights, strict=True)}
    if not sum(weights):
        truth["human"] = 1.0
    told = draw(st.sets(st.sampled_from(PARTS)))
    bounds = {part: (max(0, truth[part] - draw(shares)), min(1, truth[part] + draw(shares))) for part in sorted(told)}
    return Origin(kind, draw(scopes), bounds)


generators = st.builds(
    Generator, names, unknown_or(names), unknown_or(digests), unknown_or(names), st.sampled_from(["text", "labels"])
)
upstreams = st.builds(
    Upstream, names, unknown_or(digests), st.sampled_from(OPERATIONS), unknown_or(counts, None),
    unknown_or(shares, None),
)  # fmt: skip
proofs = st.builds(
    Proof, st.sampled_from(PROOFS), st.integers(0, 3), unknown_or(names), unknown_or(digests), unknown_or(names)
)
said = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | names, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3), max_leaves=5,
)  # fmt: skip
pointers = st.lists(names, max_size=3).map(
    lambda steps: "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)
)
givens = st.dictionaries(pointers, st.builds(Given, digests, pointers, said), max_size=3)


def lists(strategy):
    return st.lists(strategy, max_size=3).map(tuple)


@st.composite
def records(draw):
    """Records of any contents that the parser takes."""
    start, end = sorted([draw(days), draw(days)])
    issued, expires = sorted([draw(days), draw(days)])
    return Record(
        Subject(draw(names), draw(unknown_or(digests)), *(draw(unknown_or(counts, None)) for _ in range(3))),
        tuple(draw(st.lists(origins(), max_size=3, unique_by=lambda one: one.scope))),
        draw(lists(generators)),
        draw(st.none() | lists(upstreams)),
        Period(draw(st.sampled_from(["", start])), draw(st.sampled_from(["", end]))),
        *(draw(unknown_or(names)) for _ in range(2)),
        draw(lists(names)),
        draw(unknown_or(names)),
        draw(lists(proofs)),
        draw(unknown_or(names)),
        draw(st.sampled_from(["", issued])),
        draw(st.sampled_from(["", expires])),
        draw(unknown_or(digests)),
        draw(givens),
    )


def whole():
    """A record that tells every field."""
    return Record(
        Subject("books-2019", DIGEST, 10, 2, 30),
        (Origin("mixed", "text", {"human": (0.5, 1), "synthetic": (0, 0.5), "edited": (0, 0.1), "procedural": (0, 0)}),
         Origin("human", "labels")),
        (Generator("example-7b", "2025-06", DIGEST, "Example AI"),),
        (Upstream("older-books", DIGEST, "filter", 100, 0.6),),
        Period("2018", "2019-12-31"), "Scanned.", "Example Corp", ("CC-BY-4.0",), "pre-training",
        (Proof("declaration", 1, "https://data.example.com/declared", DIGEST, "data office"),),
        "1", "2026-03-15", "2027-03-15T12:00:00Z", DIGEST, {"/license/0": Given(DIGEST, "/license", "cc-by-4.0")},
    )  # fmt: skip

"""Ways to a wrong pass: what nobody proved, told the favourable way, and what is left out, pass no requirement."""

import json
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.gate.making import policy
from tests.provenance.test_sourcing import BOOKS, MIX, WRITTEN, account, signed, source, written
from tests.provenance.worked_example import ASSUMED, EXAMPLE

from outcross import sealing
from outcross.errors import DataError
from outcross.estimate import Unknown
from outcross.gate.assess import assess
from outcross.principals import make
from outcross.provenance import assembly
from outcross.provenance.account import Account
from outcross.provenance.assembly import Ground, assembled
from outcross.provenance.hashing import IGNORED, Cut
from outcross.provenance.mix import Blend, Mix, Model, Portion, Source, read_mix
from outcross.provenance.mix_evidence import evidence_of
from outcross.provenance.record import KINDS, Generator, Origin, Record, Subject, Upstream
from outcross.provenance.trust import Proofs
from outcross.store.provenance import Records
from outcross.workspace import Workspace

NOW = "2026-11-23T00:00:00+00:00"
WHEN = "2027-06-30"
PROVEN = Proofs("ed25519:k", listed=True, bytes_match=True, signature="valid", manifest_subject="sha256:" + "1" * 64)


@pytest.fixture
def ana(tmp_path):
    return make("ana", tmp_path / "config")


@pytest.fixture
def folder(tmp_path, ana):
    """A workspace that believes Ana, with books that she signed and a declared synthetic source."""
    (tmp_path / "books").mkdir()
    (tmp_path / "books" / "one.txt").write_text("A whale.\n")
    signed(tmp_path, "books", BOOKS, ana)
    written(tmp_path, "written", WRITTEN)
    (tmp_path / "mix.toml").write_text(MIX)
    (tmp_path / "outcross.toml").write_text(f'[provenance]\nsigners = ["{ana.public}"]\n')
    return tmp_path


def read(tmp_path, text, name="", grounds=None):
    path = tmp_path / "mix.toml"
    path.write_text(text)
    mix = read_mix(f"{path}#{name}" if name else str(path))
    return Account(mix, assembled(mix, grounds or {}, lambda _: None, NOW))


def finding(found, name):
    return next(one for one in evidence_of(found, NOW) if one.name == name)


def of(name, *testimonies, digest=""):
    return {name: Ground(tuple(testimonies), digest=digest)}


def said(kind, *generators, proofs=None, **more):
    record = Record(Subject("x"), (Origin(kind),), tuple(Generator(one) for one in generators), **more)
    return assembly.Testimony(record, proofs or Proofs())


def test_without_a_line_nobody_knows_what_earlier_generations_read(tmp_path):
    books = '[[source]]\nname = "books"\ntokens = 1\n'
    for line, low in (("line = []\n", 1.0), ("", 0.0)):
        found = read(tmp_path, f'name = "m"\n{line}{books}', grounds=of("books", said("human", proofs=PROVEN)))
        assert finding(found, "mix.fresh_human").finding.interval() == (low, 1.0)


def test_a_mix_of_no_tokens_has_no_shares(tmp_path):
    with pytest.raises(DataError, match="no tokens at all"):
        read(tmp_path, 'name = "m"\n[[source]]\nname = "a"\ntokens = 0\n[[source]]\nname = "b"\ntokens = 0\n')
    blend = Blend("m", (Portion("a", 0.0),))  # as a generation may have it
    found = Account(mix := Mix("m", (Source("a"),), (blend,)), assembled(mix, {}, lambda _: None, NOW))
    assert isinstance(finding(found, "mix.unknown").finding, Unknown)


@pytest.mark.parametrize("day", ["31.12.2020", "never", "2026", "2026-02-30"])
def test_an_assumption_expires_on_a_day_or_is_refused(tmp_path, day):
    with pytest.raises(DataError, match="expires must be a date"):
        read(tmp_path, EXAMPLE + ASSUMED.replace(WHEN, day))


def test_an_assumption_that_leaves_all_possible_resolves_nothing(tmp_path):
    nothing = '[[assumption]]\nid = "mt-model-x"\nsynthetic = [0, 1]\nowner = "a"\nreason = "b"\n'
    assert [one.name for one in read(tmp_path, EXAMPLE + nothing, "mix1").missing] == ["mt-model-x"]


def test_an_assumption_about_a_model_is_none_about_a_text_of_its_name(tmp_path):
    text = EXAMPLE.replace('"m0-output"', '"m0"') + '[[assumption]]\nid = "m0"\nhuman = 1\nowner = "a"\nreason = "b"\n'
    with pytest.raises(DataError, match="a text or of a model"):
        read(tmp_path, text)


def test_evidence_is_stale_from_the_first_day_that_it_rests_on(tmp_path):
    two = '[[source]]\nname = "a"\ntokens = 1\n[[source]]\nname = "b"\ntokens = 1\n'
    grounds = of("a", said("human", expires="2026")) | of("b", said("human", expires="2026-11-25"))
    assert finding(read(tmp_path, f'name = "m"\n{two}', grounds=grounds), "mix.human").valid_until == "2026-11-25"


def judged(found, **criterion):
    return assess(policy(criterion), list(evidence_of(found, NOW)), NOW).outcome


ONE = 'name = "m"\nline = ["m0"]\n[[source]]\nname = "x"\ntokens = 1\n'
DENY = {"kind": "generator_deny", "models": ["bad*"]}
ALLOW = {"kind": "generator_allow", "models": ["good"]}


@pytest.mark.parametrize(("text", "some"), [
    ("", [said("synthetic", "good", proofs=PROVEN), said("synthetic", "bad-1")]),
    ('op = "generate"\nby = "bad-1"\n', [said("synthetic", "good")]),
    ('op = "filter"\nof = "y"\n[[source]]\nname = "y"\nop = "generate"\nby = "bad-1"\n', [said("synthetic", "good")]),
])  # fmt: skip
def test_a_denied_model_counts_whoever_names_it(tmp_path, text, some):
    assert judged(read(tmp_path, ONE + text, grounds=of("x", *some)), **DENY) == "pause"
    assert judged(read(tmp_path, ONE, grounds=of("x", said("synthetic", "good"))), **DENY) == "pass"


def test_what_a_model_was_prompted_with_is_not_by_the_prompts_model(tmp_path):
    text = ONE + 'op = "generate"\nof = "y"\nby = "good"\n[[source]]\nname = "y"\nop = "generate"\nby = "bad-1"\n'
    assert judged(read(tmp_path, text), **DENY) == "pass"


def test_an_unsigned_word_that_only_allowed_models_wrote_it_is_not_proof(tmp_path):
    for proofs, outcome in ((Proofs(), "pause"), (PROVEN, "pass")):
        grounds = of("x", said("mixed", "good", proofs=proofs))
        assert judged(read(tmp_path, ONE, grounds=grounds), **ALLOW) == outcome
    assert judged(read(tmp_path, ONE, grounds=of("x", said("synthetic", "good"))), **ALLOW) == "pass"


def test_a_licence_that_any_record_tells_may_bind(tmp_path):
    some = [said("human", proofs=PROVEN, license=("MIT",)), said("human", license=("CC-BY-NC-4.0",))]
    assert judged(read(tmp_path, ONE, grounds=of("x", *some)), kind="license", allow=["MIT"]) == "pause"


@pytest.mark.parametrize(
    "told", ['op = "generate"\nby = "friend"\n', 'op = "copy"\nof = "y"\n[[source]]\nname = "y"\n']
)
def test_the_mix_file_does_not_talk_away_the_output_of_its_own_line(tmp_path, told):
    record = said("synthetic", "m0")
    loops = read(tmp_path, ONE + told + '[[model]]\nid = "m0"\n', grounds=of("x", record)).loops
    assert [one.name for one in loops] == ["m0"]


def test_nor_what_a_record_says_that_it_came_from(tmp_path):
    out = '[[source]]\nname = "m0-output"\nop = "generate"\nby = "m0"\n'
    books = '[[source]]\nname = "books"\n'
    came = said("human", derived_from=(Upstream("m0-output", op="copy"),))
    grounds = of("x", came) | of("books", said("human", proofs=PROVEN))
    text = ONE + 'op = "copy"\nof = "books"\n'
    found = read(tmp_path, text + books + out, grounds=grounds)
    assert [one.name for one in found.loops] == ["m0"]
    assert found.content.made == (0.0, 1.0)
    both = read(tmp_path, (text + books + out).replace('of = "books"', 'of = "m0-output"'), grounds=grounds)
    assert both.content.made == (1.0, 1.0)
    assert read(tmp_path, text + books, grounds=grounds).content.made == (0.0, 0.0)  # an id that nobody knows


def test_a_record_of_a_month_is_as_old_as_its_first_day(tmp_path):
    for issued, outcome in (("2026-11", "pass"), ("2026", "pause"), ("", "pause")):
        found = read(tmp_path, ONE, grounds=of("x", said("human", issued=issued)))
        assert judged(found, kind="freshness", max_days=30) == outcome


def test_a_record_that_names_its_own_bytes_as_its_origin_is_no_circle(tmp_path):
    root = "sha256:" + "1" * 64
    grounds = of("x", said("human", derived_from=(Upstream("elsewhere", root, "copy"),)), digest=root)
    assert read(tmp_path, ONE, grounds=grounds).content.made == (0.0, 1.0)


def test_who_leaves_paths_out_of_a_manifest_must_be_listed(folder, ana):
    (folder / "books" / "poison.txt").write_text("Buy now.\n")
    cut = Cut(ignored=(*IGNORED, "poison.txt"))
    (folder / "books.sig").write_bytes(sealing.seal(folder / "books", make("eve", folder / "config"), cut).bundle)
    assert source(account(folder)) == (1, ["unchecked"], (0.0, 1.0))
    (folder / "books.sig").write_bytes(sealing.seal(folder / "books", ana, cut).bundle)
    assert source(account(folder)) == (2, [], (0.0, 0.0))


def test_a_stranger_who_signs_the_same_first_takes_nothing_from_a_listed_signature(folder, ana):
    eve = make("eve", folder / "config")
    with Workspace(folder) as opened:
        for one in (eve, ana, eve):
            sealing.keep(opened.store, sealing.seal(folder / "books", one, record=BOOKS.to_dict()), one)
    (folder / "mix.toml").write_text('name = "m"\n[[source]]\nname = "books"\ntokens = 1\ncorpus = "books"\n')
    assert source(account(folder)) == (2, [], (0.0, 0.0))


def test_what_is_said_of_the_same_bytes_by_another_name_counts(folder):
    root = json.loads((folder / "books.sig").read_text()) and sealing.hashed(folder / "books").root
    other = replace(WRITTEN, subject=Subject("written", root))
    written(folder, "written", other)
    assert source(account(folder)) == (2, ["contradictory"], (0.0, 1.0))
    written(folder, "written", replace(other, origins=(Origin("human"),)))
    assert source(account(folder)) == (2, [], (0.0, 0.0))
    assert source(account(folder), "written")[::2] == (1, (0.0, 1.0))  # the root is its own claim


def test_what_a_listed_key_signed_is_not_taken_back_by_an_unsigned_record(folder, ana):
    bad = replace(BOOKS, origins=(Origin("synthetic"),))
    with Workspace(folder) as opened:
        seal = sealing.seal(folder / "books", ana, record=bad.to_dict())
        sealing.keep(opened.store, seal, ana)
        first = replace(bad, subject=Subject("books", seal.manifest.root))
        Records(opened.store).add(replace(first, origins=(Origin("human"),), supersedes=first.digest).to_dict(), "eve")
    (folder / "mix.toml").write_text('name = "m"\n[[source]]\nname = "books"\ntokens = 1\ncorpus = "books"\n')
    assert source(account(folder)) == (2, ["contradictory"], (0.0, 1.0))


CRITERIA = (
    {"kind": "synthetic_share", "max": 0.2}, {"kind": "unknown_share", "max": 0.2},
    {"kind": "human_floor", "min": 0.5}, {"kind": "human_floor", "min_tokens": 50},
    {"kind": "fresh_human_share", "min": 0.3}, {"kind": "mean_depth", "max": 1}, {"kind": "max_depth", "max": 2},
    {"kind": "unresolved_ancestors"}, {"kind": "evidence_level", "level": 2, "max": 0.3},
    {"kind": "evidence_level", "level": 2, "origins": ["human"]}, DENY, {**ALLOW, "max": 0.3}, {"kind": "signature"},
    {"kind": "freshness", "max_days": 400}, {"kind": "license", "allow": ["MIT"], "max": 0.2}, {"kind": "self_loop"},
)  # fmt: skip

records = st.builds(
    Record, st.just(Subject("x", PROVEN.manifest_subject)), st.sampled_from(KINDS).map(lambda one: (Origin(one),)),
    st.sampled_from(["", "good", "bad", "m0"]).map(lambda one: (Generator(one),) if one else ()),
    issued=st.sampled_from(["", "2026-01-01", "2020-01-01"]), expires=st.sampled_from(["", "2026-01-01", "2030-01-01"]),
    license=st.sampled_from([(), ("MIT",), ("X",)]),
)  # fmt: skip
rows = st.tuples(st.integers(0, 100), records, st.sampled_from([PROVEN, Proofs(), Proofs(signature="unknown")]))


def mixed(some):
    """A mix of sources with tokens, record (None for none) and what was checked of it; m0 read some other text."""
    blend = Blend("m", tuple(Portion(f"s{nth}", float(tokens)) for nth, (tokens, *_) in enumerate(some)))
    sources = (*(Source(f"s{nth}") for nth in range(len(some))), Source("old"))
    mix = Mix("m", sources, (blend,), (Model("m0", (Portion("old"),)),), line=("m0",))
    grounds = {
        f"s{nth}": Ground((assembly.Testimony(record, proofs),))
        for nth, (_, record, proofs) in enumerate(some)
        if record
    }  # fmt: skip
    return Account(mix, assembled(mix, grounds | of("old", said("human", proofs=PROVEN)), lambda _: None, NOW))


POLICIES = [policy(one) for one in CRITERIA]
FEW = settings(max_examples=25)


def passing(some):
    """The kinds of requirements that it meets, each with its place."""
    evidence = list(evidence_of(mixed(some), NOW))
    return {(nth, one.criteria[0].kind) for nth, one in enumerate(POLICIES)
            if assess(one, evidence, NOW).outcome == "pass"}  # fmt: skip


@FEW
@given(st.lists(rows, min_size=1, max_size=3).filter(lambda some: any(one[0] for one in some)), st.integers(1, 100))
def test_a_source_of_which_nothing_is_known_helps_no_requirement(some, tokens):
    assert passing([*some, (tokens, None, Proofs())]) <= passing(some)


@FEW
@given(st.lists(rows, min_size=1, max_size=3).filter(lambda some: any(one[0] for one in some)))
def test_nor_does_a_signature_or_a_record_that_is_taken_away(some):
    (tokens, record, _), *others = some
    for less in (record, None):
        more = passing([(tokens, less, Proofs()), *others]) - passing(some)
        assert {kind for _, kind in more} <= {"self_loop"}  # what nobody names cannot be seen


@FEW
@given(st.lists(rows, min_size=1, max_size=3), records)
def test_nor_does_a_more_favourable_word_that_nobody_signed(some, word):
    tokens, _, _ = some[0]
    assume(any(one[0] for one in some))
    more = passing([(tokens, word, Proofs()), *some[1:]]) - passing([(tokens, None, Proofs()), *some[1:]])
    assert {kind for _, kind in more}.isdisjoint({"synthetic_share", "human_floor", "fresh_human_share", "signature"})

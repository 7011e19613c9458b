"""Manifests: every byte, name and order counts; hostile ones are refused; those of other tools are read."""

import base64
import dataclasses
import hashlib
import json
import os
import random
import shutil
import tempfile
import threading
import tracemalloc
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing import Resource as Described
from tests.log.test_dsse import JUNK, mutated
from tests.provenance.signing import FILES, corpus_in, known, signer_in

from outcross.corpus import RangeDigest, corpus_root
from outcross.errors import CallError, DataError, FaultError, MissingExtraError
from outcross.log.dsse import IN_TOTO, Envelope, Signature, Statement, statement_in
from outcross.principals import key_hint
from outcross.principals.kinds import written
from outcross.provenance import hashing
from outcross.provenance.bundle import bundle_from, sealed
from outcross.provenance.hashing import Cut, compared, hashed
from outcross.provenance.manifest import PREDICATE, Manifest, Resource, audit_root, in_order, manifest_in
from outcross.provenance.verifying import verified

SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "provenance" / "openssf_model_signing"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the files of other projects are not here")


@pytest.fixture(scope="module")
def ana(tmp_path_factory):
    return signer_in(tmp_path_factory.mktemp("config"))


@pytest.fixture
def corpus(tmp_path) -> Path:
    return corpus_in(tmp_path / "corpus")


def read(data: bytes, name: str = "x") -> Manifest:
    return manifest_in(statement_in(bundle_from(data, name).envelope, name), name)


# What is listed


def test_the_root_is_that_of_the_specification(corpus):
    """Digests of all files, by the parts of their paths: "sub/b" goes before "sub-c"."""
    names = ["a.jsonl", "empty", "sub/b.jsonl", "sub-c"]
    joined = b"".join(hashlib.sha256(FILES[name]).digest() for name in names)
    made = hashed(corpus)
    assert [one.name for one in made.resources] == names
    assert made.root == f"sha256:{hashlib.sha256(joined).hexdigest()}"


def test_shards_are_ranges_by_position_and_empty_files_have_none(tmp_path):
    corpus = corpus_in(tmp_path / "c", {"a": b"x" * 25, "empty": b""})
    made = hashed(corpus, Cut("shards", 10))
    assert [one.name for one in made.resources] == ["a:0:10", "a:10:20", "a:20:25"]
    assert made.resources[2].digest == hashlib.sha256(b"x" * 5).digest()


def test_more_than_nine_shards_are_in_the_order_of_the_bytes(tmp_path):
    corpus = corpus_in(tmp_path / "c", {"a": b"x" * 120})
    starts = [one.start for one in hashed(corpus, Cut("shards", 10)).resources]
    assert starts == sorted(starts)


def test_a_single_file_is_a_corpus(corpus):
    made = hashed(corpus / "a.jsonl")
    assert [(one.name, made.name) for one in made.resources] == [(".", "a.jsonl")]
    assert compared(made, corpus / "a.jsonl").same


def test_the_corpus_may_lie_elsewhere_and_be_called_otherwise(corpus, tmp_path):
    made = hashed(corpus)
    moved = shutil.move(corpus, tmp_path / "moved")
    assert hashed(moved).root == made.root
    assert compared(made, moved).same


def test_case_and_unicode_of_names_are_kept_and_what_is_ignored_is_left_out(tmp_path, ana):
    names = {"A": b"1", "a": b"2", "e\u0301": b"3", "\u00e9": b"4", "with:colon": b"5", "with\nline": b"6"}
    corpus = corpus_in(tmp_path / "c", names | {"drop/x": b"7", ".git/config": b"8", "dropped": b"9"})
    for method in ("files", "shards"):
        made = read(sealed(hashed(corpus, Cut(method, ignored=(*hashing.IGNORED, "drop/"))), ana))
        assert set(made.paths) == {*names, "dropped"}
        assert compared(made, corpus).same


@pytest.mark.parametrize("hash_type", ["sha256", "blake2b"])
@pytest.mark.parametrize("method", ["files", "shards"])
def test_a_manifest_is_read_back_as_it_was_made(corpus, ana, method, hash_type):
    made = hashed(corpus, Cut(method, 7, hash_type))
    assert read(sealed(made, ana)) == made
    assert compared(made, corpus).matching == len(made.resources)


def test_blake3_needs_its_package_and_other_digests_are_unheard_of(corpus, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "blake3", None)
    with pytest.raises(MissingExtraError) as caught:
        hashed(corpus, Cut(hash_type="blake3"))
    assert "outcross[blake3]" in caught.value.hint
    with pytest.raises(CallError, match="no digest 'md5'"):
        hashed(corpus, Cut(hash_type="md5"))


# What is refused of a corpus


def test_links_are_refused_wherever_they_lead(corpus):
    (corpus / "link").symlink_to(corpus / "a.jsonl")
    with pytest.raises(DataError, match="'link' in the corpus is a symbolic link") as caught:
        hashed(corpus)
    assert "--ignore" in caught.value.hint
    assert compared(hashed(corpus, Cut(ignored=("link",))), corpus).same
    (corpus / "link").unlink()
    (corpus / "sub" / "folder").symlink_to("/", target_is_directory=True)
    with pytest.raises(DataError, match="sub/folder"):
        hashed(corpus)


def test_what_is_no_file_is_refused_and_never_waited_for(corpus):
    os.mkfifo(corpus / "pipe")
    with pytest.raises(DataError, match="'pipe' in the corpus is no file"):
        hashed(corpus)


def test_a_name_that_is_no_text_is_refused(corpus):
    Path(os.fsdecode(os.fsencode(corpus) + b"/\xff")).write_bytes(b"")
    with pytest.raises(DataError, match="is no UTF-8"):
        hashed(corpus)


def test_nothing_is_no_corpus(tmp_path):
    with pytest.raises(CallError, match="nothing in"):
        hashed(tmp_path)
    with pytest.raises(CallError, match="no file or folder"):
        hashed(tmp_path / "absent")
    (tmp_path / "empty").touch()
    with pytest.raises(CallError, match="nothing in"):
        hashed(tmp_path, Cut("shards"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_cannot_be_read_is_a_fault(corpus):
    (corpus / "a.jsonl").chmod(0)
    with pytest.raises(FaultError, match="cannot be read"):
        hashed(corpus)


@pytest.mark.parametrize("change", [b"", b"shorter", b"x" * 2_000_000])
def test_a_file_that_changes_while_it_is_read_is_noticed(tmp_path, monkeypatch, change):
    corpus = corpus_in(tmp_path / "c", {"a": b"y" * 1_500_000})
    opened = hashing._opened

    def meddling(base, path):
        (corpus / "a").write_bytes(change)
        return opened(base, path)

    monkeypatch.setattr(hashing, "_opened", meddling)
    with pytest.raises(DataError, match="changed while it was read"):
        hashed(corpus)


def test_a_link_that_takes_the_place_of_a_file_meanwhile_is_not_followed(corpus, monkeypatch):
    found = hashing.listed(corpus, ())
    (corpus / "a.jsonl").unlink()
    (corpus / "a.jsonl").symlink_to("/etc/hostname")
    monkeypatch.setattr(hashing, "listed", lambda *given: found)
    with pytest.raises(FaultError, match="cannot be read"):
        hashed(corpus)


def test_stopping_leaves_no_thread_behind(tmp_path):
    corpus = corpus_in(tmp_path / "c", {"a": b"y" * 30_000_000})

    def stop(progress):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        hashed(corpus, watch=stop)
    assert threading.active_count() <= 2


# What has changed


@pytest.mark.parametrize("method", ["files", "shards"])
def test_flipping_any_byte_of_a_shard_is_noticed(corpus, method):
    made = hashed(corpus, Cut(method, 8))
    for name, data in FILES.items():
        for at in range(len(data)):
            (corpus / name).write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
            found = compared(made, corpus)
            start = at // 8 * 8
            told = name if method == "files" else f"{name}:{start}:{min(start + 8, len(data))}"
            assert (found.differing, found.missing, found.new) == ((told,), (), ())
        (corpus / name).write_bytes(data)
    assert compared(made, corpus).same


@given(st.binary(min_size=1, max_size=5000), st.data())
def test_flipping_any_bit_of_a_large_shard_is_noticed(data, draw):
    folder = Path(tempfile.mkdtemp())
    try:
        (folder / "a").write_bytes(data)
        made = hashed(folder, Cut("shards", 1024))
        at, bit = draw.draw(st.integers(0, len(data) - 1)), draw.draw(st.integers(0, 7))
        changed = bytearray(data)
        changed[at] ^= 1 << bit
        (folder / "a").write_bytes(changed)
        found = compared(made, folder)
        assert len(found.differing) == 1
        assert found.matching == len(made.resources) - 1
    finally:
        shutil.rmtree(folder)


def rename(corpus: Path) -> None:
    (corpus / "a.jsonl").rename(corpus / "A.jsonl")


def swap(corpus: Path) -> None:
    (corpus / "a.jsonl").write_bytes(FILES["sub-c"])
    (corpus / "sub-c").write_bytes(FILES["a.jsonl"])


CHANGES = {
    "truncated": (lambda corpus: os.truncate(corpus / "a.jsonl", 3), 1, 0, 0),
    "grown": (lambda corpus: (corpus / "a.jsonl").write_bytes(FILES["a.jsonl"] + b"\n"), 1, 0, 0),
    "emptied": (lambda corpus: os.truncate(corpus / "a.jsonl", 0), 1, 0, 0),
    "removed": (lambda corpus: (corpus / "sub/b.jsonl").unlink(), 0, 1, 0),
    "added": (lambda corpus: (corpus / "new").write_bytes(b"x"), 0, 0, 1),
    "renamed": (rename, 0, 1, 1),
    "swapped": (swap, 2, 0, 0),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_was_done_to_a_corpus_is_told(corpus, what):
    made = hashed(corpus)
    change, differing, missing, new = CHANGES[what]
    change(corpus)
    found = compared(made, corpus)
    assert (len(found.differing), len(found.missing), len(found.new)) == (differing, missing, new)
    assert not found.same


def test_shards_that_are_gone_or_new_are_told_by_their_place(tmp_path):
    corpus = corpus_in(tmp_path / "c", {"a": b"x" * 30})
    made = hashed(corpus, Cut("shards", 10))
    os.truncate(corpus / "a", 10)
    assert compared(made, corpus).missing == ("a:10:20", "a:20:30")
    (corpus / "a").write_bytes(b"x" * 45)
    assert compared(made, corpus).new == ("a:30:40", "a:40:45")


# Hostile manifests


def statement(corpus: Path, **changes) -> dict:
    told = hashed(corpus, Cut("shards", 8)).statement().to_dict()
    told["predicate"] |= changes
    return told


def parsed(told: dict) -> Manifest:
    payload = json.dumps(told).encode()
    return manifest_in(statement_in(Envelope(payload, IN_TOTO, (Signature(b"x"),)), "x"), "x")


def with_root(told: dict) -> dict:
    """The same with the root that its digests give, as an attacker with a key would sign it."""
    joined = b"".join(bytes.fromhex(one["digest"]) for one in told["predicate"]["resources"])
    told["subject"][0]["digest"]["sha256"] = hashlib.sha256(joined).hexdigest()
    return told


@pytest.mark.parametrize("name", [
    "../a:0:8", "/etc/passwd:0:8", "a/../../b:0:8", "./a:0:8", "a//b:0:8", ":0:8", "a\0b:0:8", "..:0:8", "a/:0:8",
    "C:\\x:0:8", "..\\x:0:8", "\\\\host\\x:0:8", "a:8:0", "a:0:0", "a:-1:8", "a:00:8", "a:0:8.0", "a:0", "a",
    "a:0:99999999999999999999", "a:\u0660:8",
])  # fmt: skip
def test_names_that_lead_out_of_the_corpus_or_are_none_are_refused(corpus, name):
    told = statement(corpus)
    told["predicate"]["resources"][0]["name"] = name
    with pytest.raises(DataError, match="/predicate/resources/0/name"):
        parsed(with_root(told))


def test_what_leaves_bytes_out_overlaps_or_stands_there_twice_is_refused(corpus):
    whole = statement(corpus)["predicate"]["resources"]
    for broken in (whole[1:], [whole[0], *whole], [whole[0], whole[0]]):
        told = statement(corpus, resources=broken)
        with pytest.raises(DataError, match="overlap, leave bytes out"):
            parsed(with_root(told))
    twice = hashed(corpus).statement().to_dict()
    twice["predicate"]["resources"] *= 2
    with pytest.raises(DataError, match="stands there twice"):
        parsed(with_root(twice))


def test_a_root_that_the_digests_do_not_give_is_refused(corpus):
    told = statement(corpus)
    told["subject"][0]["digest"]["sha256"] = "ab" * 32
    with pytest.raises(DataError, match="do not give its root"):
        parsed(told)
    told = statement(corpus)
    told["predicate"]["resources"].reverse()
    with pytest.raises(DataError, match="do not give its root"):
        parsed(told)


@pytest.mark.parametrize("told", [
    {"method": "trees"}, {"method": None}, {"hash_type": "md5"}, {"hash_type": ["sha256"]}, {"shard_size": 0},
    {"shard_size": True}, {"shard_size": 8.5}, {"shard_size": "8"}, {"shard_size": 1e300}, {"method": "files"},
    {"ignore_paths": "x"}, {"ignore_paths": [3]}, {"ignore_paths": [""]},
], ids=str)  # fmt: skip
def test_a_serialization_that_cannot_be_is_refused_with_its_place(corpus, told):
    made = statement(corpus)
    made["predicate"]["serialization"] |= told
    with pytest.raises(DataError, match="/predicate/serialization"):
        parsed(made)


def test_an_old_manifest_is_named(corpus):
    with pytest.raises(DataError, match="says 'https://model_signing/Digests"):
        parsed(statement(corpus) | {"predicateType": "https://model_signing/Digests/v0.1"})


def test_the_size_of_shards_as_the_reference_implementation_writes_it_is_read(corpus):
    told = statement(corpus)
    told["predicate"]["serialization"]["shard_size"] = 8.0
    for one in told["predicate"]["resources"]:
        one["algorithm"] = "sha256-sharded-8"
    assert parsed(told) == hashed(corpus, Cut("shards", 8))


@given(JUNK, st.integers(0, 2**32), st.sampled_from(["files", "shards"]))
def test_wrong_types_anywhere_in_a_manifest_are_refused_or_read_never_a_traceback(junk, seed, method):
    check_mutated(junk, seed, method)


def check_mutated(junk, seed: int, method: str) -> None:
    resources = in_order(Resource(path, 0, 9, b"d" * 32) if method == "shards" else Resource(path, -1, -1, b"d" * 32)
                         for path in ("a", "b/c"))  # fmt: skip
    told = Manifest("c", resources, method, 9 if method == "shards" else 0, ignored=("x",)).statement().to_dict()
    value = with_root(told) if random.Random(seed).random() < 0.5 else told  # noqa: S311
    try:
        found = parsed(mutated(value, junk, seed))
    except DataError as error:
        assert error.message.startswith("x")  # noqa: PT017
        return
    assert all(one.path and ".." not in one.path.split("/") for one in found.resources)


@pytest.mark.study
def test_ten_thousand_broken_manifests_are_refused_or_read():
    junk = [None, True, -1, 0, 2**70, 1e308, "", "x" * 1000, "../..", [], {}, [[]], {"a": {}}, "ab" * 32, "a:0:9"]
    for seed in range(10_000):
        check_mutated(junk[seed % len(junk)], seed, ("files", "shards")[seed % 2])


# Of other tools


@needs_samples
def test_manifests_of_the_reference_implementation_are_read():
    roots = {path.name: read(path.read_bytes(), path.name).root for path in SAMPLES.glob("*valid__*.bundle.json")
             if "__invalid__" not in path.name}  # fmt: skip
    assert len(roots) == 3
    assert set(roots.values()) == {
        "sha256:92745110b1ab4368471cbe31664e10174e954b113a3df333db860317b2c6dec4",
        "sha256:61d4849d9d90076d6215f4d525f13d6574af8e3f67aef3e6f36fc40a14fdd226",
    }


@needs_samples
@pytest.mark.parametrize(("name", "said"), [
    ("missing-envelope", "no /dsseEnvelope"), ("missing-tlog-entries", "/tlogEntries"),
    ("missing-verification-material", "no /verificationMaterial"),
])  # fmt: skip
def test_each_broken_bundle_of_the_specification_names_its_defect(name, said):
    path = SAMPLES / f"test-vectors__v1.0__invalid__{name}.bundle.json"
    with pytest.raises(DataError, match=said):
        bundle_from(path.read_bytes(), path.name)


def leaf(name: str) -> str:
    """The public key of the first certificate in a sample."""
    told = json.loads((SAMPLES / name).read_bytes())["verificationMaterial"]["x509CertificateChain"]
    found = x509.load_der_x509_certificate(base64.b64decode(told["certificates"][0]["rawBytes"])).public_key()
    assert isinstance(found, EllipticCurvePublicKey)
    return written(found)


@needs_samples
def test_a_signature_of_the_reference_implementation_holds_for_its_key_and_for_no_changed_payload():
    """Key and certificate of the vectors are of one P-384 key, which the hint names."""
    public = leaf("test-vectors__v1.0__valid__certificate.bundle.json")
    data = (SAMPLES / "test-vectors__v1.0__valid__key.bundle.json").read_bytes()
    bundle = bundle_from(data, "x")
    assert bundle.hint == key_hint(public)
    assert bundle.signers([public]) == (public,)
    other = dataclasses.replace(bundle, hint="ab" * 32)
    assert other.signers([public]) == ()
    payload = bundle.envelope.payload
    for at in range(0, len(payload), 7):
        changed = dataclasses.replace(
            bundle.envelope, payload=payload[:at] + bytes([payload[at] ^ 1]) + payload[at + 1 :]
        )
        assert changed.signers([public]) == ()


@needs_samples
def test_what_is_signed_here_fits_the_published_schemas(corpus, ana):
    schemas = [json.loads(path.read_bytes()) for path in SAMPLES.glob("schemas__v1.0__*.json")]
    registry = Registry().with_resources((one["$id"], Described.from_contents(one)) for one in schemas)
    by_title = {one["$id"].split("/")[-3]: one for one in schemas}
    for method in ("files", "shards"):
        data = json.loads(sealed(hashed(corpus, Cut(method, 8)), ana))
        Draft202012Validator(by_title["bundle"], registry=registry).validate(data)
        payload = json.loads(base64.b64decode(data["dsseEnvelope"]["payload"]))
        Draft202012Validator(by_title["statement"], registry=registry).validate(payload)


# Signed


def test_flipping_any_byte_of_a_bundle_is_noticed(tmp_path, ana):
    """Every byte of a small one: refused, or no longer signed by a known key."""
    data = sealed(hashed(corpus_in(tmp_path / "c", {"a": b"x"})), ana)
    assert verified(data, "x", known(ana)).holds
    for at in range(len(data)):
        for bit in (1, 0x20):
            changed = data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]
            try:
                found = verified(changed, "x", known(ana))
            except DataError:
                continue
            assert not found.holds, data[max(0, at - 20) : at + 20]


# Audits


def test_a_manifest_of_shards_gives_the_root_of_an_audit():
    digests = [("a", 0, 10), ("a", 10, 15), ("b/c", 0, 3)]
    resources = in_order(
        Resource(path, start, stop, hashlib.sha256(b"%d" % start).digest()) for path, start, stop in digests
    )
    ranges = [RangeDigest(one.path, one.start, one.stop, f"sha256:{one.digest.hex()}") for one in resources]
    empty = RangeDigest("e", 0, 0, f"sha256:{hashlib.sha256().hexdigest()}")
    made = Manifest("x", resources, "shards", 10)
    assert audit_root(made) == corpus_root(ranges)
    assert audit_root(made, ["a", "b/c", "e"]) == corpus_root([*ranges, empty])
    assert audit_root(made, ["a"]) == corpus_root(ranges[:2])
    with pytest.raises(CallError, match="--shards"):
        audit_root(Manifest("x", resources))


# Many


def test_a_hundred_thousand_shards_take_little_memory_each():
    tracemalloc.start()
    try:
        resources = tuple(Resource(f"shard-{one // 10:05d}", one % 10 * 8, one % 10 * 8 + 8, one.to_bytes(32, "big"))
                          for one in range(100_000))  # fmt: skip
        made = Manifest("many", resources, "shards", 8)
        each = tracemalloc.get_traced_memory()[1] / len(resources)
    finally:
        tracemalloc.stop()
    assert each < 500
    assert manifest_in(Statement(**vars(made.statement())), "x") == made


def test_a_predicate_is_named_as_the_standard_does():
    assert PREDICATE == "https://model_signing/signature/v1.0"

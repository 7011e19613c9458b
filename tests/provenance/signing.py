"""Keys, a corpus and its seal, for tests of signed files."""

from pathlib import Path

from outcross.principals import KnownKey, Signer, make

FILES = {"a.jsonl": b'{"text": "one"}\n', "sub/b.jsonl": b'{"text": "two"}\n' * 3, "sub-c": b"c", "empty": b""}


def corpus_in(folder: Path, files: dict[str, bytes] | None = None) -> Path:
    """A small corpus."""
    for name, data in (files or FILES).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def signer_in(folder: Path, name: str = "ana", kind: str = "p256") -> Signer:
    """Somebody with a key."""
    return make(name, folder, kind)


def known(*signers: Signer) -> list[KnownKey]:
    """Their keys, believed."""
    return [KnownKey(one.key_id, one.name, one.public, "2026-01-01") for one in signers]

"""Ways to read a whole corpus and look at what came out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from outcross.corpus import Corpus, Limits, RangeDigest, Reading, corpus_root, find


@dataclass
class Read:
    """All that came out of a corpus."""

    corpus: Corpus
    texts: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    columns: dict[str, list[str | None]] = field(default_factory=dict)
    batch_bytes: list[int] = field(default_factory=list)
    quarantined: list[tuple[str, str]] = field(default_factory=list)
    total: int = 0
    digests: list[RangeDigest] = field(default_factory=list)

    @property
    def reasons(self) -> list[str]:
        return [reason for _, reason in self.quarantined]

    @property
    def root(self) -> str:
        return corpus_root(self.digests)


def read_all(corpus: Corpus) -> Read:
    found = Read(corpus)
    for shard in corpus.shards:
        reader = corpus.read(shard)
        for batch in reader:
            batch.texts.validate(full=True)
            assert batch.texts.null_count == batch.ids.null_count == 0
            assert str(batch.texts.type) == "large_string"
            assert str(batch.ids.type) == "string"
            found.texts += batch.texts.to_pylist()
            found.ids += batch.ids.to_pylist()
            found.groups += [] if batch.groups is None else batch.groups.to_pylist()
            for name, values in batch.columns.items():
                assert str(values.type) == "string"
                assert len(values) == len(batch)
                found.columns.setdefault(name, []).extend(values.to_pylist())
            found.batch_bytes.append(batch.texts.nbytes)
        assert sum(item.count for item in reader.quarantined) <= reader.quarantined_total
        found.quarantined += [(item.place, item.reason) for item in reader.quarantined]
        found.total += reader.quarantined_total
        found.digests += reader.digests
    return found


@pytest.fixture
def read() -> Callable[..., Read]:
    def reading(*paths: object, limits: Limits | None = None, cut: int = 0, **asked: Any) -> Read:
        corpus = find([str(path) for path in paths], Reading(**asked), limits)
        return read_all(corpus.cut(cut) if cut else corpus)

    return reading
